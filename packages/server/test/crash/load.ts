import type { FhirResource, StoreConfig } from '../../src/store/index.ts'
import { openStore } from '../../src/store/index.ts'
import { rebuild } from '../../src/store/rebuild.ts'
import { verifyChains } from '../../src/store/verify.ts'

/** Clients that write all the time, and what must be true of a store after whatever happened to it meanwhile. */
export const CLIENTS = 4

export interface Load {
  /** By client: the highest number that was acknowledged. */
  readonly acknowledged: number[]
  /** Ids of every result that was acknowledged, in a transaction or by itself. */
  readonly kept: readonly string[]
  /** How often each status was answered; 0: no answer. */
  readonly answers: ReadonlyMap<number, number>
  stop(): Promise<void>
}

const bundle = (client: number, n: number): string => {
  const patient = { resourceType: 'Patient', id: `c${client}`, multipleBirthInteger: n }
  const result = (id: string) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: 'count' },
    subject: { reference: `Patient/c${client}` },
    valueInteger: n,
  })
  const entries = [patient, result(`c${client}-same`), result(`c${client}-${n}`)]
  return JSON.stringify({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: entries.map((resource) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } })),
  })
}

/** A result sent by itself: it shares a transaction with those that other clients send at the same time. */
const single = (client: number, n: number): { readonly id: string; readonly body: string } => {
  const id = `c${client}-${n}-single`
  const subject = { reference: `Patient/c${client}` }
  return {
    id,
    body: JSON.stringify({ resourceType: 'Observation', id, status: 'final', code: { text: 'count' }, subject, valueInteger: n }),
  }
}

/** Each client writes one transaction after the other, and a result by itself after each; it notes them only when the server has said that they are there. */
export function load({ base, token }: { readonly base: string; readonly token: string }, first: readonly number[]): Load {
  const acknowledged = [...first]
  const kept: string[] = []
  const answers = new Map<number, number>()
  const count = (status: number): void => void answers.set(status, (answers.get(status) ?? 0) + 1)
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))
  let isRunning = true
  const clients = acknowledged.map(async (_, client) => {
    for (let n = first[client]! + 1; isRunning; n += 1) {
      try {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' }
        const answer = await fetch(`${base}/fhir`, { method: 'POST', headers, body: bundle(client, n) })
        await answer.arrayBuffer()
        count(answer.status)
        if (answer.status === 200) {
          acknowledged[client] = n
          kept.push(`c${client}-${n}`)
          const { id, body } = single(client, n)
          const alone = await fetch(`${base}/fhir/Observation/${id}`, { method: 'PUT', headers, body })
          await alone.arrayBuffer()
          count(alone.status)
          if (alone.status === 201) kept.push(id)
        } else await pause()
      } catch {
        // the connection is gone: nothing was promised
        count(0)
        if (isRunning) await pause()
      }
    }
  })
  return {
    acknowledged,
    kept,
    answers,
    stop: async () => {
      isRunning = false
      await Promise.all(clients)
    },
  }
}

/** What must be true after any crash. Gives the numbers that are stored, for the next round to go on from. */
export async function check(
  database: StoreConfig['database'],
  { acknowledged, kept }: Pick<Load, 'acknowledged' | 'kept'>,
): Promise<readonly number[]> {
  const store = await openStore({ database })
  try {
    const there = new Set((await store.readMany(kept.map((id) => ({ type: 'Observation', id })))).map(({ id }) => id))
    const lost = kept.find((id) => !there.has(id))
    if (lost !== undefined) throw new Error(`result ${lost} was acknowledged and is not there`)
    const stored: number[] = []
    for (const [client, promised] of acknowledged.entries()) {
      const value = async (type: string, id: string, field: string): Promise<number> => {
        const body = (await store.read(type, id))?.body
        return body === null || body === undefined ? 0 : Number((JSON.parse(body) as FhirResource)[field])
      }
      const n = await value('Patient', `c${client}`, 'multipleBirthInteger')
      if (n < promised) throw new Error(`client ${client}: ${promised} was acknowledged, ${n} is stored`)
      const same = await value('Observation', `c${client}-same`, 'valueInteger')
      if (same !== n) throw new Error(`client ${client}: half a transaction: the patient says ${n}, the result ${same}`)
      const own = n === 0 ? 0 : await value('Observation', `c${client}-${n}`, 'valueInteger')
      if (own !== n) throw new Error(`client ${client}: half a transaction: result ${n} is missing`)
      stored.push(n)
    }
    const { problems, versions } = await verifyChains(store.database)
    if (problems.length > 0) throw new Error(`a chain is broken: ${JSON.stringify(problems[0])}`)
    const count = async () => (await store.database.query<{ n: number }>('select count(*) as n from ix_reference'))[0]!.n
    const before = await count()
    await rebuild(store.database, undefined)
    if ((await count()) !== before) throw new Error('the search index is not what the versions say')
    console.log(`    ${kept.length} results acknowledged, all there; ${versions} versions, every chain holds`)
    return stored
  } finally {
    await store.close()
  }
}
