import type { KnowledgeBase } from '@secondwind/core'

/** The base as a browser needs it to plan and explain: without what only chart readers use (terminology, names and codes of drugs). */
export function forBrowser(knowledge: KnowledgeBase): KnowledgeBase {
  return {
    ...knowledge,
    drugs: knowledge.drugs.map(({ id, label, classes, routes, anticancer }) => ({ id, label, classes, routes, anticancer })),
    terminology: {},
  }
}
