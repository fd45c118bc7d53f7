import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { readPatientCase } from '@secondwind/fhir'
import { afterAll, describe, expect, test } from 'vitest'
import { openKnowledge, parseCharts, readerFor } from '../src/compose.ts'
import { ISSUES, MANIFEST, SUCCESS } from '../src/project/format.ts'
import { LEFT_OUT } from '../src/project/owner.ts'
import { type ProjectRequest, runProject } from '../src/project/run-project.ts'
import { writeSnapshots } from '../src/project/write-snapshots.ts'
import { copyOf, fixtureCharts, writeBulk } from './bulk-export.ts'

const AS_OF = '2026-11-23'
const { knowledge } = openKnowledge()
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'project-'))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))
let count = 0
const place = (name: string): string => path.join(scratch, `${count++}-${name}`)

type Json = { readonly [key: string]: unknown }
const jsonOf = (value: unknown): string => JSON.stringify(value)

const charts = fixtureCharts()

function write(name: string, text: string | Uint8Array): string {
  const file = place(name)
  fs.writeFileSync(file, text)
  return file
}

const SMALL = { bucketBytes: 400_000, windowBytes: 300_000 }

async function project(inputs: readonly string[], more: Partial<ProjectRequest> = {}) {
  const out = place('cases.parquet')
  const done = await runProject(
    { inputs, out, asOf: AS_OF, threads: 0, keepGoing: false, restart: false, sizes: SMALL, ...more },
    knowledge,
    () => {},
  )
  return { out, done }
}

/** As `project`, where it must succeed. */
async function projected(inputs: readonly string[], more: Partial<ProjectRequest> = {}) {
  const { out, done } = await project(inputs, more)
  if (!done.ok) throw new Error(jsonOf(done.error))
  const issues = fs
    .readFileSync(path.join(out, ISSUES), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json)
  return { out, counts: done.value.counts, manifest: done.value.manifest, issues }
}

/** The snapshot that these charts are when each is read by itself, in memory. */
function inMemory(of: readonly (readonly Json[])[]): string {
  const out = place('memory.parquet')
  const cases = of.map((chart) => {
    const parsed = parseCharts(jsonOf(chart))
    if (!parsed.ok) throw new Error(jsonOf(parsed.error))
    const read = readPatientCase(parsed.value[0]!, readerFor(knowledge), { asOf: AS_OF })
    if (!read.ok) throw new Error(jsonOf(read.error))
    return read.value.patientCase
  })
  writeSnapshots(out, cases, knowledge)
  return out
}

const connection = await (await DuckDBInstance.create(':memory:')).connect()
const query = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson()
const rowsOf = (folder: string): string => `read_parquet('${folder}/*.parquet')`
const casesIn = async (folder: string) => (await query(`select case_id from ${rowsOf(folder)} order by 1`)).map(([id]) => id)

/** Cases whose rows differ in any cell, and those that only one side has. */
async function differing(one: string, other: string) {
  const sides = [one, other].map((folder) => `select * exclude (site) from ${rowsOf(folder)}`)
  return query(
    `select case_id from (${sides[0]} except all ${sides[1]}) union all select case_id from (${sides[1]} except all ${sides[0]})`,
  )
}

const patient = (id: string, more: Json = {}): Json => ({ resourceType: 'Patient', id, gender: 'female', birthDate: '1960-05-05', ...more })
const weight = (id: string, subject: unknown, kg = 70): Json => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  subject,
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
  effectiveDateTime: '2026-11-20',
  valueQuantity: { value: kg, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
})
const refer = (reference: string): Json => ({ reference })
const lines = (...resources: readonly unknown[]): string => resources.map((one) => `${jsonOf(one)}\n`).join('')
const weights = async (folder: string) => Object.fromEntries(await query(`select case_id, weight from ${rowsOf(folder)}`))

