export { type Gate, forbids, permits } from './policy.ts'
export { and, not, or, type Truth, truthOf } from './truth.ts'
