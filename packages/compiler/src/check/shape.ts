import type { z } from 'zod'
import type { RawEntry } from '../read/read-yaml.ts'
import type { Finding } from './finding.ts'
import { type Kind, SCHEMAS } from './schema.ts'
import { closest } from './suggest.ts'

type Issue = z.core.$ZodIssue
type Path = readonly (string | number)[]

/** What an entry of this kind is called in the guide and on the command line. */
const GUIDE = 'docs/guide/knowledge.md shows the whole entry'

/** The value of an entry that has the shape of its kind; otherwise undefined, with a finding for everything that is wrong. */
export function checkShape(
  kind: Kind,
  entry: RawEntry,
  findings: Finding[],
): (Record<string, unknown> & { readonly id: string }) | undefined {
  const parsed = SCHEMAS[kind].safeParse(entry.value)
  if (parsed.success) return parsed.data as Record<string, unknown> & { readonly id: string }
  const missing = parsed.error.issues.filter((i) => isMissing(i, entry)).map((i) => String(i.path[0]))
  if (missing.length > 1) {
    findings.push({
      code: 'schema',
      file: entry.file,
      line: entry.line,
      entry: String(entry.value.id ?? '?'),
      message: `${missing.slice(0, -1).join(', ')} and ${missing.at(-1)} are missing`,
      remedy: `add them; ${GUIDE}`,
    })
  }
  for (const issue of parsed.error.issues) {
    if (missing.length > 1 && isMissing(issue, entry)) continue
    const at = issue.path.map((p) => (typeof p === 'symbol' ? String(p) : p))
    for (const { place, message, remedy } of told(issue, at, entry, kind)) {
      findings.push({
        code: at[0] === 'cites' && !place.includes('review') ? 'citation' : 'schema',
        file: entry.file,
        line: entry.lineOf(place),
        entry: String(entry.value.id ?? '?'),
        message,
        remedy,
      })
    }
  }
  return undefined
}

/** A field of the entry itself that is not there, citations apart: they have words of their own. */
const isMissing = (issue: Issue, entry: RawEntry): boolean =>
  issue.path.length === 1 &&
  (issue.code === 'invalid_type' || issue.code === 'invalid_value') &&
  issue.path[0] !== 'cites' &&
  entry.value[String(issue.path[0])] === undefined

interface Told {
  readonly place: Path
  readonly message: string
  readonly remedy: string
}

function told(issue: Issue, at: Path, entry: RawEntry, kind: Kind): readonly Told[] {
  const name = at.join('.') || 'entry'
  const value = at.reduce<unknown>((node, step) => (node as Record<string | number, unknown> | undefined)?.[step], entry.value)
  const field = String(at.at(-1) ?? '')
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = fieldsAt(kind, at)
      return issue.keys.map((key) => {
        const near = closest(key, known)
        return {
          place: [...at, key],
          message: `there is no field ${key}${at.length > 0 ? ` in ${name}` : ''}`,
          remedy: near.length > 0 ? `did you mean ${near.join(' or ')}?` : `its fields are ${known.join(', ') || 'others'}; ${GUIDE}`,
        }
      })
    }
    case 'invalid_type':
      if (value === undefined) {
        return at[0] === 'cites' && at.length === 1
          ? [
              {
                place: at,
                message: 'cites: has no citation',
                remedy: 'add cites: [{ source: id of knowledge/sources, at: place in it, says: own words with figures }]',
              },
            ]
          : [{ place: at, message: `${name} is missing`, remedy: `add ${field}: …; ${GUIDE}` }]
      }
      return [{ place: at, message: `${name} is ${shown(value)}, not ${article(issue.expected)}`, remedy: typeRemedy(issue.expected) }]
    case 'invalid_value': {
      const values = issue.values.map(String)
      const near = closest(String(value), values)
      if (value === undefined)
        return [{ place: at, message: `${name} is missing`, remedy: `add ${field}: with one of ${values.join(', ')}` }]
      return [
        {
          place: at,
          message: `${name} cannot be ${shown(value)}`,
          remedy: `${near.length > 0 ? `did you mean ${near.join(' or ')}? It` : 'it'} is one of ${values.join(', ')}`,
        },
      ]
    }
    case 'too_small':
      return [
        {
          place: at,
          message: `${name}: ${/^Too small/.test(issue.message) ? `${shown(value)} is too little` : issue.message}`,
          remedy:
            at[0] === 'cites'
              ? 'add { source: id of knowledge/sources, at: place in it, says: own words with figures }'
              : `write at least ${issue.minimum}${issue.inclusive === false ? ' (more than that)' : ''}`,
        },
      ]
    case 'invalid_format':
      return [
        {
          place: at,
          message: `${name}: ${shown(value)} ${/^Invalid/.test(issue.message) ? 'has the wrong form' : issue.message}`,
          remedy: formRemedy(issue.message),
        },
      ]
    default:
      return [{ place: at, message: `${name}: ${issue.message}`, remedy: GUIDE }]
  }
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`)

const typeRemedy = (type: string): string =>
  type === 'string'
    ? "write a text; put quotes around what looks like a number or a date ('…')"
    : type === 'number'
      ? 'write a number without unit or quotes'
      : type === 'array'
        ? 'write a list: [ … ]'
        : type === 'object'
          ? 'write a mapping: { field: value }'
          : GUIDE

const formRemedy = (message: string): string =>
  /kebab/.test(message) ? 'use lower-case words joined by hyphens' : /date|day/.test(message) ? "write '2027-05-31'" : GUIDE

/** The fields that an entry, or a part of it, may have. */
function fieldsAt(kind: Kind, at: Path): readonly string[] {
  let node: unknown = SCHEMAS[kind]
  for (const step of at) {
    node = inner(node)
    if (typeof step === 'number') node = (node as { element?: unknown })?.element
    else node = (node as { shape?: Record<string, unknown> })?.shape?.[step]
  }
  return Object.keys((inner(node) as { shape?: object } | undefined)?.shape ?? {})
}

/** What stands inside optional and default. */
function inner(node: unknown): unknown {
  let now = node as { def?: { innerType?: unknown } } | undefined
  while (now?.def?.innerType !== undefined) now = now.def.innerType as typeof now
  return now
}
