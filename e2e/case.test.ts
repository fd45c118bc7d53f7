import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKnowledge, today } from '../packages/server/src/compose.ts'
import { planMaker } from '../packages/server/src/plans/index.ts'
import { recordChart } from '../packages/server/test/store/charts.ts'
import { axe, openWorld, overflows, shot, type World } from './harness.ts'

const FIT = 'egfr-exon19-brain-mets-fit'
const LATER = 'egfr-osimertinib-met-amplification'
/** Four emergencies at once. */
const PRESSING = 'pneumonitis-on-immunotherapy'

let world: World
beforeAll(async () => {
  world = await openWorld({ patients: 0 })
  for (const name of [FIT, LATER, PRESSING, 'contradictory-stage']) await recordChart(world.store, name)
}, 120_000)
afterAll(() => world?.close())

const open = async (patient: string, options: Parameters<World['signedIn']>[1] = {}): Promise<Page> => {
  const page = await world.signedIn('oncologist', { path: `/patients/${patient}`, site: 'north', ...options })
  await page.waitForSelector('[data-area=tumour]')
  return page
}
const fact = (page: Page, id: string) => page.locator(`[data-fact="${id}"]`).first()
const pages = (pdf: Buffer): number => (pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g) ?? []).length

test.each([
  ['light', 'en', 1280],
  ['dark', 'de', 768],
  ['light', 'es', 360],
  ['dark', 'en', 1920],
] as const)('%s, %s, %i pixels: all of the case, nothing against WCAG AA, nothing sticks out', async (scheme, language, width) => {
  const page = await open(FIT, { scheme, language, width })
  expect(await page.locator('[data-area]').evaluateAll((parts) => parts.map((part) => part.getAttribute('data-area')))).toEqual([
    'tumour',
    'lines',
    'open',
    'problems',
    'since',
    'biomarkers',
    'fitness',
    'illnesses',
    'medicines',
    'organs',
    'symptoms',
    'wishes',
  ])
  await shot(page, `case-${scheme}-${language}-${width}`)
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  await page.context().close()
})

