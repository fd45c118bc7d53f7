import type { Draw, Shares } from '../draw.ts'
import type { Model, ToxicityModel } from '../model-types.ts'
import { DAYS_A_MONTH, hazardOfScore, monthsAtHazard, weibullMonths } from './curve.ts'
import { curveOf, hasOwnLines, hazardRatio, linesOf } from './outlook.ts'
import type { Person } from './person.ts'
import { driverKnownOn, firstTests, type Test, testAtProgression } from './testing.ts'
import type { Tumour } from './tumour.ts'

/** Harm by a treatment. Days count from the diagnosis. */
export interface Harm {
  readonly of: ToxicityModel
  readonly on: number
  readonly grade: number
  readonly resolvedOn?: number
  readonly endsTreatment: boolean
}

export interface Line {
  readonly regimen: string
  readonly from: number
  /** Last day on which something may be given. */
  readonly until: number
  readonly ended: 'progression' | 'toxicity' | 'completed' | 'death' | 'switch'
  readonly progressedOn?: number
  readonly response: 'improved' | 'stable' | 'worsened'
  readonly harms: readonly Harm[]
}

export interface Course {
  /** Which survival curve the patient follows. */
  readonly curve: string
  readonly tests: readonly Test[]
  readonly lines: readonly Line[]
  readonly diedOn: number
  /** Day of enrolment in hospice; after the last treatment. */
  readonly hospiceOn?: number
}

/** What a regimen is, as far as a life needs it. */
export interface Regimens {
  /** Classes of its drugs, as the knowledge base names them. */
  readonly classes: (regimen: string) => ReadonlySet<string>
  readonly drugs: (regimen: string) => readonly string[]
  /** Days of treatment when it is given as planned; absent: until progression. */
  readonly plannedDays: (regimen: string) => number | undefined
}

/** From the first tests to death. `isoDay` turns a day of this life into a date: drugs are not given before they were approved. */
export function drawCourse(
  model: Model,
  person: Person,
  tumour: Tumour,
  regimens: Regimens,
  dateOf: (day: number) => string,
  draw: Draw,
): Course {
  const { treatment, survival } = model
  const tests = [...firstTests(model, person, tumour, draw)]
  const knownOn = driverKnownOn(tests, tumour)
  const driver = knownOn === undefined ? 'none' : tumour.driver
  const hasTablet = hasOwnLines(treatment, driver)
  const untreated = hasTablet
    ? treatment.untreated.driver
    : person.kind === 'smallCell'
      ? treatment.untreated.smallCell
      : treatment.untreated.nsclc
  const isTreated = !draw.chance(untreated[person.ecog]!)
  const score = draw.score()
  const startsOn = draw.days(person.kind === 'smallCell' ? treatment.startDaysSmallCell : treatment.startDays)
  const isBridged = hasTablet && draw.chance(treatment.beforeResults)
  const waited = knownOn === undefined || isBridged ? startsOn : Math.max(startsOn, knownOn + 3)
  const knownTps = tests.some(({ kind, outcome, reportedOn }) => kind === 'pdl1' && outcome === 'done' && reportedOn <= waited)
    ? tumour.tps
    : undefined
  const situation = { driver, kind: person.kind, ecog: person.ecog, tps: knownTps }
  const curve = isTreated ? curveOf(model, situation) : 'untreated'
  const hazard = hazardOfScore(score) / hazardRatio(model, curve, person, tumour)
  const months = Math.min(180, monthsAtHazard(survival.curves[curve]!, survival.after, hazard))
  const diedOn = Math.max(8, Math.round((isTreated ? waited : 0) + months * DAYS_A_MONTH))
  const { hospice, lastDose } = model.care
  // nobody enrols before the diagnosis has been worked up
  const stay = draw.chance(hospice.share) ? Math.min(Math.max(0, diedOn - WORKED_UP), hospiceDays(hospice.stay, draw)) : undefined
  const ending = stay === undefined ? {} : { hospiceOn: diedOn - stay }
  if (!isTreated || waited >= diedOn - 10) return { curve, tests, lines: [], diedOn, ...ending }

  const gap = draw.chance(lastDose.within14) ? draw.whole(1, 14) : 14 + draw.days(lastDose.otherwise)
  const lastDoseOn = Math.max(waited, diedOn - Math.max(gap, (stay ?? 0) + 1))
  const nextLine = person.kind === 'smallCell' ? treatment.nextLineSmallCell : treatment.nextLine
  const lines: Line[] = []
  let from = waited
  if (isBridged && knownOn !== undefined && knownOn > waited) {
    const until = Math.min(lastDoseOn, knownOn + 6)
    lines.push({ regimen: treatment.bridge, from, until, ended: 'switch', response: 'stable', harms: [] })
    from = until + 7
  }
  for (let number = 0; number < 4 && from <= lastDoseOn; number++) {
    // nothing on which the disease has grown is given again
    const weights = unused(linesOf(treatment, situation, number), lines, regimens)
    if (Object.keys(weights).length === 0) break
    const line = drawLine({
      model,
      regimens,
      number,
      from,
      lastDoseOn,
      diedOn,
      score,
      draw,
      weights,
      dateOf,
    })
    if (line.regimen === lines[0]?.regimen && lines[0].ended === 'switch') lines.shift()
    lines.push(line)
    if (line.progressedOn === undefined || !draw.chance(nextLine[number] ?? 0)) break
    const again = hasTablet && number === 0 ? testAtProgression(model, tumour, line.progressedOn, draw) : undefined
    if (again !== undefined && again.reportedOn < diedOn) tests.push(again)
    from = line.progressedOn + draw.days(treatment.pauseDays)
  }
  // whoever died before hospice could begin without treatment enrolled right after the last dose
  const lastTreated = lines.reduce((last, { until }) => Math.max(last, until), 0)
  return {
    curve,
    tests,
    lines,
    diedOn,
    ...(stay === undefined ? {} : { hospiceOn: Math.min(diedOn, Math.max(lastTreated + 1, diedOn - stay)) }),
  }
}

