import { Refused, refuse, type ServerIssue } from '../issue.ts'
import { type ApiResponse, JSON_TYPE } from './route.ts'

/** An answer in JSON. */
export const json = (body: unknown, status = 200, headers: { readonly [name: string]: string } = {}): ApiResponse => ({
  status,
  headers,
  body: JSON.stringify(body),
  contentType: JSON_TYPE,
})

/** The value, or a refusal with every issue. */
export function orThrow<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: readonly ServerIssue[] },
): T {
  if (result.ok) return result.value
  throw new Refused(result.error)
}

/** Deeper than any resource of the standard; a body nested further is an attack or a mistake. */
const DEEPEST = 100

/**
 * JSON of a body. Refuses what is no JSON, what is nested too deep, what would be kept as something else than was sent (a name twice in one object, of which
 * JSON keeps the last; a number with more digits than can be kept), and names that would reach into JavaScript's own objects.
 */
export function parseBody(text: string): unknown {
  const { depth, names, hasOddNumber } = look(text)
  if (depth > DEEPEST) return refuse('too-deep', 'body', `nested deeper than ${DEEPEST} levels`, 'send plain FHIR resources')
  const hasEscapes = text.includes('\\')
  if (hasEscapes && /(?<!\\)(?:\\\\)*\\u0000/.test(text))
    return refuse('not-json', 'body', 'a text holds a NUL character', 'leave it out: no text of FHIR may hold it')
  let value: unknown
  try {
    const mayReachIn = text.includes('__proto__') || (hasEscapes && /\\u005f/i.test(text))
    value = JSON.parse(text, mayReachIn ? withoutPrototype : hasOddNumber ? keptWhole : undefined)
    if (mayReachIn && hasOddNumber) JSON.parse(text, keptWhole)
  } catch (error) {
    if (error instanceof Refused) throw error
    return text.startsWith('\ufeff')
      ? refuse('not-json', 'body', 'the body begins with a byte order mark', 'send it without: JSON has none')
      : refuse('not-json', 'body', 'the body is not JSON', 'check that it is complete, and send it as application/fhir+json in UTF-8')
  }
  if (namesIn(value) !== names) {
    const twice = nameTwice(text)
    return refuse(
      'not-json',
      twice,
      'the same name stands twice in one object: only one of the two would be kept',
      'send each element once',
    )
  }
  // written again, whole characters stand as themselves, and what is still escaped is a half
  if (hasEscapes && HALF.test(text) && HALF.test(JSON.stringify(value)))
    return refuse(
      'not-json',
      'body',
      'a text holds half of a character',
      'send whole characters: a text that is cut must not end inside one',
    )
  return value
}

/** An escape of one half of a character beyond the first 65,536. Two of them make one; half of one is in no Unicode text, and no database reads it. */
const HALF = /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/i

function withoutPrototype(this: unknown, key: string, value: unknown): unknown {
  if (key === '__proto__')
    return refuse('not-json', 'body', 'an element is called __proto__', 'no FHIR element has this name: leave it out')
  return value
}

/** A number is kept with 17 digits, between 1e-308 and 1e308: whole where that is enough. */
const DIGITS = 17

function keptWhole(this: unknown, key: string, value: unknown, ...[context]: readonly { readonly source?: string }[]): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value
  const [mantissa = ''] = context.source.toLowerCase().split('e')
  const digits = mantissa.replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '')
  const isChanged =
    !Number.isFinite(value) ||
    (/^-?\d+$/.test(context.source) && String(value) !== context.source && BigInt(context.source) !== BigInt(value))
  const isKept = digits.length <= DIGITS && !(value === 0 && digits !== '') && !isChanged
  if (isKept) return value
  return refuse(
    'not-json',
    key,
    `the number ${context.source.slice(0, 60)} cannot be kept as it is: it would be changed to ${value}`,
    `send at most ${DIGITS} digits; what is no quantity (an identifier) is sent as text`,
  )
}

interface Look {
  /** The deepest nesting of brackets outside strings. */
  readonly depth: number
  /** How many names of elements there are. */
  readonly names: number
  /** Whether a number has so many digits, or an exponent, that it must be looked at. */
  readonly hasOddNumber: boolean
}

/** One pass over the signs outside strings. */
function look(text: string): Look {
  let depth = 0
  let deepest = 0
  let names = 0
  let digits = 0
  let hasOddNumber = false
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at)
    if (sign === 34) at = endOfString(text, at)
    else if (sign === 58) names += 1
    else if (sign === 123 || sign === 91) {
      depth += 1
      if (depth > deepest) deepest = depth
    } else if (sign === 125 || sign === 93) depth -= 1
    else if ((sign >= 48 && sign <= 57) || sign === 46) {
      digits += 1
      if (digits > 15) hasOddNumber = true
      continue
    } else if (digits > 0 && (sign === 101 || sign === 69)) hasOddNumber = true
    digits = 0
  }
  return { depth: deepest, names, hasOddNumber }
}

/** Shorter strings are found faster by looking at each sign. */
const SHORT = 24

/** Where the string that begins here ends: at its closing quote, or at the end of a text that is cut off. */
function endOfString(text: string, begin: number): number {
  let at = begin + 1
  for (const far = Math.min(text.length, at + SHORT); at < far; at += 1) {
    const sign = text.charCodeAt(at)
    if (sign === 34) return at
    if (sign === 92) at += 1
  }
  for (let end = text.indexOf('"', at); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (end - 1 - slashes >= at && text.charCodeAt(end - 1 - slashes) === 92) slashes += 1
    if (slashes % 2 === 0) return end
  }
  return text.length
}

function namesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const one of value) if (typeof one === 'object') count += namesIn(one)
    return count
  }
  const of = value as { readonly [name: string]: unknown }
  for (const name in of) {
    count += 1
    const one = of[name]
    if (typeof one === 'object') count += namesIn(one)
  }
  return count
}

/** The way to the first name that stands twice, of a text that is JSON: `name[0].family`. */
function nameTwice(text: string): string {
  const open: { readonly names: Set<string> | undefined; step: string; at: number }[] = []
  const way = (): string =>
    open
      .map(({ names, step, at }) => (names === undefined ? `[${at}]` : `.${step}`))
      .join('')
      .replace(/^\./, '')
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]
    const inside = open.at(-1)
    if (sign === '{') open.push({ names: new Set(), step: '', at: 0 })
    else if (sign === '[') open.push({ names: undefined, step: '', at: 0 })
    else if (sign === '}' || sign === ']') open.pop()
    else if (sign === ',' && inside?.names === undefined) inside!.at += 1
    else if (sign === '"') {
      const end = endOfString(text, at)
      if (inside?.names !== undefined && /^\s*:/.test(text.slice(end + 1, end + 40))) {
        inside.step = JSON.parse(text.slice(at, end + 1)) as string
        if (inside.names.has(inside.step)) return way()
        inside.names.add(inside.step)
      }
      at = end
    }
  }
  return 'body'
}
