import { checkOrder } from '@secondwind/care'
import type { KnowledgeBase, PlanDocument, Result } from '@secondwind/core'
import { type ParsedChart, parseCharts, type Resource, readPatientCase } from '@secondwind/fhir'
import { planChart, readerFor } from '../compose.ts'
import type { ServerIssue } from '../issue.ts'
import { asTaken } from './as-taken.ts'
import { orderedClasses } from './avoided.ts'
import { type CardContext, cardOf } from './card.ts'
import { type DraftOrder, draftOrders } from './drafts.ts'
import { type FhirFetch, gatherChart, isOfAnother } from './gather.ts'
import type { RuledCard } from './governor.ts'
import { orderCards } from './order-cards.ts'
import { missingDraft, patientCards } from './patient-cards.ts'
import type { CdsRequest } from './protocol.ts'
import { PREFETCH } from './services.ts'
import { plainWords } from './words.ts'

/** A chart of this installation. Plans are made with all of it; `shown` takes from a plan the words that its reader may not see. */
export interface OwnChart {
  readonly resources: readonly Resource[]
  readonly shown?: (plan: PlanDocument) => PlanDocument
}

/** What an answer is made with. */
export interface CdsSurroundings {
  readonly knowledge: KnowledgeBase
  /** The clinical date, ISO day. */
  readonly today: string
  /** Reads from the client's FHIR server; undefined where none may be called. */
  readonly fetch?: FhirFetch
  /** The chart that this installation holds of a patient, where the caller may see it. */
  readonly ownChart?: (patientId: string) => Promise<OwnChart | undefined>
  readonly planUrl?: (patientId: string) => string
}

/** The cards for one call of a hook. Reads, and changes nothing. */
export async function answerHook(
  request: CdsRequest,
  surroundings: CdsSurroundings,
): Promise<Result<readonly RuledCard[], readonly ServerIssue[]>> {
  const { knowledge, today, planUrl } = surroundings
  const context: CardContext = {
    hookInstance: request.hookInstance,
    knowledge: { version: knowledge.version, digest: knowledge.digest },
    ...(planUrl ? { planUrl: planUrl(request.patientId) } : {}),
  }
  const own = await ownResources(request, surroundings)
  const { resources, missing } = own ?? (await gatherChart(request, PREFETCH, surroundings.fetch))
  const planOf = (of: ParsedChart): PlanDocument => (own?.shown ?? asItIs)(planned(of, knowledge, today))
  const chart = chartOf(resources, request.patientId)
  const foreign = request.draftOrders.filter((draft) => isOfAnother(draft, request.patientId))
  const drafts = request.draftOrders.filter((draft) => !foreign.includes(draft))
  const ofAnother = foreignCards(foreign, context)
  // nothing was said of this patient: to stay silent would look like "nothing to say"
  if (chart === undefined)
    return { ok: true, value: [cardOf(missingDraft(missing.length > 0 ? missing : ['patient']), context), ...ofAnother] }
  const plan = planOf(chart)
  if (request.hook === 'patient-view') return { ok: true, value: patientCards(plan, missing, context) }

  const orders = draftOrders(drafts, resources, knowledge)
  const read = readPatientCase(chart, readerFor(knowledge), { asOf: today, overrides: [] })
  const untold = [...untoldCards({ ...request, draftOrders: drafts }, orders, context), ...ofAnother]
  if (orders.length === 0 || !read.ok) return { ok: true, value: untold }
  const check = checkOrder(
    read.value.patientCase,
    knowledge,
    orders.flatMap((o) => o.drugs),
  )
  const others = orders.filter((o) => !o.drugs.some((d) => check.drugs.includes(d)))
  const taken = others.map(({ resource }) => asTaken(resource, today))
  const withOthers = taken.length === 0 ? undefined : chartOf([...resources, ...taken], request.patientId)
  const cards = orderCards(
    {
      hook: request.hook,
      selections: request.selections,
      orders,
      classes: orders.map((order) => orderedClasses(order, [...drafts, ...resources], knowledge, today)),
      check,
      plan,
      withOthers: withOthers ? planOf(withOthers) : plan,
      knowledge,
    },
    missing.length > 0 ? `Not received: ${missing.join(', ')}` : undefined,
    context,
  )
  return { ok: true, value: [...cards, ...untold] }
}

/** An order that names no medicine that can be read was held against nothing: said, since silence would look like "nothing to say". */
function untoldCards({ draftOrders, selections }: CdsRequest, orders: readonly DraftOrder[], context: CardContext): readonly RuledCard[] {
  const told = new Set(orders.map(({ resource }) => resource))
  const untold = draftOrders.filter(
    (draft) =>
      draft.resourceType === 'MedicationRequest' &&
      draft.doNotPerform !== true &&
      !told.has(draft) &&
      (selections.length === 0 || selections.includes(`MedicationRequest/${draft.id ?? ''}`)),
  )
  if (untold.length === 0) return []
  const names = untold.map(({ id }) => `MedicationRequest/${id ?? '(without an id)'}`)
  return [
    cardOf(
      {
        rule: 'order-unread',
        summary: 'The medicine of an order could not be read: nothing was checked for it',
        lines: names.map(
          (name) => `${plainWords(name)} names its medicine neither by a code nor by a text, or by a Medication that was not sent`,
        ),
        indicator: 'warning',
        isKept: true,
      },
      context,
    ),
  ]
}

/** An order for somebody else than the patient of the call was held against nobody's chart: said at once, since one of the two is a mistake. */
function foreignCards(foreign: CdsRequest['draftOrders'], context: CardContext): readonly RuledCard[] {
  if (foreign.length === 0) return []
  return [
    cardOf(
      {
        rule: 'order-of-another',
        summary: 'An order is for another patient than the one whose chart is open: nothing was checked for it',
        lines: foreign.map(
          ({ resourceType, id }) => `${plainWords(`${resourceType}/${id ?? '(without an id)'}`)} names another patient as its subject`,
        ),
        indicator: 'critical',
        isKept: true,
      },
      context,
    ),
  ]
}

/** Without anything prefetched and without a server of its own, the caller means a patient of this installation. */
async function ownResources(
  { prefetch, fhirServer, patientId }: CdsRequest,
  { ownChart }: CdsSurroundings,
): Promise<(OwnChart & { readonly missing: readonly string[] }) | undefined> {
  if (!ownChart || fhirServer !== undefined || Object.keys(prefetch).length > 0) return undefined
  const own = await ownChart(patientId)
  return own && { ...own, missing: [] }
}

function chartOf(resources: readonly Resource[], patientId: string): ParsedChart | undefined {
  if (resources.length === 0) return undefined
  const parsed = parseCharts(JSON.stringify(resources))
  return parsed.ok ? parsed.value.find(({ chart }) => chart.patient.id === patientId) : undefined
}

const asItIs = (plan: PlanDocument): PlanDocument => plan

function planned(chart: ParsedChart, knowledge: KnowledgeBase, asOf: string): PlanDocument {
  const result = planChart(chart, { knowledge, asOf, overrides: [] })
  // only overrides can be refused, and there are none
  if (!result.ok) throw new Error('invariant: a chart without corrections by hand is always planned or refused in a document')
  return result.value
}
