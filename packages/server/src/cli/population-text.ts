import type { Standing } from '@secondwind/core'
import type { CountedPopulation, Group } from '../population/engines/counted.ts'
import { HIDDEN, type ShownCounts, shownCounts } from '../population/shown.ts'
import { STANDINGS } from '../population/summary.ts'

/** How a population is written; counts below `suppressBelow`, and what gives them away, are hidden, and nobody is named then. */
export interface PopulationStyle {
  readonly option?: string
  readonly rule?: string
  readonly suppressBelow?: number
  readonly format: 'text' | 'csv' | 'json'
}

const LABELS: { readonly [standing in Standing]: string } = {
  recommended: 'recommended',
  alternative: 'alternative',
  conditional: 'conditional',
  'needs-data': 'needs data',
}

/** A population as text, CSV or one line of JSON. */
export function populationText(population: CountedPopulation, style: PopulationStyle): string {
  const writer = new Writer(population, style.suppressBelow ?? 0)
  if (style.format === 'json') return writer.json()
  const rows = [
    ...population.options.map(({ option, title, of }) => ['option', option, title, ...STANDINGS.map((s) => writer.shown(of[s]))]),
    ...population.notAdvised.map(({ rule, says, of }) => ['not advised', rule, says, writer.shown(of), '', '', '']),
    ...(population.rules ?? []).map((one) => ['criterion', one.rule, '', ...writer.verdicts(one), '']),
    ...(population.changed ? [['changed', '', 'plans that another base changes', writer.shown(population.changed), '', '', '']] : []),
  ]
  if (style.format === 'csv') {
    const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
    return [['kind', 'id', 'title', ...STANDINGS.map((s) => LABELS[s])], ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('')
  }
  return rows.length === 0 ? `${writer.head()}\n\nnobody\n` : writer.text(style)
}

const VERDICTS = ['true', 'false', 'unknown'] as const
type Verdicts = NonNullable<CountedPopulation['rules']>[number]

/** What makes these numbers larger than a count over finished plans: said with them, so that nobody takes one for the other. */
const COUNTED_NOTE =
  'Counted is every option open to a patient. A plan shows one line a treatment, and of a group that waits for data only the best; trials are not counted.'

/** One line under the head of whatever hides counts. */
export const hiddenNote = (below: number): string =>
  `${HIDDEN}: hidden, because it is about fewer than ${below} people or would let such a number be worked out.`

class Writer {
  readonly #population: CountedPopulation
  readonly #below: number
  readonly #counts: ShownCounts
  /** By criterion. */
  readonly #verdicts: ReadonlyMap<string, readonly Group[]>

  constructor(population: CountedPopulation, below: number) {
    this.#population = population
    this.#below = below
    const { options, notAdvised, rules = [], changed, refused, patients } = population
    this.#verdicts = new Map(rules.map((one) => [one.rule, VERDICTS.map((verdict) => ({ count: one[verdict] }))]))
    const rows = [
      ...options.map(({ of }) => STANDINGS.map((standing) => of[standing])),
      ...notAdvised.map(({ of }) => [of]),
      ...this.#verdicts.values(),
      ...(changed ? [[changed]] : []),
    ]
    this.#counts = shownCounts(patients, rows, below, [refused])
  }

  shown = (group: Group): string => this.#counts.text(group)
  verdicts = ({ rule }: Verdicts): readonly string[] => this.#verdicts.get(rule)!.map(this.shown)
  #named = ({ patients = [] }: Group): readonly string[] => (this.#below > 0 ? [] : patients)

  json(): string {
    const counted = (group: Group) => ({
      count: this.#counts.of(group),
      ...(this.#below > 0 || group.patients === undefined ? {} : { patients: group.patients }),
    })
    const { options, notAdvised, refused, rules, changed, issues, ...rest } = this.#population
    return `${JSON.stringify({
      ...rest,
      ...(options.length > 0 ? { counted: COUNTED_NOTE } : {}),
      patients: this.#counts.patients,
      refused: counted(refused),
      ...(this.#below > 0 ? { suppressedBelow: this.#below } : {}),
      options: options.map(({ of, ...one }) => ({ ...one, ...Object.fromEntries(STANDINGS.map((s) => [s, counted(of[s])])) })),
      notAdvised: notAdvised.map(({ of, ...one }) => ({ ...one, ...counted(of) })),
      ...(rules
        ? {
            rules: rules.map((one) => ({
              rule: one.rule,
              ...Object.fromEntries(this.#verdicts.get(one.rule)!.map((group, i) => [VERDICTS[i], this.#counts.of(group)])),
            })),
          }
        : {}),
      ...(changed ? { changed: counted(changed) } : {}),
      unread: issues,
    })}\n`
  }

  head(): string {
    const { asOf, knowledge, refused, engine, timings } = this.#population
    const { patients } = this.#counts
    const others = refused.count > 0 ? `; ${this.shown(refused)} more are out of scope or must be settled first` : ''
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
    const by = engine ? `\n${engine}: read in ${seconds(timings?.readMs ?? 0)}, answered in ${seconds(timings?.answerMs ?? 0)}` : ''
    const hidden = this.#below > 0 ? `\n${hiddenNote(this.#below)}` : ''
    const note = this.#population.options.length > 0 ? `\n${COUNTED_NOTE}` : ''
    return `${patients ?? HIDDEN} patients on ${asOf}, knowledge ${knowledge.version}${others}${by}${note}${hidden}`
  }

  text({ option, rule }: PopulationStyle): string {
    const { options, notAdvised, rules, changed } = this.#population
    const lines = [this.head(), '']
    if (changed) lines.push(`${this.shown(changed)} plans would change`, ...this.#named(changed).map((patient) => `    ${patient}`), '')
    const weight = ({ of }: (typeof options)[number]): number =>
      of.recommended.count * 1e12 + of.alternative.count * 1e6 + of.conditional.count
    for (const one of [...options].sort((a, b) => weight(b) - weight(a) || (a.option < b.option ? -1 : 1))) {
      const counts = STANDINGS.filter((s) => one.of[s].count > 0).map((s) => `${LABELS[s]} ${this.shown(one.of[s])}`)
      lines.push(`${one.option}  ${counts.join(', ')}`, `    ${one.title}`)
      if (option !== undefined)
        for (const standing of STANDINGS)
          for (const patient of this.#named(one.of[standing])) lines.push(`    ${LABELS[standing]}: ${patient}`)
    }
    if (notAdvised.length > 0) {
      lines.push('', 'Not advised:')
      for (const one of [...notAdvised].sort((a, b) => b.of.count - a.of.count || (a.rule < b.rule ? -1 : 1))) {
        lines.push(`${one.rule}  ${this.shown(one.of)}`, `    ${one.says}`)
        if (rule !== undefined) for (const patient of this.#named(one.of)) lines.push(`    ${patient}`)
      }
    }
    if (rules) {
      lines.push('', 'Criteria (true, false, unknown):')
      for (const one of [...rules].sort((a, b) => b.true - a.true || (a.rule < b.rule ? -1 : 1)))
        lines.push(`${one.rule}  ${this.verdicts(one).join(', ')}`)
    }
    return `${lines.join('\n')}\n`
  }
}
