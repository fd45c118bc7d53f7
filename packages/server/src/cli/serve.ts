import path from 'node:path'
import type { KnowledgeBase } from '@secondwind/core'
import { cdsClientsIn } from '../cds-hooks/index.ts'
import { smartServersIn } from '../charts/index.ts'
import { PROJECT, software, today } from '../compose.ts'
import type { WebConfig } from '../contract/index.ts'
import { DemoLoading, loadDemo, loadDemoBoard } from '../demo/index.ts'
import { loadDefinitions } from '../fhir-api/index.ts'
import { phonesIn } from '../own-plan/index.ts'
import { configTable, type Environment, readServeConfig, type ServeConfig } from '../serve-config.ts'
import { startService } from '../service.ts'
import { type SignIn, SignInFault, signInOf } from '../sign-in.ts'
import type { Store, StoreConfig } from '../store/index.ts'
import { mountWeb } from '../web/index.ts'
import { openFailure } from './open-failure.ts'

interface Output {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** Where the charts are, by the settings: PostgreSQL, or the embedded database in a folder. */
export const databaseOf = (config: {
  readonly databaseUrl: string | undefined
  readonly dataFolder: string
  readonly connections: number
}): StoreConfig['database'] =>
  config.databaseUrl === undefined
    ? { folder: config.dataFolder }
    : { postgres: { connectionString: config.databaseUrl, connections: config.connections } }

/** `secondwind serve`: runs until it is told to stop. 2 when a setting or the database cannot be used. */
export async function serveCommand(
  options: { readonly config?: boolean },
  knowledge: () => KnowledgeBase,
  environment: Environment,
  { out, err }: Output,
): Promise<number> {
  const config = readServeConfig(environment)
  if (options.config === true || !config.ok) out(`${configTable(environment)}\n`)
  if (!config.ok) {
    for (const { path, message, remedy } of config.error) err(`${path}: ${message} (${remedy})\n`)
    return 2
  }
  if (options.config === true) return 0
  const { host, port, publicUrl, bodyLimitMb, logs, fhirServers, signIn, requestsPerMinute, proxies, origins } = config.value
  if (signIn === 'embedded' && port === 0 && publicUrl === undefined) {
    err(
      'SECONDWIND_PORT: 0 cannot be used with the embedded provider (its address stands in every token: give a port, or SECONDWIND_PUBLIC_URL)\n',
    )
    return 2
  }
  const smart = smartServersIn(config.value.smartServers, environment)
  if (!smart.ok) {
    for (const { path, message, remedy } of smart.error) err(`${path}: ${message} (${remedy})\n`)
    return 2
  }
  const phones = phonesIn(config.value.phones)
  if (!phones.ok) {
    for (const { path, message, remedy } of phones.error) err(`${path}: ${message} (${remedy})\n`)
    return 2
  }
  const cds = cdsClientsIn(config.value.cdsClients, config.value.site)
  if (!cds.ok) {
    for (const { path, message, remedy } of cds.error) err(`${path}: ${message} (${remedy})\n`)
    return 2
  }
  let signing: SignIn
  try {
    signing = await signInOf(config.value, publicUrl ?? `http://${host}:${port}`, cds.value)
  } catch (error) {
    if (!(error instanceof SignInFault)) throw error
    err(`${error.message}\n`)
    return 2
  }
  const { demoPatients } = config.value
  const loading = new DemoLoading(demoPatients)
  let serving: Awaited<ReturnType<typeof startService>>
  try {
    serving = await startService({
      database: databaseOf(config.value),
      knowledge: knowledge(),
      sign: signing.sign,
      signInRoutes: signing.routes,
      fhirServers,
      smartServers: smart.value,
      phones: phones.value,
      requestsPerMinute,
      demo: loading,
      proxies,
      origins,
      isSmart: signIn !== 'token',
      bodyLimit: bodyLimitMb * 1024 * 1024,
      tell: (text) => err(`${text}\n`),
      ...(publicUrl === undefined ? {} : { publicUrl }),
      ...(logs === 'json' ? { log: (entry: object) => err(`${JSON.stringify(entry)}\n`) } : {}),
    })
  } catch (error) {
    err(`${openFailure(error)}\n`)
    return 2
  }
  try {
    await signing.mount(serving.server, serving.store.database)
    mountWeb(serving.server, {
      folder: path.join(PROJECT, 'build/web'),
      config: webConfigOf(config.value, publicUrl ?? `http://${host}:${port}`),
    })
    const address = await serving.server.listen({ host, port })
    loadDefinitions()
    if (config.value.databaseUrl === undefined)
      out(
        `embedded database in ${config.value.dataFolder}: for trying out and one user; it does not fsync, so a power cut can lose what was written last\n`,
      )
    out(`workspace at ${publicUrl ?? address}/app/\n`)
    out(`FHIR R4 at ${address}/fhir, plans at ${address}/plans/PATIENT, everything in ${address}/openapi.json\n${signing.say}\n`)
  } catch (error) {
    err(`cannot listen on ${host}:${port}: ${messageOf(error)}\n`)
    await serving.close()
    return 2
  }
  const stopping = new AbortController()
  const filling = demoPatients === 0 ? undefined : fillDemo(serving.store, knowledge(), demoPatients, loading, stopping.signal, out, err)
  await stopped()
  stopping.abort()
  await filling
  await serving.close()
  return 0
}

/** Fills the database while the server already answers; what fails is told and leaves what is there. */
async function fillDemo(
  store: Store,
  knowledge: KnowledgeBase,
  patients: number,
  loading: DemoLoading,
  signal: AbortSignal,
  out: Output['out'],
  err: Output['err'],
): Promise<void> {
  try {
    const loaded = await loadDemo(store, knowledge, { patients, asOf: today(), signal })
    loading.loaded(loaded)
    if (!signal.aborted) await loadDemoBoard(store, new Date())
    if (!signal.aborted) out(`${loaded} synthetic patients of 12 invented hospitals are there\n`)
  } catch (error) {
    loading.ended()
    err(`the synthetic network could not be loaded: ${messageOf(error)}\n`)
  }
}

/** What the pages are told of this server. */
function webConfigOf({ signIn, issuers, webClient, lockMinutes, demoPatients }: ServeConfig, base: string): WebConfig {
  const issuer = signIn === 'embedded' ? `${base}/oidc` : issuers[0]
  return {
    signIn,
    ...(signIn === 'token' || issuer === undefined ? {} : { issuer, clientId: webClient }),
    isDemo: demoPatients > 0,
    version: software,
    lockAfterMinutes: lockMinutes,
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!

/** Ends when the process is asked to: requests under way are finished first. */
const stopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
