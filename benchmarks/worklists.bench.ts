import os from 'node:os'
import { auditHooks, openAccess, type Role } from '../packages/server/src/access/index.ts'
import { type Access, buildServer } from '../packages/server/src/api/index.ts'
import { openKnowledge } from '../packages/server/src/compose.ts'
import type { NetworkOverview, WorkspacePage } from '../packages/server/src/contract/index.ts'
import { fhirRoutes, loadDefinitions } from '../packages/server/src/fhir-api/index.ts'
import { networkCounts, networkRoutes } from '../packages/server/src/network/index.ts'
import { planMaker, planRoutes } from '../packages/server/src/plans/index.ts'
import { type Database, openStore } from '../packages/server/src/store/index.ts'
import { workspaceRoutes } from '../packages/server/src/workspace/index.ts'
import { countClocks } from '../packages/server/src/workspace/keep.ts'
import { postgresServer } from '../packages/server/test/store/postgres-server.ts'

/**
 * `npm run bench -- worklists [PATIENTS]`: what each role waits for over a whole network on PostgreSQL, through the whole server (who is it, may they, the audit log):
 * the first page of "my patients" with its counts and the page after, a named worklist, the overview of the network, and searches of the FHIR API over a site.
 * Two in five patients are of one hospital, and the people are of that one. The baseline is a read of one Patient by its id in the same run. What is listed and
 * counted is checked against plain arithmetic over the generated numbers.
 */
const patients = Number(process.argv[2] ?? 100_000)
const TODAY = '2026-11-23'
const REPEATS = 9

const postgres = await postgresServer()
if ('skipped' in postgres) {
  console.log(`skipped: ${postgres.skipped}`)
  process.exit(0)
}
const now = () => new Date(`${TODAY}T10:00:00Z`)
const store = await openStore({ database: { postgres: await postgres.database() }, hooks: auditHooks, clock: now })
const db = store.database
const { knowledge } = openKnowledge()

/** The hospital of patient i: number 0 has two fifths of all, eleven others share the rest. */
const SITE = `case when i % 5 < 2 then 'site-0' else 'site-' || (1 + i % 11) end`
const siteOf = (i: number): string => (i % 5 < 2 ? 'site-0' : `site-${1 + (i % 11)}`)
const ID = `'p' || lpad(i::text, 7, '0')`

