import { expect, test } from 'vitest'
import { MOST_BYTES, takeFiles } from './read-files.ts'

const file = (name: string, text: string, size = text.length) => ({ name, size, text: () => Promise.resolve(text) })

test('one file goes as it is; several become lines, NDJSON stays', async () => {
  expect(await takeFiles([file('a.json', '{\n "a": 1\n}')])).toEqual({ kind: 'text', text: '{\n "a": 1\n}', names: ['a.json'] })
  expect(await takeFiles([file('a.json', '{\n "a": 1\n}'), file('b.ndjson', '{"b":1}\n{"c":1}\n')])).toEqual({
    kind: 'text',
    text: '{"a":1}\n{"b":1}\n{"c":1}',
    names: ['a.json', 'b.ndjson'],
  })
})

test('a broken file alone is left to the server; among several it is named, and nothing is read', async () => {
  expect(await takeFiles([file('a.json', '{"a"')])).toMatchObject({ kind: 'text', text: '{"a"' })
  const [good, lines] = [file('good.json', '{}'), file('good.ndjson', '{}\n{}\n')]
  expect(await takeFiles([file('cut.json', '{"a"'), good, file('notes.txt', 'Dear colleague'), lines])).toEqual({
    kind: 'broken',
    names: ['cut.json', 'notes.txt'],
    // offered, not taken
    others: { kind: 'text', text: '{}\n{}\n{}', names: ['good.json', 'good.ndjson'] },
  })
  expect(await takeFiles([file('half.ndjson', '{}\n{"a"'), good])).toMatchObject({ kind: 'broken', names: ['half.ndjson'] })
  expect(await takeFiles([file('empty.json', ''), good])).toMatchObject({ kind: 'broken', names: ['empty.json'] })
  expect(await takeFiles([file('a.json', '{'), file('b.json', '[')])).toEqual({ kind: 'broken', names: ['a.json', 'b.json'] })
})

test('what is too large is not read at all', async () => {
  let isRead = false
  const huge = {
    name: 'huge.json',
    size: MOST_BYTES + 1,
    text: () => {
      isRead = true
      return Promise.resolve('')
    },
  }
  expect(await takeFiles([huge])).toEqual({ kind: 'too-large', name: 'huge.json', megabytes: 64 })
  expect(isRead).toBe(false)
  expect(await takeFiles([])).toEqual({ kind: 'none' })
})
