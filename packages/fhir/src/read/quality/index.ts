import { type Fact, isKnown, type KnownFact, type ListItem } from '@secondwind/core'
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
  const known = new Map<string, KnownFact>()
  const put = (fact: string, value: string, resources: readonly string[]): void => {
    const settled: KnownFact = { value, on: value, sources: resources.map((reference) => ({ reference })) }
    known.set(fact, settled)
    settle(fact, settled)
  }
  readDeath(context, chart, findings, known, settle)
  readStart(findings, put, settle)
  const { metastaticOn, metastaticBy } = extentOf(context)
  if (metastaticOn !== undefined && metastaticBy !== undefined) put('stage-iv-on', metastaticOn, [context.source(metastaticBy).reference])
  readLastDose(findings, known, settle)
  readFailedSample(context, chart, findings, put)

  const { file } = qualityTables(context.knowledge)
  const witness = witnessOf(context, chart)
  const sources: DateSources = { context, findings, events, medicines: medicineStarts(context, file.dates), known, witness }
  for (const row of file.dates) {
    const fact = dateOf(row, sources)
    if (fact === undefined) continue
    settle(row.fact, fact)
    if (isKnown(fact)) known.set(row.fact, fact)
  }
  for (const row of file.counts) {
    const counted = row.events.flatMap((kind) => events.get(kind) ?? [])
    const told =
      counted.length > 0
        ? distinct(counted.map(({ resource }) => ({ reference: context.source(resource).reference })))
        : witness(row.witness)
    if (told !== undefined) settle(row.fact, { value: new Set(counted.map(({ on }) => on)).size, sources: told })
  }
  for (const { fact, types } of file.received) {
    const told = witness(types)
    if (told !== undefined) settle(fact, { value: true, sources: told })
  }
  readLists({ context, chart, findings, events }, settle)
}

/** Who bears witness that records of some types reach this chart: the first by name of the first type that is there. Asked once for each type. */
function witnessOf(context: ReadContext, chart: Chart): DateSources['witness'] {
  const found = new Map<string, KnownFact['sources'] | undefined>()
  const ofType = (type: string): KnownFact['sources'] | undefined => {
    if (found.has(type)) return found.get(type)
    // a chart lists its resources by name
    const first = chart.ofType(type)[0]
    const sources = first && [{ reference: context.source(first).reference }]
    found.set(type, sources)
    return sources
  }
  return (types) => {
    for (const type of types) {
      const sources = ofType(type)
      if (sources !== undefined) return sources
    }
    return undefined
  }
}

/** Each record once. */
const distinct = (sources: KnownFact['sources']): KnownFact['sources'] => [
  ...new Map(sources.map((source) => [source.reference, source])).values(),
]

type Put = (fact: string, value: string, resources: readonly string[]) => void
type Settle = (fact: string, value: Fact) => void

/** Day and cause of death. Who is not known to have died has no day of it; a death without a day leaves the day unknown. */
function readDeath(context: ReadContext, chart: Chart, findings: Findings, known: Map<string, KnownFact>, settle: Settle): void {
  const hasDied = findings.readings.get('deceased')?.some(({ value }) => value === true) === true
  const sources = [{ reference: context.source(chart.patient).reference }]
  const on = dayOf(chart.patient.deceasedDateTime)
  if (hasDied && on === undefined) settle('died-on', { unknown: 'not-recorded', sources })
  else {
    // the record of the person is where a death would stand
    const settled: KnownFact = hasDied && on !== undefined ? { value: on, on, sources } : { value: 'never', absence: 'witnessed', sources }
    known.set('died-on', settled)
    settle('died-on', settled)
  }
  if (!hasDied) return
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
function readLastDose(findings: Findings, known: ReadonlyMap<string, KnownFact>, settle: Settle): void {
  const last = findings.settled.get('last-systemic-on')
  const diedOn = known.get('died-on')?.value as string | undefined
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
  const { context, findings } = sources
  const told = (resources: readonly Resource[]): KnownFact['sources'] =>
    distinct(resources.map((resource) => ({ reference: context.source(resource).reference })))
  const visits = visitRows(sources)
  if (visits !== undefined) settle('oncology-visits', listed(visits.rows, told(visits.resources)))
  const days = treatmentRows(sources)
  if (days !== undefined) {
    const on = new Set(days.map((day) => day.on))
    const given = medicineEvents(context).filter(({ start }) => start !== undefined && on.has(start))
    settle('treatment-days', listed(days, told(given.map(({ resource }) => resource))))
  }
  const toxicities = findings.settled.get('toxicities')
  settle('diarrhoea-episodes', listed(diarrhoeaRows(sources), isKnown(toxicities) ? toxicities.sources : []))
}

/** Rows with what they were read from; no rows are what the silence of the chart says. */
const listed = (value: readonly ListItem[], sources: KnownFact['sources']): KnownFact =>
  value.length === 0 ? { value, sources: [], absence: 'listed' } : { value, sources: distinct(sources) }
