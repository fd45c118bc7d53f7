import { subjectOf } from '@secondwind/fhir'

/**
 * Whose a resource is, without parsing it: the bytes of its JSON are walked at the first level only, and no further than needed.
 *
 * What cannot be decided this way (an escaped name, a broken line) is `undefined`, and the caller parses. It is never guessed:
 * a place is found by walking the structure, not by looking for words.
 */
export interface Skimmed {
  readonly type: string
  readonly id: string | undefined
  /** The element that names the patient, as the readers of charts would take it. The same object again where the same was written as on the line before. */
  readonly subject: unknown
  /** Of a Bundle. */
  readonly entries: readonly SkimmedEntry[] | undefined
}

/** One entry of a Bundle: where it stands in the bytes, and what it holds. */
export interface SkimmedEntry {
  readonly start: number
  readonly end: number
  readonly fullUrl: string | undefined
  readonly resource: Walked | undefined
}

/** A resource that was walked, and where it stands. Its id is only spelled out when somebody asks: most belong to a patient, whatever their id. */
class Walked implements Skimmed {
  readonly type: string
  readonly subject: unknown
  readonly entries: readonly SkimmedEntry[] | undefined
  readonly start: number
  readonly end: number
  readonly #bytes: Buffer
  readonly #idStart: number
  readonly #idEnd: number

  constructor(
    what: Pick<Skimmed, 'type' | 'subject' | 'entries'>,
    { bytes, start, end }: { readonly bytes: Buffer; readonly start: number; readonly end: number },
    idStart: number,
    idEnd: number,
  ) {
    this.type = what.type
    this.subject = what.subject
    this.entries = what.entries
    this.start = start
    this.end = end
    this.#bytes = bytes
    this.#idStart = idStart
    this.#idEnd = idEnd
  }

  get id(): string | undefined {
    return this.#idStart < 0 ? undefined : plainString(this.#bytes, this.#idStart, this.#idEnd)
  }
}

const SUBJECTS = ['subject', 'patient', 'beneficiary', 'individual', 'for'] as const
const NAMES = ['resourceType', 'id', ...SUBJECTS, 'entry', 'fullUrl', 'resource'] as const
type Name = (typeof NAMES)[number]

const QUOTE = 34
const BACKSLASH = 92
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const OPEN_LIST = 91
const CLOSE_LIST = 93
const COLON = 58
const COMMA = 44

const BY_LENGTH: readonly (readonly { readonly name: Name; readonly letters: Uint8Array }[])[] = Array.from({ length: 16 }, (_, length) =>
  NAMES.filter((name) => name.length === length).map((name) => ({ name, letters: Buffer.from(name, 'latin1') })),
)

/** The resource that these bytes hold, or its beginning as far as it was walked. Undefined: not decidable by walking. */
export const skim = (bytes: Buffer, start: number, end: number): Skimmed | undefined => walkResource(bytes, start, end, true)

/** Thrown inside this file only: the bytes are not walkable. */
const UNWALKABLE = Symbol('unwalkable')

function walkResource(bytes: Buffer, start: number, end: number, mayStop: boolean): Walked | undefined {
  try {
    return resourceAt(bytes, start, end, mayStop)
  } catch (error) {
    if (error === UNWALKABLE) return undefined
    throw error
  }
}

function resourceAt(bytes: Buffer, start: number, end: number, mayStop: boolean): Walked {
  let type: string | undefined
  let idStart = -1
  let idEnd = -1
  let entries: SkimmedEntry[] | undefined
  let texts: { [name in (typeof SUBJECTS)[number]]?: string } | undefined
  let plain: Plain | undefined
  const members = new Members(bytes, start, end)
  for (let name = members.next(); name !== END; name = members.next()) {
    const from = members.at
    if (name === 'entry') {
      entries = []
      members.at = entriesAt(bytes, from, end, entries)
      continue
    }
    members.skip()
    if (name === 'resourceType') type = TYPES.at(bytes, from, members.at)
    else if (name === 'id') {
      idStart = from
      idEnd = members.at
    } else if (name !== undefined && name !== 'fullUrl' && name !== 'resource') {
      if (name === 'subject') plain = plainReference(bytes, from, members.at)
      if (name !== 'subject' || plain === undefined) {
        texts ??= {}
        texts[name] = bytes.toString('utf8', from, members.at)
      }
    }
    // nothing behind it can change whose the resource is
    if (mayStop && plain !== undefined && type !== undefined) break
  }
  if (type === undefined) throw UNWALKABLE
  const subject = plain ?? (texts === undefined ? undefined : parsedSubject(type, texts))
  const found = { type, subject, entries: type === 'Bundle' ? (entries ?? []) : undefined }
  return new Walked(found, { bytes, start, end: members.at }, idStart, idEnd)
}

/** A string that was written the same the last time is the same string: lines of one type and of one patient follow one another. */
class LastString {
  #text: string | undefined
  #bytes: Uint8Array = new Uint8Array(0)

  at(bytes: Buffer, start: number, end: number): string | undefined {
    const last = this.#bytes
    if (this.#text !== undefined && last.length === end - start) {
      let i = 0
      while (i < last.length && bytes[start + i] === last[i]) i++
      if (i === last.length) return this.#text
    }
    this.#text = plainString(bytes, start, end)
    this.#bytes = Uint8Array.prototype.slice.call(bytes, start, end)
    return this.#text
  }
}

const TYPES = new LastString()
const REFERENCES = new LastString()

interface Plain {
  readonly reference: string
}

let lastPlain: Plain | undefined

const BEFORE_REFERENCE = Buffer.from('{"reference":')

