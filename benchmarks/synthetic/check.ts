import fs from 'node:fs'
import path from 'node:path'
import { generatorModel } from '../../packages/server/src/synthetic/model.ts'
import { synthesizeNetwork } from '../../packages/server/src/synthetic/network.ts'
import { kaplanMeier, quantileOf, type SurvivalCurve, survivalAt } from '../../packages/statistics/src/index.ts'
import { ROOT } from '../../tools/steps.ts'
import { ctdx, mind, type RealPatient } from './cohorts.ts'
import { MARGINALS, type Marginal } from './marginals.ts'
import { CHECKPOINT, type Observed, observe } from './observe.ts'

/**
 * `npm run synthetic:check [-- PATIENTS]`: the synthetic network against the figures it cites, and against two real cohorts where they are at hand
 * (SECONDWIND_SHARED or ../shared; ODbL, read only here, nothing of them is kept). Ends with 1 when a cited figure is missed by more than chance and tolerance
 * allow; real cohorts are another population (one cancer centre, selected), so their differences are printed and not judged.
 */
const patients = Number(process.argv[2] ?? 6000)
const asOf = '2026-11-23'
const MONTH = 30.4375
/** A cited share is missed when the difference is above both 3 standard errors and this. */
const TOLERANCE = 0.03
const RELATIVE = 0.12
type Verdict = 'held' | 'other' | 'missed'
const GENES = ['EGFR', 'KRAS', 'TP53', 'STK11', 'KEAP1', 'RB1', 'PIK3CA'] as const

console.log(
  `${patients} charts, seed check, diagnosed over 8 years before ${asOf}; figures are counted in the charts, messiness included\n`,
)
const observed: Observed[] = []
const populations = new Map<string, (readonly [months: number, isDead: boolean])[]>()
for (const chart of synthesizeNetwork({ seed: 'check', patients, asOf, years: 8 }).charts()) {
  const one = observe(chart, asOf)
  observed.push(one)
  const { curve } = chart.life.course
  const from = one.starts[0] ?? 0
  populations.set(curve, [...(populations.get(curve) ?? []), [(one.end - from) / MONTH, one.isDead]])
}

const verdicts = MARGINALS.map((one) => ({ what: one.what, verdict: reported(one) }))
const count = (wanted: Verdict): number => verdicts.filter(({ verdict }) => verdict === wanted).length
const missed = verdicts.filter(({ verdict }) => verdict === 'missed').map(({ what }) => what)
console.log(
  `\n${MARGINALS.length} cited figures: ${count('held')} held, ${count('other')} apart for the reason named, ${missed.length} missed${missed.length === 0 ? '' : `: ${missed.join('; ')}`}`,
)

showPopulations()

const folder = path.join(process.env.SECONDWIND_SHARED ?? path.join(ROOT, '../shared'), 'data/cohorts')
if (!fs.existsSync(folder)) console.log(`\nskipped: the real cohorts are not at ${folder}`)
else compareCohorts(mind(path.join(folder, 'lung_msk_mind_2020')), ctdx(path.join(folder, 'nsclc_ctdx_msk_2022')))
process.exitCode = missed.length === 0 ? 0 : 1

function reported({ what, source, cited, of, shows, why }: Marginal): Verdict {
  const counted = observed.filter(of)
  const shown = counted.map(shows)
  const isMedian = typeof shown[0] === 'number'
  const value = isMedian ? median(shown as readonly number[]) : shown.filter((x) => x === true).length / counted.length
  const error = isMedian ? cited * 0.05 : Math.sqrt((cited * (1 - cited)) / counted.length)
  const off = Math.abs(value - cited)
  const isHeld = off <= Math.max(3 * error, isMedian ? cited * RELATIVE : TOLERANCE)
  const number = (x: number): string => (isMedian ? x.toFixed(1) : `${(x * 100).toFixed(1)}%`)
  const verdict: Verdict = isHeld ? 'held' : why === undefined ? 'missed' : 'other'
  const mark = verdict === 'missed' ? 'MISSED' : verdict.padEnd(6)
  console.log(
    `${mark} ${what.padEnd(58)} cited ${number(cited).padStart(6)}  charts ${number(value).padStart(6)}  n ${String(counted.length).padStart(5)}  ${source}${!isHeld && why !== undefined ? ` (${why})` : ''}`,
  )
  return verdict
}

