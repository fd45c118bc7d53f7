import type { FactSource, ListItem } from '@secondwind/core'
import { answerOf, polarityIn } from './assertion.ts'
import { readBrainWords } from './brain-words.ts'
import { cancerKindOf } from './cancers.ts'
import { bodySitesOf, conditionsOf, foundOn, isLater, stateOf } from './conditions-of.ts'
import type { ReadContext, Reader, ReaderKnowledge, Resource } from './context.ts'
import { parentsOf } from './findings.ts'
import { countAnswer, lesionsIn, metastasesFile, type SiteIndex, siteIndexOf, sitesIn } from './lesions.ts'
import { readBrainComplaints, readMetastasisWords } from './metastasis-words.ts'
import { metastaticTexts } from './metastatic-texts.ts'
import { progressingSitesIn } from './progressing-sites.ts'
import { rememberConcept } from './remember.ts'
import {
  type Concept,
  choiceDay,
  codeKeysOf,
  conceptOf,
  conceptsOf,
  nameOf,
  notesOf,
  numberOf,
  objectsOf,
  observedOn,
  quantityOf,
  referencesOf,
  stringOf,
  wordsOf,
} from './shapes.ts'
import { type ChartText, counts, type ReportKind, reportKindsIn, reportKindsOf, saidInText, textsOf } from './texts.ts'
import { findPhrases, type Lexicon, sentencesOf, tokensOf } from './words.ts'

/** What is known of one site, gathered from every resource that speaks of it. */
interface Site {
  count?: number
  largestMm?: number
  symptomatic?: boolean
  painful?: true
  treated?: boolean
  progressing?: boolean
  foundOn?: string
  isCoded: boolean
  readonly sources: FactSource[]
  readonly words: string[]
}

/**
 * `metastatic-sites`, `metastases` and the brain facts. One site per Condition, report or observation; regional nodes are kept apart and are
 * never a metastasis. Nothing here says that there are none: `brain-metastases` becomes false only by a scan that looked (`imaging.ts`).
 */
export const readMetastases: Reader = (context) => {
  const index = siteIndexOf(context.knowledge)
  const sites = new Map<string, Site>()
  for (const condition of conditionsOf(context)) readCondition(context, index, sites, condition)
  for (const observation of context.chart.ofType('Observation'))
    if (counts(observation) && !isLater(context, observedOn(observation))) readMeasure(context, index, sites, observation)
  for (const text of [...textsOf(context), ...metastaticTexts(context)])
    if (text.kind !== 'pathology') readText(context, index, sites, text)
  readBrainTreatment(context, sites)
  settle(context, index, sites)
}

/** Metastases stated in running text; a report of the brain (or a sentence that names a brain scan) speaks of the brain when it names no site. */
function readText(context: ReadContext, index: SiteIndex, sites: Map<string, Site>, text: ChartText): void {
  const isBrainReport = isAboutBrain(reportKindsOf(context.knowledge, text.resource))
  for (const sentence of sentencesOf(text.text)) {
    const tokens = tokensOf(sentence)
    const isBrain = isBrainReport || isAboutBrain(reportKindsIn(context.knowledge, sentence))
    if (isBrainReport && text.kind === 'imaging') readBrainSentence(context, text, sentence)
    for (const mention of sitesIn(context.knowledge, tokens, isBrain ? 'brain' : undefined)) {
      if (index.regional.has(mention.site)) continue
      const polarity = polarityIn(context.knowledge, tokens, mention.from, mention.to)
      if (polarity === 'uncertain' && mention.site === 'brain') readDoubtfulBrain(context, text, sentence)
      if (polarity !== 'present' && polarity !== 'past') continue
      const site = siteOf(sites, mention.site)
      addSource(context, site, text.resource, text.path, text.on)
      if (mention.site === 'brain' && !isBrainReport) readBrainSentence(context, text, sentence)
      if (!site.words.includes(sentence)) site.words.push(sentence)
      describe(
        context,
        site,
        isBrain && mention.site === 'brain'
          ? text.kind === 'imaging' && isBrainReport
            ? text.text
            : sentence
          : segmentOf(sentence, tokens, mention.from),
      )
      context.understood(text.resource, text.path)
      saidInText(context, text.resource, text.path, sentence)
    }
    readProgressing(context, sites, text, sentence)
  }
}

