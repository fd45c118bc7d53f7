import fs from 'node:fs'
import path from 'node:path'
import {
  type CheckedEntry,
  type Compilation,
  diffKnowledge,
  manifestProblems,
  openRelease,
  placesOf,
  readManifest,
  releaseFolders,
} from '@secondwind/compiler'
import { caseView, explain, isKnown, type KnowledgeBase, type PlanDocument, vocabulary } from '@secondwind/core'
import { differences, type Expectation, sourcesOf } from '../../fixtures/expectation.ts'
import { parseCharts, planChart } from '../../packages/server/src/compose.ts'
import { ENDS, type End, endOf, workedCases } from './worked-cases.ts'

/** Everything on the scorecard that is counted and not measured: the same files give the same numbers. */
export interface Counted {
  readonly day: string
  readonly chapters: readonly Chapter[]
  readonly cases: { readonly [end in End]: number }
  readonly rules: readonly RuleCount[]
  readonly citations: { readonly all: number; readonly unconfirmed: number }
  readonly sources: { readonly all: number; readonly unconfirmed: number; readonly opened: number }
  readonly overdue: number
  readonly nextReview: string | undefined
  readonly fixtures: Fixtures
  readonly releases: Releases
}

/** The kept releases, newest last, and how far the files are from the newest. */
export interface Releases {
  readonly kept: readonly { readonly version: string; readonly digest: string; readonly bytes: number; readonly isTrue: boolean }[]
  readonly since?: { readonly substance: number; readonly evidence: number; readonly wording: number }
}

export interface Chapter {
  readonly title: string
  readonly populations: number
  readonly options: number
  readonly recommended: number
  readonly confirmed: number
  readonly cases: { readonly [end in End]: number }
}

export interface RuleCount {
  readonly kind: string
  readonly all: number
  readonly confirmed: number
  /** Of those that carry a review date, those whose day has not come. */
  readonly dated: number
  readonly inDate: number
  readonly examples: number
}

export interface Fixtures {
  readonly patients: number
  readonly ends: { readonly [end in End]: number }
  /** Statements of a tumour board written down beforehand, and those that a plan does not meet. */
  readonly statements: number
  readonly unmet: number
  readonly options: number
  readonly needsData: number
  /** Verdicts of every option's criterion on every patient in scope. */
  readonly verdicts: { readonly true: number; readonly false: number; readonly unknown: number }
  readonly facts: { readonly known: number; readonly all: number }
  readonly openFacts: number
}

const RULES: readonly (readonly [kind: CheckedEntry['kind'], title: string])[] = [
  ['treatment', 'Options'],
  ['safety', 'Safety rules'],
  ['alerts', 'Emergencies'],
  ['testRules', 'Test rules'],
  ['support', 'Support'],
  ['interactions', 'Interactions'],
  ['dosing', 'Dose rules'],
  ['regimens', 'Regimens'],
  ['outlook', 'Outlook'],
  ['trials', 'Trials'],
  ['scores', 'Scores and grades'],
  ['patient', 'Words for patients'],
]

const none = (): Record<End, number> => Object.fromEntries(ENDS.map((end) => [end, 0])) as Record<End, number>
const tally = (ends: readonly End[]): Record<End, number> => {
  const counts = none()
  for (const end of ends) counts[end]++
  return counts
}

/** `project` holds fixtures/ and releases/; `day` is the day of the base and of the fixtures. */
export function count(compilation: Compilation, project: string, day: string): Counted {
  const { entries, knowledge } = compilation
  const rules = entries.filter((e) => RULES.some(([kind]) => kind === e.kind) && e.value.kind !== 'not-computed')
  const dated = rules.flatMap((e) => (typeof e.value.reviewBy === 'string' ? [lastDay(e.value.reviewBy)] : []))
  const cited = rules.flatMap((e) => (e.value.cites as readonly { readonly source: string; readonly review?: string }[] | undefined) ?? [])
  const sources = Object.values(knowledge.sources)
  const named = new Set(cited.map((c) => c.source))
  const cases = workedCases(compilation)
  return {
    day,
    chapters: chaptersOf(entries, cases),
    cases: tally(cases.map((c) => c.end)),
    rules: RULES.map(([kind, title]) =>
      ruleCount(
        title,
        rules.filter((e) => e.kind === kind),
        day,
      ),
    ),
    citations: { all: cited.length, unconfirmed: cited.filter((c) => c.review === 'unconfirmed').length },
    sources: {
      all: sources.length,
      unconfirmed: sources.filter((s) => s.review === 'unconfirmed').length,
      opened: sources.filter((s) => s.review === 'confirmed' && named.has(s.id)).length,
    },
    overdue: dated.filter((d) => d < day).length,
    nextReview: [...dated].sort().find((d) => d >= day),
    fixtures: fixturesOf(knowledge, path.join(project, 'fixtures'), day),
    releases: releasesOf(compilation, path.join(project, 'releases')),
  }
}

