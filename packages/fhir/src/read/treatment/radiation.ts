import type { ReadContext, Resource } from '../context.ts'
import {
  type Concept,
  choiceDay,
  conceptOf,
  conceptsOf,
  extensionOf,
  type Json,
  nameOf,
  notesOf,
  numberOf,
  objectOf,
  objectsOf,
  periodOf,
  profilesOf,
  quantityOf,
  stringOf,
  wordsOf,
} from '../shapes.ts'
import { firstDay, lastDay, later } from './days.ts'
import { says } from './phrases.ts'
import { type Intent, treatmentWords } from './words.ts'

interface Named {
  readonly id: string
  readonly codes?: readonly string[]
  readonly words?: readonly string[]
}

/** `knowledge/terminology/radiation.yaml`. */
export interface RadiationWords {
  readonly recognise: {
    readonly profiles: readonly string[]
    readonly codes: readonly string[]
    readonly words: readonly string[]
    readonly not: readonly string[]
  }
  readonly curativeThoracicFromGy: number
  readonly sites: readonly Named[]
  readonly thoracicSites: readonly string[]
  readonly techniques: readonly Named[]
  readonly wholeBrainTechniques: readonly string[]
  readonly localBrainTechniques: readonly string[]
}

export interface RadiationCourse {
  readonly site: string
  readonly doseGy?: number
  readonly fractions?: number
  readonly start?: string
  readonly end?: string
  readonly technique?: string
  readonly intent?: Intent
  readonly isCurativeThoracic: boolean
  readonly resource: Resource
}

/** Radiation that was given (completed, stopped or in progress), sorted by end. Planned courses are left to those who plan. */
export function radiationCourses(context: ReadContext): readonly RadiationCourse[] {
  const words = context.knowledge.terminology<RadiationWords>('radiation')
  return context.chart
    .ofType('Procedure')
    .flatMap((resource) => {
      const course = courseOf(context, resource, words)
      return course === undefined ? [] : [course]
    })
    .sort(
      (a, b) => (lastDay(a.end ?? a.start) ?? 0) - (lastDay(b.end ?? b.start) ?? 0) || (nameOf(a.resource) < nameOf(b.resource) ? -1 : 1),
    )
}

const NOT_GIVEN = new Set(['preparation', 'not-done', 'entered-in-error'])

function courseOf(context: ReadContext, resource: Resource, words: RadiationWords): RadiationCourse | undefined {
  if (NOT_GIVEN.has(stringOf(resource.status) ?? '')) return undefined
  const code = conceptOf(resource.code)
  const techniqueExtensions = objectsOf(resource.extension)
    .filter((extension) => /radiotherapy-modality-and-technique$/.test(stringOf(extension.url) ?? ''))
    .flatMap((extension) => objectsOf(extension.extension).map((inner) => conceptOf(inner.valueCodeableConcept)))
  const named = [...wordsOf(code), ...conceptsOf(resource.usedCode).flatMap(wordsOf), ...conceptsOf(resource.category).flatMap(wordsOf)]
  const profiled = profilesOf(resource).some((url) => words.recognise.profiles.some((profile) => url.endsWith(`/${profile}`)))
  const coded = code.codings.some((coding) => words.recognise.codes.includes(coding.code))
  if (!profiled && !coded && !(says(named.join('. '), words.recognise.words) && !says(named.join('. '), words.recognise.not)))
    return undefined
  context.understood(resource)
  const volumes = volumesOf(context, resource)
  const texts = [...named, ...notesOf(resource)]
  const concepts = [code, ...techniqueExtensions]
  const technique = pick(words.techniques, concepts, [...texts, ...techniqueExtensions.flatMap(wordsOf)])
  const own = conceptsOf(resource.bodySite)
  const treated = volumes.flatMap((volume) => volume.sites)
  const site =
    pick(words.sites, own, own.flatMap(wordsOf)) ??
    pick(words.sites, treated, treated.flatMap(wordsOf)) ??
    pick(words.sites, [], texts) ??
    (technique === 'chemoradiation' ? 'lung' : 'other')
  const fromText = doseInText(texts.join('. '))
  const doses = volumes.map((volume) => volume.doseGy).filter((dose) => dose !== undefined)
  const fractions = volumes.map((volume) => volume.fractions).filter((count) => count !== undefined)
  const sessions = extensionOf(resource, 'mcode-radiotherapy-sessions')
  const doseGy = doses.length > 0 ? Math.max(...doses) : fromText.doseGy
  const fractionCount = fractions.length > 0 ? Math.max(...fractions) : (numberOf(sessions?.valueUnsignedInt) ?? fromText.fractions)
  const period = periodOf(resource.performedPeriod)
  const point = choiceDay(resource, 'performed')
  const start = period.start ?? point
  const end = period.end ?? (resource.status === 'in-progress' ? undefined : point)
  const isThoracic = words.thoracicSites.includes(site)
  const intent =
    intentOf(context, resource, texts.join('. ')) ??
    (isThoracic && (technique === 'chemoradiation' || (doseGy ?? 0) >= words.curativeThoracicFromGy) ? 'curative' : undefined)
  return {
    site,
    ...(doseGy === undefined ? {} : { doseGy }),
    ...(fractionCount === undefined ? {} : { fractions: fractionCount }),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(technique === undefined ? {} : { technique: site === 'brain' && technique === 'sbrt' ? 'srs' : technique }),
    ...(intent === undefined ? {} : { intent }),
    isCurativeThoracic: isThoracic && intent === 'curative',
    resource,
  }
}

function pick(rows: readonly Named[], concepts: readonly Concept[], texts: readonly string[]): string | undefined {
  const codes = concepts.flatMap((concept) => concept.codings.map((coding) => coding.code))
  const byCode = rows.find((row) => row.codes?.some((code) => codes.includes(code)))
  return byCode?.id ?? rows.find((row) => texts.some((text) => says(text, row.words)))?.id
}

