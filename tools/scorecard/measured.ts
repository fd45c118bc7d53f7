import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { agreement } from './agreement.ts'
import { table } from './page.ts'

/** What `npm run bench -- plan` measures. */
interface PlanFigures {
  readonly charts: number
  readonly kilobytes: number
  readonly perChartMs: number
  readonly p99Ms: number
  readonly coldStartMs: number
}

/** Runs the benchmark of planning. Undefined when it did not end well: then the page says so. */
export function benchPlan(root: string): PlanFigures | undefined {
  const run = spawnSync(process.execPath, [path.join(root, 'benchmarks/run.ts'), 'plan'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  const last = run.stdout?.trim().split('\n').at(-1)
  if (run.status !== 0 || last === undefined) return undefined
  return (JSON.parse(last) as { readonly figures: PlanFigures }).figures
}

export const machine = (): string =>
  `${os.cpus()[0]?.model.trim() ?? 'unknown processor'}, ${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]!.toFixed(1)} when it began`

/** Longer than any machine should need: a proof without its cache takes minutes. */
const PROOF_MS = 15 * 60_000

/** How the proof ended: the last line that `npm run prove` printed, and how long it took; or why it was not run. */
function runProof(
  root: string,
  isWanted: boolean,
): { readonly isProven: boolean; readonly says: string; readonly seconds: number } | string {
  if (!isWanted) return 'it was left out of this run of the scorecard'
  const { scripts } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    readonly scripts: { readonly [name: string]: string }
  }
  if (scripts.prove === undefined) return 'this copy has no `npm run prove`'
  const started = Date.now()
  const run = spawnSync('npm', ['run', '--silent', 'prove'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26, timeout: PROOF_MS })
  if (run.signal !== null) return `\`npm run prove\` had not ended after ${PROOF_MS / 60_000} minutes`
  const says = run.stdout?.trim().split('\n').at(-1) ?? ''
  if (says === '') return `\`npm run prove\` could not run here`
  return { isProven: run.status === 0, says, seconds: Math.round((Date.now() - started) / 1000) }
}

/** The measured part, with the day, the machine and the command of every number. What was not run here says so. */
export async function measuredText(root: string, day: string, withProof = true): Promise<string> {
  const where = `On ${day}, ${machine()}`
  const agreed = await agreement()
  const proof = runProof(root, withProof)
  // last, and alone: nothing else of this command runs beside it
  const bench = benchPlan(root)
  return `## Is it proven

${
  typeof proof === 'string'
    ? `Not run: ${proof}.`
    : `${where}, \`npm run prove\` ended ${proof.isProven ? 'well' : 'with findings'} after ${proof.seconds} s and said: *${proof.says}*`
}

## Do other engines agree

${where}: the same questions to every engine that can run our criteria, and the explanation (the meaning of a criterion) beside it. *Random*: criteria and patients made at random,
unknowns and lists included. *Ours*: every criterion of the knowledge base. The laws themselves run with every \`npm test\`, and at length with \`npm run agreement\` (the printed CQL through the Java translator and Spark included).

${table(
  ['engine', 'random verdicts', 'our verdicts', 'differences'],
  agreed.map((a) =>
    a.skipped === undefined ? [a.backend, a.generated, a.real, a.differences] : [a.backend, '–', '–', `not asked: ${a.skipped}`],
  ),
)}

## How fast

${
  bench
    ? `${where}, \`npm run bench -- plan\` over ${bench.charts} example charts of ${Math.round(bench.kilobytes / bench.charts)} kB: chart text to plan ${bench.perChartMs.toFixed(2)} ms each, 99 of 100 within ${bench.p99Ms.toFixed(1)} ms; the command from its start to the plan ${bench.coldStartMs} ms.`
    : `Not measured on ${day}: \`npm run bench -- plan\` did not end well.`
}`
}
