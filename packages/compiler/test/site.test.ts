import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import vm from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildSite, compileKnowledge, type SiteInput } from '../src/index.ts'
import { GOOD } from './small-base.ts'

const BASE: { readonly [file: string]: string } = {
  ...GOOD,
  'policy/populations.yaml': `
- { id: g, title: 'Adenocarcinoma: first treatment', chapter: Lung, setting: first }
`,
  'terminology/conditions.yaml': `
findings:
  - { id: fibrosis, sets: { ild: true }, snomed: ['51615001'], phrases: [lung fibrosis] }
`,
  'safety/all.yaml': `
- id: lungs
  title: Scarred lungs <b>&amp; "drug"</b>
  applies: { drugs: [osimertinib] }
  when: { fact: ild, is: true }
  effect: bar
  reason: unsafe
  notAdvised: { treatment: Osimertinib, drugs: [osimertinib], match: contains }
  say: <script>alert(1)</script> it makes scars worse
  cites: [{ source: trial-one, at: table 2, says: 5% against 1% }]
  review: confirmed
  reviewBy: '2026-10-31'
  examples:
    - { name: there, given: { ild: true }, expect: 'true' }
    - { name: not there, given: { ild: false }, expect: 'false' }
    - { name: not known, given: { ild: null }, expect: unknown, missing: [ild] }
`,
}

let site: ReadonlyMap<string, string>
let folder: string
const inputOf = (root: string, more: Partial<SiteInput> = {}): SiteInput => ({
  compilation: compileKnowledge(root, '2026-11-23'),
  asOf: '2026-11-23',
  aimed: new Map([['option-one', { safety: [{ rule: 'lungs', regimens: ['osimertinib'] }], interactions: [] }]]),
  patients: [
    {
      id: 'somebody',
      story: 'an invented patient',
      status: 'proposed',
      alerts: [],
      options: [{ id: 'option-one:osimertinib', rank: 1, standing: 'recommended', title: 'Osimertinib', because: 'it works' }],
      notAdvised: [],
      tests: [],
    },
  ],
  history: new Map([
    [
      'treatment/option-one',
      {
        changes: [
          { on: '2026-01-02', order: 0, subject: 'First', kind: 'added', fields: [] },
          { on: '2026-03-04', order: 1, subject: 'Second', kind: 'changed', fields: ['standing'] },
        ],
      },
    ],
  ]),
  ...more,
})
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'site-'))
  for (const [file, text] of Object.entries(BASE)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    fs.writeFileSync(path.join(folder, file), text)
  }
  site = buildSite(inputOf(folder))
})
afterAll(() => fs.rmSync(folder, { recursive: true }))

const page = (name: string): string => site.get(name) ?? expect.fail(`no page ${name}; there are ${[...site.keys()].join(', ')}`)
/** The words of a page, without its markup. */
const words = (name: string): string =>
  page(name)
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')

describe('the page of an option', () => {
  test('says for whom, for whom not, how, why, on which source, and until when', () => {
    const text = words('option/option-one.html')
    for (const said of [
      'Who it is for',
      'ECOG 0 or 1',
      'Who it is not for',
      'Scarred lungs',
      'recommended',
      'it works',
      '80 mg',
      'daily',
      'longer survival',
      'Trial one',
      'rash',
      'not typed',
      'first written',
      'standing',
      'Second',
    ])
      expect(text.toLowerCase()).toContain(said.toLowerCase())
  })
  test('marks a rule that concerns some regimens only', () => expect(words('option/option-one.html')).toContain('only osimertinib'))
  test('leads to its example patients, and they to it', () => {
    expect(page('option/option-one.html')).toContain('href="../patient/somebody.html"')
    expect(page('patient/somebody.html')).toContain('href="../option/option-one.html#osimertinib"')
  })
})

test('every link of every page leads to a page, and every anchor exists', () => {
  const broken: string[] = []
  for (const [name, content] of site) {
    if (!name.endsWith('.html')) continue
    for (const [, href] of content.matchAll(/(?:href|src|action)="([^"]+)"/g)) {
      if (/^(https?:|data:)/.test(href!)) continue
      const [file, anchor] = href!.split('#') as [string, string?]
      const target = file === '' ? name : path.posix.normalize(path.posix.join(path.posix.dirname(name), file))
      const found = site.get(target)
      if (found === undefined) broken.push(`${name}: ${href}`)
      else if (anchor && !found.includes(`id="${anchor}"`)) broken.push(`${name}: ${href} (anchor)`)
    }
  }
  expect(broken).toEqual([])
})

