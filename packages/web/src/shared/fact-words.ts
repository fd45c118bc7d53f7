/**
 * Words of facts in another language, by their English text in the knowledge base. By text, not by id: where the English is changed the translation is gone
 * with it, and the page shows the English, marked as such, rather than words that no longer say the same.
 */
export interface Translations {
  readonly [english: string]: string
}

interface Worded {
  readonly label: string
  readonly values?: { readonly [code: string]: string }
}

/** Symbols, genes and units are the same everywhere: "PD-L1", "T790M", "IVA". */
const isSymbol = (text: string): boolean => !/[a-z]{3}/.test(text)

/** One text in the other language; undefined: there is no translation. */
export const translated = (text: string, words: Translations): string | undefined => words[text] ?? (isSymbol(text) ? text : undefined)

/** A fact with its label and the names of its values in another language: all of them, or it stays English as a whole and is marked so. */
export function inWords<T extends Worded>(fact: T, words: Translations): T & { readonly lang?: 'en' } {
  const label = translated(fact.label, words)
  const values = Object.entries(fact.values ?? {}).map(([code, text]) => [code, translated(text, words)] as const)
  if (label === undefined || values.some(([, text]) => text === undefined)) return { ...fact, lang: 'en' }
  return { ...fact, label, ...(fact.values === undefined ? {} : { values: Object.fromEntries(values) as Worded['values'] }) }
}
