import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compileKnowledge, explainEntry, historyOf, newEntry } from '../src/index.ts'
import { GOOD } from './small-base.ts'

let root: string
beforeEach(() => {
  root = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'author-')), 'knowledge')
  for (const [file, text] of Object.entries(GOOD)) write(file, text)
})
afterEach(() => fs.rmSync(path.dirname(root), { recursive: true }))

const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8')
function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
  fs.writeFileSync(path.join(root, file), text)
}
const DAY = '2026-11-23'
const begin = (kind: string, id: string, more: Partial<Parameters<typeof newEntry>[0]> = {}) =>
  newEntry({ root, kind, id, given: {}, asOf: DAY, isDryRun: false, ...more })
const findings = () => compileKnowledge(root, 'test').findings

describe('knowledge new', () => {
  test('a copy of an option stands behind it, under its own id, unconfirmed and sound', () => {
    const { ok, text } = begin('option', 'option-two', { like: 'option-one' })
    expect(ok, text).toBe(true)
    expect(text).toMatch(/^wrote knowledge\/treatment\/all\.yaml:2\d\n/)
    expect(read('treatment/all.yaml').startsWith(GOOD['treatment/all.yaml']!)).toBe(true)
    const { entries } = compileKnowledge(root, 'test')
    expect(entries.find((e) => e.value.id === 'option-two')?.value).toMatchObject({ title: 'Osimertinib', review: 'unconfirmed' })
    expect(entries.find((e) => e.value.id === 'option-one')?.value).toMatchObject({ review: 'confirmed' })
  })

  test.each(['option', 'safety', 'source', 'fact', 'criterion', 'regimen', 'dose', 'test-rule', 'alert', 'support', 'interaction', 'drug'])(
    'a template of %s is YAML, says what to fill in with its line, and does not pass the check before',
    (kind) => {
      const { ok, text } = begin(kind, 'brand-new')
      expect(ok, text).toBe(true)
      const [, file, line] = /^wrote knowledge\/(\S+):(\d+)\n/.exec(text)!
      expect(read(file!).split('\n')[Number(line) - 1]).toBe('- id: brand-new')
      const todo = [...text.matchAll(/^ {2}line (\d+): (.+)$/gm)]
      expect(todo.length).toBeGreaterThan(0)
      for (const [, at, what] of todo) expect(read(file!).split('\n')[Number(at) - 1]).toContain(what)
      expect(findings().filter((f) => f.code === 'yaml')).toEqual([])
      if (kind !== 'drug') expect(findings().filter((f) => f.code === 'draft').length).toBeGreaterThan(0)
    },
  )

  test('a source with all its fields is complete at once', () => {
    const given = { title: 'Trial: two', kind: 'trial', year: '2027', pmid: '12345678', review: 'confirmed' }
    expect(begin('source', 'trial-two', { given }).text).toBe(
      'wrote knowledge/sources/additions.yaml:1\nthen: secondwind knowledge check sources\n',
    )
    expect(findings().filter((f) => f.severity !== 'warning')).toEqual([])
    expect(compileKnowledge(root, 'test').knowledge.sources['trial-two']).toMatchObject({ title: 'Trial: two', year: 2027, accessed: DAY })
  })

  test('a retired drug is barred for every patient, with the reason and the source', () => {
    const given = { because: 'off the market: none is made', source: 'trial-one', at: 'notice', says: "withdrawn, the maker's notice" }
    const { ok, text } = begin('retirement', 'osimertinib', { given })
    expect(ok, text).toBe(true)
    expect(findings().filter((f) => f.severity !== 'warning')).toEqual([])
    expect(compileKnowledge(root, 'test').knowledge.safety).toMatchObject([
      {
        id: 'retired-osimertinib',
        effect: 'bar',
        when: { op: 'const', value: 'true' },
        say: 'off the market: none is made',
        notAdvised: { drugs: ['osimertinib'] },
      },
    ])
  })

  test.each([
    { name: 'an unknown kind', kind: 'optoin', id: 'x', says: /did you mean option\?/ },
    { name: 'an id that is none', kind: 'option', id: 'Option Two', says: /lower-case words/ },
    { name: 'an id that is there', kind: 'option', id: 'option-one', says: /is there already: knowledge\/treatment\/all\.yaml:2/ },
    { name: 'a drug that nobody knows', kind: 'retirement', id: 'osimertinob', says: /did you mean osimertinib\?/ },
    { name: 'a model that is not there', kind: 'option', id: 'x', like: 'option-on', says: /did you mean option-one\?/ },
    { name: 'a file of another kind', kind: 'option', id: 'x', file: 'sources/all.yaml', says: /cannot hold entries of the kind option/ },
    { name: 'a path out of the knowledge', kind: 'option', id: 'x', file: '../elsewhere.yaml', says: /cannot hold/ },
  ])('refuses $name and writes nothing', ({ name: _name, kind, id, says, ...more }) => {
    const before = read('treatment/all.yaml')
    const result = begin(kind, id, more)
    expect(result.ok).toBe(false)
    expect(result.text).toMatch(says)
    expect(read('treatment/all.yaml')).toBe(before)
  })

  test('a dry run shows the entry and writes nothing', () => {
    const { text } = begin('source', 'trial-two', { isDryRun: true })
    expect(text).toContain('- id: trial-two')
    expect(fs.existsSync(path.join(root, 'sources/additions.yaml'))).toBe(false)
  })
})

