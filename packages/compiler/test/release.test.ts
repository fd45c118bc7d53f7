import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'
import type { KnowledgeBase } from '@secondwind/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  brokenReleases,
  diffKnowledge,
  graft,
  manifestProblems,
  type OpenedBase,
  openBase,
  openRelease,
  type ReleaseManifest,
  readManifest,
  releaseFolders,
  releaseNotes,
  releaseWithDigest,
  writeRelease,
} from '../src/index.ts'
import { GOOD } from './small-base.ts'

const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const CHANGELOG = `# Releases

## 2026-11-23.2

A dose was put right.

## 2026-11-23

First release.
`
const DOSING = `
- { id: dose-a, drug: osimertinib, when: { fact: ecog, atLeast: 3 }, factor: 0.5, say: half, cites: [{ source: trial-one, at: a, says: b }], review: confirmed, examples: [] }
- { id: dose-b, drug: osimertinib, when: { fact: ecog, atLeast: 2 }, factor: 0.75, say: less, cites: [{ source: trial-one, at: a, says: b }], review: confirmed, examples: [] }
`

/** A project with a small knowledge base. */
let project: string
beforeEach(() => {
  project = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-release-'))
  write(GOOD)
  write({ 'CHANGELOG.md': CHANGELOG.replace(/## 2026-11-23\.2.*?(?=## )/s, '') })
})
afterEach(() => fs.rmSync(project, { recursive: true }))

function write(files: { readonly [file: string]: string }): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(project, 'knowledge', name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, text)
  }
}

const replaced = (file: string, from: string | RegExp, to: string): void => {
  const text = fs.readFileSync(path.join(project, 'knowledge', file), 'utf8')
  const changed = text.replace(from, to)
  if (changed === text) throw new Error(`${file} does not hold ${from}`)
  write({ [file]: changed })
}

function open(named = 'working', despiteFindings = true): OpenedBase {
  const opened = openBase(named, { project, despiteFindings })
  if (!opened.ok) throw new Error(JSON.stringify(opened.error))
  // the small base has no ranking and no units: that is not what is tested here
  return { ...opened.value, findings: [] }
}

const failure = (named: string): string => {
  const opened = openBase(named, { project })
  return opened.ok ? 'opened' : opened.error.map((e) => `${e.path}: ${e.message} (${e.remedy})`).join('\n')
}

const fieldsOf = (before: OpenedBase, after: OpenedBase): string[] =>
  diffKnowledge(before, after).flatMap((rule) => rule.fields.map((f) => `${rule.key} ${f.path} ${f.weight}`))

describe('what changed in the rules', () => {
  test.each([
    {
      name: 'the standing',
      file: 'treatment/all.yaml',
      from: 'as: recommended',
      to: 'as: conditional',
      says: ['options/option-one standing[0].as substance'],
    },
    {
      name: 'its reason',
      file: 'treatment/all.yaml',
      from: 'it works',
      to: 'it works well',
      says: ['options/option-one standing[0].because wording'],
    },
    { name: 'for whom', file: 'treatment/all.yaml', from: 'is: a }] }', to: 'is: b }] }', says: ['options/option-one when substance'] },
    {
      name: 'what a citation says',
      file: 'treatment/all.yaml',
      from: 'says: longer survival',
      to: 'says: people lived longer',
      says: ['options/option-one cites[trial-one, abstract].says wording'],
    },
    {
      name: 'where it is cited from',
      file: 'treatment/all.yaml',
      from: 'at: abstract',
      to: 'at: results',
      says: ['options/option-one cites[trial-one, abstract] evidence', 'options/option-one cites[trial-one, results] evidence'],
    },
    {
      name: 'the review',
      file: 'treatment/all.yaml',
      from: 'review: confirmed',
      to: 'review: unconfirmed',
      says: ['options/option-one cites[trial-one, abstract].review evidence', 'options/option-one review evidence'],
    },
    {
      name: 'a dose',
      file: 'regimens/all.yaml',
      from: 'dose: 80',
      to: 'dose: 40',
      says: ['regimens/osimertinib components[0].dose substance'],
    },
    {
      name: 'a threshold of a named criterion',
      file: 'criteria/all.yaml',
      from: 'atMost: 1',
      to: 'atMost: 2',
      says: ['criteria/fit when substance'],
    },
    { name: 'the name of a criterion', file: 'criteria/all.yaml', from: 'ECOG 0 or 1', to: 'Fit', says: ['criteria/fit label wording'] },
    {
      name: 'how long a fact is fresh',
      file: 'facts/all.yaml',
      from: 'type: integer',
      to: 'type: integer, freshDays: 30',
      says: ['facts/ecog freshDays substance'],
    },
    {
      name: 'a word by which charts are read',
      file: 'terminology/drugs.yaml',
      from: 'label: osimertinib',
      to: 'label: Tagrisso',
      says: ['drugs/osimertinib label substance'],
    },
    {
      name: 'the title of a source',
      file: 'sources/all.yaml',
      from: 'title: Trial one',
      to: 'title: Trial 1',
      says: ['sources/trial-one title wording'],
    },
    {
      name: 'the address of a source',
      file: 'sources/all.yaml',
      from: 'kind: trial',
      to: 'kind: trial, url: https://example.org',
      says: ['sources/trial-one url evidence'],
    },
  ])('$name', ({ file, from, to, says }) => {
    const before = open()
    replaced(file, from, to)
    const after = open()
    expect(fieldsOf(before, after)).toEqual(says)
    expect(fieldsOf(after, before)).toHaveLength(says.length)
    const [rule] = diffKnowledge(before, after)
    expect(rule?.after).toMatch(new RegExp(`^knowledge/${file}(:\\d+)?$`))
  })

  test('an entry that is in another place, and a file that is split, are no difference', () => {
    const before = open()
    replaced('facts/all.yaml', /^/, '# moved down\n\n\n')
    const [first, ...rest] = fs.readFileSync(path.join(project, 'knowledge/facts/all.yaml'), 'utf8').trim().split('\n- ').reverse()
    write({
      'facts/all.yaml': rest.reverse().join('\n- '),
      'facts/aaa.yaml': `- ${first}\n`,
      'treatment/other/all.yaml': GOOD['treatment/all.yaml']!,
    })
    fs.rmSync(path.join(project, 'knowledge/treatment/all.yaml'))
    const after = open()
    expect(after.knowledge.digest).not.toBe(before.knowledge.digest)
    // the name of its file is the group of a fact
    expect(fieldsOf(before, after)).toEqual(['facts/lines group substance'])
  })

  test('a row that is put in is one difference, not one in every row behind it', () => {
    replaced('treatment/all.yaml', 'standing: [', 'standing: [{ as: alternative, when: { fact: ild, is: true }, because: the lung }, ')
    const before = open()
    replaced('treatment/all.yaml', 'standing: [', 'standing: [{ as: conditional, when: { fact: ecog, atLeast: 3 }, because: frail }, ')
    const after = open()
    expect(fieldsOf(before, after)).toEqual(['options/option-one standing[0] substance'])
    expect(diffKnowledge(before, after)[0]!.fields[0]).not.toHaveProperty('before')
    expect(diffKnowledge(after, before)[0]!.fields[0]).not.toHaveProperty('after')
  })

  test('a line that is put into a list, one that is reworded, and another order are one difference each', () => {
    replaced('facts/all.yaml', 'type: truth, absence: listed', 'type: truth, absence: listed, aliases: [one, two, three]')
    const before = open()
    const after = (aliases: string): string[] => {
      replaced('facts/all.yaml', /aliases: \[.*?\]/, `aliases: [${aliases}]`)
      return fieldsOf(before, open())
    }
    expect(after('one, new, two, three')).toEqual(['facts/ild aliases[1] substance'])
    expect(after('one, other, three')).toEqual(['facts/ild aliases[1] substance'])
    expect(after('three, one, two')).toEqual(['facts/ild aliases (order) substance'])
    expect(after('one')).toEqual(['facts/ild aliases[1] substance', 'facts/ild aliases[2] substance'])
  })

  test('the order of dose rules of one drug decides, that of options does not', () => {
    write({ 'dosing/all.yaml': DOSING })
    const before = open()
    write({ 'dosing/all.yaml': DOSING.trim().split('\n').reverse().join('\n') })
    const changes = diffKnowledge(before, open())
    expect(changes.map(({ key, change, weight }) => `${key} ${change} ${weight}`)).toEqual(['dosing/dose-a moved substance'])
  })

  test('sources that a rule newly cites, and those it no longer does', () => {
    write({
      'sources/all.yaml': `${GOOD['sources/all.yaml']}- { id: trial-two, title: Two, kind: trial, accessed: 2026-11-23, review: confirmed }\n`,
    })
    const before = open()
    replaced('treatment/all.yaml', 'source: trial-one, at: abstract', 'source: trial-two, at: abstract')
    expect(diffKnowledge(before, open())).toMatchObject([
      { sources: ['trial-two'], newlyCited: ['trial-two'], noLongerCited: ['trial-one'] },
    ])
  })

  test('any one changed value of any entry is found, and only there; taking the change over gives the other base', () => {
    const base = open()
    const lists = ['facts', 'criteria', 'drugs', 'regimens', 'options'] as const
    const leaf = (value: unknown, choose: number): unknown => {
      if (typeof value === 'string') return `${value} x`
      if (typeof value === 'number') return value + 1
      if (typeof value === 'boolean') return !value
      if (value === null || typeof value !== 'object') return 'x'
      const keys = Object.keys(value).filter((key) => key !== 'id' && key !== 'from')
      if (keys.length === 0) return Array.isArray(value) ? ['x'] : { x: 1 }
      const key = keys[choose % keys.length]!
      if (Array.isArray(value)) return value.map((part, i) => (String(i) === key ? leaf(part, Math.floor(choose / keys.length)) : part))
      const record = value as { readonly [key: string]: unknown }
      return { ...record, [key]: leaf(record[key], Math.floor(choose / keys.length)) }
    }
    fc.assert(
      fc.property(fc.constantFrom(...lists), fc.nat(), fc.nat(), (kind, which, choose) => {
        const list = base.knowledge[kind] as readonly { readonly id: string }[]
        const at = which % list.length
        const knowledge = {
          ...base.knowledge,
          [kind]: list.map((entry, i) => (i === at ? leaf(entry, choose) : entry)),
          digest: 'x',
        } as KnowledgeBase
        const after = { ...base, knowledge }
        const changes = diffKnowledge(base, after)
        expect(changes.map((c) => c.key)).toEqual([`${kind}/${list[at]!.id}`])
        expect(changes[0]!.fields.length).toBeGreaterThan(0)
        expect(diffKnowledge({ ...base, knowledge: graft(base.knowledge, knowledge, changes) }, after)).toEqual([])
      }),
      { seed: 20261123, numRuns: 300 },
    )
  })

  test('an entry that others may name is not taken away alone, and a new one comes with what it names', () => {
    const before = open()
    replaced('treatment/all.yaml', '{ ref: fit }', '{ ref: fitter }')
    write({ 'criteria/all.yaml': '- { id: fitter, label: ECOG 0, when: { fact: ecog, atMost: 0 } }\n' })
    const after = open()
    const changes = diffKnowledge(before, after)
    const made = graft(
      before.knowledge,
      after.knowledge,
      changes.filter((c) => c.kind === 'options'),
    )
    expect(made.criteria.map((c) => c.id).sort()).toEqual(['fit', 'fitter'])
  })
})

describe('kept releases', () => {
  const root = (): string => path.join(project, 'releases')
  const keep = (): ReturnType<typeof writeRelease> => {
    const base = open()
    return writeRelease(root(), {
      base,
      software: 'second-wind test',
      notes: releaseNotes(path.join(project, 'knowledge'), base.knowledge.version),
    })
  }
  const manifestOf = (folder: string): ReleaseManifest => readManifest(folder)!
  /** Keeps two releases, one after the other. */
  const keepTwo = (): readonly [string, string] => {
    expect(keep()).toMatchObject({ ok: true, value: { isNew: true } })
    write({ 'CHANGELOG.md': CHANGELOG })
    replaced('regimens/all.yaml', 'dose: 80', 'dose: 40')
    expect(keep()).toMatchObject({ ok: true, value: { isNew: true } })
    return releaseFolders(root()) as unknown as readonly [string, string]
  }

  test('a release whose manifest is gone is an error, and is not written over', () => {
    keepTwo()
    const [first] = releaseFolders(root())
    fs.rmSync(path.join(first!, 'manifest.json'))
    expect(brokenReleases(root())).toMatchObject([
      { path: `releases/${path.basename(first!)}`, message: expect.stringContaining('manifest.json is missing') },
    ])
    fs.writeFileSync(path.join(releaseFolders(root())[0]!, 'manifest.json'), 'half')
    expect(brokenReleases(root())).toHaveLength(2)
    const again = keep()
    expect(again.ok).toBe(false)
    expect(JSON.stringify(again)).toContain('without a manifest that can be read')
  })

  test('every release that is kept here is what its manifest says', () => {
    const folders = releaseFolders(path.join(PROJECT, 'releases'))
    expect(folders.flatMap(manifestProblems)).toEqual([])
    expect(folders.length).toBeGreaterThan(0)
    for (const folder of folders) expect(openRelease(folder).ok).toBe(true)
  })

  test('what is kept is what was there: the same base, digest, places and notes', () => {
    const [first, second] = keepTwo()
    expect(manifestProblems(first)).toEqual([])
    expect(manifestProblems(second)).toEqual([])
    expect(path.basename(second)).toBe('2026-11-23.2')
    expect(manifestOf(second)).toMatchObject({
      version: '2026-11-23.2',
      notes: 'A dose was put right.',
      previous: { version: '2026-11-23' },
    })
    const kept = openRelease(second)
    const now = open()
    expect(kept.ok && kept.value.knowledge).toEqual(now.knowledge)
    expect(kept.ok && kept.value.places).toEqual(now.places)
    expect(open('latest').knowledge.digest).toBe(now.knowledge.digest)
    expect(open('2026-11-23').knowledge.regimens[0]!.components[0]!.dose).toBe(80)
    expect(releaseWithDigest(root(), now.knowledge.digest)).toBe(second)
    expect(releaseWithDigest(root(), 'no such digest')).toBeUndefined()
  })

  test('keeping the same again changes nothing; other rules under a kept version are refused', () => {
    keep()
    const before = fs.readFileSync(path.join(root(), '2026-11-23/manifest.json'))
    expect(keep()).toMatchObject({ ok: true, value: { isNew: false } })
    replaced('regimens/all.yaml', 'dose: 80', 'dose: 40')
    const refused = keep()
    expect(!refused.ok && refused.error[0]!.message).toBe('is kept already and says something else')
    expect(fs.readFileSync(path.join(root(), '2026-11-23/manifest.json'))).toEqual(before)
  })

  test.each([
    {
      name: 'findings',
      base: (b: OpenedBase): OpenedBase => ({ ...b, findings: [{ code: 'schema', file: 'x', line: 1, message: 'm', remedy: 'r' }] }),
      says: 'the base has 1 findings',
    },
    {
      name: 'a version that is no day',
      base: (b: OpenedBase): OpenedBase => ({ ...b, knowledge: { ...b.knowledge, version: 'unreleased' } }),
      says: 'its newest heading is "unreleased", not a day',
    },
    {
      name: 'a version older than the newest',
      base: (b: OpenedBase): OpenedBase => ({ ...b, knowledge: { ...b.knowledge, version: '2025-01-01', digest: 'x' } }),
      says: '2025-01-01 is older than the newest release, 2026-11-23',
    },
  ])('a base with $name is refused', ({ base, says }) => {
    keep()
    const refused = writeRelease(root(), { base: base(open()), software: 'x', notes: '' })
    expect(!refused.ok && refused.error[0]!.message).toBe(says)
    expect(releaseFolders(root())).toHaveLength(1)
  })

  const packed = (folder: string): string => path.join(folder, 'knowledge.json.br')
  const edit = (folder: string, change: (manifest: ReleaseManifest) => object): void =>
    fs.writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(change(manifestOf(folder))))
  test.each<{ name: string; spoil: (folder: string) => void; says: RegExp }>([
    {
      name: 'a byte of the base',
      spoil: (f) => fs.writeFileSync(packed(f), Buffer.concat([fs.readFileSync(packed(f)).subarray(1), Buffer.from('x')])),
      says: /is not the file that was released/,
    },
    {
      name: 'the base is cut',
      spoil: (f) => fs.writeFileSync(packed(f), fs.readFileSync(packed(f)).subarray(9)),
      says: /bytes, the manifest says/,
    },
    { name: 'the base is gone', spoil: (f) => fs.rmSync(packed(f)), says: /is not there/ },
    { name: 'the digest', spoil: (f) => edit(f, (m) => ({ ...m, digest: 'x' })), says: /the manifest says x/ },
    { name: 'the version', spoil: (f) => edit(f, (m) => ({ ...m, version: '2027-01-01' })), says: /the manifest says 2027-01-01/ },
    { name: 'the counts', spoil: (f) => edit(f, (m) => ({ ...m, entries: { ...m.entries, options: 2 } })), says: /not those counted/ },
    { name: 'the unconfirmed', spoil: (f) => edit(f, (m) => ({ ...m, unconfirmed: 7 })), says: /unconfirmed entries/ },
    { name: 'the manifest is no JSON', spoil: (f) => fs.writeFileSync(path.join(f, 'manifest.json'), '{'), says: /cannot be read/ },
    {
      name: 'the release before it',
      spoil: (f) => edit(path.join(path.dirname(f), '2026-11-23'), (m) => ({ ...m, notes: 'other' })),
      says: /is not the one it was made after/,
    },
    {
      name: 'a rule inside, with every checksum made anew',
      spoil: (f) => {
        const text = zlib
          .brotliDecompressSync(fs.readFileSync(packed(f)))
          .toString()
          .replace('"dose":40', '"dose":41')
        const bytes = zlib.brotliCompressSync(Buffer.from(text))
        fs.writeFileSync(packed(f), bytes)
        const sum = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex')
        edit(f, (m) => ({ ...m, bytes: bytes.length, sha256: sum(bytes), contentBytes: text.length, contentSha256: sum(text) }))
      },
      says: /does not have the digest it names/,
    },
  ])('$name is noticed', ({ spoil, says }) => {
    const [, second] = keepTwo()
    spoil(second)
    expect(
      manifestProblems(second)
        .map((p) => p.message)
        .join('\n'),
    ).toMatch(says)
    expect(openRelease(second).ok).toBe(false)
  })

  test('a release in a folder of another name is noticed', () => {
    const [first] = keepTwo()
    const copy = path.join(root(), '2020-01-01')
    fs.cpSync(first, copy, { recursive: true })
    expect(manifestProblems(copy).map((p) => p.message)).toEqual(['the folder is not called 2026-11-23'])
  })
})

