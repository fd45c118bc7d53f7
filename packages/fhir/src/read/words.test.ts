import { expect, test } from 'vitest'
import { findPhrases, lexiconOf, sentencesOf, tokensOf } from './words.ts'

test('British and American spelling, accents and possessives compare equal', () => {
  expect(tokensOf('Tumour oedema, haemoptysis')).toEqual(tokensOf('Tumor edema, hemoptysis'))
  expect(tokensOf("Sjögren's")).toEqual(tokensOf('Sjogren'))
  expect(tokensOf('15mm')).toEqual(['15', 'mm'])
})

test('a decimal point does not end a sentence, a very long one is cut', () => {
  expect(sentencesOf('Mass of 3.2 cm. No effusion.')).toEqual(['Mass of 3.2 cm.', 'No effusion.'])
  expect(Math.max(...sentencesOf('word '.repeat(2000)).map((part) => part.length))).toBeLessThanOrEqual(800)
})

test.each([
  { text: 'pulmonary fibroses', found: [] },
  { text: 'traction of the left lung with fibrosis', found: ['gap'] },
  { text: 'metastases', found: ['stem'] },
  { text: 'interstitial pneumonia', found: ['long'] },
])('phrases: $text', ({ text, found }) => {
  const lexicon = lexiconOf([
    ['metasta*', 'stem'],
    ['traction ... fibrosis', 'none'],
    ['lung with ... fibrosis', 'gap'],
    ['pneumonia', 'short'],
    ['interstitial pneumonia', 'long'],
  ])
  expect(findPhrases(lexicon, tokensOf(text)).map(({ value }) => value)).toEqual(found)
})
