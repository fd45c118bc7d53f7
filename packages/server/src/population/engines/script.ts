import { columnName, criterionSql, type DialectName, type SqlDialect, snapshotOnDay, sqlContext } from '@secondwind/compiler'
import type { Vocabulary } from '@secondwind/core'
import type { Formula, Leaf } from './formula.ts'
import { memberBits } from './member-bits.ts'
import { CHANGED, type Question, type Questions } from './questions.ts'
import { type Limits, type Stages, type Statement, stagesOf } from './stages.ts'

/** One statement of a script, for a runner that knows its engine. `name`s are of tables that the runner makes and drops. */
export type SqlStep =
  /** Make a table of what the query gives. */
  | { readonly kind: 'make'; readonly name: string; readonly query: string; readonly why: string }
  | { readonly kind: 'drop'; readonly name: string }
  /** One row of numbers: how many cases there are in all and in scope, or how many each question concerns. */
  | { readonly kind: 'count'; readonly names: readonly string[]; readonly query: string; readonly why: string }
  /** A row a case that any of the questions concerns: its id, then true or false a question. */
  | { readonly kind: 'list'; readonly names: readonly string[]; readonly query: string; readonly why: string }

export interface Script {
  readonly steps: readonly SqlStep[]
  readonly stages: Stages
  readonly limits: Limits
  readonly dialect: DialectName
}

/** The names under which the first count stands. */
export const ALL_CASES = 'cases'
export const IN_SCOPE = 'in scope'

/**
 * What each engine was seen to take. DuckDB plans thousands of expressions at once but wants each table of planes in memory; PostgreSQL has
 * 1,600 columns a table and 1,664 a query; Spark's planner slows with the number of columns, and its code generator with the size of a statement.
 */
export const LIMITS: { readonly [dialect in DialectName]: Limits } = {
  duckdb: { columns: 4000, formulas: 3000, inline: 8 },
  postgresql: { columns: 1590, formulas: 3000, inline: 8 },
  spark: { columns: 4000, formulas: 3000, inline: 8 },
}

export interface ScriptRequest {
  readonly questions: Questions
  readonly words: Vocabulary
  readonly asOf: string
  readonly dialect: SqlDialect
  /** A table or subquery with the columns of the snapshot. */
  readonly from: string
  /** Questions whose cases are to be named. */
  readonly listed?: (name: string) => boolean
  readonly limits?: Limits
}

/** Everything that is asked, as statements in their order. */
export function scriptOf({
  questions,
  words,
  asOf,
  dialect,
  from,
  listed = () => false,
  limits = LIMITS[dialect.name],
}: ScriptRequest): Script {
  const writer = new FormulaSql(questions.formulas.all, words, dialect, asOf)
  const stages = stagesOf(questions, limits)
  const steps: SqlStep[] = [
    { kind: 'count', names: [ALL_CASES], query: `select count(*) from ${from} t`, why: 'all cases of the snapshot' },
  ]
  stages.waves.forEach(({ atoms, shared, counts }, i) => {
    const wave = `_${i + 1}`
    const [atomTable, planeTable] = [`secondwind_atoms${wave}`, `secondwind_planes${wave}`]
    const { query, leaves, facts } = writer.atoms(atoms, from, questions.scope)
    steps.push({
      kind: 'make',
      name: atomTable,
      query,
      why: `${leaves} distinct leaves of the criteria over ${facts} facts, worked out once for the cases in scope, as ${atoms.length} columns of certain answers`,
    })
    if (i === 0) steps.push({ kind: 'count', names: [IN_SCOPE], query: `select count(*) from ${atomTable}`, why: 'cases in scope' })
    if (shared) {
      steps.push({
        kind: 'make',
        name: planeTable,
        query: writer.select(shared, atomTable, (node, columns) => `${writer.sql(node, columns)} as ${writer.name(node)}`, {
          isOfCases: true,
        }),
        why: `${shared.formulas} formulas that several of ${counts.length} statements need, kept as ${shared.gives.length} columns`,
      })
      steps.push({ kind: 'drop', name: atomTable })
    }
    const over = shared ? planeTable : atomTable
    for (const { questions: asked, statement } of counts) {
      const counted = asked.filter(({ name }) => name !== CHANGED)
      const names = counted.map(({ name }) => name)
      const why = `${names.length} questions by ${statement.formulas} formulas`
      if (names.length > 0) steps.push({ kind: 'count', names, query: writer.counts(counted, statement, over), why })
      const wanted = counted.filter(({ name }) => listed(name))
      if (wanted.length > 0)
        steps.push({
          kind: 'list',
          names: wanted.map(({ name }) => name),
          query: writer.lists(
            wanted.map(({ plane }) => [plane]),
            statement,
            over,
          ),
          why: `the cases of ${wanted.length} questions`,
        })
      const changes = asked.flatMap(({ name, plane }) => (name === CHANGED ? [plane] : []))
      if (changes.length > 0)
        steps.push({
          kind: 'list',
          names: [CHANGED],
          query: writer.lists([changes], statement, over),
          why: `the cases in which any of ${changes.length} options or exclusions changes, by ${statement.formulas} formulas`,
        })
    }
    steps.push({ kind: 'drop', name: over })
  })
  return { steps, stages, limits, dialect: dialect.name }
}