describe('the same cases as read one by one in memory', () => {
  const PATIENTS = 18
  const many = Array.from({ length: PATIENTS }, (_, n) => copyOf(charts[(n * 2) % charts.length]!, n))
  const expected = inMemory(many)

  test('a Bulk Data export, where the lines of one patient are in many files, in many windows and buckets', async () => {
    const { out, counts, manifest } = await projected([writeBulk(place('bulk'), many)])
    expect(await differing(out, expected)).toEqual([])
    expect(counts).toMatchObject({ patients: PATIENTS, leftOut: 0, unusedLines: 0, resources: many.flat().length })
    expect(manifest.parts.length).toBeGreaterThan(5)
  })

  test('a bundle a line, packed', async () => {
    const bundles = many.map((chart) => ({ resourceType: 'Bundle', type: 'collection', entry: chart.map((resource) => ({ resource })) }))
    const { out } = await projected([write('bundles.ndjson.gz', gzipSync(lines(...bundles)))])
    expect(await differing(out, expected)).toEqual([])
  })

  test('one bundle of everybody, as a document over many lines', async () => {
    const bundle = { resourceType: 'Bundle', type: 'collection', entry: many.flat().map((resource) => ({ resource })) }
    const { out } = await projected([write('everybody.json', JSON.stringify(bundle, null, 2))])
    expect(await differing(out, expected)).toEqual([])
  })

  test('another number of threads and another order of the lines give the same rows; the same input the same bytes', async () => {
    const folder = writeBulk(place('order'), many)
    const one = await projected([folder], { threads: 1 })
    const two = await projected([folder], { threads: 2 })
    for (const file of fs.readdirSync(one.out))
      expect(fs.readFileSync(path.join(two.out, file)).equals(fs.readFileSync(path.join(one.out, file))), file).toBe(true)
    const turned = await projected([write('turned.ndjson', lines(...many.flat().reverse()))])
    expect(await differing(turned.out, expected)).toEqual([])
  })
})

test('lines that are longer than a window, and windows in which no line starts', async () => {
  const bundle = { resourceType: 'Bundle', type: 'collection', entry: charts[0]!.map((resource) => ({ resource })) }
  expect(jsonOf(bundle).length).toBeGreaterThan(20_000)
  for (const pack of [(text: string) => text, gzipSync]) {
    const file = write('large.ndjson', pack(lines(patient('other'), bundle, patient('last'))))
    const { out } = await projected([file], { sizes: { bucketBytes: 10_000, windowBytes: 2_000 } })
    expect(await differing(out, inMemory([charts[0]!, [patient('other')], [patient('last')]]))).toEqual([])
  }
})

