import { ApiFault, type call } from '../../shared/api.ts'

/** Something that somebody did at the board, on its way to the server. */
export interface Doing {
  /** The Idempotency-Key: sent again after a broken connection, it is done once. */
  readonly id: string
  /** Kind, for the words of the list; never anything of a patient. */
  readonly kind: 'agenda' | 'case' | 'preparation' | 'decision' | 'closing' | 'interest' | 'ask'
  readonly path: string
  readonly body: { readonly [key: string]: unknown }
  /** What was chosen, in the words of the page: the body holds only its id. */
  readonly about?: string
  /** What it changes (`meeting:ID`, `case:ID`): actions on the same thing keep their order and build on each other. */
  readonly target: string
  readonly state: 'waiting' | 'sending' | 'clash' | 'refused'
  readonly fault?: ApiFault
  /** Of a clash: what stands there now. */
  readonly theirs?: unknown
}

type Send = typeof call
type Told = (doing: Doing, answer: unknown) => void

/** Milliseconds until the server is asked again when it was not reached. */
const AGAIN = 2000

/**
 * Actions in their order, in memory only. One is under way at a time. When the server is not reached they wait, and are sent again by themselves with the same key.
 * A clash stops what builds on the same thing and is shown; nothing is written over. Later actions on the same thing take the version that the earlier ones made.
 */
export class Outbox {
  private items: readonly Doing[] = []
  private readonly listeners = new Set<() => void>()
  private isSending = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly send: Send
  private readonly told: Told
  private readonly again: number

  constructor(send: Send, told: Told = () => {}, again = AGAIN) {
    this.send = send
    this.told = told
    this.again = again
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  list = (): readonly Doing[] => this.items

  add(doing: Pick<Doing, 'kind' | 'path' | 'body' | 'target' | 'about'>): string {
    const id = crypto.randomUUID()
    this.set([...this.items, { ...doing, id, state: 'waiting' }])
    void this.pump()
    return id
  }

  /** Takes an action out: a clash that was settled, a refusal that was read. What builds on it goes on. */
  drop(id: string): void {
    this.set(this.items.filter((one) => one.id !== id))
    void this.pump()
  }

  /** Sends a clashing action once more as a new one, with what was changed in it. */
  replace(id: string, body: Doing['body']): void {
    const replaced = crypto.randomUUID()
    this.set(this.items.map((one) => (one.id === id ? { ...plain(one), id: replaced, body, state: 'waiting' as const } : one)))
    void this.pump()
  }

  /** To be called when the connection may be back. */
  wake = (): void => {
    clearTimeout(this.timer)
    this.timer = undefined
    void this.pump()
  }

  private async pump(): Promise<void> {
    if (this.isSending || this.timer !== undefined) return
    const blocked = new Set<string>()
    const next = this.items.find((one) => {
      if (one.state === 'waiting' && !blocked.has(one.target)) return true
      blocked.add(one.target)
      return false
    })
    if (next === undefined) return
    this.isSending = true
    this.change(next.id, { state: 'sending' })
    try {
      const { value } = await this.send<{ version?: number }>(next.path, {
        method: 'POST',
        body: next.body,
        headers: { 'idempotency-key': next.id },
      })
      // what came of it is known before it leaves the list: the page never shows the state before
      this.told(next, value)
      this.set(this.items.filter((one) => one.id !== next.id).map((one) => rebased(one, next, value?.version)))
    } catch (error) {
      this.failed(next, error)
    } finally {
      this.isSending = false
    }
    void this.pump()
  }

  private failed(doing: Doing, error: unknown): void {
    const fault = error instanceof ApiFault ? error : new ApiFault(-1, [{ code: 'internal', severity: 'error', message: String(error) }])
    // not reached, too busy, or signed out: nothing was refused, it waits
    if (fault.isOffline || fault.status === 401 || fault.status === 429 || fault.status >= 500) {
      this.change(doing.id, { state: 'waiting' })
      this.timer = setTimeout(this.wake, this.again)
      return
    }
    if (fault.status === 412)
      this.change(doing.id, { state: 'clash', fault, theirs: (fault.body as { theirs?: unknown } | undefined)?.theirs })
    else this.change(doing.id, { state: 'refused', fault })
  }

  private change(id: string, more: Partial<Doing>): void {
    this.set(this.items.map((one) => (one.id === id ? { ...one, ...more } : one)))
  }

  private set(items: readonly Doing[]): void {
    this.items = items
    for (const listener of this.listeners) listener()
  }
}

/** What was built on the version before stands on the version that came of it. */
const rebased = (one: Doing, done: Doing, version: number | undefined): Doing =>
  version !== undefined && one.target === done.target && one.body.version === done.body.version && one.state === 'waiting'
    ? { ...one, body: { ...one.body, version } }
    : one

const plain = ({ fault: _fault, theirs: _theirs, ...rest }: Doing): Doing => rest
