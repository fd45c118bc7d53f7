import type { FactDefinition } from '@secondwind/core'
import type { FactCatalogue } from '@secondwind/server/contract'
import { useMemo } from 'react'
import { useApi } from './api.ts'

export interface ShownFact extends FactDefinition {
  /** What one of each unit is in the canonical one. */
  readonly factors?: { readonly [unit: string]: number }
}

/** Labels, units and values of every fact, by id. Undefined while it is on its way. */
export function useFacts(): ReadonlyMap<string, ShownFact> | undefined {
  const { data } = useApi<FactCatalogue>('/knowledge/facts', { staleMs: Number.POSITIVE_INFINITY })
  return useMemo(
    () =>
      data === undefined
        ? undefined
        : new Map(
            data.facts.map((definition) => {
              const factors = data.units[definition.id]
              return [definition.id, factors === undefined ? definition : { ...definition, factors }]
            }),
          ),
    [data],
  )
}
