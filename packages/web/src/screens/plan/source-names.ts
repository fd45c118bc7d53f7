import type { CaseFact, CaseView, NamedSource } from '@secondwind/server/contract'
import { useMemo } from 'react'
import { useApi } from '../../shared/api.ts'

export type SourceNames = ReadonlyMap<string, Pick<NamedSource, 'title' | 'on'>>

/** What the entries of a chart are called there, and of which day they are, by reference. Nothing while it is on its way, or of nobody. */
export function useSourceNames(patient: string | undefined): SourceNames {
  const { data } = useApi<CaseView>(patient === undefined ? undefined : `/charts/${patient}/case`, { staleMs: 60_000 })
  return useMemo(() => (data === undefined ? new Map() : sourceNames(data)), [data])
}

export function sourceNames({ sections, symptoms, pending }: Pick<CaseView, 'sections' | 'symptoms' | 'pending'>): SourceNames {
  const facts: readonly CaseFact[] = [...sections.flatMap((section) => section.facts), ...symptoms]
  const sources = [...facts, ...pending].flatMap((one) => one.sources)
  return new Map(sources.map(({ reference, title, on }) => [reference, { ...(title && { title }), ...(on && { on }) }]))
}

/** How an entry is named on the way to it: by what the chart calls it and its day; by its kind and its place in the chart where it has neither. */
export function sourceLabel(reference: string, names: SourceNames, dayWords: (day: string) => string): string {
  const { title, on } = names.get(reference) ?? {}
  const kind = title ?? reference.split('/')[0]!
  if (on !== undefined) return `${kind}, ${dayWords(on)}`
  return title ?? reference
}