/** Bleeding and the like, in a sentence that speaks of the brain. */
function readBrainSentence(context: ReadContext, { resource, path, on }: ChartText, sentence: string): void {
  if (readBrainWords(context, sentence, { resource, path, ...(on === undefined ? {} : { on }) }).length === 0) return
  context.understood(resource, path)
  saidInText(context, resource, path, sentence)
}

/** Sites named only where the cancer progresses: "new liver lesions", "progression in bone". */
function readProgressing(context: ReadContext, sites: Map<string, Site>, text: ChartText, sentence: string): void {
  for (const { site: value, says } of progressingSitesIn(context.knowledge, sentence)) {
    if (says === 'uncertain') {
      if (value === 'brain') readDoubtfulBrain(context, text, sentence)
      continue
    }
    const site = siteOf(sites, value)
    addSource(context, site, text.resource, text.path, text.on)
    if (!site.words.includes(sentence)) site.words.push(sentence)
    site.progressing = true
    context.understood(text.resource, text.path)
    saidInText(context, text.resource, text.path, sentence)
  }
}

function readDoubtfulBrain(context: ReadContext, { resource, path, on }: ChartText, sentence: string): void {
  context.read('brain-metastases', {
    unknown: 'not-informative',
    source: context.source(resource, path),
    words: sentence,
    weight: -1,
    ...(on === undefined ? {} : { on }),
  })
}

const isAboutBrain = (kinds: ReadonlySet<ReportKind>): boolean => kinds.has('imaging') && kinds.has('brain') && !kinds.has('body')

/** The part of a sentence between commas that holds the words: a size elsewhere in it belongs to something else. */
function segmentOf(sentence: string, tokens: readonly string[], at: number): string {
  const commas = tokens.slice(0, at).filter((token) => token === ',').length
  return sentence.split(',')[commas] ?? sentence
}

function siteOf(sites: Map<string, Site>, value: string): Site {
  const known = sites.get(value)
  if (known) return known
  const created: Site = { isCoded: false, sources: [], words: [] }
  sites.set(value, created)
  return created
}

function addSource(context: ReadContext, site: Site, resource: Resource, path: string, on: string | undefined): void {
  const source = context.source(resource, path)
  if (!site.sources.some((known) => known.reference === source.reference && known.path === source.path)) site.sources.push(source)
  if (on !== undefined && (site.foundOn === undefined || on < site.foundOn)) site.foundOn = on
}

/** Number, size, symptoms and treatment said in words beside a site; a later text does not overwrite an earlier one except upward in size. */
function describe(context: ReadContext, site: Site, text: string): void {
  const said = lesionsIn(context.knowledge, text)
  if (said.count !== undefined) site.count = Math.max(site.count ?? 0, said.count)
  if (said.largestMm !== undefined) site.largestMm = Math.max(site.largestMm ?? 0, said.largestMm)
  if (said.symptomatic !== undefined) site.symptomatic = said.symptomatic
  if (said.painful) site.painful = true
  if (said.treated !== undefined) site.treated = said.treated
  if (said.progressing !== undefined) site.progressing = said.progressing
}

