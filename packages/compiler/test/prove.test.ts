import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { plan } from '@secondwind/care'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compileKnowledge, findingText, type Proof, prove, unconfirmed, WITNESS_DAY } from '../src/index.ts'

const CITES = 'cites: [{ source: trial-one, at: abstract, says: longer survival }]'
const option = (id: string, drugs: string, when: string, more = ''): string => `
- id: ${id}
  title: ${id}
  group: g
  approaches: [chemotherapy]
  regimens: [${drugs}]
  when: ${when}
  standing: [{ as: recommended, because: it works }]
  strength: strong
  evidenceKind: randomised-survival
  toxicity: low
  priority: ${id === 'option-two' ? 2 : 1}
  against: [{ say: tiredness }]
  ${CITES}
  review: confirmed
  examples: []
${more}`

/** A sound base, small enough to read: two first-line options by histology, one later, care alone, one bar. Each test plants one fault. */
const SOUND: { readonly [file: string]: string } = {
  'facts/all.yaml': `
- { id: ecog, label: ECOG, type: integer, absence: asked, plausible: [0, 4] }
- { id: histology, label: Histology, type: code, absence: witnessed, values: { a: adenocarcinoma, b: squamous } }
- { id: stage-iv, label: Stage IV, type: truth, absence: asked }
- { id: deceased, label: Deceased, type: truth, absence: listed }
- { id: ild, label: Lung fibrosis, type: truth, absence: asked }
- { id: palliative-lines, label: Lines, type: integer, absence: listed, plausible: [0, 20] }
- { id: progressing-now, label: Growth, type: truth, absence: asked }
- { id: on-treatment, label: Treatment runs, type: truth, absence: listed }
- { id: prior-drugs, label: Drugs so far, type: codes, absence: listed }
- { id: palliative-drugs, label: Drugs of advanced disease, type: codes, absence: listed }
- { id: palliative-classes, label: Classes of advanced disease, type: codes, absence: listed }
- { id: current-drugs, label: Drugs now, type: codes, absence: listed }
- { id: progressed-on, label: Failed drugs, type: codes, absence: listed }
- { id: brain-metastases, label: Brain metastases, type: truth, absence: asked }
- { id: leptomeningeal-disease, label: Leptomeninges, type: truth, absence: listed }
- { id: preferences, label: Wishes, type: codes, absence: asked }
`,
  'criteria/all.yaml': `
- { id: untreated, label: no line yet, when: { fact: palliative-lines, equals: 0 } }
- { id: growing, label: growth after a line, when: { all: [{ fact: palliative-lines, atLeast: 1 }, { fact: progressing-now, is: true }] } }
- { id: frail, label: ECOG 3 or 4, when: { fact: ecog, atLeast: 3 } }
`,
  'sources/all.yaml': '- { id: trial-one, title: Trial one, kind: trial, accessed: 2026-11-23, review: confirmed }\n',
  'terminology/drugs.yaml': `
- { id: carboplatin, label: carboplatin, classes: [platinum], routes: [iv], anticancer: true }
- { id: pemetrexed, label: pemetrexed, classes: [antifolate], routes: [iv], anticancer: true }
- { id: docetaxel, label: docetaxel, classes: [taxane], routes: [iv], anticancer: true }
`,
  'regimens/all.yaml': ['carboplatin', 'pemetrexed', 'docetaxel']
    .map(
      (drug) => `
- id: ${drug}
  title: ${drug}
  cycleDays: 21
  components: [{ drug: ${drug}, dose: 75, unit: mg/m2, route: iv, days: [1] }]
  cites: [{ source: trial-one, at: dose, says: 75 mg/m2 }]
  review: confirmed
`,
    )
    .join(''),
  'treatment/all.yaml': [
    option('option-one', 'carboplatin', '{ all: [{ ref: untreated }, { fact: histology, is: a }] }'),
    option('option-two', 'pemetrexed', '{ all: [{ ref: untreated }, { fact: histology, in: [a, b] }] }'),
    option('option-later', 'docetaxel', '{ all: [{ ref: growing }, { not: { fact: palliative-classes, has: taxane } }] }'),
    `
- id: go-on
  title: go on
  group: g2
  approaches: [chemotherapy]
  regimens: []
  drugsFrom: current-drugs
  procedure: continue
  when: { all: [{ fact: on-treatment, is: true }, { fact: progressing-now, is: false }] }
  standing: [{ as: conditional, because: asked again, when: { ref: frail } }, { as: recommended, because: it holds }]
  strength: strong
  evidenceKind: consensus
  toxicity: low
  priority: 1
  against: [{ say: visits }]
  ${CITES}
  review: confirmed
  examples: []
- id: care-alone
  title: care alone
  group: care
  approaches: [supportive-care]
  regimens: []
  procedure: best-supportive-care
  when: { fact: stage-iv, is: true }
  standing:
    - { as: alternative, because: a taxane has been used and nothing is left, when: { all: [{ ref: growing }, { fact: palliative-classes, has: taxane }] } }
    - { as: conditional, because: only at the wish of the patient }
  strength: consensus
  evidenceKind: consensus
  toxicity: low
  priority: 9
  against: [{ say: the disease runs its course }]
  ${CITES}
  review: confirmed
  examples: []
`,
  ].join(''),
  'safety/all.yaml': `
- id: lung-bar
  title: No docetaxel with lung fibrosis
  applies: { drugs: [docetaxel] }
  when: { fact: ild, is: true }
  effect: bar
  reason: unsafe
  show: when-true
  notAdvised: { treatment: Docetaxel, drugs: [docetaxel], match: contains }
  say: not with fibrosis
  ${CITES}
  review: confirmed
  reviewBy: '2030-01'
  examples: []
`,
  'policy/ranking.yaml': `
- id: ranking
  order: [standing, first-step, local-place, preferences, strength, evidence-kind, brain-activity, fitness, priority, variant, id]
  strength: [strong, moderate, weak, consensus]
  evidenceKind: [randomised-survival, consensus]
  preferences: []
`,
  'policy/constraints.yaml': `
- { id: classes, because: read off the drugs, classes: [palliative-drugs, palliative-classes] }
- { id: given, because: what was given for advanced disease was given, within: [palliative-drugs, prior-drugs] }
- { id: none-yet, because: no line no drug, when: { fact: palliative-lines, equals: 0 }, empty: [palliative-drugs] }
- { id: a-line-has-a-drug, because: a line is made of drugs, when: { fact: palliative-lines, atLeast: 1 }, filled: [palliative-drugs] }
- { id: running, because: what runs has a drug, when: { fact: on-treatment, is: true }, filled: [current-drugs] }
`,
  'policy/proof.yaml': `
- id: proof
  plans: { all: [{ fact: stage-iv, is: true }, { fact: histology, in: [a, b] }, { not: { fact: deceased, is: true } }] }
  fallbacks: [care-alone]
  drugFacts: [prior-drugs, palliative-drugs, current-drugs, progressed-on]
  situations:
    - { id: untreated, say: no line yet, when: { ref: untreated } }
    - { id: growing, say: growth, when: { ref: growing } }
    - { id: held-on, say: treatment runs, when: { all: [{ fact: palliative-lines, atLeast: 1 }, { fact: progressing-now, is: false }, { fact: on-treatment, is: true }] } }
    - { id: held-off, say: nothing runs, when: { all: [{ fact: palliative-lines, atLeast: 1 }, { fact: progressing-now, is: false }, { fact: on-treatment, is: false }] } }
  histologies: [[a], [b]]
  reasons: [{ id: watching, say: nothing grows and nothing runs, when: { all: [{ fact: progressing-now, is: false }, { fact: on-treatment, is: false }] } }]
  exclusive: [{ id: going-on-and-stopping, say: one goes on and the other stops, one: { procedures: [continue] }, other: { procedures: [stop] } }]
`,
}

