import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compileKnowledge, type Finding, findingText } from '../src/index.ts'
import { GOOD } from './small-base.ts'

/** An alert of the same base, with what it names. */
const ALERT: { readonly [file: string]: string } = {
  'monitoring/tests.yaml': `
- { id: brain-mri, title: MRI, settles: [ild], urgency: soon, say: look }
`,
  'emergencies/all.yaml': `
- id: alarm
  alert: cord-compression
  urgency: emergency
  title: Alarm
  when: { fact: ild, is: true }
  suspect: { when: { fact: ecog, atLeast: 3 }, title: Perhaps, actions: [look], test: brain-mri }
  actions: [act]
  defersSystemic: true
  exceptOptions: [option-one]
  cites: [{ source: trial-one, at: a, says: b }]
  review: confirmed
  examples:
    - { name: there, given: { ild: true }, expect: 'true' }
    - { name: not there, given: { ild: false }, expect: 'false' }
    - { name: not known, given: { ild: null }, expect: unknown, missing: [ild] }
`,
}

let root: string
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'knowledge-'))
})
afterEach(() => {
  fs.rmSync(root, { recursive: true })
})

function findingsOf(
  changes: { readonly [file: string]: (text: string) => string } = {},
  base: { readonly [file: string]: string } = GOOD,
): readonly Finding[] {
  for (const [file, text] of Object.entries(base)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    const change = changes[file]
    fs.writeFileSync(path.join(root, file), change ? change(text) : text)
  }
  return compileKnowledge(root, 'test').findings.filter((f) => f.severity !== 'warning')
}

test('a sound base has no finding', () => expect(findingsOf().map(findingText)).toEqual([]))

test.each([
  { name: 'an option that an alert lets through', file: 'emergencies/all.yaml', from: '[option-one]', to: '[option-two]' },
  { name: 'the test of a suspicion', file: 'emergencies/all.yaml', from: 'test: brain-mri', to: 'test: brain-ct' },
  { name: 'a fact that a test settles', file: 'monitoring/tests.yaml', from: 'settles: [ild]', to: 'settles: [fibrosis]' },
])('$name must exist', ({ file, from, to }) => {
  const base = { ...GOOD, ...ALERT }
  expect(findingsOf({}, base).map(findingText)).toEqual([])
  expect(findingsOf({ [file]: (text) => text.replace(from, to) }, base).map(({ code }) => code)).toEqual(['dangling'])
})

