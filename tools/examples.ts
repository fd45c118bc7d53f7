import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { openKnowledge, parseCharts, planChart } from '../packages/server/src/compose.ts'
import { ROOT } from './steps.ts'

/**
 * `npm run examples`: plans the example patients in the terminal, a few lines each, and one of them in full.
 * `npm run examples -- NAME` shows in full those whose name holds NAME.
 */
const AS_OF = '2026-11-23'
const folder = path.join(ROOT, 'fixtures/patients')
const names = fs.readdirSync(folder).sort()
const wanted = process.argv[2]
const chosen = wanted === undefined ? names : names.filter((n) => n.includes(wanted))

if (chosen.length === 0) {
  console.error(`no example patient is called ${wanted}; there are ${names.join(', ')}`)
  process.exitCode = 1
} else if (wanted !== undefined) {
  for (const name of chosen) full(name)
} else {
  const { knowledge } = openKnowledge()
  for (const name of names) {
    const charts = parseCharts(fs.readFileSync(path.join(folder, name)))
    const result = charts.ok ? planChart(charts.value[0]!, { knowledge, asOf: AS_OF, overrides: [] }) : charts
    if (!result.ok) {
      console.log(`${name}: ${result.error.map((e) => e.message).join('; ')}\n`)
      process.exitCode = 1
      continue
    }
    const doc = result.value
    console.log(`${name.replace(/\.(nd)?json$/, '')}\n  ${doc.case.story}`)
    for (const alert of doc.alerts) console.log(`  ${alert.urgency.toUpperCase()}: ${alert.title}`)
    if (doc.status === 'refused') console.log(`  REFUSED: ${doc.problems[0]?.message}`)
    for (const option of doc.options.slice(0, 2)) console.log(`  ${option.rank}. ${option.standing}: ${option.title}`)
    if (doc.notAdvised.length > 0)
      console.log(
        `  not to be given: ${doc.notAdvised
          .map((n) => n.treatment)
          .slice(0, 3)
          .join('; ')}${doc.notAdvised.length > 3 ? ' …' : ''}`,
      )
    if (doc.tests.length > 0)
      console.log(
        `  find out: ${doc.tests
          .slice(0, 3)
          .map((t) => t.title)
          .join('; ')}`,
      )
    console.log()
  }
  full('egfr-exon19-brain-mets-fit.json')
  console.log(
    `\n${names.length} example patients planned; the last in full. Another in full: npm run examples -- ros1. Your own chart: npx secondwind plan chart.json`,
  )
}

function full(name: string): void {
  console.log(`${'═'.repeat(100)}\nsecondwind plan fixtures/patients/${name} --as-of ${AS_OF}\n`)
  const main = path.join(ROOT, 'packages/server/src/cli/main.ts')
  const run = spawnSync(process.execPath, [main, 'plan', path.join(folder, name), '--as-of', AS_OF], { stdio: 'inherit' })
  if (run.status !== 0) process.exitCode = run.status ?? 1
}
