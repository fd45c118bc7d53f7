import { earliestDay, isKnown, type ListItem, latestDay } from '@secondwind/core'
import type { Chart, ReadContext, Resource } from '../context.ts'
import { drugLookup } from '../medicines/drug-lookup.ts'
import { type MedicineEvent, medicineEvents } from '../medicines/medicine-event.ts'
import type { Findings } from '../reading-context.ts'
import { conceptOf, conceptsOf, observedOn, stringOf, wordsOf } from '../shapes.ts'
import { findPhrases, tokensOf } from '../words.ts'
import { eventDay, type QualityEvent } from './events.ts'
import { type QualityTables, qualityTables } from './quality-file.ts'
import { organizationName } from './site.ts'

/** What the lists of visits, treatment days and episodes are made of. */
export interface ListSources {
  readonly context: ReadContext
  readonly chart: Chart
  readonly findings: Findings
  readonly events: ReadonlyMap<string, readonly QualityEvent[]>
}

/** Days between two whole days; undefined where one is given to the month or year only. */
export function daysFrom(from: string, to: string): number | undefined {
  const a = earliestDay(from)
  const b = earliestDay(to)
  return a === undefined || b === undefined || a !== latestDay(from) || b !== latestDay(to) ? undefined : b - a
}

/** Smallest count of days that is not below zero; `never` where there is none. */
function nearest(days: readonly number[]): number | 'never' {
  const past = days.filter((count) => count >= 0)
  return past.length === 0 ? 'never' : Math.min(...past)
}

/** Whether drugs of a medicine are anticancer, or of one of some classes. */
export function ofClass(context: ReadContext, event: MedicineEvent, classes: readonly string[]): boolean {
  const { entries } = drugLookup(context.knowledge)
  return event.drugs.some((drug) => entries.get(drug)?.classes.some((one) => classes.includes(one)))
}

/** Single administrations of anticancer drugs, in order. Undefined: drugs were given, but no single day of giving is on record. */
function doseDays({ context, findings }: ListSources): readonly string[] | undefined {
  const { entries } = drugLookup(context.knowledge)
  const days = medicineEvents(context).flatMap((event) =>
    event.taking === 'dose' &&
    event.start !== undefined &&
    event.start <= context.asOf &&
    event.drugs.some((drug) => entries.get(drug)?.anticancer)
      ? [event.start]
      : [],
  )
  if (days.length > 0) return [...new Set(days)].sort()
  const given = findings.settled.get('prior-drugs')
  const drugs = isKnown(given) && Array.isArray(given.value) ? (given.value as readonly string[]) : []
  // tablets are never given in the clinic: without a drip there is no day of giving to look for
  return drugs.every((drug) => entries.get(drug)?.routes.every((route) => route === 'oral')) ? [] : undefined
}

/** Days with any observation or questionnaire: on such a day a score that is not there was not recorded. Gone through when first asked for. */
function documentedDays(chart: Chart): { has(on: string): boolean } {
  let days: ReadonlySet<string> | undefined
  return {
    has(on) {
      days ??= daysWithRecords(chart)
      return days.has(on)
    },
  }
}

function daysWithRecords(chart: Chart): ReadonlySet<string> {
  const days = new Set<string>()
  const put = (on: string | undefined): void => {
    if (on !== undefined) days.add(on)
  }
  for (const resource of chart.ofType('Observation')) put(observedOn(resource))
  for (const resource of chart.ofType('QuestionnaireResponse')) put(stringOf(resource.authored)?.slice(0, 10))
  return days
}

function readingsOf(findings: Findings, fact: string): readonly { readonly on: string; readonly value: number }[] {
  const found: { on: string; value: number }[] = []
  for (const { on, value } of findings.readings.get(fact) ?? [])
    if (on !== undefined && typeof value === 'number') found.push({ on, value })
  return found.sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : a.value - b.value))
}

const siteOf = (chart: Chart, resource: Resource): string | null => organizationName(chart, resource.serviceProvider, resource) ?? null

/** Visits with what was given before and after, and what was recorded of pain. Undefined: the chart holds no encounters. */
export function visitRows(
  sources: ListSources,
): { readonly rows: readonly ListItem[]; readonly resources: readonly Resource[] } | undefined {
  const { context, chart, findings, events } = sources
  if (chart.ofType('Encounter').length === 0) return undefined
  const tables = qualityTables(context.knowledge)
  const { visits } = tables.file
  const doses = doseDays(sources)
  const radiation = radiationEnds(findings)
  const documented = documentedDays(chart)
  const pain = readingsOf(findings, visits.pain)
  const seen = new Set<string>()
  const rows: ListItem[] = []
  const resources: Resource[] = []
  for (const { on, resource } of events.get(visits.event) ?? []) {
    if (seen.has(on)) continue
    seen.add(on)
    const scores = pain.filter((one) => one.on === on)
    rows.push({
      on,
      site: siteOf(chart, resource),
      treatmentBeforeDays: doses === undefined ? null : nearest(doses.flatMap((day) => daysFrom(day, on) ?? [])),
      treatmentAfterDays: doses === undefined ? null : nearest(doses.flatMap((day) => daysFrom(on, day) ?? [])),
      radiationBeforeDays: radiation === undefined ? null : nearest(radiation.flatMap((day) => daysFrom(day, on) ?? [])),
      painRecorded: scores.length > 0 ? true : documented.has(on) ? false : null,
      pain: scores.at(-1)?.value ?? null,
      painPlan: painPlan(sources, tables, on),
    })
    resources.push(resource)
  }
  return { rows, resources }
}

