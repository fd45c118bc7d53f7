import type { PlanChange } from '@secondwind/care'
import type { OpenedBase, RuleChange } from '@secondwind/compiler'
import { type Criterion, criterionText, type KnowledgeBase, type Vocabulary, vocabulary } from '@secondwind/core'
import { heading, indent, wrap } from '../cli/layout.ts'
import type { Cause } from './attribute.ts'
import type { ChangedPatient, ExplainedChange, KnowledgeDiff } from './knowledge-diff.ts'

/** What a kind of change is called on the screen and in the worklist. */
export const KIND_WORDS: { readonly [kind in PlanChange['kind']]: string } = {
  'other-input': 'not the same input',
  status: 'status',
  'first-choice': 'first option',
  'new-option': 'new option',
  'option-withdrawn': 'option withdrawn',
  standing: 'standing',
  're-ranked': 're-ranked',
  treatment: 'treatment differs',
  dose: 'dose',
  'not-advised': 'newly not advised',
  'no-longer-not-advised': 'no longer not advised',
  'not-advised-changed': 'not advised, changed',
  'alert-added': 'alert added',
  'alert-removed': 'alert removed',
  'alert-changed': 'alert changed',
  'test-added': 'newly missing test',
  'test-removed': 'test no longer asked for',
  'test-changed': 'urgency of a test',
  'support-added': 'support added',
  'support-removed': 'support removed',
  'support-changed': 'support changed',
  'interaction-added': 'interaction added',
  'interaction-removed': 'interaction removed',
  'interaction-changed': 'interaction changed',
  needs: 'missing fact',
  instruction: 'instruction',
  availability: 'approval',
  trial: 'trial',
  burden: 'burden',
  outlook: 'outlook',
  fact: 'read otherwise',
  problem: 'problem of the chart',
  site: 'site',
  evidence: 'evidence',
  reasons: 'reasons',
  order: 'order',
  wording: 'wording',
}

/** The whole comparison for a person: who must be looked at, what happens to them and why, then what changed in the rules. */
export function diffText(diff: KnowledgeDiff, before: OpenedBase, after: OpenedBase, width: number): string {
  const lines: string[] = [...wrap(`${baseText(diff.before)} → ${baseText(diff.after)}`, width), '']
  const rules = new Map(diff.rules.map((rule) => [rule.key, rule]))
  if (diff.cohort) lines.push(...cohortLines(diff.cohort, rules, width))
  lines.push(...ruleLines(diff.rules, before.knowledge, after.knowledge, width))
  return lines.join('\n')
}

const baseText = ({ name, version, digest }: KnowledgeDiff['before']): string =>
  `${name === version ? name : `${name}, version ${version}`} (${digest.slice(0, 12)})`

function cohortLines(cohort: NonNullable<KnowledgeDiff['cohort']>, rules: ReadonlyMap<string, RuleChange>, width: number): string[] {
  const pressing = cohort.changed.filter((p) => p.priority <= 2)
  const care = cohort.changed.filter((p) => p.priority === 3)
  const rest = cohort.changed.filter((p) => p.priority === 4)
  const same = cohort.patients - cohort.changed.length
  const lines = wrap(
    `${counted(cohort.patients, 'patient')} of ${cohort.over} as of ${cohort.asOf}: a decision differs for ${pressing.length}, only care beside it for ${care.length}, only reasons or words for ${rest.length}; ${counted(same, 'plan is', 'plans are')} the same.`,
    width,
  )
  for (const issue of cohort.notCompared) lines.push(...wrap(`NOT COMPARED: ${issue.path}: ${issue.message}`, width, '  '))
  if (cohort.lentTables.length > 0)
    lines.push(
      ...wrap(
        `The charts could not be read with the tables of one base and were read with those of the other, so that a difference in reading does not show: ${cohort.lentTables.join('; ')}`,
        width,
        '  ',
      ),
    )
  const totals = countsOf(cohort.changed)
  if (totals.length > 0) lines.push('', ...wrap(totals.map(([kind, n]) => `${KIND_WORDS[kind]} ${n}`).join(' · '), width))
  if (pressing.length > 0) lines.push('', heading('PLANS TO RECONSIDER', width), ...pressing.flatMap((p) => patientLines(p, rules, width)))
  if (care.length > 0) lines.push('', heading('CARE THAT DIFFERS', width), ...care.flatMap((p) => patientLines(p, rules, width)))
  if (rest.length > 0) lines.push('', heading('ONLY REASONS OR WORDS', width), ...wrap(rest.map((p) => p.file).join(', '), width))
  return [...lines, '']
}

/** How many patients each kind of change concerns. */
export function countsOf(changed: readonly ChangedPatient[]): readonly (readonly [PlanChange['kind'], number])[] {
  const counts = new Map<PlanChange['kind'], number>()
  for (const { changes } of changed)
    for (const kind of new Set(changes.filter((c) => c.weight === 'decision' || c.weight === 'care').map((c) => c.kind)))
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
}

