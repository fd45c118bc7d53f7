import type { KnowledgeBase } from '@secondwind/core'

/**
 * An older base with the reading tables that it does not have yet, taken from a newer one.
 *
 * The readers of charts belong to the software: those of today look for tables and headings that an old base was written without. Whole tables and
 * whole headings are added, none is changed, so that both bases read a chart as far as each says something. `added` names them: the result must say so.
 */
export function withMissingTables(
  knowledge: KnowledgeBase,
  newer: KnowledgeBase,
): { readonly knowledge: KnowledgeBase; readonly added: readonly string[] } {
  const added: string[] = []
  const terminology: Record<string, unknown> = { ...knowledge.terminology }
  for (const [name, table] of Object.entries(newer.terminology)) {
    const own = terminology[name]
    if (own === undefined) {
      terminology[name] = table
      added.push(`terminology/${name}`)
    } else if (isRecord(own) && isRecord(table)) {
      const missing = Object.keys(table).filter((heading) => !(heading in own))
      if (missing.length === 0) continue
      terminology[name] = { ...own, ...Object.fromEntries(missing.map((heading) => [heading, table[heading]])) }
      added.push(...missing.map((heading) => `terminology/${name}: ${heading}`))
    }
  }
  return { knowledge: { ...knowledge, terminology }, added }
}

/** An older base with all reading tables of a newer one: where its own have a form that the readers of today cannot take. */
export const withTablesOf = (knowledge: KnowledgeBase, newer: KnowledgeBase): ReturnType<typeof withMissingTables> => ({
  knowledge: { ...knowledge, terminology: newer.terminology },
  added: ['all of terminology'],
})

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
