import type { FactWords, KnowledgeWords, PlannerKnowledge } from '@secondwind/server/contract'
import { useMemo } from 'react'
import { useApi } from '../shared/api.ts'

/** What names things, looked up by id. */
export interface Named {
  readonly words: KnowledgeWords
  fact(id: string): FactWords | undefined
  test(id: string): string
  drug(id: string): string
}

/** Names of facts, drugs, tests and sources of the knowledge in use; undefined while they come. */
export function useKnowledgeWords(): { readonly named: Named | undefined; readonly error: unknown } {
  const index = useApi<PlannerKnowledge>('/planner/knowledge', { staleMs: 300_000 })
  const words = useApi<KnowledgeWords>(index.data?.parts.words.path, { staleMs: Number.POSITIVE_INFINITY, keep: true })
  const { data } = words
  const named = useMemo(() => (data === undefined ? undefined : namedOf(data)), [data])
  return { named, error: index.error ?? words.error }
}

function namedOf(words: KnowledgeWords): Named {
  const facts = new Map(words.facts.map((one) => [one.id, one]))
  const tests = new Map(words.tests.map(({ id, title }) => [id, title]))
  const drugs = new Map(words.drugs.map(({ id, label }) => [id, label]))
  return { words, fact: (id) => facts.get(id), test: (id) => tests.get(id) ?? id, drug: (id) => drugs.get(id) ?? id }
}
