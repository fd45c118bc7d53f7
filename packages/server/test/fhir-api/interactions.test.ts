import { beforeEach, expect, test } from 'vitest'
import { onBothDatabases } from '../store/databases.ts'
import { observation, patient } from '../store/resources.ts'
import { type Client, clientOf, issueCodes, replacing } from './client.ts'

onBothDatabases('FHIR interactions', ({ place }) => {
  let fhir: Client
  beforeEach(async () => {
    fhir = await clientOf(await place())
  })

  test('create, read, vread, update, history, delete', async () => {
    const created = await fhir.send('POST', '/Patient', { resourceType: 'Patient', name: [{ family: 'Doe' }] })
    expect(created).toMatchObject({ status: 201, headers: { etag: 'W/"1"' }, body: { resourceType: 'Patient', meta: { versionId: '1' } } })
    const { id } = created.body
    expect(created.headers.location).toBe(`http://test/fhir/Patient/${id}/_history/1`)
    expect((await fhir.get(`/Patient/${id}`)).body).toEqual(created.body)
    const updated = await fhir.send('PUT', `/Patient/${id}`, { ...created.body, name: [{ family: 'Roe' }] }, { 'if-match': 'W/"1"' })
    expect(updated).toMatchObject({ status: 200, headers: { etag: 'W/"2"' } })
    expect((await fhir.get(`/Patient/${id}/_history/1`)).body.name).toEqual([{ family: 'Doe' }])
    expect((await fhir.send('DELETE', `/Patient/${id}`)).status).toBe(204)
    const gone = await fhir.get(`/Patient/${id}`)
    expect([gone.status, issueCodes(gone)]).toEqual([410, ['gone']])
    const { body: history } = await fhir.get(`/Patient/${id}/_history`)
    expect(history).toMatchObject({ type: 'history', total: 3 })
    expect(history.entry.map((e: { request: { method: string } }) => e.request.method)).toEqual(['DELETE', 'PUT', 'POST'])
    expect(history.entry[0].resource).toBeUndefined()
  })

  test('a body that would be kept as something else than was sent is refused, alone and in a bulk import, and nothing is kept', async () => {
    const text = JSON.stringify(observation('twice', 'p')).replace('"status"', '"status":"entered-in-error","status"')
    const answer = await fhir.send('PUT', '/Observation/twice', text)
    expect([answer.status, issueCodes(answer), answer.body.issue[0].expression]).toEqual([400, ['not-json'], ['status']])
    const number = JSON.stringify(observation('digits', 'p')).replace('"status"', '"valueQuantity":{"value":1E-400},"status"')
    expect((await fhir.send('PUT', '/Observation/digits', number)).status).toBe(400)
    const lines = `${text}\n${JSON.stringify(patient('p'))}\n`
    const imported = await fhir.send('POST', '/$import', lines, { 'content-type': 'application/fhir+ndjson' })
    expect(imported.body.issue[0].details.text).toBe('1 resources kept, 1 lines refused')
    for (const id of ['twice', 'digits']) expect((await fhir.get(`/Observation/${id}`)).status).toBe(404)
  })

  test('PUT creates under the client\u2019s id; saying the same again makes no version', async () => {
    expect((await fhir.send('PUT', '/Patient/mine', patient('mine'))).status).toBe(201)
    const again = await fhir.send('PUT', '/Patient/mine', patient('mine'))
    expect([again.status, again.headers.etag]).toEqual([200, 'W/"1"'])
  })

  test.each([
    { name: 'an old version', header: 'W/"1"', status: 412 },
    { name: 'no version of ours', header: '"abc"', status: 412 },
    { name: 'the newest version', header: 'W/"2"', status: 200 },
    { name: 'the newest, as a strong tag', header: '"2"', status: 200 },
  ])('If-Match with $name → $status', async ({ header, status }) => {
    await fhir.load(patient('a'), patient('a', { gender: 'male' }))
    const answer = await fhir.send('PUT', '/Patient/a', patient('a', { gender: 'other' }), { 'if-match': header })
    expect(answer.status).toBe(status)
    expect((await fhir.get('/Patient/a')).body.gender).toBe(status === 200 ? 'other' : 'male')
  })

  test('PUT with If-None-Match: * creates, and never writes over what is there', async () => {
    const only = { 'if-none-match': '*' }
    expect((await fhir.send('PUT', '/Patient/a', patient('a', { gender: 'male' }), only)).status).toBe(201)
    expect((await fhir.send('PUT', '/Patient/a', patient('a', { gender: 'other' }), only)).status).toBe(412)
    expect((await fhir.get('/Patient/a')).body.gender).toBe('male')
    await fhir.send('DELETE', '/Patient/a')
    expect((await fhir.send('PUT', '/Patient/a', patient('a', { gender: 'other' }), only)).status).toBe(201)
    expect((await fhir.send('PUT', '/Patient/a', patient('a'), { 'if-none-match': 'W/"3"' })).status).toBe(412)
  })

  test('operations and the search over types go by POST as well', async () => {
    await fhir.load(patient('a'), observation('o', 'a'), patient('b'))
    const parameters = (...parameter: readonly object[]) => ({ resourceType: 'Parameters', parameter })
    const idsOf = ({ body }: { body: { entry?: readonly { resource: { id: string } }[] } }) => (body.entry ?? []).map((e) => e.resource.id)
    expect(idsOf(await fhir.send('POST', '/Patient/a/$everything', parameters({ name: '_type', valueString: 'Observation' })))).toEqual([
      'o',
    ])
    expect(idsOf(await fhir.send('POST', '/Patient/a/$everything'))).toEqual(['a', 'o'])
    expect(idsOf(await fhir.send('POST', '/Patient/a/$mcode-everything', parameters()))).toEqual(['a'])
    expect(issueCodes(await fhir.send('POST', '/Patient/a/$everything', patient('a')))).toEqual(['not-fhir'])
    expect(issueCodes(await fhir.send('POST', '/Patient/a/$everything', parameters({ name: 'start', valuePeriod: {} })))).toEqual([
      'invalid-parameter',
    ])
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(idsOf(await fhir.send('POST', '/_search', '_type=Patient,Observation', form))).toEqual(['a', 'o', 'b'])
    expect((await fhir.send('POST', '/Patient/a/$validate', patient('a'))).body.issue[0].severity).toBe('information')
  })

  test.each(['/Patient/a/$everything?_count=-5', '/Patient/a/$everything?_count=1.5', '/Patient/_history?_count=x'])(
    '%s is refused',
    async (path) => {
      await fhir.load(patient('a'))
      const answer = await fhir.get(path)
      expect([answer.status, issueCodes(answer)]).toEqual([400, ['invalid-parameter']])
    },
  )

  test('$docref: the newest document of a patient, or those of a time; none is generated', async () => {
    const document = (id: string, of: string, date: string, more: object = {}) =>
      ({
        resourceType: 'DocumentReference',
        id,
        status: 'current',
        subject: { reference: `Patient/${of}` },
        type: { coding: [{ system: 'http://loinc.org', code: '34133-9' }] },
        date,
        context: { period: { start: date.slice(0, 10), end: date.slice(0, 10) } },
        content: [{ attachment: { url: 'urn:x' } }],
        ...more,
      }) as never
    await fhir.load(
      patient('a'),
      document('old', 'a', '2026-01-01T10:00:00Z'),
      document('new', 'a', '2026-03-01T10:00:00Z'),
      document('wrong', 'a', '2026-04-01T10:00:00Z', { status: 'entered-in-error' }),
      document('other', 'b', '2026-05-01T10:00:00Z'),
    )
    const at = '/DocumentReference/$docref?patient=a'
    expect(await fhir.ids(at)).toEqual(['new'])
    expect(await fhir.ids(`${at}&start=2026-01-01`)).toEqual(['new', 'old'])
    expect(await fhir.ids(`${at}&start=2026-01-01&end=2026-02-01&type=http://loinc.org|34133-9`)).toEqual(['old'])
    expect(await fhir.ids(`${at}&type=11488-4`)).toEqual([])
    expect(await fhir.ids(`${at}&on-demand=true`)).toEqual([])
    const parameter = [
      { name: 'patient', valueId: 'a' },
      { name: 'type', valueCoding: { system: 'http://loinc.org', code: '34133-9' } },
    ]
    const posted = await fhir.send('POST', '/DocumentReference/$docref', { resourceType: 'Parameters', parameter })
    expect(posted.body.entry.map((e: { resource: { id: string } }) => e.resource.id)).toEqual(['new'])
    expect(issueCodes(await fhir.get('/DocumentReference/$docref'))).toEqual(['invalid-parameter'])
    expect(issueCodes(await fhir.get(`${at}&foo=1`))).toEqual(['unknown-parameter'])
    const { resource } = (await fhir.get('/metadata')).body.rest[0]
    const own = resource.find((one: { type: string }) => one.type === 'DocumentReference').operation
    expect(own.map((one: { name: string }) => one.name)).toContain('docref')
  })

  test.each([
    ['half of a character', '{"resourceType":"Patient","id":"a","name":[{"family":"x\\ud800y"}]}'],
    ['half of a character in a name', '{"resourceType":"Patient","id":"a","\\ude00":1}'],
  ])('%s is refused: no database reads it', async (_name, body) => {
    const answer = await fhir.send('PUT', '/Patient/a', body)
    expect([answer.status, issueCodes(answer)]).toEqual([400, ['not-json']])
  })

  test('whole characters and written backslashes are kept as they are', async () => {
    const family = 'M\u00fcller \u{1f600} \\ud800'
    await fhir.load(patient('a', { name: [{ family }] }))
    expect((await fhir.get('/Patient/a')).body.name[0].family).toBe(family)
    const escaped = await fhir.send('PUT', '/Patient/b', '{"resourceType":"Patient","id":"b","name":[{"family":"\\ud83d\\ude00"}]}')
    expect(escaped.body.name[0].family).toBe('\u{1f600}')
  })

  test('who has it already is told so: If-None-Match, If-Modified-Since', async () => {
    await fhir.load(patient('a'))
    expect((await fhir.get('/Patient/a', { 'if-none-match': 'W/"1"' })).status).toBe(304)
    expect((await fhir.get('/Patient/a', { 'if-none-match': 'W/"2"' })).status).toBe(200)
    expect((await fhir.get('/Patient/a', { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' })).status).toBe(304)
    expect((await fhir.get('/Patient/a', { 'if-modified-since': 'Fri, 01 Jan 2010 00:00:00 GMT' })).status).toBe(200)
  })

  test('Prefer says what comes back of a write', async () => {
    const minimal = await fhir.send('POST', '/Patient', { resourceType: 'Patient', active: true }, { prefer: 'return=minimal' })
    expect([minimal.status, minimal.body]).toEqual([201, ''])
    const outcome = await fhir.send('POST', '/Patient', { resourceType: 'Patient', active: true }, { prefer: 'return=OperationOutcome' })
    expect(outcome.body.resourceType).toBe('OperationOutcome')
  })

  test('JSON Patch and FHIRPath Patch change the newest version, and refuse what cannot be applied', async () => {
    await fhir.load(patient('a'))
    const patched = await fhir.send('PATCH', '/Patient/a', [{ op: 'replace', path: '/gender', value: 'male' }], {
      'content-type': 'application/json-patch+json',
    })
    expect(patched).toMatchObject({ status: 200, body: { gender: 'male', meta: { versionId: '2' } } })
    const parameters = replacing('Patient.gender', { valueCode: 'other' })
    expect((await fhir.send('PATCH', '/Patient/a', parameters)).body.gender).toBe('other')
    for (const bad of [
      [{ op: 'test', path: '/gender', value: 'female' }],
      [{ op: 'replace', path: '/nothing/here', value: 1 }],
      [{ op: 'add', path: '/__proto__/polluted', value: 1 }],
      [{ op: 'replace', path: '/id', value: 'b' }],
      { resourceType: 'Patient' },
    ])
      expect((await fhir.send('PATCH', '/Patient/a', bad)).status).toBe(400)
    expect((await fhir.send('PATCH', '/Patient/a', [{ op: 'add', path: '/foo', value: 1 }])).status).toBe(422)
    expect((await fhir.send('PATCH', '/Patient/nobody', [{ op: 'add', path: '/active', value: true }])).status).toBe(404)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    expect((await fhir.get('/Patient/a')).headers.etag).toBe('W/"3"')
  })

  test('conditional create, update and delete act on one match and refuse several', async () => {
    const identifier = [{ system: 'urn:mrn', value: '7' }]
    const body = { resourceType: 'Patient', identifier }
    const first = await fhir.send('POST', '/Patient', body, { 'if-none-exist': 'identifier=urn:mrn|7' })
    const second = await fhir.send('POST', '/Patient', body, { 'if-none-exist': 'identifier=urn:mrn|7' })
    expect([first.status, second.status, second.body.id]).toEqual([201, 200, first.body.id])
    const updated = await fhir.send('PUT', '/Patient?identifier=urn:mrn|7', { ...body, gender: 'male' })
    expect(updated).toMatchObject({ status: 200, body: { id: first.body.id, gender: 'male' } })
    expect(
      (
        await fhir.send('PUT', '/Patient?identifier=urn:mrn|8', {
          resourceType: 'Patient',
          identifier: [{ system: 'urn:mrn', value: '8' }],
        })
      ).status,
    ).toBe(201)
    expect((await fhir.send('DELETE', '/Patient?_lastUpdated=gt2000')).status).toBe(412)
    expect((await fhir.send('DELETE', '/Patient')).status).toBe(400)
    expect((await fhir.send('DELETE', '/Patient?identifier=urn:mrn|7')).status).toBe(204)
    expect((await fhir.send('DELETE', '/Patient?identifier=urn:mrn|7')).status).toBe(204)
    expect((await fhir.get(`/Patient/${first.body.id}`)).status).toBe(410)
  })

  test('many conditional creates of one identifier at once make one patient', async () => {
    const body = { resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value: '9' }] }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => fhir.send('POST', '/Patient', body, { 'if-none-exist': 'identifier=urn:mrn|9' })),
    )
    expect(answers.map((a) => a.status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201])
    expect(new Set(answers.map((a) => a.body.id)).size).toBe(1)
  })

  test('a request that is sent again with its Idempotency-Key is done once', async () => {
    const key = { 'idempotency-key': 'c1a5b2d0-0001' }
    const body = { resourceType: 'Patient', active: true }
    const [a, b] = [await fhir.send('POST', '/Patient', body, key), await fhir.send('POST', '/Patient', body, key)]
    expect([a.status, b.status, b.body.id]).toEqual([201, 201, a.body.id])
    const other = await fhir.send('POST', '/Patient', { resourceType: 'Patient', active: false }, key)
    expect([other.status, issueCodes(other)]).toEqual([422, ['key-reused']])
  })

  test.each([
    { name: 'an element that FHIR has not', body: { resourceType: 'Patient', foo: 1 }, path: 'Patient.foo' },
    { name: 'a missing element', body: { resourceType: 'Observation', code: { text: 'x' } }, path: 'Observation.status' },
    { name: 'a wrong JSON type', body: { resourceType: 'Patient', active: 'yes' }, path: 'Patient.active' },
    { name: 'a wrong date', body: { resourceType: 'Patient', birthDate: '1970-13-45' }, path: 'Patient.birthDate' },
    { name: 'two values of one choice', body: observation('x', 'a', { valueString: 'one' }), path: 'Observation.valueString' },
    { name: 'an empty object', body: { resourceType: 'Patient', maritalStatus: {} }, path: 'Patient.maritalStatus' },
    {
      name: 'a reference to nothing',
      body: observation('x', 'a', { subject: { reference: 'somebody' } }),
      path: 'Observation.subject.reference',
    },
  ])('refused with path and remedy, and nothing kept: $name', async ({ body, path }) => {
    const { id: _id, ...rest } = body as { id?: string; resourceType: string }
    const answer = await fhir.send('POST', `/${body.resourceType}`, rest)
    expect(answer.status).toBe(422)
    expect(answer.body.issue[0]).toMatchObject({ severity: 'error', expression: [path], diagnostics: expect.stringMatching(/\w/) })
    expect((await fhir.get('/_history')).body.entry).toBeUndefined()
  })

  test('what is unknown is kept: foreign codes, extensions, dangling references', async () => {
    const unknown = observation('x', 'not-there-yet', {
      code: { coding: [{ system: 'urn:ours', code: '?' }], text: 'house test' },
      extension: [{ url: 'urn:ours:ext', valueString: 'kept' }],
    })
    await fhir.load(unknown)
    expect((await fhir.get('/Observation/x')).body).toMatchObject({ code: unknown.code, extension: unknown.extension })
  })

  test.each([
    { name: 'not JSON', path: '/Patient', body: '{"resourceType":', status: 400, code: 'not-json' },
    { name: 'no resource', path: '/Patient', body: '[1]', status: 400, code: 'not-fhir' },
    { name: 'another type than the address', path: '/Patient', body: '{"resourceType":"Observation"}', status: 400, code: 'not-fhir' },
    { name: 'nested too deep', path: '/Patient', body: `{"a":${'['.repeat(200)}${']'.repeat(200)}}`, status: 400, code: 'too-deep' },
    {
      name: 'a name that reaches into JavaScript',
      path: '/Patient',
      body: '{"resourceType":"Patient","__proto__":{}}',
      status: 400,
      code: 'not-json',
    },
    { name: 'no type of FHIR', path: '/Nonsense', body: '{"resourceType":"Nonsense"}', status: 404, code: 'not-found' },
  ])('a body that is $name → $code', async ({ path, body, status, code }) => {
    const answer = await fhir.send('POST', path, body)
    expect([answer.status, issueCodes(answer)]).toEqual([status, [code]])
    expect(JSON.stringify(answer.body)).not.toMatch(/ at .*\.(ts|js)/)
  })

  test('XML is not offered, and another form of body not understood', async () => {
    expect((await fhir.get('/Patient', { accept: 'application/fhir+xml' })).status).toBe(406)
    expect((await fhir.get('/Patient?_format=xml')).status).toBe(406)
    expect((await fhir.send('POST', '/Patient', '<Patient/>', { 'content-type': 'application/fhir+xml' })).status).toBe(415)
    expect((await fhir.get('/Patient?_format=json')).status).toBe(200)
  })

  test('$validate says what a write would say, and stores nothing', async () => {
    const bad = await fhir.send('POST', '/Patient/$validate', { resourceType: 'Patient', foo: 1 })
    expect([bad.status, bad.body.issue[0].expression]).toEqual([200, ['Patient.foo']])
    const good = await fhir.send('POST', '/Patient/$validate', {
      resourceType: 'Parameters',
      parameter: [{ name: 'resource', resource: patient('a') }],
    })
    expect(good.body.issue[0].severity).toBe('information')
    expect((await fhir.get('/_history')).body.entry).toBeUndefined()
  })

  test('_elements and _summary are marked as parts', async () => {
    await fhir.load(
      patient('a', { name: [{ family: 'Doe' }], text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' } }),
    )
    const part = await fhir.get('/Patient/a?_elements=gender')
    expect(part.body).toMatchObject({ gender: 'female', meta: { tag: [{ code: 'SUBSETTED' }] } })
    expect(part.body.name).toBeUndefined()
    expect((await fhir.get('/Patient/a?_summary=data')).body.text).toBeUndefined()
  })

  test('the CapabilityStatement lists what is there and no more', async () => {
    const { body } = await fhir.get('/metadata')
    const [rest] = body.rest
    expect(rest.interaction.map((i: { code: string }) => i.code).sort()).toEqual([
      'batch',
      'history-system',
      'search-system',
      'transaction',
    ])
    const observationEntry = rest.resource.find((r: { type: string }) => r.type === 'Observation')
    expect(observationEntry.interaction.map((i: { code: string }) => i.code)).toContain('history-type')
    const names: readonly string[] = observationEntry.searchParam.map((p: { name: string }) => p.name)
    expect(names).toContain('code')
    expect(names.filter((n) => n.includes('code-value'))).toEqual([])
    // each one that is listed is understood
    for (const name of names) {
      const { status, body: answer } = await fhir.get(`/Observation?${name}${name.startsWith('_') ? '=2026' : ':missing=true'}`)
      expect({ name, status, issue: answer.issue }).toEqual({ name, status: 200, issue: undefined })
    }
    expect(rest.resource.find((r: { type: string }) => r.type === 'Patient').operation.map((o: { name: string }) => o.name)).toEqual([
      'validate',
      'everything',
      'mcode-everything',
      'export',
    ])
  })

  test('an address that is not there answers with an outcome, too', async () => {
    const answer = await fhir.get('/Patient/a/b/c/d')
    expect([answer.status, issueCodes(answer)]).toEqual([404, ['not-found']])
  })
})
