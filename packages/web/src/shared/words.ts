import i18next, { type TFunction } from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'

/** Languages of the interface. Sentences of the knowledge base are English in all of them, and the screens say so. */
export const LANGUAGES = { en: 'English', es: 'Español', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES

const KEPT = 'second-wind.language'
const files = import.meta.glob<{ readonly default: { readonly [key: string]: string } }>('../messages/*/*.json')

export const isLanguage = (text: string | null | undefined): text is Language => text != null && Object.hasOwn(LANGUAGES, text)

const chosen = (): Language => {
  const asked = new URLSearchParams(location.search).get('lang')
  if (isLanguage(asked)) return asked
  const kept = localStorage.getItem(KEPT)
  if (isLanguage(kept)) return kept
  const own = navigator.language.slice(0, 2)
  return isLanguage(own) ? own : 'en'
}

/** Words are loaded by language and area, when an area is first shown. */
export async function startWords(): Promise<void> {
  await i18next
    .use({
      type: 'backend' as const,
      read: (language: string, area: string, done: (fault: Error | null, words: object | null) => void) => {
        const load = files[`../messages/${language}/${area}.json`]
        if (load === undefined) done(new Error(`no words for ${area} in ${language}`), null)
        else
          void load().then(
            (words) => done(null, words.default),
            (fault: unknown) => done(fault instanceof Error ? fault : new Error(String(fault)), null),
          )
      },
    })
    .use(initReactI18next)
    .init({
      lng: chosen(),
      fallbackLng: false,
      ns: ['app', 'terms'],
      defaultNS: 'app',
      keySeparator: false,
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    })
  direct()
}

export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language)
  await i18next.changeLanguage(language)
  direct()
}

/** Language and direction of the page. `?dir=rtl` mirrors it, so that layouts can be looked at before a right-to-left language is added. */
export function direct(): void {
  document.documentElement.lang = i18next.language
  const asked = new URLSearchParams(location.search).get('dir')
  document.documentElement.dir = asked === 'rtl' || asked === 'ltr' ? asked : i18next.dir()
}

/** The words of one area of the interface; the general ones (`app:…`, `terms:…`) are always at hand. */
export function useWords(area: string): TFunction {
  return useTranslation([area, 'app', 'terms']).t as TFunction
}

export const useLanguage = (): Language => {
  const { i18n } = useTranslation()
  return isLanguage(i18n.language) ? i18n.language : 'en'
}
