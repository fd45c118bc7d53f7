import type { Option, PlanDocument } from '@secondwind/core'
import { describe, expect, test } from 'vitest'
import { writePlan } from '../src/index.ts'

type Json = { readonly [element: string]: unknown }

const because = (claim: string, children: readonly string[] = []) => ({
  claim,
  truth: 'true' as const,
  facts: [],
  children: children.map((c) => ({ claim: c, truth: 'true' as const, facts: [] })),
})

const option = (over: Partial<Option>): Option => ({
  id: 'opt',
  title: 'An option',
  approaches: ['targeted-therapy'],
  standing: 'recommended',
  standingBecause: 'it lengthened life',
  rank: 1,
  drugs: [],
  concurrent: [],
  cautions: [],
  because: because('An option', ['stage IV', 'all of these']),
  needs: [],
  against: 'toxicity',
  evidence: [{ source: 'trial-1', at: 'abstract', says: 'median 30 v 20 months' }],
  wouldChange: [],
  ...over,
})

const document = (over: Partial<PlanDocument> = {}): PlanDocument => ({
  schema: 'secondwind/plan/1',
  patient: 'Patient/ann',
  asOf: '2026-11-23',
  knowledge: { version: '2026.11', digest: 'd'.repeat(64) },
  inputs: { chartDigest: 'c'.repeat(64), software: 'second-wind 0.1.0' },
  status: 'proposed',
  problems: [],
  case: { facts: {}, story: 'Woman of 66 with stage IV adenocarcinoma' },
  alerts: [],
  options: [],
  notAdvised: [],
  tests: [],
  support: [],
  interactions: [],
  outlook: null,
  intendedUse: 'for clinicians',
  ...over,
})

const resources = (doc: PlanDocument, lookup = {}): readonly Json[] => writePlan(doc, lookup).entry.map((e) => e.resource)
const ofType = (all: readonly Json[], type: string): readonly Json[] => all.filter((r) => r.resourceType === type)
const actions = (all: readonly Json[]): readonly Json[] =>
  ((ofType(all, 'RequestGroup')[0]!.action as readonly Json[])[0]!.action ?? []) as readonly Json[]

const panel = {
  id: 'ngs-broad-dna-rna',
  title: 'Broad sequencing',
  urgency: 'urgent' as const,
  settles: ['wait'],
  because: because('finds drivers'),
  facts: ['alk-fusion'],
}

