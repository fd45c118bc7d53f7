import { expect, test } from 'vitest'
import { type Access, buildServer, JSON_TYPE, type Route } from '../src/api/index.ts'
import { Refused, refusal } from '../src/issue.ts'

/** A token as `person;program;anything`: many tokens of one person in one program. `broken` is believed by nobody. */
const identify: Access['identify'] = ({ headers, requestId }) => {
  const [who, client] = (headers.authorization ?? '').replace('Bearer ', '').split(';')
  if (!who) return Promise.resolve(undefined)
  if (who === 'broken') return Promise.reject(new Refused([refusal('login-required', 'Authorization', 'is not believed', 'sign in again')]))
  return Promise.resolve({ requestId, who, role: 'oncologist', site: 'north', purpose: 'TREAT', ...(client ? { client } : {}) })
}
const route: Route = {
  id: 'hello',
  method: 'GET',
  path: '/hello',
  rule: { open: 'says hello to whoever comes, and nothing else' },
  summary: 'Hello',
  handle: () => Promise.resolve({ status: 200, body: '{}', contentType: JSON_TYPE }),
}

test('a person in one program is one sender, whatever the tokens and addresses; who is not known is counted by address', async () => {
  let asked = 0
  const access: Access = {
    identify: (credentials) => {
      asked += 1
      return identify(credentials)
    },
    authorize: () => Promise.resolve({ allowed: true }),
  }
  const server = buildServer({ routes: [route], access, requestsPerMinute: 3 })
  const from = async (token: string | undefined, remoteAddress: string): Promise<number> =>
    (await server.inject({ url: '/hello', remoteAddress, ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}) })).statusCode
  const times = async (n: number, one: (i: number) => Promise<number>): Promise<readonly number[]> => {
    const statuses: number[] = []
    for (let i = 0; i < n; i++) statuses.push(await one(i))
    return statuses
  }
  // many tokens, many addresses: one sender
  expect(await times(4, (i) => from(`Practitioner/1;workspace;${i}`, `10.0.0.${i}`))).toEqual([200, 200, 200, 429])
  // each request is identified once
  expect(asked).toBe(4)
  // a colleague behind the same address, and the same person in another program
  expect(await from('Practitioner/2;workspace;0', '10.0.0.1')).toBe(200)
  expect(await from('Practitioner/1;viewer;0', '10.0.0.1')).toBe(200)
  // tokens that nobody believes give no sender of their own
  expect(await times(5, (i) => from(i % 2 === 0 ? undefined : `broken;${i}`, '10.0.0.9'))).toEqual([200, 401, 200, 429, 429])
  expect(await from(undefined, '10.0.0.8')).toBe(200)
  await server.close()
})
