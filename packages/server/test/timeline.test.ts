import fs from 'node:fs'
import path from 'node:path'
import { parseCharts } from '@secondwind/fhir'
import { describe, expect, test } from 'vitest'
import { openKnowledge, planChart } from '../src/compose.ts'
import type { Timeline, TimelineItem, TimelineLaneId } from '../src/contract/timeline.ts'
import type { RecordedDecision } from '../src/store/index.ts'
import { timelineOf } from '../src/timeline/timeline.ts'

const { knowledge } = openKnowledge()
const AS_OF = '2026-11-23'
const FOLDER = path.resolve(import.meta.dirname, '../../../fixtures/patients')

type Resource = { readonly resourceType: string; readonly id: string; readonly [key: string]: unknown }
const subject = { reference: 'Patient/p' }
const CHART: readonly Resource[] = [
  { resourceType: 'Patient', id: 'p', birthDate: '1960-01-01' },
  {
    resourceType: 'Condition',
    id: 'cancer',
    subject,
    onsetDateTime: '2024-05',
    code: { coding: [{ system: 'http://snomed.info/sct', code: '254637007', display: 'Non-small cell lung cancer' }] },
  },
  {
    resourceType: 'Condition',
    id: 'bone',
    subject,
    onsetDateTime: '2024-05-10',
    code: { coding: [{ system: 'http://snomed.info/sct', code: '94222008', display: 'Secondary malignant neoplasm of bone' }] },
  },
]
const medicine = (id: string, drug: string, more: object): Resource => ({
  resourceType: 'MedicationRequest',
  id,
  status: 'completed',
  intent: 'order',
  subject,
  medicationCodeableConcept: { text: drug },
  ...more,
})
const given = (id: string, drug: string, on: string, mg: number): Resource => ({
  resourceType: 'MedicationAdministration',
  id,
  status: 'completed',
  subject,
  medicationCodeableConcept: { text: drug },
  effectiveDateTime: on,
  dosage: { dose: { value: mg, unit: 'mg' } },
})

function timeline(resources: readonly Resource[], decisions: readonly RecordedDecision[] | 'withheld' = []): Timeline {
  const parsed = parseCharts([...CHART, ...resources].map((one) => JSON.stringify(one)).join('\n'))
  if (!parsed.ok) throw new Error(parsed.error[0]!.message)
  const chart = parsed.value.find((one) => one.chart.patient.id === 'p')!
  const planned = planChart(chart, { knowledge, asOf: AS_OF, overrides: [] })
  if (!planned.ok) throw new Error(planned.error[0]!.message)
  return timelineOf({
    chart,
    knowledge,
    document: planned.value,
    revision: 1,
    decisions: decisions === 'withheld' ? undefined : decisions,
    isPartial: false,
  })
}
const lane = (of: Timeline, id: TimelineLaneId) => of.lanes.find((one) => one.id === id)!
const item = (of: Timeline, id: TimelineLaneId, row: string): TimelineItem => {
  const found = lane(of, id).items.find((one) => one.row === row)
  if (found === undefined)
    throw new Error(
      `no ${row} in ${id}: ${lane(of, id)
        .items.map((one) => one.row)
        .join(', ')}`,
    )
  return found
}
const detail = (one: TimelineItem, name: string): unknown => {
  const found = one.details.find((d) => d.name === name)
  return found && ('text' in found ? found.text : 'code' in found ? found.code : 'number' in found ? found.number : found.day)
}

