import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { refusal, type ServerIssue } from './issue.ts'

/** What `secondwind serve` takes from the environment: each with its meaning, so that the table can be printed. Secrets come from nowhere else. */
export interface ServeConfig {
  /** A connection string of PostgreSQL; undefined: embedded, in `dataFolder`. */
  readonly databaseUrl: string | undefined
  readonly dataFolder: string
  readonly host: string
  readonly port: number
  readonly publicUrl: string | undefined
  /** Name of this site, written with everything that is recorded here. */
  readonly site: string
  readonly connections: number
  readonly bodyLimitMb: number
  readonly requestsPerMinute: number
  /** Proxies in front of this server, whose X-Forwarded-For is believed. */
  readonly proxies: readonly string[]
  readonly logs: 'json' | 'off'
  /** How people sign in: one token told to the terminal, the embedded provider, or providers named by `issuers`. */
  readonly signIn: 'token' | 'embedded' | 'external'
  readonly issuers: readonly string[]
  readonly roleClaim: string
  readonly siteClaim: string
  readonly personClaim: string
  /** A file with apps and programs that may ask the embedded provider for tokens. */
  readonly clients: string | undefined
  /** Origins whose pages may call this server from a browser. */
  readonly origins: readonly string[]
  /** A file with the CDS clients whose own signed tokens are believed. */
  readonly cdsClients: string | undefined
  readonly fhirServers: readonly string[]
  /** A file with the FHIR servers at which people may sign in to fetch a chart. */
  readonly smartServers: string | undefined
  /** A file with the telephone numbers that the patients of each site call. */
  readonly phones: string | undefined
  /** Under which name the provider knows the workspace. */
  readonly webClient: string
  readonly lockMinutes: number
  /** Invented patients to fill an empty database with; 0: none, and no watermark. */
  readonly demoPatients: number
}

/** The workspace at the embedded provider. */
export const WORKSPACE = 'second-wind-workspace'

interface Setting<T> {
  readonly name: string
  readonly meaning: string
  readonly fallback: string
  readonly isSecret?: boolean
  /** Undefined: the value cannot be used. */
  readonly read: (text: string) => T | undefined
}

const text = (value: string): string => value
const number =
  (low: number, high: number) =>
  (value: string): number | undefined =>
    /^\d+$/.test(value) && Number(value) >= low && Number(value) <= high ? Number(value) : undefined
const url = (value: string): string | undefined => (URL.canParse(value) && /^https?:/.test(value) ? value.replace(/\/+$/, '') : undefined)
const urls = (value: string): readonly string[] | undefined => {
  const read = value
    .split(',')
    .filter((one) => one.trim() !== '')
    .map((one) => url(one.trim()))
  return read.every((one) => one !== undefined) ? (read as readonly string[]) : undefined
}
/** Origins as browsers send them: https, or http on this very machine (an app that is being made); never `*`. */
const origins = (value: string): readonly string[] | undefined => {
  const all = value
    .split(',')
    .map((one) => one.trim().replace(/\/$/, ''))
    .filter((one) => one !== '')
  const isOne = (one: string): boolean => {
    if (!URL.canParse(one) || one.includes('*')) return false
    const { origin, protocol, hostname } = new URL(one)
    return origin === one && (protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)))
  }
  return all.every(isOne) ? all : undefined
}
/** Addresses, or ranges of them (10.0.0.0/8). */
const addresses = (value: string): readonly string[] | undefined => {
  const all = value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  const isOne = (one: string): boolean => {
    const [address = '', bits, ...rest] = one.split('/')
    const most = net.isIPv6(address) ? 128 : 32
    return net.isIP(address) !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  }
  return all.every(isOne) ? all : undefined
}
const optional =
  <T>(read: (value: string) => T | undefined) =>
  (value: string): { readonly value: T | undefined } | undefined => {
    if (value === '') return { value: undefined }
    const given = read(value)
    return given === undefined ? undefined : { value: given }
  }

