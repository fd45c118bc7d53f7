import type { WebConfig } from '@secondwind/server/contract'

interface Endpoints {
  readonly authorization_endpoint: string
  readonly token_endpoint: string
}
interface Tokens {
  readonly access: string
  readonly refresh?: string
  /** Milliseconds since 1970. */
  readonly endsAt: number
}
/** What has to survive the way to the provider and back. */
interface Leaving {
  readonly state: string
  readonly verifier: string
  readonly returnTo: string
}

const SCOPES = 'openid fhirUser online_access user/*.cruds'
const LEAVING = 'second-wind.sign-in'
export const SIGNED_IN = '/app/signed-in'
export const HOME = '/app/'

let config: WebConfig | undefined
let endpoints: Endpoints | undefined
let tokens: Tokens | undefined
let renewing: Promise<string | undefined> | undefined
const listeners = new Set<() => void>()
let isOver = false

const random = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return base64url(bytes)
}
const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (c) => ({ '+': '-', '/': '_', '=': '' })[c]!)
const challengeOf = async (verifier: string): Promise<string> =>
  base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))))

async function endpointsOf(): Promise<Endpoints> {
  endpoints ??= (await (await fetch(`${config!.issuer}/.well-known/openid-configuration`)).json()) as Endpoints
  return endpoints
}

async function authorizeUrl(leaving: Leaving, isForced: boolean): Promise<string> {
  const { authorization_endpoint: address } = await endpointsOf()
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: config!.clientId!,
    redirect_uri: `${location.origin}${SIGNED_IN}`,
    scope: SCOPES,
    state: leaving.state,
    code_challenge: await challengeOf(leaving.verifier),
    code_challenge_method: 'S256',
    ui_locales: document.documentElement.lang || 'en',
    ...(isForced ? { prompt: 'login' } : {}),
  })
  return `${address}?${query}`
}

async function redeem(form: { readonly [name: string]: string }): Promise<Tokens> {
  const { token_endpoint: address } = await endpointsOf()
  const response = await fetch(address, { method: 'POST', body: new URLSearchParams({ client_id: config!.clientId!, ...form }) })
  if (!response.ok) throw new Error(`sign-in was refused (${response.status})`)
  const given = (await response.json()) as { access_token: string; refresh_token?: string; expires_in: number }
  return {
    access: given.access_token,
    endsAt: Date.now() + (given.expires_in - 30) * 1000,
    ...(given.refresh_token === undefined ? {} : { refresh: given.refresh_token }),
  }
}

const changed = (): void => {
  for (const listener of listeners) listener()
}

/**
 * Who is signed in. OpenID Connect, authorization code with PKCE, as a public client. Tokens live in memory only: closing or reloading the page forgets them,
 * and the provider's own session signs in again. Nothing of a patient is ever put into the browser's storage.
 */
export const session = {
  /** The settings that the server gives to this page. */
  async start(): Promise<WebConfig> {
    config ??= (await (await fetch('/app/config.json')).json()) as WebConfig
    // the embedded provider knows this server by one address: "localhost" is another one to it
    const own = config.signIn === 'embedded' ? new URL(config.issuer!).origin : location.origin
    if (own !== location.origin) location.replace(`${own}${location.pathname}${location.search}`)
    return config
  },

  /** A token that is still good; undefined: nobody is signed in. */
  async token(): Promise<string | undefined> {
    if (tokens === undefined) return undefined
    return Date.now() < tokens.endsAt ? tokens.access : session.renew()
  },

  /** Another token with what is at hand; undefined when the provider gives none. One at a time. */
  async renew(): Promise<string | undefined> {
    const refresh = tokens?.refresh
    if (refresh === undefined) return undefined
    renewing ??= redeem({ grant_type: 'refresh_token', refresh_token: refresh })
      .then((given) => {
        tokens = { refresh, ...given }
        return tokens.access
      })
      .catch(() => undefined)
      .finally(() => {
        renewing = undefined
      })
    return renewing
  },

  /** Leaves for the provider; does not come back. `isForced`: it asks again who this is. */
  async leave(returnTo: string, isForced = false): Promise<void> {
    const leaving: Leaving = { state: random(), verifier: random(), returnTo }
    sessionStorage.setItem(LEAVING, JSON.stringify(leaving))
    location.assign(await authorizeUrl(leaving, isForced))
  },

  /** Back from the provider: where to go on, or undefined when this is no answer to our own question. */
  async arrive(query: URLSearchParams): Promise<string | undefined> {
    const kept = sessionStorage.getItem(LEAVING)
    sessionStorage.removeItem(LEAVING)
    const leaving = kept === null ? undefined : (JSON.parse(kept) as Leaving)
    const code = query.get('code')
    if (leaving === undefined || code === null || query.get('state') !== leaving.state) return undefined
    tokens = await redeem({
      grant_type: 'authorization_code',
      code,
      code_verifier: leaving.verifier,
      redirect_uri: `${location.origin}${SIGNED_IN}`,
    })
    isOver = false
    changed()
    // an address of our own pages, never one of elsewhere
    return /^\/app(?:[/?#]|$)/.test(leaving.returnTo) ? leaving.returnTo : HOME
  },

  /** Signs in again in a window of its own, so that nothing on this page is lost. True when the same page may go on. */
  async confirm(): Promise<boolean> {
    const leaving: Leaving = { state: random(), verifier: random(), returnTo: '' }
    const opened = window.open('', 'second-wind-sign-in', 'popup,width=560,height=760')
    if (opened === null) return false
    opened.location.href = await authorizeUrl(leaving, true)
    const code = await new Promise<string | undefined>((resolve) => {
      const channel = new BroadcastChannel('second-wind.sign-in')
      const watch = setInterval(() => {
        if (!opened.closed) return
        clearInterval(watch)
        // its last words may still be on their way
        setTimeout(() => finish(undefined), 2000)
      }, 500)
      const finish = (given: string | undefined): void => {
        clearInterval(watch)
        channel.close()
        resolve(given)
      }
      channel.onmessage = ({ data }: MessageEvent<{ state?: string; code?: string }>) => {
        if (data.state === leaving.state) finish(data.code)
      }
    })
    if (code === undefined) return false
    tokens = await redeem({
      grant_type: 'authorization_code',
      code,
      code_verifier: leaving.verifier,
      redirect_uri: `${location.origin}${SIGNED_IN}`,
    })
    isOver = false
    changed()
    return true
  },

  /** With `token`: the token of the terminal that started the server. */
  acceptToken(given: string): void {
    tokens = { access: given.trim(), endsAt: Number.POSITIVE_INFINITY }
    isOver = false
    changed()
  },

  /** The server believes the token no more. */
  ended(): void {
    if (isOver) return
    isOver = true
    changed()
  },

  signOut(): void {
    tokens = undefined
    isOver = false
    changed()
  },

  get isSignedIn(): boolean {
    return tokens !== undefined
  },
  get isOver(): boolean {
    return isOver
  },
  get config(): WebConfig {
    return config!
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
