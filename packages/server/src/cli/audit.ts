import { exportAudit, seal, verifyAudit } from '../access/index.ts'
import { type Environment, readServeConfig } from '../serve-config.ts'
import { openedStore } from './open-failure.ts'
import { databaseOf } from './serve.ts'

interface Output {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** `secondwind audit verify|export`. 0: whole (exported); 1: the log is broken; 2: it cannot be read. */
export async function auditCommand(
  what: 'verify' | 'export',
  { expect }: { readonly expect?: string },
  environment: Environment,
  { out, err }: Output,
): Promise<number> {
  const config = readServeConfig(environment)
  if (!config.ok) {
    for (const { path, message, remedy } of config.error) err(`${path}: ${message} (${remedy})\n`)
    return 2
  }
  const head = expect === undefined ? undefined : /^(\d{1,15}):([0-9a-f]{64})$/.exec(expect)
  if (head === null) {
    err('--expect: is no head of a chain (give PLACE:HASH as "secondwind audit verify" printed it)\n')
    return 2
  }
  const store = await openedStore({ database: databaseOf(config.value) }, err)
  if (store === undefined) return 2
  try {
    if (what === 'export') {
      for await (const line of exportAudit(store.database)) out(line)
      return 0
    }
    while ((await seal(store.database)) > 0);
    const verdict = await verifyAudit(store.database, head ? { place: Number(head[1]), hash: head[2]! } : undefined)
    for (const fault of verdict.faults) out(`broken: ${fault}\n`)
    out(`${verdict.events} events, ${verdict.faults.length === 0 ? 'the chain is whole' : `${verdict.faults.length} faults`}\n`)
    out(`head ${verdict.head.place}:${verdict.head.hash}\n`)
    return verdict.faults.length === 0 ? 0 : 1
  } finally {
    await store.close()
  }
}