test('nothing is asked of a network: only links that a reader follows lead outside', () => {
  for (const [name, content] of site) {
    if (name.endsWith('.html')) {
      expect(content.match(/<(?:script|img|iframe|link|source)[^>]+(?:src|href)="https?:[^"]*"/g) ?? [], name).toEqual([])
      for (const [link] of content.matchAll(/<a [^>]*href="https?:[^>]*>/g)) expect(link).toContain('rel="noreferrer"')
    }
    if (name.endsWith('.css') || name === 'site.js')
      expect(content.match(/https?:\/\/|@import|fetch\(|XMLHttpRequest|eval\(/g) ?? [], name).toEqual([])
  }
})

test('what an author writes is text, never markup', () => {
  for (const [name, content] of site) if (name.endsWith('.html')) expect(content, name).not.toContain('<script>alert')
  expect(page('safety/lungs.html')).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(page('search-index.js')).not.toContain('<b>')
})

test('a review that is overdue on the day of the site stands in red, and on another day it does not', () => {
  expect(words('review.html')).toContain('1 rule is overdue')
  expect(page('safety/lungs.html')).toContain('was due 2026-10-31')
  const earlier = buildSite(inputOf(folder, { asOf: '2026-10-31' }))
  expect(earlier.get('review.html')).toContain('Nothing is overdue on 2026-10-31')
})

test('an unconfirmed claim is listed with its age, and its page says so', () => {
  const other = fs.mkdtempSync(path.join(os.tmpdir(), 'site-'))
  fs.cpSync(folder, other, { recursive: true })
  fs.writeFileSync(path.join(other, 'treatment/all.yaml'), GOOD['treatment/all.yaml']!.replace('review: confirmed', 'review: unconfirmed'))
  const history = new Map([['treatment/option-one', { changes: [], unconfirmedSince: '2026-11-13' }]])
  const built = buildSite(inputOf(other, { history }))
  fs.rmSync(other, { recursive: true })
  expect(
    built
      .get('review.html')!
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' '),
  ).toContain('option-one option 10 days 2026-11-13')
  expect(built.get('option/option-one.html')).toContain('<strong>Unconfirmed.</strong>')
})

test('a dose that begins in steps has a line for each step, and the lasting dose after them', () => {
  const other = fs.mkdtempSync(path.join(os.tmpdir(), 'site-'))
  fs.cpSync(folder, other, { recursive: true })
  const stepped =
    'unit: mg, route: iv, days: [1, 15], steps: [{ cycle: 1, day: 1, dose: 1 }, { cycle: 1, day: 8, bands: [{ belowKg: 80, dose: 7 }, { dose: 10 }] }] }]'
  fs.writeFileSync(
    path.join(other, 'regimens/all.yaml'),
    GOOD['regimens/all.yaml']!.replace('unit: mg, route: oral, days: daily }]', stepped),
  )
  const built = buildSite(inputOf(other)).get('regimen/osimertinib.html')!
  fs.rmSync(other, { recursive: true })
  expect(built).toContain('cycle 1, day 1: 1 mg<br>cycle 1, day 8: 7 mg below 80 kg, else 10 mg<br>then 80 mg</td>')
})

test('a score says its points, and for which total a remark is meant', () => {
  const other = fs.mkdtempSync(path.join(os.tmpdir(), 'site-'))
  fs.cpSync(folder, other, { recursive: true })
  fs.mkdirSync(path.join(other, 'scores'))
  fs.writeFileSync(
    path.join(other, 'scores/all.yaml'),
    `
- id: risk
  title: Risk
  kind: points
  inputs: [{ key: age, label: age, range: [0, 120] }]
  items: [{ label: old age, rows: [{ points: 2, when: [{ age: { atLeast: 80 } }] }, { points: 1, when: [{ age: { atLeast: 70 } }] }] }]
  total: [0, 2]
  remarks: [{ from: 2, say: 40 in 100 }, { from: 0, to: 0, say: 5 in 100 }]
  cites: [{ source: trial-one, at: a, says: b }]
  review: confirmed
`,
  )
  const text = buildSite(inputOf(other))
    .get('score/risk.html')!
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
  fs.rmSync(other, { recursive: true })
  for (const said of ['Old age 2 age at least 80', '1 age at least 70', 'Total 0 to 2', 'At 2 or more: 40 in 100', 'At 0: 5 in 100'])
    expect(text).toContain(said)
})

test('what changed last stands first, within a day too', () => {
  const change = (order: number, subject: string) => ({ on: '2026-05-05', order, subject, kind: 'changed' as const, fields: ['say'] })
  const history = new Map([
    ['treatment/option-one', { changes: [change(7, 'Afternoon'), change(9, 'Evening')] }],
    ['safety/lungs', { changes: [change(8, 'Tea time')] }],
  ])
  const text = buildSite(inputOf(folder, { history })).get('review.html')!
  const at = ['Evening', 'Tea time', 'Afternoon'].map((s) => text.indexOf(s))
  expect(at.every((place, i) => place > (at[i - 1] ?? 0))).toBe(true)
})

test('the same knowledge gives the same bytes', () => expect([...buildSite(inputOf(folder))]).toEqual([...site]))

describe('the search works without a server', () => {
  const hits = (query: string): readonly string[] => {
    const context: {
      window: { SECOND_WIND_SEARCH?: unknown }
      searchHits?: (index: unknown, query: string, most: number) => readonly (readonly string[])[]
    } = { window: {} }
    vm.createContext(context)
    vm.runInContext(page('search-index.js'), context)
    vm.runInContext(page('site.js'), context)
    return context.searchHits!(context.window.SECOND_WIND_SEARCH, query, 20).map((line) => line[1]!)
  }
  test.each([
    { name: 'the id of an option', query: 'option-one', first: 'option/option-one.html' },
    { name: 'the id that a plan prints, with its regimen', query: 'option-one:osimertinib', first: 'option/option-one.html' },
    { name: 'a drug', query: 'Osimertinib', first: 'drug/osimertinib.html' },
    { name: 'a word of a title, begun', query: 'adenoc', first: 'population/g.html' },
    { name: 'words in any order', query: 'treatment first', first: 'population/g.html' },
    { name: 'a fact', query: 'lung fibrosis', first: 'fact/ild.html' },
    { name: 'a drug with two letters wrong', query: 'osimertnbi', first: 'drug/osimertinib.html' },
    { name: 'a word with one letter wrong', query: 'lung fibrisis', first: 'fact/ild.html' },
    { name: 'a code of charts', query: '51615001', first: 'fact/ild.html' },
  ])('$name', ({ query, first }) => expect(hits(query)[0]).toBe(first))
  test('nothing for what is not there, and signs of patterns are only signs', () => {
    expect(hits('zzz')).toEqual([])
    expect(hits('.*')).toEqual([])
    expect(hits('  ')).toEqual([])
  })
})
