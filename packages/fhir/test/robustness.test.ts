import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCharts, readPatientCase } from '../src/index.ts'
import { testKnowledge } from './knowledge.ts'
import { ANN, bundle, observation, quantity, TODAY, texted } from './reading.ts'
import { SHARED_DATA, SKIPPED } from './shared-data.ts'

/** Real bundles: `SECONDWIND_DATA` names a folder that holds `mcode/` (the examples of the mCODE guide and of its test data). */
const DATA = SHARED_DATA
const FOLDERS = DATA === undefined ? [] : ['ig-4.0.0-examples', 'mcode-org-testdata'].map((folder) => join(DATA, 'mcode', folder))
const FIXTURES = fileURLToPath(new URL('../../../fixtures/patients', import.meta.url))

const files = [...FOLDERS, FIXTURES]
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => join(folder, file)),
  )

/** Reads every chart of a text; returns how many there were, or the codes of the refusal. Anything thrown fails the test. */
function readAll(text: string): number | readonly string[] {
  const parsed = parseCharts(text)
  if (!parsed.ok) {
    expect(parsed.error.length).toBeGreaterThan(0)
    return parsed.error.map(({ code }) => code)
  }
  for (const chart of parsed.value) {
    const read = readPatientCase(chart, testKnowledge(), { asOf: TODAY })
    expect(read.ok).toBe(true)
    if (read.ok) {
      expect(Object.keys(read.value.patientCase.facts)).toHaveLength(testKnowledge().facts.size)
      expect(read.value.issues.filter(({ code }) => code === 'unknown-fact')).toEqual([])
    }
  }
  return parsed.value.length
}

describe.skipIf(files.length === 0)(`files of the mCODE guide and fixtures (${files.length === 0 ? SKIPPED : files.length})`, () => {
  test('every file is read or refused with a reason', () => {
    const refused = files
      .map((file) => [file, readAll(readFileSync(file, 'utf8'))] as const)
      .filter(([, result]) => typeof result !== 'number')
    // resources that belong to no patient (groups, profiles) are all that may be refused
    for (const [, result] of refused) expect(result).toEqual(['missing-patient'])
  })
})

const SEEDS: readonly string[] = [
  JSON.stringify(
    bundle(
      ANN,
      observation('e', '89247-1', '2026-11-20', { valueInteger: 1 }),
      observation('c', '2160-0', '2026-11-20', {
        ...quantity(88, 'umol/L'),
        referenceRange: [{ high: { value: 100, unit: 'umol/L' } }],
        note: [{ text: 'fasting' }],
      }),
      texted('q', 'QTc interval', '2026-11', quantity(450, 'ms')),
      {
        resourceType: 'Condition',
        id: 'p',
        subject: { reference: 'Patient/ann' },
        code: { coding: [{ system: 'http://snomed.info/sct', code: '254637007' }] },
      },
      {
        resourceType: 'DiagnosticReport',
        id: 'r',
        status: 'final',
        subject: { reference: 'Patient/ann' },
        code: { text: 'MRI of the brain' },
        conclusion: 'No metastases.',
        result: [{ reference: 'Observation/c' }],
      },
      {
        resourceType: 'MedicationRequest',
        id: 'm',
        status: 'active',
        intent: 'order',
        subject: { reference: 'Patient/ann' },
        medicationCodeableConcept: { text: 'osimertinib 80 mg daily' },
      },
    ),
  ),
  ...files
    .filter((file) => file.includes('Bundle') || file.includes('Patient'))
    .slice(0, 6)
    .map((file) => readFileSync(file, 'utf8')),
]

/** Whatever may stand where an element should be. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    null,
    '',
    [],
    {},
    [null],
    [[]],
    -1,
    1e308,
    'T',
    '2026-99-99',
    { coding: 'x' },
    { reference: '#' },
    { reference: 'Observation/e' },
  ),
)

/** The same JSON with some of its elements replaced, dropped or doubled; which ones follows from the numbers. */
function mutated(value: unknown, picks: readonly number[], replacements: readonly unknown[]): unknown {
  let counter = 0
  const walk = (node: unknown): unknown => {
    counter += 1
    const at = picks.indexOf(counter)
    if (at >= 0) return replacements[at % replacements.length]
    if (Array.isArray(node)) return node.map(walk)
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, walk(inner)]))
  }
  return walk(value)
}

test('a chart with anything in the place of anything never throws', () => {
  const sizes = SEEDS.map((seed) => seed.split(/[,{[]/).length)
  fc.assert(
    fc.property(
      fc.nat(SEEDS.length - 1),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 }),
      fc.array(odd, { minLength: 1, maxLength: 5 }),
      (which, places, replacements) => {
        const picks = places.map((place) => 2 + Math.floor(place * sizes[which]!))
        readAll(JSON.stringify(mutated(JSON.parse(SEEDS[which]!), picks, replacements)))
      },
    ),
    { seed: 20261123, numRuns: 400 },
  )
})

test('text cut anywhere is refused or read, never thrown at', () => {
  fc.assert(
    fc.property(fc.nat(SEEDS[0]!.length - 1), (length) => {
      expect(readAll(SEEDS[0]!.slice(0, length))).toEqual(['not-json'])
    }),
    { seed: 20261123, numRuns: 100 },
  )
})

test('the order of resources does not change the case', () => {
  const entries = (JSON.parse(SEEDS[0]!) as { entry: unknown[] }).entry
  const read = (order: readonly unknown[]): string => {
    const parsed = parseCharts(JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: order }))
    if (!parsed.ok) throw new Error('refused')
    return JSON.stringify(readPatientCase(parsed.value[0]!, testKnowledge(), { asOf: TODAY }))
  }
  const expected = read(entries)
  fc.assert(
    fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (order) => {
      expect(read(order)).toBe(expected)
    }),
    { seed: 20261123, numRuns: 30 },
  )
})

test('references in a circle, to oneself and to nowhere are survived', () => {
  const to = (reference: string) => ({ reference })
  const circle = (type: string, id: string, next: string, more: object) => ({
    resourceType: type,
    id,
    status: 'final',
    subject: to('Patient/ann'),
    code: { text: 'Tumour' },
    focus: [to(next)],
    hasMember: [to(next), to(`${type}/${id}`)],
    derivedFrom: [to(next)],
    partOf: [to(next)],
    basedOn: [to(next)],
    result: [to(next), to('#x'), to('Observation/nowhere')],
    reasonReference: [to(next)],
    medicationReference: to(next),
    evidence: [{ detail: [to(next)] }],
    stage: [{ assessment: [to(next)] }],
    specimen: to(next),
    ...more,
  })
  const patient = {
    ...ANN,
    link: [
      { type: 'seealso', other: to('Patient/ann') },
      { type: 'seealso', other: to('Patient/eve') },
    ],
  }
  const text = JSON.stringify(
    bundle(
      patient,
      { ...ANN, id: 'eve', link: [{ type: 'seealso', other: to('Patient/ann') }] },
      circle('Observation', 'a', 'Observation/b', { valueString: 'a' }),
      circle('Observation', 'b', 'Condition/c', { contained: [{ resourceType: 'Observation', id: 'x', hasMember: [to('#x'), to('#')] }] }),
      circle('Condition', 'c', 'DiagnosticReport/d', {}),
      circle('DiagnosticReport', 'd', 'MedicationRequest/m', {}),
      circle('MedicationRequest', 'm', 'Observation/a', { intent: 'order' }),
      circle('Procedure', 'p', 'Procedure/p', {}),
    ),
  )
  expect(readAll(text)).toBe(1)
})
