import { earliestDay, latestDay } from '@secondwind/core'
import { polarityIn } from './assertion.ts'
import { cancerIndexOf, cancerKindOf } from './cancers.ts'
import { conditionsOf, foundOn, stateOf } from './conditions-of.ts'
import type { ReadContext, Reader, ReaderKnowledge, Resource } from './context.ts'
import { isAboutOther, primariesOf } from './primary-cancer.ts'
import { rememberConcept } from './remember.ts'
import { type Concept, codeKeysOf, conceptOf, nameOf, objectOf, objectsOf, observedOn, stringOf, wordsOf } from './shapes.ts'
import { categoryOfToken, type StageFile, stageTermsOf } from './stage-terms.ts'
import { counts, saidInText, textsOf } from './texts.ts'
import { readTnmInText, readTnmWords } from './tnm-words.ts'
import { curativeTreatmentOn } from './treatment/curative.ts'
import { findPhrases, tokensOf } from './words.ts'

interface StageWitness {
  readonly value: string
  readonly resource: Resource
  readonly path: string
  readonly on?: string
  readonly edition?: string
  readonly words?: string
}

/**
 * Stage group and TNM: `stage-group`, `stage-edition`, `t-category`, `n-category`, `m-category`, `m-edition`, `metastatic-recurrence`.
 * The two-way split of M1c exists in the ninth edition only, so an M1c of the eighth stays M1c. A stage I to III beside metastases found in
 * the same work-up is a contradiction (`stage-mismatch`); metastases found later are a recurrence.
 */
export const readStaging: Reader = (context) => {
  const { lung } = primariesOf(context)
  const witnesses: StageWitness[] = []
  const categories: StageWitness[] = []
  for (const condition of lung) {
    witnesses.push(...stagesOfCondition(context, condition))
    readMetastaticWord(context, condition)
  }
  for (const observation of context.chart.ofType('Observation')) {
    if (!namesStage(context.knowledge, observation) || !counts(observation) || isAboutOther(context, observation, lung)) continue
    const isFree = !objectsOf(observation.focus).length && lung.length > 1 && hasTwoSides(context, lung)
    const category = readCategory(context, observation)
    if (category !== undefined) categories.push(category)
    const witness = stageOfObservation(context, observation)
    if (witness === undefined) {
      if (category === undefined && !isFree) readTnmOfGroup(context, observation)
      continue
    }
    if (isFree) {
      context.read('stage-group', {
        unknown: 'not-informative',
        source: context.source(observation),
        words: 'two lung cancers, and the stage does not say which',
      })
      continue
    }
    witnesses.push(witness)
    context.understood(observation)
  }
  if (witnesses.length === 0) witnesses.push(...stagesInText(context))
  for (const witness of witnesses) readGroup(context, witness)
  readTnmInText(context)
  compareWithMetastases(context, witnesses)
  compareNoMetastasis(context, categories, witnesses)
}

/** "Metastatic lung cancer" says M1 in words, and nothing of where. */
function readMetastaticWord(context: ReadContext, condition: Resource): void {
  if (stateOf(condition) !== 'present') return
  const { words } = cancerIndexOf(context.knowledge)
  const text = wordsOf(conceptOf(condition.code)).find((label) => {
    const tokens = tokensOf(label)
    return findPhrases(words, tokens).some(
      ({ value, from, to }) => value === 'metastasis' && polarityIn(context.knowledge, tokens, from, to) === 'present',
    )
  })
  if (text === undefined) return
  const on = foundOn(condition)
  context.read('m-category', {
    value: 'm1',
    words: text,
    weight: -1,
    source: context.source(condition, 'code'),
    ...(on === undefined ? {} : { on }),
  })
  saidInText(context, condition, 'code', text)
}

const hasTwoSides = (context: ReadContext, lung: readonly Resource[]): boolean =>
  new Set(
    lung
      .flatMap((condition) =>
        wordsOf(conceptOf(condition.code)).concat(objectsOf(condition.bodySite).flatMap((site) => wordsOf(conceptOf(site)))),
      )
      .flatMap((text) => tokensOf(text).filter((token) => token === 'left' || token === 'right')),
  ).size > 1 && conditionsOf(context).length > 1

