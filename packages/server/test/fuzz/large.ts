import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { SEEDS } from './seeds.ts'

/**
 * `node packages/server/test/fuzz/large.ts [MEGABYTES]`: a chart of 200 MB through the real command, with bounded memory.
 *
 * Years of vital signs, laboratory values and letters around one small chart; the plan must be that of the small chart.
 * Prints time and peak memory, ends with `N passed, N failed`.
 */
const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../..')
const MEGABYTES = Number(process.argv[2] ?? 200)
const MEMORY_LIMIT_MB = 12 * MEGABYTES + 400
const TIME_LIMIT_S = 180

const seed = SEEDS[0]!.bundle as { readonly entry: readonly unknown[] }
const subject = { reference: 'Patient/p' }

function noise(i: number): unknown {
  const on = `20${10 + (i % 16)}-${String(1 + (i % 12)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')}T08:${String(i % 60).padStart(2, '0')}:00Z`
  if (i % 200 === 0) {
    return {
      resourceType: 'DocumentReference',
      id: `letter-${i}`,
      status: 'current',
      type: { text: 'Letter' },
      subject,
      date: on,
      content: [
        { attachment: { contentType: 'text/plain', data: Buffer.from(`Visit ${i}. Feels well. `.repeat(200)).toString('base64') } },
      ],
    }
  }
  return {
    resourceType: 'Observation',
    id: `noise-${i}`,
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] }],
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }], text: 'Heart rate' },
    subject,
    effectiveDateTime: on,
    valueQuantity: { value: 60 + (i % 40), unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  }
}

/** Written piece by piece: the maker of the file must not need the memory that its reader is measured for. */
function writeLarge(file: string): number {
  const out = fs.openSync(file, 'w')
  let bytes = fs.writeSync(
    out,
    `{"resourceType":"Bundle","type":"collection","entry":[${seed.entry.map((e) => JSON.stringify(e)).join(',')}`,
  )
  let i = 0
  for (; bytes < MEGABYTES * 1e6; ) {
    const piece: string[] = []
    for (let n = 0; n < 2000; n++, i++) piece.push(JSON.stringify({ resource: noise(i) }))
    bytes += fs.writeSync(out, `,${piece.join(',')}`)
  }
  fs.writeSync(out, ']}')
  fs.closeSync(out)
  return i
}

interface Planned {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
  readonly peakMb: number
}

function plan(file: string): Promise<Planned> {
  return new Promise((resolve) => {
    const started = performance.now()
    const child = spawn(process.execPath, [
      path.join(PROJECT, 'packages/server/src/cli/main.ts'),
      'plan',
      file,
      '--as-of',
      '2026-11-23',
      '--format',
      'json',
    ])
    let [stdout, stderr, peakMb] = ['', '', 0]
    child.stdout.on('data', (part: Buffer) => (stdout += part.toString()))
    child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
    const timer = setInterval(() => {
      peakMb = Math.max(peakMb, peakOf(child.pid))
      if (performance.now() - started > TIME_LIMIT_S * 1000) child.kill()
    }, 100)
    child.on('close', (status) => {
      clearInterval(timer)
      resolve({ status, stdout, stderr, seconds: (performance.now() - started) / 1000, peakMb })
    })
  })
}

/** The kernel's own high-water mark of resident memory, in MB; 0 where there is no /proc. */
function peakOf(pid: number | undefined): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}

const small = path.join(PROJECT, 'build/large-seed.json')
const large = path.join(PROJECT, 'build/large.json')
fs.mkdirSync(path.dirname(large), { recursive: true })
fs.writeFileSync(small, JSON.stringify(seed))
const resources = writeLarge(large)
const [expected, got] = [await plan(small), await plan(large)]
fs.rmSync(large)
fs.rmSync(small)

const optionsOf = ({ stdout }: Planned): string => {
  try {
    return (JSON.parse(stdout) as { options: { standing: string; id: string }[] }).options.map((o) => `${o.standing} ${o.id}`).join('\n')
  } catch {
    return 'no document'
  }
}
const checks: readonly (readonly [string, boolean])[] = [
  ['ends with status 0', got.status === 0],
  ['gives the plan of the chart without the noise', optionsOf(got) === optionsOf(expected) && optionsOf(got) !== 'no document'],
  [`takes less than ${TIME_LIMIT_S} s`, got.seconds < TIME_LIMIT_S],
  [`takes less than ${MEMORY_LIMIT_MB} MB`, got.peakMb < MEMORY_LIMIT_MB],
]
console.log(`${MEGABYTES} MB, ${resources} further resources: ${got.seconds.toFixed(1)} s, peak memory ${got.peakMb} MB`)
for (const [what, holds] of checks.filter(([, ok]) => !ok))
  console.log(`FAILED ${what}: ${holds}${got.stderr ? `: ${got.stderr.slice(0, 500)}` : ''}`)
const failed = checks.filter(([, ok]) => !ok).length
console.log(`${checks.length - failed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
