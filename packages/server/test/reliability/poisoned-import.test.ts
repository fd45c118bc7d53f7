import { expect, test } from 'vitest'
import { importNdjson, type LineIssue } from '../../src/fhir-api/import.ts'
import { verifyChains } from '../../src/store/verify.ts'
import { onBothDatabases } from '../store/databases.ts'
import { AUTHOR, observation, patient } from '../store/resources.ts'

const named = (id: string, family: string): string => `{"resourceType":"Patient","id":"${id}","name":[{"family":"${family}"}]}`

/** Lines that a broken or hostile sender could put among good ones, and the word that its issue must hold. */
const POISON: readonly (readonly [name: string, line: string, says: RegExp])[] = [
  ['cut off', '{"resourceType":"Patient","id":"cut', /not JSON.*cut off/s],
  ['a NUL character, which no text column takes', named('nul', 'a\\u0000b'), /NUL/],
  ['a name that reaches into JavaScript', '{"resourceType":"Patient","id":"proto","__proto__":{"admin":true}}', /__proto__/],
  [
    'nested a thousand deep',
    `{"resourceType":"Patient","id":"deep","extension":${'[{"extension":'.repeat(1000)}[]${'}]'.repeat(1000)}}`,
    /nested deeper/,
  ],
  ['no object', '[1,2,3]', /no resource/],
  ['no id', '{"resourceType":"Patient"}', /no id/],
  ['an id that is none', '{"resourceType":"Patient","id":"a/../../b"}', /id/],
  ['a type that is none', '{"resourceType":"Patientt","id":"x"}', /Patientt|type/],
  [
    'a number that no number holds',
    '{"resourceType":"Observation","id":"big","status":"final","code":{"text":"x"},"valueQuantity":{"value":1e999}}',
    /./,
  ],
]

onBothDatabases('a bulk import with poisoned lines', ({ open }) => {
  test('each is told by its number; every good line around them is kept, and the chain holds', { timeout: 60_000 }, async () => {
    const store = await open()
    const issues: LineIssue[] = []
    const lines = POISON.flatMap(([, line], at) => [
      JSON.stringify(patient(`before-${at}`)),
      line,
      JSON.stringify(observation(`after-${at}`, `before-${at}`)),
    ])
    const progress = await importNdjson({ store, author: AUTHOR, source: 'poison', lines, onIssue: (issue) => void issues.push(issue) })
    expect([...new Set(issues.map(({ line }) => line))]).toEqual(POISON.map((_, at) => at * 3 + 2))
    for (const [at, [name, , says]] of POISON.entries())
      expect({
        name,
        told: issues.filter(({ line }) => line === at * 3 + 2).map(({ issue }) => `${issue.message} ${issue.remedy}`),
      }).toEqual({
        name,
        told: expect.arrayContaining([expect.stringMatching(says)]),
      })
    expect(progress).toEqual({ lines: lines.length, kept: POISON.length * 2, refused: POISON.length })
    const [row] = await store.database.query<{ n: number }>('select count(*) as n from resource_current')
    expect(row?.n).toBe(POISON.length * 2)
    expect((await verifyChains(store.database)).problems).toEqual([])
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  test('what only the database refuses costs its own line, not the thousand around it', { timeout: 60_000 }, async () => {
    const store = await open()
    // a rule that this database has and no check of ours knows
    await store.database.script(`alter table chart_version add check (body is null or body not like '%unspeakable%')`)
    const issues: LineIssue[] = []
    const lines = Array.from({ length: 60 }, (_, n) =>
      n === 17 || n === 41 ? named(`p${n}`, 'unspeakable') : JSON.stringify(patient(`p${n}`)),
    )
    const progress = await importNdjson({ store, author: AUTHOR, source: 'odd', lines, onIssue: (issue) => void issues.push(issue) })
    expect(issues.map(({ line, issue }) => [line, issue.code])).toEqual([
      [18, 'internal'],
      [42, 'internal'],
    ])
    expect(progress).toEqual({ lines: 60, kept: 58, refused: 2 })
    // nothing of the refused text in what is told
    expect(JSON.stringify(issues)).not.toContain('unspeakable')
    expect((await verifyChains(store.database)).problems).toEqual([])
  })
})
