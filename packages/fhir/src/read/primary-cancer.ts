import { cancerIndexOf, cancerKindOf, mayBeOfOtherCancer } from './cancers.ts'
import { bodySitesOf, conditionsOf, foundOn, stateOf } from './conditions-of.ts'
import type { ReadContext, Reader, Resource } from './context.ts'
import {
  type HistologyWitness,
  mostSpecific,
  noteWitnesses,
  tissueWitnesses,
  transformationNotes,
  witnessesOfCondition,
} from './histology.ts'
import { readNonSquamous } from './non-squamous.ts'
import { conceptOf, extensionOf, labelOf, nameOf, referencesOf, wordsOf } from './shapes.ts'
import { saidInText } from './texts.ts'
import { combined, known, settleTransformation, transformation } from './transformation.ts'
import { findPhrases, tokensOf } from './words.ts'

/** A lung cancer of the chart, or the reason there is none to plan for. */
export interface Primaries {
  readonly lung: readonly Resource[]
  readonly others: readonly Resource[]
}

/** Conditions that are a lung cancer, and other cancers that are active. Refuted and mistaken entries are left out. */
export function primariesOf(context: ReadContext): Primaries {
  const lung: Resource[] = []
  const others: Resource[] = []
  for (const condition of conditionsOf(context)) {
    const state = stateOf(condition)
    if (state === 'error' || state === 'absent') continue
    const kind = cancerKindOf(context, condition)
    if (kind === 'lung') lung.push(condition)
    else if (kind === 'other-cancer' && state !== 'past') others.push(condition)
  }
  return { lung, others }
}

/** A resource is about another condition when its focus or related condition is a Condition of the chart that is not one of these. */
export function isAboutOther(context: ReadContext, resource: Resource, own: readonly Resource[]): boolean {
  const references = [...referencesOf(resource.focus), ...referencesOf(extensionOf(resource, 'mcode-related-condition')?.valueReference)]
  const conditions = references
    .map((reference) => context.chart.resolve(reference, resource))
    .filter((target) => target?.resourceType === 'Condition')
  return conditions.length > 0 && !conditions.some((condition) => own.includes(condition!))
}

/**
 * Whether what a resource says of "the tumour" is said of another cancer: its focus is a condition that is not the lung cancer (or that the
 * chart does not hold), or its own words name another cancer. For findings of the tumour only: a symptom is the patient's, whatever its focus.
 */
