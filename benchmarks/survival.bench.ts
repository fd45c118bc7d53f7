import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { cox, kaplanMeier, logRank } from '../packages/statistics/src/index.ts'
import { randomFrom } from './world-cases.ts'

/**
 * A million subjects, two arms, five covariates, times in whole days: Kaplan-Meier, log-rank and Cox (Efron) against R's survival package
 * (Debian: r-base-core r-cran-survival) on the same data in the same run.
 */
const SUBJECTS = Number(process.env.SUBJECTS ?? 1_000_000)
const random = randomFrom(20261123)
const time = new Float64Array(SUBJECTS)
const event = new Uint8Array(SUBJECTS)
const arm = new Uint8Array(SUBJECTS)
const x = Array.from({ length: 5 }, () => new Float64Array(SUBJECTS))
for (let i = 0; i < SUBJECTS; i++) {
  arm[i] = random() < 0.5 ? 1 : 0
  for (const column of x) column[i] = random() * 2 - 1
  const hazard = Math.exp(0.3 * x[0]![i]! - 0.2 * x[1]![i]! + 0.4 * arm[i]!) / 500
  const death = -Math.log(1 - random()) / hazard
  const cut = random() * 1500
  time[i] = Math.max(1, Math.ceil(Math.min(death, cut)))
  event[i] = death <= cut ? 1 : 0
}
const arms = [0, 1].map((one) => {
  const rows = Uint32Array.from({ length: SUBJECTS }, (_, i) => i).filter((i) => arm[i] === one)
  return { time: Float64Array.from(rows, (i) => time[i]!), event: Uint8Array.from(rows, (i) => event[i]!) }
})
const covariates = { x1: x[0]!, x2: x[1]!, x3: x[2]!, x4: x[3]!, x5: x[4]! }
const data = { time, event }

const curves = best(3, () => arms.map((one) => kaplanMeier(one)))
const test = best(3, () => logRank(data, arm))
const model = best(3, () => cox(data, covariates))

const r = fromR()
if (r) {
  const near = (name: string, seen: number, wanted: number): void => {
    if (Math.abs(seen - wanted) > 1e-6 * Math.max(1, Math.abs(wanted))) throw new Error(`${name}: ${seen} here, ${wanted} in R`)
  }
  model.value.terms.forEach((term, i) => {
    near(term.name, term.coefficient, r.coefficients[i]!)
    near(`error of ${term.name}`, term.standardError, r.errors[i]!)
  })
  near('log-rank', test.value.chiSquared, r.chiSquared)
  curves.value.forEach((curve, i) => {
    near(`survival of arm ${i}`, curve.survival.at(-1)!, r.survival[i]!)
  })
} else console.log('Rscript with survival is not installed: no ratios')
const figures = {
  subjects: SUBJECTS,
  kaplanMeierMs: curves.ms,
  logRankMs: test.ms,
  coxMs: model.ms,
  ...(r ? { rKaplanMeierMs: r.ms[0]!, rLogRankMs: r.ms[1]!, rCoxMs: r.ms[2]! } : {}),
}
const ratios = r ? { kaplanMeier: ratio(r.ms[0]!, curves.ms), logRank: ratio(r.ms[1]!, test.ms), cox: ratio(r.ms[2]!, model.ms) } : {}
console.log(
  `${SUBJECTS} subjects: Kaplan-Meier ${curves.ms} ms, log-rank ${test.ms} ms, Cox ${model.ms} ms${r ? `; R ${r.ms.join(', ')} ms` : ''}`,
)
console.log(JSON.stringify({ bench: 'survival', ratios, figures }))

function best<T>(times: number, run: () => T): { readonly value: T; readonly ms: number } {
  let value!: T
  let ms = Number.POSITIVE_INFINITY
  for (let i = 0; i < times; i++) {
    const started = performance.now()
    value = run()
    ms = Math.min(ms, performance.now() - started)
  }
  return { value, ms: Math.round(ms) }
}

function ratio(theirs: number, ours: number): number {
  return Number((theirs / ours).toFixed(2))
}

interface FromR {
  readonly coefficients: readonly number[]
  readonly errors: readonly number[]
  readonly chiSquared: number
  readonly survival: readonly number[]
  readonly ms: readonly number[]
}

/** Hands the data over as little-endian doubles; R times its own calls, the best of three. */
function fromR(): FromR | undefined {
  if (spawnSync('Rscript', ['-e', 'library(survival)']).status !== 0) return undefined
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-survival-'))
  try {
    const file = path.join(folder, 'data.bin')
    const all = new Float64Array(SUBJECTS * 8)
    ;[time, event, arm, ...x].forEach((column, k) => {
      all.set(column, k * SUBJECTS)
    })
    fs.writeFileSync(file, new Uint8Array(all.buffer))
    const script = `
      suppressMessages(library(survival)); n <- ${SUBJECTS}
      m <- matrix(readBin("${file}", "double", n * 8, endian = "little"), ncol = 8)
      d <- data.frame(time = m[,1], status = m[,2], arm = m[,3], x1 = m[,4], x2 = m[,5], x3 = m[,6], x4 = m[,7], x5 = m[,8])
      ms <- function(f) min(sapply(1:3, function(i) system.time(v <<- f())[["elapsed"]])) * 1000
      a <- ms(function() survfit(Surv(time, status) ~ arm, d)); last <- cumsum(v$strata); s <- v$surv[last]
      b <- ms(function() survdiff(Surv(time, status) ~ arm, d)); chi <- v$chisq
      c <- ms(function() coxph(Surv(time, status) ~ x1 + x2 + x3 + x4 + x5, d))
      cat(sprintf("%.15g", c(coef(v), sqrt(diag(vcov(v))), chi, s, a, b, c)))`
    const run = spawnSync('Rscript', ['-e', script], { encoding: 'utf8', maxBuffer: 1e8 })
    if (run.status !== 0) throw new Error(`R failed: ${run.stderr}`)
    const out = run.stdout.trim().split(/\s+/).map(Number)
    return {
      coefficients: out.slice(0, 5),
      errors: out.slice(5, 10),
      chiSquared: out[10]!,
      survival: out.slice(11, 13),
      ms: out.slice(13, 16),
    }
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
}
