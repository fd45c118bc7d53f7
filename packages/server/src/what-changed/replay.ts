import { canonical, comparePlans, type PlanChange } from '@secondwind/care'
import { type Fact, isKnown, type KnowledgeBase, type PlanDocument } from '@secondwind/core'
import { chartDigest, type PlanRequest, planChart, software } from '../compose.ts'
import type { CohortPatient } from './cohort.ts'
import { differingPlaces } from './read-plan.ts'

/** What came of planning a chart again as an old plan says that it was planned. */
export interface Replayed {
  readonly patient: string
  /**
   * `identical`: the same bytes. `other-layout`: the same document, with other white space or order of fields than the command prints.
   * `other-software`: the same but for the name of the software. `different`: `differs` and `changes` say in what.
   */
  readonly outcome: 'identical' | 'other-layout' | 'other-software' | 'different'
  /** What the old plan and this run do not share, in words. */
  readonly differs: readonly string[]
  readonly changes: readonly PlanChange[]
}

export interface ReplayRequest {
  /** The old plan, as its file holds it. */
  readonly text: string
  readonly document: PlanDocument
  readonly chart: CohortPatient['chart']
  readonly knowledge: KnowledgeBase
  /** Corrections by hand, as typed; without them they are taken from the old plan. */
  readonly overrides?: readonly string[]
  readonly overlay?: PlanRequest['overlay']
}

/**
 * Plans a chart again with the knowledge, the day and the corrections of an old plan, and compares the bytes.
 *
 * Throws what planning throws: the caller knows whether the base is of another time than the software.
 */
export function replayPlan({ text, document, chart, knowledge, overrides, overlay }: ReplayRequest): Replayed {
  const { patient, asOf, inputs } = document
  const differs: string[] = []
  const digest = chartDigest(chart)
  if (digest !== inputs.chartDigest)
    differs.push(`the chart is not the one that was planned: its content has the digest ${digest}, the plan names ${inputs.chartDigest}`)
  if (software !== inputs.software) differs.push(`the plan was made by ${inputs.software}, this is ${software}`)
  if (overlay?.digest !== inputs.overlayDigest)
    differs.push(
      inputs.overlayDigest === undefined
        ? 'the plan was made without the overlay of a site'
        : overlay === undefined
          ? `the plan was made with the overlay of ${document.site?.name ?? 'a site'} (${inputs.overlayDigest}): give its file with --site`
          : `the overlay is not the one that was used: its digest is ${overlay.digest}, the plan names ${inputs.overlayDigest}`,
    )
  const tries = overrides ? [overrides] : overridesOf(document, knowledge)
  let closest: PlanDocument | undefined
  for (const entries of tries) {
    const made = planChart(chart, { knowledge, asOf, overrides: entries, ...(overlay ? { overlay } : {}) })
    if (!made.ok) continue
    const printed = JSON.stringify(made.value)
    if (printed === text) return { patient, outcome: 'identical', differs: [], changes: [] }
    if (canonical(made.value) === canonical(document)) return { patient, outcome: 'other-layout', differs: [], changes: [] }
    closest ??= made.value
  }
  if (closest === undefined)
    return { patient, outcome: 'different', differs: [...differs, 'the corrections by hand are not accepted any more'], changes: [] }
  if (canonical({ ...closest, inputs }) === canonical(document) && differs.length === 1 && software !== inputs.software)
    return { patient, outcome: 'other-software', differs, changes: [] }
  if (differs.length === 0)
    differs.push(
      `chart, knowledge, day and software (${software}) are those of the plan, and yet the documents differ: the plan was edited after it was made, or the software was changed without a new version`,
    )
  const changes = comparePlans(document, closest)
  // what no change of the plan itself explains must still be named
  const apart = (plan: PlanDocument): unknown => {
    const { software: _software, chartDigest: _chart, overlayDigest: _overlay, ...more } = plan.inputs
    return { ...plan, inputs: more }
  }
  const places = changes.length > 0 ? [] : differingPlaces(apart(document), apart(closest), 5)
  return { patient, outcome: 'different', differs: [...differs, ...places], changes }
}

/** Facts that are entered by hand because another one was: the classes of drugs, and whether treatment runs. */
const FOLLOWERS: { readonly [fact: string]: string } = {
  'prior-classes': 'prior-drugs',
  'palliative-classes': 'palliative-drugs',
  'current-classes': 'current-drugs',
  'progressed-on-classes': 'progressed-on',
  'on-treatment': 'current-drugs',
}

/**
 * The corrections by hand that an old plan shows, as `--set` takes them: first without those that followed from others, then with them.
 * What a site's overlay set, or was computed, is no correction.
 */
export function overridesOf({ case: { facts } }: PlanDocument, knowledge: KnowledgeBase): readonly (readonly string[])[] {
  const types = new Map(knowledge.facts.map((f) => [f.id, f.type]))
  const byHand = Object.entries(facts).filter(([, fact]) => isByHand(fact))
  const entry = ([id, fact]: readonly [string, Fact]): string =>
    `${id}=${isKnown(fact) ? typed(fact.value, types.get(id), fact.unit) : 'unknown'}`
  const own = byHand.filter(([id]) => !byHand.some(([other]) => other === FOLLOWERS[id]))
  return own.length === byHand.length ? [own.map(entry)] : [own.map(entry), byHand.map(entry)]
}

const isByHand = (fact: Fact): boolean =>
  isKnown(fact)
    ? fact.enteredByHand === true && fact.derived !== true && fact.words === undefined
    : fact.words === 'set to unknown by hand' && fact.derived !== true

function typed(value: unknown, type: string | undefined, unit: string | undefined): string {
  if (type === 'list') return JSON.stringify(value)
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',')
  return `${String(value)}${unit === undefined || unit === '1' ? '' : ` ${unit}`}`
}