export function isOfOtherTumour(context: ReadContext, resource: Resource): boolean {
  const { lung } = primariesOf(context)
  if (isAboutOther(context, resource, lung)) return true
  const focus = referencesOf(resource.focus)
  const isElsewhere =
    focus.length > 0 &&
    focus.every((reference) => /(?:^|\/)Condition\//.test(reference)) &&
    focus.every((reference) => context.chart.resolve(reference, resource) === undefined)
  if (isElsewhere) return true
  const { words } = cancerIndexOf(context.knowledge)
  const labels = [resource.code, resource.method, resource.valueCodeableConcept].flatMap((element) => wordsOf(conceptOf(element)))
  return labels.some((text) => findPhrases(words, tokensOf(text)).some((hit) => hit.value === 'otherCancer'))
}

/**
 * Primary cancer: `histology`, `histology-from-text`, `transformed-histology`, `laterality`, `second-primary`.
 * A more specific histology beats a general one; two specific ones that disagree are conflicting, unless the later is a biopsy under treatment.
 */
export const readPrimaryCancer: Reader = (context) => {
  const { lung, others } = primariesOf(context)
  const doubtful = conditionsOf(context).filter((condition) => stateOf(condition) === 'present' && mayBeOfOtherCancer(context, condition))
  for (const condition of others) context.understood(condition)
  const suspected = conditionsOf(context).filter(
    (condition) => cancerKindOf(context, condition) === 'suspected-lung' && stateOf(condition) !== 'absent',
  )
  if (lung.length === 0) {
    readWithoutLung(context, others, suspected)
    return
  }
  const confirmed = lung.filter((condition) => stateOf(condition) !== 'uncertain')
  const tissue = tissueWitnesses(context, (resource) => isAboutOther(context, resource, lung))
  if (confirmed.length === 0) {
    context.issue(unconfirmed(nameOf(lung[0]!), 'the diagnosis of lung cancer is recorded as not confirmed'))
    if (tissue.length === 0) context.read('histology', { unknown: 'pending', source: context.source(lung[0]!, 'verificationStatus') })
  }
  const listed = (confirmed.length > 0 ? confirmed : []).flatMap((condition) =>
    witnessesOfCondition(context, condition, foundOn(condition)),
  )
  settleHistology(context, listed, tissue, lung)
  readSides(context, lung, others, doubtful)
  for (const condition of lung) context.understood(condition)
}

function readWithoutLung(context: ReadContext, others: readonly Resource[], suspected: readonly Resource[]): void {
  const doubtful = suspected[0]
  if (doubtful) {
    context.issue(unconfirmed(nameOf(doubtful), 'lung cancer is suspected, not confirmed'))
    context.read('histology', { unknown: 'pending', source: context.source(doubtful, 'code') })
    context.understood(doubtful)
    return
  }
  const other = others[0]
  if (other) {
    context.read('histology', { value: 'not-lung', source: context.source(other, 'code'), ...dated(foundOn(other)) })
    context.issue({
      code: 'histology-out-of-scope',
      severity: 'error',
      path: `${nameOf(other)}.code`,
      message: `the cancer in this chart is ${labelOf(conceptOf(other.code)) ?? 'not named'}: not a lung cancer`,
      remedy: 'this product plans treatment of lung cancer only',
    })
    return
  }
  const tissue = tissueWitnesses(context, () => false)
  settleHistology(context, [], tissue, [])
}

const dated = (on: string | undefined) => (on === undefined ? {} : { on })

const unconfirmed = (path: string, message: string) => ({
  code: 'histology-unconfirmed' as const,
  severity: 'warning' as const,
  path,
  message,
  remedy: 'confirm the diagnosis by biopsy or cytology before treatment is chosen',
})

function settleHistology(
  context: ReadContext,
  listed: readonly HistologyWitness[],
  found: readonly HistologyWitness[],
  lung: readonly Resource[],
): void {
  const noted = transformationNotes(context)
  const tissue = [...found, ...noted]
  const stated = [...listed, ...found]
  const isOpen = mostSpecific(
    context,
    stated.map(({ value }) => value),
  ).every((value) => cancerIndexOf(context.knowledge).file.open.includes(value))
  const later = transformation(context, listed, tissue)
  const extra = isOpen ? noteWitnesses(context) : []
  const all = [...stated, ...extra, ...(later?.before ?? [])]
  if (all.length === 0) return
  const initial = (later === undefined ? all : all.filter((witness) => !later.witnesses.includes(witness))).map((witness) =>
    combined(context, witness),
  )
  if (later) settleTransformation(context, later)
  const values = mostSpecific(
    context,
    initial.map(({ value }) => value),
  )
  const value = values[0]
  const witnesses = initial.filter((witness) => values.includes(witness.value))
  if (value === undefined) return
  if (values.length > 1) {
    context.settle('histology', { unknown: 'conflicting', sources: witnesses.map(({ resource, path }) => context.source(resource, path)) })
    context.issue({
      code: 'contradictory-result',
      severity: 'warning',
      path: 'histology',
      message: `the chart names ${values.join(' and ')} as the histology`,
      remedy: 'have pathology settle which it is',
    })
    return
  }
  const onlyWords = witnesses.every(({ words }) => words !== undefined)
  context.settle('histology', { ...known(context, witnesses), value })
  readNonSquamous(context, lung, value, witnesses, (resource) => lung.length > 0 && isAboutOther(context, resource, lung))
  if (onlyWords) {
    const first = witnesses[0]!
    context.read('histology-from-text', {
      value: true,
      source: context.source(first.resource, first.path),
      words: first.words ?? '',
      ...dated(first.on),
    })
    saidInText(context, first.resource, first.path, first.words ?? '')
  }
}

function readSides(context: ReadContext, lung: readonly Resource[], others: readonly Resource[], doubtful: readonly Resource[]): void {
  const { words } = cancerIndexOf(context.knowledge)
  for (const condition of doubtful) {
    context.read('second-primary', {
      unknown: 'not-informative',
      source: context.source(condition, 'code'),
      words: labelOf(conceptOf(condition.code)) ?? 'not named',
      ...dated(foundOn(condition)),
    })
    context.issue({
      code: 'two-primaries',
      severity: 'warning',
      path: nameOf(condition),
      message: `this counts as a metastasis of the lung cancer, and may be one of another cancer: ${labelOf(conceptOf(condition.code)) ?? 'not named'}`,
      remedy: 'say which cancer it belongs to, and record the other cancer if there is one',
    })
  }
  const sides = new Map<string, Resource>()
  for (const condition of lung) {
    const side = sideOf(context, condition)
    if (side !== undefined) sides.set(side, condition)
  }
  const second = lung.find((condition) =>
    wordsOf(conceptOf(condition.code)).some((text) => findPhrases(words, tokensOf(text)).some((hit) => hit.value === 'second')),
  )
  const active = lung.filter((condition) => stateOf(condition) !== 'past')
  const isSplit = sides.has('left') && sides.has('right') && active.length > 1
  const other = others[0] ?? second ?? (isSplit ? active[1] : undefined)
  if (other) {
    context.read('second-primary', { value: true, source: context.source(other, 'code'), ...dated(foundOn(other)) })
    context.issue({
      code: 'two-primaries',
      severity: 'warning',
      path: nameOf(other),
      message:
        isSplit && others.length === 0
          ? 'two lung cancers are recorded, one on each side'
          : `another active cancer is recorded: ${labelOf(conceptOf(other.code)) ?? 'not named'}`,
      remedy: 'say which cancer each stage, biomarker and metastasis belongs to',
    })
  }
  const [side, source] = [...sides.entries()][0] ?? []
  if (side !== undefined && source !== undefined && !isSplit)
    context.read('laterality', {
      value: sides.size > 1 ? 'bilateral' : side,
      source: context.source(source, 'bodySite'),
      ...dated(foundOn(source)),
    })
}

function sideOf(context: ReadContext, condition: Resource): string | undefined {
  const { file, sides } = cancerIndexOf(context.knowledge)
  const sites = bodySitesOf(condition)
  const raw = Array.isArray(condition.bodySite) ? condition.bodySite : []
  const qualifiers = raw.map((site) => conceptOf(extensionOf(site as Resource, 'mcode-laterality-qualifier')?.valueCodeableConcept))
  for (const concept of [...qualifiers, ...sites, conceptOf(condition.code)]) {
    for (const { code } of concept.codings) {
      const side = file.laterality.snomed[code] ?? file.laterality.icd10[code]
      if (side !== undefined) return side
    }
    for (const text of wordsOf(concept)) {
      const found = new Set(findPhrases(sides, tokensOf(text)).map((hit) => hit.value))
      if (found.size === 1) return [...found][0]
      if (found.size > 1) return 'bilateral'
    }
  }
  return undefined
}
