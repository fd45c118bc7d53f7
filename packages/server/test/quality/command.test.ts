import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { run } from '../../src/cli/run.ts'

type Resource = { readonly [element: string]: unknown }

/** A patient of a site who died in a month, the last dose so many days before; the cause of death only where it is said. */
function patient(id: string, site: string | undefined, diedOn: string, days: number, cause: string | null = 'Lung cancer'): Resource {
  const subject = { reference: `Patient/${id}` }
  const before = (n: number): string => new Date(Date.parse(diedOn) - n * 86_400_000).toISOString().slice(0, 10)
  const visits = [60, 90].map((n) => ({
    resourceType: 'Encounter',
    id: `${id}-v${n}`,
    status: 'finished',
    class: { code: 'AMB' },
    subject,
    period: { start: before(n) },
  }))
  const resources: readonly Resource[] = [
    {
      resourceType: 'Patient',
      id,
      gender: 'male',
      birthDate: '1955-02-03',
      deceasedDateTime: diedOn,
      ...(site ? { managingOrganization: { display: site } } : {}),
    },
    { resourceType: 'Condition', id: `${id}-c`, subject, code: { text: 'Adenocarcinoma of lung, stage IV' }, onsetDateTime: '2025-01-05' },
    {
      resourceType: 'MedicationAdministration',
      id: `${id}-m`,
      status: 'completed',
      subject,
      medicationCodeableConcept: { text: 'docetaxel' },
      effectiveDateTime: before(days),
    },
    ...visits,
    ...(cause === null
      ? []
      : [
          {
            resourceType: 'Observation',
            id: `${id}-o`,
            status: 'final',
            subject,
            code: { coding: [{ system: 'http://loinc.org', code: '69453-9' }] },
            effectiveDateTime: diedOn,
            valueString: cause,
          },
        ]),
  ]
  return { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) }
}

let folder: string
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quality-'))
  const many = (n: number, make: (i: number) => Resource): readonly Resource[] => Array.from({ length: n }, (_, i) => make(i))
  const charts = [
    // North: 14 in January, 3 of them treated to the end; South: 13 in February, 12 of them
    ...many(14, (i) => patient(`n${i}`, 'North', '2026-01-20', i < 3 ? 5 : 40)),
    ...many(13, (i) => patient(`s${i}`, 'South', '2026-02-20', i < 12 ? 5 : 40)),
    patient('x', undefined, '2026-05-02', 5),
    patient('u', 'North', '2026-01-10', 5, null),
  ]
  fs.writeFileSync(path.join(folder, 'charts.ndjson'), charts.map((one) => `${JSON.stringify(one)}\n`).join(''))
  fs.writeFileSync(path.join(folder, 'broken.json'), '{')
})
afterAll(() => fs.rmSync(folder, { recursive: true }))

async function quality(...args: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  let out = ''
  let err = ''
  const write = vi.spyOn(fs, 'writeSync').mockImplementation(((_: number, bytes: Buffer) => {
    out += bytes.toString()
    return bytes.length
  }) as typeof fs.writeSync)
  const error = vi.spyOn(process.stderr, 'write').mockImplementation(((text: string) => {
    err += text
    return true
  }) as typeof process.stderr.write)
  try {
    const status = await run(['quality', path.join(folder, 'charts.ndjson'), '--as-of', '2026-11-23', '--measure', 'mips453', ...args])
    return { status, out, err }
  } finally {
    write.mockRestore()
    error.mockRestore()
  }
}

interface Row {
  readonly site: string | null
  readonly period: string | null
  readonly isTotal: boolean
  readonly population: number | null
  readonly met: number | null
  readonly rate: number | null
  readonly perhaps: number | null
}
const rowsOf = (out: string): readonly Row[] => (JSON.parse(out) as { measures: readonly [{ rows: readonly Row[] }] }).measures[0].rows

