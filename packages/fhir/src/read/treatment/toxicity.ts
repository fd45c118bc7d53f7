import type { FactSource } from '@secondwind/core'
import type { ReadContext, Resource } from '../context.ts'
import { drugLookup } from '../medicines/drug-lookup.ts'
import { medicineOf } from '../medicines/medicine-event.ts'
import { rememberWith } from '../remember.ts'
import {
  choiceDay,
  conceptOf,
  dayOf,
  elementValue,
  type Json,
  notesOf,
  numberOf,
  objectOf,
  objectsOf,
  observedOn,
  quantityOf,
  stringOf,
  wordsOf,
} from '../shapes.ts'
import { hasRole } from './courses.ts'
import { daysBetween, firstDay, lastDay } from './days.ts'
import type { TieWords } from './drug-ties.ts'
import { anticancerIn } from './from-text.ts'
import type { PlacedCourse } from './lines.ts'
import { says } from './phrases.ts'
import { settleDoubts, settleImmune, settlePneumonitis } from './toxicity-facts.ts'
import { gradeIn } from './toxicity-grade.ts'
import { type Doubt, laidTo, type ToldToxicity, toxicitiesInTexts } from './toxicity-text.ts'
import { treatmentWords } from './words.ts'

export interface Term {
  readonly id: string
  readonly organ?: string
  /** A kind within its organ that decides whatever its grade: stands beside the organ. */
  readonly mark?: string
  readonly words: readonly string[]
  /** The words that name it in a report, where a wider one of `words` would name another illness. */
  readonly inReports?: readonly string[]
  /** Words for an illness that is a toxicity only where something lays it to a drug; they stand in `words` too. */
  readonly wide?: readonly string[]
  /** What a scan shows of it: never the illness itself, a doubt where it is new. */
  readonly signs?: readonly string[]
  /** `named`: immune when a checkpoint inhibitor ran before; `always`: at any time after one; `words`: only when the chart says so. */
  readonly immune?: 'named' | 'always' | 'words'
  readonly pneumonitis?: boolean
  readonly fact?: string
}

/** `knowledge/terminology/toxicity-terms.yaml`. */
export interface ToxicityWords {
  readonly immuneWords: readonly string[]
  readonly drugWords: readonly string[]
  readonly gradeWords: { readonly [word: string]: number }
  readonly resolvedWords: readonly string[]
  readonly ongoingWords: readonly string[]
  readonly excluded: readonly string[]
  readonly ties: TieWords
  readonly terms: readonly Term[]
}

export interface Toxicity {
  readonly term: Term | undefined
  readonly name: string
  readonly grade?: number
  readonly on?: string
  /** Undefined: the chart does not say, and no date lets it be judged. */
  readonly isActive?: boolean
  readonly drugs: readonly string[]
  readonly isImmune: boolean
  readonly isPneumonitis: boolean
  readonly words: string
  readonly source: FactSource
}

/**
 * Toxicity of anticancer treatment, from adverse events, conditions, graded observations and the reasons for stopping a drug.
 *
 * An event whose grade nobody recorded leaves the facts that rest on grades unknown: it is not mild. An event without an outcome counts as active
 * for a time after its date (`limits.toxicityActiveDays`), then as over.
 */
export function readToxicity(context: ReadContext, courses: readonly PlacedCourse[]): readonly Toxicity[] {
  const words = context.knowledge.terminology<ToxicityWords>('toxicity-terms')
  const told = toxicitiesInTexts(context, words).map((one) => ({ one, toxicity: toldToxicity(context, one, words, courses) }))
  const doubts = [
    ...told.filter(({ one, toxicity }) => one.says === 'uncertain' && toxicity?.isPneumonitis === true).map(({ one }) => one),
    ...undatedLungs(context, words, courses),
  ]
  const found = merged([
    ...told.flatMap(({ one, toxicity }) => (toxicity === undefined || one.says === 'uncertain' ? [] : [toxicity])),
    ...context.chart.ofType('AdverseEvent').flatMap((resource) => adverseEvent(context, resource, words, courses)),
    ...context.chart.ofType('Condition').flatMap((resource) => conditionToxicity(context, resource, words, courses)),
    ...context.chart.ofType('Observation').flatMap((resource) => observationToxicity(context, resource, words, courses)),
    ...courses.flatMap((course) => stoppedFor(context, course, words, courses)),
  ])
  const lungs = found.filter((one) => one.isPneumonitis)
  settleDoubts(context, doubts, lungs)
  if (found.length === 0) return found
  context.settle('toxicities', {
    value: found.map((one) => ({
      term: one.term?.id ?? one.name,
      grade: one.grade ?? null,
      on: one.on ?? null,
      drug: one.drugs.join(', ') || null,
      active: one.isActive ?? null,
    })),
    sources: found.map((one) => one.source),
  })
  for (const one of found) {
    if (one.term?.fact === undefined || one.isActive === false) continue
    const dated = one.on === undefined ? {} : { on: one.on }
    if (one.grade !== undefined) context.read(one.term.fact, { value: one.grade, ...dated, source: one.source })
    else context.read(one.term.fact, { unknown: 'not-recorded', words: one.words, ...dated, source: one.source })
  }
  settleImmune(
    context,
    found.filter((one) => one.isImmune && one.term?.organ !== undefined),
  )
  settlePneumonitis(context, lungs)
  return found
}

