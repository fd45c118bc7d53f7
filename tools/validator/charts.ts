import fs from 'node:fs'
import path from 'node:path'
import { writePlan } from '@secondwind/fhir'
import { openKnowledge, parseCharts, planChart } from '../../packages/server/src/compose.ts'
import { SEEDS } from '../../packages/server/test/fuzz/seeds.ts'
import { ROOT } from '../steps.ts'
import { measuresToCheck } from './measures.ts'
import { networkToCheck } from './network.ts'

/** The day of the plans that are checked: the charts' own clock. */
const AS_OF = '2026-11-23'

export interface ToCheck {
  /** Written plans and fixture bundles. */
  readonly files: readonly string[]
  readonly notes: readonly string[]
  /** Charts that could not be planned at all. */
  readonly failures: readonly string[]
}

/** Plans every chart into `work` and lists what the validator is to see: the plans, and the fixtures themselves. */
export function chartsToCheck(work: string, shared: string): ToCheck {
  const { knowledge } = openKnowledge()
  const fixtures = chartFiles(path.join(ROOT, 'fixtures/patients'))
  const examples = chartFiles(path.join(shared, 'data/mcode/mcode-org-testdata'))
  const charts = [
    ...[...fixtures, ...examples].map((file) => ({ name: path.parse(file).name, text: fs.readFileSync(file, 'utf8') })),
    ...SEEDS.map(({ name, bundle }) => ({ name: `seed-${name}`, text: JSON.stringify(bundle) })),
  ]
  const files: string[] = []
  const failures: string[] = []
  for (const { name, text } of charts) {
    const parsed = parseCharts(text)
    if (!parsed.ok) {
      failures.push(`${name}: ${parsed.error.map((i) => i.message).join('; ')}`)
      continue
    }
    for (const [index, chart] of parsed.value.entries()) {
      const planned = planChart(chart, { knowledge, asOf: AS_OF, overrides: [] })
      if (!planned.ok) {
        failures.push(`${name}: ${planned.error.map((i) => i.message).join('; ')}`)
        continue
      }
      const file = path.join(work, `plan-${name}${index > 0 ? `-${index}` : ''}.json`)
      fs.writeFileSync(file, JSON.stringify(writePlan(planned.value, knowledge)))
      files.push(file)
    }
  }
  return {
    files: [
      ...files,
      ...fixtures.map((file) => asBundle(file, work)),
      ...measuresToCheck(work, path.join(ROOT, 'fixtures/patients')),
      ...networkToCheck(work, AS_OF),
    ],
    notes: [
      `${files.length} plans written from ${fixtures.length} fixtures, ${examples.length} mCODE examples and ${SEEDS.length} seeds of the fuzzer`,
    ],
    failures,
  }
}

const chartFiles = (folder: string): readonly string[] =>
  fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((f) => f.endsWith('.json') || f.endsWith('.ndjson'))
        .sort()
        .map((f) => path.join(folder, f))
    : []

/** The validator reads no NDJSON: the lines become a collection, each resource unchanged. */
function asBundle(file: string, work: string): string {
  if (!file.endsWith('.ndjson')) return file
  const lines = fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const entry = lines.map((line) => {
    const resource = JSON.parse(line) as { readonly resourceType: string; readonly id: string }
    return { fullUrl: `https://hospital.example.org/fhir/${resource.resourceType}/${resource.id}`, resource }
  })
  const bundle = path.join(work, `${path.parse(file).name}.json`)
  fs.writeFileSync(bundle, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }))
  return bundle
}

const MCODE = 'http://hl7.org/fhir/us/mcode/StructureDefinition'
const subject = { reference: 'Patient/p' }

/** Resources with one error each, of the kinds a weak validator lets through. Every one must be rejected, or the run proves nothing. */
export function planted(work: string): readonly string[] {
  const loinc = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] })
  const broken: { readonly [name: string]: { readonly [element: string]: unknown } } = {
    'missing-required': { resourceType: 'Observation', code: { text: 'x' } },
    'wrong-required-code': { resourceType: 'Observation', status: 'finished', code: { text: 'x' } },
    'unknown-element': { resourceType: 'Observation', status: 'final', code: { text: 'x' }, colour: 'red' },
    'ecog-as-quantity': {
      resourceType: 'Observation',
      meta: { profile: [`${MCODE}/mcode-ecog-performance-status`] },
      status: 'final',
      code: loinc('89247-1'),
      subject,
      effectiveDateTime: '2026-11-01',
      valueQuantity: { value: 1 },
    },
    'ecog-with-another-code': {
      resourceType: 'Observation',
      meta: { profile: [`${MCODE}/mcode-ecog-performance-status`] },
      status: 'final',
      code: loinc('89243-0'),
      subject,
      effectiveDateTime: '2026-11-01',
      valueInteger: 1,
    },
    'stage-group-without-method': {
      resourceType: 'Observation',
      meta: { profile: [`${MCODE}/mcode-tnm-stage-group`] },
      status: 'final',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '399537006' }] },
      subject,
      focus: [{ reference: 'Condition/c' }],
      effectiveDateTime: '2026-11-01',
      valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '1222837003' }] },
    },
    'action-with-resource-and-action': {
      resourceType: 'RequestGroup',
      status: 'draft',
      intent: 'proposal',
      action: [{ resource: { reference: 'ServiceRequest/s' }, action: [{ title: 'x', resource: { reference: 'ServiceRequest/s' } }] }],
    },
  }
  return Object.entries(broken).map(([name, resource]) => {
    const file = path.join(work, `planted-${name}.json`)
    fs.writeFileSync(file, JSON.stringify(resource))
    return file
  })
}
