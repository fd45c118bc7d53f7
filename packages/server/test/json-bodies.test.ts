import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseBody } from '../src/api/json.ts'
import { Refused, type ServerIssue } from '../src/issue.ts'

const refusalOf = (text: string): ServerIssue | undefined => {
  try {
    parseBody(text)
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.issues[0]
    throw error
  }
}

describe('the same name twice in one object', () => {
  test.each([
    ['at the top', '{"status":"final","code":{},"status":"entered-in-error"}', 'status'],
    ['in a list', '{"name":[{"family":"A"},{"family":"B","given":["C"],"family":"D"}]}', 'name[1].family'],
    ['far inside', '{"a":{"b":[[{"c":1,"d":{"e":2,"e":3}}]]}}', 'a.b[0][0].d.e'],
    ['once written with an escape', '{"dose":1,"d\\u006fse":2}', 'dose'],
    ['beside texts that hold quotes, colons and slashes', '{"a":"\\"x\\":1","b":"\\\\","a" : "{\\"b\\":2}"}', 'a'],
    ['with the same value', '{"a":1,"a":1}', 'a'],
    ['as an empty name', '{"":1,"":2}', 'body'],
    ['in an entry of a bundle', '{"entry":[{"resource":{"id":"1"}},{"resource":{"id":"2","id":"3"}}]}', 'entry[1].resource.id'],
  ])('%s is refused, and where is said', (_name, text, path) => {
    const issue = refusalOf(text)
    expect([issue?.code, issue?.path === '' ? 'body' : issue?.path]).toEqual(['not-json', path])
    expect(issue?.message).toContain('twice')
  })

  test('the same name in two objects is none', () => {
    for (const text of ['{"a":{"x":1},"b":{"x":1}}', '[{"x":1},{"x":1}]', '{"x":{"x":{"x":1}}}', '{"a":"a:a:a","b":[":","\\":"]}'])
      expect(parseBody(text)).toEqual(JSON.parse(text))
  })

  test('any JSON without one is read as JSON reads it, however it is laid out', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        fc.pre(!/\\u0000|__proto__|\\ud[89a-f]/i.test(text))
        expect(parseBody(text)).toEqual(JSON.parse(text))
      }),
      { seed: 20261124, numRuns: 1000 },
    )
  })

  test('any object with one of its names laid in once more is refused', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue({ maxDepth: 2 }), { minKeys: 1, noNullPrototype: true }), fc.nat(), (object, at) => {
        const names = Object.keys(object)
        const text = JSON.stringify(object)
        fc.pre(!/\\u0000|__proto__|\\ud[89a-f]/i.test(text))
        expect(refusalOf(`${text.slice(0, -1)},${JSON.stringify(names[at % names.length])}:0}`)?.message).toContain('twice')
      }),
      { seed: 20261124, numRuns: 500 },
    )
  })
})

describe('numbers', () => {
  test.each([
    '0',
    '-0.5',
    '1e2',
    '1.00',
    '0.30000000000000004',
    '7.1999999999999993',
    '9007199254740992',
    '100000000000000000000',
    '1E-300',
    '0e-400',
  ])('%s is kept', (number) => {
    expect(parseBody(`{"value":${number}}`)).toEqual({ value: Number(number) })
  })
  test.each(['12345678901234567.89', '9007199254740993', '123456789012345678901234567890', '1E-400', '-1e-5000', '0.1234567890123456789'])(
    '%s would be changed: it is refused',
    (number) => {
      expect(refusalOf(`{"valueQuantity":{"unit":"g","value":${number}}}`)).toMatchObject({ code: 'not-json', path: 'value' })
    },
  )
  test('digits in a text are none', () => {
    const text = '{"value":"urn:oid:2.16.840.1.113883.19.12345678901234567890","note":"1E-400, 12345678901234567890"}'
    expect(parseBody(text)).toEqual(JSON.parse(text))
  })
})

test('a byte order mark is named', () => {
  expect(refusalOf('\ufeff{"resourceType":"Patient"}')?.message).toContain('byte order mark')
})

test.each([['1e400'], ['-1e999'], ['9'.repeat(400)]])('a number beyond what can be kept is refused, not made infinite: %.12s', (number) => {
  expect(refusalOf(`{"value":${number}}`)).toMatchObject({ code: 'not-json', message: expect.stringContaining('cannot be kept') })
})