/** A subject as nearly all are written: the reference first, without blanks, escapes or letters beyond ASCII. Undefined for any other. */
function plainReference(bytes: Buffer, start: number, end: number): Plain | undefined {
  for (let i = 0; i < BEFORE_REFERENCE.length; i++) if (bytes[start + i] !== BEFORE_REFERENCE[i]) return undefined
  const from = start + BEFORE_REFERENCE.length
  if (bytes[from] !== QUOTE) return undefined
  let at = from + 1
  for (; at < end && bytes[at] !== QUOTE; at++) if (bytes[at]! <= 32 || bytes[at]! > 126 || bytes[at] === BACKSLASH) return undefined
  const after = bytes[at + 1]
  if (at === from + 1 || at + 1 >= end || (after !== COMMA && after !== CLOSE_OBJECT)) return undefined
  const reference = REFERENCES.at(bytes, from, at + 1)
  if (reference === undefined) return undefined
  if (lastPlain?.reference !== reference) lastPlain = { reference }
  return lastPlain
}

function parsedSubject(type: string, texts: { readonly [name: string]: string }): unknown {
  try {
    return subjectOf({ resourceType: type, ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, JSON.parse(text)])) })
  } catch {
    throw UNWALKABLE
  }
}

/** Walks a list of entries; the place behind it. What is no list of objects is left to the parser. */
function entriesAt(bytes: Buffer, start: number, end: number, into: SkimmedEntry[]): number {
  if (bytes[start] !== OPEN_LIST) throw UNWALKABLE
  let at = blank(bytes, start + 1, end)
  if (bytes[at] === CLOSE_LIST) return at + 1
  for (;;) {
    let fullUrl: string | undefined
    let resource: SkimmedEntry['resource']
    const members = new Members(bytes, at, end)
    for (let name = members.next(); name !== END; name = members.next()) {
      const from = members.at
      if (name === 'resource' && bytes[from] === OPEN_OBJECT) {
        resource = resourceAt(bytes, from, end, false)
        members.at = resource.end
        continue
      }
      members.skip()
      if (name === 'fullUrl') fullUrl = plainString(bytes, from, members.at)
    }
    into.push({ start: at, end: members.at, fullUrl, resource })
    at = blank(bytes, members.at, end)
    if (bytes[at] === CLOSE_LIST) return at + 1
    if (bytes[at] !== COMMA) throw UNWALKABLE
    at = blank(bytes, at + 1, end)
  }
}

const END = Symbol('end of the object')

/** The members of an object, one after another: `next` stops before a value, which the caller skips or walks itself. */
class Members {
  at: number
  readonly #bytes: Buffer
  readonly #end: number
  #isFirst = true

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes
    this.#end = end
    this.at = blank(bytes, start, end)
    if (bytes[this.at] !== OPEN_OBJECT || this.at >= end) throw UNWALKABLE
    this.at++
  }

  /** The name of the next member, undefined for one that nobody asks about, END behind the closing brace. */
  next(): Name | undefined | typeof END {
    const bytes = this.#bytes
    const end = this.#end
    let at = blank(bytes, this.at, end)
    if (bytes[at] === CLOSE_OBJECT && at < end) {
      this.at = at + 1
      return END
    }
    if (!this.#isFirst) {
      if (bytes[at] !== COMMA) throw UNWALKABLE
      at = blank(bytes, at + 1, end)
    }
    this.#isFirst = false
    if (bytes[at] !== QUOTE) throw UNWALKABLE
    const start = ++at
    while (at < end && bytes[at] !== QUOTE) if (bytes[at++] === BACKSLASH) throw UNWALKABLE
    const name = nameAt(bytes, start, at)
    at = blank(bytes, at + 1, end)
    if (bytes[at] !== COLON || at >= end) throw UNWALKABLE
    this.at = blank(bytes, at + 1, end)
    return name
  }

  skip(): void {
    this.at = valueEnd(this.#bytes, this.at, this.#end)
  }
}

function nameAt(bytes: Buffer, start: number, end: number): Name | undefined {
  const named = BY_LENGTH[end - start]
  if (named === undefined) return undefined
  next: for (const { name, letters } of named) {
    for (let i = 0; i < letters.length; i++) if (bytes[start + i] !== letters[i]) continue next
    return name
  }
  return undefined
}

/** The place behind a value. */
function valueEnd(bytes: Buffer, start: number, end: number): number {
  const first = bytes[start]!
  let at = start
  if (first === QUOTE) return stringEnd(bytes, start, end)
  if (first !== OPEN_OBJECT && first !== OPEN_LIST) {
    while (at < end) {
      const byte = bytes[at]!
      if (byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST || byte <= 32) break
      at++
    }
    if (at === start) throw UNWALKABLE
    return at
  }
  let depth = 0
  while (at < end) {
    const byte = bytes[at]!
    if (byte === QUOTE) {
      at = stringEnd(bytes, at, end)
      continue
    }
    at++
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth++
    else if ((byte === CLOSE_OBJECT || byte === CLOSE_LIST) && --depth === 0) return at
  }
  throw UNWALKABLE
}

function stringEnd(bytes: Buffer, start: number, end: number): number {
  let at = start + 1
  while (at < end) {
    const byte = bytes[at]!
    if (byte === QUOTE) return at + 1
    at += byte === BACKSLASH ? 2 : 1
  }
  throw UNWALKABLE
}

function blank(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at]! <= 32) at++
  return at
}

/** A string without escapes; undefined for anything else. */
function plainString(bytes: Buffer, start: number, end: number): string | undefined {
  if (bytes[start] !== QUOTE) return undefined
  const text = bytes.toString('utf8', start + 1, end - 1)
  return text.includes('\\') ? undefined : text
}