describe('whose a line is', () => {
  test.each([
    { name: 'a relative reference', subject: refer('Patient/ann') },
    { name: 'an absolute URL', subject: refer('https://ehr.example/fhir/Patient/ann') },
    { name: 'a URL with a version', subject: refer('https://ehr.example/fhir/Patient/ann/_history/3') },
    { name: 'a urn', subject: refer('urn:uuid:ann') },
    { name: 'an identifier', subject: { identifier: { system: 'mrn', value: '7' } } },
    { name: 'a search for an identifier', subject: refer('Patient?identifier=mrn|7') },
    { name: 'a display before the reference', subject: { display: 'Ann }]"', reference: 'Patient/ann' } },
    { name: 'an escaped slash', subject: refer('Patient/ann'), escapes: true },
  ])('$name', async ({ subject, escapes }) => {
    const text = lines(patient('ann', { identifier: [{ system: 'mrn', value: '7' }] }), patient('ben'), weight('w', subject))
    const { out, issues } = await projected([write('x.ndjson', escapes ? text.replaceAll('/', '\\/') : text)])
    expect(await weights(out)).toEqual({ 'Patient/ann': 70, 'Patient/ben': null })
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  test('a contained patient is found by identifier', async () => {
    const inner = { resourceType: 'Patient', id: 'p', identifier: [{ system: 'mrn', value: '7' }] }
    const observation = { ...weight('w', refer('#p')), contained: [inner] }
    const { out } = await projected([
      write('x.ndjson', lines(patient('ann', { identifier: [{ system: 'mrn', value: '7' }] }), patient('ben'), observation)),
    ])
    expect(await weights(out)).toEqual({ 'Patient/ann': 70, 'Patient/ben': null })
  })

  test('two patients in one bundle, each with their own lines; references by urn stay inside it', async () => {
    const entry = (fullUrl: string, resource: Json) => ({ fullUrl, resource })
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        entry('urn:uuid:1', patient('ann')),
        entry('urn:uuid:2', patient('ben')),
        entry('urn:uuid:3', weight('w1', refer('urn:uuid:1'), 61)),
        entry('urn:uuid:4', weight('w2', refer('urn:uuid:2'), 82)),
      ],
    }
    const { out } = await projected([write('x.ndjson', lines(bundle, weight('w3', refer('urn:uuid:2'), 83)))])
    expect(await casesIn(out)).toEqual(['Patient/ann', 'Patient/ben'])
    expect(await weights(out)).toMatchObject({ 'Patient/ann': 61 })
  })

  test('patients without an id, each alone in a bundle, have the name by which their lines call them', async () => {
    const bundle = (subject: string, kg: number) => ({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: { ...patient('x'), id: undefined } }, { resource: weight('w', refer(subject), kg) }],
    })
    const { out } = await projected([write('x.ndjson', lines(bundle('Patient/ann', 61), bundle('Patient/ben', 82)))])
    expect(await weights(out)).toEqual({ 'Patient/ann': 61, 'Patient/ben': 82 })
  })

  test('linked records are one patient, whichever file names them', async () => {
    const old = patient('old', { active: false, link: [{ other: refer('Patient/new'), type: 'replaced-by' }] })
    const { out } = await projected([write('x.ndjson', lines(weight('w', refer('Patient/old')), old, patient('new'), patient('ben')))])
    expect(await weights(out)).toEqual({ 'Patient/new': 70, 'Patient/ben': null })
  })

  test('a medicine that stands apart is found through its reference, and nobody else gets it', async () => {
    const drug = { resourceType: 'Medication', id: 'm', code: { text: 'osimertinib 80 mg' } }
    const taken = {
      resourceType: 'MedicationStatement',
      id: 's',
      status: 'active',
      subject: refer('Patient/ann'),
      medicationReference: refer('Medication/m'),
      effectivePeriod: { start: '2026-10-01' },
    }
    const chart = [patient('ann'), taken, drug]
    const { out } = await projected([write('x.ndjson', lines(patient('ben'), ...chart))])
    expect(await differing(out, inMemory([chart, [patient('ben')]]))).toEqual([])
    expect(await query(`select case_id from ${rowsOf(out)} where list_contains(current_drugs, 'osimertinib')`)).toEqual([['Patient/ann']])
  })

  test('the only patient of the whole input has what names nobody', async () => {
    const unnamed = { ...weight('w', undefined), subject: undefined }
    const { out } = await projected([write('x.ndjson', lines(patient('ann'), unnamed))])
    expect(await weights(out)).toEqual({ 'Patient/ann': 70 })
  })

  test('the site is the managing organisation, or what is said for all', async () => {
    const file = write('x.ndjson', lines(patient('ann', { managingOrganization: refer('https://x/Organization/north') }), patient('ben')))
    const sites = (out: string) => query(`select case_id, site from ${rowsOf(out)} order by 1`)
    expect(await sites((await projected([file])).out)).toEqual([
      ['Patient/ann', 'Organization/north'],
      ['Patient/ben', null],
    ])
    expect(await sites((await projected([file], { site: 'south' })).out)).toEqual([
      ['Patient/ann', 'south'],
      ['Patient/ben', 'south'],
    ])
  })
})

