import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Store, StoredVersion, Write } from '../../src/store/index.ts'
import { parseSearch } from '../../src/store/search/parse.ts'
import { verifyChains } from '../../src/store/verify.ts'
import { onBothDatabases } from './databases.ts'
import { AUTHOR, must, observation, patient, put, testClock } from './resources.ts'

/** What the store ought to hold, as simply as it can be said: a list of versions for each resource, and the instant of each. */
class Model {
  readonly versions = new Map<string, { readonly at: string; readonly value: string | null }[]>()

  newest(key: string): string | null | undefined {
    return this.versions.get(key)?.at(-1)?.value
  }

  asOf(key: string, at: string): string | null | undefined {
    return this.versions.get(key)?.findLast((v) => v.at <= at)?.value
  }

  /** The outcome of each write, or undefined when the whole is refused. */
  apply(writes: readonly Command[], at: string): readonly string[] | undefined {
    const keys = writes.map(keyOf)
    if (new Set(keys).size < keys.length) return undefined
    const isRefused = writes.some((write) => {
      const count = this.newest(keyOf(write)) === null ? -1 : (this.versions.get(keyOf(write))?.length ?? -1)
      return write.ifMatch !== undefined && write.ifMatch !== count
    })
    if (isRefused) return undefined
    return writes.map((write) => {
      const key = keyOf(write)
      const old = this.newest(key)
      const next = write.kind === 'delete' ? null : contentOf(write)
      if (old === next || (next === null && old === undefined)) return 'unchanged'
      this.versions.set(key, [...(this.versions.get(key) ?? []), { at, value: next }])
      return next === null ? 'deleted' : old === undefined || old === null ? 'created' : 'updated'
    })
  }
}

interface Command {
  readonly kind: 'patient' | 'result' | 'delete'
  readonly id: string
  readonly of: string
  readonly value: number
  readonly ifMatch: number | undefined
}

const keyOf = ({ kind, id, value }: Command): string =>
  kind === 'result' || (kind === 'delete' && value % 2 === 0) ? `Observation/o${id}` : `Patient/${id}`
const contentOf = ({ kind, of, value }: Command): string => (kind === 'patient' ? `patient ${value}` : `result ${of} ${value}`)

function writeOf(command: Command): Write {
  const { kind, id, of, value, ifMatch } = command
  const match = ifMatch === undefined ? {} : { ifMatch }
  if (kind === 'delete') return { kind: 'delete', type: keyOf(command).split('/')[0]!, id: keyOf(command).split('/')[1]!, ...match }
  return kind === 'patient'
    ? put(patient(id, { multipleBirthInteger: value }), ifMatch)
    : put(observation(`o${id}`, of, { valueInteger: value }), ifMatch)
}

function readBack(version: StoredVersion | undefined): string | null | undefined {
  if (version === undefined || version.body === null) return version === undefined ? undefined : null
  const body = JSON.parse(version.body)
  return version.type === 'Patient'
    ? `patient ${body.multipleBirthInteger}`
    : `result ${body.subject.reference.slice(8)} ${body.valueInteger}`
}

const id = fc.constantFrom('a', 'b', 'c')
const command = fc.record({
  kind: fc.constantFrom('patient' as const, 'result' as const, 'result' as const, 'delete' as const),
  id,
  of: id,
  value: fc.integer({ min: 0, max: 3 }),
  ifMatch: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 4 }),
})

async function agrees(store: Store, model: Model, instants: readonly string[]): Promise<void> {
  for (const key of [...['a', 'b', 'c'].map((i) => `Patient/${i}`), ...['a', 'b', 'c'].map((i) => `Observation/o${i}`)]) {
    const [type, of] = key.split('/') as [string, string]
    expect(readBack(await store.read(type, of))).toBe(model.newest(key))
    const { versions } = await store.history({ type, id: of, count: 1000 })
    expect([...versions].reverse().map(readBack)).toEqual((model.versions.get(key) ?? []).map((v) => v.value))
    for (const at of instants.slice(-3)) expect(readBack(await store.readAsOf(type, of, at))).toBe(model.asOf(key, at))
  }
  for (const of of ['a', 'b', 'c']) {
    const expected = [...model.versions.entries()].flatMap(([key]) => {
      const value = model.newest(key)
      return value?.startsWith(`result ${of} `) || (value !== null && value !== undefined && key === `Patient/${of}`) ? [key] : []
    })
    const chart = await store.chart(of)
    expect(chart.resources.map((r) => `${r.type}/${r.id}`).sort()).toEqual(expected.sort())
    const found = await store.search(must(parseSearch('Observation', [['patient', of]], { who: 'x' })).request)
    expect(found.matches.map((r) => `${r.type}/${r.id}`).sort()).toEqual(expected.filter((key) => key.startsWith('Observation')))
  }
}

onBothDatabases('store against its model', ({ open }) => {
  test('whatever is written, in whatever order and bundles, reads, history, charts, searches and chains say what the model says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(command, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 14 }),
        async (transactions) => {
          const clock = testClock()
          const store = await open({ clock: clock.now })
          const model = new Model()
          const instants: string[] = []
          for (const commands of transactions) {
            const at = clock.tick()
            instants.push(at)
            const expected = model.apply(commands, at)
            const result = await store.commit(AUTHOR, commands.map(writeOf))
            expect(result.ok ? result.value.map(({ outcome }) => outcome) : undefined).toEqual(expected)
          }
          await agrees(store, model, instants)
          const { problems, versions } = await verifyChains(store.database)
          expect(problems).toEqual([])
          expect(versions).toBe([...model.versions.values()].reduce((n, list) => n + list.length, 0))
        },
      ),
      { seed: 20261123, numRuns: 12 },
    )
  })
})
