import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testKnowledge } from '../../test/knowledge.ts'
import { TODAY } from '../../test/reading.ts'
import { SHARED_DATA, SKIPPED } from '../../test/shared-data.ts'
import { parseCharts } from '../index.ts'
import { project } from '../project/project.ts'
import { CLINICAL_READERS } from './clinical.ts'
import type { Finding } from './findings.ts'
import { createContext } from './reading-context.ts'

/** Real bundles: `SECONDWIND_DATA` names a folder that holds `mcode/` (the examples of the mCODE guide and of its test data). */
const DATA = SHARED_DATA
const files = (DATA === undefined ? [] : ['ig-4.0.0-examples', 'mcode-org-testdata'].map((folder) => join(DATA, 'mcode', folder)))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => join(folder, file)),
  )

function read(text: string) {
  const parsed = parseCharts(text)
  if (!parsed.ok) return []
  return parsed.value.map(({ chart }) => {
    const { context, findings } = createContext(chart, testKnowledge(), TODAY)
    for (const reader of CLINICAL_READERS) reader(context)
    return project(findings, testKnowledge(), TODAY)
  })
}

describe.skipIf(files.length === 0)(`mCODE examples (${files.length === 0 ? SKIPPED : files.length})`, () => {
  test('every file is read without a throw and without facts outside the registry', () => {
    for (const file of files)
      for (const { issues } of read(readFileSync(file, 'utf8'))) expect(issues.filter(({ code }) => code === 'unknown-fact')).toEqual([])
  })

  test('the non-small cell patient of the guide', () => {
    const patient = files.find((file) => file.endsWith('Condition-primary-cancer-condition-nsclc.json'))!
    const folder = join(patient, '..')
    const names = [
      'Patient-cancer-patient-john-anyperson',
      'Condition-primary-cancer-condition-nsclc',
      'Condition-secondary-cancer-condition-brain-mets',
      'Observation-tnm-clinical-stage-group-3c',
      'Observation-tnm-clinical-distant-metastases-category-cM0',
      'Observation-histologic-behavior-and-type-non-small-cell',
    ]
    const entry = names.map((name) => ({ resource: JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as unknown }))
    const [one] = read(JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }))
    expect(one!.facts.histology).toMatchObject({ value: 'adenocarcinoma' })
    expect(one!.facts['stage-group']).toMatchObject({ value: 'iiic' })
    expect(one!.facts['brain-metastases']).toMatchObject({ value: true })
    expect(one!.facts.laterality).toMatchObject({ value: 'left' })
    // found thirty days after stage IIIC: one work-up, so the stage contradicts
    expect(one!.issues.map(({ code }) => code)).toContain('stage-mismatch')
  })
})

test.each(['conditions', 'symptoms', 'imaging-phrases', 'wishes'])('every fact and value of %s.yaml is in the registry', (table) => {
  const { facts } = testKnowledge()
  const { findings } = testKnowledge().terminology<{ findings: readonly Finding[] }>(table)
  expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length)
  for (const finding of findings) {
    for (const [fact, value] of [
      ...Object.entries(finding.sets ?? {}),
      ...Object.entries(finding.inactive ?? {}),
      ...Object.entries(finding.adds ?? {}),
    ]) {
      const definition = facts.get(fact)
      expect(definition, `${finding.id}: ${fact}`).toBeDefined()
      for (const one of Array.isArray(value) ? value : [value])
        if (typeof one === 'string' && definition!.values) expect(Object.keys(definition!.values), `${finding.id}: ${fact}`).toContain(one)
    }
    for (const fact of [...(finding.dates ?? []), ...(finding.asks ?? []), ...(finding.denies ?? [])])
      expect(facts.has(fact), `${finding.id}: ${fact}`).toBe(true)
    for (const phrase of finding.phrases ?? []) expect(typeof phrase, finding.id).toBe('string')
  }
})