function readGroup(context: ReadContext, witness: StageWitness): void {
  const source = context.source(witness.resource, witness.path)
  const base = {
    source,
    ...(witness.on === undefined ? {} : { on: witness.on }),
    ...(witness.words === undefined ? {} : { words: witness.words, weight: -1 }),
  }
  context.read('stage-group', { ...base, value: witness.value })
  if (witness.edition !== undefined) context.read('stage-edition', { ...base, value: witness.edition })
  if (witness.words !== undefined) saidInText(context, witness.resource, witness.path, witness.words)
}

/** The stage group of one concept: SNOMED, a code of cancerstaging.org, or its words ("Stage IVA", "4A", "IVB"). */
export function stageGroupOf(knowledge: ReaderKnowledge, concept: Concept): string | undefined {
  const { groupByCode, groupByWord } = stageTermsOf(knowledge)
  for (const { code } of concept.codings) {
    const value = groupByCode.get(code)
    if (value !== undefined) return value
  }
  for (const { system, code } of concept.codings) {
    const value = system.includes('snomed') || system.includes('loinc') ? undefined : groupByWord.get(tokensOf(code).join(' '))
    if (value !== undefined) return value
  }
  for (const text of wordsOf(concept)) {
    const value = groupInWords(knowledge, text, true)
    if (value !== undefined) return value
  }
  return undefined
}

/** A stage in words. With `bare`, the text is itself a stage ("IVA"); without, a stage word must stand before it. */
function groupInWords(knowledge: ReaderKnowledge, text: string, bare: boolean): string | undefined {
  const { groupByWord, stageWords } = stageTermsOf(knowledge)
  const tokens = tokensOf(text)
  if (bare) {
    // "IVB (cT2a N2 M1c)": the categories explain the group
    const bracket = tokens.indexOf('(')
    const whole = groupByWord.get(tokens.join(' ')) ?? groupByWord.get(tokens.slice(0, Math.max(0, bracket)).join(' '))
    if (whole !== undefined) return whole
  }
  for (const hit of findPhrases(stageWords, tokens)) {
    for (let at = hit.to; at < Math.min(tokens.length, hit.to + 3); at += 1) {
      // "stage IV a …" in running words: the letter may be an article
      const next = tokens[at + 1] === 'a' && !bare ? '' : (tokens[at + 1] ?? '')
      const value = groupByWord.get(`${tokens[at] ?? ''} ${next}`) ?? groupByWord.get(tokens[at] ?? '')
      if (value !== undefined) return value
    }
    const before = groupByWord.get(tokens[hit.from - 1] ?? '')
    if (before === 'limited' || before === 'extensive') return before
  }
  return undefined
}

export function editionOf(knowledge: ReaderKnowledge, concepts: readonly Concept[]): string | undefined {
  const { file, editionWords } = stageTermsOf(knowledge)
  for (const concept of concepts) {
    for (const { code } of concept.codings) if (file.editions.codes[code] !== undefined) return file.editions.codes[code]
    for (const text of [...wordsOf(concept), ...concept.codings.map(({ system }) => system)]) {
      const found = findPhrases(editionWords, tokensOf(text))[0]
      if (found) return found.value
    }
  }
  return undefined
}

