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

test('what is broken is left to the server to name; what is too large is not read at all', async () => {
  expect(await takeFiles([file('a.json', '{"a"'), file('b.json', '{}')])).toMatchObject({ text: '{"a"\n{}' })
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
