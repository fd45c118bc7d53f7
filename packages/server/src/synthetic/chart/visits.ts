import { ecog } from '../builders/cancer.ts'
import { add, type Body, by, category, concept, patientOf, quantity } from '../builders/chart.ts'
import { loinc } from '../builders/codes.ts'
import { finding, note } from '../builders/reports.ts'
import { courseOfCare } from '../builders/serial.ts'
import { serviceRequest } from '../builders/treatment.ts'
import { Draw } from '../draw.ts'
import { placeRef, type Writing } from './writing.ts'

const ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
const CLASSES = { AMB: 'ambulatory', IMP: 'inpatient encounter', EMER: 'emergency', HH: 'home health' } as const

interface EncounterSpec {
  readonly kind: keyof typeof CLASSES
  readonly words: string
  readonly from: number
  readonly to?: number
  readonly reason?: string
  readonly isIntensive?: boolean
}

/** An encounter at the patient's hospital. An open one (no end yet) is in progress. */
function encounter({ chart, life, hospital, date, lastDay }: Writing, spec: EncounterSpec): void {
  const end = spec.to ?? spec.from
  const isOver = end <= lastDay
  add(
    chart,
    'Encounter',
    'us-core:encounter',
    {
      status: isOver ? 'finished' : 'in-progress',
      class: { system: ACT, code: spec.kind, display: CLASSES[spec.kind] },
      type: [{ text: spec.words }],
      subject: patientOf(chart),
      participant: [{ individual: by(chart) }],
      period: { start: date(spec.from), ...(isOver ? { end: date(end) } : {}) },
      ...(spec.reason === undefined ? {} : { reasonCode: [{ text: spec.reason }] }),
      location: [
        {
          location: placeRef(
            life.person.hospital,
            spec.isIntensive === true && life.person.hospital.can.includes('intensive-care') ? 'icu' : 'main',
          ),
        },
      ],
      serviceProvider: hospital,
    },
    spec.words,
  )
}

/** Visits with performance, blood and vital signs; a last visit shortly before the day of the chart for whoever is alive and in care. */
export function writeVisits(writing: Writing): void {
  const { chart, life, model, date, lastDay } = writing
  const { person, care, course, messes } = life
  const seen = care.visits.filter(({ on }) => on <= lastDay)
  const isInCare = course.diedOn > lastDay && (course.hospiceOn === undefined || course.hospiceOn > lastDay)
  const latest = seen[seen.length - 1]
  if (isInCare && latest !== undefined && lastDay - latest.on > 21) seen.push({ ...latest, on: lastDay - (life.index % 14) - 1 })
  if (seen.length === 0) return
  for (const [i, { on, ecog: grade, pain }] of seen.entries()) {
    encounter(writing, { kind: 'AMB', words: 'Office visit, medical oncology', from: on })
    if (i > 0 && !(messes.has('missing-ecog') && i % 2 === 1)) ecog(chart, date(on), grade)
    if (pain !== undefined) painScore(writing, on, pain)
  }
  const last = seen[seen.length - 1]!
  const { levels, spo2 } = model.care
  const creatinine = person.illnesses.map(({ creatinine: level }) => level).find((level) => level !== undefined)
  const at = (grade: number) => ({
    albumin: levels.albumin[grade]!,
    haemoglobin: levels.haemoglobin[grade]! + (person.sex === 'male' ? 0.8 : 0),
    ldh: levels.ldh[grade]!,
    crp: levels.crp[grade]!,
    ...(creatinine === undefined ? {} : { creatinine }),
  })
  courseOfCare(chart, {
    days: seen.map(({ on }) => date(on)),
    weightKg: person.weightKg,
    heightCm: person.heightCm,
    weightChangeKg: -person.weightLossKg,
    from: at(seen[0]!.ecog),
    to: at(last.ecog),
    spo2: spo2[last.ecog]!,
  })
  const tablets = life.course.lines
    .filter(({ from, until }) => from < last.on && until > last.on)
    .flatMap(({ regimen }) =>
      writing.regimens.get(regimen).components.filter(({ route, days }) => route === 'oral' && typeof days === 'string'),
    )
    .map(({ drug }) => drug)
  const taken = tablets.length === 0 ? '' : ` Still takes ${tablets.join(' and ')}.`
  if (seen.length > 1)
    note(chart, date(last.on), `Visit. ${last.ecog <= 1 ? 'Feels well, active at home.' : 'Needs rest during the day.'}${taken}`)
}

function painScore({ chart, date }: Writing, on: number, score: number): void {
  const body: Body = {
    status: 'final',
    ...category('survey'),
    code: concept(
      chart,
      'Pain severity - 0-10 verbal numeric rating [Score] - Reported',
      loinc('72514-3', 'Pain severity - 0-10 verbal numeric rating [Score] - Reported'),
    ),
    subject: patientOf(chart),
    effectiveDateTime: date(on),
    valueQuantity: quantity(score, '{score}'),
  }
  add(chart, 'Observation', undefined, body, `Pain ${score} of 10`)
}

/** Admissions, services, palliative care, hospice and the cause of death. */
export function writeSupport(writing: Writing): void {
  const { chart, life, date, lastDay, hospital } = writing
  const { care, course } = life
  for (const stay of care.stays) {
    if (stay.from > lastDay) continue
    encounter(writing, {
      kind: stay.isEmergencyOnly ? 'EMER' : 'IMP',
      words: stay.isEmergencyOnly
        ? 'Emergency department visit'
        : stay.isIntensive
          ? 'Inpatient stay with intensive care'
          : 'Inpatient stay',
      from: stay.from,
      to: stay.to,
      reason: stay.reason,
      isIntensive: stay.isIntensive === true,
    })
  }
  const draw = new Draw(`${chart.name}/services`)
  for (const { words, on } of care.services) {
    if (on > lastDay) continue
    const visit = on + draw.whole(3, 21)
    const isDone = visit <= lastDay && draw.chance(0.75)
    serviceRequest(chart, date(on), words, isDone ? 'completed' : 'active')
    if (isDone) encounter(writing, { kind: 'AMB', words: words.replace(' referral', ' consultation'), from: visit })
  }
  if (care.palliativeOn !== undefined && care.palliativeOn <= lastDay) {
    encounter(writing, { kind: 'AMB', words: 'Palliative care consultation', from: care.palliativeOn })
    note(chart, date(care.palliativeOn), 'Seen by palliative care: symptoms and goals discussed.')
  }
  if (course.hospiceOn !== undefined && course.hospiceOn <= lastDay) {
    finding(chart, date(course.hospiceOn), 'Enrolled in hospice', true)
    const isOver = course.diedOn <= lastDay
    add(
      chart,
      'EpisodeOfCare',
      undefined,
      {
        status: isOver ? 'finished' : 'active',
        type: [{ text: 'Hospice care' }],
        patient: patientOf(chart),
        managingOrganization: hospital,
        period: { start: date(course.hospiceOn), ...(isOver ? { end: date(course.diedOn) } : {}) },
      },
      'Hospice care',
    )
  }
  if (course.diedOn <= lastDay) causeOfDeath(writing)
}

function causeOfDeath({ chart, date, life }: Writing): void {
  const words = 'Cause of death [US Standard Certificate of Death]'
  add(
    chart,
    'Observation',
    undefined,
    {
      status: 'final',
      ...category('exam'),
      code: concept(chart, words, loinc('69453-9', words)),
      subject: patientOf(chart),
      effectiveDateTime: date(life.course.diedOn),
      valueCodeableConcept: { text: 'Lung cancer' },
    },
    words,
  )
}
