import { servicesOf } from '../access/policy.ts'
import type { WorkspaceNeed, WorkspaceSort } from '../contract/workspace.ts'
import { type ChartScope, patientsIn, type Queries, rowsIn } from '../store/index.ts'
import { NEEDS, needsFor } from './needs.ts'
import { wordsOf } from './row.ts'

/** Who looks, and how much of it they may see. */
export interface Viewer {
  readonly role: string
  /** Only these charts; undefined: every one. */
  readonly within: ChartScope | undefined
  readonly mayIdentity: boolean
  readonly mayClinical: boolean
  /** Label sets behind which this role does not see who it is. */
  readonly apart: readonly string[]
}

export interface ListQuestion {
  readonly search: string | undefined
  readonly site: string | undefined
  readonly stage: string | undefined
  readonly marker: string | undefined
  readonly need: WorkspaceNeed | undefined
  /** Those who have died, instead of the living. */
  readonly isClosed: boolean
  readonly sort: WorkspaceSort
  readonly today: string
}

/** Words of a search that are looked for; more are too many to be meant. */
const MOST_WORDS = 8

/** Between the keys of one need and those of the next. */
const RANK = 100_000_000_000_000

/** A statement as it grows, with its values. */
class Statement {
  readonly values: unknown[] = []
  readonly question: ListQuestion
  readonly viewer: Viewer
  #today: string | undefined
  #services: string | undefined

  constructor(question: ListQuestion, viewer: Viewer) {
    this.question = question
    this.viewer = viewer
  }

  place(value: unknown, type: string): string {
    return `$${this.values.push(value)}::${type}`
  }

  get today(): string {
    this.#today ??= this.place(this.question.today, 'date')
    return this.#today
  }

  need(need: WorkspaceNeed): string {
    const { where } = NEEDS[need]
    if (where.includes('$services')) this.#services ??= this.place(servicesOf(this.viewer.role), 'text[]')
    return where.replace('$today', () => this.today).replace('$services', () => this.#services!)
  }

  /** The rows that somebody reaches, with the open changes of their plans. */
  from(): string {
    return `workspace_patient w left join (
      select patient, min(priority) as priority, max(seq) as seq, count(*) as open from plan_change
      where handled_at is null and (snoozed_until is null or snoozed_until <= ${this.today}) group by patient) c on c.patient = w.patient`
  }

  reach(): string {
    return rowsIn(this.viewer.within, 'w', (value, type) => this.place(value, type))
  }

  /** Everything of the question but the need. */
  asked(): string {
    const { search, site, stage, marker } = this.question
    const { mayClinical } = this.viewer
    return [
      this.reach(),
      ...(site === undefined ? [] : [`w.site = ${this.place(site, 'text')}`]),
      ...(stage === undefined || !mayClinical ? [] : [`w.stage = ${this.place(stage, 'text')}`]),
      ...(marker === undefined || !mayClinical ? [] : [`${this.place(marker, 'text')} = any(w.markers)`]),
      ...this.#words(search ?? ''),
    ].join(' and ')
  }

  #words(search: string): readonly string[] {
    const { mayIdentity, mayClinical, apart } = this.viewer
    const words = wordsOf([search]).split(' ').filter(Boolean).slice(0, MOST_WORDS)
    return words.map((word) => {
      const like = this.place(`% ${word.replace(/[\\%_]/g, String.raw`\$&`)}%`, 'text')
      const identity = apart.length === 0 ? 'true' : `w.labels <> all(${this.place(apart, 'text[]')})`
      const places = [
        ...(mayIdentity ? [`(w.identity_words like ${like} and ${identity})`] : []),
        ...(mayClinical ? [`w.clinical_words like ${like}`] : []),
      ]
      return places.length === 0 ? 'false' : `(${places.join(' or ')})`
    })
  }

  /** What is shown: the living, unless those who have died are asked for; and the need. */
  shown(): string {
    const { isClosed, need } = this.question
    return [isClosed ? 'w.is_closed' : 'not w.is_closed', ...(need === undefined ? [] : [this.need(need)])].join(' and ')
  }

  /** A number and a text by which the list is sorted; the patient makes them unique. */
  order(given?: number): { readonly number: string; readonly text: string } {
    const waiting = (): string => `least(99999, coalesce(${this.today} - w.waiting_since, 0))`
    switch (this.question.sort) {
      case 'name':
        return { number: '0::bigint', text: this.viewer.mayIdentity ? this.#nameKey() : `''` }
      case 'waiting':
        return { number: `(99999 - ${waiting()})::bigint`, text: `''` }
      case 'changed':
        return { number: '(999999999999999 - coalesce(c.seq, 0))::bigint', text: `''` }
      case 'pressing': {
        const rank = given === undefined ? this.#rank() : String(given)
        if (!this.viewer.mayClinical) return { number: `(${rank}::bigint * ${RANK} + 99999 - ${waiting()})`, text: `''` }
        return {
          // what is proven stands above what is suspected, however much is suspected
          number: `(${rank}::bigint * ${RANK} + (99 - least(99, w.proven_emergencies)) * 100000000000::bigint + (99 - least(99, w.emergencies)) * 1000000000::bigint + (99 - least(99, w.urgent_alerts)) * 10000000::bigint
            + coalesce(c.priority, 9) * 1000000::bigint + 99999 - ${waiting()})`,
          text: `''`,
        }
      }
    }
  }

  /** The place of the most pressing need of a row among those of the role. */
  #rank(): string {
    const needs = needsFor(this.viewer.role, this.viewer.mayClinical)
    return needs.length === 0
      ? '0'
      : `case ${needs.map((need, i) => `when ${this.need(need)} then ${i}`).join(' ')} else ${needs.length} end`
  }

