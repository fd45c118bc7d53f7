import { type Citation, type KnowledgeBase, type KnowledgeParts, withoutClaims } from '@secondwind/core'

/**
 * The base as a browser needs it, in two parts: without what only chart readers use (terminology, names and codes of drugs) and without dates for
 * authors; what the first plan can do without comes behind it.
 */
export function forBrowser(knowledge: KnowledgeBase): KnowledgeParts {
  const { sources, outlook, trials, patient, scores, quality, ...rest } = knowledge
  const lean = JSON.parse(JSON.stringify(rest, (key, value) => (AUTHORS.has(key) ? undefined : value))) as typeof rest
  const citations: Pick<Citation, 'at' | 'says'>[] = []
  const first = withoutClaims<KnowledgeBase>(
    {
      ...lean,
      sources: {},
      outlook: [],
      trials: [],
      drugs: knowledge.drugs.map(({ id, label, classes, routes, anticancer }) => ({ id, label, classes, routes, anticancer })),
      terminology: {},
    },
    citations,
  )
  return {
    first,
    later: {
      citations,
      sources,
      outlook,
      trials,
      ...(patient ? { patient } : {}),
      ...(scores ? { scores } : {}),
      ...(quality ? { quality } : {}),
    },
  }
}

/** Fields that only authors read. */
const AUTHORS = new Set(['from', 'reviewBy', 'effective', 'priorityBecause'])
