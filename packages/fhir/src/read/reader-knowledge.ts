import type { FactDefinition, KnowledgeBase } from '@secondwind/core'
import type { ReaderKnowledge } from './context.ts'

const views = new WeakMap<KnowledgeBase, ReaderKnowledge>()

/** The reader's view of a compiled knowledge base, made once per base. */
export function readerKnowledge(base: KnowledgeBase): ReaderKnowledge {
  const known = views.get(base)
  if (known !== undefined) return known
  const files = new Map<string, unknown>()
  const view: ReaderKnowledge = {
    facts: new Map(base.facts.map((definition) => [definition.id, uniform(definition)])),
    drugs: new Map(base.drugs.map((drug) => [drug.id, drug])),
    terminology<T>(name: string): T {
      const known = files.get(name)
      if (known !== undefined) return known as T
      if (!Object.hasOwn(base.terminology, name)) throw new Error(`invariant: the knowledge base has no terminology/${name}.yaml`)
      const file = bare(base.terminology[name])
      files.set(name, file)
      return file as T
    },
  }
  views.set(base, view)
  return view
}

/** The elements that readers and settling look at, in one order for all definitions: V8 then finds each at the same place. */
const uniform = (definition: FactDefinition): FactDefinition => {
  const { id, label, type, group, absence, unit, freshDays, values, plausible, test, absentValue, ask, fields, derivedFrom, daysBetween } =
    definition
  const { standIns, needsLaterSample, needsRna, ...rest } = definition
  const settled = {
    id,
    label,
    type,
    group,
    absence,
    unit,
    freshDays,
    values,
    plausible,
    test,
    absentValue,
    ask,
    fields,
    derivedFrom,
    daysBetween,
  }
  return { ...rest, ...settled, standIns, needsLaterSample, needsRna } as FactDefinition
}

/**
 * A copy whose objects inherit nothing: tables are looked up by words of a chart, and a code "constructor" must find no entry.
 * The parent is taken away last: an object made without one is a hash table to V8, and its elements are looked up anew each time.
 */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  return Object.setPrototypeOf(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bare(item)])), null) as unknown
}
