import type { RawEntry } from '../read/read-yaml.ts'
import { DRAFT } from './draft-mark.ts'
import type { Finding } from './finding.ts'

/** Every text of an entry that `knowledge new` left for its author to write. */
export function checkDrafts(entries: readonly RawEntry[]): readonly Finding[] {
  return entries.flatMap((raw) => {
    const findings: Finding[] = []
    const walk = (node: unknown, at: readonly (string | number)[]): void => {
      if (typeof node === 'string') {
        if (node.includes(DRAFT))
          findings.push({
            code: 'draft',
            file: raw.file,
            line: raw.lineOf(at),
            entry: String(raw.value.id),
            message: `${at.join('.')} still says "${node}"`,
            remedy: `write it, or take the field away where it does not apply`,
          })
      } else if (Array.isArray(node)) for (const [i, item] of node.entries()) walk(item, [...at, i])
      else if (typeof node === 'object' && node !== null) for (const [key, item] of Object.entries(node)) walk(item, [...at, key])
    }
    walk(raw.value, [])
    return findings
  })
}