  /** Those whose most pressing need is the one at this place. */
  ranked(rank: number): string {
    const needs = needsFor(this.viewer.role, this.viewer.mayClinical)
    const own = needs[rank]
    return [
      ...(own === undefined ? [] : [`(${this.need(own)})`]),
      ...needs.slice(0, rank).map((need) => `(${this.need(need)}) is not true`),
      'true',
    ].join(' and ')
  }

  #nameKey(): string {
    const { apart } = this.viewer
    return apart.length === 0 ? 'w.sort_name' : `case when w.labels <> all(${this.place(apart, 'text[]')}) then w.sort_name else '' end`
  }
}

export interface Key {
  readonly number: number
  readonly text: string
  readonly patient: string
}

/** The key of a patient in a list sorted by names, looked up so that no cursor holds a name. Undefined: no such row any more. */
export async function nameKeyOf(db: Queries, question: ListQuestion, viewer: Viewer, patient: string): Promise<Key | undefined> {
  const statement = new Statement(question, viewer)
  const rows = await db.query<{ text: string }>(
    `select (${statement.order().text}) as text from workspace_patient w where w.patient = ${statement.place(patient, 'text')}`,
    statement.values,
  )
  return rows[0] && { number: 0, text: rows[0].text, patient }
}

/**
 * The patients of one page, in order. A page begins after a key, not at a place: rows that come and go before it neither push one out nor show it twice.
 * Sorted by what presses, one need is read after the other until the page is full: the first pages of a large hospital are a look at its emergencies.
 */
export async function pageKeys(db: Queries, question: ListQuestion, viewer: Viewer, count: number, after?: Key): Promise<readonly Key[]> {
  const needs = needsFor(viewer.role, viewer.mayClinical)
  const { within } = viewer
  const isWide = !isNarrowed(question) && question.need === undefined && (within === undefined || within.site !== undefined)
  if (question.sort !== 'pressing' || !isWide) return keysOf(db, question, viewer, count, after)
  const keys: Key[] = []
  const first = after === undefined ? 0 : Math.floor(after.number / RANK)
  for (let rank = first; rank <= needs.length && keys.length < count; rank++)
    keys.push(...(await keysOf(db, question, viewer, count - keys.length, rank === first ? after : undefined, rank)))
  return keys
}

/** `rank`: only those whose most pressing need is this one; the number of needs stands for those who need nothing. */
async function keysOf(
  db: Queries,
  question: ListQuestion,
  viewer: Viewer,
  count: number,
  after: Key | undefined,
  rank?: number,
): Promise<readonly Key[]> {
  const statement = new Statement(question, viewer)
  const { number, text } = statement.order(rank)
  const where = [statement.asked(), statement.shown(), ...(rank === undefined ? [] : [statement.ranked(rank)])].join(' and ')
  const from =
    after === undefined
      ? ''
      : `where (n, t, patient) > (${statement.place(after.number, 'bigint')}, ${statement.place(after.text, 'text')} collate "C", ${statement.place(after.patient, 'text')} collate "C")`
  const rows = await db.query<{ n: number; t: string; patient: string }>(
    `select n, t, patient from (select ${number} as n, (${text}) collate "C" as t, w.patient collate "C" as patient from ${statement.from()} where ${where}) k
     ${from} order by n, t, patient limit ${statement.place(count, 'integer')}`,
    statement.values,
  )
  return rows.map(({ n, t, patient }) => ({ number: n, text: t, patient }))
}

const isNarrowed = ({ search, site, stage, marker }: ListQuestion): boolean =>
  [search, site, stage, marker].some((one) => one !== undefined)

export interface Counts {
  readonly total: number
  readonly reached: number
  readonly awaited: number
  readonly closed: number
  readonly needs: readonly { readonly need: WorkspaceNeed; readonly count: number }[]
  readonly sites: readonly { readonly id: string; readonly count: number }[]
  readonly stages: readonly { readonly id: string; readonly count: number }[]
  readonly markers: readonly { readonly id: string; readonly count: number }[]
}

interface CountRow {
  /** 1: a row of the markers. */
  readonly of_markers: number
  readonly site: string | null
  readonly stage: string | null
  readonly is_closed: boolean | null
  readonly bits: number | null
  readonly markers: readonly string[] | null
  readonly rows: number
  readonly shown: number
}