let root: string
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'prove-'))
})
afterEach(() => {
  fs.rmSync(root, { recursive: true })
})

type Change = (text: string) => string
const compiled = (changes: { readonly [file: string]: Change } = {}) => {
  for (const [file, text] of Object.entries(SOUND)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    fs.writeFileSync(path.join(root, file), (changes[file] ?? ((t: string) => t))(text))
  }
  const result = compileKnowledge(root, 'test')
  // rules without examples are no matter here
  expect(result.findings.filter((f) => f.severity !== 'warning' && f.code !== 'example').map(findingText)).toEqual([])
  return result
}
const proven = async (changes: { readonly [file: string]: Change } = {}, cache?: string): Promise<Proof> =>
  (await prove(compiled(changes), cache))!
const replace =
  (from: string, to: string): Change =>
  (text) => {
    expect(text).toContain(from)
    return text.replace(from, to)
  }

test('a sound base has no finding, and a second run asks nothing', { timeout: 120_000 }, async () => {
  const cache = path.join(root, 'cache.json')
  const first = await proven({}, cache)
  expect(first.findings).toEqual([])
  expect(first.asked).toBeGreaterThan(10)
  expect((await proven({}, cache)).asked).toBe(0)
  // a change is asked about again, what it does not reach is not
  const changed = await proven({ 'safety/all.yaml': replace('{ fact: ild, is: true }', '{ fact: ild, is: false }') }, cache)
  expect(changed.findings).toEqual([])
  expect(changed.asked).toBeGreaterThan(0)
  expect(changed.asked).toBeLessThan(first.asked)
  // and who takes the change back does not wait again
  expect((await proven({}, cache)).asked).toBe(0)
})

