import { isRole, ROLES } from '../access/roles.ts'
import { type AnyResource, nameOf } from '../charts/person.ts'
import type { OwnPlan } from '../contract/own-plan.ts'
import type { Queries } from '../store/index.ts'

type Json = { readonly [key: string]: unknown }
const objects = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? (value as readonly unknown[]).filter((one): one is Json => typeof one === 'object' && one !== null) : []
const object = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {})
const text = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined)
const concept = (value: unknown): string | undefined => {
  const { text: words, coding } = object(value)
  return text(words) ?? objects(coding).flatMap(({ display }) => text(display) ?? [])[0]
}

const BOOKED: ReadonlySet<unknown> = new Set(['booked', 'pending'])

/** Appointments that are still to come, the next first. */
export function appointmentsOf(resources: readonly AnyResource[], now: Date): OwnPlan['appointments'] {
  return resources
    .filter(({ resourceType, status, start }) => {
      const begins = Date.parse(text(start) ?? '')
      return resourceType === 'Appointment' && BOOKED.has(status) && begins >= now.getTime()
    })
    .map((one) => {
      const what =
        text(one.patientInstruction) ?? text(one.description) ?? objects(one.serviceType).flatMap((type) => concept(type) ?? [])[0]
      const where = objects(one.participant)
        .map(({ actor }) => object(actor))
        .find(({ reference }) => text(reference)?.startsWith('Location/'))
      const place = text(where?.display)
      return {
        id: one.id ?? '',
        at: one.start as string,
        ...(what === undefined ? {} : { what }),
        ...(place === undefined ? {} : { where: place }),
      }
    })
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

/** Who stands in the active care teams of the chart, and the patient's own doctor; those of whom neither name nor display is known are left out. */
export function membersOf(
  resources: readonly AnyResource[],
): readonly { readonly reference: string; readonly display?: string; readonly role?: string }[] {
  const found = new Map<string, { readonly reference: string; readonly display?: string; readonly role?: string }>()
  const add = (given: unknown, role?: string): void => {
    const { reference, display } = object(given)
    const who = text(reference)
    if (who === undefined || /^(Patient|RelatedPerson)\//.test(who) || found.has(who)) return
    const shown = text(display)
    found.set(who, { reference: who, ...(shown === undefined ? {} : { display: shown }), ...(role === undefined ? {} : { role }) })
  }
  for (const one of resources)
    if (one.resourceType === 'CareTeam' && one.status === 'active')
      for (const { member, role } of objects(one.participant)) add(member, objects(role).flatMap((each) => concept(each) ?? [])[0])
  for (const one of resources) if (one.resourceType === 'Patient') for (const doctor of objects(one.generalPractitioner)) add(doctor)
  return [...found.values()]
}

/** Names and telephones of the directory. Somebody of the embedded provider has no entry there, and goes by what their role is called. */
export async function named(
  db: Queries,
  members: readonly { readonly reference: string; readonly display?: string; readonly role?: string }[],
): Promise<OwnPlan['team']> {
  const rows = await db.query<{ reference: string; body: string | null }>(
    `select c.type || '/' || c.id as reference, v.body from resource_current c
     join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version
     where c.type in ('Practitioner', 'Organization') and c.type || '/' || c.id = any($1) and not c.is_deleted`,
    [members.map(({ reference }) => reference)],
  )
  const directory = new Map(rows.map(({ reference, body }) => [reference, JSON.parse(body ?? 'null') as AnyResource | null]))
  return members.flatMap(({ reference, display, role }) => {
    const entry = directory.get(reference) ?? undefined
    const id = reference.split('/')[1] ?? ''
    const name =
      (entry?.resourceType === 'Organization' ? text(entry.name) : nameOf(entry)) ?? display ?? (isRole(id) ? ROLES[id] : undefined)
    const phone = objects(entry?.telecom).flatMap(({ system, value }) => (system === 'phone' ? (text(value) ?? []) : []))[0]
    return name === undefined ? [] : [{ name, ...(role === undefined ? {} : { role }), ...(phone === undefined ? {} : { phone }) }]
  })
}
