import { type Narrowed, narrowed } from '../access/narrowing.ts'
import type { ApiRequest } from '../api/index.ts'
import { refuse } from '../issue.ts'
import { dateRange } from '../store/search/dates.ts'
import { searchTable } from '../store/search/definitions.ts'
import { pairsOf } from './docref.ts'
import { preferOf } from './respond.ts'

/** What an export is asked for, as it is kept with its job. */
export interface Asked {
  readonly level: 'system' | 'patient' | 'group'
  readonly group?: string
  readonly types: readonly string[]
  /** The client said which; else they are all that there are. */
  readonly areTypesNamed?: true
  readonly since?: string
  /** Ids of the only patients that are wanted. */
  readonly patients?: readonly string[]
  /** As in the kick-off: `id`, `Patient.name`. */
  readonly elements?: readonly string[]
  /** As in the kick-off: `Observation?category=laboratory`. */
  readonly filters?: readonly string[]
  /** What was asked for and is not offered, passed over since the client is lenient. */
  readonly ignored?: readonly string[]
}

export const NDJSON = 'application/fhir+ndjson'
const FORMATS = [NDJSON, 'application/ndjson', 'ndjson']
const KNOWN = ['_outputFormat', '_since', '_type', '_elements', '_typeFilter', 'patient']

/** Reads a kick-off, by GET or by POST with Parameters. What is not offered refuses it; with `handling=lenient` it is passed over, and the manifest says so. */
export function askedOf(request: ApiRequest, level: Asked['level']): Asked {
  const query = [...request.query, ...(request.method === 'POST' ? pairsOf(request.body) : [])]
  const all = (name: string): readonly string[] => query.filter(([n, v]) => n === name && v !== '').map(([, v]) => v)
  const list = (name: string): readonly string[] =>
    all(name).flatMap((value) =>
      value
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== ''),
    )
  const { isLenient } = preferOf(String(request.headers.prefer ?? ''))
  const ignored: string[] = []
  const passOver = (what: string, code: 'unknown-parameter' | 'invalid-parameter', message: string, remedy: string): void => {
    if (!isLenient) refuse(code, what.split('=')[0]!, message, `${remedy}; or "Prefer: handling=lenient"`)
    ignored.push(what)
  }
  for (const name of new Set(query.map(([n]) => n)))
    if (!KNOWN.includes(name))
      passOver(name.slice(0, 60), 'unknown-parameter', `an export has no parameter ${name.slice(0, 60)} here`, `use ${KNOWN.join(', ')}`)
  const format = all('_outputFormat').at(-1)
  if (format !== undefined && !FORMATS.includes(format))
    refuse('invalid-parameter', '_outputFormat', `${format.slice(0, 60)} is not offered`, `ask for ${NDJSON}`)
  const since = all('_since')
    .at(-1)
    ?.replace(/ (\d\d:\d\d)$/, '+$1')
  if (since !== undefined && dateRange(since) === undefined)
    refuse('invalid-parameter', '_since', 'this is no instant', 'write 2026-11-23T12:00:00Z')
  const offered = [...searchTable().types].filter(
    (type) => level === 'system' || type === 'Patient' || searchTable().compartment(type).length > 0,
  )
  const wanted = list('_type')
  for (const type of wanted)
    if (!offered.includes(type))
      passOver(
        `_type=${type.slice(0, 60)}`,
        'invalid-parameter',
        `${type.slice(0, 60)} is not exported here`,
        'name types of FHIR R4 that stand in a patient\u2019s compartment',
      )
  const filters = all('_typeFilter').flatMap((value) => value.split(/,(?=[A-Z]\w*\?)/))
  const understood = filters.filter((filter) => {
    if (partOf(filter) !== undefined) return true
    passOver(
      `_typeFilter=${filter.slice(0, 120)}`,
      'invalid-parameter',
      'only codes are compared: Type?name=system|code, with plain parameters of that type',
      'write Observation?category=laboratory, and narrow by dates after the export or with _since',
    )
    return false
  })
  const patients = list('patient').map((one) => one.replace(/^Patient\//, ''))
  if (patients.length > 0 && (level === 'system' || request.method !== 'POST'))
    refuse(
      'invalid-parameter',
      'patient',
      'single patients are named by POST, for Patient/$export and Group/ID/$export',
      'POST Parameters with valueReference',
    )
  const elements = list('_elements')
  return {
    level,
    types: wanted.length === 0 ? offered : offered.filter((type) => wanted.includes(type)),
    ...(wanted.length === 0 ? {} : { areTypesNamed: true }),
    ...(since === undefined ? {} : { since: dateRange(since)!.first }),
    ...(level === 'group' ? { group: request.params.id! } : {}),
    ...(patients.length === 0 ? {} : { patients }),
    ...(elements.length === 0 ? {} : { elements }),
    ...(understood.length === 0 ? {} : { filters: understood }),
    ...(ignored.length === 0 ? {} : { ignored }),
  }
}

function partOf(filter: string): { readonly type: string; readonly part: Narrowed } | undefined {
  const [, type = '', query = ''] = /^([A-Z]\w*)\?(.+)$/.exec(filter) ?? []
  const part = searchTable().types.has(type) ? narrowed(type, [query]) : undefined
  return part === undefined ? undefined : { type, part }
}

/** Which resources of a type `_typeFilter` lets through: those that meet one of its filters; all of a type for which there is none. */
export function filterFor(filters: readonly string[], type: string): Narrowed['maySee'] | undefined {
  const parts = filters.flatMap((filter) => {
    const found = partOf(filter)
    return found?.type === type ? [found.part] : []
  })
  return parts.length === 0 ? undefined : (version) => parts.some(({ maySee }) => maySee(version))
}

/** The elements that `_elements` wants of a type; undefined: all. */
export function elementsOf(elements: readonly string[], type: string): readonly string[] | undefined {
  const own = elements.flatMap((one) => {
    const [of, ...rest] = one.split('.')
    return rest.length === 0 ? [of!] : of === type ? [rest[0]!] : []
  })
  return own.length === 0 ? undefined : own
}