function stagesOfCondition(context: ReadContext, condition: Resource): readonly StageWitness[] {
  const { file } = stageTermsOf(context.knowledge)
  const witnesses: StageWitness[] = []
  const on = foundOn(condition)
  const dated = on === undefined ? {} : { on }
  const isOver = stateOf(condition) === 'past'
  objectsOf(condition.stage).forEach((stage, index) => {
    const assessed = objectsOf(stage.assessment).some((reference) => {
      const target = context.chart.resolve(reference, condition)
      return target?.resourceType === 'Observation' && stageOfObservation(context, target) !== undefined
    })
    const summary = conceptOf(stage.summary)
    const value = stageGroupOf(context.knowledge, summary)
    const edition = editionOf(context.knowledge, [conceptOf(stage.type), summary])
    // The observation it points to says the same with a date of its own.
    if (value !== undefined && !assessed && !isOver)
      witnesses.push({
        value,
        resource: condition,
        path: `stage[${index}].summary`,
        ...dated,
        ...(edition === undefined ? {} : { edition }),
      })
    if (value === undefined && !isOver && stage.summary !== undefined) {
      const words = [...wordsOf(summary), ...summary.codings.map((coding) => coding.code)]
      const isRead = readTnmWords(context, words, edition, condition, `stage[${index}].summary`, on)
      if (!isRead && words[0] !== undefined)
        context.issue({
          code: 'unread-text',
          severity: 'warning',
          path: `${nameOf(condition)}.stage[${index}]`,
          message: `the stage "${words[0]}" was not understood`,
          remedy: 'record the stage group (for example IVB) or the TNM categories',
        })
    }
  })
  const code = conceptOf(condition.code)
  for (const { code: snomed } of code.codings) {
    const value = file.conditionCodes[snomed]
    if (value !== undefined) witnesses.push({ value, resource: condition, path: 'code', ...dated })
  }
  if (witnesses.length === 0)
    for (const text of wordsOf(code)) {
      const value = groupInWords(context.knowledge, text, false)
      if (value !== undefined && !isOver) {
        witnesses.push({ value, resource: condition, path: 'code.text', words: text, ...dated })
        break
      }
    }
  return witnesses
}

function stageOfObservation(context: ReadContext, observation: Resource): StageWitness | undefined {
  const { file } = stageTermsOf(context.knowledge)
  if (!namesStageGroup(file, conceptOf(observation.code)) && !hasGroupProfile(observation)) return undefined
  const text = stringOf(observation.valueString)
  const value =
    text === undefined
      ? stageGroupOf(context.knowledge, conceptOf(observation.valueCodeableConcept))
      : groupInWords(context.knowledge, text, true)
  if (value === undefined) return undefined
  const on = observedOn(observation)
  const edition = editionOf(context.knowledge, [conceptOf(observation.method), conceptOf(observation.valueCodeableConcept)])
  return {
    value,
    resource: observation,
    path: text === undefined ? 'valueCodeableConcept' : 'valueString',
    ...(on === undefined ? {} : { on }),
    ...(edition === undefined ? {} : { edition }),
  }
}

/** A stage group whose value is TNM. */
function readTnmOfGroup(context: ReadContext, observation: Resource): void {
  if (categoryNamed(context.knowledge, conceptOf(observation.code)) !== undefined) return
  const concept = conceptOf(observation.valueCodeableConcept)
  const words = [...wordsOf(concept), ...concept.codings.map(({ code }) => code)]
  const edition = editionOf(context.knowledge, [conceptOf(observation.method), concept])
  const path = 'valueCodeableConcept'
  if (readTnmWords(context, words, edition, observation, path, observedOn(observation))) context.understood(observation)
}

const namesStageGroup = rememberConcept(
  (file: StageFile, code: Concept): boolean =>
    codeKeysOf(code).some(
      (key) => file.groupLoinc.some((loinc) => key.endsWith(`|${loinc}`)) || file.groupSnomed.some((snomed) => key.endsWith(`|${snomed}`)),
    ) || wordsOf(code).some((text) => file.groupNames.includes(tokensOf(text).join(' '))),
)

function hasGroupProfile(observation: Resource): boolean {
  const profiles = objectOf(observation.meta)?.profile
  return (
    Array.isArray(profiles) && profiles.some((one) => typeof one === 'string' && one.includes('stage-group') && !one.includes('lymphoma'))
  )
}

/** Whether an observation is a stage group or a TNM category at all. */
function namesStage(knowledge: ReaderKnowledge, observation: Resource): boolean {
  const code = conceptOf(observation.code)
  return categoryNamed(knowledge, code) !== undefined || namesStageGroup(stageTermsOf(knowledge).file, code) || hasGroupProfile(observation)
}

const LABEL =
  /^(?:clinical |pathological |pathologic )?([cpyra]{0,3})([tnm])( category| stage| classification| descriptor| status| component)?$/

