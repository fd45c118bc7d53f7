import type { FactDefinition } from '@secondwind/core'

/** What `GET /knowledge/facts` answers: every fact that a plan can rest on, and in which units each value may be shown. */
export interface FactCatalogue {
  readonly digest: string
  readonly facts: readonly FactDefinition[]
  /** By fact: what one of each unit is in the canonical one. */
  readonly units: { readonly [factId: string]: { readonly [unit: string]: number } }
}
