import type { StoredVersion } from '../store/index.ts'
import { type SearchParameter, searchTable } from '../store/search/definitions.ts'
import { extract, IMPLIED } from '../store/search/extract.ts'
import { splitValues, unescaped } from '../store/search/parse.ts'
import type { Filter } from '../store/search/request.ts'
import { resourceScope } from './scopes.ts'

/**
 * A scope of SMART v2 that opens a part of a type (`patient/Observation.rs?category=http://…|laboratory`). What it narrows by are codes, compared with plain
 * values: for these a resource can be held against the scope as the search finds it. A scope with anything else opens nothing.
 */
interface Part {
  readonly tokens: readonly { readonly parameter: SearchParameter; readonly values: readonly string[] }[]
}

function partOf(type: string, query: string): Part | undefined {
  const tokens = [...new URLSearchParams(query.replaceAll('+', '%2B'))].map(([name, value]) => {
    const parameter = searchTable().of(type).get(name)
    const values = splitValues(value)
    return parameter?.kind === 'token' && values.length > 0 ? { parameter, values } : undefined
  })
  return tokens.length > 0 && tokens.every((one) => one !== undefined) ? { tokens } : undefined
}

/** Whether a scope could be held to: one that is not narrowed, or narrowed by codes of its type. */
export function isUnderstood(text: string): boolean {
  const scope = resourceScope(text)
  if (scope?.narrowedBy === undefined) return scope !== undefined
  const types = scope.type === '*' ? [...searchTable().types] : [scope.type]
  return types.some((type) => partOf(type, scope.narrowedBy!) !== undefined)
}

export interface Narrowed {
  /** Laid into a search of the type. */
  readonly filter: Filter
  readonly maySee: (version: StoredVersion) => boolean
}

/** What these queries open together; undefined: nothing of this type. */
export function narrowed(type: string, queries: readonly string[]): Narrowed | undefined {
  const parts = queries.map((query) => partOf(type, query)).filter((part) => part !== undefined)
  if (parts.length === 0) return undefined
  return {
    filter: {
      kind: 'any',
      filters: parts.map(({ tokens }) => ({
        kind: 'all',
        filters: tokens.map(({ parameter, values }) => ({ kind: 'parameter', parameter, modifier: undefined, values })),
      })),
    },
    maySee: ({ type: of, body }) => {
      if (of !== type || body === null) return false
      const { token } = extract(JSON.parse(body))
      return parts.some(({ tokens }) =>
        tokens.every(({ parameter, values }) =>
          token.some((row) => row.param === parameter.number && values.some((value) => isMet(row.system, row.code, value))),
        ),
      )
    },
  }
}

/** The same comparison as that of the search (`store/search/to-sql.ts`). */
function isMet(system: string, code: string, value: string): boolean {
  const bar = value.search(/(?<!\\)\|/)
  if (bar < 0) return code === unescaped(value)
  const [askedSystem, askedCode] = [unescaped(value.slice(0, bar)), unescaped(value.slice(bar + 1))]
  const isOfSystem =
    askedSystem === '' ? system === '' || system === IMPLIED : system === askedSystem || (askedCode !== '' && system === IMPLIED)
  return isOfSystem && (askedCode === '' || code === askedCode)
}