async function generate(on: Database): Promise<void> {
  const each = `from generate_series(1, $1::int) i`
  const parameter = async (type: string, name: string): Promise<number> =>
    (await on.query<{ param: number }>('select param from search_parameter where type = $1 and name = $2', [type, name]))[0]!.param
  const version = (type: string, id: string, body: string): string =>
    `insert into chart_version (site, type, id, version, chart, revision, recorded_at, recorded_by, method, body, hash, prior_hash)
     select ${SITE}, '${type}', ${id}, 1, 'Patient/' || ${ID}, ${type === 'Patient' ? 1 : 2}, timestamptz '2026-11-20', 'Device/bench', 'create', ${body}, '', '' ${each}`
  const current = (type: string, id: string): string =>
    `insert into resource_current (type, id, version, chart, site, recorded_at, is_deleted)
     select '${type}', ${id}, 1, 'Patient/' || ${ID}, ${SITE}, timestamptz '2026-11-20', false ${each}`
  const OBSERVATION = `'o' || lpad(i::text, 7, '0')`
  const statements: readonly string[] = [
    version(
      'Patient',
      ID,
      `'{"resourceType":"Patient","id":"' || ${ID} || '","name":[{"family":"Family' || (i % 5000) || '","given":["Given' || (i % 300) || '"]}],"birthDate":"1960-01-01","meta":{"versionId":"1"}}'`,
    ),
    version(
      'Observation',
      OBSERVATION,
      `'{"resourceType":"Observation","id":"' || ${OBSERVATION} || '","status":"final","subject":{"reference":"Patient/' || ${ID} || '"}}'`,
    ),
    current('Patient', ID),
    current('Observation', OBSERVATION),
    `insert into ix_token (rid, param, system, code) select c.rid, ${await parameter('Observation', 'code')}, 'http://loinc.org', case when substr(c.id, 2)::int % 3 = 0 then '718-7' else '2160-0' end
     from resource_current c where c.type = 'Observation' and $1 > 0`,
    `insert into ix_reference (rid, param, target_type, target_id) select c.rid, ${await parameter('Observation', 'subject')}, 'Patient', substr(c.chart, 9)
     from resource_current c where c.type = 'Observation' and $1 > 0`,
    `insert into workspace_patient (patient, site, organization, revision, status, is_closed, sort_name, identity_words, labels, clinical_words, stage, markers,
       services, local_sites, emergencies, urgent_alerts, is_continuing, is_waiting_for_test, has_interaction, has_dose_question, has_surgery_option, decided_at, form)
     select ${ID}, ${SITE}, 'Organization/' || ${SITE}, 1, case when i % 40 = 0 then 'refused' else 'proposed' end, i % 3 = 0,
       'family' || (i * 7919::bigint % 5000) || ' given' || (i % 300), ' given' || (i % 300) || ' family' || (i * 7919::bigint % 5000) || ' mrn' || i, '',
       ' ' || (40 + i % 50) || '-year-old woman former smoker adenocarcinoma stage iv bone brain liver marker one pd-l1 ' || (i % 100)
         || ' % ecog 1 1 line for advanced disease ' || case when i % 9 = 0 then 'second marker' else 'no targetable driver' end,
       case when i % 2 = 0 then 'IVA' else 'IVB' end, array['m' || (i % 20), 'n' || (i % 7)],
       case when i % 10 = 0 then array['nutrition', 'palliative-care'] else array['palliative-care'] end,
       case when i % 5 = 0 then array['brain'] else array[]::text[] end, case when i % 50 = 0 then 1 else 0 end, case when i % 20 = 0 then 1 else 0 end,
       i % 2 = 0, i % 4 = 0, i % 6 = 0, i % 7 = 0, i % 11 = 0, case when i % 3 = 1 then timestamptz '2026-11-18' end, 2 ${each}`,
    `insert into workspace_order (patient, order_id, key, title, authored_on, reported_on, is_open)
     select 'p' || lpad((1 + i % $1::int)::text, 7, '0'), 'o' || i, 'k' || (i % 30), 'Order ' || (i % 30), date '2026-11-23' - (i % 700),
       case when i % 10 < 8 then date '2026-11-23' - (i % 700) + (i % 40) end, i % 10 = 9 from generate_series(1, 2 * $1::int) i`,
    `insert into plan_state (patient, site, revision, as_of, knowledge_version, knowledge_digest, planned_at, document_digest, document, status, story, first_option, first_title,
       first_standing, emergencies, urgent_alerts, tests_before_treatment, alerts, tests)
     select ${ID}, ${SITE}, 1, date '2026-11-23', 'v', 'x', timestamptz '2026-11-23', 'd', ''::bytea, case when i % 40 = 0 then 'refused' else 'proposed' end, 'A story', 'o', 'First',
       'recommended', case when i % 50 = 0 then 1 else 0 end, case when i % 20 = 0 then 1 else 0 end, case when i % 4 = 0 then 1 else 0 end, '[]', '[]' ${each}`,
    `insert into plan_change (patient, site, at, revision, knowledge_digest, cause, priority, changes)
     select ${ID}, ${SITE}, timestamptz '2026-11-20', 1, 'x', 'release', 1 + i % 3, '[]' from generate_series(1, $1::int, 7) i`,
  ]
  for (const statement of statements) await on.query(statement, [patients])
  await on.transaction(async (tx) => countClocks(tx, TODAY, now()))
  // what autovacuum does in a database that is in use
  for (const table of [
    'workspace_patient',
    'workspace_order',
    'plan_change',
    'plan_state',
    'resource_current',
    'chart_version',
    'ix_token',
    'ix_reference',
  ])
    await on.query(`vacuum analyze ${table}`)
}

const identify: Access['identify'] = ({ headers, requestId }) => {
  const [role, site] = (headers.authorization ?? '').replace('Bearer ', '').split(';')
  return Promise.resolve({ requestId, role: role!, who: `Practitioner/${role}`, site: site!, purpose: 'TREAT' })
}

const counts = networkCounts(
  db,
  () => knowledge,
  () => TODAY,
  now,
)
const maker = planMaker(knowledge)
const server = buildServer({
  routes: [
    ...fhirRoutes({ store, software: 'bench', startedAt: now().toISOString() }),
    ...workspaceRoutes({ store, knowledge: () => knowledge, today: () => TODAY, now }),
    ...planRoutes({ store, maker: () => maker, today: () => TODAY, now }),
    ...networkRoutes(counts),
  ],
  access: openAccess({ database: db, identify, now }),
})
loadDefinitions()

const ask = async (role: Role, url: string, payload?: object): Promise<string> => {
  const answer = await server.inject({
    method: payload === undefined ? 'GET' : 'POST',
    url,
    headers: { authorization: `Bearer ${role};site-0` },
    ...(payload === undefined ? {} : { payload }),
  })
  if (answer.statusCode !== 200) throw new Error(`${role} ${url}: ${answer.statusCode} ${answer.body.slice(0, 300)}`)
  return answer.body
}
const list = async (role: Role, more: object = {}): Promise<WorkspacePage> =>
  JSON.parse(await ask(role, '/workspace/patients/search', { count: '80', ...more })) as WorkspacePage

