import type { Option, PlannedComponent, PlannedRegimen } from '@secondwind/core'
import { describe, expect, test } from 'vitest'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'

/** Doses as the plan prints them, from the knowledge base as it is: each case is worked by hand from the cited source of its rule. */
const { knowledge } = openKnowledge()
const AS_OF = '2026-11-23'

const bundle = {
  resourceType: 'Bundle',
  type: 'collection',
  entry: [
    { resource: { resourceType: 'Patient', id: 'p' } },
    {
      resource: {
        resourceType: 'Condition',
        id: 'cancer',
        subject: { reference: 'Patient/p' },
        code: { coding: [{ system: 'http://snomed.info/sct', code: '254637007', display: 'Non-small cell lung cancer' }] },
      },
    },
  ],
}

const BODY = [
  'sex=female',
  'age=60',
  'weight=60 kg',
  'height=165 cm',
  'creatinine=79.58 umol/L',
  'bilirubin-xuln=0.6',
  'ast-xuln=0.7',
  'alt-xuln=0.7',
]
const STAGE = ['stage-group=ivb', 'ecog=1']

function optionsFor(...set: readonly string[]): readonly Option[] {
  const charts = parseCharts(Buffer.from(JSON.stringify(bundle)))
  if (!charts.ok) throw new Error(JSON.stringify(charts.error))
  const overrides = [...new Map([...BODY, ...STAGE, ...set].map((entry) => [entry.split('=')[0], entry])).values()]
  const plan = planChart(charts.value[0]!, { knowledge, asOf: AS_OF, overrides })
  if (!plan.ok) throw new Error(JSON.stringify(plan.error))
  return plan.value.options
}

function regimen(id: string, ...set: readonly string[]): PlannedRegimen {
  const options = optionsFor(...set)
  const found = options.find((o) => o.regimen?.id === id)?.regimen
  if (!found) throw new Error(`${id} is not among ${options.map((o) => o.regimen?.id ?? o.title).join(', ')}`)
  return found
}

const drug = (planned: PlannedRegimen, name: string): PlannedComponent => planned.components.find((c) => c.drug === name)!

const EGFR = ['histology=adenocarcinoma', 'egfr-l858r=yes']
const ALK = ['histology=adenocarcinoma', 'alk-fusion=yes']