function readCondition(context: ReadContext, index: SiteIndex, sites: Map<string, Site>, condition: Resource): void {
  if (cancerKindOf(context, condition) !== 'metastasis') return
  const state = stateOf(condition)
  if (state === 'error') return
  const { values, fromWords } = sitesOfCondition(index, condition)
  if (state === 'absent' || state === 'uncertain' || state === 'past') {
    if (values.includes('brain')) {
      const base = { source: context.source(condition, 'code'), ...(foundOn(condition) === undefined ? {} : { on: foundOn(condition)! }) }
      // A metastasis that is "resolved" was treated; the disease is still metastatic.
      if (state === 'past') context.read('brain-metastases', { ...base, value: true })
      else
        context.read('brain-metastases', { ...base, unknown: 'not-informative', words: state === 'absent' ? 'refuted' : 'not confirmed' })
    }
    if (state !== 'past') return
  }
  if (values.length === 0) {
    context.issue({
      code: 'unmapped-code',
      severity: 'warning',
      path: nameOf(condition),
      message: 'a metastasis without a site that is known here',
      remedy: 'record the site with a code or a body site',
    })
    values.push('other')
  }
  if (values.every((value) => index.regional.has(value))) {
    context.understood(condition)
    return
  }
  const notes = notesOf(condition)
  const { hasSymptom } = readMetastasisWords(context, index, condition, values, state === 'past')
  for (const value of values.filter((site) => !index.regional.has(site))) {
    const site = siteOf(sites, value)
    site.isCoded = true
    addSource(context, site, condition, 'code', foundOn(condition))
    for (const note of notes) describe(context, site, note)
    if (hasSymptom && site.symptomatic === undefined) site.symptomatic = true
    if (state === 'past') site.treated = true
    if (fromWords !== undefined) saidInText(context, condition, 'code', fromWords)
  }
  if (notes.length === 0) context.understood(condition)
  else {
    context.understood(condition, 'code')
    notes.forEach((note, at) => {
      if (state === 'past' && Object.keys(lesionsIn(context.knowledge, note)).length > 0) {
        context.understood(condition, `note[${at}]`)
        saidInText(context, condition, `note[${at}]`, note)
      }
    })
  }
}

function sitesOfCondition(index: SiteIndex, condition: Resource): { readonly values: string[]; readonly fromWords?: string } {
  const code = conceptOf(condition.code)
  const bodySites = bodySitesOf(condition)
  const values = new Set<string>()
  for (const { system, code: value } of code.codings) {
    const keys = system.includes('icd-10') ? parentsOf(value).map((parent) => `icd10|${parent}`) : [`snomed|${value}`]
    const site = keys.map((key) => index.byCode.get(key)).find((found) => found !== undefined)
    if (site !== undefined) values.add(site)
  }
  for (const concept of bodySites)
    for (const { code: value } of concept.codings) if (index.byBodySite.has(value)) values.add(index.byBodySite.get(value)!)
  const words = [...wordsOf(code), ...bodySites.flatMap((concept) => wordsOf(concept))]
  if (values.size > 0) {
    // Spine is a refinement of bone that only words or a body site bring.
    if (values.has('bone') && words.some((text) => findPhrases(index.sites, tokensOf(text)).some((hit) => hit.value === 'spine')))
      values.add('spine')
    return { values: [...values] }
  }
  for (const text of words) {
    const tokens = tokensOf(text)
    // "metastasis to breast from lung": the lung is where it comes from
    const origins = findPhrases(index.origin, tokens)
    for (const { value, from, to } of findPhrases(index.sites, tokens))
      if (!origins.some((origin) => origin.from <= from && to <= origin.to)) values.add(value)
  }
  const fromWords = words[0]
  return fromWords === undefined || values.size === 0 ? { values: [...values] } : { values: [...values], fromWords }
}

