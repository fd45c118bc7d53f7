import type { KnowledgeBase, LaterKnowledge, PlanDocument } from '@secondwind/core'
import type { EntryKnowledge, PlannerCase } from '@secondwind/server/contract'
import { type PagePlanner, pagePlanner } from './page-planner.ts'
import type { Answered, Asked } from './protocol.ts'

/** The planner off the thread that paints: it holds the knowledge and one case, in memory only. */
let planner: PagePlanner | undefined
let open: { readonly given: PlannerCase; readonly present: PlanDocument } | undefined

self.onmessage = ({ data }: MessageEvent<Asked>) => {
  answer(data).then(
    (answered) => self.postMessage(answered),
    // a bug must not leave the page waiting
    (error: unknown) =>
      self.postMessage({
        id: data.id,
        ok: false,
        issues: [],
        bug: error instanceof Error ? error.message : String(error),
      } satisfies Answered),
  )
}

async function answer(asked: Asked): Promise<Answered> {
  const { id } = asked
  if (asked.ask === 'open') return { id, ...(await load(asked)) }
  if (planner === undefined) throw new Error('invariant: the planner is asked before it is opened')
  if (asked.ask === 'case') {
    const given = 'blankOn' in asked.given ? planner.blank(asked.given.blankOn) : asked.given
    const present = planner.present(given)
    open = { given, present }
    return { id, ok: true, value: present }
  }
  if (open === undefined) throw new Error('invariant: a change is asked before its case')
  const from = performance.now()
  const changed = planner.whatIf(open.given, asked.set, open.present)
  const milliseconds = performance.now() - from
  return changed.ok ? { id, ok: true, value: { ...changed.value, milliseconds } } : { id, ok: false, issues: changed.error }
}

type Loaded = { readonly ok: true; readonly value: { readonly digest: string } } | Extract<Answered, { ok: false }>

async function load({ id, parts, token }: Extract<Asked, { ask: 'open' }>): Promise<Loaded> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const part = async <T>(address: string): Promise<T> => {
    const response = await fetch(address, { headers })
    if (!response.ok) throw new NotLoaded(response.status)
    return (await response.json()) as T
  }
  try {
    const [first, later, entry] = await Promise.all([
      part<KnowledgeBase>(parts.first),
      part<LaterKnowledge>(parts.later),
      part<EntryKnowledge>(parts.entry),
    ])
    planner = pagePlanner({ first, later }, entry)
    open = undefined
    return { ok: true, value: { digest: planner.digest } }
  } catch (error) {
    return { id, ok: false, issues: [], status: error instanceof NotLoaded ? error.status : 0 }
  }
}

class NotLoaded extends Error {
  readonly status: number
  constructor(status: number) {
    super(`${status}`)
    this.status = status
  }
}
