/** Small builders for the resources we write. Elements that are undefined or empty are left out: FHIR knows neither null nor empty lists. */
export type Written = { readonly resourceType: string; readonly id: string } & { readonly [element: string]: unknown }

export function resource(
  resourceType: string,
  id: string,
  narrative: readonly string[],
  elements: { readonly [element: string]: unknown },
): Written {
  return { resourceType, id, text: { status: 'generated', div: xhtml(narrative) }, ...compact(elements) }
}

export const text = (words: string): { readonly text: string } => ({ text: words })

/** An id FHIR allows: letters, digits, dash and dot, at most 64. Long ones keep their end, which tells them apart, and a checksum of the whole. */
export function fhirId(...parts: readonly string[]): string {
  const id = parts.join('-').replace(/[^A-Za-z0-9.-]+/g, '-')
  return id.length <= 64 ? id : `${id.slice(0, 40)}-${checksum(id)}-${id.slice(-14)}`.slice(0, 64)
}

/** FNV-1a, 32 bits, as hex: only to keep shortened ids apart. */
function checksum(words: string): string {
  let h = 0x811c9dc5
  for (let i = 0; i < words.length; i++) h = Math.imul(h ^ words.charCodeAt(i), 0x01000193)
  return (h >>> 0).toString(16).padStart(8, '0')
}

function compact(elements: { readonly [element: string]: unknown }): { readonly [element: string]: unknown } {
  return Object.fromEntries(
    Object.entries(elements).filter(([, v]) => v !== undefined && !(Array.isArray(v) && v.length === 0) && v !== ''),
  )
}

/** Paragraphs as FHIR narrative. Everything is escaped: text of a chart is never markup. */
function xhtml(paragraphs: readonly string[]): string {
  const escape = (s: string): string =>
    s
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
  return `<div xmlns="http://www.w3.org/1999/xhtml">${paragraphs
    .filter((p) => p.trim() !== '')
    .map((p) => `<p>${escape(p)}</p>`)
    .join('')}</div>`
}