/** Day by which stage and first visit are done. */
const WORKED_UP = 10

const STAY_BANDS = [
  [0, 3],
  [4, 30],
  [31, 180],
] as const

function hospiceDays(parts: readonly number[], draw: Draw): number {
  const [from, to] = STAY_BANDS[draw.place(parts)]!
  return draw.whole(from, to)
}

/** Regimens that bring a drug which no line before had; what was stopped for the molecular report may come again. */
function unused(weights: Shares, lines: readonly Line[], { drugs }: Regimens): Shares {
  const had = new Set(lines.filter(({ ended }) => ended !== 'switch').flatMap(({ regimen }) => drugs(regimen)))
  return Object.fromEntries(Object.entries(weights).filter(([id]) => drugs(id).some((drug) => !had.has(drug))))
}

interface LineInput {
  readonly model: Model
  readonly regimens: Regimens
  readonly number: number
  readonly from: number
  readonly lastDoseOn: number
  readonly diedOn: number
  readonly score: number
  readonly weights: Shares
  readonly dateOf: (day: number) => string
  readonly draw: Draw
}

function drawLine({ model, regimens, from, lastDoseOn, diedOn, score, weights, dateOf, draw }: LineInput): Line {
  const { treatment, survival } = model
  const open = Object.fromEntries(Object.entries(weights).filter(([id]) => (treatment.since[id] ?? '') <= dateOf(from)))
  const regimen = draw.pick(Object.keys(open).length > 0 ? open : { [treatment.bridge]: 1 })
  const { pfs, response } = treatment.regimens[regimen]!
  const together = survival.pfsWithSurvival
  const mixed = together * score + Math.sqrt(1 - together * together) * draw.score()
  const lasting = Math.max(18, Math.round(weibullMonths(pfs, treatment.pfsShape, hazardOfScore(mixed)) * DAYS_A_MONTH))
  const progression = from + lasting
  const isSeen = progression < diedOn - 14
  const classes = regimens.classes(regimen)
  const planned = regimens.plannedDays(regimen)
  const limit =
    from +
    (classes.has('immune-checkpoint-inhibitor') ? treatment.immunotherapyMonths * DAYS_A_MONTH : (planned ?? Number.POSITIVE_INFINITY))
  const natural = Math.round(Math.min(isSeen ? progression : Number.POSITIVE_INFINITY, lastDoseOn, limit))
  const harms = drawHarms(treatment.toxicities, classes, from, natural, diedOn, draw)
  const stopped = harms.find(({ endsTreatment }) => endsTreatment)
  const until = Math.max(from, stopped === undefined ? natural : Math.min(natural, stopped.on))
  const isResponse = draw.chance(response)
  return {
    regimen,
    from,
    until,
    ended:
      stopped !== undefined && stopped.on <= natural
        ? 'toxicity'
        : natural === Math.round(limit)
          ? 'completed'
          : isSeen && natural >= progression
            ? 'progression'
            : 'death',
    ...(isSeen ? { progressedOn: progression } : {}),
    // whoever grows within ten weeks did not respond
    response: lasting < 70 ? 'worsened' : isResponse ? 'improved' : draw.chance(treatment.stable) || lasting > 130 ? 'stable' : 'worsened',
    harms,
  }
}

function drawHarms(
  known: readonly ToxicityModel[],
  classes: ReadonlySet<string>,
  from: number,
  until: number,
  diedOn: number,
  draw: Draw,
): readonly Harm[] {
  const harms: Harm[] = []
  for (const of of known) {
    if (!classes.has(of.class) || !draw.chance(of.share)) continue
    const on = from + draw.days({ median: of.onset, sigma: 0.5 })
    const grade = draw.place(of.grades) + 1
    const lasts = draw.days({ median: 35, sigma: 0.5 })
    const isEnd = grade >= 2 && draw.chance(of.ends)
    if (on >= until || on >= diedOn - 5) continue
    harms.push({ of, on, grade, endsTreatment: isEnd, ...(of.lasts === true || on + lasts >= diedOn ? {} : { resolvedOn: on + lasts }) })
  }
  return harms.sort((a, b) => a.on - b.on)
}
