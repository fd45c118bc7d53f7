import { err, ok, type Result } from '@secondwind/core'
import { refusal, type ServerIssue } from '../../issue.ts'
import { dateRange } from './dates.ts'
import { type SearchParameter, searchTable } from './definitions.ts'
import type { Filter, IncludeRule, Modifier, SearchRequest, SortRule } from './request.ts'

export interface ParseOptions {
  readonly who: string
  /** Matches a page when the query does not say. */
  readonly defaultCount?: number
  /** What the query can ask for at most; more is cut down to it. */
  readonly mostCount?: number
  /** Unknown parameters are passed over, as `Prefer: handling=lenient` asks; otherwise they are refused: a search that ignores them finds too much. */
  readonly isLenient?: boolean
  /** Address of this FHIR API: a reference by it is asked for as `Type/id`. */
  readonly base?: string
}

export interface ParsedSearch {
  readonly request: SearchRequest
  /** The parameters that were used, as they came: the self link. */
  readonly used: readonly (readonly [string, string])[]
  readonly ignored: readonly string[]
}

/** Parameters that shape the answer and are read elsewhere. */
const SHAPE: ReadonlySet<string> = new Set([
  '_format',
  '_pretty',
  '_summary',
  '_elements',
  '_total',
  '_count',
  '_sort',
  '_include',
  '_revinclude',
  '_cursor',
  '_type',
])
/** What FHIR lets some of them say. */
const WORDS: { readonly [name: string]: readonly string[] } = {
  _summary: ['true', 'text', 'data', 'count', 'false'],
  _total: ['none', 'estimate', 'accurate'],
}
const DEPTH = 4

type Pairs = readonly (readonly [name: string, value: string])[]

/** Understands a search, or says of every parameter what was wrong with it. `type` is undefined for a search over the types that `_type` lists. */
export function parseSearch(type: string | undefined, pairs: Pairs, options: ParseOptions): Result<ParsedSearch, readonly ServerIssue[]> {
  const issues: ServerIssue[] = []
  const ignored: string[] = []
  const used: (readonly [string, string])[] = []
  const filters: Filter[] = []
  const types = type === undefined ? typesOf(pairs, issues) : [type]
  const only = types.length === 1 ? types[0]! : undefined
  for (const [name, value] of pairs) {
    if (SHAPE.has(baseName(name))) {
      const words = WORDS[name]
      if (words !== undefined && !words.includes(value))
        issues.push(refusal('invalid-parameter', name, `"${value.slice(0, 40)}" is none of its words`, `write one of ${words.join(', ')}`))
      used.push([name, value])
      continue
    }
    const filter = filterOf(only ?? types[0] ?? '', name, value, only === undefined, 0)
    if (filter.ok) {
      filters.push(options.base === undefined ? filter.value : withoutBase(filter.value, options.base))
      used.push([name, value])
    } else if (filter.error.code === 'unknown-parameter' && options.isLenient) ignored.push(name)
    else issues.push(filter.error)
  }
  const include = rules(pairs, '_include', issues)
  const revInclude = rules(pairs, '_revinclude', issues)
  const sort = only === undefined ? [] : sortRules(only, last(pairs, '_sort'), issues)
  const count = countOf(pairs, options, issues)
  const cursor = last(pairs, '_cursor')
  if (issues.length > 0) return err(issues)
  return ok({
    request: {
      types,
      filters,
      sort,
      count,
      ...(cursor === undefined ? {} : { cursor }),
      include,
      revInclude,
      isTotalWanted: last(pairs, '_total') === 'accurate' || count === 0,
      who: options.who,
    },
    used,
    ignored,
  })
}

const last = (pairs: Pairs, name: string): string | undefined => pairs.filter(([n]) => n === name).at(-1)?.[1]
const baseName = (name: string): string => name.split(':')[0]!

function typesOf(pairs: Pairs, issues: ServerIssue[]): readonly string[] {
  const types = (last(pairs, '_type') ?? '').split(',').filter((t) => t !== '')
  if (types.length === 0)
    issues.push(
      refusal('invalid-parameter', '_type', 'a search over all types must say which', 'add _type=Patient,Condition or search one type'),
    )
  for (const type of types) if (!searchTable().types.has(type)) issues.push(unknownType(type, '_type'))
  return types
}

export const unknownType = (type: string, path: string): ServerIssue =>
  refusal(
    'not-supported',
    path,
    `${type} is no resource type of FHIR R4`,
    'check the spelling: types begin with a capital, as in Observation',
  )

const unknown = (type: string, name: string): ServerIssue => {
  const names = [...searchTable().of(type).keys()].filter((n) => !n.startsWith('_')).sort()
  return refusal(
    'unknown-parameter',
    name,
    `${type} cannot be searched by ${name}`,
    `it can by _id, _lastUpdated, ${names.join(', ')}; "Prefer: handling=lenient" passes over what is unknown`,
  )
}

const invalid = (name: string, message: string, remedy: string): Result<never, ServerIssue> =>
  err(refusal('invalid-parameter', name, message, remedy))

