import { createHash } from 'node:crypto'
import { err, ok } from '@secondwind/core'
import { type ApiRequest, json, type Route } from '../api/index.ts'
import type { CareTeamMember, CareTeamView, PatientFound } from '../contract/board.ts'
import { Refused, refusal } from '../issue.ts'
import { queryOf } from '../plans/requests.ts'
import type { FhirResource, Queries, StoredVersion } from '../store/index.ts'
import { fold } from '../store/search/extract.ts'
import { answered, type BoardConfig, written } from './answers.ts'
import { Fields } from './fields.ts'
import { versionClash } from './meetings.ts'
import { nameText } from './patients.ts'

interface TeamBody extends FhirResource {
  readonly status?: string
  readonly participant?: readonly {
    readonly member?: { readonly reference?: string; readonly display?: string }
    readonly role?: readonly { readonly text?: string }[]
  }[]
}

const MOST_FOUND = 20
const ID = /^[A-Za-z0-9.-]{1,64}$/
/** The care team that is kept here; those that came with the record are left as they are. */
const teamId = (patient: string): string =>
  patient.length <= 54 ? `care-team-${patient}` : `care-team-${createHash('sha256').update(patient).digest('hex').slice(0, 54)}`

/** Who cares for whom: opens charts to people, and closes them. For administrators, who read nothing of the patient but the name. */
export function careTeamRoutes(config: BoardConfig): readonly Route[] {
  const { store } = config

  const view = async (request: ApiRequest, patient: string): Promise<CareTeamView> => {
    const version = await store.read('Patient', patient)
    if (version?.body == null)
      throw new Refused([refusal('not-found', 'patient', 'there is no such patient here', 'look for the patient by name or number')])
    await request.seen({ interaction: 'read', type: 'care-team', patient }, [version])
    const teams = await teamsOf(store.database, patient)
    const own = teams.find(({ id }) => id === teamId(patient))
    const others = teams.filter(({ id, body }) => id !== teamId(patient) && body.status === 'active')
    const { name, ...who } = found(version)
    return {
      ...who,
      ...(name === undefined ? {} : { name }),
      ...(own === undefined ? {} : { team: own.id }),
      version: own?.version ?? 0,
      members: own === undefined ? [] : membersIn(own.body),
      others: others.flatMap(({ body }) => membersIn(body)),
    }
  }

  const find: Route = {
    id: 'people.patients',
    method: 'POST',
    path: '/people/patients/search',
    rule: { interaction: 'search', about: 'care-team' },
    summary:
      'Patients by the beginning of a name, or by a whole number or id: names only, twenty at most. In the body: a name stands in no address and no log',
    handle: async (request) => {
      queryOf(request.query, [])
      const fields = new Fields(request.body)
      const text = fields.text('find', 64)
      fields.done()
      if (text.length < 2) throw new Refused([refusal('invalid-request', 'find', 'is too short', 'give at least two characters')])
      const versions = await patientsBy(store.database, store, text)
      await request.seen({ interaction: 'search', type: 'care-team' }, versions)
      return json({ items: versions.map(found) })
    },
  }
  const read: Route = {
    id: 'people.care-team',
    method: 'GET',
    path: '/people/patients/:patient/care-team',
    rule: { interaction: 'read', about: 'care-team', patientFrom: 'patient' },
    summary: 'Who is in the care team of one patient',
    handle: async (request) => {
      queryOf(request.query, [])
      return json(await view(request, request.params.patient!))
    },
  }
  const change: Route = {
    id: 'people.care-team-change',
    method: 'POST',
    path: '/people/patients/:patient/care-team',
    rule: { interaction: 'update', about: 'care-team', patientFrom: 'patient' },
    summary: 'The care team as it shall be; what is changed opens and closes the chart at once',
    handle: async (request) => {
      queryOf(request.query, [])
      const patient = request.params.patient!
      const fields = new Fields(request.body)
      const version = fields.whole('version', 0, 1e9)
      const members: CareTeamMember[] = []
      fields.list('members', 100, (one) => {
        const role = one.optionalText('role', 200)
        members.push({ who: one.reference('who'), name: one.text('name', 200), ...(role === undefined ? {} : { role }) })
      })
      fields.done()
      if (new Set(members.map(({ who }) => who)).size !== members.length)
        throw new Refused([refusal('invalid-request', 'members', 'names somebody twice', 'name each once')])
      // reads what stands before the transaction begins
      await view(request, patient)
      const result = await written(config, request, async (tx) => {
        await tx.lock(`care team of ${patient}`)
        const before = await tx.read('CareTeam', teamId(patient))
        if ((before?.version ?? 0) !== version) return err(versionClash('the care team'))
        const appended = await tx.append([
          { kind: 'update', resource: teamResource(patient, members), ...(version === 0 ? {} : { ifMatch: version }) },
        ])
        return appended.ok ? ok(true) : appended
      })
      return answered(
        result,
        request,
        () => view(request, patient),
        () => view(request, patient),
      )
    },
  }
  return [find, read, change]
}

