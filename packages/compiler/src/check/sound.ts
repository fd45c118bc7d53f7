import type { CheckedEntry } from '../compile.ts'
import type { Finding } from './finding.ts'

/**
 * The entries whose own examples can be judged: nothing is wrong with their criteria, nor with a named criterion or a fact that they rest on.
 * What is wrong there is reported there; the example of a sound rule must not fail for it.
 */
export function soundEntries(
  entries: readonly CheckedEntry[],
  findings: readonly Finding[],
  unreadable: ReadonlySet<string>,
): readonly CheckedEntry[] {
  const faulty = new Set(findings.filter((f) => f.code === 'criterion' || f.code === 'unit').map((f) => `${f.file} ${f.entry}`))
  const isFaulty = ({ raw, value }: CheckedEntry): boolean => faulty.has(`${raw.file} ${value.id}`)
  const bad = new Set(unreadable)
  const rests = ({ raw }: CheckedEntry): boolean => [...namesIn(raw.value)].some((name) => bad.has(name))
  const criteria = entries.filter((e) => e.kind === 'criteria')
  for (const e of criteria) if (isFaulty(e)) bad.add(e.value.id)
  // what rests on a bad criterion is bad: again until nothing is added
  for (let before = -1; bad.size > 0 && before !== bad.size; ) {
    before = bad.size
    for (const e of criteria) if (!bad.has(e.value.id) && rests(e)) bad.add(e.value.id)
  }
  return entries.filter((e) => !isFaulty(e) && (bad.size === 0 || !rests(e)))
}

/** Every text and every field name inside a value, its own id left out. */
function namesIn(value: unknown, into: Set<string> = new Set()): Set<string> {
  if (typeof value === 'string') into.add(value)
  else if (Array.isArray(value)) for (const item of value) namesIn(item, into)
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) {
      into.add(key)
      if (key !== 'id') namesIn(item, into)
    }
  return into
}
