import { type Fact, isKnown, type ListItem } from '@secondwind/core'
import type { Chart, ReadContext, Resource } from '../context.ts'
import { drugLookup } from '../medicines/drug-lookup.ts'
import { medicineEvents } from '../medicines/medicine-event.ts'
import type { Findings } from '../reading-context.ts'
import { conceptOf, dayOf, elementValue, wordsOf } from '../shapes.ts'
import { extentOf } from '../treatment/extent.ts'
import { findPhrases, tokensOf } from '../words.ts'
import { type DateSources, dateOf } from './dates.ts'
import { eventDay, isFailedReport, type QualityEvent, qualityEvents } from './events.ts'
import { diarrhoeaRows, type ListSources, treatmentRows, visitRows } from './lists.ts'
import { qualityTables } from './quality-file.ts'
import { readSite } from './site.ts'

/**
 * The facts of quality measures, after all other readers: dates of events, counts, visits, treatment days, episodes, site. No plan looks at them.
 *
 * `chart` is the whole chart, `context` the reading of what is left of it. A base made before there were quality measures asks for nothing.
 */
export function readQuality(context: ReadContext, chart: Chart, findings: Findings): void {
  if (!context.knowledge.facts.has('care-site')) return
  const events = qualityEvents(context, chart)
  const settle = (fact: string, value: Fact): void => context.settle(fact, value)
  readSite(context, chart)
  const known = new Map<string, string>()
  const put = (fact: string, value: string, resources: readonly string[]): void => {
    known.set(fact, value)
    settle(fact, { value, ...(value === 'never' ? {} : { on: value }), sources: resources.map((reference) => ({ reference })) })
  }
  readDeath(context, chart, findings, put, settle)
  readStart(findings, put, settle)
  const { metastaticOn } = extentOf(context)
  if (metastaticOn !== undefined) put('stage-iv-on', metastaticOn, [])
  readLastDose(findings, known, settle)
  readFailedSample(context, chart, findings, put)

  const { file } = qualityTables(context.knowledge)
  const holds = (type: string): boolean => chart.ofType(type).length > 0
  const sources: DateSources = { context, findings, events, medicines: medicineStarts(context, file.dates), known, holds }
  for (const row of file.dates) {
    const fact = dateOf(row, sources)
    if (fact === undefined) continue
    settle(row.fact, fact)
    if (isKnown(fact)) known.set(row.fact, String(fact.value))
  }
  for (const { fact, events: kinds, witness } of file.counts) {
    const days = new Set(kinds.flatMap((kind) => (events.get(kind) ?? []).map(({ on }) => on)))
    if (days.size > 0 || witness.some(holds)) settle(fact, { value: days.size, sources: [] })
  }
  for (const { fact, types } of file.received) if (types.some(holds)) settle(fact, { value: true, sources: [] })
  readLists({ context, chart, findings, events }, settle)
}

type Put = (fact: string, value: string, resources: readonly string[]) => void
type Settle = (fact: string, value: Fact) => void

/** Day and cause of death. Who is not known to have died has no day of it; a death without a day leaves the day unknown. */
function readDeath(context: ReadContext, chart: Chart, findings: Findings, put: Put, settle: Settle): void {
  const hasDied = findings.readings.get('deceased')?.some(({ value }) => value === true) === true
  if (!hasDied) {
    put('died-on', 'never', [])
    return
  }
  const on = dayOf(chart.patient.deceasedDateTime)
  const { reference } = context.source(chart.patient)
  if (on === undefined) settle('died-on', { unknown: 'not-recorded', sources: [{ reference }] })
  else put('died-on', on, [reference])
  const cause = causeOfDeath(context, chart)
  if (cause !== undefined)
    settle('died-of-cancer', { value: cause.isCancer, sources: [{ reference: context.source(cause.resource).reference }] })
}

function causeOfDeath(context: ReadContext, chart: Chart): { readonly isCancer: boolean; readonly resource: Resource } | undefined {
  const { file, cancer } = qualityTables(context.knowledge)
  const { loinc, letters } = file.causeOfDeath
  let other: { readonly isCancer: false; readonly resource: Resource } | undefined
  for (const resource of chart.ofType('Observation')) {
    if (!conceptOf(resource.code).codings.some(({ code }) => loinc.includes(code))) continue
    const value = elementValue(resource)?.value
    const concept = conceptOf(typeof value === 'string' ? { text: value } : value)
    const isCancer =
      concept.codings.some(({ code, system }) => system === letters.url && letters.first.some((letter) => code.startsWith(letter))) ||
      wordsOf(concept).some((words) => findPhrases(cancer, tokensOf(words)).length > 0)
    if (isCancer) return { isCancer, resource }
    // of several causes one suffices; one that says nothing is none
    if (wordsOf(concept).length > 0 || concept.codings.length > 0) other = { isCancer: false, resource }
  }
  return other
}

