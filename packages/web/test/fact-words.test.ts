import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { openKnowledge } from '../../server/src/compose.ts'
import { inWords, type Translations, translated } from '../src/shared/fact-words.ts'

const wordsOf = (name: string): Translations =>
  JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../src', name), 'utf8')) as Translations
const { knowledge } = openKnowledge()
/** Counts of days and first days for quality measures stand on no page of a patient. */
const shown = knowledge.facts.filter(({ group }) => group !== 'quality')
const texts = new Set(shown.flatMap(({ label, values }) => [label, ...Object.values(values ?? {})]))

/** A term of the termbase and the English words in which a fact says it; each must stand in the translation of that fact. */
const TERMS: readonly (readonly [term: string, english: RegExp])[] = [
  ['chemotherapy', /^(no )?chemotherapy$/],
  ['immunotherapy', /^immunotherapy$/],
  ['targeted-therapy', /^targeted drugs$/],
  ['radiation', /^radiation$|thoracic radiation|brain radiation$/i],
  ['surgery', /^surgery$/],
  ['histology', /^Histology$/],
  ['progression', /^progression$|^Date of the latest progression$/],
  ['response', /^response$/],
  ['palliative-care', /^Palliative care involved$/],
  ['stage', /^stage I|^stage 0/],
  ['clinical-trial', /a clinical trial$/],
]

describe.each(['es', 'de'])('facts in %s', (language) => {
  const words = wordsOf(`fact-words/${language}.json`)

  test('every label and value that a page of a patient can show has its words', () => {
    const missing = [...texts].filter((text) => translated(text, words) === undefined)
    expect(missing, `write them into packages/web/src/fact-words/${language}.json`).toEqual([])
  })

  test('no translation is left of a text that the knowledge no longer has', () => {
    const left = Object.keys(words).filter((text) => !texts.has(text))
    expect(left, `take them out of packages/web/src/fact-words/${language}.json`).toEqual([])
  })

  test('genes, numbers and limits stand in both', () => {
    // initials that the language writes otherwise
    const own = /\b(DNA|RNA|HIV|HBV|GFR|ALP|MRI|TIA|III|of)\b/g
    const marks = (text: string): readonly string[] => [...new Set(text.replace(own, '').match(/[A-Z]{2,}\d*[A-Z]?|\d+/g) ?? [])].sort()
    for (const [english, text] of Object.entries(words)) for (const mark of marks(english)) expect(text, english).toContain(mark)
  })

  test('terms are those of the termbase', () => {
    const terms = wordsOf(`messages/${language}/terms.json`)
    for (const [term, english] of TERMS) {
      const said = Object.entries(words).filter(([text]) => english.test(text))
      expect(said.length, term).toBeGreaterThan(0)
      for (const [text, translation] of said) expect(translation.toLowerCase(), text).toContain(terms[term]!.toLowerCase())
    }
  })
})

test('what is not translated is marked, label and values together', () => {
  const fact = { label: 'Weight', values: { a: 'one way', b: 'G12C' } }
  expect(inWords(fact, { Weight: 'Gewicht', 'one way': 'so' })).toEqual({ label: 'Gewicht', values: { a: 'so', b: 'G12C' } })
  expect(inWords(fact, { Weight: 'Gewicht' })).toEqual({ ...fact, lang: 'en' })
})
