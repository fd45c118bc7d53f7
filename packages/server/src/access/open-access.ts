import type { Access, Credentials, RequestContext } from '../api/index.ts'
import { type Database, heardByTransaction, type StoredVersion, type StoreHooks } from '../store/index.ts'
import { entryOf, MOST_NAMED, MOST_PATIENTS } from './audit/event.ts'
import { isFull, seal } from './audit/log.ts'
import { recordAudit } from './audit/record.ts'
import { prepareReserve, seenRecorder } from './audit/reserve.ts'
import { authorize } from './authorize.ts'

/** Finds out who sends a request: a person by the token of a provider, a program by its own. Undefined: nobody that is known. */
export type Identify = (credentials: Credentials) => Promise<RequestContext | undefined>

export interface OpenAccessConfig {
  readonly database: Database
  readonly identify: Identify
  readonly now: () => Date
}

/** Access as the table says it, with every read and every refusal in the audit log before the answer leaves. */
export function openAccess({ database, identify, now }: OpenAccessConfig): Access {
  const recordSeen = seenRecorder(database)
  return {
    identify,
    authorize: (context, action, on) => authorize(on ?? database, context, action, now()),
    onRead: (context, action, seen) => {
      const at = now().toISOString()
      const { patient: asked, ...rest } = action
      return recordSeen(
        eventsOf(seen, asked).map(({ patients, versions }) => ({
          ...entryOf(
            context,
            patients.length === 1 ? { ...rest, patient: patients[0]! } : rest,
            at,
            versions.map(({ type, id, version }) => `${type}/${id}/_history/${version}`),
          ),
          ...(patients.length > 1 ? { patients } : {}),
        })),
      )
    },
    onRefusal: (context, action, issue) => recordSeen([entryOf(context, action, now().toISOString(), [], issue)]),
  }
}

interface Told {
  readonly patients: readonly string[]
  readonly versions: readonly StoredVersion[]
}

/**
 * What was seen at once, in as few events as name all of it: a page of a list is one. Every patient is named, and of each as many resources as one event holds.
 * What belongs to nobody stands in one more; where nothing was found, one event says that it was asked for.
 */
function eventsOf(seen: readonly StoredVersion[], asked: string | undefined): readonly Told[] {
  const byPatient = Map.groupBy(seen, ({ chart }) => (chart.startsWith('Patient/') ? chart.slice('Patient/'.length) : ''))
  const ofNobody = byPatient.get('')
  byPatient.delete('')
  const told: Told[] = []
  let patients: string[] = []
  let versions: StoredVersion[] = []
  const close = (): void => {
    if (patients.length > 0) told.push({ patients, versions })
    patients = []
    versions = []
  }
  for (const [patient, own] of byPatient) {
    if (patients.length === MOST_PATIENTS || versions.length + own.length > MOST_NAMED) close()
    patients.push(patient)
    versions.push(...own)
  }
  close()
  // what belongs to nobody by itself was read in somebody's chart where that is all that was asked for
  if (ofNobody !== undefined) told.push({ patients: byPatient.size === 0 && asked !== undefined ? [asked] : [], versions: ofNobody })
  return told.length > 0 ? told : [{ patients: asked === undefined ? [] : [asked], versions: [] }]
}

/** What is written is told in the same transaction: neither stands without the other. */
export const auditHooks: StoreHooks = {
  beforeCommit: (tx, versions) => {
    // goes to the database with the commit, which it stops where it fails
    recordAudit(
      tx,
      [...Map.groupBy(versions, ({ chart, method, recordedBy, site }) => [chart, method, recordedBy, site].join('|')).values()].map(
        (of) => {
          const { chart, method, recordedAt, recordedBy, site } = of[0]!
          return {
            recordedAt,
            who: recordedBy,
            site,
            interaction: method,
            route: 'store',
            ...(chart.startsWith('Patient/') ? { patient: chart.slice('Patient/'.length) } : {}),
            what: of.map(({ type, id, version }) => `${type}/${id}/_history/${version}`),
            outcome: 'done' as const,
          }
        },
      ),
    ).catch(heardByTransaction)
  },
}

/** Every so many seconds the sealer looks for events that came late, too. */
const LATE_EVERY = 10

/**
 * Adds events to the chain every second until it is stopped, and once more then. Not more often while requests go on: a sealing costs the database the same
 * for one event and for a thousand.
 */
export function startSealer(database: Database, tell: (message: string) => void, milliseconds = 1000): { stop(): Promise<void> } {
  let isRunning = true
  let wake = (): void => {}
  const failed = (error: unknown): void => tell(`audit: ${error instanceof Error ? error.message : String(error)}`)
  const loop = async (): Promise<void> => {
    await prepareReserve(database).catch(failed)
    for (let turn = 0; isRunning; turn += 1) {
      const sealed = await seal(database, turn % LATE_EVERY === 0).catch((error: unknown) => {
        failed(error)
        return 0
      })
      if (isFull(sealed)) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
  const done = loop()
  return {
    stop: async () => {
      isRunning = false
      wake()
      await done
      while ((await seal(database)) > 0);
    },
  }
}
