import { earliestDay, type KnownFact } from '@secondwind/core'
import { cancerIndexOf } from './cancers.ts'
import type { ReadContext } from './context.ts'
import { type HistologyWitness, mostSpecific } from './histology.ts'
import { choiceDay, dayOf, nameOf } from './shapes.ts'
import { saidInText } from './texts.ts'

/** What tissue taken later says of the histology: the new value, `unchanged`, or a change that is suspected only. */
export interface Transformation {
  readonly value: string
  readonly isSuspected?: true
  readonly witnesses: readonly HistologyWitness[]
  /** The histology before, where only the same words name it. */
  readonly before: readonly HistologyWitness[]
}

/**
 * A tissue result after anticancer treatment (or one that calls itself a rebiopsy or a transformation) with a histology that the first one
 * can turn into, or the same again. What a later result finds counts even where another later sample shows the old histology.
 */
export function transformation(
  context: ReadContext,
  listed: readonly HistologyWitness[],
  tissue: readonly HistologyWitness[],
): Transformation | undefined {
  const { file } = cancerIndexOf(context.knowledge)
  const days = [...listed, ...tissue].map(({ on }) => on).filter((on) => on !== undefined)
  const first = days.sort()[0]
  const firstDay = first === undefined ? undefined : earliestDay(first)
  const treated = treatmentDays(context)
  const late = [...listed.filter(({ saysRebiopsy }) => saysRebiopsy), ...tissue].filter(({ on, saysRebiopsy, saysTransformed }) => {
    if (saysTransformed) return true
    const day = on === undefined ? undefined : earliestDay(on)
    if (saysRebiopsy && (firstDay === undefined || day === undefined || day > firstDay)) return true
    return day !== undefined && firstDay !== undefined && treated.some((start) => start >= firstDay && start < day)
  })
  if (late.length === 0) return undefined
  const said = late.filter(({ saysTransformed }) => saysTransformed)
  const lateDay = late.map(({ on }) => on ?? '').sort()[0] ?? ''
  // A diagnosis list that was brought up to date with the rebiopsy is not an earlier witness.
  const isUpdate = (witness: HistologyWitness): boolean =>
    said.some(
      ({ value }) => file.transformed[value] === file.transformed[witness.value] && file.transformed[witness.value] !== undefined,
    ) ||
    (late.some(({ value }) => value === witness.value) && (witness.on ?? '') >= lateDay && lateDay !== '')
  const early = [...listed, ...tissue].filter((witness) => !late.includes(witness) && !isUpdate(witness))
  const before = late.flatMap((witness) =>
    (witness.named ?? [])
      .filter((value) => file.transformedFrom.includes(value) && value !== witness.value)
      .map(
        (value): HistologyWitness => ({
          resource: witness.resource,
          path: witness.path,
          value,
          ...wordsOf(witness),
          isTissue: witness.isTissue,
          saysRebiopsy: false,
        }),
      ),
  )
  const from = mostSpecific(
    context,
    [...early, ...before].map(({ value }) => value),
  )
  const isKnownStart = from.length > 0 && from.every((value) => file.transformedFrom.includes(value))
  const isOpenStart = from.every((value) => file.open.includes(value))
  const isNew = ({ value, saysTransformed }: HistologyWitness): boolean =>
    file.transformed[value] !== undefined && !from.includes(value) && (isKnownStart || (isOpenStart && saysTransformed === true))
  const news = late.filter(isNew).sort(byDay)
  const to = news.find(({ value }) => !file.transformedFrom.includes(value)) ?? news[0]
  if (to !== undefined) {
    const same = (witness: HistologyWitness): boolean => file.transformed[witness.value] === file.transformed[to.value]
    return {
      value: to.value,
      witnesses: [...listed, ...tissue].filter((witness) => !early.includes(witness) && same(witness)).sort(byDay),
      before: early.some(({ value }) => !file.open.includes(value)) ? [] : before,
    }
  }
  if (from.length !== 1 || from[0] === undefined) return undefined
  const suspected = late.filter(({ suspects }) => suspects !== undefined)
  if (suspected.length > 0) return { value: suspected[0]?.suspects ?? '', isSuspected: true, witnesses: suspected, before: [] }
  const again = late.filter(({ value }) => mostSpecific(context, [value, from[0] ?? '']).length === 1)
  return again.length > 0 ? { value: 'unchanged', witnesses: again, before: [] } : undefined
}

/** `transformed-histology` from what was found; a suspected change stays unknown and asks for tissue. */
export function settleTransformation(context: ReadContext, found: Transformation): void {
  const last = found.witnesses.at(-1)
  if (last === undefined) return
  context.understood(last.resource)
  if (found.isSuspected) {
    context.read('transformed-histology', {
      unknown: 'not-informative',
      source: context.source(last.resource, last.path),
      ...wordsOf(last),
    })
    context.issue({
      code: 'histology-unconfirmed',
      severity: 'warning',
      path: `${nameOf(last.resource)}.${last.path}`,
      message: 'a later sample suspects a change of the histology and does not show it',
      remedy: 'ask pathology for a final diagnosis, or repeat the biopsy, before the next treatment is chosen',
    })
    return
  }
  const value = cancerIndexOf(context.knowledge).file.transformed[found.value] ?? 'none'
  context.settle('transformed-histology', { ...known(context, found.witnesses), value })
  if (last.words !== undefined && found.witnesses.every(({ isTissue }) => !isTissue))
    saidInText(context, last.resource, last.path, last.words)
}

/** A first result that asserts small cell beside another histology is a combined tumour, unless it is the later of two. */
export function combined(context: ReadContext, witness: HistologyWitness): HistologyWitness {
  const { file } = cancerIndexOf(context.knowledge)
  const mixed = file.combined[witness.value]
  return witness.named === undefined || mixed === undefined ? witness : { ...witness, value: mixed }
}

export function known(context: ReadContext, witnesses: readonly HistologyWitness[]): KnownFact {
  const days = witnesses.map(({ on }) => on).filter((on) => on !== undefined)
  const words = witnesses.every((witness) => witness.words !== undefined) ? witnesses[0]?.words : undefined
  const on = days.sort()[0]
  return {
    value: '',
    sources: witnesses.map(({ resource, path }) => context.source(resource, path)),
    ...(on === undefined ? {} : { on }),
    ...(words === undefined ? {} : { words }),
  }
}

const wordsOf = ({ words }: HistologyWitness) => (words === undefined ? {} : { words })
const byDay = (a: HistologyWitness, b: HistologyWitness): number => (a.on ?? '').localeCompare(b.on ?? '') || a.value.localeCompare(b.value)

/** First days of medicines and radiation in the chart. */
function treatmentDays(context: ReadContext): readonly number[] {
  const days: (string | undefined)[] = []
  for (const type of ['MedicationRequest', 'MedicationAdministration', 'MedicationStatement']) {
    for (const resource of context.chart.ofType(type))
      days.push(dayOf(resource.authoredOn) ?? choiceDay(resource, 'effective') ?? dayOf(resource.dateAsserted))
  }
  return days.map((day) => (day === undefined ? undefined : earliestDay(day))).filter((day) => day !== undefined)
}
