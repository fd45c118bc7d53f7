import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOverlay, type SiteOverlay } from '@secondwind/care'
import type { Option, PlanDocument } from '@secondwind/core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { run } from '../src/cli/run.ts'
import { overlayOf } from '../src/cli/site.ts'
import { planText } from '../src/cli/text.ts'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'

/** A site's overlay: a layer that says what the site has and hides nothing. */
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const { knowledge } = openKnowledge()
const DIGEST = 'a'.repeat(64)

function planOf(file: string, overlay?: SiteOverlay, overrides: readonly string[] = []): PlanDocument {
  const charts = parseCharts(fs.readFileSync(path.join(ROOT, 'fixtures/patients', file), 'utf8'))
  if (!charts.ok) throw new Error(`${file} is no chart`)
  const request = { knowledge, asOf: '2026-11-23', overrides, ...(overlay ? { overlay: { value: overlay, digest: DIGEST } } : {}) }
  const planned = planChart(charts.value[0]!, request)
  if (!planned.ok) throw new Error(`${file} gives no plan`)
  return planned.value
}

function overlay(raw: unknown): SiteOverlay {
  const read = readOverlay(raw, knowledge)
  if (!read.ok) throw new Error(JSON.stringify(read.error))
  return read.value
}

const EGFR = 'egfr-osimertinib-met-amplification.json'
const BRAIN = 'alk-first-line-brain-mets.json'
const TARLATAMAB = 'es-sclc-relapse-60-days.json'

const COUNTY = overlay({
  site: 'County Hospital',
  jurisdiction: 'eu',
  formulary: {
    osimertinib: 'available',
    alectinib: 'available',
    carboplatin: 'restricted',
    cisplatin: { status: 'unavailable', where: 'University Hospital', note: 'no hydration unit' },
    pemetrexed: 'available',
  },
  capabilities: { srs: { status: 'unavailable', where: 'University Hospital' }, 'crs-capable': false },
  notes: ['Tumour board on Tuesdays', { say: 'needs a form', about: ['carboplatin'] }],
})

describe('the layer', () => {
  test('hides nothing, moves nothing, and says of each option the least available of its parts', () => {
    const plain = planOf(EGFR, overlay({ site: 'Anywhere', jurisdiction: 'eu' }))
    const county = planOf(EGFR, { ...COUNTY, capabilities: {} })
    expect(county.options.map((o) => [o.id, o.standing, o.rank])).toEqual(plain.options.map((o) => [o.id, o.standing, o.rank]))
    const having = (drugs: readonly string[]): Option => county.options.find((o) => o.drugs.join() === drugs.join() && !o.trial)!
    expect(having(['carboplatin', 'pemetrexed']).availability?.site).toEqual({
      status: 'restricted',
      note: 'carboplatin restricted; needs a form',
    })
    expect(having(['cisplatin', 'pemetrexed']).availability?.site).toEqual({
      status: 'unavailable',
      where: 'University Hospital',
      note: 'cisplatin unavailable: no hydration unit',
    })
    // a drug that the site does not name is not one that it does not have
    expect(having(['amivantamab', 'carboplatin', 'pemetrexed']).availability?.site?.status).toBe('not-listed')
    expect(county.site).toEqual({ name: 'County Hospital', jurisdiction: 'eu', notes: ['Tumour board on Tuesdays'] })
    expect(county.inputs.overlayDigest).toBe(DIGEST)
  })

  test('approvals of the jurisdictions stay beside it; trials are not measured by the formulary', () => {
    const doc = planOf(EGFR, COUNTY)
    const both = doc.options.find((o) => o.availability?.site && o.availability.fda)
    expect(both?.availability?.fda?.status).toBeTruthy()
    for (const trial of doc.options.filter((o) => o.trial)) expect(trial.availability?.site).toBeUndefined()
  })

  test('techniques are capabilities', () => {
    const srs = planOf(BRAIN, COUNTY).options.filter((o) => o.technique === 'srs' || o.also?.some((a) => a.technique === 'srs'))
    expect(srs.length).toBeGreaterThan(0)
    for (const o of srs)
      expect(o.availability?.site).toMatchObject({ status: expect.stringMatching(/unavailable/), where: 'University Hospital' })
  })

  test('the text shows it and the schema takes it', () => {
    const doc = planOf(EGFR, COUNTY)
    const text = planText(doc, knowledge, 110)
    expect(text).toContain('at site')
    expect(text).toContain('Tumour board on Tuesdays')
    const isPlan = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
      JSON.parse(fs.readFileSync(path.join(ROOT, 'docs/plan-document.schema.json'), 'utf8')) as object,
    )
    expect(isPlan(doc), JSON.stringify(isPlan.errors)?.slice(0, 600)).toBe(true)
  })
})

