import type { CheckDoseMg } from './contract.ts'

/** The second calculation that every printed dose must agree with; wired here and nowhere else. */
export const secondCheck: CheckDoseMg | undefined = undefined
