import { dayAfter } from '../builders/chart.ts'
import { Draw } from '../draw.ts'
import type { Model } from '../model-types.ts'
import { type Care, drawCare } from './care.ts'
import { type Course, drawCourse, type Regimens } from './course.ts'
import { drawPerson, type Person } from './person.ts'
import { drawTumour, type Tumour } from './tumour.ts'

/** One invented life with stage IV lung cancer, whole: what of it stands in a chart depends on the day of the chart. */
export interface Life {
  readonly index: number
  readonly person: Person
  readonly tumour: Tumour
  readonly course: Course
  readonly care: Care
  readonly diagnosedOn: string
  readonly bornOn: string
  /** Kinds of messiness of the chart. */
  readonly messes: ReadonlySet<string>
}

export interface LifeRequest {
  readonly seed: string
  readonly asOf: string
  /** Years before `asOf` over which patients were diagnosed. */
  readonly years: number
  /** Every life is shifted so that it has ended by `asOf`. */
  readonly isUntilDeath: boolean
  readonly isTidy: boolean
}

/** The life with this number in the network of a seed. It depends on nothing but its arguments: threads may share the work as they like. */
export function drawLife(model: Model, regimens: Regimens, request: LifeRequest, index: number): Life {
  const stream = (theme: string): Draw => new Draw(`${request.seed}/${index}/${theme}`)
  const person = drawPerson(model, stream('person'))
  const tumour = drawTumour(model, person, stream('tumour'))
  const calendar = stream('calendar')
  // by the tenth day the first visit, stage and problem list are there
  const daysAgo = 10 + Math.floor(calendar.unit() * request.years * 365.25)
  const sinceDeath = calendar.whole(1, 365)
  const planned = dayAfter(request.asOf, -daysAgo)
  const drawn = drawCourse(model, person, tumour, regimens, (day) => dayAfter(planned, day), stream('course'))
  const diagnosedOn = request.isUntilDeath ? dayAfter(request.asOf, -(drawn.diedOn + sinceDeath)) : planned
  // drugs go by the calendar: a life that was shifted is drawn again for its own years
  const course = request.isUntilDeath
    ? drawCourse(model, person, tumour, regimens, (day) => dayAfter(diagnosedOn, day), stream('course'))
    : drawn
  const mess = stream('mess')
  const messes = Object.entries(model.messiness).filter(([, { share }]) => mess.chance(share))
  return {
    index,
    person,
    tumour,
    course,
    care: drawCare(model, person, tumour, course, stream('care')),
    diagnosedOn,
    bornOn: dayAfter(diagnosedOn, -Math.round(person.age * 365.25)),
    messes: new Set(request.isTidy ? [] : messes.map(([kind]) => kind)),
  }
}
