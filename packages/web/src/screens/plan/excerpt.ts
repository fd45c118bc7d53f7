/** What stands at some places of a resource (`conclusion`, `note[0].text`, `content[0]`), in words; places that are not there are left out. */
export function excerptsOf(resource: object, paths: readonly string[]): readonly { readonly path: string; readonly text: string }[] {
  return [...new Set(paths)].flatMap((path) => {
    const found = at(resource, path)
    if (found === undefined || found === null) return []
    const text = typeof found === 'object' ? textIn(found) : String(found)
    return text === undefined ? [] : [{ path, text }]
  })
}

function at(value: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .reduce<unknown>(
      (inner, step) => (typeof inner === 'object' && inner !== null ? (inner as { [step: string]: unknown })[step] : undefined),
      value,
    )
}

/** The words of an element: its text, display, or its number with the unit; attachments are decoded. */
function textIn(value: object): string | undefined {
  const { text, display, value: number, unit, attachment, coding } = value as { readonly [name: string]: unknown }
  if (typeof text === 'string') return text
  if (typeof display === 'string') return display
  if (typeof number === 'number') return `${number}${typeof unit === 'string' ? ` ${unit}` : ''}`
  if (Array.isArray(coding)) return textIn((coding[0] as object) ?? {})
  const { data } = (attachment ?? {}) as { readonly data?: unknown }
  return typeof data === 'string' ? decoded(data) : undefined
}

function decoded(base64: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)))
  } catch {
    return undefined
  }
}