const TREATMENT = 'treatment/all.yaml'
describe('what is wrong is said with file, line, entry and remedy', () => {
  test.each<{ name: string; file: string; from: string; to: string; code: string; line: number; says: RegExp }>([
    {
      name: 'broken YAML',
      file: TREATMENT,
      from: 'title: Osimertinib',
      to: 'title: Osimertinib: alone',
      code: 'yaml',
      line: 3,
      says: /quote/,
    },
    { name: 'an unknown field', file: TREATMENT, from: 'group: g', to: 'group: g\n  colour: red', code: 'schema', line: 5, says: /colour/ },
    {
      name: 'no citation',
      file: TREATMENT,
      from: 'cites: [{ source: trial-one, at: abstract, says: longer survival }]',
      to: 'cites: []',
      code: 'citation',
      line: 14,
      says: /no citation/,
    },
    {
      name: 'a source that does not exist',
      file: TREATMENT,
      from: 'source: trial-one, at: abstract',
      to: 'source: trial-two, at: abstract',
      code: 'dangling',
      line: 14,
      says: /trial-two/,
    },
    {
      name: 'a fact that does not exist',
      file: TREATMENT,
      from: 'fact: histology, is: a }',
      to: 'fact: histolgy, is: a }',
      code: 'criterion',
      line: 7,
      says: /no fact is called histolgy/,
    },
    {
      name: 'a value the fact does not have',
      file: TREATMENT,
      from: 'fact: histology, is: a }',
      to: 'fact: histology, is: z }',
      code: 'criterion',
      line: 7,
      says: /its values are a, b/,
    },
    {
      name: 'a comparison that does not fit the type',
      file: TREATMENT,
      from: '{ fact: histology, is: a }',
      to: '{ fact: histology, atLeast: 3 }',
      code: 'criterion',
      line: 7,
      says: /does not fit/,
    },
    {
      name: 'known in treatment',
      file: TREATMENT,
      from: '{ fact: histology, is: a }',
      to: '{ known: histology }',
      code: 'criterion',
      line: 7,
      says: /not monotone/,
    },
    {
      name: 'a named criterion that does not exist',
      file: TREATMENT,
      from: 'ref: fit',
      to: 'ref: fitt',
      code: 'criterion',
      line: 7,
      says: /fitt/,
    },
    {
      name: 'a list field that does not exist',
      file: TREATMENT,
      from: '{ fact: histology, is: a }',
      to: '{ some: lines, where: { fact: drug, is: x } }',
      code: 'criterion',
      line: 7,
      says: /its fields are drugs, number/,
    },
    {
      name: 'an example that is wrong',
      file: TREATMENT,
      from: "given: { ecog: 1, histology: a }, expect: 'true'",
      to: "given: { ecog: 2, histology: a }, expect: 'true'",
      code: 'example',
      line: 17,
      says: /is false, expected true/,
    },
    {
      name: 'an example that misses nothing of the kind',
      file: TREATMENT,
      from: 'missing: [histology]',
      to: 'missing: [ecog]',
      code: 'example',
      line: 19,
      says: /it misses histology/,
    },
    {
      name: 'no unknown example',
      file: TREATMENT,
      from: '    - { name: not typed, given: { ecog: 1 }, expect: unknown, missing: [histology] }\n',
      to: '',
      code: 'example',
      line: 17,
      says: /no example that is unknown/,
    },
    {
      name: 'an example with an impossible value',
      file: TREATMENT,
      from: 'given: { ecog: 1, histology: b }',
      to: 'given: { ecog: one, histology: b }',
      code: 'example',
      line: 18,
      says: /ecog cannot be "one"/,
    },
    {
      name: 'a drug nobody defined',
      file: 'regimens/all.yaml',
      from: 'drug: osimertinib',
      to: 'drug: osimertinob',
      code: 'dangling',
      line: 4,
      says: /osimertinob/,
    },
    {
      name: 'the last standing with a condition',
      file: TREATMENT,
      from: 'because: it works }',
      to: 'because: it works, when: { ref: fit } }',
      code: 'schema',
      line: 8,
      says: /last standing/,
    },
    {
      name: 'an id used twice',
      file: 'sources/all.yaml',
      from: '- { id: trial-one',
      to: '- { id: trial-one, title: Twin, kind: trial, accessed: 2026-11-23, review: confirmed }\n- { id: trial-one',
      code: 'duplicate',
      line: 3,
      says: /used twice/,
    },
  ])('$name', ({ file, from, to, code, line, says }) => {
    expect(GOOD[file]).toContain(from)
    const found = findingsOf({ [file]: (text) => text.replace(from, to) })
    const match = found.find((f) => f.code === code && says.test(findingText(f)))
    expect(match, found.map(findingText).join('\n')).toBeDefined()
    expect(match).toMatchObject({ file, line })
    expect(match!.remedy.length).toBeGreaterThan(5)
  })
})

test('the digest does not depend on the order of files and changes with the content', () => {
  findingsOf()
  const first = compileKnowledge(root, 'test').knowledge.digest
  fs.renameSync(path.join(root, 'sources/all.yaml'), path.join(root, 'sources/zzz.yaml'))
  expect(compileKnowledge(root, 'test').knowledge.digest).toBe(first)
  fs.writeFileSync(path.join(root, 'sources/zzz.yaml'), GOOD['sources/all.yaml']!.replace('Trial one', 'Trial 1'))
  expect(compileKnowledge(root, 'test').knowledge.digest).not.toBe(first)
})
