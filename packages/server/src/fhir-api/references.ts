/** The same value with every local reference (`urn:uuid:…`, a fullUrl of the bundle) replaced by what it became. Whole strings only: no text is touched. */
export function rewritten(value: unknown, identities: ReadonlyMap<string, string>): unknown {
  if (identities.size === 0) return value
  return walk(value, '', identities)
}

function walk(value: unknown, key: string, identities: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    if (key === 'reference' || key === 'url' || key.startsWith('valueUri') || key.startsWith('valueUrl')) return replaced(value, identities)
    return value
  }
  if (Array.isArray(value)) return value.map((item) => walk(item, key, identities))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, walk(part, name, identities)]))
}

function replaced(text: string, identities: ReadonlyMap<string, string>): string {
  const whole = identities.get(text)
  if (whole !== undefined) return whole
  // a search or a patch address with the id in its query
  const inside = /urn:uuid:[0-9a-f-]{36}/.exec(text)?.[0]
  const target = inside === undefined ? undefined : identities.get(inside)
  return target === undefined ? text : text.replaceAll(inside!, target)
}
