import { createHash } from 'node:crypto'
import { type ApiRequest, type ApiResponse, contextOf, FHIR_JSON, type Route } from '../api/index.ts'
import { outcomeOf } from '../api/outcome.ts'
import { refuse, type ServerIssue } from '../issue.ts'
import type { Store } from '../store/index.ts'
import { cancelExport, exportFile, exportStatus, startExport } from './export.ts'
import { sessionOf } from './handlers.ts'
import { importNdjson } from './import.ts'
import { Repository } from './repository.ts'
import { FHIR_BASE } from './respond.ts'

const MEGABYTE = 1024 * 1024

/** Bulk Data: out by the standard's `$export`, in by `$import` (NDJSON in the body). */
export const bulkRoutes = (store: Store): readonly Route[] => {
  const exporting = { interaction: 'operation', about: 'fhir', operation: 'export' } as const
  const row = (id: string, method: Route['method'], path: string, rule: Route['rule'], handle: Route['handle']): Route => ({
    id,
    method,
    path: `${FHIR_BASE}${path}`,
    rule,
    handle,
  })
  const LEVELS = [
    ['system', '/$export', exporting],
    ['patient', '/Patient/$export', exporting],
    ['group', '/Group/:id/$export', { ...exporting, idFrom: 'id' }],
  ] as const
  return [
    ...LEVELS.flatMap(([level, path, rule]) => [
      { ...row(`fhir-export-${level}`, 'GET', path, rule, (request) => startExport(store, request, level)), isBeginning: true as const },
      row(`fhir-export-${level}-post`, 'POST', path, rule, (request) => startExport(store, request, level)),
    ]),
    row('fhir-export-status', 'GET', '/$export-status/:job', exporting, (request) => exportStatus(store, request)),
    row('fhir-export-cancel', 'DELETE', '/$export-status/:job', exporting, (request) => cancelExport(store, request)),
    row('fhir-export-file', 'GET', '/$export-file/:job/:file', exporting, (request) => exportFile(store, request)),
    {
      ...row('fhir-import', 'POST', '/$import', { interaction: 'operation', about: 'fhir', operation: 'import' }, (request) =>
        importBody(store, request),
      ),
      bodyLimit: 256 * MEGABYTE,
    },
  ]
}

const MOST_ISSUES = 1000

/** Sent again, it goes on where it stopped, or says what it said: the body itself names the import. */
async function importBody(store: Store, request: ApiRequest): Promise<ApiResponse> {
  const { body } = request
  if (typeof body !== 'string' || body.trim() === '')
    return refuse('not-fhir', 'body', 'there is nothing to import', 'send one resource a line, as application/fhir+ndjson')
  const repo = new Repository(sessionOf(store, request))
  const { who, site } = contextOf(request)
  const issues: ServerIssue[] = []
  const { kept, refused } = await importNdjson({
    store,
    author: { who, site },
    source: `${who} ${createHash('sha256').update(body).digest('hex')}`,
    lines: linesOf(body),
    base: `${request.base}${FHIR_BASE}`,
    allow: (writes) => repo.allow(writes),
    onIssue: ({ line, issue }) => {
      if (issues.length < MOST_ISSUES) issues.push({ ...issue, path: `line ${line}${issue.path === '' ? '' : `: ${issue.path}`}` })
    },
  })
  await store.catchUp()
  const summary = {
    severity: 'information' as const,
    code: 'informational',
    details: { text: `${kept} resources kept, ${refused} lines refused` },
  }
  return { status: 200, contentType: FHIR_JSON, body: { resourceType: 'OperationOutcome', issue: [summary, ...outcomeOf(issues).issue] } }
}

function* linesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at)
    yield text.slice(at, end < 0 ? text.length : end)
    at = end < 0 ? text.length : end + 1
  }
}
