import { isLater } from '../conditions-of.ts'
import type { ReadContext, Resource } from '../context.ts'
import { statusEvents } from '../disease-status.ts'
import { drugLookup } from '../medicines/drug-lookup.ts'
import { conceptOf, elementValue, nameOf, notesOf, objectOf, objectsOf, observedOn, stringOf, wordsOf } from '../shapes.ts'
import { type ToldTreatment, toldTreatments } from './from-text.ts'
import { hitsOf, says, saysConcept } from './phrases.ts'
import { treatmentWords } from './words.ts'

export interface Told {
  readonly treatment: ToldTreatment
  /** Words about the disease that name its treatment: they tell of a drug only where nothing else in the chart does. */
  readonly isAside?: true
  readonly resource: Resource
  readonly path: string
}

interface Note {
  readonly resource: Resource
  readonly path: string
  readonly text: string
  /** A field that is there to list treatments: a drug that stands alone in it was given. */
  readonly loose: boolean
  readonly isAside?: true
}

/** Treatments told in the notes, plans, letters and history fields of the chart, in a fixed order. Notes of the medicine resources themselves are read with them. */
export function toldInNotes(context: ReadContext): readonly Told[] {
  return notesIn(context).flatMap(({ resource, path, text, loose, isAside }) =>
    toldTreatments(context, text, loose).flatMap((treatment) => {
      if (isAside === undefined) return [{ treatment, resource, path }]
      const drugs = tiedDrugs(context, treatment)
      return drugs.length === 0 ? [] : [{ treatment: { ...treatment, drugs }, resource, path, isAside }]
    }),
  )
}

/** The drugs that stand right behind a word like "on" or "after": "progression on osimertinib", not "progression: start osimertinib". */
function tiedDrugs(context: ReadContext, { drugs, words }: ToldTreatment): readonly string[] {
  const { ties, notGivenYet } = treatmentWords(context).aside
  const starts = hitsOf(words, ties).map((hit) => hit.at + hit.words.length)
  const tied = drugLookup(context.knowledge)
    .find(words, true)
    .filter(({ at }) => {
      const tie = starts.filter((end) => end <= at).at(-1)
      const between = tie === undefined ? '' : words.slice(tie, at)
      return (
        tie !== undefined && !/[.,;:]/.test(between) && between.trim().split(/\s+/).length <= WORDS_BETWEEN && !says(between, notGivenYet)
      )
    })
    .map(({ drug }) => drug)
  return drugs.filter((drug) => tied.includes(drug))
}

/** "on first-line carboplatin and pemetrexed" */
const WORDS_BETWEEN = 4

