import { keepPreviousData, type QueryKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { session } from './session.ts'

/** What is wrong, where, why, and what to do: as the server says it (OperationOutcome), or the network. */
export interface Issue {
  readonly code: string
  readonly severity: 'fatal' | 'error' | 'warning' | 'information'
  readonly path?: string
  readonly message: string
  readonly remedy?: string
}

export class ApiFault extends Error {
  readonly status: number
  readonly issues: readonly Issue[]
  /** The whole answer, where it is JSON: a clash carries what stands there now beside what was sent. */
  readonly body: unknown
  constructor(status: number, issues: readonly Issue[], body?: unknown) {
    super(issues[0]?.message ?? `the server answered ${status}`)
    this.status = status
    this.issues = issues
    this.body = body
  }
  /** The server was not reached: nothing is known of what was sent. */
  get isOffline(): boolean {
    return this.status === 0
  }
}

export interface Answer<T> {
  readonly value: T
  readonly etag?: string
  readonly headers: Headers
}

export interface Sending {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly headers?: { readonly [name: string]: string }
  readonly signal?: AbortSignal
}

/** One request to the server this page came from, in the name of who is signed in. Throws `ApiFault`, and nothing else. */
export async function call<T>(path: string, { method = 'GET', body, headers = {}, signal }: Sending = {}): Promise<Answer<T>> {
  const isText = typeof body === 'string'
  const send = async (token: string | undefined): Promise<Response> =>
    fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  let response: Response
  try {
    response = await send(await session.token())
    if (response.status === 401) response = await send(await session.renew())
  } catch (error) {
    if (error instanceof ApiFault) throw error
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiFault(0, [
      { code: 'offline', severity: 'error', message: 'the server was not reached', remedy: 'check the connection; nothing is lost' },
    ])
  }
  if (response.status === 401) session.ended()
  const text = await response.text()
  if (!response.ok) throw new ApiFault(response.status, issuesIn(text, response.status), jsonIn(text))
  const etag = response.headers.get('etag') ?? undefined
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && !/ndjson/.test(response.headers.get('content-type') ?? '')
  const value = (text === '' ? undefined : isJson ? JSON.parse(text) : text) as T
  return { value, headers: response.headers, ...(etag === undefined ? {} : { etag }) }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function issuesIn(text: string, status: number): readonly Issue[] {
  try {
    const { issue } = JSON.parse(text) as {
      issue?: readonly {
        severity: Issue['severity']
        code: string
        diagnostics?: string
        expression?: readonly string[]
        details?: { text?: string; coding?: readonly { code?: string }[] }
      }[]
    }
    if (issue !== undefined && issue.length > 0)
      return issue.map(({ severity, code, diagnostics, expression, details }) => ({
        code: details?.coding?.[0]?.code ?? code,
        severity,
        message: details?.text ?? diagnostics ?? code,
        ...(details?.text !== undefined && diagnostics !== undefined && diagnostics !== details.text ? { remedy: diagnostics } : {}),
        ...(expression?.[0] === undefined ? {} : { path: expression[0] }),
      }))
  } catch {
    // no OperationOutcome: a proxy in between, perhaps
  }
  return [
    {
      code: `http-${status}`,
      severity: 'error',
      message: `the server answered ${status}`,
      remedy: 'try again; tell the operator if it stays',
    },
  ]
}

/** Data of the server, kept while it is shown. `undefined` as path: nothing is asked. */
export function useApi<T>(
  path: string | undefined,
  options: { readonly staleMs?: number; readonly everyMs?: number; readonly keep?: boolean } = {},
) {
  return useQuery<T, ApiFault>({
    queryKey: [path] as QueryKey,
    queryFn: async ({ signal }) => (await call<T>(path!, { signal })).value,
    enabled: path !== undefined,
    staleTime: options.staleMs ?? 10_000,
    ...(options.everyMs === undefined ? {} : { refetchInterval: options.everyMs }),
    ...(options.keep === true ? { placeholderData: keepPreviousData } : {}),
  })
}

/** The same with the ETag of the answer, for writing under `If-Match` and for decisions on a plan. */
export function useApiTagged<T>(path: string | undefined) {
  return useQuery<Answer<T>, ApiFault>({
    queryKey: [path, 'tagged'] as QueryKey,
    queryFn: ({ signal }) => call<T>(path!, { signal }),
    enabled: path !== undefined,
    staleTime: 10_000,
  })
}

/** Sends something, then asks again for what begins with one of `refresh`. */
export function useSend<Result, Sent = unknown>(refresh: readonly string[] = []) {
  const client = useQueryClient()
  return useMutation<Answer<Result>, ApiFault, { readonly path: string } & Omit<Sending, 'body'> & { readonly body?: Sent }>({
    mutationFn: ({ path, ...sending }) => call<Result>(path, { method: 'POST', ...sending }),
    onSuccess: () =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => typeof queryKey[0] === 'string' && refresh.some((start) => (queryKey[0] as string).startsWith(start)),
      }),
  })
}
