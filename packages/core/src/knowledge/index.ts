export type * from './knowledge.ts'
export type * from './patient.ts'
export type * from './scores.ts'
export * from './trials.ts'
