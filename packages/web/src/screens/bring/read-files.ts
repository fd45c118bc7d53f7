/** What is dropped is read here and sent as text; the server reads the same again when it is kept. */
export const MOST_BYTES = 64 * 1024 * 1024

export type Taken =
  | { readonly kind: 'text'; readonly text: string; readonly names: readonly string[] }
  /** Larger than is read on this page. */
  | { readonly kind: 'too-large'; readonly name: string; readonly megabytes: number }
  /**
   * Of several files these are neither JSON nor NDJSON, and nothing is read: what belongs together must not come in by halves unless somebody says so.
   * `others`: the whole ones; absent where there is none.
   */
  | { readonly kind: 'broken'; readonly names: readonly string[]; readonly others?: Taken & { readonly kind: 'text' } }
  | { readonly kind: 'none' }

interface Dropped {
  readonly name: string
  readonly size: number
  text(): Promise<string>
}

/** One text of several files: a JSON document becomes one line, NDJSON stays as it is. One file alone is left to the server, which says what is wrong with it. */
export async function takeFiles(files: readonly Dropped[]): Promise<Taken> {
  if (files.length === 0) return { kind: 'none' }
  const total = files.reduce((sum, { size }) => sum + size, 0)
  if (total > MOST_BYTES) {
    const largest = files.reduce((a, b) => (b.size > a.size ? b : a))
    return { kind: 'too-large', name: largest.name, megabytes: Math.round(total / 1024 / 1024) }
  }
  const texts = await Promise.all(files.map((file) => file.text()))
  const names = files.map(({ name }) => name)
  if (texts.length === 1) return { kind: 'text', text: texts[0]!, names }
  const lines = texts.map(asLines)
  const broken = names.filter((_, i) => lines[i] === undefined)
  if (broken.length > 0) {
    const whole = names.filter((_, i) => lines[i] !== undefined)
    if (whole.length === 0) return { kind: 'broken', names: broken }
    const text = lines.filter((one) => one !== undefined).join('\n')
    return { kind: 'broken', names: broken, others: { kind: 'text', text, names: whole } }
  }
  return { kind: 'text', text: lines.join('\n'), names }
}

/** Undefined: neither JSON nor NDJSON. */
function asLines(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    return lines.length > 0 && lines.every(isJson) ? text.trim() : undefined
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
