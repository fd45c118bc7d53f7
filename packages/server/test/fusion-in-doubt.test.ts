import { expect, test } from 'vitest'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'

const { knowledge } = openKnowledge()
const subject = { reference: 'Patient/p' }
const result = (code: string, valueString: string) => ({
  resource: {
    resourceType: 'Observation',
    id: code,
    status: 'final',
    subject,
    effectiveDateTime: '2026-11-15',
    code: { text: code },
    valueString,
  },
})

/** Adenocarcinoma, PD-L1 of 80%, EGFR negative, nothing else tested but these. */
function planOf(...results: readonly ReturnType<typeof result>[]) {
  const charts = parseCharts(
    Buffer.from(
      JSON.stringify({
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          { resource: { resourceType: 'Patient', id: 'p', gender: 'male', birthDate: '1966-05-05' } },
          {
            resource: {
              resourceType: 'Condition',
              id: 'c',
              subject,
              code: { coding: [{ system: 'http://snomed.info/sct', code: '254626006' }] },
            },
          },
          result('EGFR mutation analysis', 'Not detected'),
          result('PD-L1 TPS', '80%'),
          ...results,
        ],
      }),
    ),
  )
  if (!charts.ok) throw new Error(JSON.stringify(charts.error))
  const plan = planChart(charts.value[0]!, { knowledge, asOf: '2026-11-23', overrides: ['stage-group=ivb', 'ecog=1'] })
  if (!plan.ok) throw new Error(JSON.stringify(plan.error))
  return plan.value
}

test.each([
  { code: 'ALK IHC', words: '2+', asks: 'alk-fish-or-rna' },
  { code: 'ALK FISH', words: 'Equivocal, 12% of cells', asks: 'alk-fish-or-rna' },
  { code: 'ROS1 IHC', words: 'Positive', asks: 'ngs-broad-dna-rna' },
])('$code $words: no immunotherapy and no inhibitor before it is settled, and the plan says so', ({ code, words, asks }) => {
  const plan = planOf(result(code, words))
  // it may stand in one line with the other reason to wait: results that are missing altogether
  expect(plan.notAdvised.map(({ treatment }) => treatment).join('; ')).toContain('A checkpoint inhibitor while a fusion is in doubt')
  expect(plan.problems.some(({ message }) => message.includes('neither positive nor negative'))).toBe(true)
  expect(plan.tests.map(({ id }) => id)).toContain(asks)
  expect(plan.options.filter(({ standing }) => standing !== 'needs-data').some(({ id }) => /^(?:alk|ros1)-1l/.test(id))).toBe(false)
  expect(plan.options.some(({ approaches, standing }) => approaches.includes('immunotherapy') && standing !== 'needs-data')).toBe(false)
})

test('a settled result is not in doubt', () => {
  const plan = planOf(result('ALK IHC', '2+'), result('ALK FISH', 'Not rearranged'))
  expect(plan.notAdvised.map(({ treatment }) => treatment).join('; ')).not.toContain('while a fusion is in doubt')
})
