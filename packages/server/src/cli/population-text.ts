import type { Standing } from '@secondwind/core'
import type { CountedPopulation, Group } from '../population/engines/counted.ts'
import { STANDINGS } from '../population/summary.ts'

/** How a population is written; counts below `suppressBelow` are not, and nobody is named then. */
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
  const writer = new Writer(style.suppressBelow ?? 0)
  if (style.format === 'json') return writer.json(population)
  const rows = [
    ...population.options.map(({ option, title, of }) => ['option', option, title, ...STANDINGS.map((s) => writer.shown(of[s].count))]),
    ...population.notAdvised.map(({ rule, says, of }) => ['not advised', rule, says, writer.shown(of.count), '', '', '']),
    ...(population.rules ?? []).map((one) => [
      'criterion',
      one.rule,
      '',
      ...[one.true, one.false, one.unknown].map((n) => writer.shown(n)),
      '',
    ]),
    ...(population.changed ? [['changed', '', 'plans that another base changes', writer.shown(population.changed.count), '', '', '']] : []),
  ]
  if (style.format === 'csv') {
    const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
    return [['kind', 'id', 'title', ...STANDINGS.map((s) => LABELS[s])], ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('')
  }
  return rows.length === 0 ? `${writer.head(population)}\n\nnobody\n` : writer.text(population, style)
}

class Writer {
  readonly #below: number

  constructor(below: number) {
    this.#below = below
  }

  #isSuppressed = (count: number): boolean => count > 0 && count < this.#below
  shown = (count: number): string => (this.#isSuppressed(count) ? `<${this.#below}` : String(count))
  #named = ({ patients = [] }: Group): readonly string[] => (this.#below > 0 ? [] : patients)

  json(population: CountedPopulation): string {
    const counted = ({ count, patients }: Group) => ({
      count: this.#isSuppressed(count) ? null : count,
      ...(this.#below > 0 || patients === undefined ? {} : { patients }),
    })
    const number = (count: number): number | null => (this.#isSuppressed(count) ? null : count)
    const { options, notAdvised, refused, rules, changed, issues, ...rest } = population
    return `${JSON.stringify({
      ...rest,
      refused: counted(refused),
      ...(this.#below > 0 ? { suppressedBelow: this.#below } : {}),
      options: options.map(({ of, ...one }) => ({ ...one, ...Object.fromEntries(STANDINGS.map((s) => [s, counted(of[s])])) })),
      notAdvised: notAdvised.map(({ of, ...one }) => ({ ...one, ...counted(of) })),
      ...(rules
        ? {
            rules: rules.map((one) => ({ rule: one.rule, true: number(one.true), false: number(one.false), unknown: number(one.unknown) })),
          }
        : {}),
      ...(changed ? { changed: counted(changed) } : {}),
      unread: issues,
    })}\n`
  }

  head({ patients, asOf, knowledge, refused, engine, timings }: CountedPopulation): string {
    const others = refused.count > 0 ? `; ${this.shown(refused.count)} more are out of scope or must be settled first` : ''
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
    const by = engine ? `\n${engine}: read in ${seconds(timings?.readMs ?? 0)}, answered in ${seconds(timings?.answerMs ?? 0)}` : ''
    return `${patients} patients on ${asOf}, knowledge ${knowledge.version}${others}${by}`
  }

  text(population: CountedPopulation, { option, rule }: PopulationStyle): string {
    const { options, notAdvised, rules, changed } = population
    const lines = [this.head(population), '']
    if (changed)
      lines.push(`${this.shown(changed.count)} plans would change`, ...this.#named(changed).map((patient) => `    ${patient}`), '')
    const weight = ({ of }: (typeof options)[number]): number =>
      of.recommended.count * 1e12 + of.alternative.count * 1e6 + of.conditional.count
    for (const one of [...options].sort((a, b) => weight(b) - weight(a) || (a.option < b.option ? -1 : 1))) {
      const counts = STANDINGS.filter((s) => one.of[s].count > 0).map((s) => `${LABELS[s]} ${this.shown(one.of[s].count)}`)
      lines.push(`${one.option}  ${counts.join(', ')}`, `    ${one.title}`)
      if (option !== undefined)
        for (const standing of STANDINGS)
          for (const patient of this.#named(one.of[standing])) lines.push(`    ${LABELS[standing]}: ${patient}`)
    }
    if (notAdvised.length > 0) {
      lines.push('', 'Not advised:')
      for (const one of [...notAdvised].sort((a, b) => b.of.count - a.of.count || (a.rule < b.rule ? -1 : 1))) {
        lines.push(`${one.rule}  ${this.shown(one.of.count)}`, `    ${one.says}`)
        if (rule !== undefined) for (const patient of this.#named(one.of)) lines.push(`    ${patient}`)
      }
    }
    if (rules) {
      lines.push('', 'Criteria (true, false, unknown):')
      for (const one of [...rules].sort((a, b) => b.true - a.true || (a.rule < b.rule ? -1 : 1)))
        lines.push(`${one.rule}  ${[one.true, one.false, one.unknown].map(this.shown).join(', ')}`)
    }
    return `${lines.join('\n')}\n`
  }
}
