/** Markup that is safe to print as it is. Everything else that goes into a page is escaped. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
}

type Part = Html | string | number | undefined | false | readonly Part[]

/** A piece of a page: values are escaped, other pieces are taken over, lists are joined, undefined and false are nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0]!
  for (const [i, part] of parts.entries()) text += printed(part) + strings[i + 1]!
  return new Html(text)
}

function printed(part: Part): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  if (Array.isArray(part)) return part.map(printed).join('')
  return escaped(String(part))
}

export const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;')

export const nothing = new Html('')

/** `one, two and three`. */
export const listed = (words: readonly string[], last = 'and'): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`

export const upperFirst = (text: string): string => (text === '' ? '' : text[0]!.toUpperCase() + text.slice(1))

/** `3 options`, `1 option`. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** What a wide table stands in: it scrolls sideways by itself, and by the keyboard. Closed by the caller. */
export const SCROLL: Html = html`<div class="scroll" tabindex="0" role="group" aria-label="Table, scrolls sideways">`