/** Survival by population beside the curve it was drawn from: outside trials patients are older, frailer and iller, so they live shorter. */
function showPopulations(): void {
  const { survival } = generatorModel().model
  console.log('\nSurvival by population (from the first dose; the untreated from diagnosis) beside the cited curve of trial patients')
  for (const [curve, rows] of [...populations].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (rows.length < 20) continue
    const made = curveOf(rows)
    const points = survival.curves[curve]!.points.map(
      ([months, alive]) => `at ${months} months ${(alive * 100).toFixed(0)}% / ${(survivalAt(made, months) * 100).toFixed(0)}%`,
    )
    console.log(
      `${curve.padEnd(18)} n ${String(rows.length).padStart(5)}  median ${medianOf(made).padStart(11)}  alive, cited / charts: ${points.join(', ')}`,
    )
  }
  const onOsimertinib = observed.filter((o) => o.firstDrugs.size === 1 && o.firstDrugs.has('osimertinib'))
  const egfr = curveOf(onOsimertinib.map((o) => [(o.end - o.starts[0]!) / MONTH, o.isDead]))
  console.log(
    `First-line osimertinib alone: median ${medianOf(egfr)} months, alive at 2 and 5 years ${(survivalAt(egfr, 24) * 100).toFixed(0)} and ${(survivalAt(egfr, 60) * 100).toFixed(0)}%; cited for 1,323 US patients 28.6, 58 and 18% (us-osimertinib-2025)`,
  )
  const all = observed.filter(({ kind }) => kind !== 'small' && kind !== 'neuroendocrine').map((o) => [o.end / MONTH, o.isDead] as const)
  console.log(
    `All NSCLC from diagnosis: median ${medianOf(curveOf(all))} months; cited 11.1 for 2013 to 2017, before most immunotherapy (us-mnsclc-2019)`,
  )
}

function curveOf(rows: readonly (readonly [number, boolean])[]): SurvivalCurve {
  return kaplanMeier({ time: rows.map(([months]) => Math.max(0.03, months)), event: rows.map(([, is]) => (is ? 1 : 0)) })
}

