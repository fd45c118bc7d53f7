import type { KnowledgeBase } from '@secondwind/core'
import { Refused } from '../issue.ts'
import type { FhirResource, Store, Write } from '../store/index.ts'
import { synthesizeNetwork } from '../synthetic/network.ts'

export interface DemoNetwork {
  /** Living patients that are to be there when all is loaded. */
  readonly patients: number
  /** ISO day on which the charts stand. */
  readonly asOf: string
  readonly seed?: string
  /** Called after each chart. */
  readonly onProgress?: (loaded: number) => void
  readonly signal?: AbortSignal
}

const put = (resource: object): Write => ({ kind: 'update', resource: resource as FhirResource & { readonly id: string } })

/**
 * Invented hospitals and patients for trying out, each chart recorded by its own hospital in one transaction. What is already there is left alone:
 * called again, it goes on where it stopped. Gives how many patients are there.
 */
export async function loadDemo(store: Store, knowledge: KnowledgeBase, request: DemoNetwork): Promise<number> {
  const { patients, asOf, seed = 'demo', onProgress, signal } = request
  // the share of the dead grows with the years: twice as many lives are enough for any number of living ones
  const network = synthesizeNetwork({ seed, asOf, patients: patients * 6 + 20, years: 2 }, knowledge)
  const who = 'Device/demo'
  const first = network.hospitals[0]
  if (first !== undefined && (await store.read(first.resourceType, first.id)) === undefined)
    await kept(store, 'network', network.hospitals.map(put), who)
  let loaded = 0
  for (const { patient, life, resources } of network.charts()) {
    if (loaded >= patients || signal?.aborted === true) break
    const isDead = resources.some((r) => r.resourceType === 'Patient' && ('deceasedDateTime' in r || 'deceasedBoolean' in r))
    if (isDead) continue
    if ((await store.read('Patient', patient)) === undefined) await kept(store, life.person.hospital.id, resources.map(put), who)
    loaded += 1
    onProgress?.(loaded)
    // requests of people come first
    await new Promise((resolve) => setImmediate(resolve))
  }
  return loaded
}

async function kept(store: Store, site: string, writes: readonly Write[], who: string): Promise<void> {
  const result = await store.commit({ who, site }, writes)
  if (!result.ok) throw new Refused(result.error)
}
