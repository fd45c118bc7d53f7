import type { ReadContext, Resource } from '../context.ts'
import { choiceDay, conceptOf, conceptsOf, dayOf, nameOf, notesOf, profilesOf, stringOf, wordsOf } from '../shapes.ts'
import { firstDay, lastDay, later } from './days.ts'
import { says } from './phrases.ts'

interface ProcedureKind {
  readonly id: string
  readonly codes?: readonly string[]
  readonly words?: readonly string[]
  readonly major: boolean
  readonly curative?: boolean
  readonly treats?: string
}

/** `knowledge/terminology/procedures.yaml`. */
interface ProcedureWords {
  readonly profiles: readonly string[]
  readonly surgeryWords: readonly string[]
  readonly ignore: readonly string[]
  readonly kinds: readonly ProcedureKind[]
}

export interface Operation {
  readonly procedure: string
  readonly on?: string
  readonly isMajor: boolean
  readonly isCurative: boolean
  readonly treats?: string
  readonly isPlanned: boolean
  readonly resource: Resource
}

/** Operations and interventions, done and planned, sorted by day. Biopsies and other diagnostic procedures are none. */
export function operations(context: ReadContext): readonly Operation[] {
  const words = context.knowledge.terminology<ProcedureWords>('procedures')
  return [
    ...context.chart.ofType('Procedure').map((resource) => procedureOf(context, resource, words)),
    ...context.chart.ofType('ServiceRequest').map((resource) => requestOf(context, resource, words)),
    ...context.chart.ofType('Appointment').map((resource) => appointmentOf(context, resource, words)),
  ]
    .filter((operation) => operation !== undefined)
    .sort((a, b) => (lastDay(a.on) ?? 0) - (lastDay(b.on) ?? 0) || (nameOf(a.resource) < nameOf(b.resource) ? -1 : 1))
}

function procedureOf(context: ReadContext, resource: Resource, words: ProcedureWords): Operation | undefined {
  const status = stringOf(resource.status) ?? ''
  if (status === 'not-done' || status === 'entered-in-error') return undefined
  const code = conceptOf(resource.code)
  const profiled = profilesOf(resource).some((url) => words.profiles.some((profile) => url.endsWith(`/${profile}`)))
  const texts = [...wordsOf(code), ...conceptsOf(resource.category).flatMap(wordsOf)]
  const kind = kindOf(
    words,
    code.codings.map((coding) => coding.code),
    [...wordsOf(code), ...notesOf(resource)].join('. '),
    profiled || says(texts.join('. '), words.surgeryWords),
  )
  if (kind === undefined) return undefined
  const on = choiceDay(resource, 'performed')
  const future = (firstDay(on) ?? 0) > (lastDay(context.asOf) ?? 0)
  return operation(context, resource, kind, wordsOf(code)[0], on, status === 'preparation' || future)
}

function requestOf(context: ReadContext, resource: Resource, words: ProcedureWords): Operation | undefined {
  if (!['active', 'draft', 'on-hold'].includes(stringOf(resource.status) ?? '') || resource.doNotPerform === true) return undefined
  if (!['order', 'original-order', 'plan', 'instance-order', 'filler-order'].includes(stringOf(resource.intent) ?? '')) return undefined
  const code = conceptOf(resource.code)
  const kind = kindOf(
    words,
    code.codings.map((coding) => coding.code),
    wordsOf(code).join('. '),
    says(wordsOf(code).join('. '), words.surgeryWords),
  )
  const on = choiceDay(resource, 'occurrence')
  return kind === undefined || isPast(context, on) ? undefined : operation(context, resource, kind, wordsOf(code)[0], on, true)
}

function appointmentOf(context: ReadContext, resource: Resource, words: ProcedureWords): Operation | undefined {
  if (!['booked', 'pending', 'proposed', 'waitlist'].includes(stringOf(resource.status) ?? '')) return undefined
  const text = [...conceptsOf(resource.serviceType), ...conceptsOf(resource.reasonCode), conceptOf(resource.appointmentType)]
    .flatMap(wordsOf)
    .concat(stringOf(resource.description) ?? '')
    .join('. ')
  const kind = kindOf(words, [], text, says(text, words.surgeryWords))
  const on = dayOf(resource.start)
  return kind === undefined || isPast(context, on) ? undefined : operation(context, resource, kind, text, on, true)
}

const isPast = (context: ReadContext, on: string | undefined): boolean =>
  on !== undefined && (lastDay(on) ?? 0) < (firstDay(context.asOf) ?? 0)

/** A named kind, or any other operation (`isSurgery`), which counts as major: nobody said that it was small. */
function kindOf(words: ProcedureWords, codes: readonly string[], text: string, isSurgery: boolean): ProcedureKind | undefined {
  const byCode = words.kinds.find((kind) => kind.codes?.some((code) => codes.includes(code)))
  if (byCode) return byCode
  if (says(text, words.ignore)) return undefined
  return words.kinds.find((kind) => says(text, kind.words)) ?? (isSurgery ? { id: 'other', major: true } : undefined)
}

function operation(
  context: ReadContext,
  resource: Resource,
  kind: ProcedureKind,
  label: string | undefined,
  on: string | undefined,
  isPlanned: boolean,
): Operation {
  context.understood(resource)
  return {
    procedure: kind.id === 'other' ? (label ?? 'operation') : kind.id,
    ...(on === undefined ? {} : { on }),
    isMajor: kind.major,
    isCurative: kind.curative === true,
    ...(kind.treats === undefined ? {} : { treats: kind.treats }),
    isPlanned,
    resource,
  }
}

export function readSurgery(context: ReadContext, found: readonly Operation[], brainMetastasisOn: string | undefined): void {
  const done = found.filter((one) => !one.isPlanned)
  const sourcesOf = (of: readonly Operation[]) => of.map((one) => context.source(one.resource))
  if (done.length > 0)
    context.settle('surgeries', { value: done.map((one) => ({ procedure: one.procedure, on: one.on ?? null })), sources: sourcesOf(done) })
  const major = done.filter((one) => one.isMajor)
  if (major.length > 0) {
    const last = major.reduce<string | undefined>((day, one) => later(day, one.on), undefined)
    context.settle(
      'major-surgery-on',
      last === undefined ? { unknown: 'not-recorded', sources: sourcesOf(major) } : { value: last, on: last, sources: sourcesOf(major) },
    )
  }
  const planned = found.filter((one) => one.isPlanned && one.isMajor)
  if (planned.length > 0) {
    const next = planned
      .map((one) => one.on)
      .filter((on) => on !== undefined)
      .sort()[0]
    context.settle(
      'planned-surgery-on',
      next === undefined
        ? { unknown: 'not-recorded', sources: sourcesOf(planned) }
        : { value: next, on: next, sources: sourcesOf(planned) },
    )
  }
  for (const one of done.filter((operation) => operation.treats === 'brain')) {
    const after = brainMetastasisOn === undefined || one.on === undefined || (lastDay(one.on) ?? 0) >= (firstDay(brainMetastasisOn) ?? 0)
    if (after)
      context.read('brain-treated', { value: true, ...(one.on === undefined ? {} : { on: one.on }), source: context.source(one.resource) })
  }
}
