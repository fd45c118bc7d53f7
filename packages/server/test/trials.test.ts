import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { plan } from '@secondwind/care'
import { type CheckedEntry, compileKnowledge, factsFromGiven } from '@secondwind/compiler'
import type { KnowledgeBase, Option, PlanDocument } from '@secondwind/core'
import { writePlan } from '@secondwind/fhir'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planText } from '../src/cli/text.ts'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'

/** Clinical trials on the real knowledge base. Patients are reasoned from the registry records of 2026-01-05. */
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const AS_OF = '2026-11-23'
const { knowledge, entries } = compileKnowledge(path.join(ROOT, 'knowledge'), 'test')
const registry = new Map(knowledge.facts.map((f) => [f.id, f]))
type Given = { readonly [fact: string]: unknown }
const presets = new Map(entries.filter((e) => e.kind === 'presets').map((e) => [e.value.id, e.value.given as Given]))

function planOf(given: Given, base: KnowledgeBase = knowledge, asOf = AS_OF): PlanDocument {
  const { facts, problems } = factsFromGiven(given, registry, presets, asOf)
  expect(problems).toEqual([])
  return plan({
    knowledge: base,
    patientCase: { patient: 'Patient/x', asOf, facts },
    problems: [],
    chartDigest: '0'.repeat(64),
    software: 't',
  })
}

const trialOf = (doc: PlanDocument, nct: string): Option | undefined => doc.options.find((o) => o.trial?.nct === nct)
const only = (nct: string): KnowledgeBase => ({ ...knowledge, trials: knowledge.trials.filter((t) => t.nct === nct) })
const without: KnowledgeBase = { ...knowledge, trials: [] }

const FIRST = { preset: ['no-driver', 'fit-first-line', 'normal-organs'], histology: 'adenocarcinoma' }
const SECOND = { preset: ['no-driver', 'second-line', 'normal-organs'], histology: 'adenocarcinoma' }
const G12C = { ...FIRST, 'kras-g12c': true, 'pd-l1-tps': 80, 'hbv-dna-detectable': false, pregnancy: false }
const AFTER_OSIMERTINIB = {
  ...SECOND,
  'egfr-l858r': true,
  'driver-known': true,
  'prior-drugs': ['osimertinib'],
  'progressed-on': ['osimertinib'],
  'progressed-on-classes': ['egfr-tki'],
  'prior-classes': ['egfr-tki'],
  'met-amplification': true,
  'hbv-dna-detectable': false,
}
const AFTER_CHEMO_IO = {
  ...SECOND,
  'prior-classes': ['platinum', 'immune-checkpoint-inhibitor'],
  'kras-other': true,
  pregnancy: false,
}
const SMALL_CELL = {
  preset: ['second-line', 'normal-organs'],
  histology: 'sclc',
  'prior-classes': ['platinum', 'immune-checkpoint-inhibitor'],
  pregnancy: false,
}