/** The T, N or M fact that the code of an observation stands for: by its code or name, or as "cM category", "pN", "M stage (TNM9)". */
const categoryNamed = rememberConcept((knowledge: ReaderKnowledge, code: Concept): string | undefined => {
  const { categoryOf, editionWords, file } = stageTermsOf(knowledge)
  const labels = wordsOf(code).map((text) => {
    const tokens = tokensOf(text)
    const editions = findPhrases(editionWords, tokens)
    return tokens.filter((token, at) => /[a-z]/.test(token) && !editions.some(({ from, to }) => at >= from && at < to)).join(' ')
  })
  const known = [...code.codings.map((coding) => coding.code), ...wordsOf(code).map((text) => tokensOf(text).join(' ')), ...labels]
    .map((key) => categoryOf.get(key))
    .find((value) => value !== undefined)
  if (known !== undefined) return known
  for (const label of labels) {
    const [, prefix, letter, kind] = LABEL.exec(label) ?? []
    // a bare letter names nothing
    if (letter !== undefined && (prefix !== '' || kind !== undefined)) return file.categories[letter]?.fact
  }
  return undefined
})

function readCategory(context: ReadContext, observation: Resource): StageWitness | undefined {
  const { file } = stageTermsOf(context.knowledge)
  const fact = categoryNamed(context.knowledge, conceptOf(observation.code))
  if (fact === undefined) return undefined
  const concept = conceptOf(observation.valueCodeableConcept)
  const codes = concept.codings.map((coding) => file.categoryCodes[coding.code]).find((value) => value !== undefined)
  const letter = fact.slice(0, 1)
  const texts = [...concept.codings.map((coding) => coding.code), ...wordsOf(concept), stringOf(observation.valueString) ?? '']
  const words = texts.flatMap((text) => tokensOf(text)).map((token) => categoryOfToken(/^[0-4x]/.test(token) ? letter + token : token))
  const said = words.find((found) => found?.letter === letter)?.value
  const value = codes ?? said
  if (value === undefined) return undefined
  const source = context.source(observation)
  const on = observedOn(observation)
  const dated = on === undefined ? {} : { on }
  context.understood(observation)
  if (codes !== undefined && said !== undefined && codes.slice(0, 2) !== said.slice(0, 2)) {
    context.read(fact, { unknown: 'conflicting', source, ...dated })
    context.issue({
      code: 'contradictory-result',
      severity: 'warning',
      path: nameOf(observation),
      message: `the code says ${codes.toUpperCase()} and the words say ${said.toUpperCase()}: neither was used`,
      remedy: 'correct the code or the words',
    })
    return undefined
  }
  const edition = editionOf(context.knowledge, [conceptOf(observation.method), concept, conceptOf(observation.code)])
  if (fact !== 'm-category') {
    context.read(fact, { value, source, ...dated })
    return undefined
  }
  const isNinth = file.ninthOnly.includes(value)
  if (isNinth && edition !== undefined && edition !== '9') {
    context.read(fact, { value: 'm1c', source, ...dated })
    context.issue({
      code: 'suspicious-code',
      severity: 'warning',
      path: nameOf(observation),
      message: `${value.toUpperCase()} does not exist in edition ${edition}: read as M1c`,
      remedy: 'correct the edition or the category',
    })
  } else context.read(fact, { value, source, ...dated })
  const stated = edition ?? (isNinth ? '9' : undefined)
  if (stated !== undefined) context.read('m-edition', { value: stated, source, ...dated })
  return { value, resource: observation, path: 'value', ...dated }
}

/** M0 beside a distant metastasis or a stage IV of the same work-up: the contradiction is said. */
function compareNoMetastasis(context: ReadContext, categories: readonly StageWitness[], witnesses: readonly StageWitness[]): void {
  const { file } = stageTermsOf(context.knowledge)
  const none = categories
    .filter(({ value }) => value === 'm0')
    .sort(byDay)
    .at(-1)
  if (none === undefined) return
  const first = distantMetastases(context).find((metastasis) => !isFoundLater(context, none.on, foundOn(metastasis)))
  const fourth = witnesses.find(({ value, on }) => file.fourth.includes(value) && !isFoundLater(context, none.on, on))
  if (first === undefined && fourth === undefined) return
  context.issue({
    code: 'stage-mismatch',
    severity: 'warning',
    path: nameOf(none.resource),
    message:
      first !== undefined
        ? `M0 is recorded beside ${nameOf(first)}, a distant metastasis`
        : `M0 is recorded beside stage ${fourth?.value.toUpperCase()}, which needs a distant metastasis`,
    remedy: first !== undefined ? 'correct the M category, or the metastasis' : 'correct the M category, or the stage',
  })
}

