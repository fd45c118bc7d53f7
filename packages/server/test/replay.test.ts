import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openBase, writeRelease } from '@secondwind/compiler'
import type { PlanDocument } from '@secondwind/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { replayCommand } from '../src/cli/replay.ts'
import { overlayOf } from '../src/cli/site.ts'
import { openKnowledge, parseCharts, planChart, software } from '../src/compose.ts'
import { differingPlaces } from '../src/what-changed/read-plan.ts'
import { overridesOf } from '../src/what-changed/replay.ts'

const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const PATIENTS = path.join(PROJECT, 'fixtures/patients')
const FILE = 'egfr-qtc-510.json'
const CHART = path.join(PATIENTS, FILE)
const AS_OF = '2026-11-23'

let folder: string
let releases: string
let knowledge: ReturnType<typeof openKnowledge>['knowledge']

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-replay-'))
  releases = path.join(folder, 'releases')
  knowledge = openKnowledge().knowledge
  const base = openBase('working', { project: PROJECT, despiteFindings: true })
  if (!base.ok) throw new Error(JSON.stringify(base.error))
  // whether the working files may be released is not what is tested here
  const kept = writeRelease(releases, { base: { ...base.value, findings: [] }, software, notes: '' })
  if (!kept.ok) throw new Error(JSON.stringify(kept.error))
}, 240_000)
afterAll(() => fs.rmSync(folder, { recursive: true }))

function planned(overrides: readonly string[] = [], site?: string): PlanDocument {
  const charts = parseCharts(fs.readFileSync(CHART))
  if (!charts.ok) throw new Error('the chart cannot be read')
  const overlay = site === undefined ? undefined : overlayOf(site, knowledge)
  const made = planChart(charts.value[0]!, { knowledge, asOf: AS_OF, overrides, ...(overlay ? { overlay } : {}) })
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  return made.value
}

const save = (name: string, text: string): string => {
  const file = path.join(folder, name)
  fs.writeFileSync(file, text)
  return file
}
const line = (document: PlanDocument): string => `${JSON.stringify(document)}\n`

async function replay(planText: string, chart = CHART, more: Partial<Parameters<typeof replayCommand>[2]> = {}) {
  let [out, err] = ['', '']
  const status = await replayCommand(
    save('plan.json', planText),
    chart,
    { set: [], format: 'text', releases, ...more },
    { out: (text) => (out += text), err: (text) => (err += text) },
  )
  return { status, out, err }
}

describe('the same again', () => {
  test('byte for byte, with the kept release that the plan names', async () => {
    const { status, out } = await replay(line(planned()))
    expect(status).toBe(0)
    expect(out).toBe(`Patient/egfr-qtc-510: the same, byte for byte (release ${knowledge.version}, ${software})\n`)
  })

  test.each([
    { name: 'numbers with units', set: ['ecog=2', 'creatinine=1.1 mg/dL'] },
    { name: 'lists of drugs, with what follows from them', set: ['current-drugs=carboplatin,pembrolizumab', 'progressed-on=osimertinib'] },
    { name: 'nothing in a list', set: ['preferences=none'] },
    { name: 'unknown', set: ['brain-metastases=unknown'] },
    { name: 'yes and no, and a code', set: ['ild=yes', 'histology=squamous', 'preferences=oral-only,few-visits'] },
  ])('corrections by hand are taken from the plan: $name', async ({ set }) => {
    const document = planned(set)
    expect(overridesOf(document, knowledge)[0]!.length).toBeGreaterThan(0)
    expect((await replay(line(document))).out).toContain('the same, byte for byte')
  })

  test('the corrections as they were typed may be given, and wrong ones do not do', async () => {
    const document = planned(['ecog=2'])
    expect((await replay(line(document), CHART, { set: ['ecog=2'] })).status).toBe(0)
    expect((await replay(line(document), CHART, { set: ['ecog=3'] })).status).toBe(1)
  })

  test('several plans of a file, each with its chart of a folder', async () => {
    const charts = ['stage-iiia.json', 'alk-pregnant.json', FILE].map((file) => parseCharts(fs.readFileSync(path.join(PATIENTS, file))))
    const lines = charts.map((chart) => {
      const made = chart.ok ? planChart(chart.value[0]!, { knowledge, asOf: AS_OF, overrides: [] }) : chart
      if (!made.ok) throw new Error(JSON.stringify(made.error))
      return line(made.value)
    })
    const { status, out } = await replay(lines.join(''), PATIENTS)
    expect(status).toBe(0)
    expect(out.match(/the same, byte for byte/g)).toHaveLength(3)
  })

  test('another layout of the same document is the same document, and is said', async () => {
    const { status, out } = await replay(JSON.stringify(planned(), null, 2))
    expect(status).toBe(0)
    expect(out).toContain('the same document; only its layout')
  })

  test('with the overlay of a site, which must be the same file', async () => {
    const site = save('site.yaml', 'site: Test\njurisdiction: us\n')
    const document = planned([], site)
    expect(document.inputs.overlayDigest).toBeDefined()
    expect((await replay(line(document), CHART, { site })).status).toBe(0)
    const without = await replay(line(document))
    expect(without.status).toBe(1)
    expect(without.out).toContain('give its file with --site')
    const other = await replay(line(document), CHART, { site: save('other.yaml', 'site: Other\njurisdiction: us\n') })
    expect(other.out).toContain('the overlay is not the one that was used')
  })
})

