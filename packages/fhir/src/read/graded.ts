import type { FactValue } from '@secondwind/core'
import { ownStatementsOf, type Statement } from './assertion.ts'
import { isLater } from './conditions-of.ts'
import type { ReadContext, ReaderKnowledge } from './context.ts'
import { deniedBy, type Evidence, type Finding, findingsInText, findingsOf, report } from './findings.ts'
import { Kept } from './kept.ts'
import { onceFor } from './remember.ts'
import { findPhrases, isBesideEarlierYear, type Lexicon, lexiconOf, sentencesOf, type Token, tokensOf } from './words.ts'

/** A class or grade written beside words: `NYHA III`, `Child-Pugh B`, `grade 2 neuropathy`. From `conditions.yaml`, `graded`. */
interface Graded {
  readonly fact: string
  readonly kind: 'roman' | 'letter' | 'grade'
  readonly range?: readonly [number, number]
  readonly values?: { readonly [letter: string]: string }
  readonly points?: { readonly [letter: string]: readonly [number, number] }
  readonly phrases: readonly string[]
  readonly implies?: { readonly [fact: string]: FactValue }
}

interface GradedFile {
  readonly graded: readonly Graded[]
  readonly gradeWords: { readonly [word: string]: number }
  readonly autoimmuneActivity: { readonly active: readonly string[]; readonly quiet: readonly string[] }
}

interface Compiled {
  readonly graded: Lexicon<Graded>
  readonly gradeWords: Lexicon<true>
  readonly activity: Lexicon<'active' | 'quiet'>
}

const compile = onceFor((knowledge: ReaderKnowledge): Compiled => {
  const file = knowledge.terminology<GradedFile>('conditions')
  const compiled: Compiled = {
    graded: lexiconOf(file.graded.flatMap((entry) => entry.phrases.map((phrase) => [phrase, entry] as const))),
    gradeWords: lexiconOf(Object.keys(file.gradeWords).map((word) => [word, true] as const)),
    activity: lexiconOf([
      ...file.autoimmuneActivity.active.map((phrase) => [phrase, 'active'] as const),
      ...file.autoimmuneActivity.quiet.map((phrase) => [phrase, 'quiet'] as const),
    ]),
  }
  return compiled
})

const ROMAN: { readonly [roman: string]: number } = { i: 1, ii: 2, iii: 3, iv: 4, v: 5 }

/** Arabic or Roman number of one token; undefined for anything else. */
export const numeral = (token: Token | undefined): number | undefined =>
  token === undefined ? undefined : /^\d+(?:\.\d+)?$/.test(token) ? Number(token) : ROMAN[token]

export interface GradeReading {
  readonly fact: string
  readonly value: FactValue
  readonly implies: { readonly [fact: string]: FactValue }
  readonly words: string
}

/** Every class or grade stated in a text. A range ("NYHA II-III", "grade 2-3") gives the worse end. */
export function gradesIn(knowledge: ReaderKnowledge, text: string): readonly GradeReading[] {
  const { graded, gradeWords } = compile(knowledge)
  const readings: GradeReading[] = []
  for (const sentence of sentencesOf(text)) {
    const tokens = tokensOf(sentence)
    for (const hit of findPhrases(graded, tokens)) {
      const entry = hit.value
      const value = entry.kind === 'grade' ? gradeBeside(gradeWords, tokens, hit, entry) : classAfter(entry, tokens, hit.to)
      if (value !== undefined) readings.push({ fact: entry.fact, value, implies: entry.implies ?? {}, words: sentence })
    }
  }
  return readings
}

function classAfter(entry: Graded, tokens: readonly Token[], from: number): FactValue | undefined {
  let found: FactValue | undefined
  for (let at = from; at < Math.min(tokens.length, from + 4); at += 1) {
    const token = tokens[at]
    if (entry.kind === 'letter') {
      const letter = token === undefined ? undefined : entry.values?.[token.replace(/\d+$/, '')]
      if (letter !== undefined) return letter
      const points = numeral(token)
      const range =
        points === undefined ? undefined : Object.entries(entry.points ?? {}).find(([, [low, high]]) => points >= low && points <= high)
      if (range) return range[0]
    } else {
      const number = numeral(token)
      if (number !== undefined && inRange(entry, number)) found = found === undefined ? number : Math.max(found as number, number)
      else if (found !== undefined && token !== '/' && token !== 'to') return found
    }
  }
  return found
}

/** "grade 2 neuropathy", "neuropathy grade 2", "neuropathy (CTCAE 2)": the grade word must stand within five words. */
function gradeBeside(
  words: Lexicon<true>,
  tokens: readonly Token[],
  hit: { readonly from: number; readonly to: number },
  entry: Graded,
): number | undefined {
  const grades = findPhrases(words, tokens).flatMap((word) => {
    const number = numeral(tokens[word.to])
    const distance = word.from >= hit.to ? word.from - hit.to : hit.from - word.to
    return number !== undefined && inRange(entry, number) && distance >= 0 && distance <= 5 ? [{ number, distance }] : []
  })
  const glued = tokens.flatMap((token, at) => {
    const number = /^g([0-5])$/.exec(token)
    const distance = at >= hit.to ? at - hit.to : hit.from - at
    return number && distance >= 0 && distance <= 5 ? [{ number: Number(number[1]), distance }] : []
  })
  return [...grades, ...glued].sort((a, b) => a.distance - b.distance)[0]?.number
}

const inRange = (entry: Graded, number: number): boolean =>
  Number.isInteger(number) && number >= (entry.range?.[0] ?? 0) && number <= (entry.range?.[1] ?? 5)

