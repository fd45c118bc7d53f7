import type { FactWords, KnowledgeWords, PlannerKnowledge } from '@secondwind/server/contract'
import { useMemo } from 'react'
import { useApi } from '../shared/api.ts'
import { inWords, type Translations } from '../shared/fact-words.ts'
import { useFactTranslations } from '../shared/facts.ts'
import { useLanguage } from '../shared/words.ts'

/** What names things, looked up by id. */
export interface Named {
  readonly words: KnowledgeWords
  /** `lang`: its words are English in a page of another language. */
  fact(id: string): (FactWords & { readonly lang?: 'en' }) | undefined
  test(id: string): string
  drug(id: string): string
}

/** Names of facts, drugs, tests and sources of the knowledge in use; undefined while they come. */
export function useKnowledgeWords(): { readonly named: Named | undefined; readonly error: unknown } {
  const index = useApi<PlannerKnowledge>('/planner/knowledge', { staleMs: 300_000 })
  const words = useApi<KnowledgeWords>(index.data?.parts.words.path, { staleMs: Number.POSITIVE_INFINITY, keep: true })
  const { data } = words
  const translations = useFactTranslations()
  const language = useLanguage()
  const named = useMemo(
    () =>
      data === undefined || translations === undefined
        ? undefined
        : namedOf(language === 'en' ? data : translatedWords(data, translations)),
    [data, translations, language],
  )
  return { named, error: index.error ?? words.error }
}

/** Facts in the language of the page; what is typed finds them by their English name as well. */
const translatedWords = (words: KnowledgeWords, translations: Translations): KnowledgeWords => ({
  ...words,
  facts: words.facts.map((one) => ({ ...inWords(one, translations), aliases: [...(one.aliases ?? []), one.label] })),
})

function namedOf(words: KnowledgeWords): Named {
  const facts = new Map(words.facts.map((one) => [one.id, one]))
  const tests = new Map(words.tests.map(({ id, title }) => [id, title]))
  const drugs = new Map(words.drugs.map(({ id, label }) => [id, label]))
  return { words, fact: (id) => facts.get(id), test: (id) => tests.get(id) ?? id, drug: (id) => drugs.get(id) ?? id }
}
