import type { Option, PlanDocument } from '@secondwind/core'
import { describe, expect, test } from 'vitest'
import { planText } from '../src/cli/text.ts'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'

/** What stands behind a plan: which citation was seen, what is not approved yet, and who goes first where the evidence does not reach. */
const { knowledge } = openKnowledge()
const STAGE = ['stage-group=ivb', 'histology=adenocarcinoma', 'ecog=1']

function planOf(...set: readonly string[]): PlanDocument {
  const resources = [
    { resourceType: 'Patient', id: 'p' },
    {
      resourceType: 'Condition',
      id: 'cancer',
      subject: { reference: 'Patient/p' },
      code: { coding: [{ system: 'http://snomed.info/sct', code: '254637007' }] },
    },
  ]
  const bundle = { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) }
  const charts = parseCharts(Buffer.from(JSON.stringify(bundle)))
  if (!charts.ok) throw new Error(JSON.stringify(charts.error))
  const plan = planChart(charts.value[0]!, { knowledge, asOf: '2026-11-23', overrides: [...STAGE, ...set] })
  if (!plan.ok) throw new Error(JSON.stringify(plan.error))
  return plan.value
}

const optionOf = (plan: PlanDocument, id: string): Option | undefined => plan.options.find((o) => o.id === id || o.id.startsWith(`${id}:`))

describe('a citation that nobody has seen says so', () => {
  const plan = planOf('egfr-l858r=true', 'age=60', 'creatinine-clearance=38')
  const pair = optionOf(plan, 'egfr-common-1l-amivantamab-lazertinib')!

  test('in the document, and only there', () => {
    const marks = Object.fromEntries(pair.evidence.map((e) => [e.source, e.review]))
    expect(marks['egfr-board-practice']).toBe('unconfirmed')
    expect(marks['mariposa-2024']).toBeUndefined()
    expect(pair.review).toBeUndefined()
  })

  test('in the text, where a seen one is shown first', () => {
    const text = planText(plan, knowledge, 100)
    const doubted = plan.options.find((o) => o.rank === 1)!
    expect(text).toContain(doubted.title)
    expect(text).not.toMatch(/\[egfr-board-practice\]/)
    const turned: PlanDocument = { ...plan, options: [{ ...doubted, evidence: doubted.evidence.toReversed() }] }
    expect(planText(turned, knowledge, 100)).not.toContain('egfr-board-practice')
    const alone: PlanDocument = { ...plan, options: [{ ...doubted, evidence: doubted.evidence.filter((e) => e.review) }] }
    expect(planText(alone, knowledge, 100)).toContain('[egfr-board-practice, unconfirmed]')
  })

  test('no confirmed option rests on unseen citations alone', () => {
    const bare = knowledge.options.filter((o) => o.review === 'confirmed' && o.cites.every((c) => c.review === 'unconfirmed'))
    expect(bare.map((o) => o.id)).toEqual([])
  })
})

describe('EGFR, first line, kidneys that rule out pemetrexed: which goes first', () => {
  test.each([
    { who: '60 years, clearance 38', set: ['age=60', 'creatinine-clearance=38'], first: 'egfr-common-1l-amivantamab-lazertinib' },
    { who: '82 years, clearance 38', set: ['age=82', 'creatinine-clearance=38'], first: 'egfr-common-1l-osimertinib' },
    { who: '60 years, clearance 25', set: ['age=60', 'creatinine-clearance=25'], first: 'egfr-common-1l-osimertinib' },
    {
      who: '78 years and frail, good kidneys',
      set: ['age=78', 'creatinine-clearance=80', 'clinical-frailty=6'],
      first: 'egfr-common-1l-osimertinib',
    },
    {
      who: '78 years, good kidneys, frailty unknown',
      set: ['age=78', 'creatinine-clearance=80'],
      first: 'egfr-common-1l-osimertinib-chemo',
    },
  ])('$who: $first', ({ set, first }) => {
    const plan = planOf('egfr-l858r=true', ...set)
    expect(plan.options[0]).toBe(optionOf(plan, first))
    expect(plan.options[0]!.standing).toBe('recommended')
  })
})

test('what awaits its approval is never recommended', () => {
  const waiting = knowledge.options.filter((o) => {
    const places = [o.availability?.fda, o.availability?.ema].filter((a) => a !== undefined)
    return places.some((a) => /review/.test(a.status)) && !places.some((a) => /^approved/.test(a.status))
  })
  expect(waiting.map((o) => o.id)).toContain('alk-later-neladalkib')
  expect(waiting.filter((o) => o.standing.some((s) => s.as === 'recommended')).map((o) => o.id)).toEqual([])
})
