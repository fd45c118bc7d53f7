import type { KnowledgeBase } from '@secondwind/core'

/** The base in the two parts that a page loads. `{ ...first, ...later }` is the whole of it. */
export interface BrowserKnowledge {
  /** What planning and explaining need: loaded before the first plan. */
  readonly first: KnowledgeBase
  /** Addresses of citations, outlook, trials, the words of the patient's page, calculators: loaded behind it, or when asked for. */
  readonly later: Pick<KnowledgeBase, 'sources' | 'outlook' | 'trials' | 'patient' | 'scores'>
}

/** The base as a browser needs it: without what only chart readers use (terminology, names and codes of drugs) and without dates for authors. */
export function forBrowser(knowledge: KnowledgeBase): BrowserKnowledge {
  const { sources, outlook, trials, patient, scores, ...rest } = knowledge
  const lean = JSON.parse(JSON.stringify(rest, (key, value) => (AUTHORS.has(key) ? undefined : value))) as typeof rest
  return {
    first: {
      ...lean,
      sources: {},
      outlook: [],
      trials: [],
      drugs: knowledge.drugs.map(({ id, label, classes, routes, anticancer }) => ({ id, label, classes, routes, anticancer })),
      terminology: {},
    },
    later: { sources, outlook, trials, ...(patient ? { patient } : {}), ...(scores ? { scores } : {}) },
  }
}

/** Fields that only authors read. */
const AUTHORS = new Set(['from', 'reviewBy', 'effective', 'priorityBecause'])