/** Whether words beside an autoimmune disease call it active or quiet; both or neither gives undefined. "Not active" is quiet by its own phrase. */
export function activityIn(knowledge: ReaderKnowledge, text: string): 'active' | 'quiet' | undefined {
  const found = new Set(findPhrases(compile(knowledge).activity, tokensOf(text)).map((hit) => hit.value))
  return found.size === 1 ? [...found][0] : undefined
}

/** Reports the grades of a text. */
export function reportGrades(context: ReadContext, text: string, evidence: Evidence): boolean {
  const grades = gradesIn(context.knowledge, text)
  for (const grade of grades) {
    const base = {
      source: context.source(evidence.resource, evidence.path),
      words: grade.words,
      weight: -1,
      ...(evidence.on === undefined ? {} : { on: evidence.on }),
    }
    context.read(grade.fact, { ...base, value: grade.value })
    for (const [fact, value] of Object.entries(grade.implies)) context.read(fact, { ...base, value })
  }
  return grades.length > 0
}

/** Reports the findings of a text: within one text a finding beats its own denial. `isOwnVoice`: the patient speaks. Returns the statements that counted. */
export function reportText(
  context: ReadContext,
  text: string,
  evidence: Evidence,
  take?: (finding: Finding) => boolean,
  isOwnVoice = false,
): readonly Statement<Finding>[] {
  const all = isOwnVoice ? ownStatementsOf(context.knowledge, findingsOf(context.knowledge).own, text) : findingsInText(context, text)
  const day = evidence.on ?? context.asOf
  const { passing } = context.knowledge.terminology<{ readonly passing: readonly string[] }>('assertion')
  const isLongOver = ({ value, tokens, from, to }: Statement<Finding>): boolean =>
    (value.table === 'symptoms' || passing.includes(value.id)) && isBesideEarlierYear(tokens, from, to, day)
  const statements = all.filter(
    (statement) => statement.polarity !== 'ignored' && (take?.(statement.value) ?? true) && !isLongOver(statement),
  )
  const found = new Set<string>()
  for (const { value, polarity } of statements)
    if (polarity === 'present' || (polarity === 'past' && value.ever)) for (const fact of Object.keys(value.sets ?? {})) found.add(fact)
  for (const statement of statements) {
    const denied = deniedBy(statement.value)
    const weak =
      statement.polarity === 'absent' || statement.polarity === 'uncertain' || (statement.polarity === 'past' && !statement.value.ever)
    if (weak && denied.some((fact) => found.has(fact))) continue
    report(context, statement.value, statement.polarity, { ...evidence, words: statement.words })
    noteAutoimmune(context, statement.value, statement.polarity, statement.words, { ...evidence, words: statement.words })
  }
  return statements
}

const autoimmune = new Kept<ReadContext, { mild: boolean; activity: Set<'active' | 'quiet' | 'unknown'>; readings: Evidence[] }>()

/**
 * Keeps the autoimmune facts together: `autoimmune-disease`, `autoimmune-active` (open until words or status say so; a mild one of glands or
 * skin counts as quiet unless called active) and `autoimmune-endocrine-only`.
 */
export function noteAutoimmune(
  context: ReadContext,
  finding: Finding,
  polarity: string,
  text: string | undefined,
  evidence: Evidence,
): void {
  if (isLater(context, evidence.on)) return
  if (!finding.kind?.includes('autoimmune') || (polarity !== 'present' && polarity !== 'past')) return
  const state = autoimmune.get(context) ?? { mild: true, activity: new Set(), readings: [] }
  autoimmune.set(context, state)
  const isMild = finding.kind.includes('mild')
  const said = text === undefined ? undefined : activityIn(context.knowledge, text)
  state.mild = state.mild && isMild && said !== 'active'
  state.activity.add(said ?? (polarity === 'past' || isMild ? 'quiet' : 'unknown'))
  state.readings.push(evidence)
  settleAutoimmune(context, state, evidence)
}

/**
 * Immunosuppression or 10 mg of prednisone and more makes an autoimmune disease active by the label of the fact ("active or on immunosuppression"), and
 * no longer one of glands or skin without systemic treatment. False when no autoimmune disease is on record.
 */
export function noteImmunosuppression(context: ReadContext, evidence: Evidence): boolean {
  const state = autoimmune.get(context)
  if (state === undefined) return false
  state.mild = false
  state.activity.add('active')
  state.readings.push(evidence)
  settleAutoimmune(context, state, evidence)
  return true
}

interface AutoimmuneState {
  readonly mild: boolean
  readonly activity: ReadonlySet<'active' | 'quiet' | 'unknown'>
  readonly readings: readonly Evidence[]
}

function settleAutoimmune(context: ReadContext, state: AutoimmuneState, evidence: Evidence): void {
  const sources = state.readings.map(({ resource, path }) => context.source(resource, path))
  const shared = {
    sources,
    ...(evidence.on === undefined ? {} : { on: evidence.on }),
    ...(evidence.words === undefined ? {} : { words: evidence.words }),
  }
  context.settle('autoimmune-disease', { ...shared, value: true })
  context.settle('autoimmune-endocrine-only', { ...shared, value: state.mild })
  if (state.activity.has('active')) context.settle('autoimmune-active', { ...shared, value: true })
  else if (state.activity.has('unknown')) context.settle('autoimmune-active', { ...shared, unknown: 'not-recorded' })
  else context.settle('autoimmune-active', { ...shared, value: false, absence: 'witnessed' })
}