function filterOf(type: string, name: string, value: string, isSystem: boolean, depth: number): Result<Filter, ServerIssue> {
  if (depth > DEPTH) return err(refusal('too-costly', name, `a chain of more than ${DEPTH} links`, 'search in two steps'))
  if (name.startsWith('_has:')) return hasFilter(name, value, depth)
  const dot = name.indexOf('.')
  if (dot > 0) return chainFilter(type, name, value, depth)
  const [code = '', modifierText, ...more] = name.split(':')
  if (more.length > 0) return invalid(name, 'a parameter has one modifier at most', 'write it as name:modifier=value')
  const values = splitValues(value)
  if (values.length === 0) return invalid(name, 'the value is empty', 'give a value, or leave the parameter out')
  if (code === '_id') return modifierText === undefined ? ok({ kind: 'id', ids: values }) : noModifier(name)
  if (code === '_lastUpdated') {
    if (modifierText !== undefined) return noModifier(name)
    const bad = values.find((v) => dateRange(withoutPrefix(v).text) === undefined)
    return bad === undefined ? ok({ kind: 'last-updated', values }) : badDate(name, bad)
  }
  const parameter = searchTable().of(type).get(code)
  if (parameter === undefined || (isSystem && !code.startsWith('_'))) return err(unknown(type, code))
  return parameterFilter(parameter, name, modifierText, values)
}

/** References to this server by its whole address, as they are stored. */
function withoutBase(filter: Filter, base: string): Filter {
  if (filter.kind === 'chain' || filter.kind === 'has') return { ...filter, filter: withoutBase(filter.filter, base) }
  if (filter.kind === 'any' || filter.kind === 'all') return { ...filter, filters: filter.filters.map((one) => withoutBase(one, base)) }
  if (filter.kind !== 'parameter' || filter.parameter.kind !== 'reference') return filter
  return { ...filter, values: filter.values.map((value) => (value.startsWith(`${base}/`) ? value.slice(base.length + 1) : value)) }
}

const noModifier = (name: string): Result<never, ServerIssue> =>
  invalid(name, 'this parameter takes no modifier', `write ${baseName(name)}=value`)
const badDate = (name: string, value: string): Result<never, ServerIssue> =>
  invalid(
    name,
    `"${value}" is no date`,
    'write YYYY, YYYY-MM, YYYY-MM-DD or an instant with a time zone, after eq, ne, gt, lt, ge, le, sa, eb or ap',
  )

const PLAIN_MODIFIERS: { readonly [modifier: string]: readonly SearchParameter['kind'][] } = {
  missing: ['token', 'reference', 'date', 'string', 'quantity', 'number', 'uri'],
  not: ['token'],
  exact: ['string'],
  contains: ['string'],
  below: ['uri'],
  identifier: ['reference'],
}

function parameterFilter(
  parameter: SearchParameter,
  name: string,
  modifierText: string | undefined,
  values: readonly string[],
): Result<Filter, ServerIssue> {
  if (modifierText === 'in' || modifierText === 'not-in') {
    if (parameter.kind !== 'token') return invalid(name, `:${modifierText} is for tokens`, 'compare with a value')
    return ok({ kind: 'in', parameter, url: values[0]!, isNot: modifierText === 'not-in' })
  }
  const modifier = modifierOf(parameter, modifierText)
  if (modifierText !== undefined && modifier === undefined)
    return invalid(name, `the modifier :${modifierText} is not supported on a ${parameter.kind}`, 'leave the modifier out, or use :missing')
  if (modifier === 'missing' && values.some((v) => v !== 'true' && v !== 'false'))
    return invalid(name, ':missing is true or false', `write ${name}=true`)
  if (modifier === undefined && parameter.kind === 'date') {
    const bad = values.find((v) => dateRange(withoutPrefix(v).text) === undefined)
    if (bad !== undefined) return badDate(name, bad)
  }
  if (modifier === undefined && (parameter.kind === 'quantity' || parameter.kind === 'number')) {
    const bad = values.find((v) => numberOf(v) === undefined)
    if (bad !== undefined) return invalid(name, `"${bad}" is no quantity`, 'write 5.4, ge5.4 or 5.4|http://unitsofmeasure.org|mg')
  }
  return ok({ kind: 'parameter', parameter, modifier, values })
}

function modifierOf(parameter: SearchParameter, text: string | undefined): Modifier | undefined {
  if (text === undefined) return undefined
  if (PLAIN_MODIFIERS[text]?.includes(parameter.kind)) return text as Modifier
  if (parameter.kind === 'reference' && searchTable().types.has(text)) return { type: text }
  return undefined
}