test('a fact says where it stands on focus, changes in place by keyboard, and is taken back', async () => {
  const page = await open(FIT)
  await fact(page, 'smoking-status').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  await page.getByRole('dialog').getByText('Oncology clinic note').waitFor()
  await page.keyboard.press('Escape')
  // heard as well as seen: which fact, its value, its day, what the button does
  const ecog = (value: number) =>
    page.locator('[data-area=fitness]').getByRole('button', { name: new RegExp(`^ECOG performance status: ${value}\\b.*, from .*, edit$`) })
  await ecog(1).focus()
  await page.keyboard.press('Enter')
  const form = page.getByRole('form', { name: /ECOG/ })
  await form.waitFor()
  expect(await axe(page)).toEqual([])
  await page.keyboard.type('3')
  // the chart says 1: another value needs its reason
  expect(await form.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await form.getByLabel(/^Reason/).fill('In bed most of the day')
  await page.keyboard.press('Enter')
  await page.getByText('Saved and read back:').waitFor()
  await ecog(3).waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await ecog(1).waitFor()
  await page.context().close()
})

test('long after its notice has gone an entry is taken back by keyboard, unless somebody has changed it since', async () => {
  const page = await open(FIT)
  const fitness = page.locator('[data-area=fitness]')
  const smoking = (value: string) => fitness.getByRole('button', { name: new RegExp(`^Smoking: ${value}`) })
  await smoking('never smoked').click()
  const form = page.getByRole('form', { name: /Smoking/ })
  await form.getByLabel('Smoking').selectOption({ label: 'former smoker' })
  await form.getByLabel(/^Reason/).fill('Stopped in 1990')
  await form.getByRole('button', { name: 'Save' }).click()
  await smoking('former smoker').waitFor()
  // another day: the notice is gone, the entry is not
  await page.reload()
  await page.waitForSelector('[data-area=tumour]')
  const entries = page.locator('[data-area=entries]')
  await entries.locator('summary').focus()
  await page.keyboard.press('Enter')
  expect(await entries.innerText()).toMatch(/Smoking[\s\S]*Stopped in 1990/)
  expect(await axe(page)).toEqual([])
  // the chart changes behind this page: what it shows is no longer what stands there
  await world.store.commit({ who: 'Device/test', site: 'north' }, [
    {
      kind: 'create',
      resource: {
        resourceType: 'Observation',
        id: 'weight-meanwhile',
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
        subject: { reference: `Patient/${FIT}` },
        effectiveDateTime: today(),
        valueQuantity: { value: 60, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
      },
    },
  ])
  const back = entries.getByRole('button', { name: 'Take back: Smoking' })
  await back.focus()
  await page.keyboard.press('Enter')
  await page.getByText('Not taken back').waitFor()
  expect(await smoking('former smoker').count()).toBe(1)
  await page.reload()
  await page.waitForSelector('[data-area=tumour]')
  // from the fact itself, too
  await smoking('former smoker').press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Take back: Smoking' }).press('Enter')
  await smoking('never smoked').waitFor()
  expect(await entries.textContent()).toMatch(/Stopped in 1990.*taken back/)
  await page.context().close()
})

test.each([
  ['en', FIT],
  ['de', FIT],
  ['en', LATER],
] as const)('an ordinary patient stands on one screen of 1280 by 800 (%s, %s)', async (language, patient) => {
  const page = await open(patient, { language })
  const lowest = await page
    .locator('[data-area]:not([data-area=entries])')
    .evaluateAll((parts) => Math.max(...parts.map((part) => part.getBoundingClientRect().bottom)))
  expect(lowest).toBeLessThanOrEqual(800)
  await page.context().close()
})

test.each([
  ['de', /Adenokarzinom/, /weiblich/, 'ECOG-Allgemeinzustand'],
  ['es', /adenocarcinoma/, /mujer/, 'Estado funcional ECOG'],
] as const)('facts and their values are said in the language of the page (%s)', async (language, histology, sex, ecog) => {
  const page = await open(FIT, { language })
  expect(await page.locator('[data-area=tumour] [data-fact=histology]').innerText()).toMatch(histology)
  const text = await page.locator('body').evaluate((body) => {
    // the story, the options and the words of the chart are English, and marked so
    for (const english of body.querySelectorAll('[lang=en]')) english.remove()
    return (body as HTMLElement).innerText
  })
  expect(text).toMatch(sex)
  expect(text).toContain(ecog)
  expect(text).not.toMatch(/performance status|Smoking|never smoked|Platelets|\bfemale\b/)
  await page.context().close()
})

test('an alert of the header and the fact that set it off stand apart', async () => {
  const page = await open(PRESSING)
  const gaps = await page.getByRole('list', { name: 'Emergencies and urgent alerts' }).evaluate((alerts) =>
    [...alerts.children].flatMap((alert) => {
      const [title, fact] = [alert.querySelector('[lang=en]')!.getBoundingClientRect(), alert.querySelector('ul')!.getBoundingClientRect()]
      return fact.top < title.bottom ? [fact.left - title.right] : []
    }),
  )
  expect(gaps.length).toBeGreaterThan(0)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(8)
  await page.context().close()
})

test('that nobody recorded what the patient wants is said once', async () => {
  const page = await open(LATER)
  const text = await page.locator('[data-area=wishes]').innerText()
  expect(text.match(/What the patient wants(?! to)/g)).toHaveLength(1)
  await page.context().close()
})

test('what would not be understood as meant is refused, and the form keeps what was typed', async () => {
  const page = await open(FIT)
  await page.locator('[data-area=fitness] [data-fact=ecog]').click()
  const form = page.getByRole('form', { name: /ECOG/ })
  await form.getByLabel('ECOG performance status').fill('9')
  await form.getByLabel(/^Reason/).fill('as seen')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByRole('alert').waitFor()
  expect(await form.getByLabel('ECOG performance status').inputValue()).toBe('9')
  await page.keyboard.press('Escape')
  await fact(page, 'creatinine-clearance').click()
  await page.getByText('This is not entered by hand').waitFor()
  await page.context().close()
})

test('not known is not a no, and a contradiction shows both values', async () => {
  const page = await open(LATER)
  const look = (id: string) =>
    page.locator(`[data-area=biomarkers] [data-fact="${id}"]`).evaluate((element) => element.closest('p')?.className ?? '')
  expect(await look('alk-fusion')).not.toBe(await look('keap1-mutation'))
  await world.store.commit({ who: 'Device/test', site: 'north' }, [
    ...[0, 3].map((value, at) => ({
      kind: 'create' as const,
      resource: {
        resourceType: 'Observation',
        id: `rival-${at}`,
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '89247-1' }] },
        subject: { reference: `Patient/${LATER}` },
        effectiveDateTime: today(),
        valueInteger: value,
      },
    })),
  ])
  await page.reload()
  await page.waitForSelector('[data-area=tumour]')
  expect(await page.locator('[data-area=fitness] [data-fact=ecog]').innerText()).toMatch(/0\s*or\s*3[\s\S]*(conflict|contradict)/i)
  await shot(page, 'case-conflict')
  await page.context().close()
})

