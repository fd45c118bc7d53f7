import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PlanDocument } from '@secondwind/core'
import { afterAll, describe, expect, test } from 'vitest'
import { planSchema } from './fuzz/schema.ts'
import { SEEDS } from './fuzz/seeds.ts'

/** The real command as a child process: what a hospital's script sees when the input is bad. */
const COMMAND = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../bin/secondwind.mjs')
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-bad-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

type Resource = Record<string, unknown>

function seed(name: string): { readonly entry: { readonly resource: Resource }[] } {
  return structuredClone(SEEDS.find((s) => s.name === name)!.bundle) as { entry: { resource: Resource }[] }
}

const egfr = JSON.stringify(seed('egfr-first-line'))

/** The EGFR chart with its resources changed. */
function changed(change: (resources: Resource[]) => Resource[]): string {
  const bundle = seed('egfr-first-line')
  return JSON.stringify({ ...bundle, entry: change(bundle.entry.map((e) => e.resource)).map((resource) => ({ resource })) })
}

const edited = (id: string, edit: (resource: Resource) => void): string =>
  changed((all) => {
    for (const resource of all) if (resource.id === id) edit(resource)
    return all
  })

function nested(depth: number): string {
  return `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p","extension":${'[{"extension":'.repeat(depth)}[]${'}]'.repeat(depth)}}}]}`
}

interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function secondwind(args: readonly string[], input?: string): Run {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    ...(input === undefined ? {} : { input }),
  })
}

let files = 0
function fileWith(text: string): string {
  files += 1
  const file = path.join(folder, `${files}.json`)
  fs.writeFileSync(file, text)
  return file
}

const plan = (text: string, ...more: readonly string[]): Run =>
  secondwind(['plan', fileWith(text), '--as-of', '2026-11-23', '--format', 'json', ...more])

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')

/** What the knowledge store says of its own while knowledge/ is being edited is not about the input. */
const saidOfInput = (stderr: string): readonly string[] => lines(stderr).filter((line) => !line.startsWith('knowledge: '))

