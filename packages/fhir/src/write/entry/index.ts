export { proposalsFor, whyNotEntered } from './entry.ts'
export type { Entered, Entering, Proposal } from './proposal.ts'