test('the story is copied as a paragraph without a name, and prints on one page, however long the case', async () => {
  const page = await open(FIT)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: world.base })
  await page.getByRole('button', { name: 'Copy as a paragraph' }).click()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toMatch(/EGFR exon 19 deletion/)
  expect(copied).toMatch(/Looked for and not found: .*ALK fusion/)
  expect(copied).not.toMatch(/Erna|Fixture|1968/)
  expect(pages(await page.pdf({ preferCSSPageSize: true }))).toBe(1)
  // forty metastases and twelve lines of treatment
  const subject = { reference: `Patient/${FIT}` }
  const lines = Array.from({ length: 12 }, (_, at) => ({
    resourceType: 'Procedure',
    id: `line-${at}`,
    status: 'completed',
    code: { text: `Line ${at + 1}: ${['docetaxel', 'gemcitabine', 'vinorelbine', 'pemetrexed'][at % 4]}, stopped for progression` },
    subject,
    performedPeriod: { start: `20${14 + at}-01-10`, end: `20${14 + at}-06-10` },
  }))
  const drugs = lines.map(({ id, performedPeriod }, at) => ({
    resourceType: 'MedicationStatement',
    id: `drug-${id}`,
    status: 'completed',
    medicationCodeableConcept: { text: ['docetaxel', 'gemcitabine', 'vinorelbine', 'pemetrexed'][at % 4] },
    subject,
    effectivePeriod: performedPeriod,
  }))
  const sites = ['Metastasis to liver', 'Metastasis to bone', 'Metastasis to adrenal gland', 'Metastasis to skin']
  const metastases = Array.from({ length: 40 }, (_, at) => ({
    resourceType: 'Condition',
    id: `met-${at}`,
    code: { text: sites[at % sites.length] },
    subject,
    recordedDate: '2026-11-01',
  }))
  const written = await world.store.commit(
    { who: 'Device/test', site: 'north' },
    [...drugs, ...metastases].map((resource) => ({ kind: 'create' as const, resource })),
  )
  expect(written.ok).toBe(true)
  await page.reload()
  await page.waitForSelector('[data-area=tumour]')
  expect(await page.locator('[data-area=lines] li').count()).toBeGreaterThan(8)
  expect(pages(await page.pdf({ preferCSSPageSize: true }))).toBe(1)
  expect(await overflows(page)).toBe(false)
  await shot(page, 'case-long')
  await page.context().close()
})

test('on paper no value covers the next name, and no line the one above it', async () => {
  const page = await open(FIT, { language: 'de' })
  await page.emulateMedia({ media: 'print' })
  await page.setViewportSize({ width: 718, height: 1047 })
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
  const covered = await page
    .locator('[data-area=organs] dl')
    .first()
    .evaluate((table) => {
      const boxOf = (node: Element): DOMRect => {
        const range = document.createRange()
        range.selectNodeContents(node)
        return range.getBoundingClientRect()
      }
      const parts = [...table.querySelectorAll('dt, dd')].map((node) => [node.textContent, boxOf(node)] as const)
      return parts.flatMap(([name, a], at) =>
        parts
          .slice(at + 1)
          .flatMap(([other, b]) =>
            a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4 ? [`${name} and ${other}`] : [],
          ),
      )
    })
  expect(covered).toEqual([])
  const [title, first] = [(await page.locator('h1').boundingBox())!, (await page.locator('[data-first]').boundingBox())!]
  expect(first.y).toBeGreaterThanOrEqual(title.y + title.height - 1)
  await shot(page, 'case-paper')
  await page.context().close()
})

test('what changed since the last decision is marked', async () => {
  const { knowledge } = openKnowledge()
  const content = await world.store.chart(LATER)
  const made = planMaker(knowledge).make(content, today())
  if (!made.ok) throw new Error('invariant: the fixture has a plan')
  const decided = await world.store.decisions.append(
    LATER,
    {
      optionsSeen: made.value.document.options.map(({ id }) => id),
      chosen: null,
      reason: 'wait for the scan',
      dissent: [],
      planDigest: made.value.digest,
      chartRevision: content.revision,
      knowledgeRelease: 'test',
      asOf: today(),
    },
    { who: 'Practitioner/1', site: 'north' },
  )
  expect(decided.ok).toBe(true)
  const page = await open(LATER)
  expect(await page.locator('[data-area=since]').innerText()).toMatch(/Nothing is different/)
  await page.locator('[data-fact=smoking-status]').click()
  const form = page.getByRole('form', { name: /Smoking/ })
  await form.getByLabel('Smoking').selectOption({ label: 'former smoker' })
  await form.getByLabel(/^Reason/).fill('Asked again')
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved and read back:').waitFor()
  await page.waitForFunction(() =>
    /fact is different|facts are different/.test(document.querySelector('[data-area=since]')?.textContent ?? ''),
  )
  expect(await page.locator('[data-fact=smoking-status]').innerText()).toMatch(/different from the last board/)
  await page.context().close()
})

test('who may not see the patient is told so, and learns nothing', async () => {
  const page = await world.signedIn('oncologist', { path: `/patients/${FIT}`, site: 'elsewhere' })
  await page.getByRole('alert').first().waitFor()
  expect(await page.textContent('body')).not.toMatch(/Erna|adenocarcinoma/)
  await page.context().close()
})

test.runIf(process.env.SHOTS !== undefined)('right to left, for the eye', async () => {
  const page = await open(FIT)
  await page.goto(`${world.base}/app/patients/${FIT}?dir=rtl`)
  await page.waitForSelector('[data-area=tumour]')
  await page.screenshot({ path: path.join(process.env.SHOTS!, 'case-rtl.png'), fullPage: true })
  await page.context().close()
})
