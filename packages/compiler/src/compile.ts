import {
  type Criterion,
  type DosingPolicy,
  type FactDefinition,
  type KnowledgeBase,
  type OutlookMethod,
  type PatientText,
  type QualityMeasure,
  type ScoreRule,
  type TrialCriterion,
  trialConjunction,
} from '@secondwind/core'
import { checkAims } from './check/aims.ts'
import { settleCitations } from './check/citations.ts'
import { checkCodes, type TermFile } from './check/codes.ts'
import { checkCopies } from './check/copies.ts'
import { type CriterionProblem, type CriterionScope, readCriterion } from './check/criterion.ts'
import { withoutCycles } from './check/cycles.ts'
import { checkDrafts } from './check/drafts.ts'
import { checkEntries } from './check/entries.ts'
import { runExamples } from './check/examples.ts'
import type { Finding } from './check/finding.ts'
import { checkLinks } from './check/links.ts'
import { checkMeasures } from './check/measures.ts'
import { checkNames } from './check/names.ts'
import { checkRegimens } from './check/regimens.ts'
import { type Kind, kindOf } from './check/schema.ts'
import { checkShape } from './check/shape.ts'
import { soundEntries } from './check/sound.ts'
import { checkUnits } from './check/units.ts'
import { checkUnused } from './check/unused.ts'
import { checkVocabularies, vocabulariesOf } from './check/vocabulary.ts'
import { digestOf } from './emit/digest.ts'
import { idsByEye, type RawEntry, readEntries, readPlain, yamlFiles } from './read/read-yaml.ts'
import { strayFiles } from './read/strays.ts'

/** An entry that passed its schema, with its criteria turned into ASTs. */
export interface CheckedEntry {
  readonly kind: Kind
  readonly raw: RawEntry
  readonly value: Record<string, unknown> & { readonly id: string }
}

export interface Compilation {
  readonly knowledge: KnowledgeBase
  readonly findings: readonly Finding[]
  readonly entries: readonly CheckedEntry[]
}

/** Fields of an entry that hold a criterion, as paths; `*` stands for every item of a list. */
const CRITERIA: { readonly [kind in Kind]?: readonly string[] } = {
  criteria: ['when'],
  treatment: ['when', 'standing.*.when', 'against.*.when', 'cautions.*.when', 'concurrent.*.when'],
  safety: ['when'],
  testRules: ['when'],
  alerts: ['when', 'holds.when', 'suspect.when', 'suspect.holds.when'],
  support: ['when', 'actions.*.when'],
  interactions: ['when'],
  outlook: ['when'],
  dosing: ['when'],
  trials: ['criteria.*.when'],
  quality: ['patients.when', 'population.when', 'exclusions.*.when', 'numerator.when', 'exceptions.*.when'],
  constraints: ['when', 'must'],
  proof: ['plans', 'situations.*.when', 'reasons.*.when', 'ties.suppose'],
}

const FOLDERS = [
  'facts',
  'sources',
  'criteria',
  'regimens',
  'treatment',
  'safety',
  'monitoring',
  'emergencies',
  'supportive',
  'interactions',
  'outlook',
  'dosing',
  'scores',
  'quality',
  'trials',
  'patient',
  'policy',
  'terminology',
]

/**
 * Reads, checks and compiles `knowledge/`. All findings are collected; the compiled base holds every entry that passed.
 *
 * `root` is the folder `knowledge`. `version` comes from its CHANGELOG. Nothing is written.
 */