/** A toxicity told in words that the treatment can have caused; undefined when nothing ran that would. */
function toldToxicity(
  context: ReadContext,
  { text, on, says: said, suspects: tied, resource, path, term }: ToldToxicity,
  words: ToxicityWords,
  courses: readonly PlacedCourse[],
): Toxicity | undefined {
  const isActive = said === 'past' ? false : activeByWords(context, text, on, words)
  const suspects = tied ?? anticancerIn(context, text)
  const source = context.source(resource, path)
  const one = toxicityOf({
    context,
    words,
    courses,
    text,
    on,
    grade: gradeIn(text, words),
    isActive,
    suspects,
    source,
    bare: true,
    told: term,
  })
  return one === undefined || !(one.isImmune || one.isPneumonitis) ? undefined : { ...one, term }
}

function adverseEvent(
  context: ReadContext,
  resource: Resource,
  words: ToxicityWords,
  courses: readonly PlacedCourse[],
): readonly Toxicity[] {
  if (resource.actuality === 'potential') return []
  const event = conceptOf(resource.event)
  const text = [...wordsOf(event), ...notesOf(resource), stringOf(resource.description) ?? ''].filter((one) => one !== '').join('. ')
  if (text === '') return []
  context.understood(resource)
  const on = dayOf(resource.date) ?? dayOf(resource.detected) ?? dayOf(resource.recordedDate)
  const outcome = conceptOf(resource.outcome).codings.map((coding) => coding.code.toLowerCase())
  const outcomeText = [...outcome, ...wordsOf(conceptOf(resource.outcome))].join(' ')
  const resolvedDate = objectsOf(resource.extension).some(
    (extension) =>
      /resolv/i.test(stringOf(extension.url) ?? '') && (dayOf(extension.valueDateTime) ?? dayOf(extension.valueDate)) !== undefined,
  )
  const isOver = resolvedDate || /resolved|recovered(?!ing)/i.test(outcomeText.replace(/(?:not|un)[\s-]?resolved/gi, ''))
  const isOngoing = !isOver && /ongoing|recovering|not[\s-]?resolved|unresolved|continuing/i.test(outcomeText)
  const isActive = isOver ? false : isOngoing ? true : activeByWords(context, text, on, words)
  const grade =
    gradeExtension(resource) ??
    gradeIn(text, words) ??
    gradeIn(
      wordsOf(conceptOf(resource.severity))
        .concat(conceptOf(resource.severity).codings.map((coding) => coding.code))
        .join(' '),
      words,
    )
  const suspects = objectsOf(resource.suspectEntity).flatMap((suspect) => {
    const target = context.chart.resolve(suspect.instance, resource)
    const shown = stringOf(objectOf(suspect.instance)?.display)
    const named = shown === undefined ? [] : anticancerIn(context, shown)
    if (target === undefined) return named
    if (target.resourceType === 'Medication')
      return [...medicineDrugs(context, { resourceType: 'MedicationStatement', medicationCodeableConcept: target.code }), ...named]
    return [...medicineDrugs(context, target), ...named]
  })
  const unblamed = objectsOf(resource.suspectEntity).length === 0
  return [
    toxicityOf({ context, words, courses, text, on, grade, isActive, suspects, source: context.source(resource), bare: true, unblamed }),
  ].filter((one) => one !== undefined)
}

function medicineDrugs(context: ReadContext, resource: Resource): readonly string[] {
  return /^Medication/.test(resource.resourceType) ? (medicineOf(context, resource)?.drugs ?? []) : []
}

const REFUTED = new Set(['refuted', 'entered-in-error'])