/** How many there are of everything that a list can be narrowed by, in one look over the rows: what is alike is counted together, and summed here. */
export async function countsOf(db: Queries, question: ListQuestion, viewer: Viewer): Promise<Counts> {
  const statement = new Statement(question, viewer)
  const needs = needsFor(viewer.role, viewer.mayClinical)
  const bit = question.need === undefined ? 0 : 1 << needs.indexOf(question.need)
  const bits = needs.map((need, i) => `case when ${statement.need(need)} then ${1 << i} else 0 end`).join(' + ') || '0'
  const living = question.isClosed ? 'is_closed' : 'not is_closed'
  const clinical = viewer.mayClinical
  const rows = await db.query<CountRow>(
    `select ${clinical ? 'grouping(site)' : '0'} as of_markers, site, ${clinical ? 'stage, markers' : 'null as stage, null as markers'}, is_closed, bits, count(*) as rows,
       count(*) filter (where ${living} and bits & ${bit} = ${bit}) as shown
     from (select w.site, w.is_closed${clinical ? ', w.stage, w.markers' : ''}, ${bits} as bits from ${statement.from()} where ${statement.asked()}) m
     group by ${clinical ? 'grouping sets ((site, stage, is_closed, bits), (markers))' : 'site, is_closed, bits'}`,
    statement.values,
  )
  const groups = rows.filter(({ of_markers }) => of_markers === 0)
  const sumOf = (which: (row: CountRow) => boolean, key: 'rows' | 'shown' = 'rows'): number =>
    groups.reduce((sum, row) => (which(row) ? sum + row[key] : sum), 0)
  const reached = isNarrowed(question) ? await countReached(db, question, viewer) : sumOf(() => true)
  const registered = await countRegistered(db, viewer)
  return {
    total: sumOf(() => true, 'shown'),
    closed: sumOf(({ is_closed }) => is_closed === true),
    reached,
    awaited: Math.max(0, registered - reached),
    needs: needs.map((need, i) => ({
      need,
      count: sumOf(({ is_closed, bits: own }) => is_closed === question.isClosed && ((own ?? 0) & (1 << i)) !== 0),
    })),
    sites: facet(groups, ({ site }) => (site === null ? [] : [site])),
    stages: facet(groups, ({ stage }) => (stage === null ? [] : [stage])),
    markers: facet(
      rows.filter(({ of_markers }) => of_markers === 1),
      ({ markers }) => markers ?? [],
    ),
  }
}

/** Those who are shown, by what they are alike in; the most first. */
function facet(rows: readonly CountRow[], idsOf: (row: CountRow) => readonly string[]): Counts['sites'] {
  const counts = new Map<string, number>()
  for (const row of rows) for (const id of row.shown === 0 ? [] : idsOf(row)) counts.set(id, (counts.get(id) ?? 0) + row.shown)
  return [...counts].map(([id, count]) => ({ id, count })).sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1))
}

async function countReached(db: Queries, question: ListQuestion, viewer: Viewer): Promise<number> {
  const statement = new Statement(question, viewer)
  const rows = await db.query<{ count: number }>(
    `select count(*) as count from workspace_patient w where ${statement.reach()}`,
    statement.values,
  )
  return rows[0]?.count ?? 0
}

async function countRegistered(db: Queries, { within }: Viewer): Promise<number> {
  const values: unknown[] = []
  const place = (value: unknown): string => `$${values.push(value)}`
  // a site alone is counted by its index
  const isSite = within?.site !== undefined && within.charts.length === 0
  const reach = isSite ? `c.site = ${place(within.site)}` : patientsIn(within, 'c.id', place)
  const rows = await db.query<{ count: number }>(
    `select count(*) as count from resource_current c where c.type = 'Patient' and not c.is_deleted and ${reach}`,
    values,
  )
  return rows[0]?.count ?? 0
}

/** Of the patients of a page: which of the needs are theirs. */
export async function needsOfPatients(
  db: Queries,
  patients: readonly string[],
  question: ListQuestion,
  viewer: Viewer,
): Promise<ReadonlyMap<string, readonly WorkspaceNeed[]>> {
  const needs = needsFor(viewer.role, viewer.mayClinical)
  const statement = new Statement(question, viewer)
  const columns = needs.map((need, i) => `, ${statement.need(need)} as need_${i}`).join('')
  const rows = await db.query<{ patient: string; [need: string]: unknown }>(
    `select w.patient${columns} from workspace_patient w left join lateral (
       select o.patient from plan_change o where o.patient = w.patient and o.handled_at is null and (o.snoozed_until is null or o.snoozed_until <= ${statement.today})
       limit 1) c on true where w.patient = any(${statement.place(patients, 'text[]')})`,
    statement.values,
  )
  return new Map(rows.map((row) => [row.patient, needs.filter((_, i) => row[`need_${i}`] === true)]))
}
