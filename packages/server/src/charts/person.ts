import type { CasePerson, NamedSource } from '../contract/charts.ts'

type Json = { readonly [key: string]: unknown }
export type AnyResource = Json & { readonly resourceType: string; readonly id?: string }

const objects = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? (value as readonly unknown[]).filter((one): one is Json => typeof one === 'object' && one !== null) : []
const object = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
const text = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined)

/** The name to show: official before usual, family name and given names, or the words as written. */
export function nameOf(resource: AnyResource | undefined): string | undefined {
  const names = objects(resource?.name)
  const chosen = names.find(({ use }) => use === 'official') ?? names.find(({ use }) => use !== 'old') ?? names[0]
  if (chosen === undefined) return undefined
  const given = Array.isArray(chosen.given) ? (chosen.given as readonly unknown[]).filter((part) => text(part) !== undefined) : []
  const parts = [...given, text(chosen.family)].filter((part) => part !== undefined)
  return text(chosen.text) ?? (parts.length === 0 ? undefined : parts.join(' '))
}

/** The number by which the hospital knows the patient: of type MR, else the first identifier. */
export function recordNumberOf(patient: AnyResource): { readonly system?: string; readonly value: string } | undefined {
  const identifiers = objects(patient.identifier).filter(({ value }) => text(value) !== undefined)
  const isRecord = ({ type }: Json): boolean => objects(object(type)?.coding).some(({ code }) => code === 'MR')
  const chosen = identifiers.find(isRecord) ?? identifiers[0]
  if (chosen === undefined) return undefined
  const system = text(chosen.system)
  return { value: text(chosen.value)!, ...(system === undefined ? {} : { system }) }
}

/** Who the chart is about, and who looks after them. */
export function personOf(patient: AnyResource, resources: readonly AnyResource[]): CasePerson {
  const name = nameOf(patient)
  const birthDate = text(patient.birthDate)
  const sex = text(patient.gender)
  const number = recordNumberOf(patient)?.value
  const died = text(patient.deceasedDateTime)
  const spoken = objects(patient.communication)
  const language = conceptText((spoken.find(({ preferred }) => preferred === true) ?? spoken[0])?.language)
  return {
    ...(name === undefined ? {} : { name }),
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(sex === undefined ? {} : { sex }),
    ...(number === undefined ? {} : { recordNumber: number }),
    ...(died === undefined ? {} : { deceasedOn: died.slice(0, 10) }),
    ...(died !== undefined || patient.deceasedBoolean === true ? { isDeceased: true as const } : {}),
    ...(language === undefined ? {} : { language }),
    carers: [
      ...objects(patient.contact).map((contact) =>
        carer(objects([contact.name])[0] === undefined ? undefined : { resourceType: 'Patient', name: [contact.name] }, contact),
      ),
      ...resources.filter(({ resourceType, active }) => resourceType === 'RelatedPerson' && active !== false).map((one) => carer(one, one)),
    ],
  }
}

function carer(named: AnyResource | undefined, { relationship, telecom }: Json): CasePerson['carers'][number] {
  const name = nameOf(named)
  const relation = objects(relationship)
    .map(conceptText)
    .find((words) => words !== undefined)
  const phone = text(objects(telecom).find(({ system }) => system === 'phone')?.value)
  return {
    ...(name === undefined ? {} : { name }),
    ...(relation === undefined ? {} : { relation }),
    ...(phone === undefined ? {} : { phone }),
  }
}

export function conceptText(value: unknown): string | undefined {
  const concept = object(value)
  return (
    text(concept?.text) ??
    objects(concept?.coding)
      .map(({ display, code }) => text(display) ?? text(code))
      .find((words) => words !== undefined)
  )
}

/** The day of an entry: when it was so, else when it was written. */
export function dayOf(resource: AnyResource): string | undefined {
  const period = object(resource.effectivePeriod) ?? object(resource.performedPeriod) ?? object(resource.onsetPeriod)
  const day =
    text(resource.effectiveDateTime) ??
    text(resource.effectiveInstant) ??
    text(resource.performedDateTime) ??
    text(resource.onsetDateTime) ??
    text(period?.start) ??
    text(resource.authoredOn) ??
    text(resource.recordedDate) ??
    text(resource.statusDate) ??
    text(resource.startDate) ??
    text(resource.issued)
  return day?.slice(0, 10)
}

/** What an entry is called. */
export const titleOf = (resource: AnyResource): string | undefined =>
  conceptText(resource.code) ??
  conceptText(resource.description) ??
  conceptText(resource.medicationCodeableConcept) ??
  conceptText(resource.type) ??
  text(resource.description) ??
  objects(resource.category)
    .map(conceptText)
    .find((words) => words !== undefined)

/** Where a fact stands, with what the entry is called, its day and who said so. */
export function sourceNamer(
  resources: readonly AnyResource[],
): (source: { readonly reference: string; readonly path?: string }) => NamedSource {
  const byKey = new Map(resources.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]))
  return ({ reference, path }) => {
    const resource = byKey.get(reference.split('#')[0]!)
    if (resource === undefined) return { reference, ...(path === undefined ? {} : { path }) }
    const title = titleOf(resource)
    const on = dayOf(resource)
    const author =
      objects(resource.performer)[0] ?? object(resource.recorder) ?? object(resource.asserter) ?? object(resource.informationSource)
    const by = text(author?.display) ?? nameOf(byKey.get(text(author?.reference) ?? ''))
    return {
      reference,
      ...(path === undefined ? {} : { path }),
      ...(title === undefined ? {} : { title }),
      ...(on === undefined ? {} : { on }),
      ...(by === undefined ? {} : { by }),
    }
  }
}

/** Orders and results that are on their way: when ordered, when expected. */
export function expectedOn(resource: AnyResource): { readonly orderedOn?: string; readonly dueOn?: string } {
  const orderedOn = text(resource.authoredOn)?.slice(0, 10)
  const due =
    text(resource.occurrenceDateTime) ?? text(object(resource.occurrencePeriod)?.end) ?? text(object(resource.executionPeriod)?.end)
  return { ...(orderedOn === undefined ? {} : { orderedOn }), ...(due === undefined ? {} : { dueOn: due.slice(0, 10) }) }
}

export const goalWords = (resource: AnyResource): string | undefined => conceptText(resource.description)