interface Measured {
  readonly name: string
  readonly median: number
  readonly worst: number
}
const rows: Measured[] = []
async function timed<T>(name: string, work: (n: number) => Promise<T>): Promise<T> {
  const times: number[] = []
  // the first look warms: pages, prepared statements
  let answer = await work(0)
  for (let n = 1; n <= REPEATS; n++) {
    const started = performance.now()
    answer = await work(n)
    times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  const rounded = (value: number): number => Math.round(value * 10) / 10
  rows.push({ name, median: rounded(times[REPEATS >> 1]!), worst: rounded(times.at(-1)!) })
  return answer
}
function check(isRight: boolean, what: string): void {
  if (!isRight) throw new Error(`the lists and plain arithmetic disagree: ${what}`)
}

const ROLES: readonly Role[] = [
  'oncologist',
  'radiation-oncologist',
  'surgeon',
  'pharmacist',
  'infusion-nurse',
  'navigator',
  'palliative-care',
  'dietitian',
  'coordinator',
]
try {
  await generate(db)
  await counts.refresh()
  const numbers = Array.from({ length: patients }, (_, i) => i + 1)
  const living = numbers.filter((i) => i % 3 !== 0)
  const mine = living.filter((i) => siteOf(i) === 'site-0')
  const idOf = (n: number): string => `p${String(5 * (1 + ((n * 7919) % Math.floor(patients / 5)))).padStart(7, '0')}`

  await timed('one Patient by id (baseline)', (n) => ask('oncologist', `/fhir/Patient/${idOf(n)}`))
  for (const role of ROLES) {
    const first = await timed(`${role}: first page and counts`, () => list(role))
    const { total, needs } = first.summary!
    const expected = role === 'coordinator' ? living : role === 'dietitian' ? mine.filter((i) => i % 10 === 0) : mine
    check(total === expected.length, `${role}: ${total} patients, not ${expected.length}`)
    const emergencies = needs.find(({ need }) => need === 'emergency')
    check(emergencies === undefined || emergencies.count === expected.filter((i) => i % 50 === 0).length, `${role}: emergencies`)
    const next = await timed(`${role}: next page`, () => list(role, { cursor: first.next }))
    const seen = new Set(first.items.map(({ patient }) => patient))
    check(next.items.length === 80 && next.items.every(({ patient }) => !seen.has(patient)), `${role}: the second page goes on`)
  }
  const found = await timed('oncologist: search by record number', () => list('oncologist', { search: 'mrn4711' }))
  check(found.items.length > 0, 'a record number is found')
  await timed('worklist emergencies', () => ask('oncologist', '/worklists/emergencies'))
  const overview = JSON.parse(await timed('network overview', () => ask('coordinator', '/network/overview'))) as NetworkOverview
  check(overview.patients.living === living.length, 'patients of the network')
  const plain = numbers.filter((i) => siteOf(i) === 'site-0')
  const page = await timed('FHIR: patients of my site', () => ask('oncologist', '/fhir/Patient?_count=50'))
  check(new Set(page.match(/"id":"p\d{7}"/g)).size === 50, 'a page of patients')
  await timed('FHIR: a result of all of my site', () => ask('oncologist', '/fhir/Observation?code=http://loinc.org|718-7&_count=50'))
  const whole = await timed('FHIR: how many of my site', () => ask('oncologist', '/fhir/Patient?_summary=count'))
  check((JSON.parse(whole) as { total: number }).total === plain.length, 'patients of a site')

  const baseline = rows[0]!.median
  console.log(
    `${patients} patients on PostgreSQL, load ${os.loadavg()[0]!.toFixed(1)}; milliseconds, median and worst of ${REPEATS}, and times the baseline`,
  )
  for (const { name, median, worst } of rows)
    console.log(
      `${name.padEnd(44)} ${String(median).padStart(7)} ${String(worst).padStart(7)} ${(median / baseline).toFixed(1).padStart(7)}`,
    )
  const told = rows.map((row) => ({ ...row, ratio: Math.round((row.median / baseline) * 10) / 10 }))
  console.log(
    JSON.stringify({ bench: 'worklists', patients, load: Math.round(os.loadavg()[0]! * 10) / 10, baseline: rows[0]!.name, rows: told }),
  )
} finally {
  await server.close()
  await store.close()
  postgres.stop()
}