describe('a trial is met, not met or open', () => {
  // what changes, what the trial then is, and the fact and test that would settle what is open
  const table: [string, string, Given, Given, string, string?, string?][] = [
    ['NCT06345729', 'G12C and PD-L1 80%', G12C, {}, 'conditional'],
    ['NCT06345729', 'PD-L1 20%', G12C, { 'pd-l1-tps': 20 }, 'absent'],
    ['NCT06345729', 'PD-L1 unknown', G12C, { 'pd-l1-tps': null }, 'needs-data', 'pd-l1-tps', 'pd-l1-ihc'],
    ['NCT06345729', 'treated before', G12C, { 'palliative-lines': 1 }, 'absent'],
    ['NCT05920356', 'PD-L1 negative', G12C, { 'pd-l1-tps': 0 }, 'conditional'],
    ['NCT05920356', 'PD-L1 80%', G12C, {}, 'absent'],
    ['NCT06793215', 'a medicine that prolongs QT', G12C, { 'qt-prolonging-count': 1 }, 'absent'],
    ['NCT06881784', 'KRAS after chemo-immunotherapy', AFTER_CHEMO_IO, {}, 'conditional'],
    ['NCT06881784', 'docetaxel was given', AFTER_CHEMO_IO, { 'prior-drugs': ['docetaxel'] }, 'absent'],
    ['NCT06881784', 'no checkpoint inhibitor yet', AFTER_CHEMO_IO, { 'prior-classes': ['platinum'] }, 'absent'],
    ['NCT05261399', 'MET amplification after osimertinib', AFTER_OSIMERTINIB, {}, 'conditional'],
    [
      'NCT05261399',
      'neither MET result',
      AFTER_OSIMERTINIB,
      { 'met-amplification': null, 'met-ihc-high': null },
      'needs-data',
      'met-ihc-high',
      'met-ihc',
    ],
    ['NCT05261399', 'MET negative by both', AFTER_OSIMERTINIB, { 'met-amplification': false, 'met-ihc-high': false }, 'absent'],
    ['NCT05261399', 'small-cell change', AFTER_OSIMERTINIB, { 'transformed-histology': 'small-cell' }, 'absent'],
    ['NCT06305754', 'neuropathy of grade 2', AFTER_OSIMERTINIB, { 'neuropathy-grade': 2 }, 'absent'],
    ['NCT06305754', 'after osimertinib alone', AFTER_OSIMERTINIB, {}, 'conditional'],
    [
      'NCT06151574',
      'HER2 kinase domain',
      { ...FIRST, 'erbb2-tkd-mutation': true, 'erbb2-mutation': true, 'driver-known': true },
      {},
      'conditional',
    ],
    ['NCT06151574', 'HER2 unknown', FIRST, { 'erbb2-tkd-mutation': null }, 'needs-data', 'erbb2-tkd-mutation', 'ngs-broad-dna-rna'],
    ['NCT06151574', 'HER2 wild type', FIRST, {}, 'absent'],
    ['NCT06692738', 'squamous, PD-L1 20%', { ...FIRST, histology: 'squamous', 'pd-l1-tps': 20 }, {}, 'conditional'],
    ['NCT06692738', 'adenocarcinoma', { ...FIRST, 'pd-l1-tps': 20 }, {}, 'absent'],
    ['NCT06692738', 'ECOG 4', { ...FIRST, histology: 'squamous', 'pd-l1-tps': 20 }, { ecog: 4 }, 'absent'],
    ['NCT05578326', 'relapse of small cell cancer', SMALL_CELL, {}, 'conditional'],
    ['NCT05578326', 'an active infection', SMALL_CELL, { 'active-infection': true }, 'absent'],
    ['NCT05578326', 'ECOG not recorded', SMALL_CELL, { ecog: null }, 'needs-data', 'ecog'],
  ]
  test.each(table)('%s: %s', (...row: (typeof table)[number]) => {
    const [nct, , base, change, expected, fact, settledBy] = row
    const option = trialOf(planOf({ ...base, ...change }, only(nct)), nct)
    expect(option?.standing ?? 'absent').toBe(expected)
    if (!option) return
    expect(option.approaches).toContain('clinical-trial')
    expect(option.because.children?.length).toBe(option.trial!.criteria.length)
    expect(option.trial!.criteria.some((c) => c.met === 'unknown')).toBe(expected === 'needs-data')
    const need = option.needs.find((n) => n.fact === fact)
    if (fact) expect(need?.fact).toBe(fact)
    if (settledBy) expect(need?.test).toBe(settledBy)
  })

  const rules = entries.filter((e) => e.kind === 'trials' && e.value.id !== 'nct06117774')
  test.each(rules.map((e): [string, CheckedEntry] => [e.value.id, e]))('%s: what its examples say is what the plan says', (id, entry) => {
    const trial = knowledge.trials.find((t) => t.id === id)!
    const asOf = trial.until! < AS_OF ? trial.asOf : AS_OF
    const standings = (entry.value.examples as readonly { given: Given }[]).map(
      ({ given }) => trialOf(planOf(given, only(trial.nct), asOf), trial.nct)?.standing ?? 'absent',
    )
    expect(standings).toEqual(['conditional', 'absent', 'needs-data'])
  })
})