export function compileKnowledge(root: string, version: string): Compilation {
  const findings: Finding[] = []
  const raw = new Map<Kind, RawEntry[]>()
  const terminology: Record<string, unknown> = {}
  const terms: TermFile[] = []
  const written = new Map<Kind, Set<string>>()
  const wrote = (kind: Kind, ids: readonly string[]): void => {
    written.set(kind, new Set([...(written.get(kind) ?? []), ...ids]))
  }

  findings.push(...strayFiles(root, FOLDERS))
  for (const folder of FOLDERS) {
    for (const file of yamlFiles(root, folder)) {
      const kind = kindOf(file)
      if (kind === 'terminology') {
        const plain = readPlain(root, file)
        findings.push(...plain.findings)
        terminology[file.slice('terminology/'.length, -'.yaml'.length)] = plain.value
        terms.push({ file, value: plain.value, lineOf: plain.lineOf })
        continue
      }
      if (kind === undefined) {
        findings.push({
          code: 'schema',
          file,
          line: 1,
          message: 'is not a file the compiler knows',
          remedy: 'see docs/guide/knowledge.md for the folders',
        })
        continue
      }
      const read = readEntries(root, file)
      findings.push(...read.findings)
      raw.set(kind, [...(raw.get(kind) ?? []), ...read.entries])
      wrote(kind, read.findings.length > 0 ? idsByEye(root, file) : read.entries.map((e) => String(e.value.id)))
    }
  }

  const facts = new Map<string, FactDefinition>()
  for (const entry of raw.get('facts') ?? []) {
    const value = checkShape('facts', entry, findings)
    if (value) facts.set(value.id, { group: entry.file.slice('facts/'.length, -'.yaml'.length), ...value } as unknown as FactDefinition)
  }
  const reviews = new Map((raw.get('sources') ?? []).map((e) => [String(e.value.id), e.value.review as 'confirmed' | 'unconfirmed']))
  const named = written.get('criteria') ?? new Set<string>()
  const broken = new Set([...(written.get('facts') ?? [])].filter((id) => !facts.has(id)))

  const vocabularies = vocabulariesOf(terminology)
  const shapedEntries: CheckedEntry[] = []
  for (const [kind, list] of raw) {
    for (const entry of list) {
      if (kind === 'facts') {
        const definition = facts.get(String(entry.value.id))
        if (definition) shapedEntries.push({ kind, raw: entry, value: definition as unknown as CheckedEntry['value'] })
        continue
      }
      const shaped = checkShape(kind, entry, findings)
      if (!shaped) continue
      const value = settleCitations(entry, shaped, reviews, findings)
      const scope: CriterionScope = {
        facts,
        named,
        vocabularies,
        broken,
        allowKnown: kind !== 'treatment' && kind !== 'safety' && kind !== 'criteria' && kind !== 'dosing' && kind !== 'trials',
      }
      shapedEntries.push({ kind, raw: entry, value: withCriteria(kind, entry, value, scope, findings) as CheckedEntry['value'] })
    }
  }

  const entries = withoutCycles(shapedEntries, findings)
  findings.push(
    ...checkLinks(entries, terminology, written),
    ...checkNames(entries, terms, written),
    ...checkCodes(terms, entries),
    ...checkUnits(entries, terminology),
    ...checkRegimens(entries, terminology),
    ...checkAims(entries, terminology),
    ...checkCopies(entries),
    ...checkEntries(entries),
    ...checkVocabularies(entries, vocabularies),
    ...checkDrafts([...raw.values()].flat()),
  )
  // what one broken file leaves unnamed is not dead
  if (!findings.some((f) => f.code === 'yaml' || f.code === 'schema')) findings.push(...checkUnused(entries, terminology))
  const knowledge = assemble(entries, terminology, version)
  const unread = new Set([...named].filter((id) => !entries.some((e) => e.kind === 'criteria' && e.value.id === id)))
  const sound = soundEntries(entries, findings, new Set([...broken, ...unread]))
  findings.push(...runExamples(sound, knowledge), ...checkMeasures(sound, knowledge))
  return { knowledge, findings: findings.sort(byPlace), entries }
}

const byPlace = (a: Finding, b: Finding): number => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1)

