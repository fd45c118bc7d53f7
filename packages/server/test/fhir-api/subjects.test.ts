import { beforeAll, expect, test } from 'vitest'
import type { Access } from '../../src/api/index.ts'
import { importNdjson, type LineIssue } from '../../src/fhir-api/import.ts'
import { onBothDatabases } from '../store/databases.ts'
import { observation, patient } from '../store/resources.ts'
import { type Client, clientOf, OPEN } from './client.ts'

const MRN = 'urn:mrn'
const known = (id: string, value: string, system: string | undefined = MRN) =>
  patient(id, { identifier: [{ ...(system ? { system } : {}), value }] })
const by = (value: string, more: object = {}, system: string | undefined = MRN) => ({
  identifier: { ...(system ? { system } : {}), value },
  ...more,
})
const result = (id: string, subject: object) => ({ ...observation(id, 'x'), id, subject })

const ACTIVE = {
  clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }] },
}

onBothDatabases('a patient who is named by an identifier alone', ({ place }) => {
  let fhir: Client
  beforeAll(async () => {
    fhir = await clientOf(await place())
    await fhir.load(
      known('ann', '7'),
      known('ben', '8'),
      known('twin-1', '9'),
      known('gone-1', '13'),
      known('gone-2', '13'),
      known('twin-2', '9'),
      known('bare', '7', ''),
    )
  })

  test('stands in the chart of the one who has it, with the identifier kept', async () => {
    for (const [id, subject] of [
      ['plain', by('7')],
      ['typed', by('7', { type: 'Patient', display: 'Ann' })],
    ] as const) {
      expect((await fhir.send('PUT', `/Observation/${id}`, result(id, subject))).status).toBe(201)
      expect((await fhir.get(`/Observation/${id}`)).body.subject).toEqual({ reference: 'Patient/ann', ...subject })
    }
    expect(new Set(await fhir.ids('/Observation?patient=ann'))).toEqual(new Set(['plain', 'typed']))
    expect(await fhir.ids('/Patient/ann/Observation')).toHaveLength(2)
  })

  test.each([
    ['AllergyIntolerance', { ...ACTIVE, patient: by('8') }],
    ['Procedure', { status: 'completed', subject: by('8') }],
    ['Condition', { subject: by('8') }],
    ['DocumentReference', { status: 'current', subject: by('8'), content: [{ attachment: { url: 'urn:x' } }] }],
    ['Coverage', { status: 'active', beneficiary: by('8', { type: 'Patient' }), payor: [{ display: 'x' }] }],
    ['Appointment', { status: 'proposed', participant: [{ status: 'accepted', actor: by('8', { type: 'Patient' }) }] }],
    ['CareTeam', { subject: by('8') }],
  ])('%s', async (type, rest) => {
    const answer = await fhir.send('PUT', `/${type}/x`, { resourceType: type, id: 'x', ...rest })
    expect([answer.status, answer.body.issue]).toEqual([201, undefined])
    expect(await fhir.ids(`/Patient/ben/${type}`)).toEqual(['x'])
  })

  test.each([
    ['nobody here has it', by('404')],
    ['two have it', by('9')],
    ['only another system has it', by('7', {}, 'urn:other')],
    ['it has no value', { identifier: { system: MRN } }],
  ])('%s: refused with the place and what to do, and nothing is kept', async (_name, subject) => {
    const answer = await fhir.send('PUT', '/Observation/lost', result('lost', subject))
    expect(answer.status).toBe(422)
    expect(answer.body.issue[0]).toMatchObject({ severity: 'error', expression: ['Observation/lost'] })
    expect(JSON.stringify(answer.body)).toContain('Patient/ID')
    expect((await fhir.get('/Observation/lost')).status).toBe(404)
  })

  test('without a system only an identifier without one is meant', async () => {
    await fhir.send('PUT', '/Observation/bare', result('bare', by('7', {}, '')))
    expect((await fhir.get('/Observation/bare')).body.subject.reference).toBe('Patient/bare')
  })

  test('one who was deleted has it no more', async () => {
    await fhir.send('DELETE', '/Patient/gone-2')
    expect((await fhir.send('PUT', '/Observation/stays', result('stays', by('13')))).status).toBe(201)
    expect(await fhir.ids('/Observation?patient=gone-1')).toEqual(['stays'])
  })

  test('in a transaction: one who is registered in it, and one refusal refuses all', async () => {
    const entry = (resource: { readonly resourceType: string; readonly id: string }) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    })
    const send = (...of: readonly ReturnType<typeof entry>[]) =>
      fhir.send('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: of })
    expect((await send(entry(result('one', by('10'))), entry(known('new', '10')))).status).toBe(200)
    expect(await fhir.ids('/Observation?patient=new')).toEqual(['one'])
    expect((await send(entry(result('two', by('10'))), entry(result('three', by('404'))))).status).toBe(422)
    expect((await fhir.get('/Observation/two')).status).toBe(404)
    // whose identifier changes in it does not have the old one any more
    expect((await send(entry(known('new', '11')), entry(result('four', by('10'))))).status).toBe(422)
    expect((await send(entry(known('new', '11')), entry(result('four', by('11'))))).status).toBe(200)
  })

  test('what refers to its patient is left as it came, whatever else it names by identifier', async () => {
    const resource = { ...observation('own', 'ann'), performer: [by('8', { type: 'Patient' }), by('404')], basedOn: [by('order-1')] }
    expect((await fhir.send('PUT', '/Observation/own', resource)).status).toBe(201)
    expect((await fhir.get('/Observation/own')).body).toMatchObject({ performer: resource.performer, basedOn: resource.basedOn })
    const device = { resourceType: 'Observation', id: 'y', status: 'final', code: { text: 'x' }, subject: by('pump', { type: 'Device' }) }
    expect((await fhir.send('PUT', '/Observation/y', device)).status).toBe(201)
  })

  test('in a bulk import the one line is left out and told', async () => {
    const issues: LineIssue[] = []
    const progress = await importNdjson({
      store: fhir.store,
      author: { who: 'Device/test', site: 'north' },
      source: 'subjects',
      lines: [result('a', by('7')), result('b', by('404')), known('carl', '12'), result('c', by('12'))].map((one) => JSON.stringify(one)),
      onIssue: (issue) => void issues.push(issue),
    })
    expect(progress).toMatchObject({ kept: 3, refused: 1 })
    expect(issues.map(({ line }) => line)).toEqual([2])
    expect(await fhir.ids('/Observation?patient=ann')).toContain('a')
    expect(await fhir.ids('/Observation?patient=carl')).toEqual(['c'])
  })

  test('one whom the sender does not reach is answered as nobody: an identifier is no way to find out who is here', async () => {
    const access: Access = {
      ...OPEN,
      authorize: async (_context, { patient: whose }) =>
        whose === 'ann'
          ? { allowed: false, issue: { code: 'forbidden', severity: 'error', path: '', message: 'no', remedy: '' } }
          : { allowed: true },
    }
    const closed = await clientOf({ open: fhir.store.database }, access)
    const hidden = await closed.send('PUT', '/Observation/seek', result('seek', by('7')))
    const nobody = await closed.send('PUT', '/Observation/seek', result('seek', by('404')))
    expect([hidden.status, hidden.body]).toEqual([nobody.status, nobody.body])
  })
})
