import { lineIssue, type WindowIssue } from './line-issue.ts'
import { isLeftOut, type Owner, ownerOf, patientKey } from './owner.ts'
import { bucketOf, SegmentBuilder } from './segment.ts'
import { type Skimmed, type SkimmedEntry, skim } from './skim.ts'
import { type Lines, LONGEST_LINE } from './windows.ts'

/** What is counted of a window. */
export interface WindowCounts {
  readonly lines: number
  readonly resources: number
  readonly leftOut: number
  readonly bytes: number
}

/** What stands at the end of a segment. */
export interface WindowFooter extends WindowCounts {
  readonly issues: readonly WindowIssue[]
}

/** Keys are ids of FHIR, at most 64 letters; what is longer by far is no reference. */
const LONGEST_KEY = 512

/** Sends every line of a window to the bucket of its patient. */
export class Router {
  readonly segment: SegmentBuilder
  readonly #issues: WindowIssue[] = []
  #lines = 0
  #resources = 0
  #leftOut = 0
  #bytes = 0
  #lastSubject: unknown
  #lastOwner: Owner | undefined

  constructor(buckets: number) {
    this.segment = new SegmentBuilder(buckets)
  }

  footer(): WindowFooter {
    return { lines: this.#lines, resources: this.#resources, leftOut: this.#leftOut, bytes: this.#bytes, issues: this.#issues }
  }

  take({ bytes, places }: Lines): void {
    for (const [start, end] of places) {
      const line = this.#lines++
      if (end < 0) {
        this.#issue(
          line,
          'too-large',
          `the line is longer than ${LONGEST_LINE} bytes`,
          'send the resources of the bundle as lines of their own',
        )
        continue
      }
      this.#bytes += end - start + 1
      if (!isBlank(bytes, start, end)) this.#line(line, bytes, start, end)
    }
  }