describe('what leaves a trial out', () => {
  test('the wish for none, and the registered end', () => {
    expect(planOf({ ...G12C, preferences: ['no-trial'] }).options.filter((o) => o.trial)).toEqual([])
    const frail = { ...FIRST, ecog: 2, pregnancy: false }
    expect(trialOf(planOf(frail, only('NCT04253964'), '2026-02-01'), 'NCT04253964')).toBeDefined()
    expect(trialOf(planOf(frail, only('NCT04253964')), 'NCT04253964')).toBeUndefined()
  })

  test('a drug of any arm that is unsafe in this patient', () => {
    expect(trialOf(planOf(G12C, only('NCT06793215')), 'NCT06793215')).toBeDefined()
    expect(trialOf(planOf({ ...G12C, 'organ-transplant': ['kidney'] }, only('NCT06793215')), 'NCT06793215')).toBeUndefined()
    // the record of CodeBreaK 202 does not speak of transplants; its control arm is a checkpoint inhibitor
    const negative = { ...G12C, 'pd-l1-tps': 0 }
    expect(trialOf(planOf({ ...negative, 'organ-transplant': ['kidney'] }, only('NCT05920356')), 'NCT05920356')).toBeUndefined()
  })

  test('the wish against what the other arm holds', () => {
    const her2 = { ...FIRST, 'erbb2-tkd-mutation': true, 'erbb2-mutation': true, 'driver-known': true }
    expect(trialOf(planOf({ ...her2, declines: ['chemotherapy'] }, only('NCT06151574')), 'NCT06151574')).toBeUndefined()
  })

  test('too much that is open; more than five; two open ones of a population', () => {
    const open = { ...FIRST, 'erbb2-tkd-mutation': null, ecog: null, age: null, 'heart-failure-nyha': null }
    expect(trialOf(planOf(open, only('NCT06151574')), 'NCT06151574')).toBeUndefined()
    const untested = planOf({ preset: ['fit-first-line', 'normal-organs'], histology: 'adenocarcinoma', 'pd-l1-tps': 60 })
    const trials = untested.options.filter((o) => o.trial)
    expect(trials.length).toBeLessThanOrEqual(5)
    const groups = trials.filter((o) => o.standing === 'needs-data').map((o) => knowledge.trials.find((t) => t.id === o.id)!.group)
    expect(new Set(groups).size).toBe(groups.length)
  })
})

test('a drug that is not advised outside the trial is not named as the drug of the option', () => {
  const doc = planOf(G12C, only('NCT06345729'))
  const option = trialOf(doc, 'NCT06345729')!
  expect(option.drugs).toEqual([])
  expect(option.procedure).toBe('clinical-trial')
  expect(option.cautions.some((c) => c.rule === 'kras-g12c-inhibitor-first-line' && c.say.startsWith('outside the trial: '))).toBe(true)
  const plain = trialOf(planOf(AFTER_OSIMERTINIB, only('NCT05261399')), 'NCT05261399')!
  expect(plain.drugs).toEqual(['osimertinib', 'savolitinib'])
  expect(plain.procedure).toBeUndefined()
})

test('while an emergency is handled a trial waits as any new systemic treatment does', () => {
  const waiting = planOf({ ...G12C, 'pd-l1-tps': 30, 'cord-compression': true, preferences: ['wants-trial'] })
  const option = waiting.options.find((o) => o.trial && o.drugs.length === 0)
  const firstTrial = waiting.options.findIndex((o) => o.trial)
  expect(firstTrial).toBeGreaterThan(0)
  expect(option).toBeDefined()
  for (const o of waiting.options.filter((x) => x.trial))
    expect(
      o.cautions.some((c) => c.say.startsWith('first: ')),
      o.id,
    ).toBe(true)
  expect(option?.standingBecause).toContain('waits until this is handled')
  // what is sound and only waits stays above, wished or not
  const sound = planOf({ ...G12C, 'pd-l1-tps': 30 }, without)
    .options.filter((o) => o.standing === 'recommended')
    .map((o) => o.id)
  const below = waiting.options.slice(firstTrial).map((o) => o.id)
  expect(below.filter((id) => sound.includes(id))).toEqual([])
})

test('a trial without a site in the country of treatment says so and comes after those with one', () => {
  const elsewhere = planOf({ ...AFTER_OSIMERTINIB, jurisdiction: 'uk' }, only('NCT06305754'))
  expect(trialOf(elsewhere, 'NCT06305754')?.cautions.some((c) => c.say.includes('no site in the country'))).toBe(true)
  const doc = planOf({ ...AFTER_OSIMERTINIB, jurisdiction: 'uk' })
  const regions = doc.options.filter((o) => o.trial && o.standing === 'conditional').map((o) => o.trial!.regions.includes('uk'))
  expect(regions).toEqual([...regions].sort((a, b) => Number(b) - Number(a)))
})

