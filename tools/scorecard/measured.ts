import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A result that another command left behind; undefined when it was not run here. */
export function resultOf<T>(file: string): T | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T
  } catch {
    return undefined
  }
}

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
  `${os.cpus()[0]?.model.trim() ?? 'unknown processor'}, ${os.cpus().length} cores, Node ${process.versions.node}`

/** The measured part, with the day, the machine and the command of every number. What was not run here says so. */
export function measuredText(root: string, day: string): string {
  const bench = benchPlan(root)
  return `## How fast

${
  bench
    ? `On ${day}, ${machine()}, \`npm run bench -- plan\` over ${bench.charts} example charts of ${Math.round(bench.kilobytes / bench.charts)} kB: chart text to plan ${bench.perChartMs.toFixed(2)} ms each, 99 of 100 within ${bench.p99Ms.toFixed(1)} ms; the command from its start to the plan ${bench.coldStartMs} ms.`
    : `Not measured on ${day}: \`npm run bench -- plan\` did not end well.`
}`
}