/** `subject:Patient.name=x`, `patient.identifier=…`. Without a type: every type that the reference may point at. */
function chainFilter(type: string, name: string, value: string, depth: number): Result<Filter, ServerIssue> {
  const dot = name.indexOf('.')
  const [code = '', targetType] = name.slice(0, dot).split(':')
  const rest = name.slice(dot + 1)
  const reference = searchTable().of(type).get(code)
  if (reference === undefined) return err(unknown(type, code))
  if (reference.kind !== 'reference')
    return invalid(name, `${code} is no reference: nothing can be chained to it`, 'search by its own value')
  if (targetType !== undefined && !searchTable().types.has(targetType)) return err(unknownType(targetType, name))
  const targets = targetType === undefined ? (code === 'patient' ? ['Patient'] : reference.targets) : [targetType]
  const filters: Filter[] = []
  let first: ServerIssue | undefined
  for (const target of targets) {
    const filter = filterOf(target, rest, value, false, depth + 1)
    if (filter.ok) filters.push({ kind: 'chain', reference, target, filter: filter.value })
    else first ??= filter.error
  }
  if (filters.length === 0) return err(first ?? unknown(type, name))
  return ok(filters.length === 1 ? filters[0]! : { kind: 'any', filters })
}

/** `_has:Observation:patient:code=…` */
function hasFilter(name: string, value: string, depth: number): Result<Filter, ServerIssue> {
  const [, source = '', code = '', ...rest] = name.split(':')
  if (!searchTable().types.has(source)) return err(unknownType(source, name))
  const reference = searchTable().of(source).get(code)
  if (reference === undefined) return err(unknown(source, code))
  if (reference.kind !== 'reference') return invalid(name, `${source}.${code} is no reference`, `write _has:${source}:subject:code=…`)
  if (rest.length === 0) return invalid(name, '_has ends without a parameter', '_has:Observation:patient:code=…')
  // _has may hold another _has, whose own colons follow
  const inner = rest.join(':')
  const filter = filterOf(source, inner, value, false, depth + 1)
  return filter.ok ? ok({ kind: 'has', type: source, reference, filter: filter.value }) : filter
}

function rules(pairs: Pairs, which: '_include' | '_revinclude', issues: ServerIssue[]): readonly IncludeRule[] {
  return pairs
    .filter(([name]) => baseName(name) === which)
    .flatMap(([name, value]) => {
      const [source = '', code = '', target] = value.split(':')
      const parameter = searchTable().of(source).get(code)
      if (parameter?.kind !== 'reference') {
        issues.push(refusal('invalid-parameter', name, `${value} is no reference parameter`, `write ${which}=MedicationRequest:medication`))
        return []
      }
      return [{ source, parameter, target, isIterated: /:(iterate|recurse)$/.test(name) }]
    })
}

function sortRules(type: string, text: string | undefined, issues: ServerIssue[]): readonly SortRule[] {
  return (text ?? '')
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part): SortRule[] => {
      const isDescending = part.startsWith('-')
      const name = part.replace(/^-/, '')
      if (name === '_id' || name === '_lastUpdated') return [{ by: name, isDescending }]
      const parameter = searchTable().of(type).get(name)
      if (parameter === undefined) {
        issues.push(
          refusal('invalid-parameter', '_sort', `${type} cannot be sorted by ${name}`, 'sort by _lastUpdated, _id or a search parameter'),
        )
        return []
      }
      return [{ by: parameter, isDescending }]
    })
}

function countOf(pairs: Pairs, { defaultCount = 50, mostCount = 1000 }: ParseOptions, issues: ServerIssue[]): number {
  if (last(pairs, '_summary') === 'count') return 0
  const text = last(pairs, '_count')
  if (text === undefined) return defaultCount
  if (!/^\d{1,9}$/.test(text)) {
    issues.push(refusal('invalid-parameter', '_count', `"${text}" is no whole number`, 'write _count=50'))
    return 0
  }
  return Math.min(Number(text), mostCount)
}

/** Splits at commas that are not escaped; the other escapes stay for whoever reads the value. */
export const splitValues = (value: string): readonly string[] =>
  (value.match(/(?:\\.|[^,\\])+/gs) ?? []).map((part) => part.replace(/\\,/g, ',')).filter((part) => part !== '')

export const unescaped = (value: string): string => value.replace(/\\([|$\\,])/g, '$1')

const PREFIX = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[\d+-.])/
export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap'

export function withoutPrefix(value: string): { readonly prefix: Prefix; readonly text: string } {
  const prefix = PREFIX.exec(value)?.[1]
  return prefix === undefined ? { prefix: 'eq', text: value } : { prefix: prefix as Prefix, text: value.slice(2) }
}

export interface AskedNumber {
  readonly prefix: Prefix
  readonly value: number
  /** Half of the last digit given: 5.40 means 5.395 to 5.405. */
  readonly tolerance: number
  readonly system: string | undefined
  readonly unit: string | undefined
}

export function numberOf(value: string): AskedNumber | undefined {
  const [number = '', system, unit] = value.split('|')
  const { prefix, text } = withoutPrefix(number)
  const form = /^[+-]?\d+(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (!form) return undefined
  const digits = (form[1]?.length ?? 0) - Number(form[2] ?? 0)
  return { prefix, value: Number(text), tolerance: 0.5 * 10 ** -digits, system: system || undefined, unit: unit || undefined }
}
