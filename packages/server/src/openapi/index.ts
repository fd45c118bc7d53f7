import { BOARD_OPERATIONS } from './board.ts'
import type { Described } from './described.ts'
import { FHIR_OPERATIONS } from './fhir.ts'
import { OTHER_OPERATIONS } from './others.ts'
import { PLAN_OPERATIONS } from './plans.ts'

export type { Described, Example } from './described.ts'

/** Every operation that is open to programs, in an order in which its examples can be sent to an empty server one after the other. */
export const OPERATIONS: { readonly [operation: string]: Described } = {
  ...FHIR_OPERATIONS,
  ...PLAN_OPERATIONS,
  ...BOARD_OPERATIONS,
  ...OTHER_OPERATIONS,
}
