import { expect, test } from 'vitest'
import { type Access, type Action, buildServer, DENY, forbidden } from '../../src/api/index.ts'
import { fhirRoutes } from '../../src/fhir-api/index.ts'
import type { ChartScope } from '../../src/store/index.ts'
import { openStore } from '../../src/store/index.ts'
import { onBothDatabases } from '../store/databases.ts'
import { observation, patient } from '../store/resources.ts'
import { clientFor, clientOf, OPEN } from './client.ts'

const EVERY_ROUTE = [
  'POST ',
  'GET /Patient',
  'GET /Patient/a',
  'PUT /Patient/a',
  'PATCH /Patient/a',
  'DELETE /Patient/a',
  'GET /_history',
  'GET /Patient/a/$everything',
]

onBothDatabases('access port', ({ place }) => {
  test('without an access that allows it nothing is open but what says so in the table', async () => {
    const database = await place()
    const client = await clientOf(database, DENY)
    for (const one of EVERY_ROUTE) {
      const [method, path] = one.split(' ') as ['POST', string]
      expect({ one, status: (await client.send(method, path, method === ('GET' as string) ? undefined : {})).status }).toEqual({
        one,
        status: 401,
      })
    }
    expect((await client.get('/metadata')).status).toBe(200)
    const known = clientFor(
      client.store,
      buildServer({
        routes: fhirRoutes({ store: client.store, software: 's 0', startedAt: '' }),
        access: { ...OPEN, authorize: DENY.authorize },
      }),
    )
    for (const one of EVERY_ROUTE) {
      const [method, path] = one.split(' ') as ['POST', string]
      expect({ one, status: (await known.send(method, path, method === ('GET' as string) ? undefined : {})).status }).toEqual({
        one,
        status: 403,
      })
    }
  })

  /** Sees one patient's chart, and what belongs to nobody. */
  const within: ChartScope = { charts: ['Patient/mine'], andShared: true }
  const seen: string[] = []
  const asked: Action[] = []
  const oneChart: Access = {
    ...OPEN,
    authorize: async (_context, action) => {
      asked.push(action)
      if (action.interaction === 'create' && action.type === 'Practitioner') return { allowed: false, issue: forbidden() }
      return { allowed: true, sight: { within, maySee: (version) => version.id !== 'secret' } }
    },
    onRead: async (_context, _action, versions) => void seen.push(...versions.map((v) => v.id)),
  }

  test('who may see one chart sees nothing of another: by read, search, count, include, history, everything, or by writing to it', async () => {
    const database = await place()
    const store = await openStore({ database })
    const routes = fhirRoutes({ store, software: 's 0', startedAt: '' })
    const all = clientFor(store, buildServer({ routes, access: OPEN, publicUrl: 'http://test' }))
    await all.load(
      patient('mine'),
      patient('theirs', { link: [{ other: { reference: 'Patient/mine' }, type: 'seealso' }] }),
      observation('o1', 'mine'),
      observation('o2', 'theirs', { focus: [{ reference: 'Patient/mine' }] }),
      observation('secret', 'mine'),
      { resourceType: 'Practitioner', id: 'doc' },
    )
    const me = clientFor(store, buildServer({ routes, access: oneChart, publicUrl: 'http://test' }))
    expect((await me.get('/Patient/mine')).status).toBe(200)
    expect((await me.get('/Practitioner/doc')).status).toBe(200)
    for (const path of [
      '/Patient/theirs',
      '/Observation/o2',
      '/Observation/o2/_history',
      '/Observation/o2/_history/1',
      '/Observation/secret',
      '/Patient/theirs/$everything',
    ])
      expect({ path, status: (await me.get(path)).status }).toEqual({ path, status: 404 })
    expect(await me.ids('/Observation')).toEqual(['o1'])
    expect(await me.ids('/Patient')).toEqual(['mine'])
    expect((await me.get('/Patient?_summary=count')).body.total).toBe(1)
    expect(await me.ids('/Observation?_sort=-date')).toEqual(['o1'])
    expect(JSON.stringify((await me.get('/Patient/mine/$everything')).body)).not.toMatch(/theirs|secret|"o2"/)
    expect(JSON.stringify((await me.get('/Patient?_revinclude=Observation:focus&_revinclude=Patient:link')).body)).not.toMatch(
      /theirs|"o2"/,
    )
    expect(JSON.stringify((await me.get('/_history')).body)).not.toMatch(/theirs|secret|"o2"/)
    for (const [method, path, body] of [
      ['PUT', '/Observation/o2', observation('o2', 'mine')],
      ['DELETE', '/Patient/theirs', undefined],
      ['PATCH', '/Patient/theirs', [{ op: 'add', path: '/active', value: true }]],
    ] as const)
      expect({ path, status: (await me.send(method, path, body)).status }).toEqual({ path, status: 404 })
    expect((await me.send('POST', '/Practitioner', { resourceType: 'Practitioner' })).status).toBe(403)
    const refused = await me.send('POST', '', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: observation('o3', 'mine'), request: { method: 'PUT', url: 'Observation/o3' } },
        { resource: { resourceType: 'Practitioner' }, request: { method: 'POST', url: 'Practitioner' } },
      ],
    })
    expect(refused.status).toBe(403)
    expect((await all.get('/Observation/o3')).status).toBe(404)
    expect(seen).toContain('o1')
    expect(seen).not.toContain('o2')
    expect(asked.find((a) => a.interaction === 'read' && a.type === 'Patient' && a.id === 'theirs' && a.patient === 'theirs')).toBeDefined()
  })

  test('a chain or _has through what one may only see in part is refused: it would tell', async () => {
    const client = await clientOf(await place(), oneChart)
    expect((await client.get('/Patient?_has:Observation:patient:code=x')).status).toBe(403)
    expect((await client.get('/Observation?subject:Patient.name=x')).status).toBe(403)
  })
})
