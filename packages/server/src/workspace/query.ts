import { servicesOf } from '../access/policy.ts'
import type { WorkspaceNeed, WorkspaceSort } from '../contract/workspace.ts'
import { type ChartScope, patientsIn, type Queries } from '../store/index.ts'
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
    const { within } = this.viewer
    if (within === undefined) return 'true'
    const ids = within.charts.map((chart) => chart.slice('Patient/'.length))
    const listed = ids.length > 0 || within.site === undefined ? [`w.patient = any(${this.place(ids, 'text[]')})`] : []
    // the row bears the site at which its patient is registered
    const atSite = within.site === undefined ? [] : [`w.site = ${this.place(within.site, 'text')}`]
    return `(${[...listed, ...atSite].join(' or ')})`
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
  order(): { readonly number: string; readonly text: string } {
    const waiting = (): string => `least(99999, coalesce(${this.today} - w.waiting_since, 0))`
    switch (this.question.sort) {
      case 'name':
        return { number: '0::bigint', text: this.viewer.mayIdentity ? this.#nameKey() : `''` }
      case 'waiting':
        return { number: `(99999 - ${waiting()})::bigint`, text: `''` }
      case 'changed':
        return { number: '(999999999999999 - coalesce(c.seq, 0))::bigint', text: `''` }
      case 'pressing': {
        const needs = needsFor(this.viewer.role, this.viewer.mayClinical)
        const rank = needs.length === 0 ? '0' : `case ${needs.map((need, i) => `when ${this.need(need)} then ${i}`).join(' ')} else 99 end`
        if (!this.viewer.mayClinical) return { number: `(${rank} * 1000000 + 99999 - ${waiting()})::bigint`, text: `''` }
        return {
          number: `(${rank}::bigint * 100000000000 + (99 - least(99, w.emergencies)) * 1000000000::bigint + (99 - least(99, w.urgent_alerts)) * 10000000::bigint
            + coalesce(c.priority, 9) * 1000000::bigint + 99999 - ${waiting()})`,
          text: `''`,
        }
      }
    }
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

/** The patients of one page, in order. A page begins after a key, not at a place: rows that come and go before it neither push one out nor show it twice. */
export async function pageKeys(db: Queries, question: ListQuestion, viewer: Viewer, count: number, after?: Key): Promise<readonly Key[]> {
  const statement = new Statement(question, viewer)
  const { number, text } = statement.order()
  const where = `${statement.asked()} and ${statement.shown()}`
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

/** How many there are of everything that a list can be narrowed by, in one look over the rows. */
export async function countsOf(db: Queries, question: ListQuestion, viewer: Viewer): Promise<Counts> {
  const statement = new Statement(question, viewer)
  const needs = needsFor(viewer.role, viewer.mayClinical)
  const living = question.isClosed ? 'is_closed' : 'not is_closed'
  const matching = question.need === undefined ? 'true' : `need_${needs.indexOf(question.need)}`
  const columns = needs.map((need, i) => `${statement.need(need)} as need_${i}`)
  const clinical = viewer.mayClinical
    ? `union all select 'stage', stage, count(*) from m where ${living} and ${matching} and stage is not null group by stage
       union all select 'marker', marker, count(*) from m, unnest(m.markers) marker where ${living} and ${matching} group by marker`
    : ''
  const numbers = [
    `count(*) filter (where ${living} and ${matching})`,
    'count(*) filter (where is_closed)',
    ...needs.map((_, i) => `count(*) filter (where ${living} and need_${i})`),
  ]
  const rows = await db.query<{ kind: string; id: string; count: number }>(
    `with m as materialized (
       select w.site, w.is_closed, w.stage, w.markers${columns.map((column) => `, ${column}`).join('')} from ${statement.from()} where ${statement.asked()})
     select 'number' as kind, (u.place - 1)::text as id, u.count from (
       select array[${numbers.join(', ')}] as counts from m) n, unnest(n.counts) with ordinality as u(count, place)
     union all select 'site', site, count(*) from m where ${living} and ${matching} group by site
     ${clinical}`,
    statement.values,
  )
  const of = (kind: string) =>
    rows
      .filter((row) => row.kind === kind)
      .map(({ id, count }) => ({ id, count }))
      .sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1))
  const number = (place: number): number => rows.find((row) => row.kind === 'number' && row.id === String(place))?.count ?? 0
  const narrowed = new Statement(question, viewer)
  const reached = await db.query<{ count: number }>(
    `select count(*) as count from workspace_patient w where ${narrowed.reach()}`,
    narrowed.values,
  )
  const values: unknown[] = []
  const reach = patientsIn(viewer.within, 'c.id', (value) => `$${values.push(value)}`)
  const [registered] = await db.query<{ count: number }>(
    `select count(*) as count from resource_current c where c.type = 'Patient' and not c.is_deleted and ${reach}`,
    values,
  )
  return {
    total: number(0),
    closed: number(1),
    reached: reached[0]?.count ?? 0,
    awaited: Math.max(0, (registered?.count ?? 0) - (reached[0]?.count ?? 0)),
    needs: needs.map((need, i) => ({ need, count: number(i + 2) })),
    sites: of('site'),
    stages: of('stage'),
    markers: of('marker'),
  }
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
    `select w.patient${columns} from ${statement.from()} where w.patient = any(${statement.place(patients, 'text[]')})`,
    statement.values,
  )
  return new Map(rows.map((row) => [row.patient, needs.filter((_, i) => row[`need_${i}`] === true)]))
}
