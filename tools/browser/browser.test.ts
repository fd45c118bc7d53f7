import { pathToFileURL } from 'node:url'
import { absentFact, deriveFacts, type Fact, type PatientCase } from '@secondwind/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { type BrowserBundle, buildForBrowser } from './build.ts'

let bundle: BrowserBundle
beforeAll(async () => {
  bundle = await buildForBrowser()
}, 120_000)

describe('planner and knowledge in a browser', () => {
  test('weigh less than 250 kB gzipped before the first plan', () => {
    expect(bundle.gzipped.total).toBeLessThan(250_000)
  })

  test('evaluate no code at run time and ask for no Node module', () => {
    expect(bundle.engineSource).not.toMatch(/\beval\s*\(|new Function\b|Function\s*\(/)
    expect(bundle.engineSource).not.toMatch(/from\s*["']node:|require\s*\(/)
  })

  test('plan a case: an untreated patient with an ALK fusion gets an ALK inhibitor first', async () => {
    const engine = (await import(pathToFileURL(bundle.engineFile).href)) as {
      plan: (inputs: unknown) => {
        options: readonly { drugs: readonly string[]; standing: string; evidence: readonly { says: string }[] }[]
      }
      wholeKnowledge: (parts: unknown) => unknown
    }
    const given: Record<string, Fact> = {}
    const known: Record<string, Fact['value' & keyof Fact]> = {}
    Object.assign(known, {
      histology: 'adenocarcinoma',
      'stage-group': 'ivb',
      'alk-fusion': true,
      ecog: 1,
      sex: 'male',
      'birth-date': '1960-01-01',
    })
    for (const definition of bundle.knowledge.first.facts) given[definition.id] = absentFact(definition)
    for (const [id, value] of Object.entries(known)) given[id] = { value, sources: [], enteredByHand: true }
    const patientCase: PatientCase = {
      patient: 'Patient/b',
      asOf: '2026-11-23',
      facts: deriveFacts(given, '2026-11-23', bundle.knowledge.first.facts),
    }
    const planned = (knowledge: unknown) => engine.plan({ knowledge, patientCase, problems: [], chartDigest: '0', software: 'test' })
    const doc = planned(engine.wholeKnowledge(bundle.knowledge))
    // the first part alone gives the same options in the same order, its claims still on their way
    expect(planned(bundle.knowledge.first).options.map((o) => [o.drugs, o.standing])).toEqual(
      doc.options.filter((o) => !('trial' in o)).map((o) => [o.drugs, o.standing]),
    )
    expect(doc.options[0]?.evidence.every(({ says }) => says.length > 0)).toBe(true)
    const alk = bundle.knowledge.first.drugs.filter((d) => d.classes.includes('alk-tki')).map((d) => d.id)
    expect(doc.options[0]?.standing).toBe('recommended')
    expect(alk).toContain(doc.options[0]?.drugs[0])
  })
})
