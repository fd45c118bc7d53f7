import { createHash, randomBytes } from 'node:crypto'

/** Where the app of the tests waits for its code; nothing listens there. */
export const CALLBACK = 'http://127.0.0.1:9/callback'

/** A browser without scripts: follows redirects on this machine, keeps cookies. */
export class Browser {
  private readonly cookies = new Map<string, string>()
  async go(url: string, form?: Record<string, string>): Promise<{ readonly url: string; readonly status: number; readonly text: string }> {
    let at = url
    let body: string | undefined = form && new URLSearchParams(form).toString()
    for (let hops = 0; hops < 10; hops++) {
      if (at.startsWith(CALLBACK)) return { url: at, status: 0, text: '' }
      const answer = await fetch(at, {
        method: body === undefined ? 'GET' : 'POST',
        redirect: 'manual',
        headers: {
          cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(body === undefined ? {} : { body }),
      })
      for (const cookie of answer.headers.getSetCookie()) {
        const [pair] = cookie.split(';')
        const cut = pair!.indexOf('=')
        this.cookies.set(pair!.slice(0, cut), pair!.slice(cut + 1))
      }
      const location = answer.headers.get('location')
      if (location === null) return { url: at, status: answer.status, text: await answer.text() }
      at = new URL(location, at).href
      body = undefined
    }
    throw new Error('redirected in a circle')
  }
}

export interface Tokens {
  readonly access_token: string
  readonly patient?: string
  readonly scope?: string
  readonly id_token?: string
  readonly refresh_token?: string
}

/** SMART's launch with PKCE, by hand. */
export async function launch(
  /** The address of the server. */
  base: string,
  scope: string,
  form: Record<string, string>,
  more: Record<string, string> = {},
  browser = new Browser(),
): Promise<{ readonly code?: string; readonly error?: string; readonly page?: string; readonly tokens?: Tokens }> {
  const verifier = randomBytes(32).toString('base64url')
  const issuer = `${base}/oidc`
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'app',
    redirect_uri: CALLBACK,
    scope,
    state: 's1',
    aud: `${base}/fhir`,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  })
  for (const [name, value] of Object.entries(more)) if (value === '') query.delete(name)
  const page = await browser.go(`${issuer}/auth?${query}`)
  if (page.url.startsWith(CALLBACK)) return { error: new URL(page.url).searchParams.get('error') ?? 'none' }
  if (page.status !== 200) return { error: 'page', page: page.text }
  const done = await browser.go(page.url, { role: 'oncologist', site: 'north', self: '', ...form })
  if (!done.url.startsWith(CALLBACK)) return { error: 'form', page: done.text }
  const back = new URL(done.url).searchParams
  if (back.get('error')) return { error: back.get('error')! }
  if (back.get('state') !== 's1') throw new Error('the state did not come back')
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: back.get('code')!,
      redirect_uri: CALLBACK,
      client_id: 'app',
      code_verifier: verifier,
    }),
  })
  const tokens = (await answer.json()) as Tokens & { error?: string }
  return tokens.error ? { error: tokens.error } : { tokens }
}
