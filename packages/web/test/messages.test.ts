import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const SRC = path.resolve(import.meta.dirname, '../src')
const LANGUAGES = ['en', 'es', 'de'] as const
const PLURAL = /_(zero|one|two|few|many|other)$/

const wordsOf = (language: string, area: string): { readonly [key: string]: string } =>
  JSON.parse(fs.readFileSync(path.join(SRC, 'messages', language, `${area}.json`), 'utf8')) as { readonly [key: string]: string }
const areas = fs.readdirSync(path.join(SRC, 'messages/en')).map((name) => name.replace('.json', ''))
const sources = fs
  .readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
  .map((name) => ({ name, text: fs.readFileSync(path.join(SRC, name), 'utf8') }))
const code = sources.map(({ text }) => text).join('\n')
/** Keys made at run time: what stands before the first `${`. */
const madeFrom = [...code.matchAll(/`([a-z-]+:[a-z0-9.-]*)\$\{/gi)].map((m) => m[1]!)
const base = (key: string): string => key.replace(PLURAL, '')

describe.each(areas)('words of "%s"', (area) => {
  const keys = Object.keys(wordsOf('en', area))

  test('stand in every language, none is empty', () => {
    for (const language of LANGUAGES) {
      const words = wordsOf(language, area)
      // languages have plural forms of their own: the key counts, not the form
      expect([...new Set(Object.keys(words).map(base))].sort(), language).toEqual([...new Set(keys.map(base))].sort())
      for (const [key, text] of Object.entries(words)) expect(text.trim(), `${language} ${key}`).not.toBe('')
    }
  })

  test('take the same values in every language', () => {
    const holes = (text: string): readonly string[] => [...new Set([...text.matchAll(/\{\{\s*([\w.]+)/g)].map((m) => m[1]!))].sort()
    for (const key of keys)
      for (const language of ['es', 'de'] as const) {
        const other = wordsOf(language, area)[key]
        if (other === undefined) continue
        const [own, theirs] = [holes(wordsOf('en', area)[key]!), holes(other)]
        // "one patient" needs no number
        expect(
          theirs.filter((hole) => hole !== 'count'),
          `${language} ${key}`,
        ).toEqual(own.filter((hole) => hole !== 'count'))
      }
  })

  test('are each used somewhere', () => {
    const unused = [...new Set(keys.map(base))].filter((key) => {
      const whole = `${area}:${key}`
      return (
        !code.includes(`'${whole}'`) &&
        !code.includes(`"${whole}"`) &&
        !madeFrom.some((start) => whole.startsWith(start)) &&
        !isReferred(whole)
      )
    })
    // terms are a termbase: a term may stand there before a screen needs it
    if (area !== 'terms') expect(unused).toEqual([])
  })

  test('are translated, not copied', () => {
    for (const language of ['es', 'de'] as const) {
      const words = wordsOf(language, area)
      const same = keys.filter((key) => words[key] === wordsOf('en', area)[key])
      expect(
        same.filter((key) => !isInternational(words[key]!)),
        language,
      ).toEqual([])
    }
  })
})

test('no page asks for words that are not there', () => {
  const known = new Set(
    areas.flatMap((area) => Object.keys(wordsOf('en', area)).flatMap((key) => [`${area}:${key}`, `${area}:${base(key)}`])),
  )
  const asked = sources.flatMap(({ name, text }) =>
    [...text.matchAll(/['"]([a-z-]+:[a-z][a-z0-9.-]+)['"]/g)]
      .filter((m) => areas.includes(m[1]!.split(':')[0]!))
      .map((m) => `${name}: ${m[1]}`),
  )
  expect(asked.filter((line) => !known.has(line.split(': ')[1]!))).toEqual([])
  for (const start of madeFrom.filter((one) => areas.includes(one.split(':')[0]!)))
    expect(
      [...known].some((key) => key.startsWith(start)),
      start,
    ).toBe(true)
})

/** Whether another text refers to it: `$t(terms:progression)`. */
function isReferred(whole: string): boolean {
  return LANGUAGES.some((language) =>
    areas.some((area) => Object.values(wordsOf(language, area)).some((text) => text.includes(`$t(${whole}`))),
  )
}

/** Units, names, references and single words ("Version", "Plan") can be the same in every language. */
function isInternational(text: string): boolean {
  const own = text
    .replace(/\$t\([^)]*\)|\{\{[^}]*\}\}/g, '')
    .replace(/Second Wind|mg\/dL|g\/dL|µmol\/L|g\/L|FHIR|SMART|NDJSON|JSON|PDF|ECOG|PD-L1/g, '')
  return (own.match(/\p{L}{3,}/gu) ?? []).length < 2
}
