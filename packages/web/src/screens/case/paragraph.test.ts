import fs from 'node:fs'
import path from 'node:path'
import type { CaseView } from '@secondwind/server/contract'
import { expect, test } from 'vitest'
import { paragraphOf } from './paragraph.ts'

const words = JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../../messages/en/case.json'), 'utf8')) as Record<
  string,
  string
>
const sayer = {
  label: (id: string) => id.toUpperCase(),
  value: (_id: string, value: unknown) => String(value),
  day: (day: string) => day,
  t: (key: string) => words[key.replace('case:', '')]!,
}
const fact = (id: string, value: boolean | number | string, on?: string) => ({
  id,
  fact: { value, sources: [], ...(on === undefined ? {} : { on }) },
  sources: [],
})
const view: CaseView = {
  patient: 'p',
  asOf: '2026-11-23',
  revision: 1,
  person: { name: 'Ada Example', birthDate: '1960-01-01', recordNumber: '4711', carers: [] },
  plan: { version: '1', digest: 'd', knowledgeDigest: 'k', status: 'proposed' },
  story: '66 F, lung adenocarcinoma',
  header: [fact('ecog', 1, '2026-11-20'), { id: 'weight', fact: { unknown: 'not-recorded' }, sources: [] }],
  sections: [
    {
      id: 'biomarkers',
      main: 0,
      facts: [fact('alk', true), fact('ros1', false), { id: 'ret', fact: { unknown: 'not-tested' }, sources: [] }],
    },
    { id: 'organs', main: 1, facts: [{ id: 'creatinine', fact: { unknown: 'conflicting', sources: [] }, sources: [] }] },
  ],
  lines: [{ number: 1, drugs: ['alectinib'], start: '2026-01', isRunning: true }],
  alerts: [],
  pending: [{ title: 'Brain MRI', facts: [], dueOn: '2026-11-30', sources: [] }],
  problems: [],
  symptoms: [],
  goals: [{ words: 'See the spring', reference: 'Goal/1' }],
  open: [{ title: 'PD-L1', settles: 2, facts: ['pd-l1'] }],
  entries: [],
}

test('the paragraph tells what is known from what was not found, what was not tested and what contradicts; it names nobody', () => {
  const text = paragraphOf(view, sayer)
  expect(text).toBe(
    '66 F, lung adenocarcinoma. Biomarkers: ALK. Looked for and not found: ROS1. Not tested: RET. $t(terms:line-of-therapy): 1. alectinib, 2026-01, running. ' +
      "Fitness: ECOG 1 (2026-11-20). In the patient's own words: “See the spring” Contradictory in the chart: CREATININE. Results on their way: Brain MRI (due 2026-11-30). " +
      'Not known, and would matter: PD-L1.',
  )
  expect(text).not.toMatch(/Ada|4711|1960/)
})
