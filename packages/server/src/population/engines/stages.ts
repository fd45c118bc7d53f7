import { type Formula, partsOf } from './formula.ts'
import type { Question, Questions } from './questions.ts'

/** What an engine takes in one statement. */
export interface Limits {
  /** Columns of one table. */
  readonly columns: number
  /** Formulas that a statement which counts may work out anew; more are spread over several statements. */
  readonly formulas: number
  /** A formula that is needed more than once is written out each time up to this size, and is a column of its own beyond. */
  readonly inline: number
}

/** One `select` of several, each over the one before: the columns that it adds, and those of before that are needed later. */
export interface Layer {
  readonly adds: readonly number[]
  readonly keeps: readonly number[]
}

/** Formulas worked out over a table whose columns are formulas, too. */
export interface Statement {
  /** The formulas that the table has as columns, of those that are read. */
  readonly reads: readonly number[]
  readonly layers: readonly Layer[]
  /** The formulas that come out. They may be columns of the last layer or be written out over it. */
  readonly gives: readonly number[]
  /** Formulas worked out in it. */
  readonly formulas: number
}

/** Statements over one table of what several of them need. */
export interface Wave {
  /** The atoms that they need: certain answers of the distinct leaves of the knowledge, each worked out once. */
  readonly atoms: readonly number[]
  /** The columns of the shared table, worked out over the atoms; a statement alone has no need of it. */
  readonly shared?: Statement
  readonly counts: readonly { readonly questions: readonly Question[]; readonly statement: Statement }[]
}

/**
 * How the questions are asked, wave by wave: a table of the atoms, a table of what several statements need, and the statements that count over it.
 * There is one wave unless the engine's tables have too few columns.
 */
export interface Stages {
  readonly scope: number
  readonly waves: readonly Wave[]
  /** Distinct atoms. */
  readonly atoms: number
  /** Distinct formulas, atoms not counted. */
  readonly formulas: number
}

export function stagesOf({ formulas: { all }, scope, groups }: Questions, limits: Limits): Stages {
  const asked = coneOf([scope, ...groups.flatMap((group) => group.map(({ plane }) => plane))], all)
  const atoms = [...asked].filter((node) => all[node]!.op === 'atom').length
  const waves: Wave[] = []
  let open = chunksOf(groups, all, limits)
  while (open.length > 0) {
    // as many statements as one shared table can serve
    let taken = open.length
    let wave = waveOf(open, scope, all, limits)
    while (widthOf(wave) > limits.columns) {
      if (taken === 1 && open[0]!.length > 1) {
        // a statement alone that is too wide is cut in two
        const half = Math.ceil(open[0]!.length / 2)
        open = [open[0]!.slice(0, half), open[0]!.slice(half), ...open.slice(1)]
        wave = waveOf(open.slice(0, 1), scope, all, limits)
        continue
      }
      if (taken === 1) throw new Error(`invariant: one statement needs ${widthOf(wave)} columns, and a table has ${limits.columns}`)
      taken = Math.min(taken - 1, Math.ceil(taken * 0.8))
      wave = waveOf(open.slice(0, taken), scope, all, limits)
    }
    waves.push(wave)
    open = open.slice(taken)
  }
  return { scope, waves, atoms, formulas: asked.size - atoms }
}

const widthOf = ({ atoms, shared, counts }: Wave): number => {
  const layers = [...(shared?.layers ?? []), ...counts.flatMap(({ statement }) => statement.layers)]
  const given = [shared?.gives ?? [], ...counts.map(({ statement }) => statement.gives)]
  return 1 + Math.max(atoms.length, ...given.map((gives) => gives.length), ...layers.map(({ adds, keeps }) => adds.length + keeps.length))
}

type Chunk = readonly Question[]

/** Neighbouring groups share most of their formulas: they stand in one statement up to its limit. */
function chunksOf(groups: readonly (readonly Question[])[], all: readonly Formula[], limits: Limits): readonly Chunk[] {
  const chunks: Question[][] = []
  const before = new Set<number>()
  let fresh = Number.POSITIVE_INFINITY
  for (const group of groups) {
    const cone = coneOf(
      group.map(({ plane }) => plane),
      all,
      before,
    )
    if (fresh + cone.size > limits.formulas) {
      chunks.push([])
      fresh = 0
    }
    fresh += cone.size
    for (const node of cone) before.add(node)
    chunks.at(-1)!.push(...group)
  }
  return chunks
}

