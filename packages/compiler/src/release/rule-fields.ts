import { canonical } from '../emit/digest.ts'

/**
 * How much a difference between two entries can do to a plan.
 * `substance`: whom a rule concerns and what it does. `evidence`: sources, review state and dates. `wording`: texts that people read.
 */
export type FieldWeight = 'substance' | 'evidence' | 'wording'

/** One field that differs. `before` and `after` are JSON values, undefined where the field is not there. */
export interface FieldChange {
  readonly path: string
  readonly weight: FieldWeight
  readonly before?: unknown
  readonly after?: unknown
}

/** Fields of evidence, at the top of an entry. */
const EVIDENCE = new Set(['cites', 'review', 'reviewBy', 'effective', 'accessed', 'url', 'pmid', 'doi', 'nct', 'year', 'asOf'])
/** Fields whose text changes no decision, at any depth. What tells a person what to do (`actions`, `check`, …) is substance. */
const WORDING = new Set([
  'title',
  'label',
  'because',
  'priorityBecause',
  'note',
  'text',
  'ask',
  'limits',
  'says',
  'at',
  'population',
  'treatment',
])
/** Kinds that are words as a whole: nothing but pages for people is made of them. */
const WORD_KINDS = new Set(['patient'])
/** Kinds whose words are what charts are read by: every field counts. */
const READING_KINDS = new Set(['drugs', 'terminology'])
/** Where `say` is an instruction to a person, not a reason. */
const INSTRUCTIONS = /(^|\.)(actions|cautions|concurrent|startLimits)(\.|\[|$)/

/** Every field in which two versions of an entry differ, each with what it can do. Places in files are not compared. */
export function fieldChanges(kind: string, before: unknown, after: unknown): readonly FieldChange[] {
  const found: FieldChange[] = []
  walk(before, after, '', found, kind)
  return found
}

function walk(before: unknown, after: unknown, path: string, found: FieldChange[], kind: string): void {
  if (canonical(before) === canonical(after)) return
  if (isRecord(before) && isRecord(after) && !isCriterion(before) && !isCriterion(after)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
      if (path === '' && key === 'from') continue
      walk(before[key], after[key], path === '' ? key : `${path}.${key}`, found, kind)
    }
    return
  }
  if (Array.isArray(before) && Array.isArray(after) && [...before, ...after].every((item) => typeof item === 'string')) {
    // the same lines in another order are one difference
    if (canonical([...before].sort()) === canonical([...after].sort()))
      found.push({ path: `${path} (order)`, weight: weightOf(path, kind) })
    else walkAligned(before, after, path, found, kind)
    return
  }
  if (Array.isArray(before) && Array.isArray(after) && [...before, ...after].every((item) => isRecord(item) && !isCriterion(item))) {
    walkRows(before, after, path, found, kind)
    return
  }
  found.push({
    path,
    weight: weightOf(path, kind),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  })
}

/** Rows are matched by what names them (id, or source and place), else by what they say (`alignRows`). */
function walkRows(before: readonly unknown[], after: readonly unknown[], path: string, found: FieldChange[], kind: string): void {
  const name = (row: unknown): string | undefined => {
    const { id, source, at, code, system } = row as Record<string, unknown>
    if (typeof id === 'string') return id
    if (typeof source === 'string') return `${source}, ${String(at)}`
    return typeof code === 'string' ? `${typeof system === 'string' ? `${system}|` : ''}${code}` : undefined
  }
  const names = [before.map(name), after.map(name)] as const
  const isNamed = names.every((list) => list.every((n) => n !== undefined) && new Set(list).size === list.length)
  if (!isNamed) {
    walkAligned(before, after, path, found, kind)
    return
  }
  const [old, now] = names
  for (const key of [...new Set([...old, ...now])]) {
    const [i, j] = [old.indexOf(key), now.indexOf(key)]
    walk(i === -1 ? undefined : before[i], j === -1 ? undefined : after[j], `${path}[${key}]`, found, kind)
  }
  const kept = old.filter((key) => now.includes(key))
  if (kept.some((key, i) => key !== now.filter((k) => old.includes(k))[i]))
    found.push({ path: `${path} (order)`, weight: weightOf(path, kind) })
}

function walkAligned(before: readonly unknown[], after: readonly unknown[], path: string, found: FieldChange[], kind: string): void {
  for (const [i, j] of alignRows(before, after)) {
    // where the row stands now, or where it stood
    walk(i === undefined ? undefined : before[i], j === undefined ? undefined : after[j], `${path}[${j ?? i}]`, found, kind)
  }
}

/**
 * Rows without a name, matched so that an inserted row is one difference and not one in every row behind it: rows that are the same keep each other
 * in place; between them, rows with the same criterion or the same text belong together; and a gap of as many rows on both sides is matched in order.
 */
function alignRows(before: readonly unknown[], after: readonly unknown[]): readonly (readonly [number | undefined, number | undefined])[] {
  const partner = new Map<number, number>()
  const match = (key: (row: unknown) => string | undefined): void => {
    let from = 0
    before.forEach((row, i) => {
      if (partner.has(i)) {
        from = partner.get(i)! + 1
        return
      }
      const wanted = key(row)
      if (wanted === undefined) return
      const next = [...partner].filter(([old]) => old > i).reduce((least, [, now]) => Math.min(least, now), after.length)
      const taken = new Set(partner.values())
      for (let j = from; j < next; j++) {
        if (taken.has(j) || key(after[j]) !== wanted) continue
        partner.set(i, j)
        from = j + 1
        return
      }
    })
  }
  const field =
    (...names: readonly string[]) =>
    (row: unknown): string | undefined => {
      const value = names.map((name) => (row as Record<string, unknown>)[name]).find((part) => part !== undefined)
      return value === undefined ? undefined : canonical(value)
    }
  match(canonical)
  match(field('when'))
  match(field('say', 'because', 'title', 'test', 'drug'))
  const pairs: [number | undefined, number | undefined][] = []
  let j = 0
  for (let i = 0; i <= before.length; ) {
    let end = i
    while (end < before.length && !partner.has(end)) end++
    const stop = end < before.length ? partner.get(end)! : after.length
    const isEven = end - i === stop - j
    for (let k = 0; k < Math.max(end - i, stop - j); k++) {
      if (isEven) pairs.push([i + k, j + k])
      else {
        if (i + k < end) pairs.push([i + k, undefined])
        if (j + k < stop) pairs.push([undefined, j + k])
      }
    }
    if (end < before.length) pairs.push([end, stop])
    i = end + 1
    j = stop + 1
  }
  return pairs
}

function weightOf(path: string, kind: string): FieldWeight {
  if (WORD_KINDS.has(kind)) return 'wording'
  if (READING_KINDS.has(kind)) return 'substance'
  const keys = path
    .replace(/ \(order\)$/, '')
    .replace(/\[.*?\]/g, '')
    .split('.')
  const [first] = keys
  const last = keys.at(-1)!
  if (kind === 'sources') return last === 'title' || last === 'note' ? 'wording' : 'evidence'
  // a citation in other words is wording; another citation is evidence
  if (first === 'cites') return last === 'says' ? 'wording' : 'evidence'
  if (EVIDENCE.has(first!) || last === 'review') return 'evidence'
  if (last === 'say') return INSTRUCTIONS.test(path) ? 'substance' : 'wording'
  return WORDING.has(last) ? 'wording' : 'substance'
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
/** A criterion is one thing: half of it means nothing to a reader. */
const isCriterion = (value: Record<string, unknown>): boolean => typeof value.op === 'string'