describe('systemic treatment', () => {
  test('partial dates stay spans of days: a month is every day of it', () => {
    const of = timeline([medicine('m', 'osimertinib', { status: 'active', authoredOn: '2024-06' })])
    expect(of.diagnosed).toEqual({ first: '2024-05-01', last: '2024-05-31', said: '2024-05' })
    expect(item(of, 'systemic', 'osimertinib').start).toEqual({ first: '2024-06-01', last: '2024-06-30', said: '2024-06' })
  })

  test('what runs, what is held, what ended, and what nobody closed are four things', () => {
    const running = timeline([medicine('m', 'osimertinib', { status: 'active', authoredOn: '2024-06-01' })])
    expect(item(running, 'systemic', 'osimertinib')).toMatchObject({ ending: 'running', time: 'now' })
    const held = timeline([medicine('m', 'osimertinib', { status: 'on-hold', authoredOn: '2024-06-01' })])
    expect(item(held, 'systemic', 'osimertinib')).toMatchObject({ ending: 'held', time: 'now' })
    const ended = timeline([
      {
        resourceType: 'MedicationStatement',
        id: 'm',
        status: 'stopped',
        subject,
        medicationCodeableConcept: { text: 'osimertinib' },
        effectivePeriod: { start: '2024-06-01', end: '2025-02-01' },
        statusReason: [{ text: 'progression' }],
      },
    ])
    expect(item(ended, 'systemic', 'osimertinib')).toMatchObject({ ending: 'ended', end: { said: '2025-02-01' }, time: 'past' })
    expect(detail(item(ended, 'systemic', 'osimertinib'), 'stopped-because')).toBe('progression')
    // still open, but another line began: it is over, and nobody wrote when
    const unclosed = timeline([
      medicine('m', 'pembrolizumab', { status: 'active', authoredOn: '2024-06-01' }),
      medicine('n', 'docetaxel', { status: 'active', authoredOn: '2025-11-01' }),
      given('d', 'docetaxel', '2026-11-10', 130),
    ])
    const first = item(unclosed, 'systemic', 'pembrolizumab')
    expect([first.ending, first.end]).toEqual(['unknown', undefined])
    expect(item(unclosed, 'systemic', 'docetaxel').ending).toBe('running')
  })

  test('a changed dose stands on its day, with both doses; equal doses are no change', () => {
    const of = timeline([
      given('a1', 'docetaxel', '2026-08-01', 130),
      given('a2', 'docetaxel', '2026-08-22', 130),
      given('a3', 'docetaxel', '2026-09-12', 105),
    ])
    const changes = lane(of, 'systemic').items.filter(({ mark }) => mark === 'dose-change')
    expect(changes.map((one) => [one.start?.said, detail(one, 'dose-before'), detail(one, 'dose-after')])).toEqual([
      ['2026-09-12', '130 mg', '105 mg'],
    ])
    expect(item(of, 'systemic', 'docetaxel').ticks).toHaveLength(3)
  })

  test('an order that nothing shows to be given is planned, never given', () => {
    const of = timeline([medicine('m', 'docetaxel', { status: 'draft', authoredOn: '2026-12-01' })])
    expect(item(of, 'systemic', 'docetaxel')).toMatchObject({ time: 'planned', mark: 'order' })
  })

  test('twelve lines keep their numbers and their order', () => {
    const drugs = 'osimertinib pemetrexed docetaxel gemcitabine vinorelbine pembrolizumab'.split(' ')
    const resources = Array.from({ length: 12 }, (_, i) => {
      const from = `${2015 + Math.floor(i / 2) * 2}-0${(i % 2) * 5 + 1}-10`
      const to = `${2015 + Math.floor(i / 2) * 2}-0${(i % 2) * 5 + 3}-10`
      return {
        resourceType: 'MedicationStatement',
        id: `s${i}`,
        status: 'stopped',
        subject,
        medicationCodeableConcept: { text: drugs[i % drugs.length] },
        effectivePeriod: { start: from, end: to },
        statusReason: [{ text: 'progression' }],
      }
    })
    const early = { ...CHART[1]!, id: 'cancer2', onsetDateTime: '2014-12-01' }
    const spread = { ...CHART[2]!, id: 'bone2', onsetDateTime: '2014-12-01' }
    const of = timeline([early, spread, ...resources])
    expect(of.lines.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect(lane(of, 'systemic').items).toHaveLength(12)
    expect(of.diagnosed?.said).toBe('2014-12-01')
  })
})

describe('other lanes', () => {
  const creatinine = (id: string, on: string, value: number): Resource => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    subject,
    code: { coding: [{ system: 'http://loinc.org', code: '2160-0' }] },
    effectiveDateTime: on,
    valueQuantity: { value, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
    referenceRange: [{ low: { value: 0.5, unit: 'mg/dL' }, high: { value: 1.1, unit: 'mg/dL' } }],
  })

  test('a laboratory value keeps its day, what was written, and limits in the unit of the series', () => {
    const of = timeline([creatinine('c1', '2026-10-01', 1), creatinine('c2', '2026-11', 2)])
    const [series] = lane(of, 'labs').series.filter(({ fact }) => fact === 'creatinine')
    expect(series).toMatchObject({ unit: 'umol/L', isWhole: false })
    expect(series!.points.map(({ on, written }) => [on.said, written])).toEqual([
      ['2026-10-01', '1 mg/dL'],
      ['2026-11', '2 mg/dL'],
    ])
    // 88.42 µmol/L are 1 mg/dL of creatinine
    expect(series!.points[0]!.value).toBeCloseTo(88.42, 1)
    expect(series!.points[0]!.high).toBeCloseTo(1.1 * 88.42, 1)
    expect(lane(of, 'labs').series.map(({ fact }) => fact)).not.toContain('creatinine-earlier')
  })

  test('a test from order to report, one that failed and one that is awaited', () => {
    const panel = (id: string, status: string, more: object): Resource => ({
      resourceType: 'DiagnosticReport',
      id,
      status,
      subject,
      category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'GE' }] }],
      code: { text: 'Next-generation sequencing panel, DNA and RNA' },
      ...more,
    })
    const of = timeline([
      { resourceType: 'Specimen', id: 't', subject, type: { text: 'Tissue' }, collection: { collectedDateTime: '2024-05-02' } },
      {
        resourceType: 'ServiceRequest',
        id: 'o',
        status: 'completed',
        intent: 'order',
        subject,
        code: { text: 'NGS' },
        authoredOn: '2024-05-03',
      },
      panel('failed', 'cancelled', {
        basedOn: [{ reference: 'ServiceRequest/o' }],
        specimen: [{ reference: 'Specimen/t' }],
        issued: '2024-05-20T10:00:00Z',
        conclusion: 'Insufficient tumour tissue: sequencing could not be performed.',
      }),
      panel('waiting', 'registered', { effectiveDateTime: '2026-11-18' }),
    ])
    const { items } = lane(of, 'biomarkers')
    expect(items.map(({ mark, start, end, ending }) => [mark, start?.said, end?.said, ending])).toEqual([
      ['failed', '2024-05-03', '2024-05-20', 'ended'],
      ['pending', undefined, undefined, undefined],
    ])
    expect(detail(items[0]!, 'turnaround')).toBe(17)
    expect(items[0]!.words).toContain('Insufficient')
    expect(items[1]!.time).toBe('now')
  })

  test('appointments ahead are planned; those behind are not shown; a stay that goes on runs', () => {
    const of = timeline(
      [
        { resourceType: 'Appointment', id: 'a', status: 'booked', description: 'CT chest', start: '2026-12-01T09:00:00Z' },
        { resourceType: 'Appointment', id: 'b', status: 'booked', description: 'Old', start: '2026-01-01T09:00:00Z' },
        {
          resourceType: 'Encounter',
          id: 'e',
          status: 'in-progress',
          subject,
          class: { display: 'inpatient' },
          period: { start: '2026-11-20' },
        },
        {
          resourceType: 'Encounter',
          id: 'f',
          status: 'finished',
          subject,
          class: { display: 'inpatient' },
          period: { start: '2026-03-01' },
        },
      ].map((one) => ({ ...one, participant: [{ actor: subject }] })) as readonly Resource[],
    )
    expect(lane(of, 'planned').items.filter(({ mark }) => mark === 'appointment')).toMatchObject([{ title: 'CT chest', time: 'planned' }])
    expect(lane(of, 'admissions').items.map(({ ending, time }) => [ending, time])).toEqual([
      ['unknown', 'past'],
      ['running', 'now'],
    ])
  })

  test('decisions stand on the day they were recorded; without the right to read them the lane says so', () => {
    const decision: RecordedDecision = {
      patient: 'p',
      number: 1,
      recordedAt: '2026-11-20T12:00:00.000Z',
      recordedBy: 'Practitioner/1',
      site: 'north',
      optionsSeen: [],
      chosen: null,
      reason: 'she wants to think about it',
      dissent: [{ who: 'Dr B', reason: 'time presses' }],
      planDigest: '',
      chartRevision: 1,
      knowledgeRelease: '',
      asOf: '2026-11-20',
    }
    const of = timeline([], [decision])
    expect(lane(of, 'decisions').items).toMatchObject([{ start: { said: '2026-11-20' }, mark: 'decision' }])
    expect(detail(lane(of, 'decisions').items[0]!, 'dissent')).toBe('Dr B: time presses')
    expect(lane(timeline([], 'withheld'), 'decisions')).toMatchObject({ isWithheld: true, items: [] })
  })
})