interface Volume {
  readonly sites: readonly Concept[]
  readonly doseGy?: number
  readonly fractions?: number
}

/** mCODE dose delivered to volume, in its present and its older form. Doses are brought to Gy. */
function volumesOf(context: ReadContext, resource: Resource): readonly Volume[] {
  return objectsOf(resource.extension)
    .filter((extension) => /radiotherapy-dose-delivered-to-volume$|radiation-dose$|dose-delivered/.test(stringOf(extension.url) ?? ''))
    .map((extension) => {
      const parts = objectsOf(extension.extension)
      const part = (name: string): Json | undefined => parts.find((one) => (stringOf(one.url) ?? '').endsWith(name))
      const target = context.chart.resolve(objectOf(part('volume')?.valueReference), resource)
      if (target !== undefined) context.understood(target)
      const dose = quantityOf(part('totalDoseDelivered')?.valueQuantity) ?? quantityOf(extension.valueQuantity)
      const doseGy = dose === undefined ? undefined : toGy(dose.value, dose.code ?? dose.unit ?? '')
      const fractions = numberOf(part('fractionsDelivered')?.valueUnsignedInt) ?? numberOf(part('fractionsDelivered')?.valueInteger)
      return {
        sites:
          target === undefined
            ? []
            : [conceptOf(target.location), ...conceptsOf(target.morphology), conceptOf(stringOf(target.description))],
        ...(doseGy === undefined ? {} : { doseGy }),
        ...(fractions === undefined ? {} : { fractions }),
      }
    })
}

const toGy = (value: number, unit: string): number | undefined =>
  /^cgy$/i.test(unit) ? value / 100 : /^gy$/i.test(unit) ? value : undefined

/** "30 Gy in 10 fractions", "60 Gy/30", "5 x 4 Gy", "20 Gy/5 fx". */
function doseInText(text: string): { doseGy?: number; fractions?: number } {
  const each = /(\d{1,2})\s*[x×]\s*(\d+(?:[.,]\d+)?)\s*(c?gy)\b/iu.exec(text)
  if (each) {
    const one = toGy(Number(each[2]!.replace(',', '.')), each[3]!)
    return { doseGy: Math.round((one ?? 0) * Number(each[1]) * 100) / 100, fractions: Number(each[1]) }
  }
  const total = /(\d+(?:[.,]\d+)?)\s*(c?gy)\b(?:\s*(?:in|\/)\s*(\d{1,2}))?/iu.exec(text)
  if (!total) return {}
  const doseGy = toGy(Number(total[1]!.replace(',', '.')), total[2]!)
  return { ...(doseGy === undefined ? {} : { doseGy }), ...(total[3] === undefined ? {} : { fractions: Number(total[3]) }) }
}

function intentOf(context: ReadContext, resource: Resource, text: string): Intent | undefined {
  const words = treatmentWords(context)
  const concept = conceptOf(
    (
      extensionOf(resource, 'mcode-procedure-intent') ??
      extensionOf(resource, 'mcode-treatment-intent') ??
      extensionOf(resource, 'onco-core-TreatmentIntent-extension')
    )?.valueCodeableConcept,
  )
  for (const intent of ['curative', 'palliative'] as const)
    if (concept.codings.some((coding) => words.intent[intent].codes.includes(coding.code))) return intent
  const all = [...wordsOf(concept), text].join('. ')
  return says(all, words.intent.palliative.words) ? 'palliative' : says(all, words.intent.curative.words) ? 'curative' : undefined
}

/** Settles the radiation facts and reports treated brain metastases. */
export function readRadiation(context: ReadContext, courses: readonly RadiationCourse[], brainMetastasisOn: string | undefined): void {
  if (courses.length === 0) return
  const words = context.knowledge.terminology<RadiationWords>('radiation')
  const sources = courses.map((course) => context.source(course.resource))
  context.settle('radiation-courses', {
    value: courses.map((course) => ({
      site: course.site,
      doseGy: course.doseGy ?? null,
      fractions: course.fractions ?? null,
      end: course.end ?? course.start ?? null,
      technique: course.technique ?? null,
      intent: course.intent ?? null,
    })),
    sources,
  })
  settleLast(
    context,
    'thoracic-radiation-on',
    courses.filter((course) => words.thoracicSites.includes(course.site)),
  )
  const brain = courses.filter((course) => course.site === 'brain')
  settleLast(context, 'brain-radiation-on', brain)
  const whole = brain.filter((course) => words.wholeBrainTechniques.includes(course.technique ?? ''))
  if (whole.length > 0)
    context.settle('whole-brain-radiation', { value: true, sources: whole.map((course) => context.source(course.resource)) })
  for (const course of brain) {
    if (course.technique !== undefined && !words.localBrainTechniques.includes(course.technique)) continue
    const on = course.end ?? course.start
    const after = brainMetastasisOn === undefined || on === undefined || (lastDay(on) ?? 0) >= (firstDay(brainMetastasisOn) ?? 0)
    if (after) context.read('brain-treated', { value: true, ...(on === undefined ? {} : { on }), source: context.source(course.resource) })
  }
}

function settleLast(context: ReadContext, fact: string, courses: readonly RadiationCourse[]): void {
  if (courses.length === 0) return
  const sources = courses.map((course) => context.source(course.resource))
  const running = courses.some((course) => course.resource.status === 'in-progress')
  const last = running
    ? context.asOf
    : courses.reduce<string | undefined>((day, course) => later(day, course.end ?? course.start), undefined)
  context.settle(fact, last === undefined ? { unknown: 'not-recorded', sources } : { value: last, on: last, sources })
}
