import { plan } from '@secondwind/care'
import {
  absentFact,
  deriveFacts,
  type Fact,
  type FactDefinition,
  type FactValue,
  type PatientCase,
  type PlanDocument,
} from '@secondwind/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openKnowledge } from '../src/compose.ts'

/** Laws of the plan document over random patients on the real knowledge base: any mix of facts, any of them unknown. */
const { knowledge } = openKnowledge()
const AS_OF = '2026-11-23'
const OPTIONS = { seed: 20261123, numRuns: 400 }

/** What every plannable patient has, so that the plan is not refused. */
const CORE: Record<string, FactValue> = { 'stage-group': 'ivb', sex: 'female', 'birth-date': '1962-05-01' }
const HISTOLOGIES = ['adenocarcinoma', 'squamous', 'nsclc-nos', 'large-cell', 'sclc', 'lcnec', 'adenosquamous']
const DRUGS = knowledge.drugs.filter((d) => d.anticancer).map((d) => d.id)

function arbitraryValue(definition: FactDefinition): fc.Arbitrary<FactValue> {
  const [low, high] = definition.plausible ?? [0, 5]
  switch (definition.type) {
    case 'truth':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: low, max: Math.min(high, low + 12) })
    case 'quantity':
      return fc.double({ min: low, max: high, noNaN: true })
    case 'code':
      return fc.constantFrom(...Object.keys(definition.values ?? { none: '' }))
    case 'codes':
      return definition.values
        ? fc.subarray(Object.keys(definition.values), { maxLength: 2 })
        : fc.subarray(/drugs|progressed-on$|curative-tki/.test(definition.id) ? DRUGS : knowledge.drugs.flatMap((d) => d.classes), {
            maxLength: 2,
          })
    case 'date':
      return fc.constantFrom('2026-11-01', '2026-06-15', '2025-01', 'never')
    case 'text':
      return fc.constant('x')
    case 'list':
      return fc.constant([])
  }
}

const patient: fc.Arbitrary<PatientCase> = fc
  .tuple(
    fc.constantFrom(...HISTOLOGIES),
    fc.subarray(
      knowledge.facts.filter(
        // not what refuses a plan: histology, stage, death, and the age of a child (`children.test.ts`)
        (f) => !(f.id in CORE) && !['histology', 'deceased', 'stage-iv', 'm-category', 'birth-date', 'age'].includes(f.id),
      ),
      { minLength: 0, maxLength: 25 },
    ),
    fc.infiniteStream(fc.nat()),
  )
  .chain(([histology, chosen]) =>
    fc
      .tuple(
        ...chosen.map((f) =>
          fc.oneof(
            { weight: 4, arbitrary: arbitraryValue(f).map((value): Fact => ({ value, sources: [], enteredByHand: true })) },
            { weight: 1, arbitrary: fc.constant<Fact>({ unknown: 'not-recorded' }) },
          ),
        ),
      )
      .map((values) => {
        const facts: Record<string, Fact> = {}
        for (const definition of knowledge.facts) facts[definition.id] = absentFact(definition)
        for (const [id, value] of Object.entries({ ...CORE, histology })) facts[id] = { value, sources: [], enteredByHand: true }
        chosen.forEach((definition, i) => {
          facts[definition.id] = (values as readonly Fact[])[i]!
        })
        const explicit = new Set(chosen.map((f) => f.id))
        return { patient: 'Patient/random', asOf: AS_OF, facts: deriveFacts(facts, AS_OF, knowledge.facts, explicit) }
      }),
  )

const planOf = (patientCase: PatientCase): PlanDocument =>
  plan({ knowledge, patientCase, problems: [], chartDigest: '0'.repeat(64), software: 'test' })
const isSound = (standing: string): boolean => standing === 'recommended' || standing === 'alternative'

test('every plan keeps the laws of the contract', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(patient, (patientCase) => {
      const doc = planOf(patientCase)
      expect(doc.status).toBe('proposed')
      expect(doc.options.length + doc.problems.length).toBeGreaterThan(0)
      expect(new Set(doc.options.map((o) => o.id)).size).toBe(doc.options.length)
      expect(doc.options.map((o) => o.rank)).toEqual(doc.options.map((_, i) => i + 1))
      const firstOpen = doc.options.findIndex((o) => o.standing === 'needs-data')
      if (firstOpen >= 0) expect(doc.options.slice(firstOpen).every((o) => o.standing === 'needs-data')).toBe(true)
      for (const option of doc.options) {
        expect(option.because.claim).not.toBe('')
        expect(option.evidence.length).toBeGreaterThan(0)
        expect(option.against).not.toBe('')
        expect([...option.drugs].sort()).toEqual(option.drugs)
        if (option.standing === 'needs-data') expect(option.needs.length, option.id).toBeGreaterThan(0)
        if (!isSound(option.standing) || option.procedure === 'stop' || option.procedure === 'hold') continue
        for (const bar of doc.notAdvised) {
          const drugs = bar.drugs ?? []
          if (drugs.length === 0) continue
          const hit = bar.match === 'contains' ? drugs.every((d) => option.drugs.includes(d)) : drugs.join() === option.drugs.join()
          expect(hit, `${option.id} is offered although ${bar.rule} speaks against it`).toBe(false)
        }
      }
      const urgencies = ['emergency', 'urgent', 'soon']
      expect(doc.alerts.map((a) => urgencies.indexOf(a.urgency))).toEqual([...doc.alerts.map((a) => urgencies.indexOf(a.urgency))].sort())
    }),
    OPTIONS,
  )
})

test('the same case gives the same bytes', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(patient, (patientCase) => {
      expect(JSON.stringify(planOf(patientCase))).toBe(JSON.stringify(planOf({ ...patientCase, facts: { ...patientCase.facts } })))
    }),
    { ...OPTIONS, numRuns: 60 },
  )
})

test('a harm that becomes unknown never turns a barred drug into a sound option without saying what to find out', {
  timeout: 120_000,
}, () => {
  const bars = knowledge.safety.filter((rule) => rule.effect === 'bar' && rule.reason === 'unsafe' && rule.whenUnknown === 'needs-data')
  const facts = new Set(bars.flatMap((rule) => JSON.stringify(rule.when).match(/"fact":"([^"]+)"/g) ?? []).values())
  expect(facts.size).toBeGreaterThan(0)
  fc.assert(
    fc.property(patient, fc.constantFrom(...[...facts].map((f) => f.slice(8, -1))), (patientCase, id) => {
      const before = planOf(patientCase)
      const hidden: Record<string, Fact> = { ...patientCase.facts, [id]: { unknown: 'not-recorded' } }
      const after = planOf({ ...patientCase, facts: deriveFacts(hidden, AS_OF, knowledge.facts, new Set([id])) })
      const offered = new Map(before.options.map((o) => [o.id, o.standing]))
      for (const option of after.options) {
        if (!isSound(option.standing) || offered.has(option.id)) continue
        // it may stand only because the rule that stopped it asks for a check before the first dose, or because it did not depend on this fact
        const bar = before.notAdvised.find(
          (n) =>
            (n.drugs ?? []).length > 0 &&
            (n.drugs ?? []).every((d) => option.drugs.includes(d)) &&
            n.because.facts.includes(id) &&
            bars.some((b) => b.id === n.rule),
        )
        expect(bar?.rule, `${option.id} became ${option.standing} when ${id} was hidden`).toBeUndefined()
      }
    }),
    { ...OPTIONS, numRuns: 200 },
  )
})
