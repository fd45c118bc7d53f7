import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * `secondwind project` over ten million resources (or as many as the argument says): its memory while it runs, killed with -9 in the middle of both passes
 * and gone on with. Ends with an error above 1 GB, or when the counts are not those of the input.
 */
const LIMIT_MEGABYTES = 1000
const RESOURCES = Number(process.argv[2] ?? 10_000_000)
const A_PATIENT = 155
const AS_OF = '2026-11-23'
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'project-memory-'))
const input = path.join(scratch, 'bulk')
const out = path.join(scratch, 'cases.parquet')
const patients = Math.ceil(RESOURCES / A_PATIENT)
let peak = 0

try {
  write()
  const megabytes = fs.readdirSync(input).reduce((sum, name) => sum + fs.statSync(path.join(input, name)).size, 0) / 1e6
  const started = performance.now()
  const working = `${out}.working`
  const spilled = await run((names) => names.filter((name) => name.endsWith('.seg')).length > megabytes / 16 / 2, working)
  const parts = await run((names) => names.some((name) => /^part-.*\.json$/.test(name)), working)
  const last = await run(() => false, working)
  if (spilled !== 'SIGKILL' || parts !== 'SIGKILL' || last !== 0) throw new Error(`the runs ended with ${spilled}, ${parts} and ${last}`)
  const seconds = (performance.now() - started) / 1000
  const manifest = JSON.parse(fs.readFileSync(path.join(out, '_manifest.json'), 'utf8')) as {
    readonly rows: number
    readonly counts: { readonly [what: string]: number }
  }
  if (manifest.rows !== patients || manifest.counts.resources !== patients * A_PATIENT || manifest.counts.leftOut !== 0)
    throw new Error(`counts are wrong: ${JSON.stringify(manifest.counts)}`)
  if (peak > LIMIT_MEGABYTES) throw new Error(`${peak} MB of memory, more than ${LIMIT_MEGABYTES}`)
  const figures = {
    resources: patients * A_PATIENT,
    patients,
    megabytes: Math.round(megabytes),
    peakMegabytes: peak,
    seconds: Math.round(seconds),
  }
  console.log(
    `${figures.resources} resources of ${patients} patients, ${figures.megabytes} MB, killed twice and gone on with: ${figures.seconds} s, at most ${peak} MB of memory`,
  )
  console.log(JSON.stringify({ bench: 'project-memory', ratios: { peakOverLimit: Number((peak / LIMIT_MEGABYTES).toFixed(2)) }, figures }))
} finally {
  fs.rmSync(scratch, { recursive: true, force: true })
}

/** Runs the command until it ends, or kills it when the working folder shows what is waited for. Prints the memory every few seconds. */
function run(isTime: (names: readonly string[]) => boolean, working: string): Promise<number | string> {
  const started = Date.now()
  const main = path.join(root, 'packages/server/src/cli/main.ts')
  const child = spawn(process.execPath, [main, 'project', input, '-o', out, '--as-of', AS_OF, '--threads', '2'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let told = ''
  child.stderr.on('data', (text: Buffer) => {
    told = text.toString().trimEnd().split('\n').at(-1) ?? told
  })
  let samples = 0
  const watch = setInterval(() => {
    const megabytes = residentMegabytes(child.pid!)
    peak = Math.max(peak, megabytes)
    if (samples++ % 20 === 0)
      console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(5)} s ${String(megabytes).padStart(5)} MB  ${told}`)
    if (fs.existsSync(working) && isTime(fs.readdirSync(working))) child.kill('SIGKILL')
  }, 250)
  return new Promise((done) =>
    child.once('exit', (code, signal) => {
      clearInterval(watch)
      done(signal ?? code ?? -1)
    }),
  )
}

function residentMegabytes(pid: number): number {
  try {
    return Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1000)
  } catch {
    return 0 // it has just ended
  }
}

/** Laboratory values of patients with lung cancer: the cheapest charts that are charts. */
function write(): void {
  fs.mkdirSync(input)
  const [patient, condition, observation] = ['Patient', 'Condition', 'Observation'].map((type) =>
    fs.openSync(path.join(input, `${type}.ndjson`), 'w'),
  )
  const measured = [
    ['718-7', 'g/dL', 12],
    ['777-3', '10*9/L', 250],
    ['2160-0', 'umol/L', 80],
    ['29463-7', 'kg', 70],
    ['1742-6', 'U/L', 30],
  ] as const
  for (let p = 0; p < patients; p++) {
    const subject = { reference: `Patient/p${p}` }
    fs.writeSync(
      patient!,
      line({ resourceType: 'Patient', id: `p${p}`, gender: p % 2 === 0 ? 'female' : 'male', birthDate: `19${40 + (p % 40)}-05-11` }),
    )
    fs.writeSync(
      condition!,
      line({
        resourceType: 'Condition',
        id: `c${p}`,
        subject,
        code: { coding: [{ system: 'http://snomed.info/sct', code: '254637007' }] },
      }),
    )
    let text = ''
    for (let n = 0; n < A_PATIENT - 2; n++) {
      const [code, unit, value] = measured[n % measured.length]!
      text += line({
        resourceType: 'Observation',
        id: `o${p}-${n}`,
        status: 'final',
        subject,
        code: { coding: [{ system: 'http://loinc.org', code }] },
        effectiveDateTime: `202${n % 7}-0${1 + (n % 9)}-1${n % 10}`,
        valueQuantity: { value: value + ((n * 7 + p) % 13), unit, system: 'http://unitsofmeasure.org', code: unit },
      })
    }
    fs.writeSync(observation!, text)
  }
  for (const file of [patient, condition, observation]) fs.closeSync(file!)
}

function line(resource: object): string {
  return `${JSON.stringify(resource)}\n`
}
