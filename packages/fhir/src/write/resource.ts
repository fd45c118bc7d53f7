/** Small builders for the resources we write. Elements that are undefined or empty are left out: FHIR knows neither null nor empty lists. */
export type Written = { readonly resourceType: string; readonly id: string } & Elements

export type Elements = { readonly [element: string]: unknown }

export function resource(resourceType: string, id: string, narrative: readonly string[], elements: Elements): Written {
  return { resourceType, id, text: { status: 'generated', div: xhtml(narrative) }, ...(clean(elements) as Elements) }
}

export const text = (words: string): { readonly text: string } => ({ text: words })

export const referenceTo = ({ resourceType, id }: Written): { readonly reference: string } => ({ reference: `${resourceType}/${id}` })

/** An id FHIR allows: letters, digits, dash and dot, at most 64. Where that shortens or changes the words, a checksum of the whole keeps two of them apart. */
export function fhirId(...parts: readonly string[]): string {
  const words = parts.join('-')
  const id = words.replace(/[^A-Za-z0-9.-]+/g, '-')
  if (id.length <= 64 && /^[A-Za-z0-9.:-]*$/.test(words)) return id
  return `${id.slice(0, 40)}-${checksum(words)}-${id.slice(-14)}`.slice(0, 64)
}

/** FNV-1a, 32 bits, as hex: only to keep shortened ids apart. */
function checksum(words: string): string {
  let h = 0x811c9dc5
  for (let i = 0; i < words.length; i++) h = Math.imul(h ^ words.charCodeAt(i), 0x01000193)
  return (h >>> 0).toString(16).padStart(8, '0')
}

/** Without undefined, empty words, empty lists and empty objects, at every depth; words without control characters and half surrogates. */
function clean(value: unknown): unknown {
  if (typeof value === 'string') return words(value) || undefined
  if (Array.isArray(value)) {
    const items = value.map(clean).filter((item) => item !== undefined)
    return items.length > 0 ? items : undefined
  }
  if (typeof value !== 'object' || value === null) return value ?? undefined
  const entries = Object.entries(value)
    .map(([key, item]) => [key, clean(item)] as const)
    .filter(([, item]) => item !== undefined)
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

/** What a FHIR string and XHTML may hold. Text of a chart can hold anything. */
const words = (s: string): string =>
  s
    .toWellFormed()
    .replace(/[\p{Cc}\p{Noncharacter_Code_Point}]/gu, (c) => (c === '\n' || c === '\r' || c === '\t' ? c : ' '))
    .trim()

/** Paragraphs as FHIR narrative. Everything is escaped: text of a chart is never markup. */
function xhtml(paragraphs: readonly string[]): string {
  const escaped = (s: string): string => s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
  return `<div xmlns="http://www.w3.org/1999/xhtml">${paragraphs
    .map(words)
    .filter((p) => p !== '')
    .map((p) => `<p>${escaped(p)}</p>`)
    .join('')}</div>`
}
