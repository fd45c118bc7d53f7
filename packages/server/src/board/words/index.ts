import { Refused, refusal } from '../../issue.ts'
import { de } from './de.ts'
import { type BoardWords, en } from './en.ts'
import { es } from './es.ts'

export type { BoardWords } from './en.ts'

export const LANGUAGES = ['en', 'de', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

/** Words of one language, and how a day is written in it. */
export interface Speech {
  readonly words: BoardWords
  /** An ISO day or instant as a day in words; what is no day stays as it is. */
  readonly day: (iso: string) => string
}

const WORDS: { readonly [language in Language]: BoardWords } = { en, de, es }

/** The language that is asked for in the address; English where none is. */
export function speechOf(language: string | undefined): Speech {
  const found = LANGUAGES.find((one) => one === (language ?? 'en'))
  if (found === undefined)
    throw new Refused([
      refusal('invalid-parameter', 'language', 'is none of the languages of the papers', `give one of ${LANGUAGES.join(', ')}`),
    ])
  const format = new Intl.DateTimeFormat(found === 'en' ? 'en-GB' : found, { dateStyle: 'long', timeZone: 'UTC' })
  return {
    words: WORDS[found],
    day: (iso) => (/^\d{4}-\d{2}-\d{2}/.test(iso) && !Number.isNaN(Date.parse(iso)) ? format.format(new Date(iso)) : iso),
  }
}
