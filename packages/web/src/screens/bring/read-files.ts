/** What is dropped is read here and sent as text; the server reads the same again when it is kept. */
export const MOST_BYTES = 64 * 1024 * 1024

export type Taken =
  | { readonly kind: 'text'; readonly text: string; readonly names: readonly string[] }
  /** Larger than is read on this page. */
  | { readonly kind: 'too-large'; readonly name: string; readonly megabytes: number }
  | { readonly kind: 'none' }

interface Dropped {
  readonly name: string
  readonly size: number
  text(): Promise<string>
}

/** One text of several files: a JSON document becomes one line, NDJSON stays as it is. What is neither is left to the server, which says what is wrong with it. */
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
  return { kind: 'text', text: texts.map(oneLine).join('\n'), names }
}

function oneLine(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return text.trim()
  }
}
