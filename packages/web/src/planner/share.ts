/** A what-if as a link carries it: changes of facts and the release they were tried on. Nothing of a patient. */
export interface Shared {
  readonly set: readonly string[]
  readonly release?: string
}

/** Most changes that a link carries; the server's what-if takes as many. */
const MOST = 200

/** The part behind `#`, which no browser sends to a server. */
export function fragmentOf({ set, release }: Shared): string {
  const fields = new URLSearchParams()
  if (release !== undefined) fields.set('release', release)
  for (const one of set) fields.append('set', one)
  return fields.toString()
}

/** What such a link says; changes that are none are left out. */
export function sharedIn(fragment: string): Shared {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''))
  const release = fields.get('release')
  const set = fields.getAll('set').filter((one) => /^[a-z0-9-]{1,60}=.{0,400}$/s.test(one))
  return { set: set.slice(0, MOST), ...(release === null || !/^[\w.-]{1,40}$/.test(release) ? {} : { release }) }
}

/** The changes with one more: a fact is changed once, the last word counts. */
export const withChange = (set: readonly string[], entry: string): readonly string[] => [
  ...set.filter((one) => factOf(one) !== factOf(entry)),
  entry,
]

export const factOf = (entry: string): string => entry.slice(0, Math.max(0, entry.indexOf('=')))
export const changedTo = (entry: string): string => entry.slice(entry.indexOf('=') + 1)
