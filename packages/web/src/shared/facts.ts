import type { FactDefinition } from '@secondwind/core'
import type { FactCatalogue } from '@secondwind/server/contract'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useApi } from './api.ts'
import { inWords, type Translations } from './fact-words.ts'
import { useLanguage } from './words.ts'

export interface ShownFact extends FactDefinition {
  /** What one of each unit is in the canonical one. */
  readonly factors?: { readonly [unit: string]: number }
  /** Set where its words are English in a page of another language: to be marked as such. */
  readonly lang?: 'en'
}

const files = import.meta.glob<{ readonly default: Translations }>('../fact-words/*.json')

/** The words of facts and of their values in the language of the page; undefined while they are on their way. English has none: it is what they are written in. */
export function useFactTranslations(): Translations | undefined {
  const language = useLanguage()
  const { data } = useQuery<Translations>({
    queryKey: ['fact-words', language],
    queryFn: async () => (await files[`../fact-words/${language}.json`]?.())?.default ?? {},
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
  return data
}

/** Labels, units and values of every fact, by id, in the language of the page. Undefined while it is on its way. */
export function useFacts(): ReadonlyMap<string, ShownFact> | undefined {
  const { data } = useApi<FactCatalogue>('/knowledge/facts', { staleMs: Number.POSITIVE_INFINITY })
  const words = useFactTranslations()
  const language = useLanguage()
  return useMemo(
    () =>
      data === undefined || words === undefined
        ? undefined
        : new Map(
            data.facts.map((definition) => {
              const factors = data.units[definition.id]
              const shown = language === 'en' ? definition : inWords(definition, words)
              return [definition.id, factors === undefined ? shown : { ...shown, factors }]
            }),
          ),
    [data, words, language],
  )
}