function conditionToxicity(
  context: ReadContext,
  resource: Resource,
  words: ToxicityWords,
  courses: readonly PlacedCourse[],
): readonly Toxicity[] {
  if (conceptOf(resource.verificationStatus).codings.some((coding) => REFUTED.has(coding.code))) return []
  const named = wordsOf(conceptOf(resource.code)).join('. ')
  const term = termIn(named, words)
  if (term === undefined || says(named, words.excluded)) return []
  const text = [named, ...notesOf(resource), ...wordsOf(conceptOf(resource.severity))].join('. ')
  if (isWide(term, named) && gradeIn(text, words) === undefined && says(text, words.ties.before)) return []
  const on = choiceDay(resource, 'onset') ?? dayOf(resource.recordedDate)
  const status = conceptOf(resource.clinicalStatus).codings.map((coding) => coding.code)
  const abated =
    choiceDay(resource, 'abatement') !== undefined || resource.abatementString !== undefined || resource.abatementBoolean === true
  const isActive =
    abated || status.some((code) => code === 'resolved' || code === 'inactive' || code === 'remission')
      ? false
      : says(text, words.resolvedWords)
        ? false
        : status.length > 0
          ? true
          : activeByWords(context, text, on, words)
  const suspects = anticancerIn(context, text)
  const isSaid = says(text, words.immuneWords) || says(text, words.drugWords) || suspects.length > 0 || gradeIn(text, words) !== undefined
  const one = toxicityOf({
    context,
    words,
    courses,
    text,
    on,
    grade: gradeIn(text, words),
    isActive,
    suspects,
    source: context.source(resource),
    bare: isSaid,
  })
  if (one === undefined || !(isSaid || one.isImmune || one.isPneumonitis)) return []
  context.understood(resource)
  return [one]
}

/** An illness of the lung on the problem list without a date, while a drug runs that can cause it: older than the drug, or its toxicity. */
function undatedLungs(context: ReadContext, words: ToxicityWords, courses: readonly PlacedCourse[]): readonly Doubt[] {
  const treatment = treatmentWords(context)
  const isSuspect = courses.some(
    (course) => course.isRunning && treatment.pneumonitisSuspectRoles.some((role) => hasRole(treatment, course.classes, role)),
  )
  if (!isSuspect) return []
  return context.chart.ofType('Condition').flatMap((resource) => {
    const text = [...wordsOf(conceptOf(resource.code)), ...notesOf(resource)].join('. ')
    const term = termIn(wordsOf(conceptOf(resource.code)).join('. '), words)
    const isDated = (choiceDay(resource, 'onset') ?? dayOf(resource.recordedDate)) !== undefined
    const codes = [...conceptOf(resource.verificationStatus).codings, ...conceptOf(resource.clinicalStatus).codings]
    if (isDated || !isWide(term, text) || codes.some(({ code }) => REFUTED.has(code) || OVER.has(code))) return []
    const isOld = says(text, words.ties.before) || says(text, words.resolvedWords) || says(text, words.excluded)
    return isOld || anticancerIn(context, text).length > 0 ? [] : [{ text, resource, path: 'code' }]
  })
}

const OVER = new Set(['resolved', 'inactive', 'remission'])

function observationToxicity(
  context: ReadContext,
  resource: Resource,
  words: ToxicityWords,
  courses: readonly PlacedCourse[],
): readonly Toxicity[] {
  if (['entered-in-error', 'cancelled'].includes(stringOf(resource.status) ?? '')) return []
  const named = wordsOf(conceptOf(resource.code)).join('. ')
  const found = elementValue(resource)
  const valueText = typeof found?.value === 'string' ? found.value : wordsOf(conceptOf(found?.value)).join('. ')
  const term = termIn(named, words) ?? termIn(valueText, words)
  if (term?.organ === undefined || says(named, words.excluded)) return []
  const isGraded = /\bgrade\b|\bctcae\b|toxicity|adverse event/i.test(`${named}. ${valueText}`)
  if (!isGraded) return []
  const text = [named, valueText, ...notesOf(resource)].join('. ')
  // symptom scores such as a diarrhoea grade belong to another reader unless they are called immune
  if (term.immune === 'words' && !says(text, words.immuneWords)) return []
  const value = found?.value
  const number = typeof value === 'number' ? value : quantityOf(value)?.value
  const grade =
    number !== undefined && Number.isInteger(number) && number >= 0 && number <= 5
      ? number
      : gradeIn(text.replace(/grade\s*\([^)]*\)/gi, 'grade'), words)
  if (grade === 0) return []
  context.understood(resource)
  const on = observedOn(resource)
  const one = toxicityOf({
    context,
    words,
    courses,
    text,
    on,
    grade,
    isActive: activeByWords(context, text, on, words),
    suspects: anticancerIn(context, text),
    source: context.source(resource, 'value[x]'),
    bare: true,
  })
  return one === undefined ? [] : [one]
}

