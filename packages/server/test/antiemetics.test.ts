import { describe, expect, test } from 'vitest'
import { planText } from '../src/cli/text.ts'
import { knowledge, planOfFixture } from './plan-of.ts'

/** What is given against vomiting stands with the option, before the first dose; ASCO's classes, from the policy. */
const plan = planOfFixture('no-driver-pdl1-80-fit')
const against = (regimen: string): string | undefined => {
  const option = plan.options.find((o) => o.regimen?.id === regimen)
  if (!option) throw new Error(`${regimen} is not among ${plan.options.map((o) => o.regimen?.id).join(', ')}`)
  return option.concurrent.find((c) => c.say.includes('against vomiting'))?.say
}

describe('named with the option', () => {
  test('cisplatin: four drugs, two of them for three more days', () => {
    expect(against('cisplatin-pembrolizumab-pemetrexed')).toMatch(/NK1 .*5-HT3 .*dexamethasone and olanzapine on day 1.*days 2 to 4/)
  })
  test('carboplatin AUC 5: three drugs', () => {
    expect(against('carboplatin-pembrolizumab-pemetrexed')).toMatch(/NK1 antagonist, 5-HT3 antagonist and dexamethasone$/)
  })
  test('a checkpoint inhibitor alone: none', () => expect(against('pembrolizumab')).toBeUndefined())
  test('in the text of the first option that has chemotherapy', () => {
    const small = planOfFixture('es-sclc-first-line')
    expect(planText(small, knowledge, 100).replace(/\s+/g, ' ')).toContain('NK1 antagonist, 5-HT3 antagonist and dexamethasone')
  })
})

test('every regimen with cisplatin is highly emetogenic, and every regimen with an infusion of chemotherapy has a class', () => {
  const classesOf = new Map(knowledge.drugs.map((d) => [d.id, d.classes]))
  for (const regimen of knowledge.regimens) {
    const infused = regimen.components.filter((c) => c.route === 'iv')
    if (infused.some((c) => c.drug === 'cisplatin')) expect(regimen.emeticRisk, regimen.id).toBe('high')
    if (infused.some((c) => classesOf.get(c.drug)?.includes('cytotoxic'))) expect(regimen.emeticRisk, regimen.id).toBeDefined()
  }
})
