import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { measureOutcome, type Truth } from '@secondwind/core'
import { afterAll, describe, expect, test } from 'vitest'
import { buildSite, compileKnowledge, cpgResources, cqlEdition, explainEntry } from '../src/index.ts'
import { GOOD } from './small-base.ts'

const FACTS = `
- { id: stage-iv, label: Stage IV, type: truth, absence: asked }
- { id: found-on, label: Found on, type: date, absence: asked }
- { id: seen-on, label: Seen on, type: date, absence: asked }
- { id: found-to-seen-days, label: Days from found to seen, type: quantity, unit: d, absence: asked, daysBetween: true, derivedFrom: [found-on, seen-on] }
- { id: declined, label: Declined, type: truth, absence: listed }
- { id: visits, label: Visits, type: list, absence: asked, fields: { on: date, pain: number, plan: truth } }
`
const SEEN = `
- id: seen-in-8-weeks
  title: Seen within 8 weeks
  identifiers: []
  status: internal
  direction: higher
  anchor: found-on
  population: { say: stage IV, when: { fact: stage-iv, is: true } }
  exclusions: [{ id: declined, say: declined, when: { fact: declined, is: true } }]
  numerator: { say: seen within 56 days, when: { fact: found-to-seen-days, atMost: 56 } }
  because: it helps
  cites: [{ source: trial-one, at: table 2, says: it helps }]
  review: confirmed
  examples:
    - { name: day 56, given: { stage-iv: true, found-on: '2026-01-01', seen-on: '2026-02-26' }, expect: met }
    - { name: day 57, given: { stage-iv: true, found-on: '2026-01-01', seen-on: '2026-02-27' }, expect: not-met }
    - { name: never, given: { stage-iv: true, found-on: '2026-01-01', seen-on: never }, expect: not-met }
    - { name: day not recorded, given: { stage-iv: true, found-on: '2026-01-01' }, expect: not-known, missing: [found-to-seen-days] }
    - { name: known to the month, given: { stage-iv: true, found-on: '2026-01', seen-on: '2026-02-26' }, expect: not-known }
    - { name: declined, given: { stage-iv: true, declined: true, found-on: '2026-01-01', seen-on: never }, expect: excluded }
    - { name: another stage, given: { stage-iv: false }, expect: outside }
    - { name: stage open, given: {}, expect: perhaps }
`
const PAIN = `
- id: pain-plan
  title: Plan for pain
  status: internal
  direction: higher
  each: visits
  anchor: 'on'
  patients: { say: stage IV, when: { fact: stage-iv, is: true } }
  population: { say: visits with pain, when: { fact: pain, atLeast: 1 } }
  numerator: { say: a plan, when: { fact: plan, is: true } }
  because: it helps
  cites: [{ source: trial-one, at: table 2, says: it helps }]
  review: confirmed
  examples:
    - { name: pain and a plan, given: { stage-iv: true }, item: { pain: 4, plan: true }, expect: met }
    - { name: pain and none, given: { stage-iv: true }, item: { pain: 4, plan: false }, expect: not-met }
    - { name: not recorded, given: { stage-iv: true }, item: { pain: 4 }, expect: not-known, missing: [plan] }
    - { name: no pain, given: { stage-iv: true }, item: { pain: 0 }, expect: outside }
    - { name: stage open, given: {}, item: { pain: 4, plan: true }, expect: perhaps }
`

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true })
})

/** A small base with this file of measures. */
function baseWith(measures: string) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'measures-'))
  folders.push(root)
  for (const [file, text] of Object.entries({ ...GOOD, 'facts/quality.yaml': FACTS, 'quality/all.yaml': measures })) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    fs.writeFileSync(path.join(root, file), text)
  }
  return compileKnowledge(root, '2026-11-23')
}

/** What the check says of their file. */
const findingsOf = (measures: string): readonly string[] =>
  baseWith(measures)
    .findings.filter(({ file, severity }) => file.startsWith('quality/') && severity !== 'warning')
    .map(({ code, message }) => `${code}: ${message}`)

