import type { Issue } from '@secondwind/core'
import {
  type CaseTable,
  CaseTableBuilder,
  caseTable,
  type Fact,
  type FactDefinition,
  type FactValue,
  factsOf,
  itemWords,
  type KnowledgeBase,
  type ListItem,
  measureCriteria,
  type QualityMeasure,
  Room,
  sharedMemory,
  type Vocabulary,
  vocabulary,
} from '@secondwind/core'
import { readPatientCase } from '@secondwind/fhir'
import { readerFor } from '../compose.ts'
import type { Cohort } from '../what-changed/cohort.ts'
import { Coder } from './coder.ts'

/** Patients as columns, with their names. Only the facts that some measure asks are in it. */
export interface CohortTable {
  readonly words: Vocabulary
  readonly table: CaseTable
  readonly room: Room
  /** `Patient/<id>` by row. */
  readonly patients: readonly string[]
  /** Where a snapshot names a site beside the chart's own, by row. */
  readonly sites?: readonly (string | null)[]
}

/** The facts that measures look at: in their criteria, as anchors, as what an interval is made of, and the site. */
export function factsAsked(measures: readonly QualityMeasure[], knowledge: KnowledgeBase): readonly FactDefinition[] {
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const asked = new Set(['care-site'])
  for (const measure of measures) {
    if (measure.each === undefined) {
      asked.add(measure.anchor)
      for (const when of Object.values(measureCriteria(measure))) for (const fact of factsOf(when, words)) asked.add(fact)
    } else {
      asked.add(measure.each)
      for (const fact of factsOf(measure.patients!.when, words)) asked.add(fact)
    }
  }
  // what follows from other facts may have to be worked out again, and what is missing is named by them
  for (let before = -1; before !== asked.size; ) {
    before = asked.size
    for (const { id, derivedFrom } of knowledge.facts) if (asked.has(id)) for (const one of derivedFrom ?? []) asked.add(one)
  }
  return knowledge.facts.filter(({ id }) => asked.has(id))
}

/** The charts of a cohort as a table. Files that cannot be read are named: their patients are in no count. */
export function tableOfCharts(
  cohort: Cohort,
  knowledge: KnowledgeBase,
  asked: readonly FactDefinition[],
  asOf: string,
): CohortTable & { readonly unread: readonly Issue[] } {
  const patients: string[] = []
  const rows: (readonly (Fact | undefined)[])[] = []
  const unread: Issue[] = []
  for (const member of cohort.members()) {
    if ('unread' in member) {
      unread.push(member.unread)
      continue
    }
    const read = readPatientCase(member.chart, readerFor(knowledge), { asOf })
    if (!read.ok) throw new Error('invariant: without corrections by hand every chart is read')
    const { patient, facts } = read.value.patientCase
    patients.push(patient)
    rows.push(asked.map(({ id }) => facts[id]))
  }
  return { ...tableOfRows(patients, rows, knowledge, asked), unread }
}

export function tableOfRows(
  patients: readonly string[],
  rows: readonly (readonly (Fact | undefined)[])[],
  knowledge: KnowledgeBase,
  asked: readonly FactDefinition[],
): CohortTable {
  const words = vocabulary(asked, knowledge.criteria)
  const room = new Room(sharedMemory())
  return { words, room, patients, table: caseTable(words, rows.length, (row) => rows[row]!, room) }
}

/** The items of a list fact as a table of their own, each with the row of its patient. */
export interface ItemTable extends CohortTable {
  readonly owner: Int32Array
}

const itemTables = new WeakMap<CaseTable, Map<string, ItemTable>>()

/** Made once for a table and a list: several measures count the same visits. */
export function tableOfItems(cohort: CohortTable, list: FactDefinition): ItemTable {
  const known = itemTables.get(cohort.table) ?? new Map<string, ItemTable>()
  itemTables.set(cohort.table, known)
  const table = known.get(list.id) ?? itemsOf(cohort, list)
  known.set(list.id, table)
  return table
}

function itemsOf(cohort: CohortTable, list: FactDefinition): ItemTable {
  const column = cohort.table.columns.get(list.id)
  const words = itemWords(list)
  const owners: number[] = []
  const items: ListItem[] = []
  if (column?.kind === 'entries') {
    const codes = new Uint32Array(cohort.room.memory.buffer, column.at, cohort.table.rows)
    for (let row = 0; row < cohort.table.size; row++) {
      if (codes[row] === 0) continue
      for (const item of column.values[codes[row]! - 1] as readonly ListItem[]) {
        owners.push(row)
        items.push(item)
      }
    }
  }
  const room = new Room(sharedMemory())
  const builder = new CaseTableBuilder(items.length, room)
  for (const definition of words.facts) {
    const coder = new Coder(items.length)
    for (let i = 0; i < items.length; i++) coder.put(i, (items[i]![definition.id] as FactValue | null | undefined) ?? undefined)
    builder.add(definition, coder)
  }
  return { words, room, table: builder.table(), owner: Int32Array.from(owners), patients: owners.map((row) => cohort.patients[row]!) }
}
