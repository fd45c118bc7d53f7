import type { ReaderKnowledge } from '../context.ts'
import { responseWords, type StatusWords, statusesIn } from '../disease-status.ts'
import { drugLookup } from '../medicines/drug-lookup.ts'
import { rememberWith } from '../remember.ts'
import { datesIn } from './days.ts'
import { firstKey, hitsOf, says, sentencesOf } from './phrases.ts'
import { type Intent, type Setting, type StopReason, type TreatmentWords, treatmentWords } from './words.ts'

/** One treatment told in words. */
export interface ToldTreatment {
  readonly drugs: readonly string[]
  readonly line?: number
  readonly start?: string
  readonly end?: string
  readonly isRunning: boolean
  readonly stop?: StopReason
  readonly setting?: Setting
  readonly intent?: Intent
  readonly cycles?: number
  readonly statuses: readonly StatusWords[]
  readonly words: string
}

type Draft = { -readonly [K in keyof ToldTreatment]: ToldTreatment[K] }

/**
 * Treatments told in a note, in the order of telling: "Second line gemcitabine, stable disease, then progression".
 *
 * Phrase families only, no understanding of language. A clause that plans, proposes, declines or denies is left out; a sentence without a drug
 * that tells of response or progression belongs to the treatment named before it. `loose` accepts a drug that stands alone (a treatment history field).
 */
export const toldTreatments = (context: Knowing, text: string, loose: boolean): readonly ToldTreatment[] =>
  loose ? toldInHistory(context.knowledge, text) : toldInNote(context.knowledge, text)

interface Knowing {
  readonly knowledge: ReaderKnowledge
}

const toldInHistory = rememberWith((knowledge: ReaderKnowledge, text) => toldIn({ knowledge }, text, true))
const toldInNote = rememberWith((knowledge: ReaderKnowledge, text) => toldIn({ knowledge }, text, false))

function toldIn(context: Knowing, text: string, loose: boolean): readonly ToldTreatment[] {
  const words = treatmentWords(context)
  const told: Draft[] = []
  const isHistoryField = loose || says(text, words.historyWords)
  for (const sentence of sentencesOf(text)) {
    for (const clause of clausesOf(context, sentence, words)) {
      const drugs = anticancerIn(context, clause)
      const attributes = attributesOf(context, clause)
      if (drugs.length > 0) {
        if (isHistory(clause, attributes, words, isHistoryField)) told.push({ drugs, ...attributes })
      } else if (told.length > 0 && !says(clause, words.notGiven)) merge(told.at(-1)!, attributes, clause)
    }
  }
  return told
}

/** Attributes (line, setting, stop reason, response) of a text about a treatment already known: its notes and reasons. */
export const attributesOf = (context: Knowing, clause: string): Omit<ToldTreatment, 'drugs'> => attributesBy(context.knowledge, clause)

const attributesBy = rememberWith((knowledge: ReaderKnowledge, clause): Omit<ToldTreatment, 'drugs'> => {
  const words = treatmentWords({ knowledge })
  const statuses = statusesIn(clause, responseWords({ knowledge }))
  const line = lineIn(clause, words)
  const setting = firstKey(clause, words.settings) as Setting | undefined
  const intent = says(clause, words.intent.palliative.words)
    ? 'palliative'
    : says(clause, words.intent.curative.words)
      ? 'curative'
      : undefined
  const cycles = /(?:\b(\d{1,2})\s*cycles?\b)|(?:\bcycles?\s*(\d{1,2})\b)|(?:[x×]\s?(\d{1,2})\b)|(?:\bC(\d{1,2})D\d)/iu.exec(clause)
  const count = cycles?.slice(1).find((group) => group !== undefined)
  const isRunning = says(clause, words.running)
  const stop = stopIn(clause, statuses, isRunning, words)
  return {
    ...(line === undefined ? {} : { line }),
    ...(setting === undefined ? {} : { setting }),
    ...(intent === undefined ? {} : { intent }),
    ...(count === undefined ? {} : { cycles: Number(count) }),
    ...(stop === undefined ? {} : { stop }),
    ...spanIn(clause, statuses, isRunning && stop === undefined),
    isRunning,
    statuses,
    words: clause,
  }
})

function merge(draft: Draft, more: Omit<ToldTreatment, 'drugs'>, clause: string): void {
  draft.statuses = [...draft.statuses, ...more.statuses]
  const progressedOn = more.statuses.findLast((status) => status.value === 'progression')?.on
  const runsOn = draft.isRunning && draft.stop === undefined && !STOPPED.test(clause)
  if (draft.stop === undefined && more.stop !== undefined && !runsOn) draft.stop = more.stop
  if (draft.stop === undefined && more.isRunning && /\b(?:treatment|therapy|drug|tablets|it)\b/iu.test(clause)) draft.isRunning = true
  if (draft.cycles === undefined && more.cycles !== undefined) draft.cycles = more.cycles
  if (draft.end === undefined && progressedOn !== undefined && !runsOn) draft.end = progressedOn
  if (more.statuses.length > 0 || more.stop !== undefined) draft.words = `${draft.words}. ${clause}`
}

