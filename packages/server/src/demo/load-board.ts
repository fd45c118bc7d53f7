import { ROLES, type Role } from '../access/roles.ts'
import { arrange, askForBoard } from '../board/cases.ts'
import { addMember, createMeeting } from '../board/meetings.ts'
import { Refused } from '../issue.ts'
import type { Author, FhirResource, Store, Write } from '../store/index.ts'

/** Who can sign in to try it out, as people of the directory: a board invites people, not roles. */
const PEOPLE = [
  ['oncologist', 'Ada', 'Oncologist', 'oncology'],
  ['radiation-oncologist', 'Ruth', 'Radiotherapist', 'radiation'],
  ['surgeon', 'Simon', 'Surgeon', 'surgery'],
  ['palliative-care', 'Paula', 'Palliative', 'support'],
  ['pharmacist', 'Felix', 'Pharmacist', undefined],
  ['navigator', 'Nora', 'Navigator', undefined],
  ['counsellor', 'Clara', 'Counsellor', undefined],
  ['dietitian', 'Dora', 'Dietitian', undefined],
  ['pain-specialist', 'Peter', 'Painspecialist', undefined],
  ['rehabilitation', 'Rosa', 'Physiotherapist', undefined],
  ['support-group', 'Gina', 'Groupleader', undefined],
] as const
/** They reach those in whose care team they stand, and nobody else. */
const SUPPORT = ['palliative-care', 'counsellor', 'dietitian', 'pain-specialist', 'rehabilitation', 'support-group'] as const
const QUESTIONS = [
  'Is the next step settled, or does it wait for results?',
  'Does local treatment of single lesions add anything?',
  'Which of the options fits what this patient wants?',
  'Is there something that radiotherapy or surgery should do first?',
] as const

const put = (resource: object): Write => ({ kind: 'update', resource: resource as FhirResource & { readonly id: string } })

const roleOf = (person: string, role: Role, site: string): object => ({
  resourceType: 'PractitionerRole',
  id: `${person}-role`,
  active: true,
  practitioner: { reference: `Practitioner/${person}` },
  organization: { display: site },
  code: [{ text: ROLES[role] }],
})

/** Patients of the largest hospital whose care team the support services belong to. */
const SUPPORTED = 12

/** A board meeting an hour from now with four invented cases of three hospitals, and the people who can sign in. Once: a network that has a meeting is left alone. */
export async function loadDemoBoard(store: Store, now: Date): Promise<void> {
  const [{ meetings } = { meetings: 0 }] = await store.database.query<{ meetings: number }>(
    'select count(*)::int as meetings from board_meeting',
  )
  const sites = await store.database.query<{ site: string; patients: readonly string[] }>(
    `select site, (array_agg(id order by id))[1:12] as patients from resource_current where type = 'Patient' and not is_deleted
     group by site order by count(*) desc, site limit 3`,
  )
  const home = sites[0]?.site
  if (meetings > 0 || home === undefined) return
  const author: Author = { who: 'Practitioner/oncologist', site: home }
  const people = PEOPLE.flatMap(([id, given, family]) => [
    put({ resourceType: 'Practitioner', id, active: true, name: [{ family: `Synthetic-${family}`, given: [given] }] }),
    put(roleOf(id, id, home)),
  ])
  const oncologists = await store.database.query<{ id: string; site: string }>(
    `select id, site from resource_current where type = 'Practitioner' and not is_deleted and id <> all($1::text[]) order by id`,
    [PEOPLE.map(([id]) => id)],
  )
  // the network knows an oncologist at each hospital
  for (const { id, site } of oncologists) people.push(put(roleOf(id, 'oncologist', site)))
  const result = await store.transaction<true>(author, async (tx) => {
    const teams = sites[0]!.patients.slice(0, SUPPORTED).map((patient): Write => {
      const resource = {
        resourceType: 'CareTeam',
        id: `${patient}-support`,
        status: 'active',
        name: 'Support services',
        subject: { reference: `Patient/${patient}` },
        participant: SUPPORT.map((id) => ({ member: { reference: `Practitioner/${id}` } })),
      }
      return put(resource)
    })
    const written = await tx.append([...people, ...teams])
    if (!written.ok) return written
    const startsAt = new Date(now.getTime() + 3_600_000).toISOString()
    const asked = {
      title: 'Thoracic tumour board',
      startsAt,
      minutes: 60,
      readingHours: 48,
      sites: sites.map(({ site }) => site),
      chair: author.who,
    }
    const [chair, ...others] = PEOPLE
    const meeting = await createMeeting(tx.sql, author, now, asked, { name: `${chair[1]} Synthetic-${chair[2]}`, specialty: chair[3] })
    for (const [id, given, family, specialty] of others)
      if (specialty !== undefined)
        await addMember(tx.sql, author, now, meeting, { who: `Practitioner/${id}`, name: `${given} Synthetic-${family}`, specialty })
    const patients = sites.flatMap(({ patients: own }, i) => own.slice(0, i === 0 ? 2 : 1))
    const cases: string[] = []
    for (const [i, patient] of patients.entries()) {
      const made = await askForBoard(tx.sql, author, now, patient, {
        question: QUESTIONS[i % QUESTIONS.length]!,
        urgency: i === 0 ? 'urgent' : 'soon',
        minutes: 12,
      })
      if (!made.ok) return made
      cases.push(made.value)
    }
    const placed = await arrange(tx.sql, author, now, meeting, 1, cases, () => Promise.resolve(true))
    return placed.ok ? { ok: true, value: true } : placed
  })
  if (!result.ok) throw new Refused(result.error)
}