function expectNoTrace({ stdout, stderr }: Run): void {
  expect(`${stdout}${stderr}`).not.toMatch(/\n\s+at .+:\d+:\d+|node:internal|file:\/\/\//)
}

describe('cannot be read: status 2, nothing on standard output, every issue as path: message (remedy)', () => {
  test.each([
    { name: 'an empty file', text: '', says: /empty/ },
    { name: 'blanks only', text: ' \n\t ', says: /empty/ },
    { name: 'a file cut off in the middle', text: egfr.slice(0, 3000), says: /not valid JSON.*cut off/ },
    { name: 'XML', text: '<?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir"/>', says: /XML/ },
    { name: 'words', text: 'this is a letter about a patient', says: /not JSON/ },
    { name: 'a number', text: '42', says: /./ },
    { name: 'null', text: 'null', says: /./ },
    { name: 'an object that is not FHIR', text: '{"name":"Ann"}', says: /resourceType/i },
    { name: 'a resource type that does not exist', text: '{"resourceType":"Patients","id":"p"}', says: /./ },
    { name: 'an empty bundle', text: '{"resourceType":"Bundle","type":"collection"}', says: /[Pp]atient/ },
    { name: 'an empty list', text: '[]', says: /empty/ },
    {
      name: 'a chart without its patient',
      text: changed((all) => all.filter((r) => r.resourceType !== 'Patient').map((r) => ({ ...r, subject: undefined }))),
      says: /[Pp]atient/,
    },
    { name: 'nesting beyond all reason', text: nested(100_000), says: /deep/ },
    {
      name: 'NDJSON with a broken line',
      text: '{"resourceType":"Patient","id":"p"}\n{"resourceType":"Condi',
      says: /line 2: not valid JSON/,
    },
  ])('$name', ({ text, says }) => {
    const ran = plan(text)
    expect(ran.stdout).toBe('')
    expect(saidOfInput(ran.stderr).join('\n')).toMatch(says)
    for (const line of saidOfInput(ran.stderr)) expect(line).toMatch(/^[^:]+.*: .+ \(.+\)$/)
    expect(ran.status).toBe(2)
    expectNoTrace(ran)
  })

  test.each([
    { name: 'a missing file', args: ['/nowhere/chart.json'], says: /nowhere\/chart\.json: there is no such file \(/ },
    { name: 'a folder', args: [folder], says: /is a folder \(/ },
    {
      name: 'an unknown patient',
      args: [fileWith(egfr), '--patient', 'nobody'],
      says: /--patient: no patient nobody in the input \(it holds p\)/,
    },
    { name: '--set of a fact that does not exist', args: [fileWith(egfr), '--set', 'shoe-size=43'], says: /shoe-size.*\(.+\)/ },
    { name: '--set without a value', args: [fileWith(egfr), '--set', 'ecog'], says: /ecog.*\(.+\)/ },
    { name: '--set of an impossible value', args: [fileWith(egfr), '--set', 'ecog=9'], says: /ecog.*\(.+\)/ },
    { name: '--set in a foreign unit', args: [fileWith(egfr), '--set', 'creatinine=88 furlong'], says: /creatinine.*\(.+\)/ },
  ])('$name', ({ args, says }) => {
    const ran = secondwind(['plan', ...args, '--as-of', '2026-11-23', '--format', 'json'])
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toMatch(says)
    expect(ran.status).toBe(2)
    expectNoTrace(ran)
  })
})

describe('wrong use: status 1, the reason on standard error', () => {
  test.each([
    { name: 'a day that does not exist', args: ['plan', 'x.json', '--as-of', '2026-02-30'], says: /--as-of.*is not a day/ },
    { name: 'a day in words', args: ['plan', 'x.json', '--as-of', 'tomorrow'], says: /--as-of.*is not a day/ },
    { name: 'a format that does not exist', args: ['plan', 'x.json', '--format', 'pdf'], says: /--format.*is not one of/ },
    { name: 'no file', args: ['plan'], says: /missing required argument/ },
    { name: 'an unknown option', args: ['plan', 'x.json', '--dose', '3'], says: /unknown option/ },
    { name: 'an unknown command', args: ['cure', 'x.json'], says: /unknown command/ },
  ])('$name', ({ args, says }) => {
    const ran = secondwind(args)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toMatch(says)
    expect(ran.status).toBe(1)
    expectNoTrace(ran)
  })
})

describe('bad, yet readable: status 0, a document that says what is wrong', () => {
  function documents(ran: Run): readonly PlanDocument[] {
    expectNoTrace(ran)
    expect(saidOfInput(ran.stderr)).toEqual([])
    expect(ran.status).toBe(0)
    const docs = lines(ran.stdout).map((line) => JSON.parse(line) as PlanDocument)
    for (const doc of docs) expect(planSchema(doc)).toEqual([])
    return docs
  }
  const codes = (doc: PlanDocument): readonly string[] => doc.problems.map((p) => p.code)

  test.each([
    {
      name: 'the same id twice with different content',
      text: changed((all) => [...all, { ...all.find((r) => r.id === 'ecog')!, valueInteger: 3 }]),
      code: /duplicate-resource|contradictory-result/,
    },
    { name: 'a result from the future', text: edited('ecog', (r) => (r.effectiveDateTime = '2031-01-01')), code: /future-date/ },
    { name: 'a date that is none', text: edited('ecog', (r) => (r.effectiveDateTime = '16/11/2026')), code: /invalid-date/ },
    {
      name: 'a negative creatinine',
      text: edited(
        'lab-2160-0',
        (r) => (r.valueQuantity = { value: -1, unit: 'mg/dL', code: 'mg/dL', system: 'http://unitsofmeasure.org' }),
      ),
      code: /implausible-value|out-of-range/,
    },
    {
      name: 'creatinine in furlongs',
      text: edited('lab-2160-0', (r) => (r.valueQuantity = { value: 0.9, unit: 'furlong' })),
      code: /unknown-unit|implausible-unit/,
    },
    {
      name: 'a resource that belongs to someone else',
      text: changed((all) => [
        ...all,
        { ...all.find((r) => r.id === 'ecog')!, id: 'foreign', subject: { reference: 'Patient/someone-else' } },
      ]),
      code: /foreign-patient|dangling-reference/,
    },
    {
      name: 'nested deeper than any chart',
      text: edited('ecog', (r) => (r.extension = JSON.parse(`${'[{"extension":'.repeat(250)}[]${'}]'.repeat(250)}`))),
      code: /too-deep|.*/,
    },
  ])('$name', ({ text, code }) => {
    const ran = plan(text)
    // too deep an input may be refused whole instead
    if (ran.status === 2) {
      expect(saidOfInput(ran.stderr).join()).toMatch(/deep/)
      return
    }
    const [doc] = documents(ran)
    expect(codes(doc!).join(' ')).toMatch(code)
  })

  test('two patients mixed in one bundle are two plans, and neither borrows from the other', () => {
    const other = seed('no-driver-first-line').entry.map(
      ({ resource }) => JSON.parse(JSON.stringify(resource).replaceAll('Patient/p"', 'Patient/q"')) as Resource,
    )
    for (const resource of other) resource.id = resource.resourceType === 'Patient' ? 'q' : `q-${String(resource.id)}`
    const docs = documents(plan(changed((all) => all.flatMap((r, i) => (other[i] ? [r, other[i]!] : [r])))))
    expect(docs.map((d) => d.patient).sort()).toEqual(['Patient/p', 'Patient/q'])
    const q = docs.find((d) => d.patient === 'Patient/q')!
    expect(q.case.facts['egfr-l858r']).not.toMatchObject({ value: true })
    expect(documents(plan(egfr, '--patient', 'p'))[0]!.options.map((o) => o.id)).toEqual(
      docs.find((d) => d.patient === 'Patient/p')!.options.map((o) => o.id),
    )
  })

  test('references in a circle end', () => {
    const text = changed((all) =>
      all.map((r, i) => {
        const next = all[(i + 1) % all.length]!
        const reference = [{ reference: `${String(next.resourceType)}/${String(next.id)}` }]
        return r.resourceType === 'Patient' ? r : { ...r, hasMember: reference, partOf: reference, basedOn: reference, result: reference }
      }),
    )
    expect(documents(plan(text))).toHaveLength(1)
  })

  test('HTML in the chart stays text in every form', () => {
    const script = '<script>alert(1)</script>'
    const text = edited('primary', (r) => (r.note = [{ text: script }])).replaceAll('no symptoms', `no symptoms ${script}`)
    expect(documents(plan(text))).toHaveLength(1)
    const fhir = secondwind(['plan', fileWith(text), '--as-of', '2026-11-23', '--format', 'fhir'])
    const bundle = JSON.parse(fhir.stdout) as {
      readonly entry: readonly { readonly resource: { readonly text: { readonly div: string } } }[]
    }
    for (const { resource } of bundle.entry) expect(resource.text.div).not.toContain('<script')
  })

  test('10,000 observations: a plan within seconds, the same as without the noise', () => {
    const noise = Array.from({ length: 10_000 }, (_, i) => ({
      resourceType: 'Observation',
      id: `noise-${i}`,
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
      subject: { reference: 'Patient/p' },
      effectiveDateTime: `2026-${String(1 + (i % 9)).padStart(2, '0')}-15`,
      valueQuantity: { value: 60 + (i % 40), unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
    }))
    const started = performance.now()
    const [doc] = documents(plan(changed((all) => [...all, ...noise])))
    expect(performance.now() - started).toBeLessThan(30_000)
    expect(doc!.options.map((o) => `${o.standing} ${o.id}`)).toEqual(documents(plan(egfr))[0]!.options.map((o) => `${o.standing} ${o.id}`))
  })

  test('standard input and a long document through a pipe arrive whole', () => {
    const ran = secondwind(['plan', '-', '--as-of', '2026-11-23', '--format', 'json'], egfr)
    expect(documents(ran)).toHaveLength(1)
    expect(ran.stdout.length).toBeGreaterThan(65_536)
    expect(ran.stdout).toBe(plan(egfr).stdout)
  })
})
