import type { Truth } from './truth.ts'

/** What a verdict lets the planner do. The only place where unknown collapses into a decision. */
export type Gate = 'proceed' | 'blocked' | 'needs-data'

/** Eligibility: what is not known to be met is not yet open. */
export const permits = (eligible: Truth): Gate => (eligible === 'true' ? 'proceed' : eligible === 'false' ? 'blocked' : 'needs-data')

/** Safety: what is not known to be absent is never "clear". */
export const forbids = (harmful: Truth): Gate => (harmful === 'true' ? 'blocked' : harmful === 'false' ? 'proceed' : 'needs-data')
