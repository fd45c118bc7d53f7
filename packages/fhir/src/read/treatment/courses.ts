import type { FactSource } from '@secondwind/core'
import type { ReadContext, Resource } from '../context.ts'
import type { StatusWords } from '../disease-status.ts'
import { Kept } from '../kept.ts'
import { type DrugLookup, drugLookup } from '../medicines/drug-lookup.ts'
import { type MedicineEvent, medicineEvents } from '../medicines/medicine-event.ts'
import { nameOf, profilesOf, wordsOf } from '../shapes.ts'
import { daysBetween, earlier, firstDay, lastDay, later } from './days.ts'
import { attributesOf, lineIn } from './from-text.ts'
import { type Told, toldInNotes } from './notes.ts'
import { isOtherUseInWords, otherUseOf } from './other-use.ts'
import { says } from './phrases.ts'
import { type Intent, type Role, type Setting, type StopReason, type TreatmentWords, treatmentWords } from './words.ts'

/** One statement about one anticancer drug, from one resource or one clause of a note. */
interface DrugEvent {
  readonly drug: string
  readonly kind: 'running' | 'held' | 'ended' | 'dose' | 'told'
  readonly start?: string
  readonly end?: string
  readonly stop?: StopReason
  readonly intent?: Intent
  readonly setting?: Setting
  readonly line?: number
  readonly cycles?: number
  readonly statuses: readonly StatusWords[]
  readonly toldRunning: boolean
  readonly fromText: boolean
  readonly words: string
  readonly resource: Resource
  readonly source: FactSource
  readonly order: number
}

/** One drug given without a break that matters: what all its records say together. */
export interface Course {
  readonly drug: string
  readonly classes: readonly string[]
  readonly start?: string
  /** Last day; absent while it runs and where nobody recorded it. */
  readonly end?: string
  /** Days of single administrations, sorted. */
  readonly doses: readonly string[]
  readonly isRunning: boolean
  readonly isHeld: boolean
  readonly stop?: StopReason
  readonly intent?: Intent
  readonly setting?: Setting
  /** Number of the line as the chart itself counts it. */
  readonly line?: number
  readonly cycles?: number
  readonly statuses: readonly StatusWords[]
  /** Only words of a note tell of it. */
  readonly fromText: boolean
  readonly words: string
  readonly sources: readonly FactSource[]
  readonly resources: readonly Resource[]
  /** Place in the telling, for courses without dates. */
  readonly order: number
}

/** Anticancer courses of the chart, sorted by start; those without a date stand last, in the order of telling. */
export function readCourses(context: ReadContext): readonly Course[] {
  const words = treatmentWords(context)
  const told = toldInNotes(context)
  const eventsOf = (isAside: true | undefined): readonly DrugEvent[] =>
    told.flatMap((one, index) => (one.isAside === isAside ? toldEvents(context, one, index) : []))
  const byDrug = new Map<string, DrugEvent[]>()
  const put = (event: DrugEvent): void => void byDrug.set(event.drug, [...(byDrug.get(event.drug) ?? []), event])
  for (const event of [...codedEvents(context, words), ...eventsOf(undefined)]) put(event)
  const known = new Set(byDrug.keys())
  for (const event of eventsOf(true)) {
    if (known.has(event.drug)) continue
    put(event)
    context.issue({
      code: 'missing-input',
      severity: 'warning',
      path: nameOf(event.resource),
      message: `${event.drug} is named in words about the disease only ("${event.words.slice(0, 120)}"): counted as given, its dates are not recorded`,
      remedy: 'add the order or the dates of this treatment',
    })
  }
  return [...byDrug.keys()]
    .sort()
    .flatMap((drug) => coursesOf(context, words, drug, byDrug.get(drug)!))
    .sort(byStart)
}

export const byStart = (
  a: { readonly start?: string; readonly end?: string; readonly drug?: string; readonly order: number },
  b: typeof a,
): number =>
  (firstDay(a.start ?? a.end) ?? Number.MAX_SAFE_INTEGER) - (firstDay(b.start ?? b.end) ?? Number.MAX_SAFE_INTEGER) ||
  a.order - b.order ||
  ((a.drug ?? '') < (b.drug ?? '') ? -1 : 1)

