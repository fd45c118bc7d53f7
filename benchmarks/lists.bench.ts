import { countSites } from '../packages/server/src/network/sites.ts'
import { openStore, type Queries } from '../packages/server/src/store/index.ts'
import { itemsOf } from '../packages/server/src/workspace/items.ts'
import { countClocks } from '../packages/server/src/workspace/keep.ts'
import { countsOf, type ListQuestion, needsOfPatients, pageKeys, type Viewer } from '../packages/server/src/workspace/query.ts'
import { postgresServer } from '../packages/server/test/store/postgres-server.ts'

/**
 * `npm run bench -- lists [PATIENTS] [pglite|postgres]`: "my patients" over a whole network: pages, searches, counts beside the list, and the sites of the
 * overview, on generated rows. The baseline is one plain look over the same rows. What the list finds and counts must be what plain code over all
 * rows finds and counts, or nothing is printed.
 */
const patients = Number(process.argv[2] ?? 100_000)
const kind = process.argv[3] ?? 'postgres'
const TODAY = '2026-11-23'
const REPEATS = 7

const server = kind === 'postgres' ? await postgresServer() : undefined
if (server !== undefined && 'skipped' in server) {
  console.log(`skipped: ${server.skipped}`)
  process.exit(0)
}
const store = await openStore({ database: server === undefined ? { memory: true } : { postgres: await server.database() } })
const db = store.database

const question = (more: Partial<ListQuestion> = {}): ListQuestion => ({
  search: undefined,
  site: undefined,
  stage: undefined,
  marker: undefined,
  need: undefined,
  isClosed: false,
  sort: 'pressing',
  today: TODAY,
  ...more,
})
const viewer: Viewer = { role: 'oncologist', within: undefined, mayIdentity: true, mayClinical: true, apart: [] }

async function generate(on: Queries): Promise<void> {
  await on.query(
    `insert into workspace_patient (patient, site, organization, revision, status, is_closed, sort_name, identity_words, labels, clinical_words, stage, markers,
       services, local_sites, emergencies, urgent_alerts, is_continuing, is_waiting_for_test, has_interaction, has_dose_question, has_surgery_option, decided_at)
     select 'p' || lpad(i::text, 7, '0'), 'site-' || (i % 12), 'Organization/o' || (i % 12), 1, case when i % 40 = 0 then 'refused' else 'proposed' end, i % 3 = 0,
       'family' || (i * 7919::bigint % 5000) || ' given' || (i % 300), ' given' || (i % 300) || ' family' || (i * 7919::bigint % 5000) || ' mrn' || i, '',
       ' ' || (40 + i % 50) || '-year-old woman former smoker adenocarcinoma stage iv bone brain liver marker one pd-l1 ' || (i % 100)
         || ' % ecog 1 1 line for advanced disease ' || case when i % 9 = 0 then 'second marker' else 'no targetable driver' end,
       case when i % 2 = 0 then 'IVA' else 'IVB' end, array['m' || (i % 20), 'n' || (i % 7)], array['palliative-care'],
       case when i % 5 = 0 then array['brain'] else array[]::text[] end, case when i % 50 = 0 then 1 else 0 end, case when i % 20 = 0 then 1 else 0 end,
       i % 2 = 0, i % 4 = 0, i % 6 = 0, i % 7 = 0, i % 11 = 0, case when i % 3 = 1 then timestamptz '2026-11-18' end
     from generate_series(1, $1::int) i`,
    [patients],
  )
  await on.query(
    `insert into workspace_order (patient, order_id, key, title, authored_on, reported_on, is_open)
     select 'p' || lpad((1 + i % $1::int)::text, 7, '0'), 'o' || i, 'k' || (i % 30), 'Order ' || (i % 30), date '2026-11-23' - (i % 700),
       case when i % 10 < 8 then date '2026-11-23' - (i % 700) + (i % 40) end, i % 10 = 9 from generate_series(1, 2 * $1::int) i`,
    [patients],
  )
  await on.query(
    `insert into plan_change (patient, site, at, revision, knowledge_digest, cause, priority, changes)
     select 'p' || lpad(i::text, 7, '0'), 'site-' || (i % 12), timestamptz '2026-11-20', 1, 'x', 'release', 1 + i % 3, '[]' from generate_series(1, $1::int, 7) i`,
    [patients],
  )
  await on.query('analyze')
}