function isHistory(clause: string, attributes: Omit<ToldTreatment, 'drugs'>, words: TreatmentWords, loose: boolean): boolean {
  if (says(clause, words.notGiven)) return false
  const given = says(clause, words.given)
  if (says(clause, words.doubtful) && !given) return false
  return (
    loose ||
    given ||
    attributes.line !== undefined ||
    attributes.isRunning ||
    attributes.statuses.length > 0 ||
    attributes.stop !== undefined ||
    attributes.cycles !== undefined ||
    attributes.start !== undefined ||
    attributes.end !== undefined ||
    attributes.setting !== undefined
  )
}

/** Clauses of a sentence: split where another line of treatment or a further drug begins. */
function clausesOf(context: Knowing, sentence: string, words: TreatmentWords): readonly string[] {
  const cuts = new Set<number>()
  const lines = Object.values(words.lineWords)
    .flatMap((phrases) => hitsOf(sentence, phrases))
    .sort((a, b) => a.at - b.at)
  for (const hit of lines.slice(1)) cuts.add(hit.at)
  for (const match of sentence.matchAll(
    /[,(]?\s*\b(?:then|followed by|subsequently|afterwards|thereafter|now|switched to|changed to|replaced by)\b/giu,
  ))
    cuts.add(match.index)
  const bounds = [0, ...[...cuts].filter((at) => at > 0).sort((a, b) => a - b), sentence.length]
  const parts: string[] = []
  for (let i = 0; i + 1 < bounds.length; i++) {
    const part = sentence.slice(bounds[i], bounds[i + 1])
    if (parts.length > 0 && anticancerIn(context, part).length === 0) parts[parts.length - 1] += part
    else parts.push(part)
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

/** Anticancer drugs named in a note, abbreviations included, each once, sorted. */
export const anticancerIn = (context: Knowing, text: string): readonly string[] => anticancerBy(context.knowledge, text)

const anticancerBy = rememberWith((knowledge: ReaderKnowledge, text): readonly string[] => {
  const lookup = drugLookup(knowledge)
  const drugs = new Set<string>()
  for (const mention of lookup.find(text, true)) if (lookup.entries.get(mention.drug)?.anticancer === true) drugs.add(mention.drug)
  for (const { drug, pattern } of abbreviationsOf(knowledge)) if (!drugs.has(drug) && pattern.test(text)) drugs.add(drug)
  return [...drugs].sort()
})

const abbreviations = new WeakMap<ReaderKnowledge, readonly { readonly drug: string; readonly pattern: RegExp }[]>()

/** The short names of anticancer drugs as patterns, compiled once per knowledge base. */
function abbreviationsOf(knowledge: ReaderKnowledge) {
  const known = abbreviations.get(knowledge)
  if (known !== undefined) return known
  const { entries } = drugLookup(knowledge)
  const compiled = Object.entries(treatmentWords({ knowledge }).abbreviations)
    .filter(([, drug]) => entries.get(drug)?.anticancer === true)
    .map(([short, drug]) => ({
      drug,
      pattern: new RegExp(`(?<![\\p{L}\\p{N}])${short.replace('-', '[\\s-]?')}(?![\\p{L}\\p{N}])`, 'iu'),
    }))
  abbreviations.set(knowledge, compiled)
  return compiled
}

export function lineIn(text: string, words: TreatmentWords): number | undefined {
  for (const [line, phrases] of Object.entries(words.lineWords)) if (says(text, phrases)) return Number(line)
  return undefined
}

/** Growth ends a treatment in words unless they say that it runs on and nothing of a stop. */
function stopIn(clause: string, statuses: readonly StatusWords[], isRunning: boolean, words: TreatmentWords): StopReason | undefined {
  const stopped = STOPPED.test(clause)
  if (stopped && says(clause, words.stop.toxicity.words)) return 'toxicity'
  if (statuses.at(-1)?.value === 'progression' && (stopped || !isRunning)) return 'progression'
  if (stopped && says(clause, words.stop.choice.words)) return 'choice'
  if (says(clause, words.stop.completed.words)) return 'completed'
  return undefined
}

const STOPPED = /\b(?:stopp?ed|discontinu\w*|ceased|withdrawn|halted|ended|terminated|due to|because of|switched)\b/iu

/** First and last day told in a clause. A date that dates a response is not a start. */
function spanIn(clause: string, statuses: readonly StatusWords[], runsOn: boolean): { start?: string; end?: string } {
  const dated = new Set(statuses.flatMap((status) => (status.on === undefined ? [] : [status.on])))
  const dates = datesIn(clause)
  const free = dates.filter(
    (date, index) =>
      !(
        dated.has(date.iso) &&
        statuses.some(
          (status) => status.on === date.iso && status.at < date.at && !dates.slice(0, index).some((before) => before.at > status.at),
        )
      ),
  )
  const progressed = runsOn ? undefined : statuses.find((status) => status.value === 'progression' && status.on !== undefined)?.on
  const [first, second] = free
  if (first === undefined) return progressed === undefined ? {} : { end: progressed }
  if (second !== undefined && /^\s*(?:[-–—/]|to|until|till|through|and stopped)/iu.test(clause.slice(first.end, second.at)))
    return { start: first.iso, end: second.iso }
  if (
    /(?:until|till|up to|through|stopp?ed(?: in| on)?|discontinued(?: in| on)?|ended(?: in| on)?|completed(?: in| on)?|last dose(?: in| on| of)?)\s*$/iu.test(
      clause.slice(0, first.at),
    )
  )
    return { end: first.iso }
  const end = second?.iso ?? progressed
  return { start: first.iso, ...(end === undefined ? {} : { end }) }
}
