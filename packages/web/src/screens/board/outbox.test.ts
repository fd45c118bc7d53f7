import { expect, test } from 'vitest'
import { ApiFault, type call } from '../../shared/api.ts'
import { Outbox } from './outbox.ts'

interface Sent {
  readonly path: string
  readonly key: string
  readonly version: unknown
}

/** A server that answers as it is told, and keeps what it was sent. */
function server(answer: (sent: Sent, nth: number) => unknown) {
  const sent: Sent[] = []
  const send = (async (path: string, { body, headers }: { body: { version: unknown }; headers: Record<string, string> }) => {
    const one = { path, key: headers['idempotency-key']!, version: body.version }
    sent.push(one)
    return { value: answer(one, sent.length), headers: new Headers() }
  }) as unknown as typeof call
  return { sent, send }
}
const fault = (status: number, body?: unknown): never => {
  throw new ApiFault(status, [{ code: 'x', severity: 'error', message: 'x' }], body)
}
const doing = (target: string, version: number) => ({ kind: 'agenda' as const, path: `/${target}`, body: { version }, target })
const settled = async (is: () => boolean): Promise<void> => {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 1))
}

test('what could not be sent waits, in its order, and is sent again under the same key', async () => {
  let isDown = true
  const { sent, send } = server(() => (isDown ? fault(0) : {}))
  const box = new Outbox(send, () => {}, 5)
  box.add(doing('a', 1))
  box.add(doing('b', 1))
  await settled(() => sent.length >= 2)
  expect(new Set(sent.map(({ path }) => path))).toEqual(new Set(['/a']))
  expect(box.list()).toHaveLength(2)
  isDown = false
  await settled(() => box.list().length === 0)
  expect(sent.at(-1)!.path).toBe('/b')
  expect(new Set(sent.filter(({ path }) => path === '/a').map(({ key }) => key)).size).toBe(1)
})

test('several changes of the same thing build on each other', async () => {
  const { sent, send } = server(({ version }) => ({ version: Number(version) + 1 }))
  const box = new Outbox(send)
  for (let i = 0; i < 3; i++) box.add(doing('a', 7))
  await settled(() => box.list().length === 0)
  expect(sent.map(({ version }) => version)).toEqual([7, 8, 9])
})

test('a clash is kept with both versions and holds back what builds on the same thing, nothing else', async () => {
  const { sent, send } = server(({ path }, nth) => (path === '/a' && nth === 1 ? fault(412, { theirs: { version: 4 } }) : {}))
  const box = new Outbox(send)
  box.add(doing('a', 1))
  const second = box.add(doing('a', 1))
  box.add(doing('b', 1))
  await settled(() => box.list().length === 2)
  const [clash, held] = box.list()
  expect(clash).toMatchObject({ state: 'clash', theirs: { version: 4 } })
  expect(held).toMatchObject({ id: second, state: 'waiting' })
  box.replace(clash!.id, { version: 4 })
  await settled(() => box.list().length === 0)
  expect(sent.map(({ path, version }) => `${path} ${version}`)).toEqual(['/a 1', '/b 1', '/a 4', '/a 1'])
  expect(sent[2]!.key).not.toBe(sent[0]!.key)
})

test('what is refused is shown and can be dropped; what comes after goes on', async () => {
  const { send } = server((_sent, nth) => (nth === 1 ? fault(403) : {}))
  const box = new Outbox(send)
  const first = box.add(doing('a', 1))
  box.add(doing('a', 1))
  await settled(() => box.list()[0]?.state === 'refused')
  box.drop(first)
  await settled(() => box.list().length === 0)
})
