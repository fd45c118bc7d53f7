import { type KnowledgeBase, ok } from '@secondwind/core'
import { cohortGroups } from '@secondwind/fhir'
import { today } from '../compose.ts'
import { concernedBy } from '../population/concerned.ts'
import { HIDDEN, shownCounts } from '../population/shown.ts'
import { casesOfCharts, casesOfSnapshots, type PopulationSummary, STANDINGS } from '../population/summary.ts'
import { isSnapshot } from '../project/read-snapshots.ts'
import { readCohort } from '../what-changed/cohort.ts'
import { print, printIssues } from './input.ts'
import type { PopulationOptions } from './population.ts'
import { hiddenNote } from './population-text.ts'

/** One line of a table of groups of patients: what it is about, and the groups with their names. */
export interface Concern {
  readonly kind: string
  readonly id: string
  readonly title: string
  readonly groups: { readonly [name: string]: readonly string[] }
  /** A patient may stand in several of the groups. */
  readonly overlap?: boolean
}

/** `secondwind population --show tests` and `--show rules`: who misses which test, and which rule concerns how many. Exit status 0 or 2. */
export async function concernedCommand(over: string, options: PopulationOptions, knowledge: KnowledgeBase): Promise<number> {
  const asOf = options.asOf ?? today()
  const charts = () => {
    const cohort = readCohort(over)
    return cohort.ok ? ok(casesOfCharts(cohort.value, knowledge, asOf)) : cohort
  }
  const read = isSnapshot(over) ? await casesOfSnapshots(over, knowledge, asOf) : charts()
  if (!read.ok) {
    printIssues(read.error)
    return 2
  }
  const cases = read.value
  for (const issue of cases.unread) printIssues([issue])
  const { tests, rules } = concernedBy(cases, knowledge, asOf)
  const wanted = options.test ?? options.rule
  const all: readonly Concern[] =
    options.show === 'rules'
      ? rules.map(({ kind, rule, says, patients }) => ({
          kind,
          id: rule,
          title: says,
          groups: { holds: patients.holds, 'not known': patients.unknown },
        }))
      : tests.map(({ test, title, patients }) => ({
          kind: 'test',
          id: test,
          title,
          overlap: true,
          groups: { due: patients.due, 'an option waits for it': patients.open },
        }))
  const concerns = wanted === undefined ? all : all.filter(({ id }) => id === wanted)
  print(
    concernsWritten(concerns, {
      ...options,
      asOf,
      knowledge,
      patients: cases.patients,
      refused: cases.refused.length,
      named: wanted !== undefined,
    }),
  )
  return 0
}

/** `secondwind population --format fhir`: a Group for each standing of each option, and for each exclusion. */
export function optionConcerns({ options, notAdvised }: PopulationSummary): readonly Concern[] {
  return [
    ...options.map(({ option, title, patients }) => ({
      kind: 'option',
      id: option,
      title,
      groups: Object.fromEntries(STANDINGS.map((standing) => [standing, patients[standing]])),
    })),
    ...notAdvised.map(({ rule, says, patients }) => ({ kind: 'not advised', id: rule, title: says, groups: { holds: patients } })),
  ]
}

interface WriteOptions extends PopulationOptions {
  readonly asOf: string
  readonly knowledge: KnowledgeBase
  readonly patients: number
  readonly refused: number
  /** Patients by name, where nothing is hidden. */
  readonly named: boolean
}

export function concernsWritten(concerns: readonly Concern[], options: WriteOptions): string {
  const { format, suppressBelow = 0, asOf, knowledge, patients, refused, named } = options
  const counted = new Map(concerns.flatMap(({ groups }) => Object.values(groups).map((list) => [list, { count: list.length }] as const)))
  const left = { count: refused }
  const counts = shownCounts(
    patients,
    concerns.flatMap(({ groups, overlap }) => {
      const own = Object.values(groups).map((list) => counted.get(list)!)
      return overlap === true ? own.map((one) => [one]) : [own]
    }),
    suppressBelow,
    [left],
  )
  const number = (list: readonly string[]): number | null => counts.of(counted.get(list)!)
  const shown = (list: readonly string[]): string => counts.text(counted.get(list)!)
  switch (format) {
    case 'fhir':
      return `${JSON.stringify(
        cohortGroups(
          concerns.flatMap(({ kind, id, title, groups }) =>
            Object.entries(groups)
              .filter(([, list]) => list.length > 0)
              .map(([name, list]) => ({
                id: `${kind} ${id} ${name}`,
                title: `${title} (${kind}, ${name})`,
                about: { kind, id, group: name },
                count: number(list),
                ...(suppressBelow > 0 ? {} : { patients: list }),
              })),
          ),
          asOf,
        ),
      )}\n`
    case 'json':
      return `${JSON.stringify({
        asOf,
        knowledge: { version: knowledge.version, digest: knowledge.digest },
        patients: counts.patients,
        refused: counts.of(left),
        ...(suppressBelow > 0 ? { suppressedBelow: suppressBelow } : {}),
        concerns: concerns.map(({ groups, overlap: _, ...one }) => ({
          ...one,
          groups: Object.fromEntries(
            Object.entries(groups).map(([name, list]) => [name, { count: number(list), ...(suppressBelow > 0 ? {} : { patients: list }) }]),
          ),
        })),
      })}\n`
    case 'csv': {
      const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
      const rows = concerns.flatMap(({ kind, id, title, groups }) =>
        Object.entries(groups).map(([name, list]) => [kind, id, title, name, shown(list)]),
      )
      return [['kind', 'id', 'title', 'group', 'patients'], ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('')
    }
    case 'text': {
      const lines = [
        `${counts.patients ?? HIDDEN} patients on ${asOf}, knowledge ${knowledge.version}`,
        ...(suppressBelow > 0 ? [hiddenNote(suppressBelow)] : []),
        '',
      ]
      const weight = ({ groups }: Concern): number =>
        Object.values(groups).reduce((sum, list, i) => sum + (i === 0 ? list.length * 1e6 : list.length), 0)
      for (const { kind, id, title, groups } of [...concerns].sort((a, b) => weight(b) - weight(a) || (a.id < b.id ? -1 : 1))) {
        const counts = Object.entries(groups).filter(([, list]) => list.length > 0)
        lines.push(
          `${id}  ${counts.map(([name, list]) => `${name} ${shown(list)}`).join(', ')}`,
          `    ${kind === 'test' ? '' : `${kind}: `}${title}`,
        )
        if (named && suppressBelow === 0)
          for (const [name, list] of counts) for (const patient of list) lines.push(`    ${name}: ${patient}`)
      }
      if (concerns.length === 0) lines.push('nobody')
      return `${lines.join('\n')}\n`
    }
  }
}