describe('chemotherapy with osimertinib', () => {
  const id = 'carboplatin-osimertinib-pemetrexed'

  test('a woman of 60, 60 kg, 165 cm, creatinine 0.9 mg/dL', () => {
    const planned = regimen(id, ...EGFR)
    // (140 − 60) × 60 ÷ (72 × 0.9) × 0.85 = 62.96; 5 × 87.96 = 439.8
    expect(drug(planned, 'carboplatin').doseMg).toBe(440)
    // √(165 × 60 ÷ 3600) = 1.6583; × 500 = 829.2
    expect(drug(planned, 'pemetrexed').doseMg).toBe(830)
    expect(drug(planned, 'osimertinib').doseMg).toBe(80)
    expect(planned.maintenance?.components.find((c) => c.drug === 'pemetrexed')?.doseMg).toBe(830)
    expect(planned.startLimits?.join()).toContain('clearance of 45')
    expect(drug(planned, 'carboplatin').derivation?.join('\n')).toContain(
      'Cockcroft-Gault: (140 − 60) × 60 ÷ (72 × 0.9) × 0.85 = 62.96 mL/min',
    )
  })

  test('without a creatinine there is no number for what the kidney clears, and it says what is missing', () => {
    const planned = regimen(id, ...EGFR, 'creatinine=unknown')
    for (const name of ['carboplatin', 'pemetrexed']) {
      expect(drug(planned, name).doseMg).toBeUndefined()
      expect(drug(planned, name).missing).toEqual(['creatinine'])
    }
    expect(drug(planned, 'osimertinib').doseMg).toBe(80)
  })

  test('an indexed eGFR of the chart never enters Calvert', () => {
    const planned = regimen(id, ...EGFR, 'creatinine=unknown', 'creatinine-clearance-measured=90 mL/min/1.73m2')
    expect(drug(planned, 'carboplatin').doseMg).toBeUndefined()
    expect(drug(planned, 'carboplatin').missing).toEqual(['creatinine'])
  })

  test('a measured GFR takes the place of Cockcroft-Gault', () => {
    expect(drug(regimen(id, ...EGFR, 'gfr-measured=90 mL/min'), 'carboplatin').doseMg).toBe(580)
  })

  test('a very low creatinine is raised to 0.7 mg/dL', () => {
    // (140 − 60) × 60 ÷ (72 × 0.7) × 0.85 = 80.95; 5 × 105.95 = 529.8
    expect(drug(regimen(id, ...EGFR, 'creatinine=40 umol/L'), 'carboplatin').doseMg).toBe(530)
  })

  test('a creatinine of two months ago is too old for a dose', () => {
    const stale = structuredClone(bundle) as { entry: unknown[] } & typeof bundle
    stale.entry.push({
      resource: {
        resourceType: 'Observation',
        id: 'crea',
        status: 'final',
        subject: { reference: 'Patient/p' },
        code: { coding: [{ system: 'http://loinc.org', code: '2160-0' }] },
        effectiveDateTime: '2026-09-20',
        valueQuantity: { value: 0.9, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
      },
    })
    const charts = parseCharts(Buffer.from(JSON.stringify(stale)))
    if (!charts.ok) throw new Error('chart')
    const overrides = [...BODY.filter((entry) => !entry.startsWith('creatinine')), ...STAGE, ...EGFR]
    const plan = planChart(charts.value[0]!, { knowledge, asOf: AS_OF, overrides })
    if (!plan.ok) throw new Error('plan')
    const planned = plan.value.options.find((o) => o.regimen?.id === id)!.regimen!
    expect(drug(planned, 'carboplatin').missing).toEqual(['creatinine'])
  })
})

describe('tablets', () => {
  const crizotinib = (...set: readonly string[]) => drug(regimen('crizotinib', ...ALK, ...set), 'crizotinib')
  const lorlatinib = (...set: readonly string[]) => drug(regimen('lorlatinib', ...ALK, ...set), 'lorlatinib')
  const brigatinib = (...set: readonly string[]) => drug(regimen('brigatinib', ...ALK, ...set), 'brigatinib')

  test.each([
    { name: 'normal liver and kidney', set: [], mg: 250, days: 'twice-daily' },
    { name: 'bilirubin twice the limit', set: ['bilirubin-xuln=2'], mg: 200, days: 'twice-daily' },
    { name: 'bilirubin four times the limit', set: ['bilirubin-xuln=4'], mg: 250, days: 'daily' },
    { name: 'clearance of 22', set: ['creatinine-clearance=22 mL/min'], mg: 250, days: 'daily' },
  ])('crizotinib, $name', ({ set, mg, days }) => {
    expect(crizotinib(...set)).toMatchObject({ doseMg: mg, days, protocolDose: 250 })
  })

  test('crizotinib beside a strong CYP3A inhibitor: no number, and why', () => {
    const planned = crizotinib('medicine-classes=cyp3a-strong-inhibitor')
    expect(planned.doseMg).toBeUndefined()
    expect(planned.note).toContain('avoided with a strong CYP3A inhibitor')
  })

  test('ensartinib beside itraconazole is not offered without a word', () => {
    const ensartinib = (...set: readonly string[]) => optionsFor(...ALK, ...set).find((o) => o.drugs.join() === 'ensartinib')!
    const plain = ensartinib()
    const beside = ensartinib('medicine-classes=cyp3a-strong-inhibitor')
    expect(plain.cautions.map((c) => c.rule)).not.toContain('ensartinib-cyp3a')
    expect(beside.cautions.map((c) => c.rule)).toContain('ensartinib-cyp3a')
    expect(beside.standing).toBe('conditional')
  })

  test('crizotinib on dialysis: no dose, and it says so', () => {
    const planned = crizotinib('dialysis=yes')
    expect(planned.doseMg).toBeUndefined()
    expect(planned.note).toContain('no dose')
  })

  test.each([
    { name: 'normal', set: [], mg: 100 },
    { name: 'clearance of 22', set: ['creatinine-clearance=22 mL/min'], mg: 75 },
    { name: 'a strong inhibitor', set: ['medicine-classes=cyp3a-strong-inhibitor'], mg: 75 },
  ])('lorlatinib, $name', ({ set, mg }) => {
    expect(lorlatinib(...set).doseMg).toBe(mg)
  })

  test('brigatinib at a clearance of 20 starts at 60 mg and stays at 90', () => {
    const planned = brigatinib('creatinine-clearance=20 mL/min')
    expect(planned.doseMg).toBe(90)
    expect(planned.steps?.map((s) => [s.day, s.doseMg])).toEqual([
      [1, 60],
      [8, 90],
    ])
  })

  test('an unconfirmed adjustment is said and leaves the number alone', () => {
    const planned = brigatinib('medicine-classes=cyp3a-strong-inhibitor')
    expect(planned.doseMg).toBe(180)
    expect(planned.note).toContain('unconfirmed, not in the number')
  })

  test('two reductions at once: the first applies, the other is named', () => {
    const planned = lorlatinib('creatinine-clearance=22 mL/min', 'medicine-classes=cyp3a-strong-inhibitor')
    expect(planned.doseMg).toBe(75)
    expect(planned.note).toContain('holds as well, not in the number')
  })
})

describe('small cell lung cancer', () => {
  const SCLC = ['histology=sclc', 'stage-group=extensive']
  const id = 'carboplatin-durvalumab-etoposide'
  const find = (...set: readonly string[]) => {
    const options = optionsFor(...SCLC, ...set)
    return options.find((o) => o.regimen?.id === id || o.drugs.join('-') === id)?.regimen
  }

  test.each([
    { clearance: 51, mg: 130 },
    { clearance: 50, mg: 100 },
    { clearance: 15, mg: 100 },
  ])('etoposide 80 mg/m2 at a clearance of $clearance', ({ clearance, mg }) => {
    // 80 × 1.6583 = 132.7 mg; three quarters: 99.5 mg; steps of 10 mg
    expect(drug(find(`creatinine-clearance=${clearance} mL/min`)!, 'etoposide').doseMg).toBe(mg)
  })

  test('durvalumab at 29 kg has no flat dose', () => {
    const planned = drug(find('weight=29 kg')!, 'durvalumab')
    expect(planned.doseMg).toBeUndefined()
    expect(planned.note).toContain('dosed by weight')
  })
})

test('every dose of every regimen shown is a positive number with a derivation, or says why it is none', () => {
  const cases = [
    EGFR,
    ALK,
    ['histology=sclc', 'stage-group=extensive'],
    ['histology=squamous', 'pd-l1-tps=60'],
    ['histology=adenocarcinoma', 'ret-fusion=yes'],
  ]
  for (const set of cases) {
    for (const option of optionsFor(...set)) {
      for (const c of [...(option.regimen?.components ?? []), ...(option.regimen?.maintenance?.components ?? [])]) {
        if (c.doseMg === undefined) expect(Boolean(c.missing?.length) || Boolean(c.note), `${option.id} ${c.drug}`).toBe(true)
        else {
          expect(c.doseMg).toBeGreaterThan(0)
          expect(c.derivation?.length).toBeGreaterThan(0)
        }
        expect(c.note ?? '').not.toContain('disagree')
      }
    }
  }
})
