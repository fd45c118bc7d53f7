/** What `GET /app/config.json` tells the page before anybody is signed in. */
export interface WebConfig {
  readonly signIn: 'token' | 'embedded' | 'external'
  /** Address of the OpenID provider; absent with `token`. */
  readonly issuer?: string
  readonly clientId?: string
  /** Everything here is invented: a watermark stands on every page. */
  readonly isDemo: boolean
  readonly version: string
  /** Minutes without a touch until the page locks. */
  readonly lockAfterMinutes: number
}