function waveOf(chunks: readonly Chunk[], scope: number, all: readonly Formula[], limits: Limits): Wave {
  const scopeAtoms = [...coneOf([scope], all)].filter((node) => all[node]!.op === 'atom')
  if (chunks.length === 1) {
    const questions = chunks[0]!
    const planes = questions.map(({ plane }) => plane)
    const statement = statementOf(planes, (node) => all[node]!.op === 'atom', all, limits)
    const atoms = new Set([...statement.reads, ...scopeAtoms])
    return { atoms: [...atoms].sort((a, b) => a - b), counts: [{ questions, statement }] }
  }
  const cones = chunks.map((chunk) =>
    coneOf(
      chunk.map(({ plane }) => plane),
      all,
    ),
  )
  const seenBy = new Map<number, number>()
  for (const cone of cones) for (const node of cone) seenBy.set(node, (seenBy.get(node) ?? 0) + 1)
  const sizes = new Map<number, number>()
  const isShared = (node: number): boolean =>
    seenBy.get(node)! > 1 && all[node]!.op !== 'atom' && treeSize(node, all, sizes, limits.inline) > limits.inline
  // what a statement meets first, coming from its questions, is what the shared table must hold
  const columns = new Set<number>()
  const met = chunks.map((chunk) => {
    const own = new Set<number>()
    const visited = new Set<number>()
    const visit = (node: number): void => {
      if (visited.has(node)) return
      visited.add(node)
      if (isShared(node) || all[node]!.op === 'atom') own.add(node)
      else for (const part of partsOf(all[node]!)) visit(part)
    }
    for (const { plane } of chunk) visit(plane)
    for (const node of own) columns.add(node)
    return own
  })
  const shared = statementOf(
    [...columns].sort((a, b) => a - b),
    (node) => all[node]!.op === 'atom',
    all,
    limits,
  )
  const counts = chunks.map((questions, i) => {
    const reads = met[i]!
    return {
      questions,
      statement: statementOf(
        questions.map(({ plane }) => plane),
        (node) => reads.has(node),
        all,
        limits,
      ),
    }
  })
  return { atoms: [...new Set([...shared.reads, ...scopeAtoms])].sort((a, b) => a - b), shared, counts }
}

/** A statement that works formulas out over a table that has some as columns. */
export function statementOf(
  gives: readonly number[],
  isRead: (node: number) => boolean,
  all: readonly Formula[],
  limits: Limits,
): Statement {
  const uses = new Map<number, number>()
  const order: number[] = []
  const visit = (node: number): void => {
    const before = uses.get(node) ?? 0
    uses.set(node, before + 1)
    if (before > 0) return
    if (!isRead(node)) for (const part of partsOf(all[node]!)) visit(part)
    order.push(node)
  }
  for (const node of new Set(gives)) visit(node)

  const written = new Map<number, number>()
  const levels = new Map<number, number>()
  const reads: number[] = []
  const byLevel: number[][] = []
  for (const node of order) {
    if (isRead(node)) {
      reads.push(node)
      written.set(node, 1)
      levels.set(node, 0)
      continue
    }
    const parts = partsOf(all[node]!)
    const size = parts.reduce((sum, part) => sum + written.get(part)!, 1)
    const level = Math.max(0, ...parts.map((part) => levels.get(part)!))
    const isColumn = size > limits.inline && (uses.get(node)! > 1 || size > LONGEST)
    written.set(node, isColumn ? 1 : size)
    levels.set(node, isColumn ? level + 1 : level)
    if (isColumn) {
      byLevel[level] ??= []
      byLevel[level].push(node)
    }
  }

  // which columns each layer reads, so that none is carried further than it is needed
  const columns = new Set([...reads, ...byLevel.flat()])
  const readBy = (node: number, into: Set<number>): void => {
    if (columns.has(node)) into.add(node)
    else for (const part of partsOf(all[node]!)) readBy(part, into)
  }
  const needed = new Set<number>()
  for (const node of gives) readBy(node, needed)
  const layers: Layer[] = []
  for (const adds of byLevel.toReversed()) {
    const keeps = [...needed].filter((node) => !adds.includes(node)).sort((a, b) => a - b)
    layers.push({ adds, keeps })
    for (const node of adds) {
      needed.delete(node)
      for (const part of partsOf(all[node]!)) readBy(part, needed)
    }
  }
  return { reads: reads.sort((a, b) => a - b), layers: layers.reverse(), gives, formulas: order.length - reads.length }
}

/** An expression longer than this is cut in any case. */
const LONGEST = 400

function coneOf(roots: readonly number[], all: readonly Formula[], known: ReadonlySet<number> = new Set()): Set<number> {
  const cone = new Set<number>()
  const visit = (node: number): void => {
    if (cone.has(node) || known.has(node)) return
    cone.add(node)
    for (const part of partsOf(all[node]!)) visit(part)
  }
  for (const root of roots) visit(root)
  return cone
}

/** Formulas in the tree below one, counted up to a little more than the limit. */
function treeSize(node: number, all: readonly Formula[], sizes: Map<number, number>, limit: number): number {
  let size = sizes.get(node)
  if (size === undefined) {
    size = 1
    for (const part of partsOf(all[node]!)) {
      size += treeSize(part, all, sizes, limit)
      if (size > limit) break
    }
    sizes.set(node, size)
  }
  return size
}
