import { err, type Fact, type Issue, isKnown, type ListItem, ok, type PatientCase, type Result } from '@secondwind/core'
import type { ReaderKnowledge } from '../read/context.ts'
import { type DrugEntry, drugLookup } from '../read/medicines/drug-lookup.ts'
import { nearest } from './nearest.ts'

const CLOTTING: readonly string[] = ['doac', 'vka', 'lmwh']
/** What these do hangs on their dose and on what they are taken for: a name alone would leave half of it out. */
const BY_DOSE: readonly string[] = ['corticosteroid', 'immunosuppressant']

/**
 * Medicines by name: `metoprolol, apixaban` is the whole list, `+apixaban` adds to what the chart lists. A medicine that is not known by name is refused,
 * since its interactions would not be looked at; so is one whose effect hangs on dose or reason.
 */
export function medicinesFor(text: string, before: Fact | undefined, knowledge: ReaderKnowledge): Result<readonly ListItem[], Issue> {
  const isMore = text.startsWith('+')
  const listed = isMore && isKnown(before) && Array.isArray(before.value) ? (before.value as readonly ListItem[]) : []
  const names = (isMore ? text.slice(1) : text)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (!isMore && (names.length === 0 || (names.length === 1 && names[0]!.toLowerCase() === 'none'))) return ok([])
  const added: ListItem[] = []
  for (const name of names) {
    const entry = entryFor(name, knowledge)
    if (!entry.ok) return entry
    const { id, label, interaction = [] } = entry.value
    if (listed.some((row) => row.drug === id)) continue
    added.push({ name: label, drug: id, classes: [...interaction].sort(), dailyDoseMg: null, since: null })
  }
  return ok([...listed, ...added])
}

function entryFor(name: string, knowledge: ReaderKnowledge): Result<DrugEntry, Issue> {
  const id = name.toLowerCase().replace(/[\s_]+/g, '-')
  const { entries, find } = drugLookup(knowledge)
  const found = entries.has(id) ? [id] : [...new Set(find(name).map(({ drug }) => drug))]
  const entry = found.length === 1 ? entries.get(found[0]!) : undefined
  if (entry === undefined) {
    const close = nearest(id, entries.keys())
    return refused(
      name,
      `there is no medicine "${name}" in the knowledge base`,
      close === undefined ? 'set its interaction classes (medicine-classes) instead' : `did you mean ${close}?`,
    )
  }
  if (entry.anticancer && entry.interaction === undefined)
    return refused(name, `${entry.label} is an anticancer drug`, `write it as current-drugs=${entry.id}`)
  if (entry.interaction?.some((one) => BY_DOSE.includes(one)))
    return refused(
      name,
      `what ${entry.label} changes hangs on its dose and on what it is for`,
      'set the steroid dose (prednisone-mg) or the illness that it treats instead',
    )
  return ok(entry)
}

/**
 * What a list of medicines set by hand says besides, as reading a chart says it: that there is a list (one medicine in the chart is one too), interaction
 * classes, how many lengthen QT, anticoagulation.
 */
export function medicineFollowers(medicines: Fact, facts: PatientCase['facts']): ReadonlyMap<string, Fact> {
  if (!isKnown(medicines))
    return new Map(['medicine-classes', 'qt-prolonging-count', 'anticoagulated'].map((id) => [id, medicines] as const))
  const rows = medicines.value as readonly ListItem[]
  const classesOf = (row: ListItem): readonly string[] => (Array.isArray(row.classes) ? row.classes : [])
  const value = [...new Set(rows.flatMap(classesOf))].sort()
  const qt = rows.filter((row) => classesOf(row).includes('qt-prolonging')).length
  const clotting = rows.filter((row) => classesOf(row).some((one) => CLOTTING.includes(one)))
  const { anticoagulated: listed, medicines: before } = facts
  const drugs = isKnown(before) && Array.isArray(before.value) ? (before.value as readonly ListItem[]).map((row) => row.drug) : []
  // of what the chart lists, its own words said whether the dose is therapeutic
  const isAsBefore = listed !== undefined && clotting.length > 0 && clotting.every((row) => drugs.includes(row.drug))
  return new Map<string, Fact>([
    ['medicines-list-received', { ...medicines, value: true }],
    ['medicine-classes', { ...medicines, value }],
    ['qt-prolonging-count', { ...medicines, value: qt }],
    ['anticoagulated', isAsBefore ? listed : { ...medicines, value: clotting.length > 0 }],
  ])
}

const refused = (path: string, message: string, remedy: string): Result<never, Issue> =>
  err({ code: 'invalid-element', severity: 'error', path, message, remedy })