function medianOf(curve: SurvivalCurve): string {
  return quantileOf(curve, 0.5).time?.toFixed(1) ?? 'not reached'
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** The largest difference of two curves over 36 months, and how much of that time the synthetic one lies inside the real one's 95% band. */
function compare(what: string, real: readonly (readonly [number, boolean])[], synthetic: readonly (readonly [number, boolean])[]): void {
  if (real.length < 20 || synthetic.length < 20) {
    console.log(`${what.padEnd(66)} too few: ${real.length} real, ${synthetic.length} synthetic`)
    return
  }
  const [a, b] = [curveOf(real), curveOf(synthetic)]
  let worst = 0
  let at = 0
  let inside = 0
  for (let month = 1; month <= 36; month++) {
    const [s, t] = [survivalAt(a, month), survivalAt(b, month)]
    if (Math.abs(s - t) > Math.abs(worst)) [worst, at] = [t - s, month]
    let row = -1
    while (row + 1 < a.time.length && a.time[row + 1]! <= month) row++
    if (row >= 0 && t >= a.lower[row]! && t <= a.upper[row]!) inside++
  }
  const sign = worst >= 0 ? '+' : '-'
  console.log(
    `${what.padEnd(66)} n ${String(real.length).padStart(4)} / ${String(synthetic.length).padStart(5)}  median ${medianOf(a).padStart(5)} / ${medianOf(b).padStart(5)} months  max |ΔS| ${Math.abs(worst).toFixed(3)} (${sign} at ${at})  inside the band ${inside} of 36 months`,
  )
}

function compareCohorts(real: readonly RealPatient[], drawn: readonly RealPatient[]): void {
  console.log('\nSurvival against real cohorts (real / synthetic; + means the synthetic patients live longer)')
  const isNsclc = (o: Observed): boolean => o.kind !== 'small' && o.kind !== 'neuroendocrine'
  const io = observed.filter((o) => isNsclc(o) && o.firstDrugs.size === 1 && [...o.firstDrugs].every((d) => CHECKPOINT.test(d)))
  const first = real.filter(({ ioLine }) => ioLine === 1)
  compare(
    'MIND, PD-(L)1 inhibitor alone in first line, from its start: OS',
    first.map((p) => [p.months, p.isDead]),
    io.map((o) => [(o.end - o.starts[0]!) / MONTH, o.isDead]),
  )
  compare(
    'MIND, the same: time to progression or death',
    first.map((p) => [p.pfsMonths!, p.isProgressed!]),
    io.map((o) => {
      const grown = o.progressedOn.find((on) => on > o.starts[0]!)
      return [((grown ?? o.end) - o.starts[0]!) / MONTH, grown !== undefined || o.isDead] as const
    }),
  )
  const isFit = ({ ecog }: { readonly ecog?: number | undefined }): boolean => ecog !== undefined && ecog <= 1
  compare(
    'MIND, the same, ECOG 0 or 1 on both sides: OS',
    first.filter(isFit).map((p) => [p.months, p.isDead]),
    io.filter(isFit).map((o) => [(o.end - o.starts[0]!) / MONTH, o.isDead]),
  )
  const untreated = drawn.filter(({ isUntreated }) => isUntreated)
  const tested = observed.filter((o) => isNsclc(o) && o.altered.size + o.studied.size > 0 && o.starts.length > 0)
  const os = (o: Observed): readonly [number, boolean] => [o.end / MONTH, o.isDead]
  const rs = (p: RealPatient): readonly [number, boolean] => [p.months, p.isDead]
  compare('ctDx, stage IV, untreated at the draw, from diagnosis: OS', untreated.map(rs), tested.map(os))
  const adeno = (o: Observed): boolean => o.kind === 'adenocarcinoma'
  const isEgfr = (o: Observed): boolean => o.variants.some((v) => /Leu858Arg|Glu746/.test(v))
  compare('  with EGFR exon 19 deletion or L858R', untreated.filter(({ tumour }) => tumour?.isEgfr).map(rs), tested.filter(isEgfr).map(os))
  compare(
    '  with KRAS',
    untreated.filter(({ tumour }) => tumour?.genes.has('KRAS')).map(rs),
    tested.filter((o) => o.altered.has('KRAS')).map(os),
  )
  compare(
    '  with STK11, without EGFR',
    untreated.filter(({ tumour }) => tumour?.genes.has('STK11') && !tumour.isEgfr).map(rs),
    tested.filter((o) => o.altered.has('STK11') && !isEgfr(o)).map(os),
  )
  compare(
    '  squamous',
    untreated.filter(({ histology }) => /Squamous/.test(histology)).map(rs),
    tested.filter((o) => o.kind === 'squamous').map(os),
  )
  compareGenes(
    [...real, ...drawn]
      .filter(({ histology, tumour }) => tumour !== undefined && /^Adeno/.test(histology))
      .map(({ tumour }) => tumour!.genes),
    observed.filter((o) => adeno(o) && o.studied.has('KEAP1')).map(({ altered }) => altered),
  )
}

/** Log odds ratio of two genes altered together, with half a tumour added to each cell, and its standard error. */
function together(tumours: readonly ReadonlySet<string>[], one: string, other: string): readonly [logOdds: number, error: number] {
  const cell = (a: boolean, b: boolean): number => 0.5 + tumours.filter((genes) => genes.has(one) === a && genes.has(other) === b).length
  const [yy, yn, ny, nn] = [cell(true, true), cell(true, false), cell(false, true), cell(false, false)]
  return [Math.log((yy * nn) / (yn * ny)), Math.sqrt(1 / yy + 1 / yn + 1 / ny + 1 / nn)]
}

function compareGenes(real: readonly ReadonlySet<string>[], synthetic: readonly ReadonlySet<string>[]): void {
  console.log(
    `\nGenes altered in adenocarcinoma (tissue panels; ${real.length} real tumours with passengers among them, ${synthetic.length} synthetic)`,
  )
  const share = (tumours: readonly ReadonlySet<string>[], gene: string): string =>
    `${((tumours.filter((genes) => genes.has(gene)).length / tumours.length) * 100).toFixed(1)}%`
  for (const gene of GENES)
    console.log(`${gene.padEnd(8)} real ${share(real, gene).padStart(6)}  synthetic ${share(synthetic, gene).padStart(6)}`)
  console.log('\nPairs: log odds ratio of being altered together (difference in standard errors of both)')
  let within = 0
  let pairs = 0
  for (const [i, one] of GENES.entries())
    for (const other of GENES.slice(i + 1)) {
      const [a, ea] = together(real, one, other)
      const [b, eb] = together(synthetic, one, other)
      const z = (b - a) / Math.hypot(ea, eb)
      pairs++
      if (Math.abs(z) <= 2) within++
      console.log(
        `${`${one}-${other}`.padEnd(14)} real ${a.toFixed(2).padStart(6)}  synthetic ${b.toFixed(2).padStart(6)}  difference ${(b - a).toFixed(2).padStart(6)} (${z.toFixed(1)})${Math.sign(a) !== Math.sign(b) && Math.abs(z) > 2 ? '  other direction' : ''}`,
      )
    }
  console.log(`${within} of ${pairs} pairs within two standard errors`)
}