describe('laws, over every example patient', () => {
  const charts = fs.readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
  const made = charts.map((name) => {
    const text = fs.readFileSync(path.join(FOLDER, name), 'utf8')
    const parsed = parseCharts(text)
    if (!parsed.ok) throw new Error(name)
    const chart = parsed.value[0]!
    const planned = planChart(chart, { knowledge, asOf: AS_OF, overrides: [] })
    if (!planned.ok) throw new Error(name)
    const of = (one = chart) => timelineOf({ chart: one, knowledge, document: planned.value, revision: 1, decisions: [], isPartial: false })
    return { name, text, of, document: planned.value }
  })

  test('every item of the past points at a resource of the chart', () => {
    expect(made.length).toBeGreaterThan(20)
    for (const { name, text, of } of made)
      for (const { id, items, series } of of().lanes) {
        if (id === 'conflicts' || id === 'decisions') continue
        for (const one of items) {
          if (one.mark !== 'due') expect(one.sources.length, `${name} ${one.id}`).toBeGreaterThan(0)
          for (const { reference } of one.sources)
            expect(text, `${name} ${one.id}`).toContain(`"${reference.split('/')[1]!.split('#')[0]}"`)
        }
        for (const { points } of series)
          for (const { source } of points) expect(text).toContain(source.reference.split('/')[1]!.split('#')[0])
      }
  })

  test('the lines are those of the plan', () => {
    for (const { name, of, document } of made) {
      const { lines } = document.case.facts
      const rows = lines !== undefined && 'value' in lines ? (lines.value as readonly { number: number | null; current: boolean }[]) : []
      const shown = of().lines.map(({ number, ending }) => [number ?? null, ending === 'running'])
      expect(shown, name).toEqual(rows.map(({ number, current }) => [number, current]))
    }
  })

  test('the order of the resources changes nothing', () => {
    for (const { name, text, of } of made.slice(0, 12)) {
      const bundle = JSON.parse(text) as { entry: unknown[] }
      const turned = parseCharts(JSON.stringify({ ...bundle, entry: [...bundle.entry].reverse() }))
      if (!turned.ok) throw new Error(name)
      expect(JSON.stringify(of(turned.value[0]!)), name).toBe(JSON.stringify(of()))
    }
  })

  test('every interaction of the plan is a bar, with its earliest safe day where the plan names one', () => {
    let bars = 0
    for (const { of, document } of made) {
      const { items } = lane(of(), 'conflicts')
      expect(items.map(({ rule }) => rule).sort()).toEqual(document.interactions.map(({ id }) => id).sort())
      for (const { window, id } of document.interactions)
        if (window?.earliest !== undefined) expect(items.find(({ rule }) => rule === id)?.end?.said).toBe(window.earliest)
      bars += items.length
    }
    expect(bars).toBeGreaterThan(0)
  })
})