/** A toxicity named in the reason or the notes of a drug that was stopped for it. */
function stoppedFor(
  context: ReadContext,
  course: PlacedCourse,
  words: ToxicityWords,
  courses: readonly PlacedCourse[],
): readonly Toxicity[] {
  if (termIn(course.words, words) === undefined || says(course.words, words.excluded)) return []
  if (course.stop !== 'toxicity' && gradeIn(course.words, words) === undefined) return []
  if (laidTo(context, words, course.words)?.includes(course.drug) === false) return []
  const on = course.end
  const one = toxicityOf({
    context,
    words,
    courses,
    text: course.words,
    on,
    grade: gradeIn(course.words, words),
    isActive: activeByWords(context, course.words, on, words),
    suspects: [course.drug],
    source: course.sources[0] ?? { reference: course.drug },
    bare: true,
  })
  return one === undefined ? [] : [one]
}

interface Draft {
  readonly context: ReadContext
  readonly words: ToxicityWords
  readonly courses: readonly PlacedCourse[]
  readonly text: string
  readonly on: string | undefined
  readonly grade: number | undefined
  readonly isActive: boolean | undefined
  readonly suspects: readonly string[]
  readonly source: FactSource
  /** The chart itself ties it to a treatment. */
  readonly bare: boolean
  /** The kind that the reader of texts has found, where its words are only a sign of it. */
  readonly told?: Term
  /** An adverse event for which nobody has named a suspect. */
  readonly unblamed?: boolean
}

/** The text names it only in words that stand for the illness whatever its cause. */
const isWide = (term: Term | undefined, text: string): boolean => says(text, term?.wide) && !says(text, term?.inReports)

function toxicityOf({
  context,
  words,
  courses,
  text,
  on,
  grade,
  isActive,
  suspects,
  source,
  bare,
  told,
  unblamed,
}: Draft): Toxicity | undefined {
  const term = termIn(text, words) ?? told
  const treatment = treatmentWords(context)
  if (says(text, words.excluded)) return undefined
  // an illness of the lung without a date, which nothing lays to a drug, may be older than every drug
  if (!bare && on === undefined && isWide(term, text)) return undefined
  const ici = courses.filter((course) => hasRole(treatment, course.classes, 'ici') && startedBefore(course, on))
  const isIciSuspect =
    suspects.some((drug) => ici.some((course) => course.drug === drug)) ||
    suspects.some((drug) => hasRole(treatment, context.knowledge.drugs.get(drug)?.classes ?? [], 'ici'))
  const saysImmune = says(text, words.immuneWords)
  const recentIci = ici.filter(
    (course) => course.isRunning || (daysBetween(course.end, on ?? context.asOf) ?? 0) <= treatment.limits.gapDays,
  )
  const byTreatment =
    suspects.length === 0 &&
    !blamesAnother(context, text) &&
    ((term?.immune === 'always' && ici.length > 0) ||
      (term?.immune === 'named' && recentIci.length > 0) ||
      // nobody has laid it to anything else, and it goes on: possible harm of the checkpoint inhibitor until somebody has looked
      (unblamed === true && isActive !== false && term?.organ !== undefined && recentIci.length > 0))
  const isImmune = saysImmune || (isIciSuspect && term?.organ !== undefined) || byTreatment
  const ran = courses.filter(
    (course) =>
      startedBefore(course, on) &&
      (course.isRunning ||
        course.end === undefined ||
        (daysBetween(course.end, on ?? context.asOf) ?? 0) <= treatment.limits.toxicityActiveDays),
  )
  const typical = ran.filter((course) => treatment.pneumonitisSuspectRoles.some((role) => hasRole(treatment, course.classes, role)))
  const isOfDrug = says(text, words.drugWords) || ran.length > 0
  const isPneumonitis = term?.pneumonitis === true && (suspects.length > 0 || saysImmune || (isOfDrug && !blamesAnother(context, text)))
  const drugs =
    suspects.length > 0
      ? suspects
      : saysImmune || byTreatment
        ? ici.map((course) => course.drug)
        : isPneumonitis
          ? (typical.length > 0 ? typical : ran).map((course) => course.drug)
          : []
  return {
    term,
    name: text.split('. ')[0]!.slice(0, 80),
    ...(grade === undefined ? {} : { grade }),
    ...(on === undefined ? {} : { on }),
    ...(isActive === undefined ? {} : { isActive }),
    drugs: [...new Set(drugs)].sort(),
    isImmune,
    isPneumonitis,
    words: text.slice(0, 200),
    source,
  }
}

