import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { readPatientCase } from '@secondwind/fhir'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { run } from '../src/cli/run.ts'
import { openKnowledge, parseCharts, planChart, readerFor } from '../src/compose.ts'
import type { Resource } from '../src/synthetic/builders/chart.ts'
import { MESS_SYSTEM } from '../src/synthetic/chart/writing.ts'
import { generatorModel } from '../src/synthetic/model.ts'
import { type NetworkRequest, type SyntheticChart, synthesizeNetwork } from '../src/synthetic/network.ts'
import { bundleOf } from '../src/synthetic/part.ts'
import { writeNetwork } from '../src/synthetic/write-network.ts'

const { knowledge } = openKnowledge()
const AS_OF = '2026-11-23'
const network = (request: Partial<NetworkRequest> = {}) =>
  synthesizeNetwork({ seed: 't', patients: 200, asOf: AS_OF, ...request }, knowledge)
const folders: string[] = []
const folder = (): string => {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-synthetic-'))
  folders.push(made)
  return made
}
afterAll(() => {
  for (const made of folders) fs.rmSync(made, { recursive: true, force: true })
})

type Tagged = {
  readonly meta?: {
    readonly security?: readonly { readonly code: string }[]
    readonly tag?: readonly { readonly system: string; readonly code: string }[]
  }
}
const messesOf = ({ resources }: SyntheticChart): readonly string[] =>
  ((resources[0] as Tagged).meta?.tag ?? []).filter(({ system }) => system === MESS_SYSTEM).map(({ code }) => code)

/** Issues beyond information that our reader raises for a chart; that the patient has died is no fault of a chart. */
function faults(chart: SyntheticChart, hospitals: readonly Resource[]): readonly { readonly code: string; readonly message: string }[] {
  const parsed = parseCharts(JSON.stringify(bundleOf(chart, hospitals)))
  if (!parsed.ok) throw new Error(`${chart.patient}: ${parsed.error.map(({ message }) => message).join('; ')}`)
  expect(parsed.value).toHaveLength(1)
  const read = readPatientCase(parsed.value[0]!, readerFor(knowledge), { asOf: AS_OF, overrides: [] })
  if (!read.ok) throw new Error(`${chart.patient} was not read`)
  return read.value.issues.filter(({ severity, code }) => severity !== 'information' && code !== 'deceased')
}

describe('the same seed gives the same network', () => {
  test('a chart made alone is the chart made among others', () => {
    const all = [...network({ patients: 12 }).charts()]
    const [seventh] = network({ patients: 12 }).charts(7, 8)
    expect(JSON.stringify(seventh!.resources)).toBe(JSON.stringify(all[7]!.resources))
  })

  test('another seed gives other patients', () => {
    const [one] = network().charts(0, 1)
    const [other] = network({ seed: 'u' }).charts(0, 1)
    expect(JSON.stringify(one!.life.person)).not.toBe(JSON.stringify(other!.life.person))
  })

  test('the files are the same for one thread and for three, bundles and bulk alike', async () => {
    for (const layout of ['bundles', 'bulk'] as const) {
      const [one, three] = [folder(), folder()]
      const request = { seed: 't', patients: 84, asOf: AS_OF }
      const made = await writeNetwork(request, layout, one, knowledge, 1)
      expect(await writeNetwork(request, layout, three, knowledge, 3)).toEqual(made)
      for (const file of fs.readdirSync(one))
        expect(fs.readFileSync(path.join(three, file)).equals(fs.readFileSync(path.join(one, file)))).toBe(true)
    }
  })

  test('bulk files hold the same patients as the bundles, each resource once', async () => {
    const at = folder()
    await writeNetwork({ seed: 't', patients: 5, asOf: AS_OF }, 'bulk', at, knowledge, 1)
    const lines = fs
      .readdirSync(at)
      .filter((file) => file.endsWith('.ndjson'))
      .flatMap((file) =>
        fs
          .readFileSync(path.join(at, file), 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => ({ file, resource: JSON.parse(line) as Resource })),
      )
    for (const { file, resource } of lines) expect(file).toBe(`${resource.resourceType}.ndjson`)
    const names = lines.map(({ resource }) => `${resource.resourceType}/${resource.id}`)
    expect(new Set(names).size).toBe(names.length)
    const { hospitals, charts } = network({ patients: 5 })
    const wanted = [...hospitals, ...[...charts()].flatMap(({ resources }) => resources)].map(
      ({ resourceType, id }) => `${resourceType}/${id}`,
    )
    expect(names.sort()).toEqual(wanted.sort())
  })
})

