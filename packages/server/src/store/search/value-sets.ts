import { refuse } from '../../issue.ts'
import type { Queries } from '../database.ts'
import { searchTable } from './definitions.ts'
import type { Filter } from './request.ts'
import type { ValueSets } from './to-sql.ts'

interface Code {
  readonly system: string
  readonly code: string
}

interface ValueSet {
  readonly compose?: {
    readonly include?: readonly {
      readonly system?: string
      readonly concept?: readonly { readonly code: string }[]
      readonly filter?: readonly unknown[]
      readonly valueSet?: readonly string[]
    }[]
    readonly exclude?: readonly unknown[]
  }
  readonly expansion?: { readonly contains?: readonly { readonly system?: string; readonly code?: string }[] }
}

/** The codes of every value set that the filters name with `:in`, from the ValueSet resources of this store. */
export async function lookUpValueSets(queries: Queries, filters: readonly Filter[]): Promise<ValueSets> {
  const sets = new Map<string, readonly Code[]>()
  for (const url of filters.flatMap(urls)) sets.set(url, await codesOf(queries, url, 0))
  return sets
}

function urls(filter: Filter): readonly string[] {
  if (filter.kind === 'in') return [filter.url]
  if (filter.kind === 'chain' || filter.kind === 'has') return urls(filter.filter)
  if (filter.kind === 'any' || filter.kind === 'all') return filter.filters.flatMap(urls)
  return []
}

/** An expansion, or a composition that lists its codes; one that only describes them (a filter, a whole code system) is refused: it needs a terminology server. */
async function codesOf(queries: Queries, url: string, depth: number): Promise<readonly Code[]> {
  const plain = url.replace(/\|.*$/, '')
  const parameter = searchTable().of('ValueSet').get('url')!
  const [row] = await queries.query<{ body: string }>(
    `select v.body from ix_token x join resource_current c on c.rid = x.rid and not c.is_deleted
     join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version
     where x.param = $1 and x.code = $2 order by c.recorded_at desc limit 1`,
    [parameter.number, plain],
  )
  if (row === undefined)
    return refuse(
      'not-supported',
      ':in',
      `the value set ${plain} is not in this store`,
      'store it as a ValueSet with its codes, or list the codes',
    )
  const set = JSON.parse(row.body) as ValueSet
  const expanded = set.expansion?.contains?.flatMap(({ system, code }) => (code === undefined ? [] : [{ system: system ?? '', code }]))
  if (expanded !== undefined) return expanded
  const includes = set.compose?.include ?? []
  const isListed = includes.every((i) => i.filter === undefined && (i.concept !== undefined || i.valueSet !== undefined))
  if (!isListed || set.compose?.exclude !== undefined || depth > 5)
    return refuse('not-supported', ':in', `the value set ${plain} does not list its codes`, 'store it with its expansion')
  const codes: Code[] = []
  for (const { system, concept, valueSet } of includes) {
    for (const { code } of concept ?? []) codes.push({ system: system ?? '', code })
    for (const other of valueSet ?? []) codes.push(...(await codesOf(queries, other, depth + 1)))
  }
  return codes
}
