export * from './dose-phases.ts'
export type * from './plan-document.ts'