const BLAME = /\b(?:due to|caused by|induced by|secondary to|reaction to|because of|from|drug:)\s+([^.;,]{3,60})/iu

/** The words lay it to a medicine that is no cancer drug: "Stevens-Johnson syndrome due to allopurinol". */
function blamesAnother(context: ReadContext, text: string): boolean {
  const blamed = BLAME.exec(text)?.[1]
  return blamed !== undefined && drugLookup(context.knowledge).find(blamed, true).length > 0 && anticancerIn(context, blamed).length === 0
}

const startedBefore = (course: PlacedCourse, on: string | undefined): boolean =>
  on === undefined || course.start === undefined || (firstDay(course.start) ?? 0) <= (lastDay(on) ?? 0)

const termIn = (text: string, words: ToxicityWords): Term | undefined => termBy(words, text)
const termBy = rememberWith((words: ToxicityWords, text) => words.terms.find((term) => says(text, term.words)))

/** CTCAE grade as an extension: any extension whose url ends in "grade", integer or code. */
function gradeExtension(resource: Json): number | undefined {
  for (const extension of objectsOf(resource.extension)) {
    if (!/grade$/i.test(stringOf(extension.url) ?? '')) continue
    const number = numberOf(extension.valueInteger) ?? numberOf(extension.valueUnsignedInt) ?? numberOf(extension.valuePositiveInt)
    const coded = conceptOf(extension.valueCodeableConcept ?? extension.valueCoding)
      .codings.map((coding) => /^([1-5])$/.exec(coding.code)?.[1] ?? /grade\s*([1-5])/i.exec(`${coding.code} ${coding.display ?? ''}`)?.[1])
      .find((one) => one !== undefined)
    const grade = number ?? (coded === undefined ? undefined : Number(coded))
    if (grade !== undefined && grade >= 1 && grade <= 5) return grade
  }
  return undefined
}

function activeByWords(context: ReadContext, text: string, on: string | undefined, words: ToxicityWords): boolean | undefined {
  if (says(text, words.resolvedWords)) return false
  if (says(text, words.ongoingWords)) return true
  const age = daysBetween(on, context.asOf)
  return age === undefined ? undefined : age <= treatmentWords(context).limits.toxicityActiveDays
}

/** One event told by several resources is one event: same term, near in time, with drugs that do not contradict. The better documented one leads. */
function merged(found: readonly Toxicity[]): readonly Toxicity[] {
  const order = [...found].sort(
    (a, b) => rank(b) - rank(a) || (a.on ?? '9999').localeCompare(b.on ?? '9999') || (a.source.reference < b.source.reference ? -1 : 1),
  )
  const kept: Toxicity[] = []
  for (const one of order) {
    const at = kept.findIndex(
      (other) =>
        other.term !== undefined &&
        other.term.id === one.term?.id &&
        nearInTime(other.on, one.on) &&
        (other.drugs.length === 0 || one.drugs.length === 0 || other.drugs.some((drug) => one.drugs.includes(drug))),
    )
    const other = kept[at]
    if (other === undefined) {
      kept.push(one)
      continue
    }
    const grade = other.grade === undefined ? one.grade : one.grade === undefined ? other.grade : Math.max(other.grade, one.grade)
    kept[at] = {
      ...other,
      ...(grade === undefined ? {} : { grade }),
      isImmune: other.isImmune || one.isImmune,
      isPneumonitis: other.isPneumonitis || one.isPneumonitis,
      drugs: other.drugs.length > 0 ? other.drugs : one.drugs,
    }
  }
  return kept.sort(
    (a, b) =>
      (a.on ?? '9999').localeCompare(b.on ?? '9999') || (a.source.reference < b.source.reference ? -1 : 1) || a.name.localeCompare(b.name),
  )
}

const rank = (one: Toxicity): number =>
  (/^AdverseEvent/.test(one.source.reference) ? 4 : /^Condition/.test(one.source.reference) ? 3 : 1) + (one.grade === undefined ? 0 : 0.5)

const nearInTime = (a: string | undefined, b: string | undefined): boolean => {
  const days = daysBetween(a, b)
  return days === undefined || Math.abs(days) <= 60
}
