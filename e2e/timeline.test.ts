import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { today } from '../packages/server/src/compose.ts'
import { exampleChart } from '../packages/server/test/store/charts.ts'
import { axe, openWorld, overflows, shot, type World } from './harness.ts'
import { longCourse } from './long-course.ts'

let world: World
let site: string
const PATH = '/patients/long/timeline'
beforeAll(async () => {
  world = await openWorld({ patients: 1 })
  const [row] = await world.store.database.query<{ site: string }>(`select site from resource_current where type = 'Patient' limit 1`)
  site = row!.site
  const bare = { resourceType: 'Patient', id: 'bare', gender: 'female' }
  const writes = [...longCourse('long', today()), bare].map((resource) => ({ kind: 'update' as const, resource }))
  const kept = await world.store.commit({ who: 'Device/test', site }, writes)
  if (!kept.ok) throw new Error(kept.error[0]!.message)
}, 120_000)
afterAll(() => world?.close())

const open = async (options: Parameters<World['signedIn']>[1] = {}): Promise<Page> => {
  const page = await world.signedIn('oncologist', { path: PATH, site, ...options })
  await page.getByRole('listbox').waitFor()
  return page
}
const details = (page: Page) => page.getByRole('complementary')

test('lines, lanes and what is not known: twelve lines, a held drug, an end that nobody wrote, days before diagnosis', async () => {
  const page = await open({ width: 1920 })
  const options = await page
    .getByRole('option')
    .allTextContents()
    .then(() => page.getByRole('option').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? '')))
  const of = (drug: string) => options.filter((label) => label.startsWith(drug))
  expect(of('osimertinib')).toHaveLength(2)
  expect(of('amivantamab')[0]).toContain('end not recorded')
  expect(of('docetaxel').some((label) => label.includes('on hold'))).toBe(true)
  expect(of('CT of chest and abdomen')[0]).toContain('planned')
  expect(options.filter((label) => label.includes('metastasis found'))).toHaveLength(40)
  expect(await page.getByText('Line 12').isVisible()).toBe(true)
  await page.getByLabel('Months from diagnosis').check()
  expect(await page.getByText(/^-\d+ mo$/).count()).toBeGreaterThan(0)
  await shot(page, 'timeline-from-diagnosis')
  await page.getByLabel('Compress gaps').check()
  await page.close()
})

test('rows that gather things of a kind are named in the language of the page', async () => {
  const { patient, resources } = exampleChart('egfr-osimertinib-progression-untested')
  const kept = await world.store.commit(
    { who: 'Device/test', site },
    resources.map((resource) => ({ kind: 'update' as const, resource })),
  )
  expect(kept.ok).toBe(true)
  const page = await world.signedIn('oncologist', { path: `/patients/${patient}/timeline`, site, language: 'de', width: 1280 })
  await page.getByRole('listbox').waitFor()
  const named = await page.locator('[aria-hidden=true][title]').allTextContents()
  expect(named).toEqual(expect.arrayContaining(['Gewebe', 'Krankheitsverlauf']))
  expect(named.filter((name) => ['test', 'tissue', 'status'].includes(name))).toEqual([])
  await page.context().close()
})

test('right to left the names stand beside the plot, not over it', async () => {
  const page = await open({ width: 1280 })
  await page.goto(`${world.base}/app${PATH}?dir=rtl`)
  const plot = page.getByRole('listbox')
  await plot.waitFor()
  const label = page.locator('[aria-hidden=true][title]').first()
  const [of, beside] = [(await label.boundingBox())!, (await plot.boundingBox())!]
  expect(of.x).toBeGreaterThanOrEqual(beside.x + beside.width)
  await shot(page, 'timeline-rtl')
  await page.close()
})

test('what stays English in a German timeline is marked as English', async () => {
  const page = await open({ language: 'de', width: 1280 })
  const langs = await page
    .locator('[aria-hidden=true][title]')
    .evaluateAll((labels) => labels.map((label) => [label.textContent, label.closest('[lang]')!.getAttribute('lang')]))
  const of = (words: RegExp) => langs.filter(([text]) => words.test(text ?? '')).map(([, lang]) => lang)
  expect(of(/^osimertinib$/)).toContain('en')
  expect(of(/^Bildgebung|^Metastasen/)).toContain('de')
  await page.close()
})

