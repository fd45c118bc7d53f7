import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useSyncExternalStore } from 'react'
import { ApiFault, call } from '../../shared/api.ts'
import { useMe } from '../../shared/me.ts'
import { type Doing, Outbox } from './outbox.ts'

/** One for each person who signs in on this page: what one of them did is never sent in the name of another. */
const boxes = new Map<string, Outbox>()
let current = ''
let told: (doing: Doing, answer: unknown) => void = () => {}

function boxOf(who: string): Outbox {
  const kept = boxes.get(who)
  if (kept !== undefined) return kept
  const send: typeof call = (path, sending) =>
    who === current
      ? call(path, sending)
      : Promise.reject(new ApiFault(0, [{ code: 'offline', severity: 'error', message: 'another person is signed in' }]))
  const box = new Outbox(send, (doing, answer) => told(doing, answer))
  boxes.set(who, box)
  window.addEventListener('online', box.wake)
  window.addEventListener('beforeunload', (event) => {
    // what is not sent yet is lost with the page: the browser asks
    if (box.list().length > 0) event.preventDefault()
  })
  return box
}

export interface UsedOutbox {
  readonly items: readonly Doing[]
  readonly add: Outbox['add']
  readonly drop: Outbox['drop']
  readonly replace: Outbox['replace']
  /** The last of this kind on this thing that is not at the server yet. */
  readonly pending: (kind: Doing['kind'], target: string) => Doing | undefined
}

/** What was done at the board and is not at the server yet. */
export function useOutbox(): UsedOutbox {
  const { me } = useMe()
  const client = useQueryClient()
  const who = me?.who ?? ''
  useEffect(() => {
    current = who
    told = (doing, answer) => {
      // these are answered with the whole meeting as it stands now
      if (doing.kind === 'agenda' || doing.kind === 'interest')
        client.setQueryData([doing.path.replace(/\/(agenda|interests)$/, '')], answer)
      void client.invalidateQueries({
        predicate: ({ queryKey }) => typeof queryKey[0] === 'string' && /^\/(board|plans|worklists|workspace)/.test(queryKey[0]),
      })
    }
  }, [who, client])
  const box = boxOf(who)
  const items = useSyncExternalStore(box.subscribe, box.list)
  const pending = useCallback(
    (kind: Doing['kind'], target: string) =>
      items.findLast((one) => one.kind === kind && one.target === target && (one.state === 'waiting' || one.state === 'sending')),
    [items],
  )
  return { items, add: (doing) => box.add(doing), drop: (id) => box.drop(id), replace: (id, body) => box.replace(id, body), pending }
}