export const hasRole = (words: TreatmentWords, classes: readonly string[], role: Role): boolean =>
  classes.some((id) => words.roles[role].includes(id))

const WAITING = new Kept<object, readonly MedicineEvent[]>()

/** Anticancer drugs of the lung cancer that are ordered or proposed, with nothing to show that they were given; once the courses have been read. */
export const waitingOrders = (context: ReadContext): readonly MedicineEvent[] => WAITING.get(context) ?? []

function codedEvents(context: ReadContext, words: TreatmentWords): readonly DrugEvent[] {
  const lookup = drugLookup(context.knowledge)
  const waiting: MedicineEvent[] = []
  WAITING.set(context, waiting)
  return medicineEvents(context).flatMap((event) => {
    const drugs = anticancerDrugs(event, lookup).filter((drug) => !isForOtherIllness(context, event, drug))
    if (drugs.length === 0) return []
    context.understood(event.resource)
    if (isForAnotherDisease(event, words)) {
      context.issue({
        code: 'two-primaries',
        severity: 'information',
        path: nameOf(event.resource),
        message: `${event.name} is given for another disease (${event.reasons[0]}); it is not counted as treatment of the lung cancer`,
      })
      return []
    }
    if (event.taking === 'not-given') return []
    if (isFreshOrder(context, words, event, drugs)) {
      waiting.push(event)
      return []
    }
    if (event.taking === 'planned') {
      waiting.push(event)
      context.issue({
        code: 'missing-input',
        severity: 'information',
        path: nameOf(event.resource),
        message: `${event.name} is ordered or proposed (${event.start ?? 'no date'}) but nothing shows that it was given; it is not counted as given`,
        remedy: 'record the first administration once it is given',
      })
      return []
    }
    if (event.drugs.length === 0) {
      context.issue({
        code: 'unmapped-code',
        severity: 'warning',
        path: nameOf(event.resource),
        message: `"${event.name}" is recorded as cancer treatment but is not a drug this software knows; it counts as a treatment without a class`,
        remedy: 'check what it is: what it rules out is not known here',
      })
    }
    return drugs.map((drug) => codedEvent(context, words, event, drug))
  })
}

/** An anticancer drug taken for another illness is said so: nothing of it counts as a line of treatment. */
function isForOtherIllness(context: ReadContext, event: MedicineEvent, drug: string): boolean {
  const because = otherUseOf(context, event, drug)
  if (because === undefined) return false
  context.issue({
    code: 'missing-input',
    severity: 'warning',
    path: nameOf(event.resource),
    message: `${event.name} is read as a medicine for another illness, not as a line of cancer treatment: ${because}`,
    remedy: 'confirm what it is taken for; record the reason on the medicine',
  })
  return true
}

/** Known anticancer drugs of an event; a medicine that only its cancer profile marks as treatment goes by its own name. */
export function anticancerDrugs(event: MedicineEvent, lookup: DrugLookup): readonly string[] {
  if (event.drugs.length > 0) return event.drugs.filter((id) => lookup.entries.get(id)?.anticancer === true)
  const isCancerDrug = profilesOf(event.resource).some((url) => /cancer-?related-?medication/i.test(url))
  const slug = event.name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
  return isCancerDrug && slug !== '' ? [slug] : []
}

/**
 * An order of the last days with nothing to show that the drug was ever given. An infusion is then what is being decided, not a line: it is not
 * counted. Tablets may be taken at home already: they are. Both are said. Any other record of the drug (a dose, a supply, a statement, an older order)
 * shows that it runs.
 */
function isFreshOrder(context: ReadContext, words: TreatmentWords, event: MedicineEvent, drugs: readonly string[]): boolean {
  const age = daysBetween(event.start, context.asOf)
  if (!event.isOrder || event.taking !== 'running' || age === undefined || age > words.limits.baselineDays) return false
  const isKnown = medicineEvents(context).some((other) => {
    if (other === event || other.taking === 'planned' || other.taking === 'not-given' || !other.drugs.some((drug) => drugs.includes(drug)))
      return false
    const otherAge = daysBetween(other.start, context.asOf)
    return !other.isOrder || otherAge === undefined || otherAge > words.limits.baselineDays
  })
  if (isKnown) return false
  const lookup = drugLookup(context.knowledge)
  const isOral = drugs.every((drug) => hasRole(words, lookup.entries.get(drug)?.classes ?? [], 'oral'))
  context.issue({
    code: 'missing-input',
    severity: 'warning',
    path: nameOf(event.resource),
    message: `${event.name} was ordered on ${event.start}, ${age} ${age === 1 ? 'day' : 'days'} before the plan, and nothing shows that it was given; it is ${isOral ? 'read as being taken' : 'not counted as given'}`,
    remedy: isOral
      ? 'confirm that the first dose was taken; if it was not, give the order the status draft'
      : 'record the first administration if it was given',
  })
  return !isOral
}

