import { err, type Issue, ok, type Result } from '@secondwind/core'
import fhirpath, { type Model, type UserInvocationTable } from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'

export interface Column {
  readonly name: string
  readonly path: string
  readonly type?: string
  /** More than one value makes a list; without it more than one is an error. */
  readonly collection?: boolean
}

/** A path made ready: gives the nodes it finds from a node, with `%` constants and `%rowIndex`. */
export type Path = (node: unknown, environment: { readonly [name: string]: unknown }) => readonly unknown[]

export interface CompiledView {
  readonly resource: string
  readonly constants: { readonly [name: string]: unknown }
  readonly where: readonly Path[]
  readonly select: readonly CompiledSelect[]
  readonly columns: readonly Column[]
}

export interface CompiledSelect {
  readonly columns: readonly { readonly column: Column; readonly path: Path }[]
  readonly select: readonly CompiledSelect[]
  readonly unionAll: readonly CompiledSelect[]
  readonly each?: { readonly path: Path; readonly orNull: boolean }
  readonly repeat?: readonly Path[]
  /** Names of all columns, in order. */
  readonly names: readonly Column[]
}

// its types do not allow for exactOptionalPropertyTypes
const MODEL = r4 as unknown as Model

type Json = { readonly [key: string]: unknown }

/**
 * Checks a SQL on FHIR v2 ViewDefinition (which elements of which resources become the columns of a flat table;
 * https://sql-on-fhir.org/ig/2.0.0/StructureDefinition-ViewDefinition.html) and prepares its paths.
 * Every fault is an issue with its place; a view with faults runs on nothing.
 */
export function compileView(view: unknown): Result<CompiledView, readonly Issue[]> {
  const issues: Issue[] = []
  const fault = (path: string, message: string, remedy: string): void => {
    issues.push({ code: 'invalid-element', severity: 'error', path, message, remedy })
  }
  if (!isObject(view) || typeof view.resource !== 'string' || view.resource === '') {
    fault('ViewDefinition.resource', 'the view names no resource type', 'add "resource": "Patient" (or another type)')
    return err(issues)
  }
  const constants = constantsOf(view.constant, fault)
  const path = (written: unknown, at: string): Path => {
    if (typeof written !== 'string' || written.trim() === '') {
      fault(at, `${JSON.stringify(written) ?? 'nothing'} is not a FHIRPath expression`, 'give the path as text')
      return () => []
    }
    for (const [, name = ''] of written.replace(/'(?:[^'\\]|\\.)*'/g, "''").matchAll(/%`?([A-Za-z_][\w-]*)/g))
      if (!(name in constants) && !KNOWN_VARIABLES.has(name))
        fault(at, `%${name} is not a constant of this view`, 'define it under "constant"')
    try {
      const compiled = fhirpath.compile(written, MODEL, { userInvocationTable: FUNCTIONS, resolveInternalTypes: false, async: false })
      return (node, environment) => compiled(node as object, environment as Record<string, unknown>) as readonly unknown[]
    } catch (error) {
      fault(
        at,
        `"${written}" is not FHIRPath: ${error instanceof Error ? error.message.split('\n')[0] : 'unreadable'}`,
        'correct the expression',
      )
      return () => []
    }
  }

  const selectOf = (select: unknown, at: string): CompiledSelect => {
    const empty: CompiledSelect = { columns: [], select: [], unionAll: [], names: [] }
    if (!isObject(select)) {
      fault(at, 'not an object', 'give column, select or unionAll')
      return empty
    }
    const iterations = ['forEach', 'forEachOrNull', 'repeat'].filter((key) => select[key] !== undefined)
    if (iterations.length > 1) fault(at, `${iterations.join(' and ')} stand side by side`, 'keep one of them')
    const columns = listOf(select.column).map((column, i) => {
      const place = `${at}.column[${i}]`
      if (!isObject(column) || typeof column.name !== 'string' || !/^[A-Za-z][A-Za-z0-9_]*$/.test(column.name)) {
        fault(place, 'a column needs a name of letters, digits and underscores', 'name the column')
        return { column: { name: '', path: '' }, path: () => [] as readonly unknown[] }
      }
      return { column: column as unknown as Column, path: path(column.path, `${place}.path`) }
    })
    const inner = listOf(select.select).map((one, i) => selectOf(one, `${at}.select[${i}]`))
    const unionAll = listOf(select.unionAll).map((one, i) => selectOf(one, `${at}.unionAll[${i}]`))
    const names = (one: CompiledSelect): string => one.names.map((column) => column.name).join()
    for (const [i, branch] of unionAll.entries())
      if (names(branch) !== names(unionAll[0]!))
        fault(
          `${at}.unionAll[${i}]`,
          `its columns (${names(branch)}) are not those of the first branch (${names(unionAll[0]!)})`,
          'give all branches the same columns in the same order',
        )
    const each =
      select.forEach !== undefined
        ? { path: path(select.forEach, `${at}.forEach`), orNull: false }
        : select.forEachOrNull !== undefined
          ? { path: path(select.forEachOrNull, `${at}.forEachOrNull`), orNull: true }
          : undefined
    const repeat = select.repeat === undefined ? undefined : listOf(select.repeat).map((one, i) => path(one, `${at}.repeat[${i}]`))
    return {
      columns,
      select: inner,
      unionAll,
      ...(each ? { each } : {}),
      ...(repeat ? { repeat } : {}),
      names: [...columns.map((c) => c.column), ...inner.flatMap((one) => one.names), ...(unionAll[0]?.names ?? [])],
    }
  }

  const select = listOf(view.select).map((one, i) => selectOf(one, `ViewDefinition.select[${i}]`))
  if (select.length === 0) fault('ViewDefinition.select', 'the view selects nothing', 'add at least one select')
  const where = listOf(view.where).map((one, i) => path(isObject(one) ? one.path : undefined, `ViewDefinition.where[${i}].path`))
  const columns = select.flatMap((one) => one.names)
  const twice = columns.find(({ name }, i) => columns.findIndex((other) => other.name === name) !== i)
  if (twice) fault('ViewDefinition.select', `two columns are named ${twice.name}`, 'give each column a name of its own')
  return issues.length > 0 ? err(issues) : ok({ resource: view.resource, constants, where, select, columns })
}

