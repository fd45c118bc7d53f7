import type { Option } from '@secondwind/core'

export interface SharedLine<T> {
  readonly key: string
  readonly line: T
  readonly options: readonly Option[]
}

/** What is said in the same words of several of the options, once, each line with the options that it concerns; in the order in which it is first said. */
export function sharedLines<T>(
  options: readonly Option[],
  linesOf: (option: Option) => readonly T[],
  keyOf: (line: T) => string,
): readonly SharedLine<T>[] {
  const found = new Map<string, { readonly line: T; readonly options: Set<Option> }>()
  for (const option of options)
    for (const line of linesOf(option)) {
      const key = keyOf(line)
      const entry = found.get(key) ?? { line, options: new Set() }
      entry.options.add(option)
      found.set(key, entry)
    }
  return [...found].flatMap(([key, { line, options: concerned }]) => (concerned.size < 2 ? [] : [{ key, line, options: [...concerned] }]))
}

export const cautionKey = ({ say, before = '' }: Option['cautions'][number]): string => `${say}|${before}`