describe('knowledge explain', () => {
  const explain = (id: string) => explainEntry({ compilation: compileKnowledge(root, 'test'), id, asOf: DAY })
  test('an option: for whom, standing, dose, source, examples, place', () => {
    const { found, text } = explain('option-one')
    expect(found).toBe(true)
    for (const line of [
      'option option-one   knowledge/treatment/all.yaml:2',
      'confirmed in its source',
      '    - ECOG 0 or 1 [fit]',
      '    - Histology: adenocarcinoma [histology]',
      '  recommended  it works',
      '    osimertinib 80 mg, oral, daily',
      '  - longer survival [trial-one, abstract]',
      '  unknown  not typed',
    ])
      expect(text).toContain(`${line}\n`)
  })
  test('the id as a plan prints it, with its regimen', () =>
    expect(explain('option-one:osimertinib').text).toBe(explain('option-one').text))
  test('a fact says its values, how absence counts, and who asks it', () => {
    const { text } = explain('fact/histology')
    expect(text).toMatch(/absence +witnessed/)
    expect(text).toMatch(/a +adenocarcinoma\n/)
    expect(text).toMatch(/Used by\n +option +option-one/)
  })
  test('a source says which rules rest on it', () => expect(explain('trial-one').text).toMatch(/Used by\n(.*\n)* +option +option-one/))
  test('one id of two kinds: both are told, and the kind chooses', () => {
    expect(explain('osimertinib').text).toMatch(/regimen osimertinib[\s\S]*drug osimertinib/)
    expect(explain('drug/osimertinib').text).not.toContain('regimen osimertinib ')
  })
  test('a dose that begins in steps is told step by step, the lasting dose last', () => {
    const stepped = 'unit: mg, route: iv, days: [1, 15], steps: [{ cycle: 1, day: 1, dose: 1 }, { cycle: 1, day: 8, dose: 10 }] }]'
    write('regimens/all.yaml', GOOD['regimens/all.yaml']!.replace('unit: mg, route: oral, days: daily }]', stepped))
    expect(explain('regimens/osimertinib').text).toContain(
      '    osimertinib in steps: cycle 1 day 1: 1 mg; cycle 1 day 8: 10 mg; then 80 mg, iv, day 1, 15\n',
    )
  })
  test('a rule whose review is overdue says so', () => {
    write('treatment/all.yaml', GOOD['treatment/all.yaml']!.replace('review: confirmed', "review: unconfirmed\n  reviewBy: '2026-01-31'"))
    expect(explain('option-one').text).toContain('unconfirmed: nobody has seen it in its source yet, REVIEW WAS DUE 2026-01-31')
  })
  test('a name that nothing has leads to the nearest', () => {
    expect(explain('optoin-one')).toEqual({
      found: false,
      text: 'nothing in the knowledge is called optoin-one (did you mean option-one?)\n',
    })
  })
})

describe('the history of an entry', () => {
  const git = (...args: readonly string[]): void => {
    const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false']
    execFileSync('git', [...who, ...args], {
      cwd: path.dirname(root),
      stdio: 'ignore',
      env: { ...process.env, GIT_COMMITTER_DATE: '2026-03-01T10:00:00Z', GIT_AUTHOR_DATE: '2026-03-01T10:00:00Z' },
    })
  }
  const commit = (subject: string): void => {
    git('add', '-A')
    git('commit', '-m', subject)
  }
  const cache = (): string => path.join(path.dirname(root), 'cache.json')

  test('says when it was written, which fields changed, and since when it is unconfirmed', () => {
    git('init', '-q')
    commit('First')
    write(
      'treatment/all.yaml',
      GOOD['treatment/all.yaml']!.replace('toxicity: low', 'toxicity: high').replace('review: confirmed', 'review: unconfirmed'),
    )
    commit('Second')
    const expected = {
      changes: [
        { on: '2026-03-01', order: 0, subject: 'First', kind: 'added', fields: [] },
        { on: '2026-03-01', order: 1, subject: 'Second', kind: 'changed', fields: ['toxicity', 'review'] },
      ],
      unconfirmedSince: '2026-03-01',
    }
    expect(historyOf(root, cache())?.get('treatment/option-one')).toEqual(expected)
    // again, from what was kept
    expect(historyOf(root, cache())?.get('treatment/option-one')).toEqual(expected)
    expect(historyOf(root, cache())?.get('sources/trial-one')?.changes).toHaveLength(1)
  })
  test('an entry that moves to another file keeps its history', () => {
    git('init', '-q')
    commit('First')
    fs.renameSync(path.join(root, 'sources/all.yaml'), path.join(root, 'sources/moved.yaml'))
    commit('Moved')
    expect(
      historyOf(root, cache())
        ?.get('sources/trial-one')
        ?.changes.map((c) => c.subject),
    ).toEqual(['First'])
  })
  test('is not there without a repository', () => expect(historyOf(root, cache())).toBeUndefined())
})
