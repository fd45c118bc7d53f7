import fs from 'node:fs'
import path from 'node:path'
import { compileKnowledge, forBrowser, knowledgeVersion } from '@secondwind/compiler'
import { isKnown, type KnowledgeParts } from '@secondwind/core'
import { OVERRIDE_TABLES, parseCharts, readerKnowledge, readPatientCase } from '@secondwind/fhir'
import type { KnowledgeWords, PlannerCase } from '@secondwind/server/contract'
import { describe, expect, test } from 'vitest'
import { pagePlanner } from './page-planner.ts'
import { suggestionsFor } from './plain-words.ts'
import { fragmentOf, sharedIn, withChange } from './share.ts'

const ROOT = path.resolve(import.meta.dirname, '../../../..')
const folder = path.join(ROOT, 'knowledge')
const { knowledge } = compileKnowledge(folder, knowledgeVersion(folder))
const drugs = knowledge.drugs as readonly ((typeof knowledge.drugs)[number] & { readonly names?: readonly string[] })[]
const overTheWire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const parts: KnowledgeParts = overTheWire(forBrowser(knowledge))
const planner = pagePlanner(
  parts,
  overTheWire({
    drugs: Object.fromEntries(drugs.map(({ id, names }) => [id, names ?? []])),
    interactions: Object.fromEntries(knowledge.drugs.flatMap(({ id, interaction }) => (interaction ? [[id, interaction]] : []))),
    terminology: Object.fromEntries(OVERRIDE_TABLES.map((name) => [name, knowledge.terminology[name]])),
  }),
)
const words: KnowledgeWords = {
  facts: knowledge.facts,
  drugs: drugs.map(({ id, label, anticancer, names }) => ({ id, label, anticancer, names: names ?? [] })),
  tests: knowledge.tests,
  units: {
    weight: [
      { unit: 'kg', factor: 1, offset: 0 },
      { unit: 'lb', factor: 0.45359237, offset: 0 },
      { unit: 'g', factor: 0.001, offset: 0 },
    ],
  },
  sources: knowledge.sources,
}

function caseOf(name: string): PlannerCase {
  const charts = parseCharts(fs.readFileSync(path.join(ROOT, `fixtures/patients/${name}.json`)))
  if (!charts.ok) throw new Error('fixture')
  const read = readPatientCase(charts.value[0]!, readerKnowledge(knowledge), { asOf: '2026-11-23' })
  if (!read.ok) throw new Error('fixture')
  const { patientCase, issues: problems } = read.value
  return overTheWire({
    patientCase,
    problems,
    knowledgeProblems: [],
    chartDigest: 'x',
    software: 'test',
    knowledge: { version: knowledge.version, digest: knowledge.digest },
    revision: 1,
  })
}

describe('what if', () => {
  const given = caseOf('no-driver-pdl1-80-fit')
  const present = planner.present(given)

  test('a ROS1 fusion brings a ROS1 inhibitor first and takes the checkpoint inhibitor from its place', () => {
    const changed = planner.whatIf(given, ['ros1-fusion=yes'], present)
    if (!changed.ok) throw new Error(JSON.stringify(changed.error))
    const { document, changes } = changed.value
    const inhibitors = knowledge.drugs.filter((drug) => drug.classes.includes('ros1-tki')).map((drug) => drug.id)
    expect(inhibitors).toContain(document.options[0]?.drugs[0])
    expect(changes[0]?.weight).toBe('decision')
    expect(changes.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['first-choice', 'new-option', 'fact']))
    expect(isKnown(document.case.facts['ros1-fusion']) && document.case.facts['ros1-fusion'].enteredByHand).toBe(true)
    // nothing is kept: the same question without the change gives the present plan
    expect(JSON.stringify(planner.present(given))).toBe(JSON.stringify(present))
  })

  test('what was typed and cannot be read is refused with what to write instead', () => {
    const refused = planner.whatIf(given, ['ecog=9', 'ecoog=1'], present)
    expect(refused.ok ? [] : refused.error.map(({ code, remedy }) => [code, remedy])).toEqual([
      ['implausible-value', 'from 0 to 5'],
      ['unknown-fact', 'did you mean ecog?'],
    ])
  })

  test('of a patient of whom nothing is known no treatment is proposed, and the plan says why', () => {
    const blank = planner.blank('2026-11-23')
    const nothing = planner.present(blank)
    expect(nothing.status).toBe('refused')
    expect(nothing.problems.some(({ severity }) => severity === 'error')).toBe(true)
    const some = planner.whatIf(blank, ['histology=adenocarcinoma', 'stage-group=ivb', 'alk-fusion=yes', 'birth-date=1960-01-01'], nothing)
    expect(some.ok && some.value.document.status).toBe('proposed')
  })
})

