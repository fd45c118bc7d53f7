import fs from 'node:fs'
import path from 'node:path'
import { writeDurably } from './durable.ts'
import { issueText, type LineIssue } from './line-issue.ts'
import { identityOf } from './owner.ts'
import { bucketOf, type ExtraRange, recordsIn, type Segment, SegmentBuilder, type SpilledRecord } from './segment.ts'

/**
 * What can only be decided when every line has been seen: patients who are the same person (`Patient.link`, a full URL beside an id), subjects named
 * by identifier, and what names nobody. The lines concerned move to the bucket of their patient; the others stay where they are.
 */
export interface Resolution {
  /** Keys of patients that are read under another key. */
  readonly aliases: readonly (readonly [alias: string, key: string])[]
  readonly persons: 'none' | 'one' | 'several'
  /** The key of the only patient. */
  readonly sole?: string
  /** Spill files with the lines that moved, beside the segments they came from. */
  readonly moved: readonly string[]
}

/** A segment with the place that its lines have in the input. */
export interface PlacedSegment {
  readonly segment: Segment
  readonly file: string
  /** Lines of the file before the first of this segment. */
  readonly before: number
}

const RESOLUTION = 'resolution.json'
export const RESOLUTION_ISSUES = 'resolution.ndjson'

/** Separates the key from the number of the segment that a moved line came from. */
const FROM = '\n'

/** Works the decisions out, or reads them where an interrupted run has done so. Memory: what is linked or claimed, never what is plain. */
export function resolve(folder: string, segments: readonly PlacedSegment[], buckets: number): Resolution {
  const done = path.join(folder, RESOLUTION)
  if (fs.existsSync(done)) return JSON.parse(fs.readFileSync(done, 'utf8')) as Resolution
  const people = peopleOf(segments)
  const issues = fs.openSync(path.join(folder, RESOLUTION_ISSUES), 'w')
  const moved: string[] = []
  segments.forEach((one, at) => {
    const builder = new SegmentBuilder(buckets)
    let count = 0
    const move = (bytes: Buffer, { line, kind, start, end }: SpilledRecord, key: string): void => {
      count++
      builder.add(bucketOf(key, buckets), `${key}${FROM}${at}`, line, kind, bytes, start, end)
    }
    const refuse = (record: SpilledRecord, message: string, remedy: string): void => {
      const issue: LineIssue = {
        code: 'foreign-patient',
        severity: 'error',
        file: one.file,
        line: one.before + record.line + 1,
        path: 'line',
        message,
        remedy,
      }
      fs.writeSync(issues, issueText(issue))
    }
    each(one.segment, 'claims', (bytes, record) => {
      const [spoken, ...claims] = JSON.parse(record.key) as [string, ...[string, string][]]
      const key = people.claimed(claims) ?? people.sole
      if (key !== undefined) move(bytes, record, key)
      else
        refuse(
          record,
          `belongs to a patient known as ${spoken}, who is not in the input: not used`,
          'send that Patient too, or correct the identifier',
        )
    })
    each(one.segment, 'nobody', (bytes, record) => {
      if (people.sole !== undefined) move(bytes, record, people.sole)
      else refuse(record, `${record.key} names no patient: not used`, 'add the subject in the sending system')
    })
    for (const bucket of new Set(people.aliases.map(([alias]) => bucketOf(alias, buckets)))) {
      each(one.segment, bucket, (bytes, record) => {
        const key = people.aliasOf.get(record.key)
        if (key !== undefined) move(bytes, record, key)
      })
    }
    if (count === 0) return
    const file = path.join(folder, `moved-${String(at).padStart(6, '0')}.seg`)
    builder.write(file, {})
    moved.push(file)
  })
  fs.closeSync(issues)
  const resolution: Resolution = {
    aliases: people.aliases,
    persons: people.persons,
    ...(people.sole === undefined ? {} : { sole: people.sole }),
    moved,
  }
  writeDurably(done, Buffer.from(JSON.stringify(resolution)))
  return resolution
}

/** The key of a moved line, and the number of the segment it came from. */
export function movedFrom(key: string): { readonly key: string; readonly segment: number } {
  const at = key.lastIndexOf(FROM)
  return { key: key.slice(0, at), segment: Number(key.slice(at + 1)) }
}

function each(segment: Segment, range: number | ExtraRange, take: (bytes: Buffer, record: SpilledRecord) => void): void {
  const size = segment.sizeOf(range)
  if (size === 0) return
  const bytes = Buffer.allocUnsafe(size)
  segment.readInto(range, bytes, 0)
  for (const record of recordsIn(bytes, 0, size)) take(bytes, record)
}

/** So many patients are told apart to know whether there is only one. */
const ENOUGH = 64

function peopleOf(segments: readonly PlacedSegment[]) {
  const wanted = new Map<string, string | undefined>()
  for (const { segment } of segments) {
    each(segment, 'claims', (_, { key }) => {
      for (const [system, value] of (JSON.parse(key) as [string, ...[string, string][]]).slice(1) as [string, string][])
        wanted.set(identifierKey(system, value), undefined)
    })
  }
  const same = new SamePatients()
  const seen = new Set<string>()
  const having: [identifier: string, key: string][] = []
  for (const { segment } of segments) {
    each(segment, 'patients', (bytes, record) => {
      const [key = '', other] = record.key.split('\n')
      if (seen.size < ENOUGH) seen.add(key)
      if (other !== undefined) same.join(key, other)
      const mayLink = bytes.subarray(record.start, record.end).includes('"link"')
      if (!mayLink && wanted.size === 0) return
      const identity = identityOf(parsed(bytes, record))
      for (const link of identity.links) same.join(key, link)
      for (const { system, value } of identity.identifiers) {
        const identifier = identifierKey(system, value)
        if (wanted.has(identifier)) having.push([identifier, key])
      }
    })
  }
  for (const [identifier, key] of having) {
    const owner = same.of(key)
    const known = wanted.get(identifier)
    if (known === undefined || owner < known) wanted.set(identifier, owner)
  }
  const apart = new Set([...seen].map((key) => same.of(key)))
  const [first] = apart
  const persons = first === undefined ? ('none' as const) : apart.size === 1 ? ('one' as const) : ('several' as const)
  const aliases = same.aliases()
  return {
    persons,
    sole: persons === 'one' ? first : undefined,
    aliases,
    aliasOf: new Map(aliases),
    /** The patient who has one of these identifiers; the first by name where there are several. */
    claimed(claims: readonly (readonly [system: string, value: string])[]): string | undefined {
      return claims
        .map(([system, value]) => wanted.get(identifierKey(system, value)))
        .filter((key) => key !== undefined)
        .sort()[0]
    },
  }
}

const identifierKey = (system: string, value: string): string => `${system}\n${value}`

function parsed(bytes: Buffer, { start, end }: SpilledRecord): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', start, end))
  } catch {
    // reported when the patient is read
    return undefined
  }
}

/** Keys that mean the same person; the first by name stands for all. */
class SamePatients {
  readonly #parents = new Map<string, string>()

  of(key: string): string {
    let at = key
    for (let parent = this.#parents.get(at); parent !== undefined; parent = this.#parents.get(at)) at = parent
    return at
  }

  join(one: string, other: string): void {
    const [a, b] = [this.of(one), this.of(other)]
    if (a === b) return
    if (a < b) this.#parents.set(b, a)
    else this.#parents.set(a, b)
  }

  aliases(): readonly (readonly [alias: string, key: string])[] {
    return [...this.#parents.keys()].map((key) => [key, this.of(key)] as const).sort(([a], [b]) => (a < b ? -1 : 1))
  }
}
