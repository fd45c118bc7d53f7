import type { BoardPerson, BoardSite } from '../contract/board.ts'
import { siteNames } from '../network/index.ts'
import type { Queries } from '../store/index.ts'
import { nameText } from './patients.ts'

/** People in one answer at most. */
export const MOST_PEOPLE = 500

interface PractitionerBody {
  readonly id: string
  readonly active?: boolean
  readonly name?: readonly Parameters<typeof nameText>[0][]
}
interface RoleBody {
  readonly active?: boolean
  readonly practitioner?: { readonly reference?: string }
  readonly organization?: { readonly reference?: string; readonly display?: string }
  readonly code?: readonly { readonly text?: string; readonly coding?: readonly { readonly code?: string; readonly display?: string }[] }[]
}

const bodies = async <T>(db: Queries, type: string): Promise<readonly T[]> =>
  (
    await db.query<{ body: string }>(
      `select v.body from resource_current c join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version
       where c.type = $1 and not c.is_deleted order by c.id limit ${MOST_PEOPLE}`,
      [type],
    )
  ).map(({ body }) => JSON.parse(body) as T)

/** Who can be asked to a board, or to see to something: the active practitioners of the directory, and those who have sat in a meeting. */
export async function boardPeople(db: Queries): Promise<readonly BoardPerson[]> {
  const roles = (await bodies<RoleBody>(db, 'PractitionerRole')).filter(({ active }) => active !== false)
  const people = new Map<string, BoardPerson>()
  for (const { id, active, name } of await bodies<PractitionerBody>(db, 'Practitioner')) {
    if (active === false) continue
    const who = `Practitioner/${id}`
    const own = roles.filter(({ practitioner }) => practitioner?.reference === who)
    const texts = (of: readonly (string | undefined)[]): readonly string[] => [...new Set(of.filter((one) => one !== undefined))]
    people.set(who, {
      who,
      name: nameText(name?.[0]) ?? who,
      roles: texts(own.flatMap(({ code }) => code?.map((c) => c.text ?? c.coding?.[0]?.display ?? c.coding?.[0]?.code) ?? [])),
      sites: texts(own.map(({ organization }) => organization?.display ?? organization?.reference)),
    })
  }
  const members = await db.query<{ who: string; name: string }>(
    `select who, max(name) as name from board_member group by who order by who limit ${MOST_PEOPLE}`,
  )
  for (const { who, name } of members) if (!people.has(who)) people.set(who, { who, name, roles: [], sites: [] })
  return [...people.values()].sort((a, b) => a.name.localeCompare(b.name) || a.who.localeCompare(b.who))
}

/** Sites whose patients a meeting can speak of, by the names of their hospitals. */
export async function boardSites(db: Queries): Promise<readonly BoardSite[]> {
  const rows = await db.query<{ site: string }>(
    `select distinct site from workspace_patient where site is not null order by site limit ${MOST_PEOPLE}`,
  )
  const names = await siteNames(
    db,
    rows.map(({ site }) => site),
  )
  return rows
    .map(({ site }) => ({ id: site, name: names.get(site) ?? site }))
    .sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id))
}
