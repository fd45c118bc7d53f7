export type * from './board.ts'
export type * from './facts.ts'
export type * from './planner.ts'
