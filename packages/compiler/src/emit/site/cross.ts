import {
  type Criterion,
  type Drug,
  type FactDefinition,
  factsOf,
  type NamedCriterion,
  type OptionRule,
  type Regimen,
  type SafetyRule,
  type Vocabulary,
  vocabulary,
} from '@secondwind/core'
import type { Kind } from '../../check/schema.ts'
import type { CheckedEntry } from '../../compile.ts'
import type { EntryHistory, ExamplePatient, SiteInput } from './input.ts'

/** The folder of pages for each kind that has pages, and what one of them is called. */
export const PAGES: { readonly [kind in Kind]?: { readonly folder: string; readonly one: string; readonly many: string } } = {
  treatment: { folder: 'option', one: 'option', many: 'options' },
  regimens: { folder: 'regimen', one: 'regimen', many: 'regimens' },
  facts: { folder: 'fact', one: 'fact', many: 'facts' },
  sources: { folder: 'source', one: 'source', many: 'sources' },
  criteria: { folder: 'criterion', one: 'criterion', many: 'criteria' },
  safety: { folder: 'safety', one: 'safety rule', many: 'safety rules' },
  alerts: { folder: 'alert', one: 'emergency', many: 'emergencies' },
  support: { folder: 'support', one: 'support service', many: 'support services' },
  interactions: { folder: 'interaction', one: 'waiting time', many: 'interactions and waiting times' },
  tests: { folder: 'test', one: 'test', many: 'tests' },
  testRules: { folder: 'test-rule', one: 'reason for a test', many: 'reasons for tests' },
  dosing: { folder: 'dose', one: 'dose rule', many: 'dose rules' },
  outlook: { folder: 'outlook', one: 'outlook', many: 'outlooks' },
  trials: { folder: 'trial', one: 'trial', many: 'trials' },
  quality: { folder: 'measure', one: 'quality measure', many: 'quality measures' },
  scores: { folder: 'score', one: 'score', many: 'scores and grades' },
  patient: { folder: 'words', one: 'words for patients', many: 'words for patients' },
}

export interface Population {
  readonly id: string
  readonly title: string
  readonly chapter: string
  readonly setting: string
  readonly options: readonly OptionRule[]
}

/** Where one entry is named by another. */
export interface Mention {
  readonly kind: Kind
  readonly id: string
}

/** The base with every link turned round, so that a page can say who uses it. Made once for a site. */
export interface Cross {
  readonly input: SiteInput
  readonly words: Vocabulary
  readonly facts: ReadonlyMap<string, FactDefinition>
  readonly criteria: ReadonlyMap<string, NamedCriterion>
  readonly regimens: ReadonlyMap<string, Regimen>
  readonly drugs: ReadonlyMap<string, Drug>
  readonly safety: ReadonlyMap<string, SafetyRule>
  readonly entries: ReadonlyMap<string, CheckedEntry>
  readonly of: (kind: Kind) => readonly CheckedEntry[]
  readonly populations: readonly Population[]
  /** Source → entries that cite it. */
  readonly citing: ReadonlyMap<string, readonly Mention[]>
  /** Fact → entries whose criteria look at it, named criteria followed. */
  readonly looking: ReadonlyMap<string, readonly Mention[]>
  /** Named criterion → entries that refer to it. */
  readonly referring: ReadonlyMap<string, readonly Mention[]>
  /** Regimen → options. */
  readonly regimenOptions: ReadonlyMap<string, readonly OptionRule[]>
  /** Drug or class → rules whose criteria name it as a value (what runs, what was given). */
  readonly naming: ReadonlyMap<string, readonly Mention[]>
  /** Rule id of an option → example patients in whose plan it stands. */
  readonly seenIn: ReadonlyMap<string, readonly ExamplePatient[]>
  history(kind: Kind, id: string): EntryHistory | undefined
}

