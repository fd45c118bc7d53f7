import type { WHY } from '../src/index.ts'
import { GOOD } from './small-base.ts'

/** The small base with the parts that the faults below need: a safety rule with a limit in a unit, units and codes of charts, a second criterion. */
export const BASE: { readonly [file: string]: string } = {
  ...GOOD,
  'facts/more.yaml': `
- { id: creatinine, label: Creatinine, type: quantity, unit: umol/L, absence: asked, plausible: [15, 2000] }
- { id: weight, label: Weight, type: quantity, unit: kg, absence: asked, plausible: [20, 350] }
`,
  'criteria/more.yaml': `
- { id: fit-adenocarcinoma, label: fit with adenocarcinoma, when: { all: [{ ref: fit }, { fact: histology, is: a }] } }
`,
  'safety/all.yaml': `
- id: kidney
  title: Kidney
  applies: { drugs: [osimertinib] }
  when: { fact: creatinine, above: 300, fresh: true }
  effect: caution
  reason: caution
  say: the kidney is failing
  cites: [{ source: trial-one, at: a, says: b }]
  review: confirmed
  reviewBy: '2027-05-31'
  examples:
    - { name: high, given: { creatinine: 400 }, expect: 'true' }
    - { name: normal, given: { creatinine: 80 }, expect: 'false' }
    - { name: not measured, given: {}, expect: unknown, missing: [creatinine] }
`,
  'terminology/units.yaml': `
spellings: { umol/L: [µmol/L], mg/dL: [], kg: [], mL: [], min: [] }
units:
  creatinine: { umol/L: 1, mg/dL: 88.42 }
`,
  'terminology/biomarker-codes.yaml': `
tests:
  - { code: 21665-5, genes: [EGFR], covers: mutation }
`,
  'terminology/conditions.yaml': `
findings:
  - { id: fibrosis, sets: { ild: true }, snomed: ['51615001'], icd10: [J84.10], phrases: [lung fibrosis] }
  - { id: cell-type, sets: { histology: a }, phrases: [adenocarcinoma] }
`,
  'monitoring/tests.yaml': `
- { id: renal-function, title: Kidney function, settles: [creatinine], urgency: soon, say: measure it }
`,
}

export interface Told {
  readonly findings: readonly {
    code: keyof typeof WHY
    file: string
    line: number
    entry?: string
    message: string
    remedy: string
    why: string
    severity?: string
  }[]
}

export interface Fault {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  readonly code: string
  readonly line: number
  readonly entry?: string
  readonly says: RegExp
  readonly remedy: RegExp
}
