import type { Regimen, RegimenComponent } from '@secondwind/core'
import { diseaseStatus, metastasis, problem } from '../builders/cancer.ts'
import type { Reference } from '../builders/chart.ts'
import type { MetastasisSite } from '../builders/codes.ts'
import { imagingReport } from '../builders/reports.ts'
import { adverseEvent, given, homeMedicine, order, radiotherapyCourse } from '../builders/treatment.ts'
import type { Harm, Line } from '../life/course.ts'
import { type Body, dosageText, dosesOf, isGivenOnDays } from '../regimen-doses.ts'
import { metastasisWords } from './diagnosis.ts'
import type { Writing } from './writing.ts'

/** Every line of treatment with its orders, doses, scans, progression and harm, as far as the day of the chart has come. */
export function writeTreatment(writing: Writing): void {
  const { life, lastDay, model, chart, date } = writing
  for (const [number, line] of life.course.lines.entries()) if (line.from <= lastDay) writeLine(writing, line, number)
  for (const { of, on } of life.care.radiation) {
    if (on > lastDay) continue
    const { site, siteCode, doseGy, fractions, stereotactic } = model.treatment.radiotherapy[of]
    radiotherapyCourse(chart, { from: date(on), to: date(on), site, siteCode, doseGy, fractions, stereotactic })
  }
}

function bodyOf({ life }: Writing): Body {
  const { person } = life
  const creatinine = person.illnesses.map(({ creatinine: level }) => level).find((level) => level !== undefined)
  return {
    weightKg: person.weightKg,
    heightCm: person.heightCm,
    age: person.age,
    isFemale: person.sex === 'female',
    creatinineMgDl: creatinine ?? 0.85,
  }
}

function writeLine(writing: Writing, line: Line, number: number): void {
  const { chart, regimens, date, lastDay, life } = writing
  const regimen = regimens.get(line.regimen)
  const body = bodyOf(writing)
  const until = Math.min(line.until, lastDay)
  const doses = dosesOf(regimen, body, until - line.from)
  for (const component of regimen.components) {
    const own = doses.filter(({ drug }) => drug === component.drug)
    if (isGivenOnDays(component) && own.length === 0) continue
    const last = isGivenOnDays(component) ? line.from + own[own.length - 1]!.day : until
    writeOrder(writing, line, number, regimen, component, body, last)
  }
  let lastDose: Reference | undefined
  for (const { day, drug, doseMg } of doses)
    lastDose = given(chart, drug, date(line.from + day), doseMg, 'palliative', routeOf(regimen, drug))
  for (const harm of line.harms) if (harm.on <= lastDay) writeHarm(writing, harm, lastDose)
  for (const { on, finds, line: of } of life.care.scans) {
    if (of !== number || on > lastDay) continue
    if (finds === 'worsened') writeProgression(writing, line, number, on)
    else {
      diseaseStatus(chart, date(on), finds, finds === 'improved' ? 'Partial response' : 'Stable disease')
      imagingReport(chart, date(on), 'chestCt', finds === 'improved' ? 'Clear response in all sites.' : 'Unchanged.')
    }
  }
}

const RENEWED_AFTER = 330

const routeOf = (regimen: Regimen, drug: string): string =>
  regimen.components.find((component) => component.drug === drug)?.route === 'oral' ? 'oral' : 'intravenous'

function writeOrder(
  writing: Writing,
  line: Line,
  number: number,
  regimen: Regimen,
  component: RegimenComponent,
  body: Body,
  last: number,
): void {
  const { chart, date, lastDay, life } = writing
  const isOver = line.until <= lastDay && !(line.ended === 'death' && line.until >= lastDay)
  const induction = regimen.cycles !== undefined && !regimen.maintenance?.components.some(({ drug }) => drug === component.drug)
  const length = regimen.cycleDays ?? 21
  const isInductionDone =
    isGivenOnDays(component) && induction && last - line.from >= ((regimen.cycles ?? 1) - 1) * length && last + length <= lastDay
  const ended = line.ended === 'progression' ? 'progression' : line.ended === 'toxicity' ? 'toxicity' : undefined
  const isStopped = isOver && !isInductionDone
  const place = number + (life.course.lines[0]?.ended === 'switch' ? 0 : 1)
  const isSwitched = line.ended === 'switch'
  const first = isSwitched
    ? 'Started before the molecular report; stopped when the driver was reported'
    : `Line ${place} for stage IV: ${regimen.title}`
  const noteOf = (on: number): string => (on === line.from ? first : `Prescription renewed: ${first}`)
  // tablets are prescribed anew before a prescription is a year old
  let from = line.from
  if (!isGivenOnDays(component))
    for (; last - from > RENEWED_AFTER; from += RENEWED_AFTER) {
      const until = date(from + RENEWED_AFTER - 1)
      order(chart, {
        drug: component.drug,
        on: date(from),
        status: 'completed',
        until,
        dosage: dosageText(component, regimen.cycleDays, body),
        note: noteOf(from),
      })
    }
  order(chart, {
    drug: component.drug,
    on: date(from),
    status: isInductionDone || (isStopped && line.ended === 'completed') ? 'completed' : isStopped ? 'stopped' : 'active',
    ...(isStopped && ended !== undefined ? { stopped: ended } : {}),
    ...(isStopped || isInductionDone ? { until: date(last) } : {}),
    dosage: dosageText(component, regimen.cycleDays, body),
    note: noteOf(from),
  })
}

function writeHarm({ chart, date, lastDay, model }: Writing, harm: Harm, suspect: Reference | undefined): void {
  const { of, on, grade, resolvedOn } = harm
  const isResolved = resolvedOn !== undefined && resolvedOn <= lastDay
  const severity = grade === 1 ? 'mild' : grade === 2 ? 'moderate' : 'severe'
  adverseEvent(chart, date(on), `${of.words}, grade ${grade}`, severity, suspect, isResolved ? 'resolved' : 'ongoing')
  if (of.steroid && grade >= 2) {
    const { drug, moderateMg, severeMg } = model.treatment.steroid
    problem(chart, `${of.words}, grade ${grade}`, date(on), { resolved: isResolved })
    homeMedicine(
      chart,
      drug,
      `${grade >= 3 ? severeMg : moderateMg} mg once daily, tapered`,
      date(on),
      isResolved ? { until: date(resolvedOn) } : {},
    )
  }
  if (of.medicine !== undefined && grade >= 2) homeMedicine(chart, of.medicine.drug, of.medicine.dosage, date(on))
}

function writeProgression({ chart, life, regimens, date }: Writing, line: Line, number: number, on: number): void {
  const site = life.care.newSites[number] as Exclude<MetastasisSite, 'node' | 'brain'>
  const isNew = !life.tumour.metastases.some((known) => known.site === site)
  const title = regimens.get(line.regimen).title
  const words = isNew ? `new ${site} metastases` : `growth of the ${site} metastases`
  diseaseStatus(chart, date(on), 'worsened', `Progression on ${title}: ${words}`)
  const found = { site, lesions: 2 + (number % 3), largestMm: 14 + ((life.index * 7) % 30) } as const
  imagingReport(
    chart,
    date(on),
    'chestCt',
    isNew ? `New metastases. ${metastasisWords(found)}` : `Growth of the ${site} metastases, the largest ${found.largestMm} mm.`,
  )
  if (isNew && life.care.newSites.indexOf(site) === number)
    metastasis(chart, site, date(on), `${found.lesions} new lesions; largest ${found.largestMm} mm`)
}
