import type { ReadContext, Resource } from '../context.ts'
import { Kept } from '../kept.ts'
import { rememberConcept } from '../remember.ts'
import {
  type Concept,
  choiceDay,
  conceptOf,
  conceptsOf,
  dayOf,
  elementValue,
  nameOf,
  objectsOf,
  observedOn,
  profilesOf,
  stringOf,
  wordsOf,
} from '../shapes.ts'
import { earlier, lastDay } from './days.ts'
import { firstKey, says } from './phrases.ts'
import { treatmentWords } from './words.ts'

interface StageFile {
  readonly groups: readonly { readonly value: string; readonly snomed?: readonly string[]; readonly words: readonly string[] }[]
  readonly early: readonly string[]
  readonly advanced: readonly string[]
  readonly conditionCodes: { readonly [code: string]: string }
  readonly groupLoinc: readonly string[]
  readonly groupSnomed: readonly string[]
  readonly groupNames: readonly string[]
  readonly categories: {
    readonly m: { readonly loinc: readonly string[]; readonly snomed: readonly string[]; readonly names: readonly string[] }
  }
  readonly categoryCodes: { readonly [code: string]: string }
}
interface SitesFile {
  readonly sites: readonly {
    readonly value: string
    readonly snomed?: readonly string[]
    readonly icd10?: readonly string[]
    readonly words: readonly string[]
  }[]
}

/** When the disease was early and when it was first metastatic, as far as dated records tell: what decides whether a treatment was meant to cure. */
export interface Extent {
  /** First day of any record of metastases or stage IV. */
  readonly metastaticOn?: string
  /** The record that says so; of several of that day the first by name. */
  readonly metastaticBy?: Resource
  /** Stage IV or metastases are recorded without a date. */
  readonly hasUndatedMetastases: boolean
  /** First day of a record of stage I to III (or limited). */
  readonly earlyOn?: string
  readonly hasEarlyStage: boolean
  readonly brainMetastasisOn?: string
  /** Metastases with an onset of their own, for growth under treatment. */
  readonly metastases: readonly { readonly site: string; readonly on: string; readonly resource: Resource }[]
}

/** Whether the code of an observation asks for the stage group or the M category. */
const stageAsked = rememberConcept((stage: StageFile, code: Concept): 'group' | 'm' | undefined => {
  const codes = code.codings.map((coding) => coding.code)
  const named = wordsOf(code).map((text) => text.toLowerCase())
  const { m } = stage.categories
  if (
    codes.some((one) => stage.groupLoinc.includes(one) || stage.groupSnomed.includes(one)) ||
    named.some((text) => stage.groupNames.includes(text))
  )
    return 'group'
  return codes.some((one) => m.loinc.includes(one) || m.snomed.includes(one)) || named.some((text) => m.names.includes(text))
    ? 'm'
    : undefined
})

const REFUTED = new Set(['refuted', 'entered-in-error'])

export function extentOf(context: ReadContext): Extent {
  const known = EXTENTS.get(context)
  if (known !== undefined) return known
  const extent = readExtent(context)
  EXTENTS.set(context, extent)
  return extent
}

/** Worked out once for a reading: the lines of treatment and the quality measures ask for it. */
const EXTENTS = new Kept<ReadContext, Extent>()

