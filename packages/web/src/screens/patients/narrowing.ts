import type { WorkspaceNeed, WorkspaceSort } from '@secondwind/server/contract'

/** What the list is narrowed by. All of it but the words searched for may stand in the address. */
export interface Narrowing {
  readonly need?: WorkspaceNeed
  readonly site?: string
  readonly stage?: string
  readonly marker?: string
  readonly sort?: WorkspaceSort
  readonly closed?: true
}

/** The narrowing that an address asks for. What is no text is passed over; what is no need or order the server refuses by name. */
export function narrowingOf(search: { readonly [name: string]: unknown }): Narrowing {
  const texts = ['need', 'site', 'stage', 'marker', 'sort'].flatMap((name) => {
    const value = search[name]
    return typeof value === 'string' && value !== '' ? [[name, value]] : []
  })
  return { ...(Object.fromEntries(texts) as Narrowing), ...(search.closed === true ? { closed: true } : {}) }
}
