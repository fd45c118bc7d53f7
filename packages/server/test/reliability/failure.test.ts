import { expect, test } from 'vitest'
import { buildServer } from '../../src/api/build-server.ts'
import { JSON_TYPE } from '../../src/api/route.ts'

/** What PostgreSQL, its driver or the network can say while a request runs, and what the client must hear. */
test.each([
  { name: 'disk full', error: { code: '53100', message: 'could not extend file' }, says: /disk of the database is full/, wait: '60' },
  { name: 'out of memory', error: { code: '53200', message: 'palloc failed' }, says: /out of memory/, wait: '15' },
  { name: 'too many connections', error: { code: '53300', message: 'sorry' }, says: /no more connections/, wait: '5' },
  { name: 'another resource', error: { code: '53400', message: 'limit' }, says: /lacks what it needs/, wait: '15' },
  { name: 'an unreadable file', error: { code: '58030', message: 'I/O error' }, says: /lacks what it needs/, wait: '15' },
  { name: 'a standby', error: { code: '25006', message: 'read-only transaction' }, says: /it is a standby/, wait: '5' },
  { name: 'shutting down', error: { code: '57P01', message: 'terminating' }, says: /does not answer/, wait: '5' },
  { name: 'refused', error: { code: 'ECONNREFUSED', message: 'connect' }, says: /does not answer/, wait: '5' },
  { name: 'cut off', error: { message: 'Connection terminated unexpectedly' }, says: /does not answer/, wait: '5' },
  {
    name: 'no connection became free',
    error: { message: 'timeout exceeded when trying to connect' },
    says: /does not answer/,
    wait: '5',
  },
])('$name: 503, when to try again, and what to do', async ({ error, says, wait }) => {
  const server = buildServer({
    routes: [
      {
        id: 'probe',
        method: 'GET',
        path: '/probe',
        rule: { open: 'for this test' },
        handle: () => Promise.reject(Object.assign(new Error(error.message), error)),
      },
    ],
    access: { identify: async () => undefined, authorize: async () => ({ allowed: true }) },
  })
  const answer = await server.inject({ method: 'GET', url: '/probe' })
  expect(answer.statusCode).toBe(503)
  expect(answer.headers['retry-after']).toBe(wait)
  expect(answer.headers['content-type']).not.toContain(JSON_TYPE)
  const [issue] = answer.json().issue
  expect(issue).toMatchObject({ severity: 'error', code: 'transient', details: { text: expect.stringMatching(says) } })
  expect(issue.diagnostics).toMatch(/send it again/)
  // nothing of the database's own words
  expect(answer.body).not.toContain(error.message)
  await server.close()
})

test('a bug is no unavailability: 500, and no invitation to try at once', async () => {
  const server = buildServer({
    routes: [
      {
        id: 'probe',
        method: 'GET',
        path: '/probe',
        rule: { open: 'for this test' },
        handle: () => Promise.reject(new Error('a secret of the inside')),
      },
    ],
    access: { identify: async () => undefined, authorize: async () => ({ allowed: true }) },
  })
  const answer = await server.inject({ method: 'GET', url: '/probe' })
  expect(answer.statusCode).toBe(500)
  expect(answer.headers['retry-after']).toBeUndefined()
  expect(answer.body).not.toContain('secret')
  await server.close()
})