describe('what cannot be used is said, with file, line, reason and remedy, and never guessed', () => {
  test.each([
    { name: 'no subject', line: jsonOf({ ...weight('w', undefined), subject: undefined }), code: 'foreign-patient' },
    { name: 'a patient who is not here', line: jsonOf(weight('w', refer('Patient/zoe'))), code: 'foreign-patient' },
    { name: 'an identifier nobody has', line: jsonOf(weight('w', { identifier: { system: 'mrn', value: '9' } })), code: 'foreign-patient' },
    { name: 'an identifier without a value', line: jsonOf(weight('w', { identifier: { system: 'mrn' } })), code: 'foreign-patient' },
    { name: 'a broken line of nobody', line: '{"resourceType":"Observation","id":', code: 'not-json' },
    { name: 'words', line: 'Export finished', code: 'not-json' },
    { name: 'JSON that is no resource', line: '{"a":1}', code: 'not-fhir' },
    { name: 'an empty bundle', line: '{"resourceType":"Bundle"}', code: 'not-fhir' },
    { name: 'a patient without an id', line: '{"resourceType":"Patient","gender":"male"}', code: 'missing-patient' },
  ])('$name', async ({ line, code }) => {
    const text = `${lines(patient('ann', { identifier: [{ system: 'mrn', value: '7' }] }))}\r\n${line}\n${lines(patient('ben'))}`
    const { out, issues } = await projected([write('bad.ndjson', text)])
    const [issue] = issues.filter(({ severity }) => severity === 'error')
    expect(issue).toMatchObject({
      code,
      file: expect.stringContaining('bad.ndjson'),
      line: 3,
      message: expect.any(String),
      remedy: expect.any(String),
    })
    expect(await weights(out)).toEqual({ 'Patient/ann': null, 'Patient/ben': null })
  })

  test.each([
    { name: 'cut off', cut: (text: string) => text.slice(0, -20) },
    { name: 'broken before the subject', cut: (text: string) => text.replace('"status":"final"', '"status":final"') },
  ])('a line that is $name leaves its patient out: a chart with a hole in it is not a chart', async ({ cut }) => {
    const text = `${lines(patient('ann'), patient('ben'))}${cut(jsonOf(weight('w', refer('Patient/ann'))))}\n`
    const { out, counts, issues } = await projected([write('bad.ndjson', text)])
    expect(await casesIn(out)).toEqual(['Patient/ben'])
    expect(counts).toMatchObject({ patients: 1, leftOut: 1 })
    expect(issues).toContainEqual(expect.objectContaining({ code: 'not-json', line: 3, patient: 'Patient/ann' }))
  })

  test('a packed file that is cut off stops the run; with --keep-going the manifest says that it is not whole', async () => {
    const whole = gzipSync(lines(...Array.from({ length: 2000 }, (_, n) => patient(`p${n}`))))
    const file = write('cut.ndjson.gz', whole.subarray(0, whole.length / 2))
    const { out, done } = await project([file])
    expect(done.ok).toBe(false)
    expect(fs.existsSync(out)).toBe(false)
    if (!done.ok)
      expect(done.error[0]).toMatchObject({ path: expect.stringContaining('cut.ndjson.gz'), remedy: expect.stringContaining('keep-going') })
    const { counts, manifest, issues } = await projected([file], { keepGoing: true })
    expect(counts.patients).toBeGreaterThan(100)
    expect(counts.patients).toBeLessThan(2000)
    expect(manifest.counts).toMatchObject({ brokenFiles: 1 })
    expect(issues[0]).toMatchObject({ code: 'missing-input', severity: 'error' })
  })

  test('repeated resources count once; the newer version wins', async () => {
    const observation = { ...weight('w', refer('Patient/ann'), 60), meta: { lastUpdated: '2026-11-01T00:00:00Z' } }
    const newer = { ...weight('w', refer('Patient/ann'), 65), meta: { lastUpdated: '2026-11-02T00:00:00Z' } }
    const { out, counts } = await projected([write('x.ndjson', lines(patient('ann'), patient('ann'), newer, observation, observation))])
    expect(await weights(out)).toEqual({ 'Patient/ann': 65 })
    expect(counts.patients).toBe(1)
  })

  test('the manifest of an export is passed over: nothing is left out for it', async () => {
    const folder = fs.mkdtempSync(path.join(scratch, 'export-'))
    fs.writeFileSync(path.join(folder, 'manifest.json'), '{"transactionTime":"2026-11-23T00:00:00Z","output":[]}')
    fs.writeFileSync(path.join(folder, 'Patient.ndjson'), lines(patient('ann'), patient('ben')))
    const { counts, issues } = await projected([folder])
    expect(counts).toMatchObject({ patients: 2, unusedLines: 0 })
    expect(issues).toContainEqual(expect.objectContaining({ code: 'not-fhir', severity: 'warning', file: 'manifest.json' }))
  })

  test('accounts and audit trails change nothing', async () => {
    const chart = copyOf(charts[0]!, 0)
    const subject = String(chart.find(({ resourceType }) => resourceType === 'Patient')!.id)
    const bills = [...LEFT_OUT].map((resourceType) => ({
      resourceType,
      id: 'b',
      status: 'active',
      patient: refer(`Patient/${subject}`),
      beneficiary: refer(`Patient/${subject}`),
      diagnosis: [{ diagnosisCodeableConcept: { text: 'interstitial lung disease' } }],
    }))
    const { out, counts } = await projected([write('x.ndjson', lines(...chart, ...bills, patient('ben')))])
    expect(counts.notClinical).toBe(LEFT_OUT.size)
    expect(await differing(out, inMemory([[...chart, ...bills], [patient('ben')]]))).toEqual([])
  })

  test('what an account carries inside is read', async () => {
    const chart = copyOf(charts[0]!, 0)
    const subject = refer(`Patient/${String(chart.find(({ resourceType }) => resourceType === 'Patient')!.id)}`)
    const grade = { code: { coding: [{ system: 'http://loinc.org', code: '89247-1' }] }, effectiveDateTime: '2026-11-22', valueInteger: 3 }
    const inside = { resourceType: 'Observation', id: 'o', status: 'final', subject, ...grade }
    const bill = { resourceType: 'Coverage', id: 'b', status: 'active', beneficiary: subject, contained: [inside] }
    const { out, counts } = await projected([write('y.ndjson', lines(...chart, bill, patient('ben')))])
    expect(counts.notClinical).toBe(0)
    expect(await differing(out, inMemory([[...chart, bill], [patient('ben')]]))).toEqual([])
    expect(await differing(out, inMemory([chart, [patient('ben')]]))).not.toEqual([])
  })
})

test.each([
  { name: 'a file that is not there', inputs: ['no-such-file.ndjson'], what: 'no such file' },
  {
    name: 'a folder without FHIR',
    inputs: [scratch, scratch].slice(0, 1).map(() => fs.mkdtempSync(path.join(scratch, 'none-'))),
    what: 'holds no',
  },
])('$name is refused', async ({ inputs, what }) => {
  const { done } = await project(inputs)
  expect(done).toMatchObject({ ok: false, error: [expect.objectContaining({ message: expect.stringContaining(what) })] })
})

test('what is there is not written over, and the marks of a whole snapshot are there', async () => {
  const file = write('x.ndjson', lines(patient('ann'), patient('ben')))
  const { out } = await projected([file])
  expect(fs.readdirSync(out).sort()).toEqual([ISSUES, MANIFEST, SUCCESS, 'part-00000.parquet'].sort())
  const again = await runProject({ inputs: [file], out, asOf: AS_OF, threads: 0, keepGoing: false, restart: false }, knowledge, () => {})
  expect(again).toMatchObject({ ok: false, error: [expect.objectContaining({ message: 'is there already' })] })
})
