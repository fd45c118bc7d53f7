export type * from './plan-document.ts'