describe('the facts of the site', () => {
  test('where it says so, and marked as its words', () => {
    const { facts } = planOf(TARLATAMAB, COUNTY).case
    // what a site cannot do is no fact about the patient
    expect(facts['site-crs-capable']).toEqual(planOf(TARLATAMAB).case.facts['site-crs-capable'])
    const able = planOf(TARLATAMAB, overlay({ site: 'Centre', capabilities: { 'crs-capable': true } })).case.facts
    expect(able['site-crs-capable']).toEqual({ value: true, enteredByHand: true, words: 'site overlay', sources: [] })
    expect(facts.jurisdiction).toMatchObject({ value: 'eu', words: 'site overlay' })
    const silent = planOf(TARLATAMAB, overlay({ site: 'Anywhere' })).case.facts
    expect(silent['site-crs-capable']).toEqual(planOf(TARLATAMAB).case.facts['site-crs-capable'])
  })

  test('a site that cannot treat CRS sends the patient on; one that can settles it', () => {
    const tarlatamab = (doc: PlanDocument): Option | undefined => doc.options.find((o) => o.drugs.includes('tarlatamab') && !o.trial)
    const able = planOf(TARLATAMAB, overlay({ site: 'Centre', capabilities: { 'crs-capable': true } }))
    expect(tarlatamab(able)).toBeDefined()
    const checks = (o: Option | undefined): number => o?.cautions.filter((c) => c.rule === 'tarlatamab-site').length ?? 0
    expect(checks(tarlatamab(planOf(TARLATAMAB, undefined, ['site-crs-capable=unknown'])))).toBe(1)
    expect(checks(tarlatamab(able))).toBe(0)
    const silent = planOf(TARLATAMAB, overlay({ site: 'Anywhere', jurisdiction: 'eu' }), ['site-crs-capable=unknown'])
    const unable = planOf(TARLATAMAB, COUNTY, ['site-crs-capable=unknown'])
    // no option hidden, none promoted
    expect(unable.options.map((o) => [o.id, o.standing, o.rank])).toEqual(silent.options.map((o) => [o.id, o.standing, o.rank]))
    expect(unable.notAdvised).toEqual(silent.notAdvised)
    expect(tarlatamab(unable)?.availability?.site).toMatchObject({
      status: 'unavailable',
      note: expect.stringContaining('Site can observe 24 h and treat CRS and ICANS unavailable'),
    })
    expect(checks(tarlatamab(unable))).toBe(1)
  })

  test('what was set by hand stands, and the difference is said', () => {
    const doc = planOf(TARLATAMAB, COUNTY, ['site-crs-capable=yes', 'creatinine-clearance=41 mL/min'])
    expect(doc.case.facts['site-crs-capable']).toMatchObject({ value: true, enteredByHand: true })
    expect(doc.problems.find((p) => p.path === 'site-crs-capable')?.message).toContain('County Hospital')
    // deriving anew keeps a derived fact that was set by hand
    expect(doc.case.facts['creatinine-clearance']).toMatchObject({ value: 41 })
  })
})

describe('a bad overlay', () => {
  const errors: string[] = []
  beforeEach(() => {
    errors.length = 0
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      errors.push(String(text))
      return true
    })
  })
  afterEach(() => vi.restoreAllMocks())
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'overlay-'))
  const file = (text: string): string => {
    const at = path.join(folder, 'site.yaml')
    fs.writeFileSync(at, text)
    return at
  }

  test.each([
    ['[]', 'is not a mapping'],
    ['formulary: {}', 'has no name'],
    ['site: A\nformulary: { osimertinb: available }', 'no drug of the knowledge base'],
    ['site: A\nformulary: { osimertinib: maybe }', 'is not a status'],
    ['site: A\nformulary: { osimertinib: { status: available, price: 3 } }', 'does not belong here'],
    ['site: A\ncapabilities: { flying: true }', 'no technique, procedure or fact'],
    ['site: A\njurisdiction: mars', 'is not a jurisdiction'],
    ['site: A\nnotes: [{ say: x, about: [nothing] }]', 'neither drug, technique nor procedure'],
    ['site: A\nnotes: 3', 'is not a list'],
    ['site: A\nphone: { day: 5550100 }', 'is no telephone number'],
    ['site: A\nhospital: B', 'is not a field of an overlay'],
    ['site: [', 'bracket or quote above it is not closed'],
  ])('%s', (text, message) => {
    expect(overlayOf(file(text), knowledge)).toBeUndefined()
    expect(errors.join('')).toContain(message)
  })

  test('every fault is told, and the command ends with 2 without a plan', async () => {
    const out = vi.spyOn(fs, 'writeSync')
    const chart = path.join(ROOT, 'fixtures/patients', EGFR)
    expect(await run(['plan', chart, '--site', file('jurisdiction: mars\nfoo: 1')])).toBe(2)
    expect(await run(['plan', chart, '--site', path.join(folder, 'none.yaml')])).toBe(2)
    expect(out).not.toHaveBeenCalled()
    for (const part of ['has no name', 'is not a jurisdiction', 'is not a field', 'there is no such file'])
      expect(errors.join('')).toContain(part)
  })
})
