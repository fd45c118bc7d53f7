import { type CaseView, type Fact, type FactDefinition, isKnown, type ListItem, type Vocabulary } from '@secondwind/core'

/** Names of interaction classes as a reader knows them: from the registry of facts. */
export function classLabels(facts: readonly FactDefinition[], classes: readonly string[]): string {
  const labels = facts.find(({ id }) => id === 'medicine-classes')?.values
  return classes.map((id) => labels?.[id] ?? id).join(' or ')
}

/**
 * What an alert says to avoid, held against the patient's own medicines: those that are taken although it stands, and why nobody can say that none is.
 * `classes`: interaction classes of the base. A list that never came, a medicine of unknown class and a contradiction are each said; a list that holds
 * none of them is silence.
 */
export function takenAgainst(classes: readonly string[], words: Vocabulary, { facts }: CaseView): readonly string[] {
  if (classes.length === 0) return []
  const fact = (id: string): Fact | undefined => facts[words.position.get(id) ?? -1]
  const what = classLabels(words.facts, classes)
  const known = fact('medicine-classes')
  if (!isKnown(known)) return [`Not known whether one of these is taken (${what}): ask for every medicine now`]
  const met = classes.filter((id) => listOf(known).includes(id))
  const lines: string[] = []
  if (met.length > 0) {
    const rows = rowsOf(fact('medicines')).filter((row) => Array.isArray(row.classes) && row.classes.some((id) => met.includes(String(id))))
    const names = [...new Set(rows.map((row) => String(row.name)))].sort()
    lines.push(
      `Taken now although this stands: ${names.length > 0 ? `${names.join(', ')} (${classLabels(words.facts, met)})` : classLabels(words.facts, met)}`,
    )
  }
  const unclassed = listOf(fact('unmapped-medicines'))
  if (unclassed.length > 0) lines.push(`Not known to this software, so perhaps one of these (${what}): ${unclassed.join(', ')}`)
  const received = fact('medicines-list-received')
  if (met.length === 0 && known.absence === 'listed' && !(isKnown(received) && received.value === true))
    lines.push(`No list of medicines was received: ask whether one of these is taken (${what})`)
  return lines
}

const listOf = (fact: Fact | undefined): readonly string[] =>
  isKnown(fact) && Array.isArray(fact.value) ? (fact.value as readonly unknown[]).filter((item) => typeof item === 'string') : []

const rowsOf = (fact: Fact | undefined): readonly ListItem[] =>
  isKnown(fact) && Array.isArray(fact.value)
    ? (fact.value as readonly unknown[]).filter((row): row is ListItem => typeof row === 'object')
    : []