function readExtent(context: ReadContext): Extent {
  const stage = context.knowledge.terminology<StageFile>('stage')
  const { sites } = context.knowledge.terminology<SitesFile>('metastatic-sites')
  const secondary = treatmentWords(context).secondaryIcd10
  let metastaticOn: string | undefined
  let metastaticBy: Resource | undefined
  let earlyOn: string | undefined
  let brainMetastasisOn: string | undefined
  let hasUndatedMetastases = false
  let hasEarlyStage = false
  const metastases: { site: string; on: string; resource: Resource }[] = []
  const advanced = (on: string | undefined, by: Resource): void => {
    if (on === undefined) {
      hasUndatedMetastases = true
      return
    }
    const first = earlier(metastaticOn, on)
    if (first !== metastaticOn || (first === on && metastaticBy !== undefined && nameOf(by) < nameOf(metastaticBy))) metastaticBy = by
    metastaticOn = first
  }
  const early = (on: string | undefined): void => {
    hasEarlyStage = true
    earlyOn = earlier(earlyOn, on)
  }
  const group = (value: string | undefined, on: string | undefined, by: Resource): void => {
    if (value === undefined) return
    if (stage.advanced.includes(value)) advanced(on, by)
    else if (stage.early.includes(value)) early(on)
  }

  for (const condition of context.chart.ofType('Condition')) {
    if (conceptOf(condition.verificationStatus).codings.some((coding) => REFUTED.has(coding.code))) continue
    const code = conceptOf(condition.code)
    const on = choiceDay(condition, 'onset') ?? dayOf(condition.recordedDate)
    for (const row of objectsOf(condition.stage)) group(stageValue(stage, conceptOf(row.summary)), on, condition)
    for (const coding of code.codings) group(stage.conditionCodes[coding.code], on, condition)
    if (!isSecondary(condition, code, sites, secondary)) {
      const told = stageInName(stage, wordsOf(code).join('. '))
      if (told !== undefined) group(told, on, condition)
      continue
    }
    const text = [...wordsOf(code), ...conceptsOf(condition.bodySite).flatMap(wordsOf)].join('. ')
    const site = siteOf(sites, code, text)
    if (site === 'node-mediastinal' || (site === 'other' && /lymph node/i.test(text) && !/distant/i.test(text))) continue
    advanced(on, condition)
    if (site === 'brain') brainMetastasisOn = earlier(brainMetastasisOn, on)
    const onset = choiceDay(condition, 'onset')
    if (onset !== undefined) metastases.push({ site, on: onset, resource: condition })
  }
  for (const observation of context.chart.ofType('Observation')) {
    if (['entered-in-error', 'cancelled'].includes(stringOf(observation.status) ?? '')) continue
    const asked = stageAsked(stage, conceptOf(observation.code))
    if (asked === undefined) continue
    const value = conceptOf(elementValue(observation)?.value)
    const on = observedOn(observation)
    if (asked === 'group') group(stageValue(stage, value), on, observation)
    else {
      const category =
        value.codings.map((coding) => stage.categoryCodes[coding.code]).find((one) => one !== undefined) ??
        [...wordsOf(value), ...value.codings.map((coding) => coding.code)]
          .map((text) => /\bc?p?(m[01][abc]?)/i.exec(text)?.[1]?.toLowerCase())
          .find((one) => one !== undefined)
      if (category?.startsWith('m1')) advanced(on, observation)
    }
  }
  metastases.sort((a, b) => (lastDay(a.on) ?? 0) - (lastDay(b.on) ?? 0) || (nameOf(a.resource) < nameOf(b.resource) ? -1 : 1))
  return {
    ...(metastaticOn === undefined || metastaticBy === undefined ? {} : { metastaticOn, metastaticBy }),
    hasUndatedMetastases,
    ...(earlyOn === undefined ? {} : { earlyOn }),
    hasEarlyStage,
    ...(brainMetastasisOn === undefined ? {} : { brainMetastasisOn }),
    metastases,
  }
}

function isSecondary(condition: Resource, code: Concept, sites: SitesFile['sites'], secondary: readonly string[]): boolean {
  if (
    profilesOf(condition).some(
      (url) => url.endsWith('/mcode-secondary-cancer-condition') || url.endsWith('/onco-core-SecondaryCancerCondition'),
    )
  )
    return true
  if (
    code.codings.some(
      (coding) => secondary.some((prefix) => coding.code.startsWith(prefix)) || sites.some((site) => site.snomed?.includes(coding.code)),
    )
  )
    return true
  return (
    /\bmetasta|secondary malignant/i.test(wordsOf(code).join('. ')) &&
    !/(?:stage iv|non-?small|small cell|carcinoma of lung)/i.test(wordsOf(code).join('. '))
  )
}

function siteOf(sites: SitesFile['sites'], code: Concept, text: string): string {
  const byCode = sites.find((site) =>
    code.codings.some((coding) => site.snomed?.includes(coding.code) || site.icd10?.some((icd) => coding.code.startsWith(icd))),
  )
  return byCode?.value ?? firstKey(text, Object.fromEntries(sites.map((site) => [site.value, site.words]))) ?? 'other'
}

function stageValue(stage: StageFile, value: Concept): string | undefined {
  for (const coding of value.codings) {
    const byCode = stage.groups.find((group) => group.snomed?.includes(coding.code))
    if (byCode) return byCode.value
  }
  for (const text of [...wordsOf(value), ...value.codings.map((coding) => coding.code)]) {
    const bare = text
      .toLowerCase()
      .replace(/\b(?:ajcc|uicc|tnm|clinical|pathologic(?:al)?|stage|group|v?\d(?:th|st|nd|rd)? edition)\b/g, ' ')
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
    const exact = stage.groups.find((group) => group.words.includes(bare) || group.value === bare)
    if (exact) return exact.value
    const named = stageInName(stage, text)
    if (named !== undefined) return named
  }
  return undefined
}

/** "… stage IIIB …" or "extensive stage …" inside a name. */
function stageInName(stage: StageFile, text: string): string | undefined {
  const match = /\bstage\s+(IV[AB]?|III[ABC]?|II[AB]?|I[AB]?[123]?|[1-4][ABC]?)\b/i.exec(text)
  if (match) return stage.groups.find((group) => group.words.includes(match[1]!.toLowerCase()))?.value
  return spelledOut(stage).find(({ phrases }) => says(text, phrases))?.value
}

interface SpelledOut {
  readonly value: string
  readonly phrases: readonly string[]
}

const spelledOutOf = new WeakMap<StageFile, readonly SpelledOut[]>()

/** The names of more than one word for the two extents of small cell cancer; one list for each for as long as the file lives. */
function spelledOut(stage: StageFile): readonly SpelledOut[] {
  let known = spelledOutOf.get(stage)
  if (known === undefined) {
    known = stage.groups
      .filter(({ value }) => value === 'extensive' || value === 'limited')
      .map(({ value, words }) => ({ value, phrases: words.filter((word) => word.includes(' ')) }))
    spelledOutOf.set(stage, known)
  }
  return known
}