test('the wish for a trial raises it inside its standing', () => {
  const places = (doc: PlanDocument): readonly boolean[] =>
    doc.options.filter((o) => o.standing === 'conditional').map((o) => o.trial !== undefined)
  const given = { ...G12C, 'pd-l1-tps': 30 }
  const neutral = planOf(given)
  const wished = planOf({ ...given, preferences: ['wants-trial'] })
  expect(places(neutral).at(-1)).toBe(true)
  expect(places(neutral)[0]).toBe(false)
  expect(places(wished).indexOf(true)).toBeLessThan(places(neutral).indexOf(true))
  expect(wished.options.filter((o) => o.trial).every((o) => o.rankedBy?.includes('a clinical trial'))).toBe(true)
})

test('law: a trial never stands above a sound option, never hides one, and changes nothing else', { timeout: 120_000 }, () => {
  const givens = entries
    .filter((e) => e.kind === 'trials')
    .flatMap((e) => (e.value.examples as readonly { given: Given }[]).map((x) => x.given))
  const toggles: readonly Given[] = [
    { preferences: ['wants-trial'] },
    { 'cord-compression': true },
    { 'autoimmune-active': true },
    { ecog: 3 },
    { 'brain-metastases': true, 'brain-symptomatic': true },
    { 'creatinine-clearance': null },
    { 'pd-l1-tps': null },
    { jurisdiction: 'us' },
    { 'prior-pneumonitis-grade': 3 },
    { declines: ['immunotherapy'] },
  ]
  const SOUND = ['recommended', 'alternative']
  const plainly = (o: Option): unknown => ({ ...o, rank: 0 })
  fc.assert(
    fc.property(fc.constantFrom(...givens), fc.subarray([...toggles], { maxLength: 4 }), (given, extra) => {
      const all = Object.assign({}, given, ...extra) as Given
      const doc = planOf(all)
      const bare = planOf(all, without)
      const standard = doc.options.filter((o) => !o.trial)
      expect(standard.map(plainly)).toEqual(bare.options.map(plainly))
      expect({ ...doc, options: [], interactions: [] }).toEqual({ ...bare, options: [], interactions: [] })
      expect(doc.options.map((o) => o.rank)).toEqual(doc.options.map((_, i) => i + 1))
      const firstTrial = doc.options.findIndex((o) => o.trial)
      if (firstTrial >= 0) expect(doc.options.slice(firstTrial).filter((o) => SOUND.includes(o.standing))).toEqual([])
      const firstOpen = doc.options.findIndex((o) => o.standing === 'needs-data')
      if (firstOpen >= 0) expect(doc.options.slice(firstOpen).every((o) => o.standing === 'needs-data')).toBe(true)
      for (const o of doc.options.filter((x) => x.trial)) expect(['conditional', 'needs-data']).toContain(o.standing)
    }),
    { seed: 20261123, numRuns: 300 },
  )
})

test('text and FHIR: trials under their own heading, no prescription of what is tested', () => {
  const chart = parseCharts(fs.readFileSync(path.join(ROOT, 'fixtures/patients/egfr-osimertinib-met-amplification.json'), 'utf8'))
  if (!chart.ok) throw new Error('the fixture is a chart')
  const real = openKnowledge().knowledge
  const planned = planChart(chart.value[0]!, { knowledge: real, asOf: AS_OF, overrides: [] })
  if (!planned.ok) throw new Error('the fixture gives a plan')
  const text = planText(planned.value, real, 100)
  const heading = text.indexOf('Trials to ask about')
  expect(heading).toBeGreaterThan(text.indexOf('Not to be given'))
  expect(text.indexOf('NCT05261399')).toBeGreaterThan(heading)
  const drugs = writePlan(planned.value, real)
    .entry.map((e) => e.resource)
    .filter((r) => r.resourceType === 'MedicationRequest')
  expect(JSON.stringify(drugs)).not.toContain('nct05261399')
})
