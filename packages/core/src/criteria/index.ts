export type { Comparator, Criterion, NodeOf, Op } from './ast.ts'