describe('requests of an option', () => {
  test('one drug: the action points at a draft proposal with the ingredient code, the reason and the flat dose', () => {
    const osimertinib = option({
      drugs: ['osimertinib'],
      regimen: {
        id: 'osimertinib',
        title: 'Osimertinib',
        components: [{ drug: 'osimertinib', protocolDose: 80, unit: 'mg', route: 'oral', days: 'daily' }],
      },
    })
    const all = resources(document({ options: [osimertinib] }), {
      drugs: [{ id: 'osimertinib', label: 'osimertinib', rxnorm: ['1721560'] }],
    })
    const [request] = ofType(all, 'MedicationRequest')
    expect(request).toMatchObject({
      status: 'draft',
      intent: 'proposal',
      medicationCodeableConcept: {
        coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '1721560' }],
        text: 'osimertinib',
      },
      reasonCode: [{ text: 'it lengthened life' }, { text: 'stage IV' }],
      dosageInstruction: [{ text: '80 mg; oral; daily', timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } } }],
    })
    expect(JSON.stringify(request!.dosageInstruction)).toContain('"value":80')
    expect(actions(all)[0]).toMatchObject({ resource: { reference: `MedicationRequest/${request!.id}` } })
    expect(actions(all)[0]).not.toHaveProperty('action')
  })

  test('a dose per m², an unconfirmed dose and a computed dose: only the last is a quantity', () => {
    const doses = ['pemetrexed', 'docetaxel', 'carboplatin']
    const components = [
      { drug: 'pemetrexed', protocolDose: 500, unit: 'mg/m2', route: 'iv', days: [1] },
      { drug: 'docetaxel', protocolDose: 80, unit: 'mg', route: 'iv', days: [1], review: 'unconfirmed' as const },
      { drug: 'carboplatin', protocolDose: 5, unit: 'AUC', route: 'iv', days: [1], doseMg: 525, derivation: ['5 × (80 + 25)'] },
    ]
    const all = resources(document({ options: [option({ drugs: doses, regimen: { id: 'r', title: 'R', cycleDays: 21, components } })] }))
    const written = ofType(all, 'MedicationRequest').map((r) => (r.dosageInstruction as readonly Json[])[0]!)
    expect(written.map((d) => d.doseAndRate)).toEqual([
      undefined,
      undefined,
      [{ doseQuantity: { value: 525, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' } }],
    ])
    expect(written[0]!.text).toContain('500 mg/m2')
    expect(written[1]!.text).toContain('DOSE UNCONFIRMED')
    expect(written[2]!.text).toContain('5 × (80 + 25)')
    expect(actions(all)[0]!.action).toHaveLength(3)
  })

  test('a split first dose is an instruction for each day, in order, and the lasting dose comes last', () => {
    const steps = [
      { cycle: 1, day: 1, protocolDose: 350, doseMg: 350 },
      { cycle: 1, day: 2, protocolDose: 700, doseMg: 700 },
      { cycle: 1, day: 8, protocolDose: null },
    ]
    const component = {
      drug: 'a',
      protocolDose: 1050,
      unit: 'mg',
      route: 'iv',
      days: [1, 15],
      steps,
      doseMg: 1050,
      derivation: ['1050 mg'],
    }
    const all = resources(
      document({ options: [option({ drugs: ['a'], regimen: { id: 'r', title: 'R', cycleDays: 28, components: [component] } })] }),
    )
    const [request] = ofType(all, 'MedicationRequest')
    const written = request!.dosageInstruction as readonly Json[]
    expect(written.map((d) => [d.sequence, (d.doseAndRate as readonly Json[] | undefined)?.[0]?.doseQuantity])).toMatchObject([
      [1, { value: 350 }],
      [2, { value: 700 }],
      [3, undefined],
      [4, { value: 1050 }],
    ])
    expect(written.map((d) => d.text)).toMatchObject([
      expect.stringContaining('350 mg; iv; cycle 1 day 1'),
      expect.stringContaining('700 mg; iv; cycle 1 day 2'),
      expect.stringContaining('dose not told; iv; cycle 1 day 8'),
      expect.stringContaining('1050 mg; iv; from cycle 2, day 1, 15'),
    ])
  })

  test.each([
    { name: 'needs data', over: { standing: 'needs-data' as const } },
    { name: 'waits for a result', over: { procedure: 'test-first', drugs: ['alectinib'] } },
  ])('an option that $name points at the test and proposes no drug', ({ over }) => {
    const waiting = option({
      drugs: ['alectinib'],
      needs: [{ fact: 'alk-fusion', test: 'ngs-broad-dna-rna', ifTrue: 'stands as recommended', ifFalse: 'not an option' }],
      ...over,
    })
    const all = resources(document({ options: [waiting], tests: [panel] }))
    expect(ofType(all, 'MedicationRequest')).toEqual([])
    const [request] = ofType(all, 'ServiceRequest')
    expect(actions(all)[0]).toMatchObject({ resource: { reference: `ServiceRequest/${request!.id}` } })
  })

  test('a question without a listed test becomes a request to find out', () => {
    const asking = option({ standing: 'needs-data', drugs: ['x'], needs: [{ fact: 'declines', ifTrue: 'no', ifFalse: 'yes' }] })
    const all = resources(document({ options: [asking] }), { facts: [{ id: 'declines', label: 'What the patient declines' }] })
    expect(ofType(all, 'MedicationRequest')).toEqual([])
    expect(ofType(all, 'ServiceRequest')).toMatchObject([{ code: { text: 'Find out: What the patient declines' } }])
  })

  test.each(['stop', 'hold'])('to %s a drug never becomes a MedicationRequest for it', (procedure) => {
    const all = resources(document({ options: [option({ drugs: ['alectinib'], procedure, title: `${procedure} alectinib` })] }))
    expect(ofType(all, 'MedicationRequest')).toEqual([])
    expect(ofType(all, 'ServiceRequest')).toMatchObject([{ code: { text: `${procedure} alectinib` } }])
  })

  test('continuing a drug with radiation of one lesion: a request for each part, site included', () => {
    const combined = option({ drugs: ['osimertinib'], procedure: 'continue', also: [{ technique: 'sbrt', site: 'adrenal' }] })
    const all = resources(document({ options: [combined] }))
    expect(ofType(all, 'MedicationRequest')).toHaveLength(1)
    expect(ofType(all, 'ServiceRequest')).toMatchObject([{ bodySite: [{ text: 'adrenal' }] }])
  })
})

test('radiation schedules and what must be met before a cycle stand in the notes', () => {
  const sbrt = option({
    technique: 'sbrt',
    site: 'lung',
    fractionations: [{ totalGy: 50, fractions: 5, gyPerFraction: 10, bed10: 100, eqd2: 83.3, review: 'unconfirmed' }],
  })
  const chemotherapy = option({
    id: 'chemo',
    drugs: ['a'],
    regimen: {
      id: 'r',
      title: 'R',
      startLimits: ['neutrophils at least 1.5'],
      components: [{ drug: 'a', protocolDose: 80, unit: 'mg', route: 'oral', days: 'daily', missing: ['weight'] }],
    },
  })
  const all = resources(document({ options: [sbrt, chemotherapy] }), { facts: [{ id: 'weight', label: 'Weight' }] })
  expect(JSON.stringify(ofType(all, 'ServiceRequest')[0]!.note)).toContain(
    '50 Gy in 5 fractions of 10 Gy (BED10 100 Gy, EQD2 83.3 Gy); UNCONFIRMED',
  )
  const [request] = ofType(all, 'MedicationRequest')
  expect(JSON.stringify(request!.note)).toContain('To start a cycle: neutrophils at least 1.5')
  // a dose that waits for a fact is no quantity, flat unit or not
  expect(request!.dosageInstruction).toMatchObject([{ text: '80 mg; oral; daily; the dose needs Weight' }])
  expect(JSON.stringify(request!.dosageInstruction)).not.toContain('doseQuantity')
})

test('alerts, bars and clashes are all DetectedIssues; the same rule twice has two ids', () => {
  const bar = { treatment: 'a PD-1 inhibitor', reason: 'unsafe', rule: 'no-ici', because: because('lungs'), evidence: [] }
  const all = resources(
    document({
      alerts: [
        {
          id: 'cord-compression',
          urgency: 'emergency',
          title: 'Cord compression',
          suspected: true,
          actions: ['MRI today'],
          because: because('leg power 3'),
          evidence: [],
        },
      ],
      notAdvised: [bar, { ...bar, drugs: ['nivolumab'], match: 'contains' }],
      interactions: [
        {
          id: 'i',
          between: ['a', 'b'],
          title: 'Clash',
          window: { text: 'wait', earliest: '2026-12-01' },
          because: because('c'),
          evidence: [],
        },
      ],
    }),
  )
  const issues = ofType(all, 'DetectedIssue')
  expect(issues.map((i) => (i.code as Json).text)).toEqual([
    'Cord compression (suspected)',
    'Not advised: a PD-1 inhibitor',
    'Not advised: a PD-1 inhibitor',
    'Clash',
  ])
  expect(new Set(issues.map((i) => i.id)).size).toBe(4)
  expect(issues[3]!.detail).toContain('earliest 2026-12-01')
})

test('a refusal has no RequestGroup, says so in its title, and carries the problems', () => {
  const problem = {
    code: 'not-metastatic',
    severity: 'error',
    path: 'stage-iv',
    message: 'nothing says stage IV',
    remedy: 'stage it',
  } as const
  const all = resources(document({ status: 'refused', problems: [problem] }))
  expect(all.map((r) => r.resourceType)).toEqual(['CarePlan', 'GuidanceResponse', 'OperationOutcome', 'Provenance'])
  expect(all[0]).toMatchObject({ title: 'No plan can be proposed', status: 'draft', intent: 'proposal' })
  expect(all[1]).toMatchObject({ status: 'failure' })
  expect(all[2]).toMatchObject({ issue: [{ severity: 'error', diagnostics: 'stage-iv: stage it' }] })
})

describe('laws of the written bundle', () => {
  const hostile = '<script>alert(1)</script> \u0000\ud800 & "x" '
  const doc = document({
    patient: 'Patient/ünï cöde',
    case: { facts: {}, story: hostile },
    options: [
      option({ drugs: ['a-drug-with-a-very-long-name-that-goes-on'], id: 'an-option-with-a-very-long-id-that-goes-on-and-on:variant' }),
    ],
    tests: [{ ...panel, because: because(hostile) }],
    support: [{ service: 'nutrition', title: hostile, actions: [], dueBy: '2026-11-01', because: because(''), evidence: [] }],
  })

  test('text of a chart is never markup, and only what XML and FHIR allow', () => {
    const written = JSON.stringify(writePlan(doc))
    for (const { text } of resources(doc) as readonly { readonly text: { readonly div: string } }[])
      expect(text.div).not.toContain('<script')
    expect(written).not.toMatch(/\\u0000|\\ud800/)
    expect(written).not.toMatch(/:(null|\[\]|\{\}|"")/)
  })

  test('ids are legal, unique and the same each time; every request is a draft proposal', () => {
    const all = resources(doc)
    const ids = all.map((r) => `${r.resourceType}/${r.id}`)
    for (const r of all) expect(r.id).toMatch(/^[A-Za-z0-9.-]{1,64}$/)
    expect(new Set(ids).size).toBe(ids.length)
    expect(writePlan(doc)).toEqual(writePlan(doc))
    for (const r of all.filter((x) => /Request|CarePlan/.test(String(x.resourceType))))
      expect(r).toMatchObject({ status: 'draft', intent: 'proposal' })
  })

  test('every reference within the bundle resolves, and provenance covers every resource that proposes', () => {
    const all = resources(doc)
    const ids = new Set(all.map((r) => `${r.resourceType}/${r.id}`))
    const references = [...JSON.stringify(all).matchAll(/"reference":"([^"]+)"/g)]
      .map((m) => m[1]!)
      .filter((r) => !r.startsWith('Patient/'))
    for (const reference of references) expect(ids).toContain(reference)
    const targets = ofType(all, 'Provenance')[0]!.target as readonly unknown[]
    expect(targets).toHaveLength(all.length - 1)
  })
})
