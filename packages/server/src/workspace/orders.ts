import { mayBeSeen } from '../access/sensitivity.ts'
import { fold, type StoredVersion } from '../store/index.ts'

/** One order of a chart, and what came back of it. Days are ISO days; undefined: the chart does not say. */
export interface ChartOrder {
  readonly id: string
  readonly key: string
  readonly title: string
  readonly authoredOn: string | undefined
  /** By when it should be back, where the order itself says so. */
  readonly dueOn: string | undefined
  readonly reportedOn: string | undefined
  readonly isOpen: boolean
}

export interface ChartAppointments {
  /** The earliest one whose day has passed while it still stands as booked. */
  readonly missedOn: string | undefined
  readonly nextOn: string | undefined
}

type Body = { readonly [element: string]: unknown }
interface Codeable {
  readonly text?: string
  readonly coding?: readonly { readonly system?: string; readonly code?: string; readonly display?: string }[]
}

/** An order that nobody gave is no order: proposals and plans are not waited for. */
const ORDERED: ReadonlySet<unknown> = new Set(['order', 'original-order', 'reflex-order', 'filler-order', 'instance-order'])
const OPEN: ReadonlySet<unknown> = new Set(['active', 'on-hold'])
const REPORTED: ReadonlySet<unknown> = new Set(['final', 'amended', 'corrected', 'appended'])
const BOOKED: ReadonlySet<unknown> = new Set(['booked', 'pending'])

const dayOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) ? value.slice(0, 10) : undefined

/**
 * Resources of one type that everybody may see who may see any of this patient. What a label sets apart stays out of lists: it is read in the chart, by those
 * who may.
 */
function plainOf(versions: readonly StoredVersion[], type: string): readonly Body[] {
  return versions
    .filter((version) => version.type === type && version.body !== null && mayBeSeen(version, 'coordinator', ''))
    .map(({ body, id }) => ({ ...(JSON.parse(body!) as Body), id }))
}

/** The day of the first final result of each order that names it: a report, or a single observation where the laboratory sends no report. */
function resultsOf(versions: readonly StoredVersion[]): ReadonlyMap<string, string> {
  const back = new Map<string, string>()
  // most results name no order: a look at the text spares reading them
  const naming = versions.filter(({ body }) => body?.includes('"ServiceRequest/') === true)
  for (const result of [...plainOf(naming, 'DiagnosticReport'), ...plainOf(naming, 'Observation')]) {
    const on = dayOf(result.issued) ?? dayOf(result.effectiveDateTime)
    if (!REPORTED.has(result.status) || on === undefined) continue
    for (const { reference } of (result.basedOn ?? []) as readonly { reference?: string }[]) {
      const id = reference?.startsWith('ServiceRequest/') ? reference.slice('ServiceRequest/'.length) : undefined
      if (id !== undefined && on < (back.get(id) ?? '9')) back.set(id, on)
    }
  }
  return back
}

/** The orders of a chart. An order with a final result counts as back, whatever its status says: laboratories forget to close. */
export function ordersOf(versions: readonly StoredVersion[]): readonly ChartOrder[] {
  const back = resultsOf(versions)
  return plainOf(versions, 'ServiceRequest')
    .filter(({ intent, status }) => ORDERED.has(intent) && status !== 'entered-in-error' && status !== 'draft')
    .map((order) => {
      const code = (order.code ?? {}) as Codeable
      const coding = code.coding?.find((one) => one.code !== undefined)
      const title = code.text ?? coding?.display ?? coding?.code ?? 'Order without a name'
      const reportedOn = back.get(order.id as string)
      return {
        id: order.id as string,
        key: coding ? `${coding.system ?? ''}|${coding.code}` : fold(title),
        title,
        authoredOn: dayOf(order.authoredOn),
        dueOn: dayOf((order.occurrencePeriod as { end?: string } | undefined)?.end) ?? dayOf(order.occurrenceDateTime),
        reportedOn,
        isOpen: OPEN.has(order.status) && reportedOn === undefined,
      }
    })
}

export function appointmentsOf(versions: readonly StoredVersion[], today: string): ChartAppointments {
  const days = plainOf(versions, 'Appointment')
    .filter(({ status }) => BOOKED.has(status))
    .flatMap(({ start }) => dayOf(start) ?? [])
    .sort()
  return { missedOn: days.find((day) => day < today), nextOn: days.find((day) => day >= today) }
}

/** Day on which the first specimen of the chart was taken. */
export const tissueOn = (versions: readonly StoredVersion[]): string | undefined =>
  plainOf(versions, 'Specimen')
    .flatMap(({ collection, receivedTime }) => {
      const { collectedDateTime, collectedPeriod } = (collection ?? {}) as {
        collectedDateTime?: string
        collectedPeriod?: { start?: string }
      }
      return dayOf(collectedDateTime) ?? dayOf(collectedPeriod?.start) ?? dayOf(receivedTime) ?? []
    })
    .sort()[0]