describe('a chart', () => {
  const { hospitals } = network()
  const messy = [...network({ patients: 120 }).charts()]

  test('shows on every resource that the patient is invented', () => {
    for (const { resources } of messy.slice(0, 40)) {
      for (const resource of [...resources, ...hospitals]) {
        const { meta } = resource as Tagged
        expect(meta?.security?.map(({ code }) => code)).toContain('HTEST')
        expect(meta?.tag?.map(({ code }) => code)).toContain('synthetic')
      }
      expect(JSON.stringify(resources[0]!.name)).toContain('Synthetic-')
    }
  })

  test('refers to nothing that its bundle does not hold', () => {
    for (const chart of messy.slice(0, 60)) {
      const text = JSON.stringify(bundleOf(chart, hospitals))
      const held = new Set([...text.matchAll(/"resourceType":"(\w+)","id":"([^"]+)"/g)].map(([, type, id]) => `${type}/${id}`))
      for (const [, target] of text.matchAll(/"reference":"([^"]+)"/g)) expect(held, `${chart.patient} → ${target}`).toContain(target)
    }
  })

  test('without messiness raises nothing but information', () => {
    const found = [...network({ isTidy: true, patients: 80 }).charts()].flatMap((chart) =>
      faults(chart, hospitals).map(({ code, message }) => `${chart.patient} ${code}: ${message}`),
    )
    expect(found).toEqual([])
  })

  test('with messiness raises only what its own messes are meant to raise, and each such mess is noticed', () => {
    const { messiness } = generatorModel().model
    const noticed = new Set<string>()
    for (const chart of messy) {
      const meant = messesOf(chart).flatMap((mess) => messiness[mess]!.issues)
      const raised = faults(chart, hospitals)
      for (const { code, message } of raised) expect(meant, `${chart.patient}: ${code} ${message}`).toContain(code)
      for (const mess of messesOf(chart)) if (raised.some(({ code }) => messiness[mess]!.issues.includes(code))) noticed.add(mess)
    }
    expect([...noticed].sort()).toEqual(expect.arrayContaining(['conflicting-ecog', 'conflicting-smoking']))
  })

  test('is planned without a crash, whatever is wrong with it', () => {
    const statuses = new Set<string>()
    for (const chart of messy.slice(0, 24)) {
      const parsed = parseCharts(JSON.stringify(bundleOf(chart, hospitals)))
      if (!parsed.ok) throw new Error(chart.patient)
      const planned = planChart(parsed.value[0]!, { knowledge, asOf: AS_OF, overrides: [] })
      expect(planned.ok, chart.patient).toBe(true)
      if (planned.ok) statuses.add(planned.value.status)
    }
    expect([...statuses].sort()).toEqual(['proposed', 'refused'])
  })

  test('holds nothing that lies after its day, but a year that was mistyped on purpose', () => {
    for (const chart of messy) {
      const later = [...JSON.stringify(chart.resources).matchAll(/"(\d{4}-\d{2}-\d{2})[T"]/g)]
        .map(([, day]) => day!)
        .filter((day) => day > AS_OF)
      if (later.length > 0) expect(messesOf(chart), `${chart.patient} ${later[0]}`).toContain('future-date')
    }
  })

  test('carries what quality measures count: site, order and report, last dose, hospice, palliative care, death and its cause', () => {
    const dead = [...network({ isUntilDeath: true, patients: 60 }).charts()]
    let withHospice = 0
    let withPalliative = 0
    for (const { resources, life } of dead) {
      const [patient] = resources
      const died = String(patient!.deceasedDateTime)
      expect(died <= AS_OF).toBe(true)
      expect(patient!.managingOrganization).toEqual({ reference: `Organization/network-${life.person.hospital.id}` })
      expect(resources.filter(({ code }) => JSON.stringify(code)?.includes('Cause of death'))).toHaveLength(1)
      for (const { resourceType, serviceProvider } of resources)
        if (resourceType === 'Encounter') expect(serviceProvider).toEqual(patient!.managingOrganization)
      for (const { resourceType, effectiveDateTime } of resources)
        if (resourceType === 'MedicationAdministration') expect(String(effectiveDateTime) <= died).toBe(true)
      const orders = new Set(
        resources
          .filter(({ resourceType, status }) => resourceType === 'ServiceRequest' && status === 'completed')
          .map(({ id }) => `ServiceRequest/${id}`),
      )
      for (const { basedOn } of resources)
        for (const { reference } of (basedOn ?? []) as readonly { readonly reference: string }[]) expect(orders).toContain(reference)
      if (resources.some(({ resourceType }) => resourceType === 'EpisodeOfCare')) withHospice++
      if (resources.some(({ type }) => JSON.stringify(type)?.includes('Palliative care'))) withPalliative++
    }
    // cited: 70.3 and 27% of the dead
    expect(withHospice / dead.length).toBeGreaterThan(0.5)
    expect(withPalliative / dead.length).toBeGreaterThan(0.1)
  })
})

