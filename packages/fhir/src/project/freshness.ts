import { earliestDay, type Fact, type FactDefinition, type Issue, isKnown } from '@secondwind/core'

/**
 * Marks a known fact as stale when it is older than the registry allows. A partial date is taken at its earliest day, a value without a date is stale:
 * nobody can say that it is fresh. Facts read from silence do not age.
 */
export function withFreshness(definition: FactDefinition, fact: Fact, today: number, issue: (issue: Issue) => void): Fact {
  if (definition.freshDays === undefined || !isKnown(fact) || fact.stale || fact.enteredByHand || fact.sources.length === 0) return fact
  const day = fact.on === undefined ? undefined : earliestDay(fact.on)
  if (day !== undefined) {
    const age = today - day
    if (age <= definition.freshDays) return fact
    issue({
      code: 'stale-value',
      severity: 'information',
      path: definition.id,
      message: `${definition.label}: ${age} days old (${fact.on}); trusted for ${definition.freshDays} days`,
      remedy: 'repeat it before it decides a dose',
    })
  }
  return { ...fact, stale: true }
}
