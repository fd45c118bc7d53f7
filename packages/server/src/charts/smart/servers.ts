import type { Result } from '@secondwind/core'
import type { ServerIssue } from '../../issue.ts'
import { type SettingFile, settingList } from '../../setting-file.ts'

/** A FHIR server at which people of this installation may sign in to fetch a chart, as the operator has named it. */
export interface SmartServer {
  /** Base address, without a slash at the end. */
  readonly server: string
  /** What people call it. */
  readonly name?: string
  /** Under which name it knows this installation. */
  readonly clientId: string
  /** For a confidential client; without it the client is public and PKCE alone protects the code. */
  readonly clientSecret?: string
  /** Origins of its sign-in, where they are not its own; no other is ever called or opened. */
  readonly signInAt: readonly string[]
  /** Instead of the scopes that follow from what it says of itself. */
  readonly scope?: string
}

type Environment = { readonly [name: string]: string | undefined }

const SETTING: SettingFile = {
  name: 'SECONDWIND_SMART_SERVERS',
  meant:
    '[{ "server": "https://fhir.example.org/r4", "clientId": "…", "name": "…", "secretIn": "NAME_OF_A_VARIABLE", "signInAt": ["https://login.example.org"] }]',
}
const MOST_TEXT = 500

/**
 * The file of the setting, or what cannot be used in it. Plain http is for the machine itself alone: a token must not be read on the way. A secret stands in
 * the environment, and the file says under which name.
 */
export const smartServersIn = (
  file: string | undefined,
  environment: Environment,
): Result<readonly SmartServer[], readonly ServerIssue[]> =>
  settingList(
    SETTING,
    file,
    (given) => serverFrom(given, environment),
    ({ server }) => server,
  )

function serverFrom(given: unknown, environment: Environment): SmartServer | string {
  const { server, name, clientId, secretIn, signInAt = [], scope } = (given ?? {}) as { readonly [key: string]: unknown }
  const isText = (one: unknown): one is string => typeof one === 'string' && one.trim() !== '' && one.length <= MOST_TEXT
  if (!isText(server) || !isSafeAddress(server)) return 'server is no https address (http: for this machine itself alone)'
  if (!isText(clientId)) return 'clientId is missing'
  for (const [key, one] of Object.entries({ name, secretIn, scope })) if (one !== undefined && !isText(one)) return `${key} is no text`
  const clientSecret = secretIn === undefined ? undefined : environment[secretIn as string]
  if (secretIn !== undefined && !isText(clientSecret)) return `the environment holds no secret in ${secretIn as string}`
  if (!Array.isArray(signInAt) || !signInAt.every((one) => isText(one) && isSafeAddress(one) && new URL(one).pathname === '/'))
    return 'signInAt is no list of https origins'
  return {
    server: new URL(server).href.replace(/\/+$/, ''),
    clientId,
    signInAt: (signInAt as readonly string[]).map((one) => new URL(one).origin),
    ...(name === undefined ? {} : { name: name as string }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(scope === undefined ? {} : { scope: scope as string }),
  }
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** An address that may be named: https, or http on this very machine; nobody's name in it, and nothing after the path. */
export function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password, search, hash } = new URL(text)
  if (username !== '' || password !== '' || search !== '' || hash !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname))
}
