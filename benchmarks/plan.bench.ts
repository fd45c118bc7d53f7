import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openKnowledge, parseCharts, planChart } from '../packages/server/src/compose.ts'

/**
 * Text of a chart → plan document value (parse, project, evaluate, plan; printing apart), against bare JSON.parse of the same text, in the same run.
 * Charts: the fixture patients as compact JSON.
 */
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const folder = path.join(root, 'fixtures/patients')
const AS_OF = '2026-11-23'
const charts = fs
  .readdirSync(folder)
  .filter((f) => f.endsWith('.json'))
  .sort()
  .map((f) => ({ name: f, text: JSON.stringify(JSON.parse(fs.readFileSync(path.join(folder, f), 'utf8'))) }))
const { knowledge } = openKnowledge()

function planText(text: string) {
  const parsed = parseCharts(text)
  if (!parsed.ok) throw new Error(parsed.error.map((e) => e.message).join('; '))
  return parsed.value.map((chart) => {
    const result = planChart(chart, { knowledge, asOf: AS_OF, overrides: [] })
    if (!result.ok) throw new Error(result.error.map((e) => e.message).join('; '))
    return result.value
  })
}

// the answers must stand before their speed matters: two runs agree to the byte, and every fixture gets a document
for (const { name, text } of charts) {
  const first = JSON.stringify(planText(text))
  if (first !== JSON.stringify(planText(text))) throw new Error(`${name}: two runs differ`)
}

const ROUNDS = 60
const parseMs: number[] = []
const planMs: number[] = []
const single: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  let t = performance.now()
  for (const { text } of charts) JSON.parse(text)
  parseMs.push(performance.now() - t)
  t = performance.now()
  for (const { text } of charts) {
    const s = performance.now()
    planText(text)
    // the first rounds warm the compiler
    if (round >= ROUNDS / 3) single.push(performance.now() - s)
  }
  planMs.push(performance.now() - t)
}
const median = (xs: readonly number[]): number => [...xs].sort((a, b) => a - b)[Math.floor(xs.length / 2)]!
const quantile = (xs: readonly number[], q: number): number =>
  [...xs].sort((a, b) => a - b)[Math.min(xs.length - 1, Math.floor(xs.length * q))]!
const warmParse = median(parseMs.slice(ROUNDS / 3))
const warmPlan = median(planMs.slice(ROUNDS / 3))

const cold: number[] = []
for (let i = 0; i < 5; i++) {
  const t = performance.now()
  const run = spawnSync(path.join(root, 'bin/secondwind.mjs'), ['plan', path.join(folder, charts[0]!.name), '--as-of', AS_OF], {
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(run.stderr)
  cold.push(performance.now() - t)
}

const bytes = charts.reduce((sum, c) => sum + c.text.length, 0)
const figures = {
  charts: charts.length,
  kilobytes: Math.round(bytes / 1000),
  parseMs: round(warmParse),
  planMs: round(warmPlan),
  perChartMs: round(warmPlan / charts.length),
  p99Ms: round(quantile(single, 0.99)),
  coldStartMs: Math.round(median(cold)),
}
console.log(
  `${charts.length} charts, ${figures.kilobytes} kB: JSON.parse ${figures.parseMs} ms, text → plan ${figures.planMs} ms; one plan p99 ${figures.p99Ms} ms; cold start ${figures.coldStartMs} ms`,
)
console.log(JSON.stringify({ bench: 'plan', ratios: { parseOverPlan: Number((warmParse / warmPlan).toFixed(3)) }, figures }))

function round(n: number): number {
  return Number(n.toFixed(3))
}
