import type { CheckedEntry } from '../compile.ts'
import type { Finding } from './finding.ts'
import type { Kind } from './schema.ts'

/** Kinds whose entries only live by being named in another. */
const NAMED: readonly Kind[] = ['criteria', 'sources', 'regimens', 'alertIds']

/**
 * Criteria, sources and regimens that no other entry names: a warning each, since they are dead weight and often a rule that lost its partner.
 *
 * An id counts as named when it stands anywhere as a whole string in another entry or in the terminology.
 */
export function checkUnused(entries: readonly CheckedEntry[], terminology: Record<string, unknown>): readonly Finding[] {
  const named = new Set<string>()
  const collect = (value: unknown): void => {
    if (typeof value === 'string') named.add(value)
    else if (Array.isArray(value)) for (const item of value) collect(item)
    else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) collect(item)
  }
  // an entry does not name itself by having an id
  for (const { value } of entries) for (const [field, part] of Object.entries(value)) if (field !== 'id') collect(part)
  collect(terminology)
  return entries
    .filter(({ kind, value }) => NAMED.includes(kind) && !named.has(value.id))
    .map(({ kind, raw, value }) => ({
      code: 'unused',
      file: raw.file,
      line: raw.line,
      entry: value.id,
      severity: 'warning',
      message: `no entry names this one of ${kind}`,
      remedy: 'remove it, or use it',
    }))
}