describe('plain words', () => {
  const first = (text: string) => suggestionsFor(text, words)[0]?.set

  test.each([
    ['ROS1 positive', 'ros1-fusion=yes'],
    ['ros1 negative', 'ros1-fusion=no'],
    ['ECOG 3', 'ecog=3'],
    ['creatinine clearance 40', 'creatinine-clearance=40'],
    ['creatinine 130 umol/L', 'creatinine=130 umol/L'],
    ['on apixaban', 'medicines=+apixaban'],
    ['Eliquis', 'medicines=+apixaban'],
    ['osimertinib', 'current-drugs=osimertinib'],
    ['pregnant', 'pregnancy=yes'],
    ['not pregnant', 'pregnancy=no'],
    ['brain metastases', 'brain-metastases=yes'],
    ['adenocarcinoma', 'histology=adenocarcinoma'],
    ['PD-L1 60 %', 'pd-l1-tps=60 %'],
    ['EGFR exon 19 deletion', 'egfr-exon19-deletion=yes'],
    ['ALK unbekannt', 'alk-fusion=unknown'],
    ['ecog=2', 'ecog=2'],
  ])('%s means %s', (text, set) => {
    expect(first(text)).toBe(set)
  })

  test('every suggestion with a value can be read by the planner', () => {
    const given = caseOf('no-driver-pdl1-80-fit')
    const present = planner.present(given)
    for (const text of ['ros1 positive', 'ecog 2', 'weight 60', 'kras', 'squamous', 'renal', 'liver', 'on metoprolol', 'smoker'])
      for (const { set } of suggestionsFor(text, words)) {
        if (set === undefined) continue
        const read = planner.whatIf(given, [set], present)
        expect({ set, issues: read.ok ? [] : read.error.map(({ message }) => message) }).toEqual({ set, issues: [] })
      }
  })

  test('a number without its unit is offered in each unit in which it is possible', () => {
    expect(suggestionsFor('weight 60', words).map(({ set }) => set)).toEqual(expect.arrayContaining(['weight=60 kg', 'weight=60 lb']))
    expect(suggestionsFor('weight 60', words).map(({ set }) => set)).not.toContain('weight=60 g')
  })

  test('words that mean nothing suggest nothing', () => {
    expect(suggestionsFor('xyzzy plugh', words)).toEqual([])
    expect(suggestionsFor('  ', words)).toEqual([])
  })
})

describe('a link to share', () => {
  test('carries changes and release, and comes back as it was', () => {
    const shared = { set: ['ros1-fusion=yes', 'creatinine=130 umol/L', 'medicines=+apixaban'], release: '2026-11-23' }
    expect(sharedIn(`#${fragmentOf(shared)}`)).toEqual(shared)
    expect(fragmentOf(shared)).not.toMatch(/patient/i)
  })

  test('leaves out what is no change of a fact', () => {
    expect(sharedIn('#set=<script>&set=ecog=2&release=a/b')).toEqual({ set: ['ecog=2'] })
    expect(sharedIn('')).toEqual({ set: [] })
  })

  test('a fact that is changed twice has its last value', () => {
    expect(withChange(['ecog=1', 'ros1-fusion=yes'], 'ecog=3')).toEqual(['ros1-fusion=yes', 'ecog=3'])
  })
})
