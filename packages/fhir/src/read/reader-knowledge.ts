import type { KnowledgeBase } from '@secondwind/core'
import type { ReaderKnowledge } from './context.ts'

const views = new WeakMap<KnowledgeBase, ReaderKnowledge>()

/** The reader's view of a compiled knowledge base, made once per base. */
export function readerKnowledge(base: KnowledgeBase): ReaderKnowledge {
  const known = views.get(base)
  if (known !== undefined) return known
  const files = new Map<string, unknown>()
  const view: ReaderKnowledge = {
    facts: new Map(base.facts.map((definition) => [definition.id, definition])),
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

/** A copy whose objects inherit nothing: tables are looked up by words of a chart, and a code "constructor" must find no entry. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  const copy = Object.create(null) as { [key: string]: unknown }
  for (const [key, item] of Object.entries(value)) copy[key] = bare(item)
  return copy
}
