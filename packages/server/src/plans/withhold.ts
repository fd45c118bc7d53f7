import type { Fact, Issue, PlanDocument } from '@secondwind/core'
import type { Sight } from '../api/index.ts'
import type { Readers, StoredVersion } from '../store/index.ts'

/** What stands in the place of words that are withheld. */
export const WITHHELD = '(withheld: it stands in a record that is set apart from your role)'

/** Shorter texts of a record are names and codes; those speak through the facts, on which the safety of the plan rests. */
const LEAST_PHRASE = 20

/** Those of the resources that a reader may not see: the plan is made with them, since what is left out of it would be unsafe. */
export const hiddenFrom = ({ maySee }: Sight, resources: readonly StoredVersion[]): readonly StoredVersion[] =>
  maySee === undefined ? [] : resources.filter((version) => version.body !== null && !maySee(version))

/** The same of a chart as it stood once: what was set apart since then is set apart in what was known then, too. */
export async function hiddenOfThen(
  sight: Sight,
  then: readonly StoredVersion[],
  { readMany }: Pick<Readers, 'readMany'>,
): Promise<readonly StoredVersion[]> {
  if (sight.maySee === undefined) return []
  const key = ({ type, id }: StoredVersion): string => `${type}/${id}`
  const now = new Set(hiddenFrom(sight, await readMany(then.map(({ type, id }) => ({ type, id })))).map(key))
  return then.filter((version) => now.has(key(version)) || hiddenFrom(sight, [version]).length > 0)
}

/** What speaks with the words of a chart: facts, and what reading it found. */
export interface Spoken {
  readonly facts: PlanDocument['case']['facts']
  readonly problems: readonly Issue[]
}

/**
 * The same plan without the words of records that its reader may not see. Facts, options, bars, alerts and doses stay as they are; of the words of a fact,
 * of what a problem quotes and of a name that is a sentence only that they are withheld is said, and a problem says that something was.
 */
export function withheld(document: PlanDocument, hidden: readonly StoredVersion[]): PlanDocument {
  const { spoken, names } = withheldWords({ facts: document.case.facts, problems: document.problems }, hidden, document.patient)
  if (spoken.facts === document.case.facts && spoken.problems === document.problems) return document
  const ofAction = (action: string): string => names.reduce((text, name) => text.replaceAll(name, WITHHELD), action)
  return {
    ...document,
    case: { ...document.case, facts: spoken.facts },
    problems: spoken.problems,
    alerts: document.alerts.map((alert) => ({ ...alert, actions: alert.actions.map(ofAction) })),
  }
}

/** The same of a case that is planned elsewhere. `names`: what was taken out of values, as it stands wherever else it was carried. */
export function withheldWords(
  spoken: Spoken,
  hidden: readonly StoredVersion[],
  patient: string,
): { readonly spoken: Spoken; readonly names: readonly string[] } {
  if (hidden.length === 0) return { spoken, names: [] }
  const references = new Set(hidden.map(({ type, id }) => `${type}/${id}`))
  const all = flat(hidden.flatMap(({ body }) => textsOf(JSON.parse(body!))).join('\n'))
  const isTheirs = (words: string): boolean => words !== '' && all.includes(flat(words))
  let count = 0

  const ofProblem = (problem: Issue): Issue => {
    const isAbout = [...references].some((one) => problem.path === one || problem.path.startsWith(`${one}.`))
    const quotes = [...problem.message.matchAll(/"([^"]+)"/g)].some(([, words]) => isTheirs(words!))
    if (!isAbout && !quotes) return problem
    count += 1
    return { ...problem, message: `what the chart says here is withheld ${WITHHELD}`, remedy: 'ask somebody whose role may see it' }
  }
  // a name as somebody wrote it ("for panic attacks: …") stands in rows of facts, and from there in what an alert says is taken
  const names = new Set<string>()
  const ofValue = (value: unknown): unknown => {
    if (typeof value === 'string') {
      if (value.length < LEAST_PHRASE || !/\s/.test(value) || !isTheirs(value)) return value
      count += 1
      names.add(value)
      return WITHHELD
    }
    if (Array.isArray(value)) return value.map(ofValue)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, ofValue(one)]))
  }
  const ofFact = (fact: Fact): Fact => {
    const shown = 'value' in fact ? { ...fact, value: ofValue(fact.value) as typeof fact.value } : fact
    if (fact.words === undefined) return shown
    const isHidden = (fact.sources ?? []).some(({ reference }) => references.has(reference)) || isTheirs(fact.words)
    if (!isHidden) return shown
    count += 1
    return { ...shown, words: WITHHELD }
  }
  const facts = Object.fromEntries(Object.entries(spoken.facts).map(([id, fact]) => [id, ofFact(fact)]))
  const problems = spoken.problems.map(ofProblem)
  if (count === 0) return { spoken, names: [] }
  const told: Issue = {
    code: 'words-withheld',
    severity: 'information',
    path: patient,
    message: `${count} ${count === 1 ? 'passage' : 'passages'} of the chart withheld: set apart from your role. The plan was made with all of it`,
    remedy: 'ask somebody whose role may see it, or break the glass with a reason',
  }
  return { spoken: { facts, problems: [...problems, told] }, names: [...names] }
}

/** Every text of a resource that a person could have written; markup is taken away, ids and addresses are none. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return /^[A-Za-z]+:[^\s]*$/.test(value) ? [] : [value.replace(/<[^>]*>/g, ' ').trim()]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsOf)
}

const flat = (text: string): string => text.replace(/\s+/g, ' ').trim().toLowerCase()