  /** A file that is one JSON value: its lines are one. */
  takeDocument(bytes: Buffer): void {
    this.#lines = 1
    this.#bytes = bytes.length
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    // exports come with a manifest beside the data
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && !('resourceType' in value))
      this.#issue(0, 'not-fhir', 'JSON that is no FHIR resource: passed over', 'nothing, if it is the manifest of an export', 'warning')
    else this.#line(0, bytes, 0, bytes.length)
  }

  #line(line: number, bytes: Buffer, start: number, end: number): void {
    const skimmed = skim(bytes, start, end)
    if (skimmed === undefined || isUnusual(skimmed)) this.#parse(line, bytes, start, end)
    else if (skimmed.entries === undefined) this.#resource(line, skimmed, undefined, undefined, bytes, start, end)
    else this.#bundle(line, skimmed.entries, bytes, start, end)
  }

  #bundle(line: number, entries: readonly SkimmedEntry[], bytes: Buffer, start: number, end: number): void {
    const local = localPatients(entries)
    const owners = entries.map(({ resource }) =>
      resource === undefined ? undefined : this.#ownerOf(resource, local, bytes, resource.start, resource.end),
    )
    const keys = new Set([...local.values(), ...owners.flatMap((owner) => (owner?.kind === 'patient' ? [owner.key] : []))])
    const [only] = keys
    if (keys.size !== 1 || only === undefined || only.length > LONGEST_KEY) {
      this.#parse(line, bytes, start, end)
      return
    }
    // a bundle about one patient stays whole: what names nobody in it is theirs
    this.#resources += entries.length
    this.segment.add(bucketOf(only, this.segment.buckets), only, line, 'bundle', bytes, start, end)
    for (const { resource, fullUrl } of entries) {
      if (resource?.type === 'Patient') this.#patient(line, resource.id, fullUrl, only, bytes, resource.start, resource.end)
    }
  }

  #resource(
    line: number,
    skimmed: Pick<Skimmed, 'type' | 'id' | 'subject'>,
    fullUrl: string | undefined,
    local: ReadonlyMap<string, string> | undefined,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    this.#resources++
    const { type } = skimmed
    if (isLeftOut(type, bytes, start, end)) {
      this.#leftOut++
      return
    }
    if (type === 'OperationOutcome') {
      const message = 'the sending system reported a problem in place of a resource'
      this.#issue(line, 'missing-input', message, 'read the OperationOutcome in this line: the export may not be complete', 'warning')
      return
    }
    const { segment } = this
    if (type === 'Patient') {
      const { id } = skimmed
      const key = patientKey(id, fullUrl)
      if (key === undefined || key.length > LONGEST_KEY) {
        this.#issue(line, 'missing-patient', 'a Patient without an id: nothing can refer to it', 'add the id; the patient is left out')
        return
      }
      segment.add(bucketOf(key, segment.buckets), key, line, 'resource', bytes, start, end)
      this.#patient(line, id, fullUrl, key, bytes, start, end)
      return
    }
    const owner = this.#ownerOf(skimmed, local, bytes, start, end)
    if (owner.kind === 'patient' && owner.key.length <= LONGEST_KEY)
      segment.add(bucketOf(owner.key, segment.buckets), owner.key, line, 'resource', bytes, start, end)
    else if (owner.kind === 'shared') segment.add('shared', sharedKeys(type, skimmed.id, fullUrl), line, 'resource', bytes, start, end)
    else if (owner.kind === 'claim' && claimText(owner).length <= LONGEST_CLAIM)
      segment.add('claims', claimText(owner), line, 'resource', bytes, start, end)
    else segment.add('nobody', `${type}/${skimmed.id ?? '?'}`.slice(0, LONGEST_KEY), line, 'resource', bytes, start, end)
  }

  /** A copy of every Patient stands apart, with the other names that refer to it: links and identifiers are read from there. */
  #patient(
    line: number,
    id: string | undefined,
    fullUrl: string | undefined,
    key: string,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const other = fullUrl?.startsWith('urn:') && id !== undefined ? patientKey(undefined, fullUrl) : undefined
    this.segment.add('patients', other === undefined || other === key ? key : `${key}\n${other}`, line, 'resource', bytes, start, end)
  }

  #ownerOf(
    { type, subject }: Pick<Skimmed, 'type' | 'subject'>,
    local: ReadonlyMap<string, string> | undefined,
    bytes: Buffer,
    start: number,
    end: number,
  ): Owner {
    // whom a subject names hangs on nothing else, but for resources contained and patients of the same bundle
    if (subject !== undefined && subject === this.#lastSubject && local === undefined && this.#lastOwner?.kind === 'patient')
      return this.#lastOwner
    const owner = ownerOf(type, subject, local, () => {
      const { contained } = JSON.parse(bytes.toString('utf8', start, end)) as { readonly contained?: unknown }
      return Array.isArray(contained) ? contained : [contained]
    })
    this.#lastSubject = local === undefined ? subject : undefined
    this.#lastOwner = owner
    return owner
  }

  /** The long way: lists, Parameters, bundles of several patients or with bundles in them, and whatever could not be walked. */
  #parse(line: number, bytes: Buffer, start: number, end: number): void {
    let value: unknown
    try {
      value = JSON.parse(bytes.toString('utf8', start, end))
    } catch (error) {
      const why = error instanceof Error ? error.message.slice(0, 160) : 'unreadable'
      const whose = brokenKey(bytes, start, end)
      // its patient must not be projected without it: the broken line goes along, and is reported with the patient
      if (whose !== undefined) this.segment.add(bucketOf(whose, this.segment.buckets), whose, line, 'resource', bytes, start, end)
      else
        this.#issue(
          line,
          'not-json',
          `not valid JSON: ${why}; whose it is cannot be told`,
          'check that the line is complete, and project again',
        )
      return
    }
    const items = flattened(value, 0)
    if (items.length === 0) this.#issue(line, 'not-fhir', 'no FHIR resource', 'give one resource or Bundle a line')
    const local = localPatients(items.map(({ fullUrl, resource }) => ({ fullUrl, resource: typeAndId(resource) })))
    const groups = new Map<string, Item[]>()
    const bundle =
      typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [name: string]: unknown }) : {}
    for (const item of items) {
      const text = Buffer.from(JSON.stringify(item.resource))
      const walked = skim(text, 0, text.length)
      if (walked === undefined) {
        this.#issue(line, 'not-fhir', 'a resource without a type', 'give FHIR R4 resources in JSON')
        continue
      }
      const skimmed = { ...typeAndId(item.resource), subject: walked.subject }
      const owner = skimmed.type === 'Patient' ? undefined : this.#ownerOf(skimmed, local, text, 0, text.length)
      const key = skimmed.type === 'Patient' ? patientKey(skimmed.id, item.fullUrl) : owner?.kind === 'patient' ? owner.key : undefined
      if (key === undefined || bundle.resourceType !== 'Bundle' || isLeftOut(skimmed.type, text, 0, text.length)) {
        this.#resource(line, skimmed, item.fullUrl, local, text, 0, text.length)
        continue
      }
      this.#resources++
      if (skimmed.type === 'Patient') this.#patient(line, skimmed.id, item.fullUrl, key, text, 0, text.length)
      const group = groups.get(key)
      if (group) group.push(item)
      else groups.set(key, [item])
    }
    for (const [key, group] of groups) {
      // deletions and further pages are said to everybody the bundle is about
      const { entry: _entries, ...rest } = bundle
      const text = Buffer.from(JSON.stringify({ ...rest, entry: [...group, ...deletionsIn(bundle.entry)] }))
      this.segment.add(bucketOf(key, this.segment.buckets), key, line, 'bundle', text, 0, text.length)
    }
  }

  #issue(line: number, code: WindowIssue['code'], message: string, remedy: string, severity: WindowIssue['severity'] = 'error'): void {
    this.#issues.push({ ...lineIssue(line, code, 'line', message, remedy), severity })
  }
}

