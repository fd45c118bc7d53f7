import fs from 'node:fs'
import path from 'node:path'
import { columnsOf, DAY_FACTS, snapshotRow } from '@secondwind/compiler'
import { parseCharts, readPatientCase } from '@secondwind/fhir'
import { describe, expect, test } from 'vitest'
import { caseProjection, SILENT_TYPES } from '../src/case-projection.ts'
import { openKnowledge, readerFor } from '../src/compose.ts'

const { knowledge } = openKnowledge()
const reader = readerFor(knowledge)
const columns = columnsOf(knowledge.facts)
const { isAbout } = caseProjection(knowledge)
const AS_OF = '2026-11-23'

type Resource = { readonly resourceType: string; readonly id: string; readonly [element: string]: unknown }
const folder = path.join(import.meta.dirname, '../../../fixtures/patients')
const chartOf = (name: string): readonly Resource[] =>
  (JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as { entry: readonly { resource: Resource }[] }).entry.map(
    ({ resource }) => resource,
  )

function caseOf(resources: readonly Resource[]) {
  const parsed = parseCharts(resources.map((one) => JSON.stringify(one)).join('\n'))
  if (!parsed.ok) throw new Error(parsed.error[0]!.message)
  const read = readPatientCase(parsed.value[0]!, reader, { asOf: AS_OF })
  if (!read.ok) throw new Error('read')
  return snapshotRow(read.value.patientCase, columns, DAY_FACTS)
}

const version = (resource: Resource | null, type: string, n = 1) => ({
  site: 's',
  type,
  id: 'x',
  version: n,
  chart: 'Patient/x',
  revision: 1,
  recordedAt: '2026-11-23T00:00:00.000Z',
  recordedBy: 'Practitioner/x',
  method: n === 1 ? ('create' as const) : resource === null ? ('delete' as const) : ('update' as const),
  body: resource === null ? null : JSON.stringify(resource),
  hash: '',
  priorHash: '',
})

/** As much as such a resource can say: whatever a reader looks for is there. */
function talkative(type: string, patient: string): Resource {
  const words =
    'hospice care; palliative medicine; intensive care unit; craniotomy for brain metastasis; osimertinib 80 mg; ECOG 3; lung resection'
  const concept = {
    text: words,
    coding: [
      { system: 'http://snomed.info/sct', code: '385763009', display: 'Hospice care' },
      { system: 'http://www.ama-assn.org/go/cpt', code: '99213' },
    ],
  }
  const subject = { reference: `Patient/${patient}` }
  return {
    resourceType: type,
    id: `silent-${type.toLowerCase()}`,
    status: 'active',
    subject,
    patient: subject,
    beneficiary: subject,
    for: subject,
    code: concept,
    type: concept,
    category: [concept],
    serviceType: [concept],
    reasonCode: [concept],
    description: words,
    title: words,
    summary: words,
    note: [{ text: words }],
    period: { start: '2026-11-01' },
    created: '2026-11-02',
    date: '2026-11-02',
    authoredOn: '2026-11-02',
    occurrenceDateTime: '2026-11-02',
    start: '2026-11-24T09:00:00Z',
  }
}

describe('types that are not projected say nothing', () => {
  const charts = fs.readdirSync(folder).filter((name) => name.endsWith('.json'))
  const some = charts.filter((_, i) => i % 8 === 0)
  test.each([...SILENT_TYPES])('%s changes no case', (type) => {
    for (const name of some) {
      const chart = chartOf(name)
      const patient = chart.find(({ resourceType }) => resourceType === 'Patient')!.id
      expect(caseOf([...chart, talkative(type, patient)]), name).toEqual(caseOf(chart))
    }
    expect(isAbout(version(talkative(type, 'x'), type))).toBe(false)
  })
})

describe('what changes a case is projected', () => {
  const quiet = chartOf('egfr-exon19-brain-mets-fit.json').filter(({ resourceType }) => resourceType !== 'Encounter')
  const patient = quiet.find(({ resourceType }) => resourceType === 'Patient')!.id
  const subject = { reference: `Patient/${patient}` }

  test.each([
    ['Claim', { resourceType: 'Claim', id: 'new', status: 'active', patient: subject, created: '2026-11-01' }],
    ['ExplanationOfBenefit', { resourceType: 'ExplanationOfBenefit', id: 'new', status: 'active', patient: subject }],
    [
      'Appointment',
      {
        resourceType: 'Appointment',
        id: 'new',
        status: 'booked',
        serviceType: [{ text: 'Craniotomy for brain metastasis' }],
        start: '2026-11-30T08:00:00Z',
        participant: [{ actor: subject }],
      },
    ],
  ] as const)('%s', (type, resource) => {
    const [before, after] = [caseOf(quiet), caseOf([...quiet, resource])]
    expect(after).not.toEqual(before)
    expect(isAbout(version(resource, type))).toBe(true)
  })

  test('an observation inside a task is read, so the task is; and so is whatever it becomes', () => {
    const contained = {
      resourceType: 'Observation',
      id: 'inside',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '89247-1' }] },
      subject,
      effectiveDateTime: '2026-11-22',
      valueInteger: 3,
    }
    const task: Resource = { resourceType: 'Task', id: 'new', status: 'completed', for: subject, contained: [contained] }
    expect(caseOf([...quiet, task])).not.toEqual(caseOf(quiet))
    expect(isAbout(version(task, 'Task'))).toBe(true)
    expect(isAbout(version({ ...task, contained: undefined }, 'Task', 2))).toBe(true)
    expect(isAbout(version(null, 'Task', 3))).toBe(true)
  })

  test('a type that the knowledge names is never silent', () => {
    const named = new Set<string>()
    const gather = (value: unknown, key = ''): void => {
      if (typeof value === 'string') {
        if (['types', 'witness', 'planWitness'].includes(key)) named.add(value)
      } else if (Array.isArray(value)) for (const inner of value) gather(inner, key)
      else if (typeof value === 'object' && value !== null) for (const [inner, one] of Object.entries(value)) gather(one, inner)
    }
    gather(reader.terminology('quality'))
    expect(named.size).toBeGreaterThan(10)
    for (const type of named) expect(isAbout(version({ resourceType: type, id: 'x' }, type)), type).toBe(true)
  })
})