test('by keyboard alone: into the lanes, along a row, to the next, to the source; zoom and back', async () => {
  const page = await open()
  await page.getByRole('listbox').focus()
  await page.keyboard.press('ArrowRight')
  expect(await details(page).getByRole('heading').textContent()).toBe('carboplatin')
  expect(await details(page).textContent()).toContain('MedicationStatement/long-drug-0')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  expect(await details(page).getByRole('heading').textContent()).toBe('osimertinib')
  expect(await details(page).textContent()).toContain('patient’s choice'.replace('’', "'"))
  await page.keyboard.press('ArrowRight')
  expect(await details(page).textContent()).toContain('10')
  const active = await page.getByRole('listbox').getAttribute('aria-activedescendant')
  expect(await page.locator(`[id="${active}"]`).getAttribute('aria-selected')).toBe('true')
  const axis = (): Promise<string | null> => page.locator('svg:has(> title)').textContent()
  const before = await axis()
  for (let i = 0; i < 6; i += 1) await page.keyboard.press('+')
  expect(await axis()).not.toBe(before)
  await page.keyboard.press('0')
  expect(await axis()).toBe(before)
  await page.keyboard.press('Escape')
  expect(await details(page).getByRole('heading').count()).toBe(0)
  await page.close()
})

test('by pointer: dragging moves the days, Ctrl and wheel zooms, a click shows where it comes from', async () => {
  const page = await open()
  await page.getByRole('button', { name: 'Period' }).click()
  await page.getByRole('menuitem', { name: 'Line 3' }).click()
  const axis = (): Promise<string | null> => page.locator('svg:has(> title)').textContent()
  const of = async (): Promise<{ x: number; y: number }> => {
    const box = (await page.getByRole('listbox').boundingBox())!
    return { x: box.x + box.width / 2, y: box.y + 40 }
  }
  const start = await axis()
  const at = await of()
  await page.mouse.move(at.x, at.y)
  await page.mouse.down()
  await page.mouse.move(at.x - 200, at.y, { steps: 5 })
  await page.mouse.up()
  expect(await axis()).not.toBe(start)
  const moved = await axis()
  await page.keyboard.down('Control')
  await page.mouse.wheel(0, 600)
  await page.keyboard.up('Control')
  await expect.poll(axis).not.toBe(moved)
  await page.getByRole('button', { name: 'Period' }).click()
  await page.getByRole('menuitem', { name: 'Everything' }).click()
  await page
    .getByRole('option', { name: /^carboplatin/ })
    .locator('rect')
    .first()
    .click()
  expect(await details(page).getByRole('heading').textContent()).toBe('carboplatin')
  await page.close()
})

test('the table holds all that the plot holds; a lane that is hidden stays hidden, and nothing of the patient is kept with it', async () => {
  const page = await open()
  const shown = await page.getByRole('option').count()
  await page.getByText('Table', { exact: true }).click()
  await page.locator('details').evaluateAll((all) => {
    for (const one of all) one.setAttribute('open', '')
  })
  const rows = await page.locator('tbody tr').count()
  expect(rows).toBeGreaterThanOrEqual(shown)
  expect(await page.getByRole('cell', { name: /MedicationStatement\/long-drug-7/ }).count()).toBe(1)
  await page.getByRole('button', { name: 'Lanes' }).click()
  await page.getByRole('checkbox', { name: /^Toxicity/ }).uncheck()
  await page.keyboard.press('Escape')
  expect(await page.getByRole('heading', { name: /^Toxicity/ }).count()).toBe(0)
  await page.reload()
  await page.getByRole('listbox').waitFor()
  expect(await page.getByRole('button', { name: /^Toxicity/ }).count()).toBe(0)
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
  expect(kept).not.toMatch(/long|Wolfe|osimertinib|1948/)
  expect(await page.title()).not.toMatch(/Wolfe|long/)
  await page.close()
})

test('on paper stand the plot and every value', async () => {
  const page = await open()
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('tbody tr').count()).toBeGreaterThan(60)
  expect(await page.getByRole('option').count()).toBeGreaterThan(60)
  expect(await page.getByRole('cell', { name: 'Observation/long-creatinine-11' }).isVisible()).toBe(true)
  await shot(page, 'timeline-print')
  await page.close()
})

test('a chart with nothing but a name, and one that is not there', async () => {
  const page = await world.signedIn('oncologist', { path: '/patients/bare/timeline', site })
  await page.getByRole('heading', { name: 'Timeline' }).waitFor()
  await page
    .getByText(/nothing recorded|Nothing to show/)
    .first()
    .waitFor()
  await page.close()
  const none = await world.signedIn('oncologist', { path: '/patients/nobody/timeline', site })
  await none.getByRole('alert').first().waitFor()
  await none.close()
})

test.each([
  ['light', 'en', 1280],
  ['dark', 'de', 360],
] as const)('%s, %s, %i pixels: nothing against WCAG AA, nothing sticks out, plot and table', async (scheme, language, width) => {
  const page = await open({ scheme, language, width })
  await page.getByRole('listbox').focus()
  await page.keyboard.press('ArrowRight')
  await shot(page, `timeline-${scheme}-${language}-${width}`)
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  await page.getByText(/^(Table|Tabelle|Tabla)$/).click()
  await page.locator('table').first().waitFor()
  if (width === 360) expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  await page.close()
})
