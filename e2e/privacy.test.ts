import { afterAll, beforeAll, expect, test } from 'vitest'
import { axe, openWorld, overflows, shot, type World } from './harness.ts'

let world: World
let patient: string
beforeAll(async () => {
  world = await openWorld({ patients: 1 })
  await world.planned()
  patient = (
    await world.store.database.query<{ id: string }>(`select id from resource_current where type = 'Patient' and not is_deleted`)
  )[0]!.id
}, 150_000)
afterAll(() => world?.close())

test('an emergency opens a refused chart for its reason, and the privacy officer finds and reviews it', { timeout: 60_000 }, async () => {
  const page = await world.signedIn('surgeon', { path: `/patients/${patient}/plan`, site: 'elsewhere' })
  const way = page.getByRole('button', { name: 'Emergency access' }).first()
  await way.waitFor()
  expect(await axe(page)).toEqual([])
  await way.click()
  const go = page.getByRole('button', { name: 'Open this chart' })
  await page.getByLabel('Reason').fill('short')
  await page.getByLabel('I need this chart to treat this patient now').check()
  expect(await go.isDisabled()).toBe(true)
  await page.getByLabel('Reason').fill('bleeding, on call, nobody else here')
  await shot(page, 'glass')
  expect(await axe(page)).toEqual([])
  await go.click()
  await page.getByText('This is not open to you').waitFor({ state: 'detached' })
  await page.getByRole('navigation', { name: 'Screens of this patient' }).waitFor()
  expect(await world.store.database.query('select 1 from break_glass')).toHaveLength(1)
  await page.context().close()

  const officer = await world.signedIn('privacy-officer', { path: '/privacy' })
  await officer.getByText('bleeding, on call, nobody else here').waitFor()
  await officer.getByRole('button', { name: 'Review' }).click()
  await officer.getByLabel('Note').fill('was on call that night')
  await officer.getByRole('button', { name: 'Keep the finding' }).click()
  // the form is gone: what is read now is what was kept
  await officer.getByRole('button', { name: 'Keep the finding' }).waitFor({ state: 'detached' })
  await officer.getByText('was on call that night').first().waitFor()
  await officer.getByRole('button', { name: 'Check now' }).click()
  await officer.getByText('Whole:').waitFor()

  // the log by person, then refusals alone
  await officer.getByLabel('Who').fill('Practitioner/surgeon')
  await officer.getByLabel('Only refusals').check()
  await officer.getByRole('button', { name: 'Search' }).click()
  const rows = officer.getByRole('table').last().getByRole('row')
  await rows.filter({ hasText: 'refused' }).first().waitFor()
  expect(await officer.locator('tr[data-route="plan.read"]').count()).toBeGreaterThan(0)
  expect(await rows.filter({ hasText: 'privacy-officer' }).count()).toBe(0)
  await shot(officer, 'privacy')
  expect(await axe(officer)).toEqual([])
  const [file] = await Promise.all([
    officer.waitForEvent('download'),
    officer.getByRole('button', { name: 'Export the whole log' }).click(),
  ])
  expect(file.suggestedFilename()).toBe('second-wind-audit.ndjson')
  await officer.context().close()
})

test('roles and kinds are said in the language of the page, and an event takes three lines of a phone', async () => {
  const page = await world.signedIn('privacy-officer', { path: '/privacy', language: 'de', width: 360 })
  const row = page.locator('table').last().locator('tbody tr[data-route^="audit"]').first()
  await page.locator('table').last().waitFor()
  // who looks at the log stands in it, the next time it is looked at
  await page.reload()
  await row.waitFor()
  const text = await page.locator('table').last().innerText()
  expect(text).toContain('Datenschutz')
  expect(text).toContain('Zugriffsprotokoll')
  expect(text).not.toMatch(/(?<!\/)privacy-officer|audit\.search|\baudit\b/)
  const height = await row.evaluate((one) => one.getBoundingClientRect().height)
  expect(height).toBeLessThan(130)
  await page.context().close()
})

test('who has no such way is offered none', async () => {
  const page = await world.signedIn('dietitian', { path: `/patients/${patient}/plan`, site: 'elsewhere' })
  await page.getByText('This is not open to you').first().waitFor()
  expect(await page.getByRole('button', { name: 'Emergency access' }).count()).toBe(0)
  await page.context().close()
})

test.each([
  ['dark', 'de', 360],
  ['light', 'es', 768],
] as const)('%s, %s, %i pixels: nothing against WCAG AA, nothing sticks out', async (scheme, language, width) => {
  const page = await world.signedIn('privacy-officer', { path: '/privacy', scheme, language, width })
  await page.getByRole('table').last().waitFor()
  await shot(page, `privacy-${scheme}-${language}-${width}`)
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  await page.context().close()
})