export function crossOf(input: SiteInput): Cross {
  const { knowledge, entries } = input.compilation
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const byKind = Map.groupBy(entries, (e) => e.kind)
  const citing = new Map<string, Mention[]>()
  const looking = new Map<string, Mention[]>()
  const referring = new Map<string, Mention[]>()
  const naming = new Map<string, Mention[]>()
  const add = (map: Map<string, Mention[]>, key: string, mention: Mention): void => {
    const list = map.get(key) ?? []
    if (!list.some((m) => m.kind === mention.kind && m.id === mention.id)) list.push(mention)
    map.set(key, list)
  }
  for (const { kind, value } of entries) {
    const mention = { kind, id: value.id }
    for (const { source } of (value.cites as readonly { source: string }[] | undefined) ?? []) add(citing, source, mention)
    for (const criterion of criteriaIn(value)) {
      for (const fact of factsOf(criterion, words)) add(looking, fact, mention)
      walk(criterion, (node) => {
        if (node.op === 'ref') add(referring, node.id, mention)
        if (node.op === 'is') for (const v of node.values) add(naming, v, mention)
      })
    }
    if (kind === 'tests') for (const fact of value.settles as readonly string[]) add(looking, fact, mention)
  }
  const regimenOptions = new Map<string, OptionRule[]>()
  for (const option of knowledge.options)
    for (const id of option.regimens) regimenOptions.set(id, [...(regimenOptions.get(id) ?? []), option])
  const seenIn = new Map<string, ExamplePatient[]>()
  for (const patient of input.patients)
    for (const id of new Set(patient.options.map((o) => ruleOf(o.id)))) seenIn.set(id, [...(seenIn.get(id) ?? []), patient])
  return {
    input,
    words,
    facts: new Map(knowledge.facts.map((f) => [f.id, f])),
    criteria: new Map(knowledge.criteria.map((c) => [c.id, c])),
    regimens: new Map(knowledge.regimens.map((r) => [r.id, r])),
    drugs: new Map(knowledge.drugs.map((d) => [d.id, d])),
    safety: new Map(knowledge.safety.map((s) => [s.id, s])),
    entries: new Map(entries.map((e) => [`${e.kind}/${e.value.id}`, e])),
    of: (kind) => byKind.get(kind) ?? [],
    populations: populationsOf(byKind.get('populations') ?? [], knowledge.options),
    citing,
    looking,
    referring,
    regimenOptions,
    naming,
    seenIn,
    history: (kind, id) => input.history?.get(`${kind}/${id}`),
  }
}

/** The anchor of a chapter on the page of the populations. */
export const anchorOf = (chapter: string): string => chapter.toLowerCase().replace(/[^a-z0-9]+/g, '-')

/** The rule of an option's id in a plan: `rule` or `rule:regimen`. */
export const ruleOf = (optionId: string): string => optionId.split(':')[0]!

function populationsOf(titles: readonly CheckedEntry[], options: readonly OptionRule[]): readonly Population[] {
  const groups = Map.groupBy(options, (o) => o.group)
  const named = titles.flatMap(({ value }) => {
    const own = groups.get(value.id)
    return own ? [{ ...(value as unknown as Omit<Population, 'options'>), options: byPriority(own) }] : []
  })
  const known = new Set(named.map((p) => p.id))
  const unnamed = [...groups]
    .filter(([id]) => !known.has(id))
    .map(([id, own]) => ({ id, title: id.replace(/-/g, ' '), chapter: 'Without a title', setting: 'any', options: byPriority(own) }))
  return [...named, ...unnamed]
}

const byPriority = (options: readonly OptionRule[]): readonly OptionRule[] =>
  [...options].sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1))

/** Every criterion inside an entry, wherever it stands. */
function criteriaIn(value: unknown): readonly Criterion[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(criteriaIn)
  const record = value as Record<string, unknown>
  const own = typeof (record.when as { op?: unknown } | undefined)?.op === 'string' ? [record.when as Criterion] : []
  return [...own, ...Object.entries(record).flatMap(([key, child]) => (key === 'when' || key === 'examples' ? [] : criteriaIn(child)))]
}

export function walk(criterion: Criterion, visit: (node: Criterion) => void): void {
  visit(criterion)
  if (criterion.op === 'all' || criterion.op === 'any' || criterion.op === 'atLeast') for (const c of criterion.of) walk(c, visit)
  else if (criterion.op === 'not') walk(criterion.of, visit)
}
