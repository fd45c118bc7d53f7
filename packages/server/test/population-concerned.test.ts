import fs from 'node:fs'
import path from 'node:path'
import { engineOf } from '@secondwind/care'
import { factsOf, TRUE, UNKNOWN, type Verdict } from '@secondwind/core'
import { readPatientCase } from '@secondwind/fhir'
import { describe, expect, test, vi } from 'vitest'
import { run } from '../src/cli/run.ts'
import { openKnowledge, planChart, readerFor } from '../src/compose.ts'
import { concernedBy } from '../src/population/concerned.ts'
import { casesOfCharts } from '../src/population/summary.ts'
import { readCohort } from '../src/what-changed/cohort.ts'

const AS_OF = '2026-11-23'
const folder = path.resolve(import.meta.dirname, '../../../fixtures/patients')
const { knowledge } = openKnowledge()
const cohort = readCohort(folder)
if (!cohort.ok) throw new Error('no fixtures')
const members = [...cohort.value.members()].flatMap((member) => ('unread' in member ? [] : [member]))
const concerned = concernedBy(casesOfCharts(cohort.value, knowledge, AS_OF), knowledge, AS_OF)
const plans = members.flatMap(({ chart }) => {
  const planned = planChart(chart, { knowledge, asOf: AS_OF, overrides: [] })
  return planned.ok && planned.value.status === 'proposed' ? [planned.value] : []
})

describe('who misses which test', () => {
  test('whom a rule asks for a test finds it in the plan', () => {
    expect(concerned.tests.length).toBeGreaterThan(10)
    for (const { test: id, patients } of concerned.tests)
      for (const patient of patients.due)
        expect(
          plans.find((plan) => plan.patient === patient)?.tests.map((t) => t.id),
          `${id} of ${patient}`,
        ).toContain(id)
  })

  test('what an option of a plan needs from a test is open for that test', () => {
    const engine = engineOf(knowledge)
    const open = new Map(concerned.tests.map(({ test: id, patients }) => [id, new Set(patients.open)]))
    let seen = 0
    const missed = plans.flatMap((plan) =>
      plan.options.flatMap(({ id, standing, needs, trial }) => {
        const candidate = engine.candidates.items.find((one) => one.id === id)
        if (standing !== 'needs-data' || trial !== undefined || !candidate) return []
        // what is asked for its standing, or to be checked before the first dose, does not hold the option back
        const conditions = [
          candidate.rule.when,
          ...candidate.safety.items
            .filter(({ effect, whenUnknown }) => effect === 'bar' && whenUnknown === 'needs-data')
            .map(({ when }) => when),
        ]
        const facts = new Set(conditions.flatMap((when) => [...factsOf(when, engine.words)]))
        return needs.flatMap(({ fact, test: wanted }) => {
          if (wanted === undefined || wanted !== knowledge.facts.find((f) => f.id === fact)?.test || !facts.has(fact)) return []
          seen++
          return open.get(wanted)?.has(plan.patient) ? [] : [`${wanted} for ${fact} of ${id} in ${plan.patient}`]
        })
      }),
    )
    expect(seen).toBeGreaterThan(20)
    expect(missed).toEqual([])
  })
})

describe('which rule concerns how many', () => {
  test('as the verdicts on each case say, rule by rule', () => {
    const engine = engineOf(knowledge)
    const { items: rules, slots } = engine.safety
    const cases = members.flatMap(({ chart }) => {
      const read = readPatientCase(chart, readerFor(knowledge), { asOf: AS_OF })
      return read.ok && plans.some(({ patient }) => patient === read.value.patientCase.patient) ? [read.value.patientCase] : []
    })
    const seen = new Map(concerned.rules.filter(({ kind }) => kind === 'safety').map((one) => [one.rule, one.patients]))
    const views = cases.map(({ facts, patient }) => ({ patient, view: engine.view(facts, AS_OF) }))
    for (const [i, rule] of rules.entries()) {
      const of = (verdict: Verdict) => views.filter(({ view }) => view.verdicts[slots[i]!] === verdict).map(({ patient }) => patient)
      expect({ holds: seen.get(rule.id)?.holds ?? [], unknown: seen.get(rule.id)?.unknown ?? [] }, rule.id).toEqual({
        holds: of(TRUE),
        unknown: of(UNKNOWN),
      })
    }
  })
})

describe('secondwind population --show', () => {
  async function population(...args: readonly string[]): Promise<string> {
    let out = ''
    const write = vi.spyOn(fs, 'writeSync').mockImplementation(((_: number, bytes: Buffer) => {
      out += bytes.toString()
      return bytes.length
    }) as typeof fs.writeSync)
    try {
      expect(await run(['population', folder, '--as-of', AS_OF, ...args])).toBe(0)
      return out
    } finally {
      write.mockRestore()
    }
  }

  test('one test, with the patients by name', async () => {
    const [first] = concerned.tests
    const out = await population('--test', first!.test)
    for (const patient of first!.patients.due) expect(out).toContain(`due: ${patient}`)
  })

  test('rules as CSV, small counts hidden', async () => {
    const lines = (await population('--show', 'rules', '--format', 'csv', '--suppress-below', '11')).trim().split('\n')
    expect(lines.length).toBeGreaterThan(50)
    for (const line of lines.slice(1)) {
      const count = line.split(',').at(-1)!
      expect(count === '*' || count === '0' || Number(count) >= 11, line).toBe(true)
    }
  })

  test('options as FHIR Groups: nobody is a member, and no small number is there', async () => {
    const bundle = JSON.parse(await population('--format', 'fhir', '--suppress-below', '11')) as {
      readonly entry: readonly {
        readonly resource: { readonly resourceType: string; readonly quantity?: number; readonly member?: unknown }
      }[]
    }
    expect(bundle.entry.length).toBeGreaterThan(20)
    for (const { resource } of bundle.entry) {
      expect(resource.resourceType).toBe('Group')
      expect(resource.member).toBeUndefined()
      expect(resource.quantity === undefined || resource.quantity >= 11).toBe(true)
    }
  })
})