/** Replaces every criterion of an entry by its AST. */
function withCriteria(
  kind: Kind,
  entry: RawEntry,
  value: Record<string, unknown>,
  scope: CriterionScope,
  findings: Finding[],
): Record<string, unknown> {
  const problems: CriterionProblem[] = []
  // the groups of a measure that counts items speak of one item
  const items = kind === 'quality' && typeof value.each === 'string' ? scope.facts.get(value.each) : undefined
  const scopeOfItem: CriterionScope = items?.type === 'list' ? { ...scope, row: items } : scope
  const convert = (node: unknown, steps: readonly string[], at: readonly (string | number)[]): unknown => {
    const [step, ...rest] = steps
    if (step === undefined) return readCriterion(node, at[0] === 'patients' ? scope : scopeOfItem, at, problems)
    if (node === undefined || node === null) return node
    if (step === '*') return (node as readonly unknown[]).map((item, i) => convert(item, rest, [...at, i]))
    const record = node as Record<string, unknown>
    return step in record ? { ...record, [step]: convert(record[step], rest, [...at, step]) } : record
  }
  let result: unknown = value
  for (const path of CRITERIA[kind] ?? []) result = convert(result, path.split('.'), [])
  for (const problem of problems) {
    findings.push({
      code: problem.code ?? 'criterion',
      file: entry.file,
      line: entry.lineOf(problem.at),
      entry: String(value.id),
      message: `${problem.at.join('.')}: ${problem.message}`,
      remedy: problem.remedy,
    })
  }
  const made = result as Record<string, unknown>
  // what the examples of a trial judge, and what the planner asks
  return kind === 'trials' ? { ...made, when: trialConjunction(made.criteria as readonly TrialCriterion[]) } : made
}

/** Examples, audit notes and other things for authors stay out of the compiled base. */
function assemble(entries: readonly CheckedEntry[], terminology: Record<string, unknown>, version: string): KnowledgeBase {
  const of = <T>(kind: Kind): readonly T[] =>
    entries
      .filter((e) => e.kind === kind)
      .map(({ value, raw }) => {
        const { examples: _examples, audit: _audit, note: _note, vocabulary: _vocabulary, ...rest } = value as Record<string, unknown>
        return (kind === 'facts' || kind === 'sources' || kind === 'criteria' ? rest : { ...rest, from: `${raw.file}:${raw.line}` }) as T
      })
  const { drugs, ...otherTerms } = terminology
  const body = {
    facts: of<FactDefinition>('facts'),
    sources: Object.fromEntries(of<KnowledgeBase['sources'][string]>('sources').map((s) => [s.id, s])),
    criteria: of<{ id: string; label: string; when: Criterion }>('criteria'),
    drugs: (drugs ?? []) as KnowledgeBase['drugs'],
    regimens: of<KnowledgeBase['regimens'][number]>('regimens'),
    options: of<KnowledgeBase['options'][number]>('treatment'),
    safety: of<KnowledgeBase['safety'][number]>('safety'),
    tests: of<KnowledgeBase['tests'][number]>('tests'),
    testRules: of<KnowledgeBase['testRules'][number]>('testRules'),
    alerts: of<KnowledgeBase['alerts'][number]>('alerts'),
    support: of<KnowledgeBase['support'][number]>('support'),
    interactions: of<KnowledgeBase['interactions'][number]>('interactions'),
    outlook: of<KnowledgeBase['outlook'][number]>('outlook'),
    outlookMethod: of<OutlookMethod>('outlookMethod')[0] ?? null,
    trials: of<KnowledgeBase['trials'][number]>('trials'),
    ranking: of<KnowledgeBase['ranking']>('ranking')[0] ?? { order: [], strength: [], evidenceKind: [], preferences: [] },
    ...dosingPolicyOf(of<DosingPolicy & { readonly id?: string; readonly from?: string }>('dosingPolicy')),
    dosing: of<KnowledgeBase['dosing'][number]>('dosing'),
    patient: of<PatientText>('patient'),
    scores: of<ScoreRule>('scores'),
    quality: of<QualityMeasure>('quality'),
    terminology: otherTerms,
  }
  return { version, digest: digestOf(body), ...body }
}

function dosingPolicyOf(entries: readonly (DosingPolicy & { readonly id?: string; readonly from?: string })[]): {
  readonly dosingPolicy?: DosingPolicy
} {
  if (!entries[0]) return {}
  const { id: _id, from: _from, ...dosingPolicy } = entries[0]
  return { dosingPolicy }
}