/** Start and classes of the first line for advanced disease. */
function readStart(findings: Findings, put: Put, settle: Settle): void {
  const lines = findings.settled.get('lines')
  if (lines !== undefined && !isKnown(lines)) {
    for (const fact of ['first-line-start-on', 'first-line-classes']) settle(fact, { unknown: lines.unknown })
    return
  }
  const first = lines && (lines.value as readonly ListItem[]).find(({ intent }) => intent === 'palliative')
  if (lines === undefined || first === undefined) return
  const references = lines.sources.map(({ reference }) => reference)
  settle('first-line-classes', { value: (first.classes as readonly string[] | undefined) ?? [], sources: lines.sources })
  if (typeof first.start === 'string') put('first-line-start-on', first.start, references)
  else settle('first-line-start-on', { unknown: 'not-recorded', sources: lines.sources })
}

/** An order that nobody closed says nothing of the days before death. */
function readLastDose(findings: Findings, known: ReadonlyMap<string, string>, settle: Settle): void {
  const last = findings.settled.get('last-systemic-on')
  const diedOn = known.get('died-on')
  if (last === undefined) {
    settle('last-dose-on', { value: 'never', absence: 'listed', sources: [] })
    return
  }
  const isOpenEnd = isKnown(last) && diedOn !== undefined && diedOn !== 'never' && String(last.value) > diedOn
  settle('last-dose-on', isOpenEnd ? { unknown: 'not-recorded', sources: last.sources } : last)
}

function readFailedSample(context: ReadContext, chart: Chart, findings: Findings, put: Put): void {
  const tables = qualityTables(context.knowledge)
  const failed = chart
    .ofType('DiagnosticReport')
    .filter((resource) => resource.status !== 'entered-in-error' && isFailedReport(tables, resource))
    .flatMap((resource) => {
      const on = eventDay(resource)
      return on === undefined || on > context.asOf ? [] : [{ on, reference: context.source(resource).reference }]
    })
    .sort((a, b) => (a.on < b.on ? -1 : 1))[0]
  const testing = findings.settled.get('molecular-testing')
  const settled = isKnown(testing) && testing.value === 'insufficient' ? testing : undefined
  if (failed !== undefined) put('sample-failed-on', failed.on, [failed.reference])
  else if (settled?.on !== undefined)
    put(
      'sample-failed-on',
      settled.on,
      settled.sources.map(({ reference }) => reference),
    )
}

/** First days of own medicines, by the classes that some date asks for. */
function medicineStarts(
  context: ReadContext,
  dates: readonly { readonly medicines?: string }[],
): ReadonlyMap<string, readonly QualityEvent[]> {
  const wanted = new Set(dates.flatMap(({ medicines }) => medicines ?? []))
  const { entries } = drugLookup(context.knowledge)
  const found = new Map<string, QualityEvent[]>()
  for (const event of medicineEvents(context)) {
    const on = event.start
    if (on === undefined || on > context.asOf || event.taking === 'not-given') continue
    const classes = new Set(
      event.drugs.flatMap((drug) => [...(entries.get(drug)?.classes ?? []), ...(entries.get(drug)?.interaction ?? [])]),
    )
    for (const one of classes) if (wanted.has(one)) found.set(one, [...(found.get(one) ?? []), { on, resource: event.resource }])
  }
  return found
}

function readLists(sources: ListSources, settle: Settle): void {
  const { context } = sources
  const visits = visitRows(sources)
  if (visits !== undefined)
    settle('oncology-visits', {
      value: visits.rows,
      sources: visits.resources.map((resource) => ({ reference: context.source(resource).reference })),
    })
  const days = treatmentRows(sources)
  if (days !== undefined) settle('treatment-days', { value: days, sources: [] })
  settle('diarrhoea-episodes', { value: diarrhoeaRows(sources), sources: [] })
}
