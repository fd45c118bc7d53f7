import { earliestDay, latestDay } from '@secondwind/core'
import { polarityIn } from './assertion.ts'
import type { ReadContext, Reader, Resource } from './context.ts'
import { metastasesFile, siteIndexOf, sitesIn } from './lesions.ts'
import { hasRecordedBrain } from './metastases.ts'
import { choiceDay, dayOf, nameOf, observedOn, stringOf } from './shapes.ts'
import { counts, reportKindsIn, reportKindsOf, saidInText, textsOf } from './texts.ts'
import { findPhrases, sentencesOf, tokensOf } from './words.ts'

/**
 * Scans: `brain-imaging-on`, `staging-complete`, and the witness that the brain is clear. Only a scan of the brain that can show small
 * metastases makes `brain-metastases` false; a CT without contrast or a PET that shows none leaves it unknown.
 */
export const readImaging: Reader = (context) => {
  const doubtedOn = lastDoubt(context)
  const body: string[] = []
  const brain: string[] = []
  for (const type of ['DiagnosticReport', 'ImagingStudy', 'Observation', 'Procedure'] as const) {
    for (const resource of context.chart.ofType(type)) {
      if (!counts(resource) || (type === 'Procedure' && stringOf(resource.status) !== 'completed')) continue
      const kinds = reportKindsOf(context.knowledge, resource)
      if (!kinds.has('imaging') || kinds.has('pathology')) continue
      const on = scannedOn(resource)
      if (kinds.has('body') && on !== undefined) body.push(on)
      if (!kinds.has('brain')) continue
      if (on !== undefined && !isPetOnly(kinds)) {
        brain.push(on)
        context.read('brain-imaging-on', { value: on, on, source: context.source(resource) })
      }
      readBrainReport(context, resource, kinds.has('brainWeak'), on, doubtedOn)
    }
  }
  for (const { resource, path, text, on, kind } of textsOf(context))
    if (kind === 'note' && !isBefore(on, doubtedOn)) readBrainNote(context, resource, path, text, on)
  const { stagingWithinDays } = metastasesFile(context.knowledge)
  const recent = (days: readonly string[]): boolean =>
    days.some((day) => {
      const low = latestDay(day)
      const asOf = earliestDay(context.asOf)
      return low !== undefined && asOf !== undefined && asOf - low <= stagingWithinDays
    })
  if (recent(body) && recent(brain)) {
    const source = { reference: 'imaging', path: 'body and brain' }
    const on = [...body, ...brain].sort().at(-1)
    context.read('staging-complete', { value: true, source, ...(on === undefined ? {} : { on }) })
  }
}

/** A whole-body PET that mentions the head is not a scan of the brain. */
const isPetOnly = (kinds: ReadonlySet<string>): boolean => kinds.has('brainWeak') && kinds.has('body')

const scannedOn = (resource: Resource): string | undefined =>
  observedOn(resource) ?? dayOf(resource.started) ?? choiceDay(resource, 'performed')

function readBrainReport(
  context: ReadContext,
  resource: Resource,
  isWeak: boolean,
  on: string | undefined,
  doubtedOn: string | undefined,
): void {
  for (const text of textsOf(context)) {
    if (text.resource !== resource) continue
    const found = sentencesOf(text.text).some((sentence) => {
      const tokens = tokensOf(sentence)
      return sitesIn(context.knowledge, tokens, 'brain').some(({ from, to }) =>
        ['present', 'uncertain', 'past'].includes(polarityIn(context.knowledge, tokens, from, to)),
      )
    })
    const clear = clearSentence(context, text.text)
    const doubt = found ? undefined : doubtfulSentence(context, text.text)
    if (doubt !== undefined) {
      context.read('brain-metastases', {
        unknown: 'not-informative',
        source: context.source(resource, text.path),
        words: doubt,
        weight: -1,
        ...(on === undefined ? {} : { on }),
      })
      context.understood(resource, text.path)
      saidInText(context, resource, text.path, doubt)
      continue
    }
    if (found || clear === undefined) continue
    if (hasRecordedBrain(context)) {
      contradict(context, resource, clear)
      continue
    }
    const base = { source: context.source(resource, text.path), words: clear, weight: -1, ...(on === undefined ? {} : { on }) }
    // A later scan that is in doubt takes the clear one back.
    if (isWeak || isBefore(on, doubtedOn)) context.read('brain-metastases', { ...base, unknown: 'not-informative' })
    else context.read('brain-metastases', { ...base, value: false, absence: 'witnessed' })
    context.understood(resource, text.path)
    saidInText(context, resource, text.path, clear)
  }
}

/** A note that quotes a brain scan: the sentence itself must name the brain and the scan. */
function readBrainNote(context: ReadContext, resource: Resource, path: string, text: string, on: string | undefined): void {
  const { clear } = siteIndexOf(context.knowledge)
  for (const sentence of sentencesOf(text)) {
    if (findPhrases(clear, tokensOf(sentence)).length === 0) continue
    const kinds = reportKindsIn(context.knowledge, sentence)
    if (!kinds.has('brain') || !kinds.has('imaging') || kinds.has('brainWeak') || kinds.has('body')) continue
    if (hasRecordedBrain(context)) {
      contradict(context, resource, sentence)
      continue
    }
    context.read('brain-metastases', {
      value: false,
      absence: 'witnessed',
      source: context.source(resource, path),
      words: sentence,
      weight: -1,
      ...(on === undefined ? {} : { on }),
    })
    context.understood(resource, path)
    saidInText(context, resource, path, sentence)
  }
}

function contradict(context: ReadContext, resource: Resource, words: string): void {
  context.issue({
    code: 'contradictory-result',
    severity: 'warning',
    path: nameOf(resource),
    message: `brain metastases are recorded, and this scan shows none: "${words}"; the record was used`,
    remedy: 'settle whether they were treated, or never there',
  })
}

const clearSentence = (context: ReadContext, text: string): string | undefined => {
  const { clear } = siteIndexOf(context.knowledge)
  return sentencesOf(text).find((sentence) => findPhrases(clear, tokensOf(sentence)).length > 0)
}

const isBefore = (on: string | undefined, day: string | undefined): boolean => day !== undefined && (on === undefined || on < day)

/** The day of the last scan of the brain that suspects something or leaves it unexplained. */
function lastDoubt(context: ReadContext): string | undefined {
  const days = textsOf(context).flatMap(({ resource, text, on, kind }) => {
    if (kind !== 'imaging' || on === undefined || !reportKindsOf(context.knowledge, resource).has('brain')) return []
    const isSuspected = sentencesOf(text).some((sentence) => {
      const tokens = tokensOf(sentence)
      return sitesIn(context.knowledge, tokens, 'brain').some(
        ({ site, from, to }) => site === 'brain' && polarityIn(context.knowledge, tokens, from, to) === 'uncertain',
      )
    })
    return isSuspected || doubtfulSentence(context, text) !== undefined ? [on] : []
  })
  return days.sort().at(-1)
}

/** The sentence that reports something unexplained in the brain ("indeterminate 4 mm focus"): the scan then settles neither yes nor no. */
const doubtfulSentence = (context: ReadContext, text: string): string | undefined => {
  const { doubt } = siteIndexOf(context.knowledge)
  return sentencesOf(text).find((sentence) => {
    const tokens = tokensOf(sentence)
    return findPhrases(doubt, tokens).some(({ from, to }) =>
      ['present', 'uncertain'].includes(polarityIn(context.knowledge, tokens, from, to)),
    )
  })
}