const LONGEST_CLAIM = 16_000

/** What is said for the patient, then the identifiers. */
const claimText = ({ spoken, claims }: Extract<Owner, { readonly kind: 'claim' }>): string =>
  JSON.stringify([spoken, ...claims.map(({ system, value }) => [system, value])])

interface Item {
  readonly fullUrl?: string
  readonly resource: object
}

/** Every resource of a bundle, of Parameters, of a list; bundles inside bundles opened. */
function flattened(value: unknown, depth: number, fullUrl?: string): readonly Item[] {
  if (typeof value !== 'object' || value === null || depth > 20) return []
  if (Array.isArray(value)) return value.flatMap((one) => flattened(one, depth + 1))
  const { resourceType, entry, parameter } = value as { readonly [name: string]: unknown }
  const inner = resourceType === 'Bundle' ? entry : resourceType === 'Parameters' ? parameter : undefined
  if (inner === undefined)
    return resourceType === 'Bundle' || resourceType === 'Parameters'
      ? []
      : [fullUrl === undefined ? { resource: value } : { fullUrl, resource: value }]
  return (Array.isArray(inner) ? inner : [inner]).flatMap((one) => {
    if (typeof one !== 'object' || one === null) return []
    const { resource, fullUrl: url } = one as { readonly resource?: unknown; readonly fullUrl?: unknown }
    return flattened(resource, depth + 1, typeof url === 'string' ? url : undefined)
  })
}

const deletionsIn = (entry: unknown): readonly unknown[] =>
  Array.isArray(entry)
    ? entry.filter((one) => (one as { readonly request?: { readonly method?: unknown } } | null)?.request?.method === 'DELETE')
    : []

const typeAndId = (resource: object): { readonly type: string; readonly id: string | undefined } => {
  const { resourceType, id } = resource as { readonly resourceType?: unknown; readonly id?: unknown }
  return { type: String(resourceType), id: typeof id === 'string' ? id : typeof id === 'number' ? String(id) : undefined }
}

/** The patients of a bundle by everything that refers to them inside it. */
function localPatients(
  entries: readonly { readonly fullUrl?: string | undefined; readonly resource: Pick<Skimmed, 'type' | 'id'> | undefined }[],
): ReadonlyMap<string, string> {
  const local = new Map<string, string>()
  for (const { fullUrl, resource } of entries) {
    if (resource?.type !== 'Patient') continue
    const key = patientKey(resource.id, fullUrl)
    if (key === undefined) continue
    local.set(key, key)
    if (fullUrl !== undefined) local.set(fullUrl, key)
  }
  return local
}

/** Bundles that hold more than resources of their own level, and what is no resource of R4. */
const isUnusual = (skimmed: Skimmed): boolean =>
  skimmed.type === 'Parameters' ||
  (skimmed.type === 'Patient' && skimmed.id === undefined) ||
  (skimmed.entries?.some(
    ({ resource }: SkimmedEntry) => resource !== undefined && (resource.type === 'Bundle' || resource.type === 'Parameters'),
  ) ??
    false)

/** The reference that a broken line still names, where there is only one: the first `Patient/…` that stands as a subject. */
function brokenKey(bytes: Buffer, start: number, end: number): string | undefined {
  const text = bytes.toString('utf8', start, Math.min(end, start + 65_536))
  const found = /"(?:subject|patient|beneficiary|individual|for)"\s*:\s*\{\s*"reference"\s*:\s*"([^"\\\s]+)"/.exec(text)?.[1]
  if (found !== undefined) {
    const owner = ownerOf('', { reference: found }, undefined, () => [])
    return owner.kind === 'patient' && owner.key.length <= LONGEST_KEY ? owner.key : undefined
  }
  const patient = /^\s*\{\s*"resourceType"\s*:\s*"Patient"\s*,\s*"id"\s*:\s*"([^"\\]+)"/.exec(text)?.[1]
  return patient === undefined ? undefined : patientKey(patient, undefined)
}

const sharedKeys = (type: string, id: string | undefined, fullUrl: string | undefined): string =>
  [id === undefined ? undefined : `${type}/${id}`, fullUrl].filter((key) => key !== undefined && key.length <= LONGEST_KEY).join('\n')

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! > 32) return false
  return true
}
