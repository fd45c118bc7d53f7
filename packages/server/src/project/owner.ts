import { keysOf, SHARED_TYPES } from '@secondwind/fhir'

/** Whose a resource is, as far as it says so itself. The same rules as `fhir/read/assign.ts`, for one resource at a time. */
export type Owner =
  | { readonly kind: 'patient'; readonly key: string }
  /** May be referred to by anybody; belongs to nobody. */
  | { readonly kind: 'shared' }
  /** Named by identifiers: decided when all patients are known. */
  | { readonly kind: 'claim'; readonly claims: readonly Identifier[]; readonly spoken: string }
  | { readonly kind: 'nobody' }

export interface Identifier {
  readonly system: string
  readonly value: string
}

const SHARED: Owner = { kind: 'shared' }
const NOBODY: Owner = { kind: 'nobody' }

/** Accounts and audit trails: no reader looks at them, so they are not carried along. A test holds that they change no case. */
export const LEFT_OUT: ReadonlySet<string> = new Set([
  'Account',
  'AuditEvent',
  'ChargeItem',
  'Coverage',
  'CoverageEligibilityRequest',
  'CoverageEligibilityResponse',
  'Invoice',
  'PaymentNotice',
  'PaymentReconciliation',
  'Provenance',
])

/** Whether a resource is not carried along: what it carries inside is read, whatever carries it. */
export const isLeftOut = (type: string, bytes: Buffer, start: number, end: number): boolean =>
  LEFT_OUT.has(type) && !bytes.subarray(start, end).includes('"contained"')

type Json = { readonly [key: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined)
const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : isObject(value) ? [value] : [])

/** The key of a Patient: `Patient/<id>`, or by its full URL; undefined for one that nothing can refer to. */
export function patientKey(id: string | undefined, fullUrl: string | undefined): string | undefined {
  if (id !== undefined && id !== '') return `Patient/${id}`
  const last = fullUrl === undefined ? undefined : /^(?:urn:(?:uuid|oid):|https?:.*\/)([A-Za-z0-9\-.]{1,64})$/.exec(fullUrl)?.[1]
  return last === undefined ? undefined : `Patient/${last}`
}

/**
 * The owner that a subject names. `local` gives the patients of the same bundle by full URL, `contained` the contained resources of the same resource
 * (asked for only when the subject is one of them).
 */
export function ownerOf(
  type: string,
  subject: unknown,
  local: ReadonlyMap<string, string> | undefined,
  contained: () => readonly unknown[],
): Owner {
  if (subject === undefined) return SHARED_TYPES.has(type) ? SHARED : NOBODY
  const reference = isObject(subject) ? textOf(subject.reference) : textOf(subject)
  if (reference === undefined) return claimOf(isObject(subject) ? subject.identifier : undefined, undefined)
  if (reference.startsWith('#')) return containedOwner(reference, contained())
  const conditional = /^Patient\?identifier=(?:([^|]*)\|)?(.+)$/.exec(reference)
  if (conditional) return claimOf({ system: conditional[1], value: conditional[2] }, undefined)
  return referredOwner(reference, local)
}

function referredOwner(reference: string, local: ReadonlyMap<string, string> | undefined): Owner {
  const keys = keysOf(reference)
  if (local !== undefined) {
    for (const key of keys) {
      const known = local.get(key)
      if (known !== undefined) return { kind: 'patient', key: known }
    }
  }
  if (reference.startsWith('urn:')) return { kind: 'patient', key: `Patient/${reference.slice(reference.lastIndexOf(':') + 1)}` }
  const key = keys.find((one) => one.startsWith('Patient/'))
  if (key !== undefined) return { kind: 'patient', key }
  return reference.includes('/') ? SHARED : { kind: 'patient', key: `Patient/${reference}` }
}

function containedOwner(reference: string, contained: readonly unknown[]): Owner {
  const inner = contained.filter(isObject).find(({ id }) => id === reference.slice(1))
  if (inner === undefined) return reference === '#' ? SHARED : { kind: 'claim', claims: [], spoken: 'unknown' }
  if (inner.resourceType !== 'Patient') return SHARED
  return claimOf(inner.identifier, textOf(inner.id))
}

function claimOf(identifier: unknown, local: string | undefined): Owner {
  const claims = listOf(identifier).flatMap(({ system, value }) => {
    const said = textOf(value)
    return said === undefined ? [] : [{ system: textOf(system) ?? '', value: said }]
  })
  return { kind: 'claim', claims, spoken: claims[0]?.value ?? local ?? 'unknown' }
}

/** What a Patient resource says that decides where other lines go. */
export interface Identity {
  readonly links: readonly string[]
  /** The first value of each system, as `fhir/read/patients.ts` keeps them. */
  readonly identifiers: readonly Identifier[]
}

export function identityOf(patient: unknown): Identity {
  if (!isObject(patient)) return { links: [], identifiers: [] }
  const links = listOf(patient.link).flatMap(({ other }) => {
    const reference = isObject(other) ? textOf(other.reference) : textOf(other)
    if (reference === undefined || reference.includes('RelatedPerson/')) return []
    const owner = referredOwner(reference, undefined)
    return owner.kind === 'patient' ? [owner.key] : []
  })
  const identifiers = new Map<string, string>()
  for (const { system, value } of listOf(patient.identifier)) {
    const at = textOf(system)
    const said = textOf(value)
    if (at !== undefined && said !== undefined && !identifiers.has(at)) identifiers.set(at, said)
  }
  return { links, identifiers: [...identifiers].map(([system, value]) => ({ system, value })) }
}

/** The organisation that manages a patient: a reference as `Type/id`, else an identifier, else the words; null where nobody is named. */
export function siteOf(patient: unknown): string | null {
  const managing = isObject(patient) && isObject(patient.managingOrganization) ? patient.managingOrganization : undefined
  const reference = textOf(managing?.reference)
  if (reference !== undefined && !reference.startsWith('#')) return keysOf(reference).at(-1) ?? reference
  const identifier = isObject(managing?.identifier) ? textOf(managing.identifier.value) : undefined
  return identifier ?? textOf(managing?.display) ?? null
}
