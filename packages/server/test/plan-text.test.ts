import type { PlanDocument } from '@secondwind/core'
import { describe, expect, test } from 'vitest'
import { planText } from '../src/cli/text.ts'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'

/** The plan as text: story, order of the sections, one line for each missing test. */
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

const sectionOf = (text: string, title: string): string => text.split(`\n${title} `)[1]?.split(/\n\n/)[0] ?? ''

describe('the story says what the tumour has become', () => {
  const rows = [
    { name: 'small-cell change', set: ['transformed-histology=small-cell'], says: 'adenocarcinoma, now small cell at a later biopsy' },
    { name: 'squamous change', set: ['transformed-histology=squamous'], says: 'adenocarcinoma, now squamous at a later biopsy' },
    { name: 'unchanged', set: ['transformed-histology=none'], says: 'adenocarcinoma, stage IVB' },
    { name: 'no later biopsy', set: [], says: 'adenocarcinoma, stage IVB' },
  ]
  test.each(rows)('$name', ({ set, says }) => expect(planOf(...set).case.story).toContain(says))
})

describe('what is still to be found out', () => {
  const plan = planOf()
  const text = planText(plan, knowledge, 100)
  test('the tests stand above the options that they may open', () =>
    expect(text.indexOf('\nFind out ')).toBeLessThan(text.indexOf('\nWould open with more data ')))
  test('a test heads one line at most', () => {
    const heads = sectionOf(text, 'Would open with more data')
      .split('\n')
      .filter((line) => line.startsWith('  - '))
      .map((line) => line.slice(4).split(':')[0])
    expect(heads.length).toBeGreaterThan(0)
    expect(new Set(heads).size).toBe(heads.length)
  })
  test('fewer lines than waiting options', () => {
    const waiting = plan.options.filter((o) => o.standing === 'needs-data' && o.trial === undefined)
    const lines = sectionOf(text, 'Would open with more data').match(/^ {2}- /gm) ?? []
    expect(lines.length).toBeLessThan(waiting.length)
  })
})
