import type { Fact, Issue } from '@secondwind/core'
import { expect } from 'vitest'
import { parseCharts, type ReadCase, readPatientCase } from '../src/index.ts'
import { testKnowledge } from './knowledge.ts'

/** The day of the plan in tests. */
export const TODAY = '2026-11-23'

export const ANN = { resourceType: 'Patient', id: 'ann', gender: 'female', birthDate: '1960-05-04' }

const LOINC = 'http://loinc.org'
const UCUM = 'http://unitsofmeasure.org'

type Resource = { readonly [element: string]: unknown }

/** An Observation of Ann with a LOINC code; `value` holds `value[x]` and whatever else. */
export const observation = (id: string, loinc: string, on: string | undefined, value: Resource): Resource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: LOINC, code: loinc }] },
  subject: { reference: 'Patient/ann' },
  ...(on === undefined ? {} : { effectiveDateTime: on }),
  ...value,
})

/** An Observation named by text only. */
export const texted = (id: string, text: string, on: string | undefined, value: Resource): Resource => ({
  ...observation(id, 'x', on, value),
  code: { text },
})

export const quantity = (value: number, unit: string | undefined, more: Resource = {}): Resource => ({
  valueQuantity: { value, ...(unit === undefined ? {} : { unit, system: UCUM, code: unit }), ...more },
})

export const bundle = (...resources: readonly Resource[]): Resource => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
})

/** Reads a bundle of Ann and these resources. */
export function readCase(
  resources: readonly Resource[],
  options: { readonly asOf?: string; readonly overrides?: readonly string[]; readonly patient?: Resource } = {},
): ReadCase {
  const parsed = parseCharts(JSON.stringify(bundle(options.patient ?? ANN, ...resources)))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  expect(parsed.value).toHaveLength(1)
  const read = readPatientCase(parsed.value[0]!, testKnowledge(), {
    asOf: options.asOf ?? TODAY,
    ...(options.overrides ? { overrides: options.overrides } : {}),
  })
  if (!read.ok) throw new Error(JSON.stringify(read.error))
  return read.value
}

export const factOf = (read: ReadCase, id: string): Fact => read.patientCase.facts[id]!

export const codesOf = (issues: readonly Issue[]): readonly string[] => issues.map(({ code }) => code)