interface Measured {
  readonly median: number
  readonly worst: number
}

async function timed<T>(work: () => Promise<T>): Promise<Measured & { readonly answer: T }> {
  const times: number[] = []
  let answer: T | undefined
  for (let i = 0; i < REPEATS; i++) {
    const started = performance.now()
    answer = await work()
    times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  return { median: Math.round(times[REPEATS >> 1]!), worst: Math.round(times.at(-1)!), answer: answer! }
}

function check(isRight: boolean, what: string): void {
  if (!isRight) throw new Error(`the list and plain code disagree: ${what}`)
}

try {
  await generate(db)
  const clocks = await timed(() => db.transaction((tx) => countClocks(tx, TODAY, new Date(`${TODAY}T10:00:00Z`))))
  await db.query('analyze')

  const first = await timed(() => pageKeys(db, question(), viewer, 61))
  const search = question({ search: 'mrn4711' })
  const results = {
    plain: await timed(() => db.query('select count(*) from workspace_patient where clinical_words like $1', ['%zzzz%'])),
    page: first,
    next: await timed(() => pageKeys(db, question(), viewer, 61, first.answer.at(-1))),
    byName: await timed(() => pageKeys(db, question({ sort: 'name' }), viewer, 61)),
    search: await timed(() => pageKeys(db, search, viewer, 61)),
    words: await timed(() => pageKeys(db, question({ search: 'second marker family12' }), viewer, 61)),
    nobody: await timed(() => pageKeys(db, question({ search: 'zzzz' }), viewer, 61)),
    counts: await timed(() => countsOf(db, question(), viewer)),
    items: await timed(async () => {
      const shown = first.answer.map((key) => key.patient)
      return itemsOf(db, shown, new Map(), await needsOfPatients(db, shown, question(), viewer), viewer, TODAY)
    }),
    sites: await timed(() => countSites(db, TODAY)),
    clocks,
  }

  // plain code over all numbers: i is the patient
  const numbers = Array.from({ length: patients }, (_, i) => i + 1)
  const living = numbers.filter((i) => i % 3 !== 0)
  const need = new Map(results.counts.answer.needs.map((one) => [one.need, one.count]))
  check(need.get('emergency') === living.filter((i) => i % 50 === 0).length, 'emergencies')
  check(need.get('changed') === living.filter((i) => i % 7 === 1).length, 'changed')
  check(need.get('put-right') === living.filter((i) => i % 40 === 0).length, 'charts to put right')
  check(results.counts.answer.total === living.length, 'patients')
  check(results.nobody.answer.length === 0, 'nobody')
  check(
    results.search.answer.map(({ patient }) => Number(patient.slice(1))).every((i) => String(i).startsWith('4711') && i % 3 !== 0),
    'record numbers',
  )
  const pressing = first.answer.map(({ patient }) => Number(patient.slice(1)))
  check(pressing.every((i) => i % 50 === 0) || patients < 20_000, 'emergencies come first')
  const followed = new Set(results.next.answer.map(({ patient }) => patient))
  check(
    first.answer.every(({ patient }) => !followed.has(patient)),
    'pages share nobody',
  )

  const rows = Object.entries(results).map(([name, { median, worst }]) => ({ name, median, worst }))
  console.log(`${patients} patients on ${kind}; milliseconds, median and worst of ${REPEATS}`)
  for (const { name, median, worst } of rows) console.log(`${name.padEnd(10)} ${String(median).padStart(6)} ${String(worst).padStart(6)}`)
  console.log(JSON.stringify({ bench: 'lists', patients, kind, rows }))
} finally {
  await store.close()
  if (server !== undefined && !('skipped' in server)) server.stop()
}
