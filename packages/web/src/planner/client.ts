import type { Issue } from '@secondwind/core'
import type { PlannerKnowledge } from '@secondwind/server/contract'
import { ApiFault, call } from '../shared/api.ts'
import { session } from '../shared/session.ts'
import type { Answered, Answers, Question } from './protocol.ts'

/** The planner refused a change: what was typed cannot be read. */
export class Unreadable extends Error {
  readonly issues: readonly Issue[]
  constructor(issues: readonly Issue[]) {
    super(issues[0]?.message ?? '')
    this.issues = issues
  }
}

export interface Planner {
  /** Of the knowledge it plans with. */
  readonly digest: string
  ask<Kind extends 'case' | 'change'>(question: Extract<Question, { ask: Kind }>): Promise<Answers[Kind]>
}

let running: { readonly worker: Worker; readonly planner: Promise<Planner>; readonly digest: string } | undefined

/** The planner with the knowledge that the server uses now; started when first asked for, once for the page. */
export async function openPlanner(): Promise<Planner> {
  const { value: index } = await call<PlannerKnowledge>('/planner/knowledge').catch((fault: unknown) => {
    // without a connection the planner that runs goes on with the knowledge it has
    if (fault instanceof ApiFault && fault.isOffline && running !== undefined) return { value: undefined }
    throw fault
  })
  if (running !== undefined && (index === undefined || running.digest === index.digest)) return running.planner
  stopPlanner()
  const started = start(index!)
  running = { ...started, digest: index!.digest }
  started.planner.catch(stopPlanner)
  return started.planner
}

/** Ends the planner and forgets the case it held. */
export function stopPlanner(): void {
  running?.worker.terminate()
  running = undefined
}

// whoever signs out leaves nothing of a patient behind
session.subscribe(() => {
  if (!session.isSignedIn) stopPlanner()
})

function start({ parts }: PlannerKnowledge): { readonly worker: Worker; readonly planner: Promise<Planner> } {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  const waiting = new Map<number, { readonly done: (value: never) => void; readonly failed: (fault: Error) => void }>()
  let next = 0
  worker.onmessage = ({ data }: MessageEvent<Answered>) => {
    const one = waiting.get(data.id)
    waiting.delete(data.id)
    if (data.ok) one?.done(data.value as never)
    else if (data.bug !== undefined) one?.failed(new Error(data.bug))
    else one?.failed(data.status === undefined ? new Unreadable(data.issues) : new ApiFault(data.status, NOT_LOADED))
  }
  worker.onerror = ({ message }) => {
    for (const { failed } of waiting.values()) failed(new Error(message))
    waiting.clear()
  }
  const ask = <Kind extends Question['ask']>(question: Extract<Question, { ask: Kind }>): Promise<Answers[Kind]> =>
    new Promise((done, failed) => {
      next += 1
      waiting.set(next, { done, failed })
      worker.postMessage({ ...question, id: next })
    })
  const planner = session
    .token()
    .then((token) =>
      ask<'open'>({
        ask: 'open',
        parts: { first: parts.first.path, later: parts.later.path, entry: parts.entry.path },
        ...(token === undefined ? {} : { token }),
      }),
    )
    .then(({ digest }): Planner => ({ digest, ask }))
  return { worker, planner }
}

const NOT_LOADED = [
  {
    code: 'unavailable',
    severity: 'error',
    message: 'the knowledge for planning in this page was not loaded',
    remedy: 'check the connection and try again',
  },
] as const
