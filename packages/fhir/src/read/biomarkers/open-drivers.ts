import { type Fact, type FactDefinition, isKnown } from '@secondwind/core'
import type { Gene, Tables } from './tables.ts'

type FactOf = (id: string) => Fact | undefined

const driversOf = (gene: Gene): readonly string[] => [...(gene.mutation ?? []), ...(gene.fusion ? [gene.fusion] : [])]

/**
 * Genes of a registry fact (its values are gene symbols in small letters) whose drivers no result has settled: not tested, pending, failed.
 * None is open once a driver of any core gene is found, since drivers of one tumour seldom stand together. Unlike the facts themselves this is
 * always known, so that a rule can warn while a result is out.
 */
export function openDrivers({ genes }: Tables, definition: FactDefinition, factOf: FactOf): readonly string[] {
  const core = [...genes.values()].filter((gene) => gene.core)
  const isFound = (id: string): boolean => {
    const fact = factOf(id)
    return isKnown(fact) && fact.value === true
  }
  if (core.some((gene) => driversOf(gene).some(isFound))) return []
  return core
    .filter((gene) => driversOf(gene).some((id) => !isKnown(factOf(id))))
    .map(({ symbol }) => symbol.toLowerCase())
    .filter((code) => code in (definition.values ?? {}))
    .sort()
}

/** Whether one of the facts is a driver that decides which genes are open. */
export const areDrivers = ({ genes }: Tables, facts: Iterable<string>): boolean => {
  const drivers = new Set([...genes.values()].filter((gene) => gene.core).flatMap(driversOf))
  return [...facts].some((id) => drivers.has(id))
}

export const openDriversFact = (tables: Tables, definition: FactDefinition, factOf: FactOf): Fact => ({
  value: openDrivers(tables, definition, factOf),
  absence: 'listed',
  sources: [],
})