describe('opening a base', () => {
  test('a folder of knowledge, the folder that holds it, a built file plain and compressed: the same base', () => {
    const { knowledge } = open()
    const file = path.join(project, 'base.json')
    fs.writeFileSync(file, JSON.stringify(knowledge))
    fs.writeFileSync(`${file}.gz`, zlib.gzipSync(JSON.stringify({ stamp: 'x', knowledge })))
    fs.writeFileSync(`${file}.br`, zlib.brotliCompressSync(JSON.stringify({ knowledge, places: {} })))
    // a bare base has no ranking here, which a built file of the product always has
    for (const named of [project, path.join(project, 'knowledge'), file, `${file}.gz`, `${file}.br`])
      expect([named, open(named).knowledge.digest]).toEqual([named, knowledge.digest])
  })

  test('what is none says so', () => {
    fs.writeFileSync(path.join(project, 'words.json'), 'words')
    fs.writeFileSync(path.join(project, 'other.json'), '{"version":"1"}')
    const { knowledge } = open()
    fs.writeFileSync(path.join(project, 'edited.json'), JSON.stringify({ ...knowledge, options: [] }))
    fs.mkdirSync(path.join(project, 'empty'))
    expect(failure(path.join(project, 'words.json'))).toContain('is not JSON')
    expect(failure(path.join(project, 'other.json'))).toContain('it has no digest')
    expect(failure(path.join(project, 'edited.json'))).toContain('was changed after it was built')
    expect(failure(path.join(project, 'empty'))).toContain('holds no knowledge base')
    expect(failure('latest')).toContain('no release is kept yet')
    expect(failure('no-such-revision')).toContain('no git revision')
  })

  test('YAML of another format is refused with the place, unless it is wanted all the same', () => {
    replaced('treatment/all.yaml', 'priority: 1', 'priority: 1\n  colour: blue')
    const told = failure('working')
    expect(told).toContain('cannot read 1 places of it (schema)')
    expect(told).toContain('--despite-findings')
    expect(told).toContain('knowledge/treatment/all.yaml:')
    expect(open('working', true).knowledge.options).toEqual([])
  })

  test('a git revision is compiled by the compiler of today, and one without knowledge says so', () => {
    const git = (...args: readonly string[]): void => {
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-C', project, ...args], { stdio: 'pipe' })
    }
    git('init', '-q', '-b', 'main')
    git('commit', '-q', '--allow-empty', '-m', 'before there was knowledge')
    git('add', 'knowledge')
    git('commit', '-q', '-m', 'knowledge')
    const { knowledge } = open()
    replaced('regimens/all.yaml', 'dose: 80', 'dose: 40')
    const old = open('HEAD')
    expect(old.name).toMatch(/^HEAD \([0-9a-f]{7}\)$/)
    expect(old.knowledge).toEqual(knowledge)
    expect(fieldsOf(old, open())).toEqual(['regimens/osimertinib components[0].dose substance'])
    expect(failure('HEAD~1')).toContain('HEAD~1: has no folder knowledge')
  })
})