function codedEvent(context: ReadContext, words: TreatmentWords, event: MedicineEvent, drug: string): DrugEvent {
  const notes = event.notes.join('. ')
  const told = attributesOf(context, notes)
  const reasonText = event.statusReason.flatMap(wordsOf).join('. ')
  const categories = event.categories.join('. ')
  const stop =
    stopReason(event, reasonText, words) ??
    told.stop ??
    (event.taking === 'ended' && says(notes, words.stop.toxicity.words) && event.resource.status === 'stopped' ? 'toxicity' : undefined)
  const intent = intentOf(event, words) ?? told.intent
  const setting = told.setting ?? settingOf(`${categories}. ${event.reasons.join('. ')}. ${event.name}`, words)
  const line = told.line ?? lineIn(categories, words)
  const isDose = event.taking === 'dose'
  const ended = event.end ?? (event.taking === 'ended' ? told.end : undefined)
  const kind =
    event.taking === 'held'
      ? 'held'
      : isDose
        ? 'dose'
        : event.taking === 'ended' || (stop === 'progression' && event.end !== undefined)
          ? 'ended'
          : 'running'
  const start = event.start ?? told.start
  return {
    drug,
    kind,
    ...(start === undefined ? {} : { start }),
    ...(ended === undefined ? {} : { end: ended }),
    ...(stop === undefined || (kind === 'running' && stop === 'completed') ? {} : { stop }),
    ...(intent === undefined ? {} : { intent }),
    ...(setting === undefined ? {} : { setting }),
    ...(line === undefined ? {} : { line }),
    ...(told.cycles === undefined ? {} : { cycles: told.cycles }),
    statuses: told.statuses,
    toldRunning: false,
    fromText: false,
    words: [event.name, reasonText, notes].filter((text) => text !== '').join('. '),
    resource: event.resource,
    source: context.source(event.resource),
    order: 0,
  }
}

function toldEvents(context: ReadContext, told: Told, order: number): readonly DrugEvent[] {
  const { treatment, resource, path } = told
  context.understood(resource, path)
  return treatment.drugs
    .filter((drug) => !isOtherUseInWords(context, treatment.words, drug, treatment.start))
    .map((drug) => ({
      drug,
      kind: 'told' as const,
      ...(treatment.start === undefined ? {} : { start: treatment.start }),
      ...(treatment.end === undefined ? {} : { end: treatment.end }),
      ...(treatment.stop === undefined ? {} : { stop: treatment.stop }),
      ...(treatment.intent === undefined ? {} : { intent: treatment.intent }),
      ...(treatment.setting === undefined ? {} : { setting: treatment.setting }),
      ...(treatment.line === undefined ? {} : { line: treatment.line }),
      ...(treatment.cycles === undefined ? {} : { cycles: treatment.cycles }),
      statuses: treatment.statuses,
      toldRunning: treatment.isRunning && treatment.stop === undefined,
      fromText: true,
      words: treatment.words,
      resource,
      source: context.source(resource, path),
      order: order + 1,
    }))
}

function stopReason(event: MedicineEvent, text: string, words: TreatmentWords): StopReason | undefined {
  const codes = event.statusReason.flatMap((concept) => concept.codings.map((coding) => coding.code))
  for (const reason of Object.keys(words.stop) as StopReason[])
    if (codes.some((code) => words.stop[reason].codes.includes(code))) return reason
  for (const reason of Object.keys(words.stop) as StopReason[]) if (says(text, words.stop[reason].words)) return reason
  return undefined
}

