import { randomBytes, timingSafeEqual } from 'node:crypto'
import { Refused } from '../issue.ts'
import { type Access, forbidden, loginRequired } from './access.ts'

/**
 * Access for trying out on one's own machine: one person, one token made at each start and told only to the terminal that started the server.
 * Whoever has it may do everything; nobody else may do anything. Not for a hospital: there are no roles and no audit log behind it.
 */
export function singleUser(
  site: string,
  token = randomBytes(24).toString('base64url'),
): { readonly access: Access; readonly token: string } {
  const expected = Buffer.from(token)
  const access: Access = {
    identify: async ({ headers, requestId }) => {
      const given = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
      if (given === undefined) return undefined
      const bytes = Buffer.from(given)
      if (bytes.length !== expected.length || !timingSafeEqual(bytes, expected)) throw new Refused([loginRequired()])
      return { requestId, who: 'Practitioner/single-user', role: 'single-user', site, purpose: 'TREAT' }
    },
    authorize: async ({ role }) => (role === 'single-user' ? { allowed: true } : { allowed: false, issue: forbidden() }),
  }
  return { access, token }
}