const FAULTS: readonly { name: string; file: string; change: Change; key: string; at: string; says: RegExp; hasPatient: boolean }[] = [
  {
    name: 'a gap: squamous cancer loses its first line',
    file: 'treatment/all.yaml',
    change: replace('{ fact: histology, in: [a, b] }', '{ fact: histology, is: a }'),
    key: 'gap/untreated/b',
    at: 'option-two',
    says: /no option but care alone is open/,
    hasPatient: true,
  },
  {
    name: 'a tie: two recommendations that only their names order',
    file: 'treatment/all.yaml',
    change: replace('priority: 2', 'priority: 1'),
    key: 'conflict/tie/option-one/option-two',
    at: 'option-one',
    says: /only their names order them/,
    hasPatient: true,
  },
  {
    name: 'a contradiction: going on and stopping',
    file: 'treatment/all.yaml',
    change: (text) =>
      `${text}${text
        .slice(text.indexOf('- id: go-on'), text.indexOf('- id: care-alone'))
        .replace('id: go-on', 'id: stop-now')
        .replace('procedure: continue', 'procedure: stop')}`,
    key: 'conflict/going-on-and-stopping',
    at: 'go-on',
    says: /recommended at once/,
    hasPatient: true,
  },
  {
    name: 'an option that stands beside a warning against it',
    file: 'safety/all.yaml',
    change: (text) =>
      text
        .replace('applies: { drugs: [docetaxel] }', 'applies: { drugs: [docetaxel], exceptOptions: [option-later] }')
        .replace('drugs: [docetaxel], match: contains', 'class: taxane, match: contains'),
    key: 'conflict/not-advised/lung-bar',
    at: 'lung-bar',
    says: /not advised/,
    hasPatient: true,
  },
  {
    name: 'a dead rule',
    file: 'safety/all.yaml',
    change: replace(
      'when: { fact: ild, is: true }',
      'when: { all: [{ fact: ild, is: true }, { fact: ecog, atLeast: 3 }, { fact: ecog, below: 2 }] }',
    ),
    key: 'dead/safety/lung-bar.when',
    at: 'lung-bar',
    says: /can never be true/,
    hasPatient: false,
  },
  {
    name: 'a rule that only the constraints make dead',
    file: 'treatment/all.yaml',
    change: replace(
      '{ not: { fact: palliative-classes, has: taxane } }',
      '{ not: { fact: palliative-drugs, hasAny: [docetaxel, carboplatin, pemetrexed] } }',
    ),
    key: 'dead/treatment/option-later.when',
    at: 'option-later',
    says: /can never be true/,
    hasPatient: false,
  },
  {
    name: 'a standing row that never speaks',
    file: 'treatment/all.yaml',
    change: replace(
      '{ as: conditional, because: asked again, when: { ref: frail } }',
      '{ as: conditional, because: asked again, when: { fact: progressing-now, is: true } }',
    ),
    key: 'dead/treatment/go-on.standing.0',
    at: 'go-on',
    says: /never speaks/,
    hasPatient: false,
  },
  {
    name: 'a rule that is always true',
    file: 'safety/all.yaml',
    change: replace('when: { fact: ild, is: true }', 'when: { any: [{ fact: ild, is: false }, { fact: ild, is: true }] }'),
    key: 'always/safety/lung-bar.when',
    at: 'lung-bar',
    says: /always true/,
    hasPatient: false,
  },
]

