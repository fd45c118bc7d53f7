/** The same list where the item cannot move so far. */
export function moved(ids: readonly string[], id: string, by: -1 | 1): readonly string[] {
  const from = ids.indexOf(id)
  const to = from + by
  if (from < 0 || to < 0 || to >= ids.length) return ids
  const next = [...ids]
  next.splice(from, 1)
  next.splice(to, 0, id)
  return next
}

export function inserted(ids: readonly string[], id: string, beside: string, where: 'before' | 'after'): readonly string[] {
  const rest = ids.filter((one) => one !== id)
  const at = rest.indexOf(beside) + (where === 'after' ? 1 : 0)
  return [...rest.slice(0, at), id, ...rest.slice(at)]
}

/** Cases in an order that is not at the server yet: known ones as it says, nothing that it does not name. */
export function inOrder<T extends { readonly id: string }>(cases: readonly T[], order: readonly string[] | undefined): readonly T[] {
  if (order === undefined) return cases
  return order.flatMap((id) => cases.find((one) => one.id === id) ?? [])
}