const teamResource = (patient: string, members: readonly CareTeamMember[]): FhirResource & { readonly id: string } => ({
  resourceType: 'CareTeam',
  id: teamId(patient),
  status: members.length === 0 ? 'inactive' : 'active',
  subject: { reference: `Patient/${patient}` },
  ...(members.length === 0
    ? {}
    : {
        participant: members.map(({ who, name, role }) => ({
          member: { reference: who, display: name },
          ...(role === undefined ? {} : { role: [{ text: role }] }),
        })),
      }),
})

const membersIn = ({ participant = [] }: TeamBody): readonly CareTeamMember[] =>
  participant.flatMap(({ member, role }) =>
    member?.reference === undefined
      ? []
      : [
          {
            who: member.reference,
            name: member.display ?? member.reference,
            ...(role?.[0]?.text === undefined ? {} : { role: role[0].text }),
          },
        ],
  )

async function teamsOf(db: Queries, patient: string): Promise<readonly { id: string; version: number; body: TeamBody }[]> {
  const rows = await db.query<{ id: string; version: number; body: string }>(
    `select c.id, c.version, v.body from resource_current c join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version
     where c.type = 'CareTeam' and c.chart = $1 and not c.is_deleted order by c.id limit 50`,
    [`Patient/${patient}`],
  )
  return rows.map(({ body, ...rest }) => ({ ...rest, body: JSON.parse(body) as TeamBody }))
}

const found = (version: StoredVersion): PatientFound => {
  const { name, birthDate } = JSON.parse(version.body!) as { name?: readonly Parameters<typeof nameText>[0][]; birthDate?: string }
  const shown = nameText(name?.[0])
  return {
    patient: `Patient/${version.id}`,
    site: version.site,
    ...(shown === undefined ? {} : { name: shown }),
    ...(birthDate === undefined ? {} : { birthDate }),
  }
}

async function patientsBy(db: Queries, store: BoardConfig['store'], text: string): Promise<readonly StoredVersion[]> {
  const rows = await db.query<{ id: string }>(
    `select distinct c.id from resource_current c where c.type = 'Patient' and not c.is_deleted and c.rid in (
       (select i.rid from ix_string i join search_parameter p on p.param = i.param
        where p.type = 'Patient' and p.name = 'name' and i.folded like $1 || '%' limit 200)
       union (select t.rid from ix_token t join search_parameter p on p.param = t.param
        where p.type = 'Patient' and p.name = 'identifier' and t.code = $2 limit 200)
       union (select rid from resource_current where type = 'Patient' and id = $3)) order by c.id limit ${MOST_FOUND}`,
    [fold(text).replace(/[\\%_]/g, '\\$&'), text, ID.test(text) ? text : ''],
  )
  const versions = await store.readMany(rows.map(({ id }) => ({ type: 'Patient', id })))
  return versions.filter(({ body }) => body !== null)
}
