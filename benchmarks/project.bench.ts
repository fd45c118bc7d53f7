import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readPatientCase } from '../packages/fhir/src/index.ts'
import { openKnowledge, parseCharts, readerFor } from '../packages/server/src/compose.ts'
import { runProject } from '../packages/server/src/project/run-project.ts'
import { writeSnapshots } from '../packages/server/src/project/write-snapshots.ts'
import { ViewTables } from '../packages/server/src/views/view-table.ts'
import { copyOf, fixtureCharts, writeBulk } from '../packages/server/test/bulk-export.ts'

/**
 * `secondwind project` over a Bulk Data export, against bare JSON.parse of its lines in the same run, in processor time of one core
 * (wall time says more about the neighbours). Every row is first compared with the case that the readers give in memory.
 * Charts: the fixture patients again and again under other ids. PATIENTS sets their number.
 */
const PATIENTS = Number(process.env.PATIENTS ?? 400)
const AS_OF = '2026-11-23'
/** Of the speed of JSON.parse, asked of us. */
const GOAL = 0.6
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-project-'))
/** Runs a command in this process and says its peak memory in kilobytes. */
const CHILD = 'process.on("exit", () => console.log("peak", process.resourceUsage().maxRSS)); import(process.argv[1])'
const { knowledge } = openKnowledge()
const fixtures = fixtureCharts()
const input = path.join(scratch, 'bulk')
writeBulk(input, copies())
const bytes = fs.readdirSync(input).reduce((sum, name) => sum + fs.statSync(path.join(input, name)).size, 0)

try {
  // the first round warms the compiler
  await onOneCore('warm')
  const project = await onOneCore('timed')
  const inMemory = memory()
  const parse = parseMs()
  const differing = await compare(path.join(scratch, 'timed'), path.join(scratch, 'memory'))
  if (differing > 0) throw new Error(`${differing} rows differ from the cases in memory`)

  const started = performance.now()
  const command = [
    path.join(root, 'packages/server/src/cli/main.ts'),
    'project',
    input,
    '-o',
    path.join(scratch, 'threads'),
    '--as-of',
    AS_OF,
    '--threads',
    '2',
  ]
  const child = spawnSync(process.execPath, ['-e', CHILD, ...command], { encoding: 'utf8' })
  const wallMs = performance.now() - started
  const peak = Number(/peak (\d+)/.exec(child.stdout)?.[1])
  if (child.status !== 0 || Number.isNaN(peak)) throw new Error(child.stderr)

  const megabytes = bytes / 1e6
  const figures = {
    patients: PATIENTS,
    resources: project.resources,
    megabytes: Math.round(megabytes),
    parseMs: Math.round(parse),
    projectMs: Math.round(project.readingMs + project.projectingMs),
    firstPassMs: Math.round(project.readingMs),
    secondPassMs: Math.round(project.projectingMs),
    inMemoryMs: Math.round(inMemory),
    twoThreadsWallMs: Math.round(wallMs),
    peakMegabytes: Math.round(peak / 1024),
  }
  const all = project.readingMs + project.projectingMs
  console.log(
    `${round(parse / all)} of the speed of bare JSON.parse (goal ${GOAL}: ${parse / all < GOAL ? 'MISSED, see docs/decisions/0012' : 'met'})`,
  )
  console.log(
    `${PATIENTS} patients, ${figures.resources} resources, ${figures.megabytes} MB: JSON.parse ${figures.parseMs} ms (${Math.round((megabytes / parse) * 1000)} MB/s), project ${figures.projectMs} ms on one core (${Math.round((megabytes / all) * 1000)} MB/s; spilling ${figures.firstPassMs}, projecting ${figures.secondPassMs}); the same charts parsed and read in memory ${figures.inMemoryMs} ms; two threads ${figures.twoThreadsWallMs} ms with start, peak ${figures.peakMegabytes} MB`,
  )
  console.log(
    JSON.stringify({
      bench: 'project',
      goal: GOAL,
      ratios: {
        parseOverProject: round(parse / all),
        inMemoryOverProject: round(inMemory / all),
        firstPassOverParse: round(project.readingMs / parse),
      },
      figures,
    }),
  )
} finally {
  fs.rmSync(scratch, { recursive: true, force: true })
}

function* copies() {
  for (let n = 0; n < PATIENTS; n++) yield copyOf(fixtures[n % fixtures.length]!, n)
}

async function onOneCore(name: string) {
  let readingMs = 0
  const started = cpuMs()
  const done = await runProject(
    { inputs: [input], out: path.join(scratch, name), asOf: AS_OF, threads: 0, keepGoing: false, restart: false },
    knowledge,
    (step) => {
      if (step === 'reading') readingMs = cpuMs() - started
    },
  )
  if (!done.ok) throw new Error(JSON.stringify(done.error))
  return { readingMs, projectingMs: cpuMs() - started - readingMs, resources: done.value.counts.resources }
}

/** The same work without files: parse each chart and read it. Also the answers. */
function memory(): number {
  const cases = []
  let ms = 0
  for (const chart of copies()) {
    const text = JSON.stringify(chart)
    const started = cpuMs()
    const parsed = parseCharts(text)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
    const read = readPatientCase(parsed.value[0]!, readerFor(knowledge), { asOf: AS_OF })
    ms += cpuMs() - started
    if (!read.ok) throw new Error(JSON.stringify(read.error))
    cases.push(read.value.patientCase)
  }
  writeSnapshots(path.join(scratch, 'memory'), cases, knowledge)
  return ms
}

function parseMs(): number {
  const lines = fs.readdirSync(input).flatMap((name) =>
    fs
      .readFileSync(path.join(input, name), 'utf8')
      .split('\n')
      .filter((line) => line !== ''),
  )
  const took = Array.from({ length: 5 }, () => {
    const started = cpuMs()
    for (const line of lines) JSON.parse(line)
    return cpuMs() - started
  })
  return took.sort((a, b) => a - b)[2]!
}

async function compare(one: string, other: string): Promise<number> {
  const tables = await ViewTables.open()
  const side = (folder: string): string => `select * exclude (site) from read_parquet('${folder}/*.parquet')`
  const [row] = await tables.query(
    `select (select count(*) from (${side(one)} except all ${side(other)})) + (select count(*) from (${side(other)} except all ${side(one)})) + abs((select count(*) from (${side(one)})) - ${PATIENTS}) as differing`,
  )
  tables.close()
  return Number(row!.differing)
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function round(n: number): number {
  return Number(n.toFixed(3))
}
