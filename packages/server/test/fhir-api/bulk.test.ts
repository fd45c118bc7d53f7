import { gunzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import { type Access, buildServer } from '../../src/api/index.ts'
import { importNdjson, type LineIssue } from '../../src/fhir-api/import.ts'
import { fhirRoutes } from '../../src/fhir-api/index.ts'
import { onBothDatabases } from '../store/databases.ts'
import { AUTHOR, observation, patient } from '../store/resources.ts'
import { type Answer, type Client, clientFor, clientOf, issueCodes, OPEN } from './client.ts'

const ASYNC = { prefer: 'respond-async' }

onBothDatabases('bulk data', ({ place }) => {
  let fhir: Client
  beforeEach(async () => {
    fhir = await clientOf(await place())
  })

  const statusOf = async (kickOff: Answer, client = fhir): Promise<Answer> => {
    expect(kickOff.status).toBe(202)
    for (;;) {
      const answer = await client.get(kickOff.headers['content-location']!)
      if (answer.status !== 202) return answer
      expect(answer.headers['retry-after']).toBe('1')
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  const idsIn = async (manifest: Answer, kind = 'output', client = fhir): Promise<readonly string[]> => {
    const ids: string[] = []
    for (const { url, count } of manifest.body[kind]) {
      const file = await client.get(url)
      expect(file.headers['content-type']).toBe('application/fhir+ndjson')
      const lines = String(file.body)
        .trim()
        .split('\n')
        .filter((line) => line !== '')
      if (count !== undefined) expect(lines).toHaveLength(count)
      for (const line of lines) {
        const resource = JSON.parse(line)
        ids.push(kind === 'deleted' ? resource.entry[0].request.url : `${resource.resourceType}/${resource.id}`)
      }
    }
    return ids.sort()
  }
  const charts = () =>
    fhir.load(patient('a'), patient('b'), observation('o1', 'a'), observation('o2', 'b'), { resourceType: 'Practitioner', id: 'doc' }, {
      resourceType: 'Group',
      id: 'g',
      type: 'person',
      actual: true,
      member: [{ entity: { reference: 'Patient/a' } }, { entity: { reference: 'Patient/b' }, inactive: true }],
    } as never)

  test('system, patients, a group: each exports what it is about', async () => {
    await charts()
    expect(await idsIn(await statusOf(await fhir.get('/$export', ASYNC)))).toEqual([
      'Group/g',
      'Observation/o1',
      'Observation/o2',
      'Patient/a',
      'Patient/b',
      'Practitioner/doc',
    ])
    expect(await idsIn(await statusOf(await fhir.get('/Patient/$export', ASYNC)))).toEqual([
      'Observation/o1',
      'Observation/o2',
      'Patient/a',
      'Patient/b',
    ])
    expect(await idsIn(await statusOf(await fhir.get('/Group/g/$export', ASYNC)))).toEqual(['Observation/o1', 'Patient/a'])
    expect(await idsIn(await statusOf(await fhir.get('/$export?_type=Patient', ASYNC)))).toEqual(['Patient/a', 'Patient/b'])
  })

  test('a HEAD begins no export', async () => {
    const jobs = async () => (await fhir.store.database.query('select 1 from export_job')).length
    const before = await jobs()
    expect((await fhir.send('HEAD', '/$export', undefined, ASYNC)).status).toBeGreaterThanOrEqual(400)
    expect(await jobs()).toBe(before)
  })

  test('a group that is not there has no export', async () => {
    const answer = await fhir.get('/Group/none/$export', ASYNC)
    expect([answer.status, issueCodes(answer)]).toEqual([404, ['not-found']])
  })

  test('the manifest says what the standard asks; what comes later is not in the files', async () => {
    await charts()
    const manifest = await statusOf(await fhir.get('/$export?_type=Patient', ASYNC))
    expect(manifest.body).toMatchObject({
      request: 'http://test/fhir/$export?_type=Patient',
      requiresAccessToken: true,
      error: [],
      output: [{ type: 'Patient', count: 2 }],
    })
    await fhir.send('PUT', '/Patient/late', patient('late'))
    await fhir.send('PUT', '/Patient/a', patient('a', { gender: 'male' }))
    await fhir.send('DELETE', '/Patient/b')
    const { body } = await fhir.get(manifest.body.output[0].url)
    expect(body).toContain('"female"')
    expect(await idsIn(manifest)).toEqual(['Patient/a', 'Patient/b'])
    // the next export begins where this one ended
    const next = await statusOf(await fhir.get(`/$export?_type=Patient&_since=${manifest.body.transactionTime}`, ASYNC))
    expect(await idsIn(next)).toEqual(['Patient/a', 'Patient/late'])
    expect(await idsIn(next, 'deleted')).toEqual(['Patient/b'])
  })

  test('cancelled, it is gone; another\u2019s is not there', async () => {
    await charts()
    const kickOff = await fhir.get('/$export', ASYNC)
    const url = kickOff.headers['content-location']!
    const stranger = { 'x-test-who': 'Practitioner/other' }
    expect((await fhir.get(url, stranger)).status).toBe(404)
    const manifest = await statusOf(kickOff)
    expect((await fhir.get(manifest.body.output[0].url, stranger)).status).toBe(404)
    const path = url.slice('http://test/fhir'.length)
    expect((await fhir.send('DELETE', path)).status).toBe(202)
    expect((await fhir.get(url)).status).toBe(404)
    expect((await fhir.get(manifest.body.output[0].url)).status).toBe(404)
  })

  test.each([
    ['without asking for an answer later', '/$export', {}, 'precondition-required'],
    ['in another form', '/$export?_outputFormat=parquet', ASYNC, 'invalid-parameter'],
    ['since no instant', '/$export?_since=yesterday', ASYNC, 'invalid-parameter'],
    ['of no type', '/$export?_type=Nonsense', ASYNC, 'invalid-parameter'],
    ['of practitioners with the patients', '/Patient/$export?_type=Practitioner', ASYNC, 'invalid-parameter'],
    ['with a filter by what is no code', '/$export?_typeFilter=Observation?date=ge2026', ASYNC, 'invalid-parameter'],
    ['with a parameter that is not there', '/$export?includeAssociatedData=x', ASYNC, 'unknown-parameter'],
    ['of one patient by GET', '/Patient/$export?patient=a', ASYNC, 'invalid-parameter'],
  ] as const)('an export %s is refused', async (_name, path, headers, code) => {
    const answer = await fhir.get(path, headers)
    expect(issueCodes(answer)).toEqual([code])
  })

  const parameters = (...parameter: readonly object[]) => ({ resourceType: 'Parameters', parameter })
  const post = (path: string, body: object, headers: object = {}) => fhir.send('POST', path, body, { ...ASYNC, ...headers })

  test('by POST: the same export, and single patients', async () => {
    await charts()
    const type = { name: '_type', valueString: 'Patient,Observation' }
    expect(await idsIn(await statusOf(await post('/$export', parameters(type))))).toEqual([
      'Observation/o1',
      'Observation/o2',
      'Patient/a',
      'Patient/b',
    ])
    const since = { name: '_since', valueInstant: '2999-01-01T00:00:00Z' }
    expect(await idsIn(await statusOf(await post('/$export', parameters(type, since))))).toEqual([])
    const only = { name: 'patient', valueReference: { reference: 'Patient/b' } }
    expect(await idsIn(await statusOf(await post('/Patient/$export', parameters(only))))).toEqual(['Observation/o2', 'Patient/b'])
    const member = { name: 'patient', valueReference: { reference: 'Patient/a' } }
    expect(await idsIn(await statusOf(await post('/Group/g/$export', parameters(member))))).toEqual(['Observation/o1', 'Patient/a'])
    for (const [path, body] of [
      ['/Group/g/$export', parameters(only)],
      ['/$export', parameters(only)],
      ['/$export', parameters({ name: 'organizeOutputBy', valueString: 'Patient' })],
      ['/$export', { resourceType: 'Patient' }],
    ] as const)
      expect([path, (await post(path, body)).status]).toEqual([path, 400])
    expect((await fhir.send('POST', '/$export', parameters())).status).toBe(428)
  })

  test('elements: what was asked for and what no resource is without, marked as a part', async () => {
    await fhir.load(patient('a'), observation('o1', 'a', { issued: '2026-11-23T10:00:00Z', note: [{ text: 'long' }] }))
    const manifest = await statusOf(await fhir.get('/$export?_type=Patient,Observation&_elements=Observation.issued,birthDate', ASYNC))
    const lines = await Promise.all(manifest.body.output.map(async ({ url }: { url: string }) => JSON.parse((await fhir.get(url)).body)))
    expect(lines.map((one) => [one.resourceType, Object.keys(one).sort(), one.meta.tag[0].code])).toEqual([
      ['Observation', ['code', 'id', 'issued', 'meta', 'resourceType', 'status'], 'SUBSETTED'],
      ['Patient', expect.arrayContaining(['id', 'meta', 'resourceType']), 'SUBSETTED'],
    ])
    expect(Object.keys(lines[1])).not.toContain('name')
  })

  test('a filter by codes lets through what meets one of its queries, and all of other types; no number counts what is left out', async () => {
    const category = (code: string) => ({ category: [{ coding: [{ system: 'urn:category', code }] }] })
    await fhir.load(
      patient('a'),
      observation('lab', 'a', category('laboratory')),
      observation('vital', 'a', category('vital-signs')),
      observation('none', 'a'),
    )
    const asked = (filter: string) => `/$export?_type=Patient,Observation&_typeFilter=${encodeURIComponent(filter)}`
    const one = await statusOf(await fhir.get(asked('Observation?category=urn:category|laboratory'), ASYNC))
    expect(await idsIn(one)).toEqual(['Observation/lab', 'Patient/a'])
    expect(JSON.stringify(one.body.output)).not.toContain('"count"')
    const both = await statusOf(
      await fhir.get(asked('Observation?category=laboratory,Observation?category=vital-signs&status=final'), ASYNC),
    )
    expect(await idsIn(both)).toEqual(['Observation/lab', 'Observation/vital', 'Patient/a'])
  })

  test('a lenient client is told in the manifest what was passed over', async () => {
    await charts()
    const manifest = await statusOf(
      await fhir.get('/$export?_type=Patient,Nonsense&includeAssociatedData=x&_typeFilter=Patient%3Fname%3Da', {
        prefer: 'respond-async, handling=lenient',
      }),
    )
    expect(await idsIn(manifest)).toEqual(['Patient/a', 'Patient/b'])
    const told = await fhir.get(manifest.body.error[0].url)
    expect(manifest.body.error).toMatchObject([{ type: 'OperationOutcome', count: 1 }])
    const { issue } = JSON.parse(told.body)
    expect(issue.map((one: { severity: string; expression: string[] }) => [one.severity, one.expression[0]])).toEqual([
      ['warning', 'includeAssociatedData'],
      ['warning', '_type'],
      ['warning', '_typeFilter'],
    ])
  })

  test('a file comes packed to who takes it so', async () => {
    await charts()
    const manifest = await statusOf(await fhir.get('/$export?_type=Patient', ASYNC))
    const url = manifest.body.output[0].url.slice('http://test'.length)
    const packed = await fhir.server.inject({ url, headers: { 'accept-encoding': 'gzip, deflate' } })
    expect([packed.headers['content-encoding'], packed.headers.vary]).toEqual(['gzip', 'accept-encoding'])
    const plain = (await fhir.get(manifest.body.output[0].url)).body
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain)
    expect((await fhir.server.inject({ url, headers: { 'accept-encoding': 'gzip;q=0' } })).headers['content-encoding']).toBeUndefined()
  })

  test('who may see one chart exports that one, and learns no count of the others', async () => {
    await charts()
    const one: Access = {
      ...OPEN,
      authorize: async () => ({ allowed: true, sight: { within: { charts: ['Patient/a'], andShared: false } } }),
    }
    const me = clientFor(
      fhir.store,
      buildServer({ routes: fhirRoutes({ store: fhir.store, software: 's 0', startedAt: '' }), access: one, publicUrl: 'http://test' }),
    )
    const manifest = await statusOf(await me.get('/$export', ASYNC), me)
    expect(await idsIn(manifest, 'output', me)).toEqual(['Observation/o1', 'Patient/a'])
    expect(JSON.stringify(manifest.body)).not.toContain('"count"')
  })

  const ndjson = (...resources: readonly unknown[]): string =>
    resources.map((r) => (typeof r === 'string' ? r : JSON.stringify(r))).join('\n')

  test('an import keeps what it can use, and tells of each line that it cannot', async () => {
    const text = ndjson(
      patient('a'),
      '{"resourceType":"Patient","id":',
      { resourceType: 'Patient', id: 'bad', foo: 1 },
      observation('o', 'a'),
      '',
      { resourceType: 'Patient' },
      patient('a', { gender: 'male' }),
    )
    const answer = await fhir.send('POST', '/$import', text, { 'content-type': 'application/fhir+ndjson' })
    expect(answer.status).toBe(200)
    expect(answer.body.issue.map((i: { details: { text: string }; expression?: string[] }) => i.expression?.[0] ?? i.details.text)).toEqual(
      ['3 resources kept, 3 lines refused', 'line 2', 'line 3: Patient.foo', 'line 6: id'],
    )
    expect((await fhir.get('/Patient/a')).body).toMatchObject({ gender: 'male', meta: { versionId: '1' } })
    expect((await fhir.get('/Patient/bad')).status).toBe(404)
  })

  test('an import that ended early goes on where it stopped, and neither loses nor doubles', async () => {
    const lines = Array.from({ length: 2500 }, (_, i) => JSON.stringify(patient(`p${i}`)))
    const read: number[] = []
    const issues: LineIssue[] = []
    const request = { store: fhir.store, author: AUTHOR, source: 'file 1', onIssue: (issue: LineIssue) => void issues.push(issue) }
    const dying = function* () {
      for (const [at, line] of lines.entries()) {
        if (at === 2300) throw new Error('the process died')
        yield line
      }
    }
    await expect(importNdjson({ ...request, lines: dying() })).rejects.toThrow('the process died')
    expect((await fhir.get('/Patient?_summary=count')).body.total).toBe(2000)
    const progress = await importNdjson({ ...request, lines, onProgress: ({ lines: at }) => void read.push(at) })
    expect(progress).toEqual({ lines: 2500, kept: 2500, refused: 0 })
    expect(read).toEqual([2500])
    expect((await fhir.get('/Patient?_summary=count')).body.total).toBe(2500)
    expect((await fhir.store.history({ type: 'Patient', id: 'p2100', count: 9 })).versions).toHaveLength(1)
    expect(issues).toEqual([])
  })
})