/** What the code of an observation says that it counts or measures. */
const measureNamed = rememberConcept((knowledge: ReaderKnowledge, code: Concept) => {
  const { sizeLoinc } = metastasesFile(knowledge)
  const { measures, traits } = siteIndexOf(knowledge)
  const isSizeCode = codeKeysOf(code).some((key) => sizeLoinc.some((loinc) => key === `http://loinc.org|${loinc}`))
  const find = <T>(lexicon: Lexicon<T>): readonly T[] =>
    wordsOf(code).flatMap((text) => findPhrases(lexicon, tokensOf(text)).map((hit) => hit.value))
  const tagged = find(measures)
  const isMetastasis = tagged.includes('metastasis')
  const isLesion = isMetastasis || tagged.includes('lesion')
  const said = find(traits)
  const trait = !isLesion
    ? undefined
    : said.includes('asymptomatic')
      ? ('asymptomatic' as const)
      : tagged.includes('symptom')
        ? ('symptomatic' as const)
        : said.find((one) => one === 'progressing' || one === 'treated')
  return {
    isMetastasis,
    isCount: tagged.includes('count') && isLesion,
    isSize: isSizeCode || tagged.includes('size'),
    isNarrow: tagged.includes('narrow'),
    trait,
  }
})

/** Sites that an observation is about: by its focus, else by its name and body site. Of "lesions" only those known to be metastases. */
function sitesMeasured(
  context: ReadContext,
  index: SiteIndex,
  sites: ReadonlyMap<string, Site>,
  observation: Resource,
  isMetastasis: boolean,
): readonly string[] {
  const focus = referencesOf(observation.focus)
    .map((reference) => context.chart.resolve(reference, observation))
    .find((target) => target?.resourceType === 'Condition' && cancerKindOf(context, target) === 'metastasis')
  if (focus) return sitesOfCondition(index, focus).values.filter((value) => !index.regional.has(value))
  const bodySites = conceptsOf(observation.bodySite)
  const labels = [...wordsOf(conceptOf(observation.code)), ...bodySites.flatMap(wordsOf)]
  const named = new Set([
    ...bodySites.flatMap(({ codings }) => codings.flatMap(({ code }) => index.byBodySite.get(code) ?? [])),
    ...labels.flatMap((text) => findPhrases(index.sites, tokensOf(text)).map((hit) => hit.value)),
  ])
  return [...named].filter((value) => !index.regional.has(value) && (isMetastasis || sites.has(value)))
}

/** Counts, sizes and symptoms: an Observation whose focus is a metastasis, or whose name or body site says the site. Tumour size of the primary is left alone. */
function readMeasure(context: ReadContext, index: SiteIndex, sites: Map<string, Site>, observation: Resource): void {
  const file = metastasesFile(context.knowledge)
  const { isMetastasis, isCount, isSize, isNarrow, trait } = measureNamed(context.knowledge, conceptOf(observation.code))
  if (!isCount && !isSize) {
    if (trait !== undefined) readTrait(context, index, sites, observation, trait)
    else readAnswer(context, index, sites, observation, isNarrow)
    return
  }
  const own = sitesMeasured(context, index, sites, observation, isMetastasis)
  if (own.length === 0) return
  const count = isCount ? countOf(context, observation) : undefined
  const lengths = [observation.valueQuantity, ...objectsOf(observation.component).map((component) => component.valueQuantity)]
    .map((value) => quantityOf(value))
    .map((quantity) => {
      const factor = quantity === undefined ? undefined : (file.lengthUnits[quantity.code ?? ''] ?? file.lengthUnits[quantity.unit ?? ''])
      return quantity === undefined || factor === undefined ? undefined : quantity.value * factor
    })
    .filter((length) => length !== undefined)
  const on = observedOn(observation)
  if (count === undefined && lengths.length === 0) return
  for (const value of own) {
    if (count === 0) {
      // None counted: the witness for the brain, nothing for a site that is recorded.
      if (value === 'brain' && !sites.has(value) && !isNarrow)
        context.read('brain-metastases', {
          value: false,
          absence: 'witnessed',
          source: context.source(observation, 'value'),
          ...(on === undefined ? {} : { on }),
        })
      continue
    }
    const site = siteOf(sites, value)
    site.isCoded = true
    addSource(context, site, observation, 'value', on)
    if (count !== undefined) site.count = isNarrow ? Math.max(site.count ?? 0, count) : count
    if (isSize && !isCount && lengths.length > 0) site.largestMm = Math.max(site.largestMm ?? 0, ...lengths)
  }
  context.understood(observation)
}