const KNOWN_VARIABLES: ReadonlySet<string> = new Set(['rowIndex', 'context', 'resource', 'rootResource', 'ucum', 'sct', 'loinc'])

function constantsOf(
  written: unknown,
  fault: (path: string, message: string, remedy: string) => void,
): { readonly [name: string]: unknown } {
  const constants: { [name: string]: unknown } = {}
  for (const [i, one] of listOf(written).entries()) {
    const value = isObject(one) ? Object.entries(one).find(([key]) => key.startsWith('value')) : undefined
    if (!isObject(one) || typeof one.name !== 'string' || value === undefined)
      fault(`ViewDefinition.constant[${i}]`, 'a constant needs a name and a value', 'write "name" and "valueString" (or another value[x])')
    else constants[one.name] = typedConstant(value[0], value[1])
  }
  return constants
}

/** A typed constant, so that a date is compared as a date and not as text. */
function typedConstant(key: string, value: unknown): unknown {
  const literal = key === 'valueTime' ? `@T${value}` : `@${value}${key === 'valueDateTime' && !String(value).includes('T') ? 'T' : ''}`
  const isTime = key === 'valueDate' || key === 'valueDateTime' || key === 'valueInstant' || key === 'valueTime'
  return isTime ? fhirpath.evaluate({}, literal, {}, MODEL, { resolveInternalTypes: false })[0] : value
}

interface Node {
  readonly data?: unknown
}

const dataOf = (node: Node | string): unknown => (typeof node === 'object' && 'data' in node ? node.data : node)

/** The functions that the specification adds to FHIRPath or defines more narrowly. */
const FUNCTIONS = {
  /** Equal to `getReferenceKey` where a reference points at the resource. */
  getResourceKey: {
    fn: (nodes: readonly Node[]) =>
      nodes.flatMap((node) => {
        const { resourceType, id } = dataOf(node) as { resourceType?: string; id?: string }
        return resourceType && id ? [`${resourceType}/${id}`] : []
      }),
    arity: { 0: [] },
  },
  getReferenceKey: {
    fn: (nodes: readonly Node[], type?: { readonly name?: string } | string) =>
      nodes.flatMap((node) => {
        const { reference } = dataOf(node) as { reference?: string }
        const parts = reference?.split('/_history/')[0]?.split('/').slice(-2)
        const wanted = typeof type === 'string' ? type : type?.name
        return parts?.length === 2 && (wanted === undefined || parts[0] === wanted) ? [parts.join('/')] : []
      }),
    arity: { 0: [], 1: ['TypeSpecifier'] },
  },
  /** Nothing joined is an empty text. */
  join: { fn: (nodes: readonly Node[], by = '') => [nodes.map((node) => String(dataOf(node))).join(by)], arity: { 0: [], 1: ['String'] } },
} as unknown as UserInvocationTable

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])

/** Parses JSON without losing the digits of decimals (1.0 is not 1), for views that ask for boundaries. */
export const parseExact = (text: string): unknown =>
  JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && context?.source?.includes('.') ? fhirpath.FP_Decimal.getDecimal(context.source) : value,
  )
