import type { Result } from '@secondwind/core'
import { createLocalJWKSet, type JSONWebKeySet } from 'jose'
import { isSafeAddress } from '../charts/smart/servers.ts'
import type { ServerIssue } from '../issue.ts'
import { type SettingFile, settingList } from '../setting-file.ts'

/** A CDS client (an EHR) whose own signed tokens are believed, as the operator has named it. CDS Hooks 2.0, "Trusting CDS Clients". */
export interface CdsClient {
  /** As its tokens say. */
  readonly iss: string
  /** What people call it. */
  readonly name: string
  /** The site of this installation for which it asks. */
  readonly site: string
  /** Its public keys: where they are fetched, or the keys themselves. */
  readonly jwks: URL | JSONWebKeySet | undefined
  /** Addresses of keys that its tokens may name in `jku`; no other is ever called. */
  readonly jku: readonly URL[]
  /** Of a vendor who serves many hospitals: whose calls are taken. Undefined: its tokens need not name one. */
  readonly tenants: readonly string[] | undefined
}

const SETTING: SettingFile = {
  name: 'SECONDWIND_CDS_CLIENTS',
  meant:
    '[{ "iss": "https://ehr.example.org", "name": "…", "site": "…", "jwks": "https://ehr.example.org/jwks.json" or { "keys": […] }, "jku": ["https://…"], "tenants": ["…"] }]',
}
const MOST_TEXT = 500

/** The file of the setting, or everything in it that cannot be used. */
export const cdsClientsIn = (file: string | undefined, site: string): Result<readonly CdsClient[], readonly ServerIssue[]> =>
  settingList(
    SETTING,
    file,
    (given) => clientFrom(given, site),
    ({ iss }) => iss,
  )

const KNOWN = new Set(['iss', 'name', 'site', 'jwks', 'jku', 'tenants'])
const isText = (one: unknown): one is string => typeof one === 'string' && one.trim() !== '' && one.length <= MOST_TEXT

function clientFrom(given: unknown, ownSite: string): CdsClient | string {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'is no object'
  const { iss, name = iss, site = ownSite, jwks, jku = [], tenants } = given as { readonly [key: string]: unknown }
  const odd = Object.keys(given).find((key) => !KNOWN.has(key))
  if (odd !== undefined) return `${odd.slice(0, 40)} is no setting of a client`
  if (!isText(iss)) return 'iss is missing'
  if (!isText(name)) return 'name is no text'
  if (typeof site !== 'string' || !/^[\w.-]{1,64}$/.test(site)) return 'site is no name of a site'
  if (!Array.isArray(jku) || !jku.every((one) => isText(one) && isSafeAddress(one))) return 'jku is no list of https addresses'
  if (tenants !== undefined && !(Array.isArray(tenants) && tenants.length > 0 && tenants.every(isText)))
    return 'tenants is no list of names'
  const keys = keysFrom(jwks)
  if (typeof keys === 'string') return keys
  if (keys === undefined && jku.length === 0) return 'names no keys: give jwks, or the addresses that jku may name'
  return { iss, name, site, jwks: keys, jku: (jku as readonly string[]).map((one) => new URL(one)), tenants: tenants as readonly string[] }
}

function keysFrom(jwks: unknown): URL | JSONWebKeySet | undefined | string {
  if (jwks === undefined) return undefined
  if (typeof jwks === 'string')
    return isSafeAddress(jwks) ? new URL(jwks) : 'jwks is no https address (http: for this machine itself alone)'
  try {
    createLocalJWKSet(jwks as JSONWebKeySet)
  } catch {
    return 'jwks is neither an address nor a set of keys'
  }
  const { keys } = jwks as JSONWebKeySet
  // a shared secret is no key pair, and half of one that signs has no place in a file of ours
  if (keys.length === 0 || keys.some((key) => key.kty === 'oct' || 'd' in key)) return 'jwks holds no public keys, or a private one'
  return jwks as JSONWebKeySet
}