/** A whole number in any form of value: 3, "3", "three", 3 as a quantity. */
function countOf(context: ReadContext, observation: Resource): number | undefined {
  const text = stringOf(observation.valueString) ?? wordsOf(conceptOf(observation.valueCodeableConcept))[0]
  const count =
    numberOf(observation.valueInteger) ??
    quantityOf(observation.valueQuantity)?.value ??
    (text === undefined ? undefined : countAnswer(context.knowledge, text))
  return count !== undefined && Number.isInteger(count) && count >= 0 ? count : undefined
}

/** "Metastasis causes symptoms: yes", "Lesion progressing: no", of a metastasis that is recorded. */
function readTrait(
  context: ReadContext,
  index: SiteIndex,
  sites: Map<string, Site>,
  observation: Resource,
  trait: 'symptomatic' | 'asymptomatic' | 'progressing' | 'treated',
): void {
  const words = stringOf(observation.valueString) ?? wordsOf(conceptOf(observation.valueCodeableConcept))[0]
  const said = words === undefined ? undefined : lesionsIn(context.knowledge, words)
  const given = answerOf(context.knowledge, observation)
  const fact = trait === 'asymptomatic' ? 'symptomatic' : trait
  const answer =
    said?.[fact] ?? (given === undefined || given === 'uncertain' ? undefined : (given === 'present') !== (trait === 'asymptomatic'))
  if (answer === undefined) return
  for (const value of sitesMeasured(context, index, sites, observation, false)) {
    const site = sites.get(value)
    if (site === undefined) continue
    site[fact] = answer
    addSource(context, site, observation, 'value', observedOn(observation))
    context.understood(observation)
  }
}

/** Sites whose metastases a code asks for. */
const sitesAsked = rememberConcept(
  (knowledge: ReaderKnowledge, code: Concept): ReadonlySet<string> =>
    new Set(wordsOf(code).flatMap((label) => sitesIn(knowledge, tokensOf(label)).map(({ site }) => site))),
)

/** "Brain metastases: yes / no" as an Observation: a no is the witness for the brain, and says nothing of other sites. */
function readAnswer(context: ReadContext, index: SiteIndex, sites: Map<string, Site>, observation: Resource, isNarrow: boolean): void {
  const asked = sitesAsked(context.knowledge, conceptOf(observation.code))
  if (asked.size === 0) return
  const answer = answerOf(context.knowledge, observation)
  // "New brain metastases: no" denies the new ones only.
  if (answer === undefined || (isNarrow && answer !== 'present')) return
  const on = observedOn(observation)
  const dated = on === undefined ? {} : { on }
  for (const value of asked) {
    if (index.regional.has(value)) continue
    if (answer === 'present') {
      const site = siteOf(sites, value)
      site.isCoded = true
      addSource(context, site, observation, 'value', on)
    } else if (value === 'brain') {
      const source = context.source(observation, 'value')
      if (answer === 'absent') context.read('brain-metastases', { value: false, absence: 'witnessed', source, ...dated })
      else context.read('brain-metastases', { unknown: 'not-informative', source, ...dated })
    }
    context.understood(observation)
  }
}

/** Radiosurgery, whole-brain radiation or resection of a brain metastasis that was done; prophylactic radiation does not count. */
function readBrainTreatment(context: ReadContext, sites: Map<string, Site>): void {
  const index = siteIndexOf(context.knowledge)
  for (const procedure of context.chart.ofType('Procedure')) {
    if (!['completed', 'in-progress'].includes(String(procedure.status)) && procedure.status !== undefined) continue
    const words = [conceptOf(procedure.code), ...conceptsOf(procedure.bodySite), ...conceptsOf(procedure.reasonCode)].flatMap(wordsOf)
    const brainSite = conceptsOf(procedure.bodySite).some((site) => site.codings.some(({ code }) => index.byBodySite.get(code) === 'brain'))
    const tags = new Set(words.flatMap((text) => findPhrases(index.procedures, tokensOf(text)).map((hit) => hit.value)))
    const sitesNamed = new Set(words.flatMap((text) => findPhrases(index.sites, tokensOf(text)).map((hit) => hit.value)))
    if (tags.has('prophylactic') || tags.has('planned') || isLater(context, choiceDay(procedure, 'performed'))) continue
    if (!tags.has('surely') && !(tags.has('brain') && (brainSite || sitesNamed.has('brain')))) continue
    const on = choiceDay(procedure, 'performed')
    context.read('brain-treated', { value: true, source: context.source(procedure, 'code'), ...(on === undefined ? {} : { on }) })
    const brain = sites.get('brain')
    if (brain) brain.treated = true
  }
}

