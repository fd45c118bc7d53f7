import type { Option, PlannedTest } from '@secondwind/core'

/** Facts that a plan asks for: those that its tests would tell, and those on which the place of an option still hangs. What nothing asks for is not missing. */
export function askedFacts({
  tests,
  options,
}: {
  readonly tests: readonly PlannedTest[]
  readonly options: readonly Option[]
}): ReadonlySet<string> {
  return new Set([...tests.flatMap(({ facts }) => facts), ...options.flatMap(({ needs }) => needs.map(({ fact }) => fact))])
}
