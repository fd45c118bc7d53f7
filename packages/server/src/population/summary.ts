import { engineOf, populationPlanes, refusals } from '@secondwind/care'
import {
  type CaseTable,
  ColumnCompiler,
  caseTable,
  countPlanes,
  err,
  type Issue,
  type KnowledgeBase,
  latestDay,
  ok,
  type PatientCase,
  type Result,
  Room,
  type Standing,
  sharedMemory,
} from '@secondwind/core'
import { readPatientCase } from '@secondwind/fhir'
import { readerFor } from '../compose.ts'
import { readSnapshots, snapshotDay } from '../project/read-snapshots.ts'
import type { Cohort } from '../what-changed/cohort.ts'
import { casesOf } from './threads.ts'

export const STANDINGS: readonly Standing[] = ['recommended', 'alternative', 'conditional', 'needs-data']

/** How many patients of a cohort an option or an exclusion concerns, and which. */
export interface OptionCount {
  readonly option: string
  readonly title: string
  readonly patients: { readonly [standing in Standing]: readonly string[] }
}

export interface ExclusionCount {
  readonly rule: string
  readonly says: string
  readonly patients: readonly string[]
}

export interface PopulationSummary {
  readonly asOf: string
  readonly knowledge: { readonly version: string; readonly digest: string }
  readonly patients: number
  readonly options: readonly OptionCount[]
  readonly notAdvised: readonly ExclusionCount[]
  /** Patients for whom nothing is planned (not stage IV lung cancer, or a contradiction to settle first): in no count. */
  readonly refused: readonly string[]
  /** Files that could not be read, and patients that a snapshot lacks: they are in no count. */
  readonly unread: readonly Issue[]
}

/** The standing of every option in every patient of a cohort, by the columns backend. Options and rules that concern nobody are left out. */
export function populationOf(cohort: Cohort, knowledge: KnowledgeBase, asOf: string): PopulationSummary {
  return summaryOf(casesOfCharts(cohort, knowledge, asOf), knowledge, asOf)
}

/** The charts of a cohort as a table. */
export function casesOfCharts(cohort: Cohort, knowledge: KnowledgeBase, asOf: string): Cases {
  const engine = engineOf(knowledge)
  const names: string[] = []
  const views: ReturnType<typeof engine.view>['facts'][] = []
  const unread: Issue[] = []
  const refused: string[] = []
  for (const member of cohort.members()) {
    if ('unread' in member) {
      unread.push(member.unread)
      continue
    }
    const read = readPatientCase(member.chart, readerFor(knowledge), { asOf })
    if (!read.ok) throw new Error('invariant: without corrections by hand every chart is read')
    const patientCase: PatientCase = read.value.patientCase
    if (refusals(patientCase, knowledge.dosingPolicy?.adultFromYears).length > 0) {
      refused.push(patientCase.patient)
      continue
    }
    names.push(patientCase.patient)
    views.push(engine.view(patientCase.facts, asOf).facts)
  }
  const room = new Room(sharedMemory())
  const table = caseTable(engine.words, names.length, (row) => views[row]!, room)
  return { table, room, names, patients: names.length, refused, unread }
}

/** The same over case snapshots (`secondwind project`), on any clinical day. */
export async function populationOfSnapshots(
  folder: string,
  knowledge: KnowledgeBase,
  asOf: string,
): Promise<Result<PopulationSummary, readonly Issue[]>> {
  const cases = await casesOfSnapshots(folder, knowledge, asOf)
  return cases.ok ? ok(summaryOf(cases.value, knowledge, asOf)) : cases
}

export async function casesOfSnapshots(folder: string, knowledge: KnowledgeBase, asOf: string): Promise<Result<Cases, readonly Issue[]>> {
  const own = snapshotDay(folder)
  if (own !== undefined && asOf < own)
    return err([
      {
        code: 'missing-input',
        severity: 'error',
        path: folder,
        message: `was made on ${own}: what was known on ${asOf} is not in it`,
        remedy: `ask for ${own} or a later day, or project again with --as-of ${asOf}`,
      },
    ])
  const room = new Room(sharedMemory())
  const read = await readSnapshots(folder, engineOf(knowledge).words, asOf, room, SCOPE_FACTS)
  if (!read.ok) return read
  const { table, names, kept, issues } = read.value
  const refused: string[] = []
  const valid = new Uint8Array(room.memory.buffer, table.valid, table.rows / 8)
  for (let row = 0; row < table.size; row++) {
    if (refusals({ patient: names[row]!, asOf, facts: kept(row) }, knowledge.dosingPolicy?.adultFromYears).length === 0) continue
    refused.push(names[row]!)
    // out of every plane, as if the case were not in the table
    valid[row >> 3] = valid[row >> 3]! & ~(1 << (row & 7))
  }
  return ok({ table, room, names, patients: names.length - refused.length, refused, unread: issues })
}

/** What `refusals` looks at. */
const SCOPE_FACTS = ['deceased', 'age', 'histology', 'stage-iv']

/** Patients as columns; whom no plan is made for is in no plane. */
export interface Cases {
  readonly table: CaseTable
  readonly room: Room
  /** By row of the table. */
  readonly names: readonly string[]
  /** Those that are in the planes. */
  readonly patients: number
  readonly refused: readonly string[]
  readonly unread: readonly Issue[]
}

function summaryOf({ table, room, names, patients, refused, unread }: Cases, knowledge: KnowledgeBase, asOf: string): PopulationSummary {
  const engine = engineOf(knowledge)
  const compiler = new ColumnCompiler(engine.words, table, latestDay(asOf)!)
  const planes = populationPlanes(engine, compiler)
  const keep = (plane: number): (() => readonly string[]) => {
    const at = room.take(table.rows / 8)
    compiler.code.keep(plane, at)
    return () => casesOf(room, at, table).map((row) => names[row]!)
  }
  const options = planes.options.map(({ option, planes: of }) => ({ option, of: STANDINGS.map((standing) => keep(of[standing])) }))
  const excluded = planes.notAdvised.map(({ rule, cases }) => ({ rule, patients: keep(cases) }))
  countPlanes(compiler.code, table, room)
  const titles = new Map(
    engine.candidates.items.map(({ id, rule, regimen }) => [
      id,
      regimen && rule.regimens.length > 1 ? `${rule.title}: ${regimen.title}` : rule.title,
    ]),
  )
  const says = new Map(knowledge.safety.map((rule) => [rule.id, rule.say]))
  return {
    asOf,
    knowledge: { version: knowledge.version, digest: knowledge.digest },
    patients,
    options: options
      .map(({ option, of }): OptionCount => {
        const [recommended = [], alternative = [], conditional = [], needsData = []] = of.map((patients) => patients())
        return { option, title: titles.get(option) ?? option, patients: { recommended, alternative, conditional, 'needs-data': needsData } }
      })
      .filter(({ patients }) => STANDINGS.some((standing) => patients[standing].length > 0)),
    notAdvised: excluded
      .map(({ rule, patients }) => ({ rule, says: says.get(rule) ?? rule, patients: patients() }))
      .filter(({ patients }) => patients.length > 0),
    refused,
    unread,
  }
}
