import fhirpath from 'fhirpath'
import type { CompiledSelect, CompiledView, Path } from './view-definition.ts'

export type Cell = string | number | boolean | null | readonly Cell[]
export type Row = { readonly [column: string]: Cell }

/** A view met a resource that it cannot flatten: which, and why. */
export class ViewError extends Error {}

/** The rows of one resource; none where it is of another type or the view's conditions leave it out. Throws a `ViewError`. */
export function rowsOf(view: CompiledView, resource: { readonly resourceType?: unknown }): readonly Row[] {
  if (resource.resourceType !== view.resource) return []
  const environment = { ...view.constants, rowIndex: 0 }
  for (const condition of view.where) {
    const found = condition(resource, environment).map(plain)
    if (found.length > 1 || (found.length === 1 && typeof found[0] !== 'boolean'))
      throw new ViewError(`a where condition gave ${JSON.stringify(found)}, not true or false: write it as a comparison`)
    if (found[0] !== true) return []
  }
  return together(view.select.map((select) => selected(select, resource, view.constants, 0)))
}

/** Every row of one part with every row of the next. */
const together = (parts: readonly (readonly Row[])[]): readonly Row[] =>
  parts.reduce<readonly Row[]>((rows, part) => rows.flatMap((row) => part.map((more) => ({ ...row, ...more }))), [{}])

function selected(select: CompiledSelect, node: unknown, constants: CompiledView['constants'], index: number): readonly Row[] {
  const nodes = select.each
    ? select.each.path(node, { ...constants, rowIndex: index })
    : select.repeat
      ? repeated(select.repeat, node, constants)
      : undefined
  if (nodes === undefined) return flattened(select, node, constants, index)
  if (nodes.length === 0)
    return select.each?.orNull ? [Object.fromEntries(select.names.map(({ name, path }) => [name, path === '%rowIndex' ? 0 : null]))] : []
  return nodes.flatMap((one, i) => flattened(select, one, constants, i))
}

function flattened(select: CompiledSelect, node: unknown, constants: CompiledView['constants'], rowIndex: number): readonly Row[] {
  const environment = { ...constants, rowIndex }
  const own: { [column: string]: Cell } = {}
  for (const { column, path } of select.columns) {
    const values = path(node, environment).map(plain).map(zoned(column.path))
    if (column.collection === true) own[column.name] = values
    else if (values.length > 1)
      throw new ViewError(`column ${column.name} has ${values.length} values in one row: choose one (first()), or declare it a collection`)
    else own[column.name] = values[0] ?? null
  }
  const inner = select.select.map((one) => selected(one, node, constants, rowIndex))
  const union = select.unionAll.length === 0 ? [] : [select.unionAll.flatMap((one) => selected(one, node, constants, rowIndex))]
  return together([[own], ...inner, ...union])
}

/** The nodes that paths reach, again and again from each node found, parents before children. */
function repeated(paths: readonly Path[], node: unknown, constants: CompiledView['constants']): readonly unknown[] {
  return paths.flatMap((path) => path(node, { ...constants, rowIndex: 0 }).flatMap((one) => [one, ...repeated(paths, one, constants)]))
}

/** A boundary of a date and time without a zone is that of the earliest or latest zone on Earth. */
function zoned(path: string): (cell: Cell) => Cell {
  const zone = /lowBoundary\(\)\s*$/.test(path) ? '+14:00' : /highBoundary\(\)\s*$/.test(path) ? '-12:00' : undefined
  if (zone === undefined) return (cell) => cell
  return (cell) => (typeof cell === 'string' && /^\d{4}-\d\d-\d\dT[^Z+-]*$/.test(cell) ? `${cell}${zone}` : cell)
}

/** The value of a FHIRPath node as JSON has it. */
function plain(node: unknown): Cell {
  const value: unknown = typeof node === 'object' && node !== null && 'data' in node ? (node as { readonly data: unknown }).data : node
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return Number(value)
  // decimals keep their digits until here
  if (value instanceof fhirpath.FP_Decimal) return Number(String(value))
  // dates, times and quantities of FHIRPath write themselves
  const written = Object.getPrototypeOf(value) === Object.prototype ? JSON.stringify(value) : String(value)
  return written
}