describe('secondwind quality', () => {
  test('counts the whole, and says of how many it is not known whether they are asked about', async () => {
    const { status, out } = await quality('--format', 'json', '--suppress-below', '0')
    expect(status).toBe(0)
    expect(rowsOf(out)).toEqual([expect.objectContaining({ isTotal: true, population: 28, met: 16, rate: 57.1, perhaps: 1 })])
    const { measures } = JSON.parse(out) as {
      measures: readonly [{ missingOfPopulation: unknown; patients: { perhaps: readonly string[] } }]
    }
    expect(measures[0].missingOfPopulation).toEqual([{ fact: 'died-of-cancer', label: 'Died of cancer', count: 1 }])
    expect(measures[0].patients.perhaps).toEqual(['Patient/u'])
  })

  test('by site, an unknown site in a row of its own', async () => {
    const { out } = await quality('--format', 'json', '--suppress-below', '0', '--by', 'site')
    expect(rowsOf(out).map(({ site, population, met }) => [site, population, met])).toEqual([
      [null, 28, 16],
      ['North', 14, 3],
      ['South', 13, 12],
      [null, 1, 1],
    ])
  })

  test('hides small numbers by default, and does not name the one patient of the unknown site', async () => {
    const { out } = await quality('--by', 'site')
    const lines = out.split('\n').filter((line) => /^ {2}(all|North|South|site not recorded) /.test(line))
    const north = lines.find((line) => line.includes('North'))!
    expect(north.trim().split(/\s{2,}/)).toContain('*')
    expect(north).not.toMatch(/\b3\b/)
    expect(lines.find((line) => line.includes('not recorded'))).not.toMatch(/[1-9]/)
    expect(out).not.toContain('Patient/')
    expect(out).toContain('fewer than 11 people')
  })

  test('by quarter and within a period', async () => {
    const { out } = await quality('--format', 'csv', '--suppress-below', '0', '--by', 'quarter', '--period', '2026-01..2026-03')
    const rows = out
      .trim()
      .split('\n')
      .map((line) => line.split(','))
    const at = (name: string): number => rows[0]!.indexOf(name)
    expect(rows.slice(1).map((row) => [row[at('period')], row[at('population')], row[at('reached')]])).toEqual([
      ['all', '27', '15'],
      ['2026-Q1', '27', '15'],
    ])
  })

  test('as FHIR: a summary whose hidden counts are masked', async () => {
    const { out } = await quality('--format', 'fhir', '--by', 'site,month')
    const { entry } = JSON.parse(out) as {
      entry: readonly { resource: { resourceType: string; type: string; period: object; group: readonly object[] } }[]
    }
    expect(entry.map(({ resource }) => [resource.resourceType, resource.type])).toEqual(entry.map(() => ['MeasureReport', 'summary']))
    expect(entry.length).toBe(4)
    expect(entry[1]!.resource.period).toEqual({ start: '2026-01-01', end: '2026-01-31' })
    const text = JSON.stringify(entry)
    expect(text).toContain('"valueCode":"masked"')
    for (const [, count] of text.matchAll(/"count":(\d+)/g)) expect(Number(count) === 0 || Number(count) >= 11).toBe(true)
  })

  test('as FHIR: subject lists, only where nothing is hidden', async () => {
    expect((await quality('--format', 'fhir', '--subjects')).status).toBe(1)
    const { out } = await quality('--format', 'fhir', '--subjects', '--suppress-below', '0')
    const { entry } = JSON.parse(out) as {
      entry: readonly { fullUrl: string; resource: { resourceType: string; type?: string; id: string; entry?: readonly object[] } }[]
    }
    const report = entry[0]!.resource
    expect(report.type).toBe('subject-list')
    const numerator = entry.find(({ resource }) => resource.resourceType === 'List' && resource.id.endsWith('numerator'))!
    expect(numerator.resource.entry).toHaveLength(16)
  })

  test.each([
    ['--measure', 'no-such-measure'],
    ['--by', 'ward'],
    ['--by', 'month,year'],
    ['--period', 'spring'],
  ])('%s %s cannot be asked', async (...args) => {
    const { status, out, err } = await quality(...args)
    expect([status, out]).toEqual([1, ''])
    expect(err).toContain(args[0])
  })

  test('charts that cannot be read are named, and counted', async () => {
    let err = ''
    const error = vi.spyOn(process.stderr, 'write').mockImplementation(((text: string) => {
      err += text
      return true
    }) as typeof process.stderr.write)
    const write = vi.spyOn(fs, 'writeSync').mockImplementation(((_: number, bytes: Buffer) => bytes.length) as typeof fs.writeSync)
    const status = await run(['quality', folder, '--measure', 'MIPS 453', '--as-of', '2026-11-23'])
    const missing = await run(['quality', path.join(folder, 'nowhere')])
    write.mockRestore()
    error.mockRestore()
    expect([status, missing]).toEqual([0, 2])
    expect(err).toContain('broken.json')
  })
})
