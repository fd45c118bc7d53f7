import { beforeEach, expect, test } from 'vitest'
import { onBothDatabases } from '../store/databases.ts'
import { observation, patient } from '../store/resources.ts'
import { type Client, clientOf, issueCodes } from './client.ts'

const bundle = (type: string, ...entry: readonly unknown[]): unknown => ({ resourceType: 'Bundle', type, entry })
const A = 'urn:uuid:aaaaaaaa-0000-4000-8000-000000000001'
const B = 'urn:uuid:bbbbbbbb-0000-4000-8000-000000000002'

onBothDatabases('bundles', ({ place }) => {
  let fhir: Client
  beforeEach(async () => {
    fhir = await clientOf(await place())
  })

  test('a transaction: entries refer to each other in any order, and all of it is there', async () => {
    const answer = await fhir.send(
      'POST',
      '',
      bundle(
        'transaction',
        {
          fullUrl: B,
          resource: { ...observation('x', 'a'), id: undefined, subject: { reference: A } },
          request: { method: 'POST', url: 'Observation' },
        },
        { fullUrl: A, resource: { resourceType: 'Patient', gender: 'female' }, request: { method: 'POST', url: 'Patient' } },
        { resource: patient('fixed'), request: { method: 'PUT', url: 'Patient/fixed' } },
        { request: { method: 'GET', url: 'Patient?_id=fixed' } },
      ),
    )
    expect(answer.status).toBe(200)
    expect(answer.body.type).toBe('transaction-response')
    expect(answer.body.entry.map((e: { response: { status: string } }) => e.response.status)).toEqual([
      '201 Created',
      '201 Created',
      '201 Created',
      '200',
    ])
    const location: string = answer.body.entry[0].response.location
    const stored = (await fhir.get(`/${location.replace(/\/_history.*/, '')}`)).body
    expect(stored.subject.reference).toBe(`Patient/${A.slice(9)}`)
    expect(await fhir.ids(`/Observation?subject=Patient/${A.slice(9)}`)).toEqual([stored.id])
    // a read inside sees what was written before it
    expect(answer.body.entry[3].resource.entry[0].resource.id).toBe('fixed')
  })

  test.each([
    {
      name: 'an invalid resource',
      entry: { resource: { resourceType: 'Patient', foo: 1 }, request: { method: 'POST', url: 'Patient' } },
      status: 422,
    },
    {
      name: 'an old version',
      entry: { resource: patient('old', { gender: 'male' }), request: { method: 'PUT', url: 'Patient/old', ifMatch: 'W/"9"' } },
      status: 412,
    },
    {
      name: 'a local reference to no entry',
      entry: {
        resource: { ...observation('x', 'a'), id: undefined, subject: { reference: B } },
        request: { method: 'POST', url: 'Observation' },
      },
      status: 422,
    },
    { name: 'a read of what is not there', entry: { request: { method: 'GET', url: 'Patient/nobody' } }, status: 404 },
    { name: 'no request', entry: { resource: patient('x') }, status: 400 },
    {
      name: 'the same resource twice',
      entry: { resource: patient('first', { gender: 'male' }), request: { method: 'PUT', url: 'Patient/first' } },
      status: 400,
    },
    { name: 'an entry that is null', entry: null, status: 400 },
  ])('a transaction with $name is refused as a whole', async ({ entry, status }) => {
    await fhir.load(patient('old'))
    const answer = await fhir.send(
      'POST',
      '',
      bundle('transaction', { resource: patient('first'), request: { method: 'PUT', url: 'Patient/first' } }, entry),
    )
    expect(answer.status).toBe(status)
    expect(answer.body.resourceType).toBe('OperationOutcome')
    expect((await fhir.get('/Patient/first')).status).toBe(404)
    expect((await fhir.get('/_history')).body.entry.length).toBe(1)
  })

  test('a batch: each entry for itself', async () => {
    const answer = await fhir.send(
      'POST',
      '',
      bundle(
        'batch',
        { resource: patient('good'), request: { method: 'PUT', url: 'Patient/good' } },
        { resource: { resourceType: 'Patient', foo: 1 }, request: { method: 'POST', url: 'Patient' } },
        { request: { method: 'GET', url: 'Patient/nobody' } },
        { request: { method: 'DELETE', url: 'Patient/good' } },
      ),
    )
    expect(answer.body.entry.map((e: { response: { status: string } }) => e.response.status)).toEqual(['201', '422', '404', '204'])
    expect(answer.body.entry[1].response.outcome.issue[0].expression).toEqual(['Patient.foo'])
    expect((await fhir.get('/Patient/good')).status).toBe(410)
  })

  test('conditional entries of a transaction find what is there', async () => {
    await fhir.load(patient('a', { identifier: [{ system: 'urn:mrn', value: '1' }] }))
    const answer = await fhir.send(
      'POST',
      '',
      bundle(
        'transaction',
        {
          fullUrl: A,
          resource: { resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value: '1' }] },
          request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=urn:mrn|1' },
        },
        { resource: { ...observation('o', 'x'), subject: { reference: A } }, request: { method: 'PUT', url: 'Observation/o' } },
        { request: { method: 'DELETE', url: 'Observation?code=none-of-these' } },
        {
          resource: {
            resourceType: 'Binary',
            contentType: 'application/json-patch+json',
            data: Buffer.from('[{"op":"add","path":"/active","value":true}]').toString('base64'),
          },
          request: { method: 'PATCH', url: 'Patient/a' },
        },
      ),
    )
    expect(answer.body.entry?.map((e: { response: { status: string } }) => e.response.status)).toEqual([
      '200 OK',
      '201 Created',
      '204',
      '200',
    ])
    expect((await fhir.get('/Observation/o')).body.subject.reference).toBe('Patient/a')
    expect((await fhir.get('/Patient/a')).body.active).toBe(true)
  })

  const stray = (reference: string) => ({
    resource: { ...observation('found', 'x'), subject: { reference } },
    request: { method: 'PUT', url: 'Observation/found' },
  })

  test('a reference that is a search stands for the one that it finds; none, or several: nothing is kept', async () => {
    const mrn = (value: string) => ({ identifier: [{ system: 'urn:mrn', value }] })
    await fhir.load(patient('a', mrn('1')), patient('b', mrn('2')), patient('c', mrn('2')))
    for (const [value, code] of [
      ['2', 'multiple-matches'],
      ['3', 'dangling-reference'],
    ] as const)
      expect(issueCodes(await fhir.send('POST', '', bundle('transaction', stray(`Patient?identifier=urn:mrn|${value}`))))).toEqual([code])
    expect((await fhir.get('/Observation/found')).status).toBe(404)
    expect((await fhir.send('POST', '', bundle('transaction', stray('Patient?identifier=urn:mrn|1')))).status).toBe(200)
    expect((await fhir.get('/Observation/found')).body.subject.reference).toBe('Patient/a')
    // the plan of the patient is made with it
    expect((await fhir.store.chart('a')).resources.map(({ id }) => id)).toEqual(['found', 'a'])
    // outside a transaction nobody looks it up: it would stand in no chart
    const alone = { ...observation('o', 'x'), subject: { reference: 'Patient?identifier=urn:mrn|1' } }
    expect(issueCodes(await fhir.send('PUT', '/Observation/o', alone))).toEqual(['invalid-element'])
  })

  test('a reference to this server by its whole address is one to the resource here: it stands in the chart of its patient', async () => {
    await fhir.load(patient('a'))
    const whole = 'http://test/fhir/Patient/a'
    expect((await fhir.send('PUT', '/Observation/o', { ...observation('o', 'x'), subject: { reference: whole } })).status).toBe(201)
    expect((await fhir.send('POST', '', bundle('transaction', stray(whole)))).status).toBe(200)
    const line = JSON.stringify({ ...observation('line', 'x'), subject: { reference: whole } })
    expect((await fhir.send('POST', '/$import', line, { 'content-type': 'application/fhir+ndjson' })).status).toBe(200)
    expect((await fhir.get('/Observation/o')).body.subject.reference).toBe('Patient/a')
    expect((await fhir.store.chart('a')).resources.map(({ id }) => id)).toEqual(['found', 'line', 'o', 'a'])
    for (const asked of [`subject=${whole}`, `patient=${whole}`, 'subject=Patient/a'])
      expect(await fhir.ids(`/Observation?${asked}`), asked).toEqual(['o', 'found', 'line'])
    // another server's patient of the same id is somebody else
    const other = { ...observation('far', 'x'), subject: { reference: 'http://elsewhere/fhir/Patient/a' } }
    expect((await fhir.send('PUT', '/Observation/far', other)).body.subject.reference).toBe('http://elsewhere/fhir/Patient/a')
  })

  test('a Bundle that asks for nothing is refused', async () => {
    expect(issueCodes(await fhir.send('POST', '', bundle('collection')))).toEqual(['invalid-request'])
    expect(issueCodes(await fhir.send('POST', '', patient('a')))).toEqual(['not-fhir'])
    expect((await fhir.send('POST', '', { resourceType: 'Bundle', type: 'transaction' })).status).toBe(200)
  })
})