function notesIn(context: ReadContext): readonly Note[] {
  const words = treatmentWords(context)
  const notes: Note[] = []
  const add = (resource: Resource, path: string, text: string | undefined, loose = false, isAside?: true): void => {
    if (text !== undefined) notes.push({ resource, path, text, loose, ...(isAside === undefined ? {} : { isAside }) })
  }
  for (const plan of context.chart.ofType('CarePlan')) {
    if (UNFIT.has(stringOf(plan.status) ?? '')) continue
    add(plan, 'title', stringOf(plan.title))
    add(plan, 'description', stringOf(plan.description))
    for (const [index, text] of notesOf(plan).entries()) add(plan, `note[${index}].text`, text)
    objectsOf(plan.activity).forEach((activity, index) => {
      const detail = objectOf(activity.detail)
      const status = stringOf(detail?.status)
      const done = status === 'completed' || status === 'in-progress' || status === 'stopped'
      if (done)
        add(
          plan,
          `activity[${index}].detail`,
          [stringOf(detail?.description), ...wordsOf(conceptOf(detail?.productCodeableConcept)), ...wordsOf(conceptOf(detail?.code))]
            .filter((text) => text !== undefined)
            .join(', '),
          true,
        )
      for (const progress of objectsOf(activity.progress)) add(plan, `activity[${index}].progress`, stringOf(progress.text))
    })
  }
  for (const type of ['Condition', 'ClinicalImpression', 'EpisodeOfCare'] as const) {
    for (const resource of context.chart.ofType(type)) {
      if (isRefuted(resource)) continue
      add(resource, 'summary', stringOf(resource.summary))
      add(resource, 'description', stringOf(resource.description))
      for (const [index, text] of notesOf(resource).entries()) add(resource, `note[${index}].text`, text)
    }
  }
  for (const procedure of context.chart.ofType('Procedure')) {
    const named = [...wordsOf(conceptOf(procedure.code)), ...objectsOf(procedure.usedCode).flatMap((one) => wordsOf(conceptOf(one)))].join(
      '. ',
    )
    const status = stringOf(procedure.status) ?? ''
    const codes = conceptOf(procedure.code).codings.map((coding) => coding.code)
    const isSystemic =
      codes.some((code) => words.chemotherapyProcedure.codes.includes(code)) || says(named, words.chemotherapyProcedure.words)
    if (!isSystemic || status === 'not-done' || status === 'preparation' || status === 'entered-in-error') continue
    const period = objectOf(procedure.performedPeriod)
    const span = [stringOf(period?.start) ?? stringOf(procedure.performedDateTime), stringOf(period?.end)]
      .filter((day) => day !== undefined)
      .map((day) => day.slice(0, 10))
    add(
      procedure,
      'code',
      [named, ...notesOf(procedure), span.length === 2 ? `${span[0]} to ${span[1]}` : (span[0] ?? '')]
        .filter((text) => text !== '')
        .join(', '),
      true,
    )
  }
  for (const observation of context.chart.ofType('Observation')) {
    if (UNFIT.has(stringOf(observation.status) ?? '')) continue
    if (saysConcept(conceptOf(observation.code), words.historyWords)) {
      const value = elementValue(observation)?.value
      add(observation, 'value[x]', typeof value === 'string' ? value : wordsOf(conceptOf(value)).join('. ') || undefined, true)
      for (const [index, text] of notesOf(observation).entries()) add(observation, `note[${index}].text`, text, true)
    }
  }
  // "Progression on osimertinib" in a disease status, where the order of the drug is not in the chart
  for (const { resource, source, words: status } of statusEvents(context)) {
    if (resource.resourceType !== 'Observation' || isLater(context, observedOn(resource))) continue
    add(resource, source.path ?? 'value[x]', status, false, true)
    for (const [index, text] of notesOf(resource).entries()) add(resource, `note[${index}].text`, text, false, true)
  }
  for (const report of context.chart.ofType('DiagnosticReport')) {
    if (saysConcept(conceptOf(report.code), words.historyWords)) add(report, 'conclusion', stringOf(report.conclusion), true)
  }
  for (const document of context.chart.ofType('DocumentReference')) {
    if (UNFIT.has(stringOf(document.status) ?? '')) continue
    add(document, 'description', stringOf(document.description))
    objectsOf(document.content).forEach((content, index) => {
      const attachment = objectOf(content.attachment)
      if ((stringOf(attachment?.contentType) ?? 'text/plain').startsWith('text/'))
        add(document, `content[${index}].attachment.data`, decoded(stringOf(attachment?.data)))
    })
  }
  for (const composition of context.chart.ofType('Composition')) {
    objectsOf(composition.section).forEach((section, index) => {
      const title = stringOf(section.title) ?? ''
      add(composition, `section[${index}].text`, stripped(stringOf(objectOf(section.text)?.div)), says(title, words.historyWords))
    })
  }
  return notes.sort((a, b) => compare(`${nameOf(a.resource)}|${a.path}`, `${nameOf(b.resource)}|${b.path}`))
}

const UNFIT = new Set(['entered-in-error', 'cancelled', 'revoked', 'superseded'])
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const isRefuted = (resource: Resource): boolean =>
  stringOf(resource.status) === 'entered-in-error' ||
  conceptOf(resource.verificationStatus).codings.some((coding) => coding.code === 'refuted' || coding.code === 'entered-in-error')

const stripped = (html: string | undefined): string | undefined =>
  html
    ?.replace(/<\/(?:p|li|tr|div|h\d)>|<br\s*\/?>/giu, '\n')
    .replace(/<[^>]*>/gu, ' ')
    .replace(/&amp;/gu, '&')
    .replace(/&lt;/gu, '<')
    .replace(/&gt;/gu, '>')

/** Base64 as UTF-8 text; undefined when it is neither. */
function decoded(data: string | undefined): string | undefined {
  if (data === undefined) return undefined
  const atob = (globalThis as unknown as { atob?: (data: string) => string }).atob
  try {
    const bytes = atob?.(data)
    return bytes === undefined
      ? undefined
      : decodeURIComponent([...bytes].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''))
  } catch {
    return undefined
  }
}
