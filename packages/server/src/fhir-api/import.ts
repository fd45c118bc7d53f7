import { parseBody } from '../api/json.ts'
import { Refused, refusal, type ServerIssue } from '../issue.ts'
import { sqlState } from '../store/database.ts'
import type { Author, FhirResource, Store, Write } from '../store/index.ts'
import { withLabels } from './labels.ts'
import { withOwnReferences } from './references.ts'
import type { Identified } from './repository.ts'
import { placedSubjects } from './subjects.ts'
import { checkResource } from './validate.ts'

/** Where a bulk import stands. */
export interface ImportProgress {
  readonly lines: number
  readonly kept: number
  readonly refused: number
}

export interface LineIssue {
  readonly line: number
  readonly issue: ServerIssue
}

export interface ImportRequest {
  readonly store: Store
  readonly author: Author
  /** Names the source: the same name goes on where it stopped. Two different contents must have two names. */
  readonly source: string
  readonly lines: AsyncIterable<string> | Iterable<string>
  readonly onIssue: (issue: LineIssue) => void | Promise<void>
  readonly onProgress?: (progress: ImportProgress) => void
  /** Address of the FHIR API into which it comes: references by it are written as `Type/id`. */
  readonly base?: string
  /** Asked before each piece is kept; throws to refuse the import. */
  readonly allow?: (writes: readonly Write[]) => Promise<unknown>
}

const AT_ONCE = 1000

/**
 * NDJSON, one resource a line, each put under its own id. Every thousand lines are one transaction that also says how far the source was read: a process
 * that dies loses no kept resource and doubles none. A line that cannot be used is told with its number and left out; it never stops the others.
 * Cases are left for `store.catchUp`, which the caller calls when all sources are in.
 */
export async function importNdjson(request: ImportRequest): Promise<ImportProgress> {
  const { store, source, onProgress } = request
  const [before] = await store.database.query<{ line: number; kept: number; refused: number }>(
    'select line, kept, refused from import_progress where source = $1',
    [source],
  )
  let progress: ImportProgress = { lines: before?.line ?? 0, kept: before?.kept ?? 0, refused: before?.refused ?? 0 }
  let line = 0
  let piece: Line[] = []
  const flush = async (isDone: boolean): Promise<void> => {
    progress = await keepWhatCanBe(request, piece, { ...progress, lines: line }, isDone)
    piece = []
    onProgress?.(progress)
  }
  for await (const text of request.lines) {
    line += 1
    // read before, in a run that ended early
    if (line <= (before?.line ?? 0)) continue
    if (text.trim() !== '') piece.push({ line, text })
    if (piece.length >= AT_ONCE) await flush(false)
  }
  await flush(true)
  return progress
}

interface Line {
  readonly line: number
  readonly text: string
}

/**
 * Keeps a piece; where the database refuses it for what it holds, keeps its halves, down to the one line that is refused: a line of which no check of
 * ours knew that it cannot be kept must not stop the others, nor stop the import again at each try.
 */
async function keepWhatCanBe(
  request: ImportRequest,
  piece: readonly Line[],
  progress: ImportProgress,
  isDone: boolean,
): Promise<ImportProgress> {
  try {
    return await keepPiece(request, piece, progress, isDone)
  } catch (error) {
    if (!isOfContent(error) || piece.length === 0) throw error
    if (piece.length > 1) {
      const half = Math.ceil(piece.length / 2)
      const first = await keepWhatCanBe(request, piece.slice(0, half), { ...progress, lines: piece[half]!.line - 1 }, false)
      return keepWhatCanBe(request, piece.slice(half), { ...first, lines: progress.lines }, isDone)
    }
    const told = await keepPiece(request, [], { ...progress, refused: progress.refused + 1 }, isDone)
    await request.onIssue({
      line: piece[0]!.line,
      issue: refusal(
        'internal',
        '',
        'the database refuses what the line holds',
        'look for unusual characters or sizes, and tell the operator',
      ),
    })
    return told
  }
}

/** DATA EXCEPTION, INTEGRITY CONSTRAINT VIOLATION, PROGRAM LIMIT EXCEEDED: PostgreSQL documentation, appendix A. */
const isOfContent = (error: unknown): boolean => /^(22|23|54)/.test(sqlState(error) ?? '')

async function keepPiece(
  { store, author, source, onIssue, allow, base }: ImportRequest,
  piece: readonly Line[],
  progress: ImportProgress,
  isDone: boolean,
): Promise<ImportProgress> {
  const issues: LineIssue[] = []
  const writes = new Map<string, { readonly line: number; readonly resource: Identified }>()
  for (const { line, text } of piece) {
    const read = readLine(text)
    if (!read.ok) {
      issues.push(...read.error.map((issue) => ({ line, issue })))
      continue
    }
    // the same resource twice in a thousand lines: the later line is the newer
    writes.set(`${read.value.resourceType}/${read.value.id}`, {
      line,
      resource: base === undefined ? read.value : withOwnReferences(read.value, base),
    })
  }
  const all: Write[] = []
  const read = [...writes.values()]
  const placed = await placedSubjects(
    read.map(({ resource }) => resource),
    () => store.database,
    // whoever imports reaches every chart, or is refused below
    async () => true,
  )
  for (const [at, one] of placed.entries()) {
    if (one.ok) all.push({ kind: 'update', resource: one.value })
    else issues.push({ line: read[at]!.line, issue: one.error })
  }
  await allow?.(all)
  const keys = all.flatMap((write) => (write.kind === 'delete' ? [] : [{ type: write.resource.resourceType, id: write.resource.id }]))
  const standing = new Map((await store.readMany(keys)).map((version) => [`${version.type}/${version.id}`, version]))
  const refused = new Set(issues.map(({ line }) => line)).size
  const next = { lines: progress.lines, kept: progress.kept + piece.length - refused, refused: progress.refused + refused }
  const result = await store.transaction(
    author,
    async (tx) => {
      const written = await tx.append(withLabels(all, standing))
      if (!written.ok) return written
      await tx.sql.query(
        `insert into import_progress (source, line, kept, refused, is_done, updated_at) values ($1, $2, $3, $4, $5, now())
         on conflict (source) do update set line = excluded.line, kept = excluded.kept, refused = excluded.refused,
           is_done = excluded.is_done, updated_at = excluded.updated_at`,
        [source, next.lines, next.kept, next.refused, isDone],
      )
      return { ok: true, value: undefined }
    },
    { isBulk: true },
  )
  if (!result.ok) throw new Refused(result.error)
  for (const issue of issues) await onIssue(issue)
  return next
}

function readLine(
  text: string,
): { readonly ok: true; readonly value: Identified } | { readonly ok: false; readonly error: readonly ServerIssue[] } {
  let value: unknown
  try {
    value = parseBody(text)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return {
      ok: false,
      error: error.issues.map((issue) => ({ ...issue, path: '', remedy: `${issue.remedy}; check that the file was not cut off` })),
    }
  }
  const resource = value as FhirResource
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, error: [refusal('not-fhir', '', 'the line is no resource', 'put one FHIR resource on each line')] }
  const issues = checkResource(resource).filter(({ severity }) => severity === 'error')
  if (issues.length > 0) return { ok: false, error: issues }
  if (resource.id === undefined)
    return {
      ok: false,
      error: [refusal('missing-input', 'id', 'the resource has no id', 'give it one: an import that is repeated must find it again')],
    }
  return { ok: true, value: resource as Identified }
}