const SETTINGS = {
  databaseUrl: {
    name: 'SECONDWIND_DATABASE_URL',
    meaning: 'PostgreSQL 15 or later (postgres://…); without it the embedded database, for trying out and one user: it does not fsync',
    fallback: '',
    isSecret: true,
    read: optional((value) => (/^postgres(ql)?:\/\//.test(value) ? value : undefined)),
  },
  dataFolder: {
    name: 'SECONDWIND_DATA',
    meaning: 'folder of the embedded database',
    fallback: path.join(os.homedir(), '.second-wind'),
    read: (value: string) => path.resolve(value),
  },
  host: { name: 'SECONDWIND_HOST', meaning: 'address to listen on', fallback: '127.0.0.1', read: text },
  port: { name: 'SECONDWIND_PORT', meaning: 'port to listen on; 0: any that is free', fallback: '8421', read: number(0, 65_535) },
  publicUrl: {
    name: 'SECONDWIND_PUBLIC_URL',
    meaning: 'address under which clients reach this server, behind a proxy',
    fallback: '',
    read: optional(url),
  },
  site: {
    name: 'SECONDWIND_SITE',
    meaning: 'name of this site in what it records',
    fallback: 'main',
    read: (value: string) => (/^[\w.-]{1,64}$/.test(value) ? value : undefined),
  },
  connections: { name: 'SECONDWIND_CONNECTIONS', meaning: 'connections to PostgreSQL at most', fallback: '10', read: number(2, 500) },
  bodyLimitMb: { name: 'SECONDWIND_BODY_LIMIT_MB', meaning: 'megabytes of a request body at most', fallback: '16', read: number(1, 512) },
  requestsPerMinute: {
    name: 'SECONDWIND_REQUESTS_PER_MINUTE',
    meaning:
      'requests a minute of one sender (a person in one program; who is not known: an address); more are refused until the minute is over',
    fallback: '6000',
    read: number(10, 10_000_000),
  },
  proxies: {
    name: 'SECONDWIND_PROXIES',
    meaning: 'addresses (or ranges: 10.0.0.0/8) of the proxies in front, with commas between: whose X-Forwarded-For is believed',
    fallback: '',
    read: addresses,
  },
  logs: {
    name: 'SECONDWIND_LOGS',
    meaning: 'one JSON line a request on standard error, or off',
    fallback: 'json',
    read: (value: string) => (value === 'json' || value === 'off' ? value : undefined),
  },
  signIn: {
    name: 'SECONDWIND_SIGN_IN',
    meaning:
      'token: one person, one token told at the start; embedded: a provider for trying out, no passwords; external: SECONDWIND_OIDC_ISSUERS',
    fallback: 'token',
    read: (value: string) => (value === 'token' || value === 'embedded' || value === 'external' ? value : undefined),
  },
  issuers: {
    name: 'SECONDWIND_OIDC_ISSUERS',
    meaning: 'addresses of OpenID providers whose tokens are believed, with commas between',
    fallback: '',
    read: urls,
  },
  roleClaim: { name: 'SECONDWIND_ROLE_CLAIM', meaning: 'claim of their tokens that holds the role', fallback: 'role', read: text },
  siteClaim: { name: 'SECONDWIND_SITE_CLAIM', meaning: 'claim that holds the site', fallback: 'site', read: text },
  personClaim: {
    name: 'SECONDWIND_PERSON_CLAIM',
    meaning: 'claim that holds the person as a FHIR reference',
    fallback: 'fhirUser',
    read: text,
  },
  clients: {
    name: 'SECONDWIND_CLIENTS',
    meaning: 'JSON file of the apps and programs that the embedded provider knows (OpenID client metadata)',
    fallback: '',
    read: optional((value) => path.resolve(value)),
  },
  origins: {
    name: 'SECONDWIND_ORIGINS',
    meaning:
      'origins of pages elsewhere (SMART apps, CDS sandboxes) that may call this server from a browser, with commas between: https://app.example.org; never *',
    fallback: '',
    read: origins,
  },
  cdsClients: {
    name: 'SECONDWIND_CDS_CLIENTS',
    meaning: 'JSON file of the CDS clients (EHRs) whose own signed tokens CDS Hooks believes: iss, name, site, jwks, jku, tenants',
    fallback: '',
    read: optional((value) => path.resolve(value)),
  },
  fhirServers: {
    name: 'SECONDWIND_FHIR_SERVERS',
    meaning:
      'base addresses of FHIR servers from which CDS Hooks may read and charts be pulled, with commas between; no other is ever called',
    fallback: '',
    read: urls,
  },
  smartServers: {
    name: 'SECONDWIND_SMART_SERVERS',
    meaning: 'JSON file of the FHIR servers at which people sign in (SMART) to pull a chart: server, clientId, name, secretIn, signInAt',
    fallback: '',
    read: optional((value) => path.resolve(value)),
  },
  phones: {
    name: 'SECONDWIND_PHONES',
    meaning:
      'JSON file of the numbers that the patients of each site call, by day and at night: { "SITE": { "day": "…", "night": "…" } }; without it their page names the letter from the clinic',
    fallback: '',
    read: optional((value) => path.resolve(value)),
  },
  webClient: {
    name: 'SECONDWIND_WEB_CLIENT',
    meaning: 'client id of the workspace at the provider; it needs BASE/app/signed-in as redirect address',
    fallback: WORKSPACE,
    read: text,
  },
  lockMinutes: {
    name: 'SECONDWIND_LOCK_MINUTES',
    meaning: 'minutes without a touch until a page of the workspace locks',
    fallback: '15',
    read: number(1, 480),
  },
  demoPatients: {
    name: 'SECONDWIND_DEMO_PATIENTS',
    meaning: 'synthetic patients that an embedded database is filled with, for trying out; 0: none',
    fallback: '0',
    read: number(0, 2000),
  },
} as const satisfies { readonly [K in keyof ServeConfig]: Setting<unknown> }

export type Environment = { readonly [name: string]: string | undefined }

/** The settings, or every one that cannot be used. */
export function readServeConfig(
  environment: Environment,
): { readonly ok: true; readonly value: ServeConfig } | { readonly ok: false; readonly error: readonly ServerIssue[] } {
  const issues: ServerIssue[] = []
  const values: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries(SETTINGS) as [string, Setting<unknown>][]) {
    const given = environment[setting.name] ?? setting.fallback
    const value = setting.read(given)
    if (value === undefined)
      issues.push(
        refusal('invalid-parameter', setting.name, `${setting.isSecret ? 'the value' : `"${given}"`} cannot be used`, setting.meaning),
      )
    else values[key] = typeof value === 'object' && value !== null && 'value' in value ? value.value : value
  }
  return issues.length > 0 ? { ok: false, error: issues } : { ok: true, value: values as unknown as ServeConfig }
}

/** The table of settings with what is in force; secrets only say whether they are set. */
export function configTable(environment: Environment): string {
  const rows = (Object.values(SETTINGS) as readonly Setting<unknown>[]).map(({ name, meaning, fallback, isSecret }) => {
    const given = environment[name]
    const shown = isSecret ? (given ? '(set)' : '(not set)') : (given ?? (fallback === '' ? '(not set)' : fallback))
    return `${name.padEnd(26)} ${shown.padEnd(24)} ${meaning}`
  })
  return rows.join('\n')
}