/** The last day that a review date may mean: a month ends with its last day. */
function lastDay(date: string): string {
  if (date.length > 7) return date
  const [year, month] = date.split('-').map(Number)
  return `${date}-${new Date(Date.UTC(year!, month!, 0)).getUTCDate()}`
}

function ruleCount(kind: string, rules: readonly CheckedEntry[], day: string): RuleCount {
  const dated = rules.filter((e) => typeof e.value.reviewBy === 'string')
  return {
    kind,
    all: rules.length,
    confirmed: rules.filter((e) => e.value.review === 'confirmed').length,
    dated: dated.length,
    inDate: dated.filter((e) => lastDay(String(e.value.reviewBy)) >= day).length,
    examples: rules.reduce((n, e) => n + ((e.value.examples as readonly unknown[] | undefined)?.length ?? 0), 0),
  }
}

/** By chapter, in the order of knowledge/policy/populations.yaml. A population without a title there is its own chapter. */
function chaptersOf(entries: readonly CheckedEntry[], cases: ReturnType<typeof workedCases>): readonly Chapter[] {
  const titles = new Map<string, string>()
  for (const { kind, value } of entries) if ((kind as string) === 'populations') titles.set(value.id, String(value.chapter))
  const chapterOf = (population: unknown): string => titles.get(String(population)) ?? 'Not in a chapter'
  const options = entries.filter((e) => e.kind === 'treatment').map((e) => e.value)
  const order = [...new Set([...titles.values(), ...options.map((o) => chapterOf(o.group))])]
  return order.flatMap((title) => {
    const own = options.filter((o) => chapterOf(o.group) === title)
    if (own.length === 0) return []
    return [
      {
        title,
        populations: new Set(own.map((o) => o.group)).size,
        options: own.length,
        recommended: own.filter((o) => (o.standing as readonly { readonly as: string }[]).some((row) => row.as === 'recommended')).length,
        confirmed: own.filter((o) => o.review === 'confirmed').length,
        cases: tally(cases.filter((c) => chapterOf(c.population) === title).map((c) => c.end)),
      },
    ]
  })
}

function fixturesOf(knowledge: KnowledgeBase, folder: string, day: string): Fixtures {
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const verdicts = { true: 0, false: 0, unknown: 0 }
  const ends: End[] = []
  let [statements, unmet, options, needsData, known, openFacts] = [0, 0, 0, 0, 0, 0]
  const files = fs.readdirSync(path.join(folder, 'patients')).sort()
  for (const file of files) {
    const document = planOf(path.join(folder, 'patients', file), knowledge, day)
    const name = file.replace(/\.(nd)?json$/, '')
    const expected = JSON.parse(fs.readFileSync(path.join(folder, 'expected', `${name}.json`), 'utf8')) as Expectation
    statements += sourcesOf(expected).length
    unmet += differences(document, expected, knowledge).length
    ends.push(endOf(document))
    options += document.options.length
    needsData += document.options.filter((o) => o.standing === 'needs-data').length
    openFacts += new Set(document.options.flatMap((o) => o.needs.map((n) => n.fact))).size
    known += knowledge.facts.filter((f) => isKnown(document.case.facts[f.id])).length
    if (document.status === 'refused') continue
    const view = caseView(words, document.case.facts, day)
    for (const rule of knowledge.options) verdicts[explain(rule.when, view, words).truth]++
  }
  return {
    patients: files.length,
    ends: tally(ends),
    statements,
    unmet,
    options,
    needsData,
    verdicts,
    facts: { known, all: knowledge.facts.length * files.length },
    openFacts,
  }
}

function planOf(file: string, knowledge: KnowledgeBase, asOf: string): PlanDocument {
  const charts = parseCharts(fs.readFileSync(file))
  const made = charts.ok ? planChart(charts.value[0]!, { knowledge, asOf, overrides: [] }) : charts
  if (!made.ok) throw new Error(`${file}: ${made.error.map((e) => e.message).join('; ')}`)
  return made.value
}

function releasesOf(compilation: Compilation, root: string): Releases {
  const folders = releaseFolders(root)
  const kept = folders.map((folder) => {
    const { version, digest, bytes } = readManifest(folder)!
    return { version, digest, bytes, isTrue: manifestProblems(folder).length === 0 }
  })
  const newest = folders.at(-1)
  const opened = newest === undefined ? undefined : openRelease(newest)
  if (!opened?.ok) return { kept }
  const now = { name: 'working', knowledge: compilation.knowledge, places: placesOf(compilation), findings: [] }
  const changes = diffKnowledge(opened.value, now)
  const of = (weight: string): number => changes.filter((c) => c.weight === weight).length
  return { kept, since: { substance: of('substance'), evidence: of('evidence'), wording: of('wording') } }
}
