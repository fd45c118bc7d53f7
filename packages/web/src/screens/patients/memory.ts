/** What was searched for last: kept while the page stands, in no address and no storage, since it may be a name. */
let kept = ''

export const lastSearch = (): string => kept
export const rememberSearch = (search: string): void => {
  kept = search
}