describe('what differs is said', () => {
  test('the chart', async () => {
    const bundle = JSON.parse(fs.readFileSync(CHART, 'utf8')) as { entry: { resource: { resourceType: string } }[] }
    const left = bundle.entry.filter((e) => e.resource.resourceType !== 'MedicationStatement')
    expect(left.length).toBeLessThan(bundle.entry.length)
    const { status, out } = await replay(line(planned()), save('chart.json', JSON.stringify({ ...bundle, entry: left })))
    expect(status).toBe(1)
    expect(out).toContain('the chart is not the one that was planned')
  })

  test('the software, where nothing else does', async () => {
    const document = planned()
    const { status, out } = await replay(line({ ...document, inputs: { ...document.inputs, software: 'second-wind 0.0.9' } }))
    expect(status).toBe(0)
    expect(out).toContain('the same but for the name of the software')
    expect(out).toContain(`the plan was made by second-wind 0.0.9, this is ${software}`)
  })

  test('a plan that was edited', async () => {
    const document = planned()
    const [first, ...rest] = document.options
    const edited = { ...document, options: [{ ...first!, standing: 'conditional' as const, drugs: ['aspirin'] }, ...rest] }
    const { status, out } = await replay(line(edited))
    expect(status).toBe(1)
    expect(out).toContain('the plan was edited after it was made, or the software was changed')
    expect(out).toMatch(/! treatment differs: .*aspirin → /)
    const json = JSON.parse((await replay(line(edited), CHART, { format: 'json' })).out) as { outcome: string; changes: unknown[] }
    expect(json.outcome).toBe('different')
    expect(json.changes.length).toBeGreaterThan(0)
  })

  test('places that no change of the plan explains are named', () => {
    const before = { a: 1, list: [1, { b: 'x' }], gone: true }
    expect(differingPlaces(before, before, 5)).toEqual([])
    expect(differingPlaces(before, { a: 1, list: [1, { b: 'y' }] }, 5)).toEqual([
      'list.1.b: "x" in the plan, "y" now',
      'gone: true in the plan, not there now',
    ])
    expect(differingPlaces(before, { a: 2, list: [], gone: 'no' }, 2)).toHaveLength(2)
  })

  test('the day', async () => {
    const { status } = await replay(line({ ...planned(), asOf: '2026-06-01' }))
    expect(status).toBe(1)
  })
})

describe('what cannot be replayed says why', () => {
  const other = (): PlanDocument => ({ ...planned(), knowledge: { version: knowledge.version, digest: 'f'.repeat(64) } })
  test.each<{ name: string; text: () => string; chart?: string; more?: Partial<Parameters<typeof replayCommand>[2]>; says: string }>([
    { name: 'a state that is not kept', text: () => line(other()), says: 'that is not the one kept under that name' },
    {
      name: 'a release that is not kept',
      text: () => line({ ...other(), knowledge: { version: '2020-01-01', digest: 'f'.repeat(64) } }),
      says: 'no kept release has the digest',
    },
    { name: 'a base that is not the one', text: () => line(other()), more: { knowledge: 'working' }, says: 'the plan was made with ffff' },
    { name: 'no JSON', text: () => 'words', says: 'is not JSON' },
    { name: 'no plan', text: () => '{"resourceType":"Bundle"}', says: 'is not a plan document of this format' },
    {
      name: 'options that are no list',
      text: () => line({ ...planned(), options: 'x' } as unknown as PlanDocument),
      says: 'options must be array',
    },
    {
      name: 'a part that is missing',
      text: () => line({ ...planned(), notAdvised: undefined } as unknown as PlanDocument),
      says: "must have required property 'notAdvised'",
    },
    {
      name: 'a part that no plan has',
      text: () => line({ ...planned(), inputs: { ...planned().inputs, overrides: ['ecog=1'] } } as PlanDocument),
      says: 'inputs.overrides does not belong there',
    },
    {
      name: 'a plan of other software without its facts',
      text: () => line({ ...planned(), inputs: { ...planned().inputs, software: 'second-wind 0' }, case: {} } as unknown as PlanDocument),
      says: 'case.facts is missing',
    },
    { name: 'a list', text: () => '[1]', says: 'is not a plan document' },
    { name: 'an empty file', text: () => '\n', says: 'holds no plan' },
    {
      name: 'another patient',
      text: () => line(planned()),
      chart: path.join(PATIENTS, 'stage-iiia.json'),
      says: 'holds no Patient/egfr-qtc-510',
    },
    { name: 'no chart', text: () => line(planned()), chart: '/nowhere', says: 'there is no such file or folder' },
    { name: 'an overlay that is not there', text: () => line(planned()), more: { site: '/nowhere.yaml' }, says: '' },
  ])(
    '$name',
    async ({ text, chart, more, says }) => {
      const { status, out, err } = await replay(text(), chart, more)
      expect(status).toBe(2)
      expect(out).toBe('')
      expect(err).toContain(says)
    },
    120_000,
  )
})
