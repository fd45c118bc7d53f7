import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  brainMetastasis,
  condition,
  dose,
  type Json,
  liverMetastasis,
  lungCancer,
  ordered,
  procedure,
  readTreated,
  scan,
  status,
  taken,
} from '../../../test/treatment.ts'

const WHOLE: readonly Json[] = [
  liverMetastasis('2025-01-01'),
  brainMetastasis('2025-06-01'),
  taken('osimertinib', '2025-02-01', '2026-01-01', {
    statusReason: [{ text: 'progression' }],
    note: [{ text: 'First line, partial response, then progression' }],
  }),
  ordered('carboplatin', '2026-02-01', {
    dosageInstruction: [{ text: 'AUC 5', timing: { repeat: { boundsPeriod: { end: '2026-05-01' } } } }],
  }),
  dose('pemetrexed', '2026-02-01'),
  status('stable', '2026-06-01'),
  scan('CT chest', '2026-06-01', 'Stable disease.'),
  procedure('SRS brain 20 Gy', '2025-07-01'),
  condition('Immune-mediated hepatitis, grade 3'),
  lungCancer('Second line docetaxel 2024.'),
  taken('prednisone 10 mg daily'),
  {
    resourceType: 'AdverseEvent',
    id: 'ae',
    actuality: 'actual',
    subject: { reference: 'Patient/ann' },
    event: { text: 'Pneumonitis' },
    suspectEntity: [{ instance: { reference: 'MedicationStatement/none' } }],
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'al',
    patient: { reference: 'Patient/ann' },
    code: { text: 'Docetaxel' },
    reaction: [{ manifestation: [{ text: 'x' }] }],
  },
]
const ODD: readonly unknown[] = [
  null,
  0,
  '',
  'x',
  [],
  {},
  [null],
  [[]],
  { coding: 'x' },
  [{ coding: [null, {}] }],
  '2026-13-45',
  -1,
  true,
  { text: 5 },
]

/** Every path of a resource, to break one at a time. */
function pathsOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key])),
  ]
}

function withOdd(resource: Json, path: readonly (string | number)[], odd: unknown): Json {
  const copy = structuredClone(resource) as Record<string | number, unknown>
  let at: Record<string | number, unknown> = copy
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>
  at[path.at(-1)!] = odd
  return copy as Json
}

test('odd elements never stop the readers', () => {
  const places = WHOLE.flatMap((resource, index) =>
    pathsOf(resource)
      .filter((path) => path[0] !== 'resourceType' && path[0] !== 'id' && path[0] !== 'subject' && path[0] !== 'patient')
      .map((path) => ({ index, path })),
  )
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.constantFrom(...ODD), ({ index, path }, odd) => {
      expect(() => readTreated(WHOLE.map((resource, at) => (at === index ? withOdd(resource, path, odd) : resource)))).not.toThrow()
    }),
    { seed: 20261123, numRuns: 400 },
  )
})

test('every settled fact names its sources, and only facts of the registry are reported', () => {
  const read = readTreated(WHOLE)
  for (const [fact, settled] of read.findings.settled) expect([fact, (settled.sources ?? []).length > 0]).toEqual([fact, true])
  expect(read.issues.filter((issue) => issue.code === 'unknown-fact')).toEqual([])
})

test('a drug that only its cancer profile marks as treatment counts as a line, with a warning', () => {
  const read = readTreated([
    liverMetastasis('2026-01-01'),
    taken('BLU-9999', '2026-02-01', undefined, {
      meta: { profile: ['http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-cancer-related-medication-statement'] },
    }),
  ])
  expect(read.value('palliative-lines')).toBe(1)
  expect(read.value('current-drugs')).toEqual(['blu-9999'])
  expect(read.issues.map((issue) => issue.code)).toContain('unmapped-code')
})

test('a visit tells of progression', () => {
  const read = readTreated([
    liverMetastasis('2025-01-01'),
    taken('osimertinib', '2025-02-01'),
    {
      resourceType: 'ClinicalImpression',
      id: 'ci',
      status: 'completed',
      subject: { reference: 'Patient/ann' },
      date: '2026-11-18',
      summary: 'Clear progression in liver and bone.',
    },
  ])
  expect([read.value('progressing-now'), read.value('progressing-sites')]).toEqual([true, ['bone', 'liver']])
})

test('an order of last week is counted as given, and asked about', () => {
  const read = readTreated([liverMetastasis('2026-10-01'), ordered('osimertinib', '2026-11-20')])
  expect(read.value('current-drugs')).toEqual(['osimertinib'])
  expect(read.issues.some((issue) => issue.message.includes('3 days before the plan'))).toBe(true)
})

test('an infusion ordered this week is no line until something shows that it was given', () => {
  const order = ordered('carboplatin', '2026-11-22')
  expect(readTreated([liverMetastasis('2026-10-01'), order]).value('current-drugs')).toBeUndefined()
  expect(readTreated([liverMetastasis('2026-10-01'), order]).issues.some(({ message }) => message.includes('not counted as given'))).toBe(
    true,
  )
  const running = readTreated([liverMetastasis('2026-10-01'), ordered('carboplatin', '2026-11-01'), order])
  expect(running.value('current-drugs')).toEqual(['carboplatin'])
  expect(readTreated([liverMetastasis('2026-10-01'), dose('carboplatin', '2026-11-22'), order]).value('current-drugs')).toEqual([
    'carboplatin',
  ])
})

test('an order that nobody closed for years runs, and is asked about', () => {
  const said = (authoredOn: string) =>
    readTreated([liverMetastasis('2019-01-01'), ordered('gefitinib', authoredOn)]).issues.filter(({ code }) => code === 'stale-value')
  expect(said('2019-04-01')).toMatchObject([{ severity: 'warning', message: expect.stringContaining('2019-04-01') }])
  expect(said('2026-08-01')).toEqual([])
})