describe('measures are checked as they are written', () => {
  test('two good ones', () => expect(findingsOf(SEEN + PAIN)).toEqual([]))

  test.each([
    {
      name: 'a wrong outcome',
      change: (text: string) => text.replace('2026-02-27', '2026-02-20'),
      says: /"day 57" is met, expected not-met/,
    },
    {
      name: 'an anchor that is no date',
      change: (text: string) => text.replace('anchor: found-on', 'anchor: stage-iv'),
      says: /stage-iv is not a date/,
    },
    {
      name: 'a fact that is not there',
      change: (text: string) => text.replace('fact: declined, is', 'fact: refused, is'),
      says: /no fact is called refused/,
    },
    {
      name: 'no example that stays open',
      change: (text: string) => text.replace(/.*expect: not-known.*\n/g, ''),
      says: /has no example that is not-known/,
    },
    {
      name: 'a lower limit on an interval',
      change: (text: string) => text.replace('atMost: 56', 'atLeast: 0'),
      says: /something that never was is endless and would count/,
    },
    {
      name: 'a fact that is not missing',
      change: (text: string) => text.replace('missing: [found-to-seen-days]', 'missing: [declined]'),
      says: /does not miss declined/,
    },
    { name: 'no source', change: (text: string) => text.replace(/ {2}cites:.*\n/, '  cites: []\n'), says: /has no citation/ },
    {
      name: 'a source that is not there',
      change: (text: string) => text.replace('source: trial-one', 'source: trial-two'),
      says: /no source called trial-two/,
    },
    {
      name: 'an unknown field',
      change: (text: string) => text.replace('  because:', '  benchmark: 27\n  because:'),
      says: /there is no field benchmark/,
    },
  ])('$name', ({ change, says }) => {
    const findings = findingsOf(change(SEEN))
    expect(
      findings.some((finding) => says.test(finding)),
      findings.join('\n'),
    ).toBe(true)
  })

  test.each([
    {
      name: 'a field that the items do not have',
      change: (text: string) => text.replace('fact: plan, is', 'fact: plans, is'),
      says: /visits has no field plans/,
    },
    {
      name: 'a list that is none',
      change: (text: string) => text.replace('each: visits', 'each: stage-iv'),
      says: /stage-iv is not a list fact/,
    },
    {
      name: 'items without saying of whom',
      change: (text: string) => text.replace(/ {2}patients:.*\n/, ''),
      says: /each and patients belong together/,
    },
    {
      name: 'an item with an unknown field',
      change: (text: string) => text.replace('item: { pain: 0 }', 'item: { pian: 0 }'),
      says: /there is no field pian/,
    },
  ])('of items: $name', ({ change, says }) => {
    const findings = findingsOf(change(PAIN))
    expect(
      findings.some((finding) => says.test(finding)),
      findings.join('\n'),
    ).toBe(true)
  })
})

// population, excluded, numerator, excepted → outcome
test.each<[Truth, Truth, Truth, Truth, string]>([
  ['true', 'false', 'true', 'false', 'met'],
  ['true', 'false', 'true', 'unknown', 'met'],
  ['true', 'false', 'false', 'false', 'not-met'],
  ['true', 'false', 'false', 'true', 'excepted'],
  ['true', 'false', 'false', 'unknown', 'not-known'],
  ['true', 'false', 'unknown', 'false', 'not-known'],
  ['true', 'false', 'unknown', 'true', 'not-known'],
  ['true', 'true', 'unknown', 'false', 'excluded'],
  ['true', 'unknown', 'true', 'false', 'not-known'],
  ['false', 'unknown', 'unknown', 'unknown', 'outside'],
  ['unknown', 'true', 'true', 'true', 'perhaps'],
])('population %s, excluded %s, numerator %s, excepted %s: %s', (population, excluded, numerator, excepted, outcome) => {
  expect(measureOutcome({ population, excluded, numerator, excepted })).toBe(outcome)
})

describe('measures are shown', () => {
  const compilation = baseWith(SEEN + PAIN)

  test('on a page of the site, with what leads to it', () => {
    const site = buildSite({ compilation, asOf: '2026-11-23', aimed: new Map(), patients: [] })
    const page = site.get('measure/seen-in-8-weeks.html')!
    expect(page).toContain('Days from found to seen at most 56 d')
    expect(page).toContain('not known: counted apart')
    expect(page).toContain('our own proposal, endorsed by nobody')
    expect(site.get('measure/pain-plan.html')).toContain('Pain at least 1')
    expect(site.get('rules.html')).toContain('measure/seen-in-8-weeks.html')
    expect(site.get('fact/found-to-seen-days.html')).toContain('measure/seen-in-8-weeks.html')
  })

  test('in words for a terminal', () => {
    const { text } = explainEntry({ compilation, id: 'pain-plan', asOf: '2026-11-23' })
    expect(text).toContain('Which of the items (visits)')
    expect(text).toContain('Counted as reached (higher is better)\n  a plan\n    plan')
  })

  test('as FHIR Measures: groups of patients in CQL, groups of items in words', () => {
    const { knowledge } = compilation
    const edition = cqlEdition(knowledge)
    const [seen, pain] = cpgResources(knowledge, edition).filter(({ resourceType }) => resourceType === 'Measure') as unknown as readonly {
      readonly group: readonly [
        {
          readonly population: readonly {
            readonly code: { readonly coding: readonly [{ readonly code: string }] }
            readonly criteria: object
          }[]
        },
      ]
    }[]
    expect(seen!.group[0].population.map(({ code }) => code.coding[0].code)).toEqual([
      'initial-population',
      'denominator',
      'denominator-exclusion',
      'numerator',
    ])
    expect(seen!.group[0].population[3]!.criteria).toMatchObject({ language: 'text/cql', expression: '"seen-in-8-weeks: numerator"' })
    expect(pain!.group[0].population[2]!.criteria).toMatchObject({ language: 'text/plain', expression: 'a plan' })
    const library = edition.libraries.find(({ id }) => id === 'SecondWindQuality')!
    expect(library.definitions.map(({ name }) => name)).toContain('seen-in-8-weeks: numerator')
  })
})
