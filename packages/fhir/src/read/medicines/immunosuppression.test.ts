import { expect, test } from 'vitest'
import { condition, note } from '../../../test/clinical.ts'
import { codesOf, factOf, readCase } from '../../../test/reading.ts'
import { taken } from '../../../test/treatment.ts'

const because = (text: string) => ({ reasonCode: [{ text }] })
const answer = (chart: Parameters<typeof readCase>[0], fact: string): unknown => {
  const found = factOf(readCase(chart), fact)
  return 'value' in found ? found.value : `<${found.unknown}>`
}

test.each([
  { name: 'lupus nephritis on mycophenolate', chart: [condition('SLE with lupus nephritis'), taken('Mycophenolate 1 g bd', '2020-01-01')] },
  { name: 'ulcerative colitis on vedolizumab', chart: [condition('Ulcerative colitis'), taken('Vedolizumab 300 mg iv', '2020-01-01')] },
  {
    name: 'giant cell arteritis on prednisolone 40 mg',
    chart: [condition('Giant cell arteritis'), taken('Prednisolone 40 mg daily', '2026-01-01')],
  },
  {
    name: 'a disease only named as the reason',
    chart: [taken('Methotrexate 15 mg weekly', '2020-01-01', undefined, because('Rheumatoid arthritis'))],
  },
  {
    name: 'in remission but on azathioprine',
    chart: [condition('Crohn disease in remission'), taken('azathioprine 100 mg', '2020-01-01')],
  },
])('autoimmune disease, active by its treatment: $name', ({ chart }) => {
  expect(answer(chart, 'autoimmune-active')).toBe(true)
  expect(answer(chart, 'autoimmune-endocrine-only')).toBe(false)
})

test.each([
  {
    name: 'prednisolone 5 mg',
    chart: [condition('Giant cell arteritis'), taken('Prednisolone 5 mg daily', '2026-01-01')],
    expected: '<not-recorded>',
  },
  {
    name: 'dexamethasone for the brain',
    chart: [condition('Rheumatoid arthritis'), taken('dexamethasone 4 mg twice daily', '2026-11-01', undefined, because('brain oedema'))],
    expected: '<not-recorded>',
  },
  {
    name: 'dexamethasone without a reason',
    chart: [condition('Rheumatoid arthritis'), taken('dexamethasone 8 mg daily', '2026-11-01')],
    expected: '<not-recorded>',
  },
  {
    name: 'levothyroxine for Hashimoto',
    chart: [condition('Hashimoto thyroiditis'), taken('Levothyroxine 75 mcg', '2020-01-01')],
    expected: false,
  },
  {
    name: 'methotrexate of old',
    chart: [condition('Rheumatoid arthritis'), taken('methotrexate', '2015-01-01', '2016-01-01')],
    expected: '<not-recorded>',
  },
  { name: 'prednisone without an autoimmune disease', chart: [taken('Prednisolone 40 mg daily', '2026-01-01')], expected: false },
])('not active by its treatment: $name', ({ chart, expected }) => {
  expect(answer(chart, 'autoimmune-active')).toBe(expected)
})

test('an immunosuppressant without an illness behind it leaves transplant and autoimmune disease open', () => {
  const chart = [taken('Tacrolimus 3 mg', '2020-01-01')]
  for (const fact of ['organ-transplant', 'autoimmune-disease', 'autoimmune-active']) expect(answer(chart, fact)).toBe('<not-recorded>')
  expect(codesOf(readCase(chart).issues)).toContain('missing-input')
})

test.each([
  { name: 'on the skin', chart: [taken('tacrolimus ointment 0.1 %', '2020-01-01')] },
  { name: 'for a lymphoma', chart: [taken('rituximab', '2026-01-01', undefined, because('Follicular lymphoma'))] },
])('an immunosuppressant that raises no question: $name', ({ chart }) => {
  expect(answer(chart, 'organ-transplant')).toEqual([])
})

test.each([
  { text: 'Status post renal allograft', organ: ['kidney'] },
  { text: 's/p renal transplant', organ: ['kidney'] },
  { text: 'Kidney graft 2015, stable', organ: ['kidney'] },
  { text: 'Cardiac allograft vasculopathy', organ: ['heart'] },
  { text: 'Chronic lung allograft dysfunction', organ: ['lung'] },
  { text: 'Liver graft in situ', organ: ['liver'] },
  { text: 'Status after allo-SCT for AML', organ: ['allogeneic-stem-cell'] },
  { text: 'Solid organ transplant recipient', organ: ['other'] },
  { text: 'Coronary artery bypass graft', organ: [] },
  { text: 'Skin graft after burn', organ: [] },
  { text: 'Kidney transplant candidate', organ: [] },
  { text: 'No history of kidney transplant', organ: [] },
  { text: 'Husband had a kidney transplant', organ: [] },
])('transplant in words: $text', ({ text, organ }) => {
  expect(answer([condition(text)], 'organ-transplant')).toEqual(organ)
})

test('a transplant explains the tacrolimus', () => {
  const chart = [condition('Status post renal allograft'), taken('Tacrolimus 3 mg', '2020-01-01')]
  expect(answer(chart, 'organ-transplant')).toEqual(['kidney'])
  expect(answer(chart, 'autoimmune-disease')).toBe(false)
  expect(answer([condition('Heart and lung transplantation'), taken('Tacrolimus 3 mg', '2020-01-01')], 'organ-transplant')).toEqual([
    'heart',
    'lung',
  ])
  expect(answer([note('He had a renal allograft in 2012.'), taken('Tacrolimus 3 mg', '2020-01-01')], 'organ-transplant')).toEqual([
    'kidney',
  ])
})
