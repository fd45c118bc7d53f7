import type { RawEntry } from '../read/read-yaml.ts'
import type { Finding } from './finding.ts'

type Review = 'confirmed' | 'unconfirmed'
interface AuthoredCite {
  readonly source: string
  readonly at: string
  readonly says: string
  readonly review?: Review
}

/**
 * What was seen, citation by citation. The mark of a citation is its own; without one it inherits the entry's; and nothing taken from a source
 * that nobody has seen is confirmed. The compiled base carries the mark only where it says `unconfirmed`, so that a reader of a plan can tell
 * the two apart although they stand side by side under one rule.
 *
 * Reported: an entry called confirmed of whose citations none is, a citation called confirmed of an unconfirmed source, and a citation that calls
 * itself memory without the mark.
 */
export function settleCitations<T extends Record<string, unknown>>(
  entry: RawEntry,
  value: T,
  sources: ReadonlyMap<string, Review>,
  findings: Finding[],
): T {
  const cites = value.cites as readonly AuthoredCite[] | undefined
  if (cites === undefined) return value
  const report = (at: readonly (string | number)[], message: string, remedy: string): void => {
    findings.push({ code: 'review', file: entry.file, line: entry.lineOf(at), entry: String(value.id), message, remedy })
  }
  const settled = cites.map(({ review, ...cite }, i) => {
    const isSeen = sources.get(cite.source) !== 'unconfirmed'
    if (review === 'confirmed' && !isSeen)
      report(
        ['cites', i, 'review'],
        `calls a citation of ${cite.source} confirmed, and that source is not`,
        'cite what was opened, or confirm the source',
      )
    const isConfirmed = isSeen && (review ?? value.review ?? 'confirmed') === 'confirmed'
    if (isConfirmed && /\bfrom memory\b/i.test(cite.says))
      report(
        ['cites', i, 'says'],
        'says that it is from memory and is not marked unconfirmed',
        'look it up, or add review: unconfirmed to the citation',
      )
    return isConfirmed ? cite : { ...cite, review: 'unconfirmed' as const }
  })
  if (value.review !== 'unconfirmed' && settled.length > 0 && settled.every((c) => 'review' in c))
    report(
      ['review'],
      'is confirmed, and none of its citations is',
      'confirm the citation that carries the claim, or call the entry unconfirmed',
    )
  return { ...value, cites: settled }
}