describe('a planted fault is found, with its line', () => {
  test.each(FAULTS)('$name', { timeout: 120_000 }, async ({ file, change, key, at, says, hasPatient }) => {
    const base = compiled({ [file]: change })
    const { findings } = (await prove(base))!
    const finding = findings.find((f) => f.key.startsWith(key))
    expect(finding, findings.map((f) => f.key).join()).toBeDefined()
    expect(finding!.message).toMatch(says)
    expect(finding!.remedy).not.toBe('')
    const lines = fs.readFileSync(path.join(root, file), 'utf8').split('\n')
    const entry = lines.findIndex((line) => line.startsWith(`- id: ${at}`)) + 1
    const next = lines.findIndex((line, i) => i >= entry && line.startsWith('- id:'))
    const place = finding!.rules.find((rule) => rule.id === at)
    expect(place?.file).toBe(`knowledge/${file}`)
    expect(place!.line).toBeGreaterThanOrEqual(entry)
    expect(place!.line).toBeLessThanOrEqual(next < 0 ? lines.length : next)
    expect(finding!.witness !== undefined).toBe(hasPatient)
    if (hasPatient) {
      const knowledge = { ...base.knowledge, facts: base.knowledge.facts }
      const facts = { ...finding!.witness!.facts, histology: { value: 'squamous', sources: [] } }
      // the planner takes only the histologies it knows, so the patient is planned under one of those names
      const document = plan({
        knowledge: renamed(knowledge, finding!.witness!.facts.histology),
        patientCase: { patient: 'w', asOf: WITNESS_DAY, facts },
        problems: [],
        chartDigest: '',
        software: '',
      })
      expect(unconfirmed(finding!, document)).toBeUndefined()
    }
  })
})

/** The base with the value that the witness has called `squamous`. */
function renamed<T>(knowledge: T, histology: unknown): T {
  const value = (histology as { value: string }).value
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk)
    if (typeof node !== 'object' || node === null) return node
    const record = node as Record<string, unknown>
    if (record.op === 'is' && record.fact === 'histology')
      return { ...record, values: (record.values as string[]).map((v) => (v === value ? 'squamous' : v)) }
    return Object.fromEntries(Object.entries(record).map(([k, v]) => [k, walk(v)]))
  }
  return walk(knowledge) as T
}

test('what asks whether something is known may be taken back, and is found whatever way it came in', { timeout: 120_000 }, async () => {
  const base = compiled()
  const options = base.knowledge.options.map((o) =>
    o.id === 'option-one' ? { ...o, when: { op: 'not' as const, of: { op: 'known' as const, fact: 'ecog' } } } : o,
  )
  const { findings } = (await prove({ ...base, knowledge: { ...base.knowledge, options } }))!
  expect(findings.find((f) => f.property === 'monotone')?.rules[0]).toMatchObject({
    id: 'option-one',
    file: 'knowledge/treatment/all.yaml',
  })
})

test('an accepted finding is named with its reason; one that is gone must leave the list', { timeout: 120_000 }, async () => {
  const dead = replace('when: { fact: ild, is: true }', 'when: { all: [{ fact: ild, is: true }, { fact: ild, is: false }] }')
  const accepted = "- { id: known, finding: dead/safety/lung-bar.when, because: kept for later, on: '2026-11-23' }\n"
  const extra = { ...SOUND, 'policy/accepted-findings.yaml': accepted }
  for (const [file, text] of Object.entries(extra)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    fs.writeFileSync(path.join(root, file), file === 'safety/all.yaml' ? dead(text) : text)
  }
  const withFault = (await prove(compileKnowledge(root, 'test')))!
  expect(withFault.accepted.find((f) => f.key === 'dead/safety/lung-bar.when')?.accepted).toBe('kept for later')
  expect(withFault.findings.map((f) => f.key)).not.toContain('dead/safety/lung-bar.when')
  fs.writeFileSync(path.join(root, 'safety/all.yaml'), SOUND['safety/all.yaml']!)
  const without = (await prove(compileKnowledge(root, 'test')))!
  expect(without.findings.map((f) => f.key)).toEqual(['accepted/known'])
})
