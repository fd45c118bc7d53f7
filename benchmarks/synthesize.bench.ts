import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openKnowledge } from '../packages/server/src/compose.ts'
import { writeNetwork } from '../packages/server/src/synthetic/write-network.ts'

/**
 * Ten thousand synthetic charts onto a disk (PATIENTS, LAYOUT), with all cores. The goal is a minute on two cores.
 * Seconds by the clock hang on what else the machine does: the processor time of all threads stands beside them, and is what two free cores would share.
 * First the answer is checked: the bytes of a small network are the same with one thread and with all.
 */
const patients = Number(process.env.PATIENTS ?? 10_000)
const layout = process.env.LAYOUT === 'bulk' ? 'bulk' : 'bundles'
const { knowledge } = openKnowledge()
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-synthesize-'))
const request = { seed: 'bench', patients, asOf: '2026-11-23' }
try {
  const small = { ...request, patients: 100 }
  const digests = async (threads: number): Promise<string> =>
    JSON.stringify((await writeNetwork(small, layout, folder, knowledge, threads)).files.map(({ sha256 }) => sha256))
  if ((await digests(1)) !== (await digests(os.availableParallelism() + 1))) throw new Error('the bytes depend on the number of threads')
  const cpu = process.cpuUsage()
  const started = performance.now()
  const { files, lines } = await writeNetwork(request, layout, folder, knowledge)
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6
  const load = os.loadavg()[0]!
  const cpuSeconds = (user + system) / 1e6
  const goal = (60 * patients) / 10_000
  console.log(
    `${patients} charts, ${lines} lines, ${megabytes.toFixed(0)} MB in ${seconds.toFixed(1)} s; ${cpuSeconds.toFixed(1)} s of processor time, ${(cpuSeconds / 2).toFixed(1)} s on two free cores; load ${load.toFixed(1)} (goal ${goal} s on two cores: ${cpuSeconds / 2 < goal ? 'met' : 'MISSED'})`,
  )
  console.log(
    JSON.stringify({
      bench: 'synthesize',
      patients,
      layout,
      seconds: Number(seconds.toFixed(1)),
      cpuSeconds: Number(cpuSeconds.toFixed(1)),
      goalSeconds: goal,
      megabytes: Math.round(megabytes),
      load: Number(load.toFixed(1)),
    }),
  )
} finally {
  fs.rmSync(folder, { recursive: true, force: true })
}
