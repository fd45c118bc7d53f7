import type { Draw } from '../draw.ts'
import type { Model } from '../model-types.ts'
import type { Course } from './course.ts'
import type { Person } from './person.ts'
import type { Tumour } from './tumour.ts'

export interface Scan {
  readonly on: number
  readonly finds: 'improved' | 'stable' | 'worsened'
  /** Line whose treatment it judges. */
  readonly line: number
}

export interface Stay {
  readonly from: number
  readonly to: number
  readonly reason: string
  readonly isEmergencyOnly?: true
  readonly isIntensive?: true
}

/** Everything around the treatment. Days count from the diagnosis; all of it lies before death. */
export interface Care {
  readonly scans: readonly Scan[]
  readonly visits: readonly { readonly on: number; readonly ecog: number; readonly pain?: number }[]
  readonly stays: readonly Stay[]
  readonly radiation: readonly { readonly of: 'brain' | 'bone'; readonly on: number }[]
  readonly services: readonly { readonly words: string; readonly on: number }[]
  readonly goal?: { readonly words: string; readonly on: number }
  readonly hasBrainMri: boolean
  readonly palliativeOn?: number
  /** New site of metastases at the progression on each line. */
  readonly newSites: readonly string[]
}

const DAYS_A_YEAR = 365.25

export function drawCare(model: Model, person: Person, tumour: Tumour, course: Course, draw: Draw): Care {
  const { care, treatment } = model
  const { diedOn, lines, hospiceOn } = course
  // whoever is in hospice gets no more scans and no more visits
  const end = hospiceOn ?? diedOn
  const scans = drawScans(care.scans, course, end, draw)
  // the source counts the dead: a contact that would come after death came before it
  const contact = draw.days(care.palliative.days)
  const palliative = draw.chance(care.palliative.share)
    ? contact < diedOn
      ? contact
      : Math.floor(diedOn * (0.3 + 0.6 * draw.unit()))
    : undefined
  const isIn = (on: number): boolean => on < end
  const goal = draw.chance(care.goals.share) ? { words: draw.one(care.goals.words), on: draw.whole(3, 70) } : undefined
  return {
    scans,
    hasBrainMri: draw.chance(care.imaging.brainMri),
    ...(goal !== undefined && isIn(goal.on) ? { goal } : {}),
    visits: drawVisits(model, person, course, scans, end, draw),
    stays: drawStays(model, course, draw),
    radiation: [
      ...(tumour.metastases.some(({ site }) => site === 'brain') && draw.chance(treatment.radiotherapy.brain.share)
        ? [{ of: 'brain' as const, on: draw.whole(12, 45) }]
        : []),
      ...(tumour.metastases.some(({ site }) => site === 'bone') && draw.chance(treatment.radiotherapy.bone.share)
        ? [{ of: 'bone' as const, on: draw.whole(10, 120) }]
        : []),
    ].filter(({ on }) => isIn(on)),
    services: care.services
      .filter(({ current, share }) => (current !== true || person.smoking === 'current') && draw.chance(share))
      .map(({ words }) => ({ words, on: draw.whole(5, 90) }))
      .filter(({ on }) => isIn(on)),
    ...(palliative === undefined ? {} : { palliativeOn: palliative }),
    newSites: lines.map(() => draw.pick(care.newSites)),
  }
}

function drawScans(rhythm: Model['care']['scans'], { lines }: Course, end: number, draw: Draw): readonly Scan[] {
  const scans: Scan[] = []
  for (const [number, line] of lines.entries()) {
    if (line.ended === 'switch') continue
    const next = lines[number + 1]?.from ?? end
    const until = Math.min(line.progressedOn ?? next, end)
    const step = (): number => rhythm.everyDays + draw.whole(-rhythm.jitterDays, rhythm.jitterDays)
    for (let on = line.from + step(), first = true; on < until - 20; on += step(), first = false)
      scans.push({ on, finds: first ? (line.response === 'worsened' ? 'stable' : line.response) : 'stable', line: number })
    if (line.progressedOn !== undefined && line.progressedOn < end) scans.push({ on: line.progressedOn, finds: 'worsened', line: number })
  }
  return scans
}

function drawVisits(model: Model, person: Person, course: Course, scans: readonly Scan[], end: number, draw: Draw): Care['visits'] {
  const { care } = model
  const days = new Set<number>([draw.whole(2, 9)])
  if (course.lines.length === 0)
    for (
      let on = care.visitsUntreated.everyDays;
      on < end;
      on += care.visitsUntreated.everyDays + draw.whole(-care.visitsUntreated.jitterDays, care.visitsUntreated.jitterDays)
    )
      days.add(on)
  else days.add(Math.max(10, course.lines[0]!.from - 1))
  for (const { on } of scans) days.add(on + draw.whole(1, 4))
  const lastDays = care.ecogCourse.lastMonths * 30
  const worse = scans
    .filter(({ finds }) => finds === 'worsened')
    .map(({ on }) => ({ on, by: draw.chance(care.ecogCourse.worsensAtProgression) ? 1 : 0 }))
  return [...days]
    .filter((on) => on < end)
    .sort((a, b) => a - b)
    .map((on, i) => {
      const left = course.diedOn - on
      // at the first visit the grade is that of the diagnosis
      const ending = i === 0 || left >= lastDays ? 0 : left < lastDays / 3 ? 2 : 1
      const progressed = worse.reduce((sum, w) => sum + (w.on <= on ? w.by : 0), 0)
      return {
        on,
        ecog: Math.min(4, person.ecog + Math.max(ending, Math.min(1, progressed))),
        ...(draw.chance(care.painAsked) ? { pain: Math.round(draw.bell(care.pain)) } : {}),
      }
    })
}

function drawStays({ care }: Model, { lines, diedOn, hospiceOn }: Course, draw: Draw): readonly Stay[] {
  const stays: Stay[] = []
  const add = (from: number, reason: string, flags: Partial<Stay> = {}): void => {
    const to = Math.min(diedOn, from + (flags.isEmergencyOnly ? 0 : draw.days(care.stayDays)))
    if (from >= 0 && from < diedOn && (hospiceOn === undefined || from < hospiceOn)) stays.push({ from, to, reason, ...flags })
  }
  for (const { harms } of lines) for (const { of, on, grade } of harms) if (of.admits && grade >= 3) add(on, `${of.words}, grade ${grade}`)
  let on = 0
  for (;;) {
    on += Math.round((-Math.log(1 - draw.unit()) * DAYS_A_YEAR) / care.admissionsPerYear)
    if (on >= diedOn - 30) break
    add(on, draw.one(care.admissionReasons))
  }
  // the source counts all who died; whoever is in hospice for the whole month is not admitted
  const eligible = 1 - care.hospice.share * care.hospice.stay[2]!
  const last = Math.max(0, (hospiceOn ?? diedOn) - draw.whole(1, 12))
  if (diedOn - last <= 30 && draw.chance(Math.min(1, care.lastMonth.hospital / eligible)))
    add(last, draw.one(care.admissionReasons), draw.chance(care.lastMonth.intensive / care.lastMonth.hospital) ? { isIntensive: true } : {})
  if (diedOn > 30 && draw.chance(care.lastMonth.emergency))
    add(Math.max(0, diedOn - draw.whole(6, 29)), draw.one(care.admissionReasons), { isEmergencyOnly: true })
  return stays.sort((a, b) => a.from - b.from)
}
