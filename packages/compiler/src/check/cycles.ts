import type { Criterion } from '@secondwind/core'
import type { CheckedEntry } from '../compile.ts'
import type { Finding } from './finding.ts'

/**
 * Named criteria that lead back to themselves. Such a question has no answer, and asking it would never end:
 * each one is reported and stands in the base as one that cannot be known.
 */
export function withoutCycles(entries: readonly CheckedEntry[], findings: Finding[]): readonly CheckedEntry[] {
  const named = new Map(entries.filter((e) => e.kind === 'criteria').map((e) => [e.value.id, e]))
  const circle = (id: string): readonly string[] | undefined => {
    const walk = (at: string, trail: readonly string[]): readonly string[] | undefined => {
      for (const next of refsOf(named.get(at)?.value.when as Criterion | undefined)) {
        if (next === id) return [...trail, next]
        if (trail.includes(next)) continue
        const found = walk(next, [...trail, next])
        if (found) return found
      }
      return undefined
    }
    return walk(id, [id])
  }
  return entries.map((entry) => {
    const trail = entry.kind === 'criteria' ? circle(entry.value.id) : undefined
    if (trail === undefined) return entry
    findings.push({
      code: 'criterion',
      file: entry.raw.file,
      line: entry.raw.lineOf(['when']),
      entry: entry.value.id,
      message: `leads back to itself: ${trail.join(' → ')}`,
      remedy: 'write out one of these criteria with facts instead of ref',
    })
    const when: Criterion = { op: 'const', value: 'unknown' }
    return { ...entry, value: { ...entry.value, when } }
  })
}

function refsOf(criterion: Criterion | undefined): readonly string[] {
  switch (criterion?.op) {
    case 'ref':
      return [criterion.id]
    case 'all':
    case 'any':
    case 'atLeast':
      return criterion.of.flatMap(refsOf)
    case 'not':
      return refsOf(criterion.of)
    default:
      return []
  }
}