/** Distant metastases that are recorded as conditions, the earliest first. */
const distantMetastases = (context: ReadContext): readonly Resource[] =>
  conditionsOf(context)
    .filter(
      (condition) =>
        cancerKindOf(context, condition) === 'metastasis' && stateOf(condition) === 'present' && !isRegional(context, condition),
    )
    .sort((a, b) => (foundOn(a) ?? '').localeCompare(foundOn(b) ?? '') || nameOf(a).localeCompare(nameOf(b)))

/** Found so long after the staging that it does not contradict it. */
function isFoundLater(context: ReadContext, stagedOn: string | undefined, found: string | undefined): boolean {
  const staged = stagedOn === undefined ? undefined : latestDay(stagedOn)
  const day = found === undefined ? undefined : earliestDay(found)
  return staged !== undefined && day !== undefined && day - staged > stageTermsOf(context.knowledge).file.workUpDays
}

/** Stage stated in notes, used only when nothing coded says one. */
function stagesInText(context: ReadContext): readonly StageWitness[] {
  const found: StageWitness[] = []
  for (const { resource, path, text, on, kind } of textsOf(context)) {
    if (kind === 'pathology') continue
    const value = groupInWords(context.knowledge, text, false)
    if (value !== undefined) found.push({ value, resource, path, words: text.slice(0, 200), ...(on === undefined ? {} : { on }) })
  }
  return found
}

function compareWithMetastases(context: ReadContext, witnesses: readonly StageWitness[]): void {
  const { file } = stageTermsOf(context.knowledge)
  const early = witnesses
    .filter(({ value }) => file.early.includes(value))
    .sort(byDay)
    .at(-1)
  if (early === undefined) {
    readLateRelapse(context, witnesses)
    return
  }
  const advanced = witnesses
    .filter(({ value }) => file.advanced.includes(value))
    .sort(byDay)
    .at(-1)
  if (advanced && byDay(early, advanced) < 0) {
    markRecurrence(context, advanced.resource, advanced.on)
    return
  }
  const first = distantMetastases(context)[0]
  if (first === undefined) return
  const found = foundOn(first)
  if (isFoundLater(context, early.on, found)) {
    markRecurrence(context, first, found)
    return
  }
  context.issue({
    code: 'stage-mismatch',
    severity: 'warning',
    path: nameOf(early.resource),
    message: `stage ${early.value.toUpperCase()} is recorded beside ${nameOf(first)}, a distant metastasis`,
    remedy: 'confirm the stage: with a distant metastasis it is stage IV',
  })
}

/** No earlier stage on record, but a treatment meant to cure long before the first metastasis: a relapse, unless stage IV was recorded by then. */
function readLateRelapse(context: ReadContext, witnesses: readonly StageWitness[]): void {
  const first = distantMetastases(context)[0]
  const treated = first === undefined ? undefined : curativeTreatmentOn(context)
  if (first === undefined || !isFoundLater(context, treated, foundOn(first))) return
  const { advanced } = stageTermsOf(context.knowledge).file
  if (!witnesses.some(({ value, on }) => advanced.includes(value) && !isFoundLater(context, treated, on)))
    markRecurrence(context, first, foundOn(first))
}

/** Regional nodes are part of stage I to III: `C77.1` and the like never contradict it. */
function isRegional(context: ReadContext, condition: Resource): boolean {
  const { sites } = context.knowledge.terminology<{
    readonly sites: readonly { readonly regional?: true; readonly icd10?: readonly string[]; readonly snomed?: readonly string[] }[]
  }>('metastatic-sites')
  return conceptOf(condition.code).codings.some(({ code }) =>
    sites.some((site) => site.regional && ((site.icd10 ?? []).includes(code) || (site.snomed ?? []).includes(code))),
  )
}

function markRecurrence(context: ReadContext, resource: Resource, on: string | undefined): void {
  const base = { value: true, source: context.source(resource), ...(on === undefined ? {} : { on }) }
  context.read('metastatic-recurrence', base)
  context.read('stage-iv', base)
}

const byDay = (a: StageWitness, b: StageWitness): number => (a.on ?? '').localeCompare(b.on ?? '')