/** Formulas in the words of one engine. */
class FormulaSql {
  readonly #all: readonly Formula[]
  readonly #words: Vocabulary
  readonly #dialect: SqlDialect
  readonly #asOf: string
  /** PostgreSQL pulls a subquery up, and would work its columns out wherever they are named. */
  readonly #fence: string

  constructor(all: readonly Formula[], words: Vocabulary, dialect: SqlDialect, asOf: string) {
    this.#all = all
    this.#words = words
    this.#dialect = dialect
    this.#asOf = asOf
    this.#fence = dialect.name === 'postgresql' ? ' offset 0' : ''
  }

  /** The column of a formula. */
  name = (node: number): string => `f${node}`

  /** The certain answers of some atoms, for the cases in scope: each leaf once, over the snapshot as it is on the day asked. */
  atoms(
    atoms: readonly number[],
    from: string,
    scope: number,
  ): { readonly query: string; readonly leaves: number; readonly facts: number } {
    const fence = this.#fence
    const leafOf = (node: number): Extract<Formula, { readonly op: 'atom' }> => {
      const formula = this.#all[node]!
      if (formula.op !== 'atom') throw new Error(`invariant: formula ${node} is no atom`)
      return formula
    }
    const leaves = new Map(atoms.map((node) => [JSON.stringify(leafOf(node).leaf), leafOf(node).leaf]))
    const names = new Map([...leaves.keys()].map((key, i) => [key, `l${i}`]))
    const facts = new Set([...leaves.values()].map(({ fact }) => fact))
    const sets = new Set(this.#words.facts.filter(({ type }) => type === 'codes').map(({ id }) => id))
    const { columns, asking } = memberBits([...leaves.values()], sets, this.#dialect)
    const context = sqlContext(this.#words, asking, this.#asOf)
    const sqlOf = (leaf: Leaf): string =>
      leaf.op === 'other-member'
        ? this.#dialect.holdsOther(`s.${this.#dialect.quote(columnName(leaf.fact))}`, leaf.members)
        : criterionSql(leaf, context)
    const onDay = `select ${['d.*', ...columns.map(({ name, sql }) => `${sql} as ${name}`)].join(',\n')}\nfrom (${snapshotOnDay(context, { facts, from })}${fence}) d${fence}`
    const answered = `select ${['s.case_id', ...[...leaves].map(([key, leaf]) => `${sqlOf(leaf)} as ${names.get(key)}`)].join(',\n')}\nfrom (${onDay}) s${fence}`
    const certain = atoms.map((node) => `(${names.get(JSON.stringify(leafOf(node).leaf))} is ${leafOf(node).value}) as ${this.name(node)}`)
    const query = `select * from (select ${['case_id', ...certain].join(', ')}\nfrom (${answered}) l${fence}) a\nwhere ${this.sql(scope, new Set(atoms))}`
    return { query, leaves: leaves.size, facts: facts.size }
  }

  /** A formula over a table that has some of them as columns. */
  sql(node: number, columns: ReadonlySet<number>): string {
    if (columns.has(node)) return this.name(node)
    const formula = this.#all[node]!
    const part = (at: number): string => this.sql(at, columns)
    switch (formula.op) {
      case 'nobody':
        return 'false'
      case 'everyone':
        return 'true'
      case 'and':
        return `(${formula.of.map(part).join(' and ')})`
      case 'or':
        return `(${formula.of.map(part).join(' or ')})`
      case 'and-not':
        return `(${part(formula.of[0])} and not ${part(formula.of[1])})`
      case 'atom':
        throw new Error(`invariant: ${this.name(node)} is no column of the table`)
    }
  }

  /** The last `select` of a statement over its layers. */
  select(
    { reads, layers, gives }: Statement,
    table: string,
    give: (node: number, columns: ReadonlySet<number>) => string,
    { isOfCases }: { readonly isOfCases: boolean },
  ): string {
    let from = table
    let columns = new Set(reads)
    for (const { adds, keeps } of layers) {
      const added = adds.map((node) => `${this.sql(node, columns)} as ${this.name(node)}`)
      const kept = [...(isOfCases ? ['case_id'] : []), ...keeps.map(this.name), ...added]
      from = `(select ${kept.join(', ')}\nfrom ${from}${this.#fence}) l`
      columns = new Set([...keeps, ...adds])
    }
    return `select ${[...(isOfCases ? ['case_id'] : []), ...gives.map((node) => give(node, columns))].join(', ')}\nfrom ${from}`
  }

  counts(asked: readonly Question[], statement: Statement, table: string): string {
    const counted = (node: number, columns: ReadonlySet<number>): string => `sum(cast(${this.sql(node, columns)} as int))`
    const planes = { ...statement, gives: asked.map(({ plane }) => plane) }
    return this.select(planes, table, counted, { isOfCases: false })
  }

  /** As `counts`, with the layers worked out again: few statements name anybody. A column is true where any of its sets holds the case. */
  lists(asked: readonly (readonly number[])[], statement: Statement, table: string): string {
    const names = asked.map((_, i) => `q${i}`)
    const shown = (column: number, columns: ReadonlySet<number>): string =>
      `(${asked[column]!.map((node) => this.sql(node, columns)).join(' or ')}) as ${names[column]}`
    const all = this.select({ ...statement, gives: asked.map((_, i) => i) }, table, shown, { isOfCases: true })
    return `select * from (${all}) q\nwhere ${names.join(' or ')}`
  }
}
