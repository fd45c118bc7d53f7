import {
  type Citation,
  type Criterion,
  criterionText,
  itemWords,
  type KnowledgeBase,
  type MeasureGroup,
  type OptionRule,
  type QualityMeasure,
  type Regimen,
  type SafetyRule,
  type Vocabulary,
  vocabulary,
} from '@secondwind/core'
import { lastDay } from '../check/dates.ts'
import { closest } from '../check/suggest.ts'
import type { CheckedEntry, Compilation } from '../compile.ts'
import { PAGES } from '../emit/site/cross.ts'
import type { SiteInput } from '../emit/site/index.ts'

export interface ExplainRequest {
  readonly compilation: Compilation
  /** An id, or `kind/id` where two kinds share it; an option's id as a plan prints it, with its regimen after a colon, is understood. */
  readonly id: string
  readonly asOf: string
  /** What messages call the folder of the knowledge; absent: `knowledge`. */
  readonly name?: string
  readonly aimed?: SiteInput['aimed']
}

/** An entry of the knowledge in words for a terminal, or, for an id that nothing has, those that may have been meant. */
export function explainEntry(request: ExplainRequest): { readonly found: boolean; readonly text: string } {
  const { compilation, id } = request
  const wanted = id.includes('/') ? (id.split('/')[1] ?? '') : id
  const kind = id.includes('/') ? id.split('/')[0] : undefined
  const rule = wanted.split(':')[0]!
  const entries = compilation.entries.filter(
    (e) => e.value.id === rule && PAGES[e.kind] && (kind === undefined || kind === e.kind || kind === PAGES[e.kind]!.folder),
  )
  const drug = compilation.knowledge.drugs.find((d) => d.id === rule && (kind === undefined || kind === 'drug'))
  if (entries.length === 0 && !drug) {
    const names = [
      ...compilation.entries.filter((e) => PAGES[e.kind]).map((e) => e.value.id),
      ...compilation.knowledge.drugs.map((d) => d.id),
    ]
    const near = closest(rule, names)
    const hint =
      near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'secondwind facts lists the facts; the knowledge site has a search'
    return { found: false, text: `nothing in the knowledge is called ${id} (${hint})\n` }
  }
  const texts = entries.map((e) => entryText(e, request))
  if (drug) texts.push(drugText(drug.id, compilation, request.name ?? 'knowledge'))
  return { found: true, text: `${texts.join('\n\n')}\n` }
}

function entryText(entry: CheckedEntry, { compilation, asOf, aimed, name = 'knowledge' }: ExplainRequest): string {
  const { kind, raw, value } = entry
  const words = vocabulary(compilation.knowledge.facts, compilation.knowledge.criteria)
  const page = PAGES[kind]!
  const out: string[] = [
    String(value.title ?? value.label ?? value.say ?? value.id),
    `${page.one} ${value.id}   ${name}/${raw.file}:${raw.line}`,
    ...stateLines(value, asOf),
  ]
  const part = (title: string, lines: readonly string[]): void => {
    if (lines.length > 0) out.push('', title, ...lines)
  }
  if (typeof value.say === 'string' && value.title !== undefined) part('Says', [`  ${value.say}`])
  part('Registry', registryLines(value, kind))
  part(kind === 'treatment' ? 'Who it is for' : 'When', value.when ? criterionLines(value.when as Criterion, words, 1) : [])
  if (kind === 'quality')
    for (const [title, lines] of measureParts(value as unknown as QualityMeasure, compilation.knowledge, words)) part(title, lines)
  if (kind === 'treatment') {
    const option = value as unknown as OptionRule
    part(
      'Standing: the first row that is true',
      option.standing.map((r) => `  ${r.as.padEnd(12)} ${r.when ? `when ${criterionText(r.when, words)}: ` : ''}${r.because}`),
    )
    part(
      'Against',
      option.against.map((a) => `  - ${a.when ? `when ${criterionText(a.when, words)}: ` : ''}${a.say}`),
    )
    part(
      'Dose and schedule',
      option.regimens.flatMap((id) => regimenLines(compilation.knowledge.regimens.find((r) => r.id === id))),
    )
    part('Rests on', option.restsOn ? Object.entries(option.restsOn).map(([key, ids]) => `  ${key}: ${ids.join(', ')}`) : [])
    part('Safety rules aimed at it', safetyLines(option.id, compilation, aimed))
  }
  if (kind === 'regimens') part('Dose and schedule', regimenLines(value as unknown as Regimen))
  const actions = value.actions as readonly (string | { readonly say: string })[] | undefined
  part('What to do', actions?.map((a) => `  - ${typeof a === 'string' ? a : a.say}`) ?? [])
  part('Rests on', citeLines((value.cites as readonly Citation[] | undefined) ?? [], compilation))
  part(
    'Examples',
    ((value.examples as readonly { name: string; expect: string }[] | undefined) ?? []).map((e) => `  ${e.expect.padEnd(8)} ${e.name}`),
  )
  if (kind === 'facts' || kind === 'sources' || kind === 'criteria' || kind === 'regimens') part('Used by', users(entry, compilation))
  out.push('', `Page: ${page.folder}/${value.id}.html of the knowledge site (npm run knowledge:site)`)
  return out.join('\n')
}

