import type { KnowledgeBase } from '@secondwind/core'
import type { ReaderKnowledge } from './context.ts'

const views = new WeakMap<KnowledgeBase, ReaderKnowledge>()

/** The reader's view of a compiled knowledge base, made once per base. */
export function readerKnowledge(base: KnowledgeBase): ReaderKnowledge {
  const known = views.get(base)
  if (known !== undefined) return known
  const view: ReaderKnowledge = {
    facts: new Map(base.facts.map((definition) => [definition.id, definition])),
    drugs: new Map(base.drugs.map((drug) => [drug.id, drug])),
    terminology<T>(name: string): T {
      if (!Object.hasOwn(base.terminology, name)) throw new Error(`invariant: the knowledge base has no terminology/${name}.yaml`)
      return base.terminology[name] as T
    },
  }
  views.set(base, view)
  return view
}