function intentOf(event: MedicineEvent, words: TreatmentWords): Intent | undefined {
  for (const intent of ['curative', 'palliative'] as const) {
    if (event.intent.codings.some((coding) => words.intent[intent].codes.includes(coding.code))) return intent
  }
  const text = wordsOf(event.intent).join('. ')
  return says(text, words.intent.palliative.words) ? 'palliative' : says(text, words.intent.curative.words) ? 'curative' : undefined
}

const settingOf = (text: string, words: TreatmentWords): Setting | undefined =>
  (Object.keys(words.settings) as Setting[]).find((setting) => says(text, words.settings[setting]))

function isForAnotherDisease(event: MedicineEvent, words: TreatmentWords): boolean {
  const reasons = event.reasons.join('. ')
  return reasons !== '' && says(reasons, words.otherReasons) && !says(reasons, words.lungReasons)
}

/** Splits the records of one drug where a gap, a stop for progression or another telling says that it was given twice. */
function coursesOf(context: ReadContext, words: TreatmentWords, drug: string, events: readonly DrugEvent[]): readonly Course[] {
  const coded = events.filter((event) => event.kind !== 'told').sort(byStart)
  const groups: DrugEvent[][] = []
  for (const event of coded) {
    const group = groups.at(-1)
    if (group && continues(group, event, words)) group.push(event)
    else groups.push([event])
  }
  for (const event of events.filter((one) => one.kind === 'told').sort((a, b) => a.order - b.order)) {
    const group = groups.find((one) => fits(one, event, words))
    if (group) group.push(event)
    else groups.push([event])
  }
  return groups.map((group) => courseOf(context, words, drug, group))
}

function continues(group: readonly DrugEvent[], event: DrugEvent, words: TreatmentWords): boolean {
  if (event.start === undefined && event.end === undefined) return true
  const failed = group.some(
    (one) => one.stop === 'progression' && one.end !== undefined && (firstDay(event.start) ?? 0) > (lastDay(one.end) ?? 0),
  )
  if (failed) return false
  const open = group.some((one) => one.kind === 'running')
  if (open) return true
  const reach = group.reduce<string | undefined>((day, one) => later(day, later(one.end, one.start)), undefined)
  const at = firstDay(event.start ?? event.end)
  const until = lastDay(reach)
  return (
    at === undefined ||
    until === undefined ||
    at - until <= words.limits.gapDays ||
    group.every((one) => one.kind === 'ended' && one.end === undefined)
  )
}

/** A telling belongs to a course when their times overlap, or when one of them has none. */
function fits(group: readonly DrugEvent[], told: DrugEvent, words: TreatmentWords): boolean {
  const start = group.reduce<string | undefined>((day, one) => earlier(day, one.start), undefined)
  const running = group.some((one) => one.kind === 'running')
  const end = running ? undefined : group.reduce<string | undefined>((day, one) => later(day, later(one.end, one.start)), undefined)
  const at = told.start ?? told.end
  if (at === undefined) {
    if (
      group.every((one) => one.kind === 'told') &&
      told.line !== undefined &&
      group.some((one) => one.line !== undefined && one.line !== told.line)
    )
      return false
    return !(
      told.stop === 'progression' &&
      told.line !== undefined &&
      running &&
      group.some((one) => one.line !== undefined && one.line !== told.line)
    )
  }
  if (start === undefined && end === undefined) return true
  // maintenance told with its end only goes on from what was told before
  if (
    told.start === undefined &&
    told.setting === 'maintenance' &&
    (firstDay(start) ?? 0) <= (lastDay(at) ?? 0) &&
    !group.some((one) => one.stop === 'progression')
  )
    return true
  const slack = words.limits.gapDays
  return (lastDay(at) ?? 0) >= (firstDay(start) ?? 0) - slack && (end === undefined || (firstDay(at) ?? 0) <= (lastDay(end) ?? 0) + slack)
}