function stateLines(value: CheckedEntry['value'], asOf: string): readonly string[] {
  if (value.review === undefined) return []
  const due = value.reviewBy as string | undefined
  const state = value.review === 'unconfirmed' ? 'unconfirmed: nobody has seen it in its source yet' : 'confirmed in its source'
  const date = due === undefined ? '' : lastDay(due) < asOf ? `, REVIEW WAS DUE ${due}` : `, review by ${due}`
  return [`${state}${date}${value.effective ? `, valid since ${value.effective}` : ''}`]
}

const REGISTRY = [
  'type',
  'unit',
  'absence',
  'freshDays',
  'plausible',
  'test',
  'ask',
  'derivedFrom',
  'standIns',
  'kind',
  'year',
  'accessed',
  'url',
  'pmid',
  'doi',
  'nct',
  'effect',
  'reason',
  'whenUnknown',
  'lowersTo',
  'applies',
  'drug',
  'factor',
  'dose',
  'omit',
  'group',
  'strength',
  'evidenceKind',
  'toxicity',
  'urgency',
] as const

function registryLines(value: CheckedEntry['value'], kind: string): readonly string[] {
  const lines = REGISTRY.filter((f) => value[f] !== undefined).map((f) => `  ${f.padEnd(13)} ${plain(value[f])}`)
  const values = Object.entries((value.values as object | undefined) ?? {})
  return kind === 'facts' && values.length > 0
    ? [...lines, '  values', ...values.map(([v, label]) => `    ${v.padEnd(22)} ${label}`)]
    : lines
}

const plain = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Array.isArray(value)
      ? value.join(', ')
      : Object.entries(value)
          .map(([k, v]) => `${k} ${plain(v)}`)
          .join('; ')
    : String(value)

/** A criterion as an indented list. */
function criterionLines(criterion: Criterion, words: Vocabulary, depth: number): readonly string[] {
  const pad = '  '.repeat(depth)
  switch (criterion.op) {
    case 'all':
    case 'any':
    case 'atLeast': {
      const title = criterion.op === 'all' ? 'all of' : criterion.op === 'any' ? 'any of' : `at least ${criterion.min} of`
      return [`${pad}${title}`, ...criterion.of.flatMap((c) => criterionLines(c, words, depth + 1))]
    }
    case 'not':
      return [`${pad}not`, ...criterionLines(criterion.of, words, depth + 1)]
    case 'ref':
      return [`${pad}- ${criterionText(criterion, words)} [${criterion.id}]`]
    case 'const':
      return [`${pad}- ${criterionText(criterion, words)}`]
    default: {
      const fresh = 'fresh' in criterion && criterion.fresh ? ', recent value' : ''
      return [`${pad}- ${criterionText(criterion, words)} [${criterion.fact}${fresh}]`]
    }
  }
}

function regimenLines(regimen: Regimen | undefined): readonly string[] {
  if (!regimen) return []
  const line = (c: Regimen['components'][number]): string => {
    const amount = (dose: number | undefined): string =>
      dose === undefined ? 'no dose confirmed' : c.unit === 'AUC' ? `AUC ${dose}` : `${dose} ${c.unit}`
    const banded = (bands: typeof c.bands, dose: number | undefined): string =>
      bands ? bands.map((b) => `${amount(b.dose)}${b.belowKg === undefined ? '' : ` below ${b.belowKg} kg`}`).join(', else ') : amount(dose)
    const often = typeof c.days === 'string' ? c.days : `day ${c.days.join(', ')}`
    const steps = c.steps?.map(
      (s) => `${s.cycle ? `cycle ${s.cycle} day` : 'from day'} ${s.day}: ${banded(s.bands, s.dose)}${s.days ? ` ${s.days}` : ''}`,
    )
    // who reads the lasting dose first must not miss that it is not the first
    const dose = steps
      ? `in steps: ${steps.join('; ')}${typeof c.days === 'string' ? '' : `; then ${banded(c.bands, c.dose)}`}`
      : banded(c.bands, c.dose)
    return `    ${c.drug} ${dose}, ${c.route}, ${often}${c.review === 'unconfirmed' ? ' (unconfirmed)' : ''}`
  }
  const cycle = regimen.cycleDays === undefined ? 'continuous' : `every ${regimen.cycleDays} days`
  return [
    `  ${regimen.id}: ${cycle}${regimen.cycles === undefined ? '' : `, ${regimen.cycles} cycles`}${regimen.review === 'unconfirmed' ? ' (unconfirmed)' : ''}`,
    ...regimen.components.map(line),
    ...(regimen.maintenance ? [`    then ${regimen.maintenance.title}`, ...regimen.maintenance.components.map(line)] : []),
  ]
}

