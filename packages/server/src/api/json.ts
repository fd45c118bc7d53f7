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

/** JSON of a body. Refuses what is no JSON, what is nested too deep, and names that would reach into JavaScript's own objects. */
export function parseBody(text: string): unknown {
  if (depthOf(text) > DEEPEST) return refuse('too-deep', 'body', `nested deeper than ${DEEPEST} levels`, 'send plain FHIR resources')
  if (/(?<!\\)(?:\\\\)*\\u0000/.test(text))
    return refuse('not-json', 'body', 'a text holds a NUL character', 'leave it out: no text of FHIR may hold it')
  try {
    const value: unknown = JSON.parse(text, /__proto__|\\u005f/i.test(text) ? withoutPrototype : undefined)
    // written again, whole characters stand as themselves, and what is still escaped is a half
    if (HALF.test(text) && HALF.test(JSON.stringify(value)))
      return refuse(
        'not-json',
        'body',
        'a text holds half of a character',
        'send whole characters: a text that is cut must not end inside one',
      )
    return value
  } catch (error) {
    if (error instanceof Refused) throw error
    return refuse('not-json', 'body', 'the body is not JSON', 'check that it is complete, and send it as application/fhir+json in UTF-8')
  }
}

/** An escape of one half of a character beyond the first 65,536. Two of them make one; half of one is in no Unicode text, and no database reads it. */
const HALF = /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/i

function withoutPrototype(this: unknown, key: string, value: unknown): unknown {
  if (key === '__proto__')
    return refuse('not-json', 'body', 'an element is called __proto__', 'no FHIR element has this name: leave it out')
  return value
}

/** The deepest nesting of brackets outside strings. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at)
    if (isQuoted) {
      if (sign === 92) at += 1
      else if (sign === 34) isQuoted = false
    } else if (sign === 34) isQuoted = true
    else if (sign === 123 || sign === 91) {
      depth += 1
      if (depth > deepest) deepest = depth
    } else if (sign === 125 || sign === 93) depth -= 1
  }
  return deepest
}
