import fs from 'node:fs'
import path from 'node:path'
import { ROOT } from './steps.ts'
import { chartsToCheck, planted } from './validator/charts.ts'
import { prepare } from './validator/prepare.ts'
import { type Finding, type Verdict, validate } from './validator/validate.ts'

/**
 * `npm run conformance`: HL7's validator over every plan we write as FHIR and every fixture we read.
 *
 * Offline: the jars come once from Maven into build/validator, the packages from the shared material (SECONDWIND_SHARED or ../shared).
 * Errors that no terminology server can settle here are listed in validator/known-gaps.json, each with its reason, and counted.
 */
interface Gap {
  readonly path?: string
  readonly message: string
  readonly reason: string
}

const started = Date.now()
const ready = prepare()
if (!ready.ok) {
  console.log(`skipped: ${ready.error}`)
  process.exitCode = 0
} else {
  const work = path.join(ROOT, 'build/conformance')
  fs.rmSync(work, { recursive: true, force: true })
  fs.mkdirSync(work, { recursive: true })
  const rejected = planted(work)
  const charts = chartsToCheck(work, ready.value.shared)
  for (const line of charts.notes) console.log(line)
  process.exitCode = report(validate(ready.value, [...rejected, ...charts.files]), new Set(rejected), charts.failures)
}

function report(verdicts: readonly Verdict[], rejected: ReadonlySet<string>, failures: readonly string[]): number {
  const gaps = JSON.parse(fs.readFileSync(path.join(ROOT, 'tools/validator/known-gaps.json'), 'utf8')) as readonly Gap[]
  const used = new Map<Gap, number>()
  const isKnown = (finding: Finding): boolean => {
    const gap = gaps.find(
      (g) => new RegExp(g.message).test(finding.message) && (g.path === undefined || new RegExp(g.path).test(finding.path)),
    )
    if (gap) used.set(gap, (used.get(gap) ?? 0) + 1)
    return gap !== undefined
  }
  let passed = 0
  let failed = failures.length
  for (const failure of failures) console.log(`FAILED ${failure}`)
  const warnings = new Map<string, number>()
  for (const { file, errors, warnings: warned } of verdicts) {
    const name = path.relative(ROOT, file)
    if (rejected.has(file)) {
      if (errors.length > 0) passed += 1
      else {
        failed += 1
        console.log(`FAILED ${name}: a planted error was not found, so the validator is not checking what it should`)
      }
      continue
    }
    const open = errors.filter((e) => !isKnown(e))
    for (const w of warned) warnings.set(kind(w), (warnings.get(kind(w)) ?? 0) + 1)
    if (open.length === 0) {
      passed += 1
      continue
    }
    failed += 1
    console.log(`FAILED ${name}: ${open.length} errors`)
    // one line a kind: the same mistake in forty resources is one mistake
    const kinds = new Map(open.map((e) => [`${e.path.replace(/\d+/g, 'N')} ${kind(e)}`, e]))
    for (const { path: at, message } of [...kinds.values()].slice(0, 8)) console.log(`       ${at}: ${message.slice(0, 400)}`)
  }
  for (const [gap, times] of used) console.log(`known gap, ${times} times: ${gap.message} (${gap.reason})`)
  for (const gap of gaps.filter((g) => !used.has(g))) console.log(`known gap that no longer occurs, remove it: ${gap.message}`)
  for (const [what, times] of [...warnings].sort((a, b) => b[1] - a[1]).slice(0, 12)) console.log(`warning, ${times} times: ${what}`)
  console.log(`${((Date.now() - started) / 1000).toFixed(0)} s`)
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

/** A warning without what differs from one place to the next. */
function kind({ message }: Finding): string {
  return message.replace(/'[^']*'/g, '…').slice(0, 140)
}
