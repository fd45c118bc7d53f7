import type { Need, Option, PlanDocument, Standing } from '@secondwind/core'
import { potentialIn, standingIn } from './sayings.ts'

const STANDINGS: readonly Standing[] = ['recommended', 'alternative', 'conditional', 'needs-data']
/** Going on, holding or stopping comes before a new treatment of the same standing, so that one as good as it changes nothing today. */
const BEFORE_NEW: ReadonlySet<string> = new Set(['continue', 'hold', 'stop'])

/**
 * Ids of the tests that are wanted now and whose result could change what stands first: the standing of an option that ranks at or above the first that can be
 * done today, or that of a lower one which would then stand as high; and those that an emergency asks for. In the order of the plan's tests, the most urgent first.
 *
 * An answer that is not known to keep an option below counts as one that may raise it. A refused plan wants no tests, and has none.
 */
export function decidingTests({ options, tests }: PlanDocument): readonly string[] {
  const at = options.findIndex(({ standing, procedure }) => standing !== 'needs-data' && procedure !== 'test-first')
  const first = options[at]
  const deciding = new Set<string>()
  options.forEach((option, i) => {
    for (const { test, ...need } of option.needs) {
      if (test === undefined) continue
      if (first === undefined || i <= at || mayOvertake(option, need, first)) deciding.add(test)
    }
  })
  return tests.filter(({ id, urgency }) => urgency === 'emergency' || deciding.has(id)).map(({ id }) => id)
}

/** Whether an answer to this need could bring a lower option to where it stands as high as the first. */
function mayOvertake(option: Option, need: Omit<Need, 'test'>, first: Option): boolean {
  const isHigher = (standing: Standing): boolean => {
    const [own, mark] = [STANDINGS.indexOf(standing), STANDINGS.indexOf(first.standing)]
    return own < mark || (own === mark && !BEFORE_NEW.has(first.procedure ?? ''))
  }
  const answers = [standingIn(need.ifTrue), standingIn(need.ifFalse)]
  if (answers.some((standing) => standing !== undefined && standing !== option.standing && isHigher(standing))) return true
  // several facts are open: no single answer tells, but what the option would be does
  if (option.standing !== 'needs-data' || answers.some((standing) => standing !== undefined)) return false
  return isHigher(potentialIn(option.standingBecause) ?? 'recommended')
}