describe('the hospitals', () => {
  test('are twelve invented ones with coordinates, and every capability is a service of theirs', () => {
    const { hospitals } = network()
    const of = (type: string) => hospitals.filter(({ resourceType }) => resourceType === type)
    expect(of('Organization')).toHaveLength(12)
    for (const { name } of of('Organization')) expect(name).toMatch(/^Synthetic Hospital .* \(invented\)$/)
    for (const { position } of of('Location')) {
      const { latitude, longitude } = position as { readonly latitude: number; readonly longitude: number }
      expect(latitude).toBeGreaterThan(34)
      expect(latitude).toBeLessThan(44)
      expect(longitude).toBeGreaterThan(-113)
      expect(longitude).toBeLessThan(-104)
    }
    const services = of('HealthcareService').map(({ name }) => name)
    for (const capability of Object.values(generatorModel().model.hospitals.capabilities)) expect(services).toContain(capability)
  })
})

describe('secondwind synthesize', () => {
  test('writes a network, and says how it was made', async () => {
    const at = folder()
    expect(await run(['synthesize', '--patients', '3', '--seed', 'cli', '-o', at, '--as-of', AS_OF, '--threads', '1'])).toBe(0)
    const about = parse(fs.readFileSync(path.join(at, 'network.yaml'), 'utf8')) as {
      readonly synthetic: boolean
      readonly request: object
    }
    expect(about.synthetic).toBe(true)
    expect(about.request).toEqual({ seed: 'cli', patients: 3, asOf: AS_OF, years: 3 })
    expect(fs.readFileSync(path.join(at, 'bundles.ndjson'), 'utf8').trimEnd().split('\n')).toHaveLength(3)
    // a network that is there is not written over by mistake
    const again = ['synthesize', '--patients', '1', '--seed', 'cli', '-o', at, '--as-of', AS_OF, '--threads', '1']
    expect(await run(again)).toBe(2)
    expect(fs.readFileSync(path.join(at, 'bundles.ndjson'), 'utf8').trimEnd().split('\n')).toHaveLength(3)
    expect(await run([...again, '--restart'])).toBe(0)
    expect(fs.readFileSync(path.join(at, 'bundles.ndjson'), 'utf8').trimEnd().split('\n')).toHaveLength(1)
  })

  test.each([
    { name: 'no folder', args: ['synthesize', '--patients', '3'], status: 1 },
    { name: 'nobody', args: ['synthesize', '--patients', '0', '-o', 'x'], status: 1 },
    { name: 'a seed that cannot stand in an id', args: ['synthesize', '--patients', '3', '--seed', 'a b', '-o', 'x'], status: 1 },
    {
      name: 'a file where the folder should be',
      args: ['synthesize', '--patients', '1', '-o', new URL(import.meta.url).pathname],
      status: 2,
    },
  ])('refuses $name', async ({ args, status }) => {
    expect(await run(args)).toBe(status)
  })
})
