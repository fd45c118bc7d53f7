import type { CheckedEntry } from '../compile.ts'
import type { Finding } from './finding.ts'

interface Copy {
  readonly host?: string
  readonly label?: string
  readonly because: string
}

/** No source points at a copy, a proxy or a working copy of a site (`knowledge/policy/copies.yaml`), nor at an address that is only a number. */
export function checkCopies(entries: readonly CheckedEntry[]): readonly Finding[] {
  const copies = entries.filter((e) => e.kind === 'copyHosts').map((e) => e.value as unknown as Copy)
  return entries
    .filter((e) => e.kind === 'sources' && typeof e.value.url === 'string')
    .flatMap((entry): readonly Finding[] => {
      const url = entry.value.url as string
      const place = { file: entry.raw.file, line: entry.raw.lineOf(['url']), entry: entry.value.id }
      const host = hostOf(url)
      // what is no address at all is told among the codes
      if (host === undefined) return []
      const because = copies.find((copy) => isAt(host, copy))?.because ?? (IS_NUMBER.test(host) ? 'a machine without a name' : undefined)
      if (because === undefined) return []
      return [
        {
          code: 'citation',
          ...place,
          message: `points at ${host}, which is no source: ${because}`,
          remedy:
            'give the address of the publisher, register or label, or a doi, pmid or nct in its place; where none is found, leave url out and write review: unconfirmed',
        },
      ]
    })
}

const IS_NUMBER = /^(?:[\d.]+|\[.*\])$/

const hostOf = (url: string): string | undefined =>
  URL.canParse(url) && /^https?:/.test(url) ? new URL(url).hostname.replace(/\.$/, '') : undefined

const isAt = (host: string, { host: refused, label }: Copy): boolean =>
  (refused !== undefined && (host === refused || host.endsWith(`.${refused}`))) || (label !== undefined && host.split('.').includes(label))