/** Last days of radiation; undefined where a course has no day. */
function radiationEnds(findings: Findings): readonly string[] | undefined {
  const settled = findings.settled.get('radiation-courses')
  if (!isKnown(settled)) return []
  const ends = (settled.value as readonly ListItem[]).map(({ end }) => end)
  return ends.every((end) => typeof end === 'string') ? (ends as readonly string[]) : undefined
}

/** Something against pain was ordered or planned on that day. `false` needs a chart that holds care plans. */
function painPlan({ context, chart }: ListSources, tables: QualityTables, on: string): boolean | null {
  const { analgesic, planWitness } = tables.file.visits
  const isPlanned = ['CarePlan', 'ServiceRequest', 'Procedure'].some((type) =>
    chart
      .ofType(type)
      .some(
        (resource) =>
          eventDay(resource) === on &&
          [
            stringOf(resource.title) ?? '',
            stringOf(resource.description) ?? '',
            ...[conceptOf(resource.code), ...conceptsOf(resource.category)].flatMap(wordsOf),
          ].some((words) => findPhrases(tables.pain, tokensOf(words)).length > 0),
      ),
  )
  if (isPlanned) return true
  if (medicineEvents(context).some((event) => event.start === on && ofClass(context, event, analgesic))) return true
  return planWitness.some((type) => chart.ofType(type).length > 0) ? false : null
}

/** Days of treatment, each with the days since the last screening for distress. Undefined: not on record. */
export function treatmentRows(sources: ListSources): readonly ListItem[] | undefined {
  const { context, chart, findings } = sources
  const doses = doseDays(sources)
  if (doses === undefined) return undefined
  const screens = readingsOf(findings, qualityTables(context.knowledge).file.treatmentDays.distress)
  const documented = documentedDays(chart)
  const sites = new Map((sources.events.get('visit') ?? []).map(({ on, resource }) => [on, siteOf(chart, resource)]))
  return doses.map((on) => {
    const days = nearest(screens.flatMap((screen) => daysFrom(screen.on, on) ?? []))
    return { on, site: sites.get(on) ?? null, distressDays: days === 'never' && screens.length === 0 && !documented.has(on) ? null : days }
  })
}

/** Diarrhoea and colitis as adverse events, and what followed. */
export function diarrhoeaRows({ context, chart, findings }: ListSources): readonly ListItem[] {
  const { diarrhoea } = qualityTables(context.knowledge).file
  const settled = findings.settled.get('toxicities')
  const toxicities = isKnown(settled) ? (settled.value as readonly ListItem[]) : []
  const lines = findings.settled.get('lines')
  const spans = isKnown(lines) ? (lines.value as readonly ListItem[]).filter((line) => isOf(line.classes, diarrhoea.inhibitor)) : []
  const medicines = medicineEvents(context)
  const inhibitors = medicines.filter((event) => ofClass(context, event, diarrhoea.inhibitor))
  const treatments = medicines.filter((event) => event.start !== undefined && ofClass(context, event, diarrhoea.treatment))
  return toxicities
    .filter(({ term }) => diarrhoea.terms.includes(String(term)))
    .map(({ on, grade }) => {
      const day = typeof on === 'string' ? on : undefined
      const after = (later: string | undefined, most: number): boolean => {
        const days = day === undefined || later === undefined ? undefined : daysFrom(day, later)
        return days !== undefined && days >= 0 && days <= most
      }
      const wasHeld = inhibitors.some(
        ({ taking, end }) => taking === 'held' || (taking === 'ended' && end !== undefined && day !== undefined && end >= day),
      )
      const wasGivenAgain = inhibitors.some(
        ({ taking, start }) => taking === 'dose' && start !== day && after(start, diarrhoea.doseAgainWithinDays),
      )
      return {
        on: day ?? null,
        site: null,
        grade: grade ?? null,
        onInhibitor: day === undefined ? null : onInhibitor(spans, day),
        held: wasGivenAgain ? false : wasHeld ? true : null,
        treated:
          day === undefined
            ? null
            : treatments.some(({ start }) => after(start, diarrhoea.treatedWithinDays))
              ? true
              : medicationsListed(chart)
                ? false
                : null,
      }
    })
}

const isOf = (classes: unknown, wanted: readonly string[]): boolean =>
  Array.isArray(classes) && (classes as readonly string[]).some((one) => wanted.includes(one))

function onInhibitor(spans: readonly ListItem[], day: string): boolean | null {
  if (spans.length === 0) return false
  if (spans.some(({ start }) => typeof start !== 'string')) return null
  return spans.some(({ start, end }) => String(start) <= day && (typeof end !== 'string' || day <= end))
}

const medicationsListed = (chart: Chart): boolean =>
  ['MedicationStatement', 'MedicationRequest'].some((type) => chart.ofType(type).length > 0)
