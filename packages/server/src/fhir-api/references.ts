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

/** A reference that is a search (`Patient?identifier=urn:mrn|7`): a transaction finds what it means; nowhere else is it one. */
const CONDITIONAL = /^[A-Z][A-Za-z]+\?./

/** Every search that stands in the place of a reference, once. */
export function conditionalReferences(value: unknown, found = new Set<string>()): ReadonlySet<string> {
  forEachReference(value, (reference) => {
    if (CONDITIONAL.test(reference)) found.add(reference)
  })
  return found
}

/**
 * The same resource with references to this server by its whole address written as `Type/id`. Clients may send either, and both mean the same: left as they
 * came, an order for `https://this.server/fhir/Patient/1` would stand in nobody's chart.
 */
export function withOwnReferences<T>(resource: T, base: string): T {
  const own = new Map<string, string>()
  forEachReference(resource, (reference) => {
    const rest = reference.startsWith(`${base}/`) ? reference.slice(base.length + 1) : ''
    if (/^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}(\/_history\/\d{1,9})?$/.test(rest)) own.set(reference, rest)
  })
  // where a document is kept (`Attachment.url`): left whole, nobody would know that it is here
  forEachText(resource, 'url', (url) => {
    const rest = url.startsWith(`${base}/Binary/`) ? url.slice(base.length + 1) : ''
    if (/^Binary\/[A-Za-z0-9\-.]{1,64}$/.test(rest)) own.set(url, rest)
  })
  return rewritten(resource, own) as T
}

const forEachReference = (value: unknown, tell: (reference: string) => void): void => forEachText(value, 'reference', tell)

function forEachText(value: unknown, name: string, tell: (text: string) => void): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, part] of Object.entries(value)) {
    if (key === name && typeof part === 'string') tell(part)
    else forEachText(part, name, tell)
  }
}
