import { describe, expect, test } from 'vitest'
import { planOf } from './plan-of.ts'

/** A later biopsy of small-cell cancer in a chart that has lost the treatment before it. */
const plan = (...set: readonly string[]) =>
  planOf(['stage-group=ivb', 'histology=adenocarcinoma', 'ecog=1', 'palliative-lines=0', 'on-treatment=false', 'egfr-l858r=true', ...set])
const sound = (of: ReturnType<typeof plan>) =>
  of.options
    .filter(({ standing, trial }) => trial === undefined && ['recommended', 'alternative'].includes(standing))
    .flatMap(({ drugs }) => drugs)
const says = (of: ReturnType<typeof plan>) =>
  of.options.some(({ cautions }) => cautions.some(({ rule }) => rule === 'small-cell-change-before-treatment'))

describe('small cell on a later biopsy, and no treatment recorded', () => {
  test('no drug of the adenocarcinoma stands as sound, and it is said why', () => {
    const of = plan('transformed-histology=small-cell')
    expect(sound(of)).not.toContain('osimertinib')
    expect(sound(of)).not.toContain('amivantamab')
    expect(says(of)).toBe(true)
  })
  test('unchanged, or no later biopsy: nothing is lowered', () => {
    for (const value of ['none', 'unknown']) {
      const of = plan(`transformed-histology=${value}`)
      expect(sound(of)).toContain('osimertinib')
      expect(says(of)).toBe(false)
    }
  })
})

test('a wish for no treatment puts no test above hospice', () => {
  const of = planOf(['stage-group=ivb', 'histology=adenocarcinoma', 'ecog=4', 'declines=all-anticancer'])
  expect(of.options[0]!.procedure).not.toBe('test-first')
  expect(of.options.filter(({ procedure }) => procedure === 'test-first').map(({ standing }) => standing)).not.toContain('recommended')
})
