import { hitsOf } from './phrases.ts'
import type { ToxicityWords } from './toxicity.ts'

const ROMAN: { readonly [numeral: string]: number } = { i: 1, ii: 2, iii: 3, iv: 4, v: 5 }

/** CTCAE grade in words: "grade 3", "G2", "CTCAE 4", "grade II-III" (the higher), else mild to fatal beside a term. */
export function gradeIn(text: string, words: Pick<ToxicityWords, 'gradeWords' | 'terms'>): number | undefined {
  const grades = [
    ...text.matchAll(
      /\b(?:grade|gr\.?|ctcae(?:\s*v?\d\.\d)?(?:\s*grade)?)\s*:?\s*([1-5]|i{1,3}|iv|v)\b(?:\s*(?:-|–|to|\/)\s*([1-5]|i{1,3}|iv|v)\b)?/giu,
    ),
  ].flatMap((match) => [match[1], match[2]].filter((one) => one !== undefined))
  for (const match of text.matchAll(/\bG([1-5])\b/gu)) grades.push(match[1]!)
  if (grades.length > 0) return Math.max(...grades.map((one) => ROMAN[one.toLowerCase()] ?? Number(one)))
  const said = Object.entries(words.gradeWords).filter(([word]) => new RegExp(`\\b${word}\\b`, 'iu').test(text))
  if (said.length === 0) return undefined
  const terms = words.terms.flatMap((term) => hitsOf(text, term.words))
  const near = said.filter(([word]) =>
    hitsOf(text, [word]).some((hit) => terms.length === 0 || terms.some((term) => Math.abs(term.at - hit.at) <= 24 + hit.words.length)),
  )
  return near.length > 0 ? Math.max(...near.map(([, grade]) => grade)) : undefined
}