const order = (rule: SafetyRule | undefined): number => ['bar', 'check', 'caution'].indexOf(rule?.effect ?? 'caution')

function safetyLines(option: string, { knowledge }: Compilation, aimed: SiteInput['aimed'] | undefined): readonly string[] {
  const rules = new Map(knowledge.safety.map((r) => [r.id, r]))
  const aims = [...(aimed?.get(option)?.safety ?? [])].sort((a, b) => order(rules.get(a.rule)) - order(rules.get(b.rule)))
  return aims.flatMap(({ rule, regimens }) => {
    const found = rules.get(rule)
    return found ? [`  ${found.effect.padEnd(8)} ${found.id}: ${found.title}${regimens ? ` (only ${regimens.join(', ')})` : ''}`] : []
  })
}

function citeLines(cites: readonly Citation[], { knowledge }: Compilation): readonly string[] {
  return cites.map((c) => {
    const source = knowledge.sources[c.source]
    const open = c.review === 'unconfirmed' || source?.review === 'unconfirmed' ? ', unconfirmed' : ''
    return `  - ${c.says} [${c.source}, ${c.at}${open}]${source?.url ? `\n    ${source.url}` : ''}`
  })
}

/** Entries that name this one: cite it, ask it, refer to it, use it. */
function users({ kind, value }: CheckedEntry, { entries }: Compilation): readonly string[] {
  const field = { facts: 'fact', sources: 'source', criteria: 'id', regimens: '' }[kind as 'facts']
  const names = (node: unknown): boolean => {
    if (Array.isArray(node)) return node.some(names)
    if (typeof node !== 'object' || node === null) return false
    return Object.entries(node).some(([key, child]) => (key === field && child === value.id) || (key !== 'examples' && names(child)))
  }
  const list = entries.filter((e) => {
    if (e.value.id === value.id && e.kind === kind) return false
    if (kind === 'regimens') return ((e.value.regimens as readonly string[] | undefined) ?? []).includes(value.id)
    return Object.entries(e.value).some(([key, child]) => key !== 'examples' && key !== 'id' && names(child))
  })
  const shown = list.slice(0, 15).map((e) => `  ${(PAGES[e.kind]?.one ?? e.kind).padEnd(13)} ${e.value.id}`)
  return list.length > 15 ? [...shown, `  … and ${list.length - 15} more: the knowledge site lists them all`] : shown
}

function drugText(id: string, { knowledge }: Compilation, name: string): string {
  const drug = knowledge.drugs.find((d) => d.id === id)!
  const regimens = knowledge.regimens.filter((r) => r.components.some((c) => c.drug === id))
  const options = knowledge.options.filter((o) => o.regimens.some((r) => regimens.some((own) => own.id === r)))
  const safety = knowledge.safety.filter(
    (s) => s.applies.drugs?.includes(id) || s.applies.set?.includes(id) || s.applies.classes?.some((c) => drug.classes.includes(c)),
  )
  return [
    drug.label,
    `drug ${id}   ${name}/terminology/drugs.yaml`,
    `classes ${drug.classes.join(', ') || 'none'}`,
    ...(options.length > 0 ? ['', 'Options', ...options.map((o) => `  ${o.id}: ${o.title}`)] : []),
    ...(safety.length > 0 ? ['', 'Safety rules', ...safety.map((s) => `  ${s.effect.padEnd(8)} ${s.id}: ${s.title}`)] : []),
    ...(drug.anticancer ? ['', `Page: drug/${id}.html of the knowledge site (npm run knowledge:site)`] : []),
  ].join('\n')
}

/** The groups of a quality measure, each in words and as its criterion; a measure that counts items speaks of their fields. */
function measureParts(
  measure: QualityMeasure,
  knowledge: KnowledgeBase,
  words: Vocabulary,
): readonly (readonly [title: string, lines: readonly string[]])[] {
  const list = knowledge.facts.find(({ id }) => id === measure.each)
  const own = list ? itemWords(list) : words
  const group = ({ say, when }: MeasureGroup, of = own): readonly string[] => [`  ${say}`, `    ${criterionText(when, of)}`]
  return [
    ['Why it is measured', [`  ${measure.because}`]],
    ['Of which patients', measure.patients ? group(measure.patients, words) : []],
    [list ? `Which of the items (${list.label.toLowerCase()})` : 'For whom', group(measure.population)],
    ['Left out whatever was done', measure.exclusions.flatMap((one) => group(one))],
    [`Counted as reached (${measure.direction} is better)`, group(measure.numerator)],
    ['Left out where it was not reached', measure.exceptions.flatMap((one) => group(one))],
    ['What it cannot see', measure.limits.map((limit) => `  - ${limit}`)],
  ]
}