function settle(context: ReadContext, index: SiteIndex, sites: ReadonlyMap<string, Site>): void {
  if (sites.size === 0) return
  const names = new Set<string>()
  for (const value of sites.keys()) for (const name of [value, ...(index.with.get(value) ?? [])]) names.add(name)
  const sources = [...sites.values()].flatMap((site) => site.sources)
  const words = [...sites.values()].flatMap((site) => (site.isCoded ? [] : site.words))
  const shared = { sources, ...(words.length === 0 ? {} : { words: words.join(' | ') }) }
  context.settle('metastatic-sites', { ...shared, value: [...names].sort() })
  const rows: ListItem[] = [...sites.entries()]
    .filter(([value]) => !(value === 'bone' && sites.has('spine') && sites.get('bone')?.count === undefined))
    .map(([value, site]) => ({
      site: value,
      count: site.count ?? null,
      largestMm: site.largestMm ?? null,
      symptomatic: site.symptomatic ?? null,
      treated: site.treated ?? null,
      progressing: site.progressing ?? null,
      foundOn: site.foundOn ?? null,
    }))
    .sort((a, b) => a.site.localeCompare(b.site))
  context.settle('metastases', { ...shared, value: rows })
  for (const [value, site] of sites)
    if (site.painful && (value === 'bone' || index.with.get(value)?.includes('bone')))
      context.read('painful-bone-metastasis', {
        value: true,
        source: site.sources[0]!,
        ...(site.foundOn === undefined ? {} : { on: site.foundOn }),
        ...(site.isCoded ? {} : { words: site.words[0] ?? '', weight: -1 }),
      })
  const brain = sites.get('brain')
  if (brain) readBrain(context, brain)
  const leptomeninges = sites.get('leptomeninges')
  if (leptomeninges?.isCoded) context.read('leptomeningeal-disease', { value: true, source: leptomeninges.sources[0]! })
}

const withBrain = new WeakSet<ReadContext>()

/** Whether a brain metastasis is recorded with a code: a later scan that shows none does not take it back. */
export const hasRecordedBrain = (context: ReadContext): boolean => withBrain.has(context)

function readBrain(context: ReadContext, brain: Site): void {
  if (brain.isCoded) withBrain.add(context)
  const source = brain.sources[0]!
  const base = {
    source,
    ...(brain.foundOn === undefined ? {} : { on: brain.foundOn }),
    ...(brain.isCoded ? {} : { words: brain.words[0] ?? '', weight: -1 }),
  }
  context.read('brain-metastases', { ...base, value: true })
  if (brain.count !== undefined) context.read('brain-metastasis-count', { ...base, value: brain.count })
  if (brain.largestMm !== undefined) context.read('brain-largest-mm', { ...base, value: brain.largestMm, unit: 'mm' })
  if (brain.symptomatic !== undefined) context.read('brain-symptomatic', { ...base, value: brain.symptomatic })
  else readBrainComplaints(context)
  if (brain.treated !== undefined)
    context.read('brain-treated', { ...base, value: brain.treated, ...(brain.treated ? {} : { absence: 'witnessed' as const }) })
  if (brain.progressing !== undefined) context.read('brain-progressing', { ...base, value: brain.progressing })
}
