import { refusal, type ServerIssue } from '../issue.ts'
import type { FhirResource } from '../store/index.ts'
import { type CodedElement, codedElements } from './required-codes.ts'

type Json = { readonly [key: string]: unknown }

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const ID = /^[A-Za-z0-9\-.]{1,64}$/
/** Choice elements by their stem: `value` in an Observation is one of eleven types, and never two. */
const CHOICE =
  /^(value|effective|onset|abatement|deceased|multipleBirth|medication|occurrence|performed|occurred|serviced|timing|due|start|asNeeded|product|dose|rate)(?=[A-Z])/
const TYPE =
  /^(Boolean|Integer|String|Decimal|Uri|Date|DateTime|Time|Instant|Code|Quantity|CodeableConcept|Coding|Range|Ratio|Period|Reference|Timing|SampledData|Age|Identifier|Attachment|Duration)$/

/**
 * What Medplum's validator lets pass and R4 does not: ids, codes outside a required value set, two values for one choice, empty objects and lists,
 * references that can lead nowhere.
 */
export function ownChecks(resource: FhirResource): readonly ServerIssue[] {
  const issues: ServerIssue[] = []
  const type = resource.resourceType
  if (resource.id !== undefined && (typeof resource.id !== 'string' || !ID.test(resource.id)))
    issues.push(bad(`${type}.id`, 'this is no id', 'use 1 to 64 letters, digits, hyphens and dots'))
  if (resource.meta !== undefined && !isObject(resource.meta))
    issues.push(bad(`${type}.meta`, 'meta is an object', 'leave it out, or send an object'))
  const local: Local[] = []
  walk(resource, type, type, issues, local)
  const { contained } = resource as { readonly contained?: unknown }
  const held = new Set(Array.isArray(contained) ? contained.map((one: unknown) => (isObject(one) ? one.id : undefined)) : [])
  for (const { id, path } of local)
    if (id !== '' && !held.has(id))
      issues.push(bad(path, `#${id.slice(0, 64)} is not among the contained resources`, 'send it in contained, or leave the reference out'))
  return issues
}

/** A reference into the resource itself: `#id`; `#` alone is the resource. */
interface Local {
  readonly id: string
  readonly path: string
}

const bad = (path: string, message: string, remedy: string): ServerIssue => refusal('invalid-element', path, message, remedy)

/** `defined` is the path under which the definitions know the object: `Patient.contact`, or the name of a data type. */
function walk(value: Json, path: string, defined: string, issues: ServerIssue[], local: Local[]): void {
  const elements = codedElements()
  const choices = new Map<string, string>()
  for (const [key, part] of Object.entries(value)) {
    const at = `${path}.${key}`
    if (part === null || part === '') {
      issues.push(bad(at, 'the value is empty', 'leave the element out; where the value is not known, use a data-absent-reason extension'))
      continue
    }
    const stem = CHOICE.exec(key)?.[1]
    if (stem !== undefined && TYPE.test(key.slice(stem.length))) {
      const other = choices.get(stem)
      if (other !== undefined) issues.push(bad(at, `${other} and ${key} are two values of one element`, `keep one of them`))
      choices.set(stem, key)
    }
    const element = elements.get(`${defined}.${key}`)
    if (element?.codes !== undefined)
      for (const code of Array.isArray(part) ? part : [part])
        if (typeof code === 'string' && !element.codes.has(code))
          issues.push(
            bad(
              at,
              `"${code.slice(0, 40)}" is no code of this element`,
              `use one of ${[...element.codes].slice(0, 12).join(', ')}${element.codes.size > 12 ? ', …' : ''}`,
            ),
          )
    if (key === 'reference' && typeof part === 'string') {
      checkReference(part, at, issues)
      if (part.startsWith('#')) local.push({ id: part.slice(1), path: at })
    }
    if (Array.isArray(part)) {
      if (part.length === 0) issues.push(bad(at, 'the list is empty', 'leave the element out'))
      // a list of primitives may have nulls beside their extensions
      for (const [index, item] of part.entries())
        if (isObject(item)) inside(item, `${at}[${index}]`, definedAt(item, element, `${defined}.${key}`), issues, local)
    } else if (isObject(part)) inside(part, at, definedAt(part, element, `${defined}.${key}`), issues, local)
  }
}

/** Where the elements of an object are defined: under its data type, under another path, or, for a resource in a resource, under its own type. */
function definedAt(value: Json, element: CodedElement | undefined, path: string): string {
  if (typeof value.resourceType === 'string') return value.resourceType
  return element?.at ?? element?.type ?? path
}

function inside(value: Json, path: string, defined: string, issues: ServerIssue[], local: Local[]): void {
  if (Object.keys(value).length === 0) issues.push(bad(path, 'the object is empty', 'leave the element out'))
  else walk(value, path, defined, issues, local)
}

const REFERENCE =
  /^(#.*|urn:(uuid|oid):.+|[a-z][a-z0-9+.-]*:\/\/.+|[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}(\/_history\/[A-Za-z0-9\-.]{1,64})?)$/

function checkReference(reference: string, path: string, issues: ServerIssue[]): void {
  if (!REFERENCE.test(reference))
    issues.push(
      bad(
        path,
        `"${reference.slice(0, 80)}" is no reference`,
        'write Type/id, an absolute address, or #id of a contained resource; urn:uuid:… and Type?search in a transaction only',
      ),
    )
}