function courseOf(context: ReadContext, words: TreatmentWords, drug: string, group: readonly DrugEvent[]): Course {
  const coded = group.filter((event) => event.kind !== 'told')
  const start = group.reduce<string | undefined>((day, event) => earlier(day, event.start), undefined)
  const ended = group.filter(
    (event) =>
      event.kind === 'ended' || (event.kind === 'told' && (event.end !== undefined || event.stop !== undefined) && !event.toldRunning),
  )
  const running = group.filter((event) => event.kind === 'running' || event.toldRunning)
  const lastStart = running.reduce<string | undefined>((day, event) => later(day, event.start), undefined)
  // finished orders or statements of several days, none with an end: one for each cycle, so the last one dates the last dose
  const perCycle = [
    ...new Set(
      coded.filter((event) => event.kind === 'ended' && event.end === undefined && event.start?.length === 10).map((event) => event.start!),
    ),
  ].sort()
  const isPerCycle = perCycle.length > 1 && coded.every((event) => event.end === undefined)
  const lastEnd = later(
    ended.reduce<string | undefined>((day, event) => later(day, event.end), undefined),
    isPerCycle ? perCycle.at(-1) : undefined,
  )
  const given = coded.filter((event) => event.kind === 'dose' && event.start !== undefined).map((event) => event.start!)
  const doses = [...new Set([...given, ...(isPerCycle ? perCycle : [])])].sort()
  const lastDose = doses.at(-1)
  const isStopped = ended.some((event) => outlasts(event, lastStart, running))
  const recentDose = lastDose !== undefined && (lastDay(lastDose) ?? 0) + words.limits.lastDoseRunningDays >= (lastDay(context.asOf) ?? 0)
  const dosesOnly = running.length === 0 && ended.length === 0 && recentDose && !group.some((event) => event.kind === 'held')
  const isHeld =
    !isStopped &&
    group.some((event) => event.kind === 'held') &&
    !running.some(
      (event) =>
        (firstDay(event.start) ?? 0) > Math.max(...group.filter((one) => one.kind === 'held').map((one) => firstDay(one.start) ?? 0)),
    )
  const isRunning = !isHeld && ((running.length > 0 && !isStopped) || dosesOnly)
  const contradicted = isStopped && running.some((event) => event.kind === 'running')
  if (contradicted) contradiction(context, drug, running.find((event) => event.kind === 'running')!, lastEnd)
  const end = isRunning || isHeld ? undefined : later(lastEnd, lastDose)
  const stop = isRunning
    ? undefined
    : [...ended]
        .sort((a, b) => (lastDay(a.end) ?? 0) - (lastDay(b.end) ?? 0))
        .map((event) => event.stop)
        .findLast((one) => one !== undefined)
  if (start !== undefined && end !== undefined && (lastDay(end) ?? 0) < (firstDay(start) ?? 0)) {
    context.issue({
      code: 'invalid-date',
      severity: 'warning',
      path: nameOf(group[0]!.resource),
      message: `${drug} ends on ${end}, before it starts on ${start}`,
      remedy: 'correct the dates',
    })
  }
  const first = <T>(pick: (event: DrugEvent) => T | undefined): T | undefined =>
    [...coded, ...group].map(pick).find((value) => value !== undefined)
  const optional = {
    start,
    end,
    stop,
    intent: first((e) => e.intent),
    setting: first((e) => e.setting),
    line: first((e) => e.line),
    cycles: first((e) => e.cycles),
  }
  return {
    drug,
    classes: drugLookup(context.knowledge).entries.get(drug)?.classes ?? [],
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Partial<Course>),
    doses,
    isRunning,
    isHeld,
    statuses: group.flatMap((event) => event.statuses),
    fromText: coded.length === 0,
    words: [...new Set(group.map((event) => event.words))].join(' | '),
    sources: group.map((event) => event.source),
    resources: group.map((event) => event.resource),
    order: Math.min(...group.map((event) => event.order)),
  }
}

/** A stop ends the course unless a later record shows it running. A stop without a date ends orders that have no later date than its own start. */
function outlasts(stop: DrugEvent, lastStart: string | undefined, running: readonly DrugEvent[]): boolean {
  if (running.length === 0) return true
  const at = lastDay(stop.end ?? (stop.kind === 'told' ? undefined : stop.start))
  if (at === undefined) return stop.kind !== 'told' && running.every((event) => event.fromText)
  return lastStart === undefined || at >= (firstDay(lastStart) ?? 0)
}

function contradiction(context: ReadContext, drug: string, running: DrugEvent, on: string | undefined): void {
  context.issue({
    code: 'contradictory-result',
    severity: 'warning',
    path: nameOf(running.resource),
    message: `${drug} is recorded as active but also as stopped${on === undefined ? '' : ` on ${on}`}; it is read as stopped`,
    remedy: 'close the open order, or correct the stop',
  })
}
