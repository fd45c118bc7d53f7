export { forbids, type Gate, permits } from './policy.ts'
export { and, not, or, type Truth, truthOf } from './truth.ts'