function patientLines({ file, patient, story, changes }: ChangedPatient, rules: ReadonlyMap<string, RuleChange>, width: number): string[] {
  const lines = ['', `${file}  ${patient}`, ...wrap(story, width - 2).map((line) => indent(line, 2))]
  const shown = changes.filter((c) => c.weight === 'decision' || c.weight === 'care')
  // one reason stands once, behind all that it does
  const groups = new Map<string, ExplainedChange[]>()
  for (const change of shown) {
    const key = JSON.stringify(change.causes)
    groups.set(key, [...(groups.get(key) ?? []), change])
  }
  for (const group of groups.values()) {
    for (const change of group) lines.push(...wrap(changeText(change), width - 4, '    ').map((line) => indent(line, 2)))
    lines.push(...wrap(causeText(group[0]!.causes, rules), width - 6, '  ').map((line) => indent(line, 6)))
  }
  const others = changes.length - shown.length
  if (others > 0) lines.push(indent(`and ${counted(others, 'difference')} of reasons or words`, 2))
  return lines
}

/** One change of a plan on a line: `!` before a decision. */
export function changeText({ kind, weight, subject, before, after }: PlanChange): string {
  const mark = weight === 'decision' ? '!' : '·'
  const [gone, come] = kind === 'needs' ? ['no longer asks for ', 'asks for '] : ['no longer ', 'now ']
  const values =
    before === 'there' || after === 'there'
      ? ''
      : before !== undefined && after !== undefined
        ? `: ${before} → ${after}`
        : before !== undefined
          ? `: ${gone}${before}`
          : after !== undefined
            ? `: ${come}${after}`
            : ''
  return `${mark} ${KIND_WORDS[kind]}${kind === 'first-choice' ? '' : `: ${subject}`}${values}`
}

/** Rules, files and sources behind a change. */
export function causeText(causes: readonly Cause[], rules: ReadonlyMap<string, RuleChange>): string {
  if (causes.length === 0) return 'because of several of the changes below at once'
  const one = ({ rule: key, how }: Cause): string => {
    const rule = rules.get(key)
    if (!rule) return key
    const where = rule.after ?? rule.before
    return `${key} ${rule.change}${where ? ` (${where})` : ''}${sourcesText(rule)}${how === 'together' ? ', with others' : ''}`
  }
  return `because ${causes.map(one).join('; and ')}`
}

/** The citations that changed; where none did, what the rule rests on. */
function sourcesText({ sources, newlyCited, noLongerCited }: RuleChange): string {
  const changed = [
    ...(newlyCited.length > 0 ? [`newly cites ${newlyCited.join(', ')}`] : []),
    ...(noLongerCited.length > 0 ? [`no longer cites ${noLongerCited.join(', ')}`] : []),
  ]
  if (changed.length > 0) return ` [${changed.join('; ')}]`
  return sources.length > 0
    ? ` [cites ${sources.slice(0, 4).join(', ')}${sources.length > 4 ? ` and ${sources.length - 4} more` : ''}]`
    : ''
}

function ruleLines(rules: readonly RuleChange[], before: KnowledgeBase, after: KnowledgeBase, width: number): string[] {
  if (rules.length === 0) return ['No entry differs.']
  const of = (weight: RuleChange['weight']): readonly RuleChange[] => rules.filter((r) => r.weight === weight)
  const words = [vocabulary(before.facts, before.criteria), vocabulary(after.facts, after.criteria)] as const
  const lines = [
    `${counted(rules.length, 'entry', 'entries')} ${rules.length === 1 ? 'differs' : 'differ'}: ${of('substance').length} in substance, ${of('evidence').length} in evidence, ${of('wording').length} in words.`,
  ]
  for (const [weight, title] of [
    ['substance', 'SUBSTANCE'],
    ['evidence', 'EVIDENCE'],
    ['wording', 'WORDS'],
  ] as const) {
    const list = of(weight)
    if (list.length === 0) continue
    lines.push('', heading(title, width))
    for (const rule of list) {
      // evidence and words are named; what they say stands in the JSON and in the file
      const rest = rule.fields.filter((field) => field.weight !== 'substance').map((field) => field.path)
      const also = rest.length > 0 ? ` (${weight === 'substance' ? 'also ' : ''}${rest.join(', ')})` : ''
      lines.push(...wrap(`${rule.key} ${rule.change}: ${rule.title}  ${rule.after ?? rule.before ?? ''}${also}`, width, '  '))
      for (const field of rule.fields.filter((f) => f.weight === 'substance')) {
        const [old, now] = [shownValue(field.before, words[0]), shownValue(field.after, words[1])]
        const values = field.before === undefined && field.after === undefined ? '' : `: ${old} → ${now}`
        lines.push(...wrap(`${field.path}${values}`, width - 4, '  ').map((line) => indent(line, 4)))
      }
    }
  }
  return lines
}

const LONGEST = 240

/** A value of a field: criteria in words, texts as they stand, the rest as JSON; cut where it is long (the JSON has all of it). */
export function shownValue(value: unknown, words: Vocabulary): string {
  if (value === undefined) return 'none'
  const text = valueText(value, words)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text
}

function valueText(value: unknown, words: Vocabulary): string {
  if (typeof value === 'string') return `"${value}"`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => valueText(item, words)).join(', ')}]`
  if (isCriterion(value)) return criterionText(value, words)
  return Object.entries(value)
    .map(([key, part]) => `${key} ${valueText(part, words)}`)
    .join('; ')
}

const isCriterion = (value: unknown): value is Criterion => typeof value === 'object' && value !== null && 'op' in value

const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`
