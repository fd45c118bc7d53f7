import { afterAll, beforeAll, expect, test } from 'vitest'
import { DemoLoading } from '../packages/server/src/demo/index.ts'
import { axe, looksRight, openWorld, shot, type World } from './harness.ts'

let world: World
/** Two more are to come than there are. */
const demo = new DemoLoading(12)
beforeAll(async () => {
  world = await openWorld({ patients: 10, demo })
  await world.planned()
}, 180_000)
afterAll(() => world?.close())

test('while invented patients arrive the page says how far that is, and never that there is nobody', async () => {
  const page = await world.signedIn('oncologist', { site: 'nowhere' })
  await page.getByText('The invented network is arriving: 10 of 12 patients are ready').waitFor()
  expect(await page.textContent('main')).not.toMatch(/\b0 patients|No patients yet|No living patient/)
  await shot(page, 'patients-arriving')
  expect(await axe(page)).toEqual([])
  demo.ended()
  await page.getByText('No patients yet').waitFor()
  expect(await page.getByText('is arriving').count()).toBe(0)
  await page.context().close()
})

const names = (page: import('playwright-core').Page) => page.locator('tbody a[data-focus]').allTextContents()

test('who needs something stands first; the keyboard moves, opens and comes back with what was searched for', async () => {
  const page = await world.signedIn('oncologist')
  await page.waitForSelector('tbody a[data-focus]')
  expect(await page.textContent('h1')).toBe('My patients')
  const all = await names(page)
  expect(all.length).toBeGreaterThan(1)
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(all[0])
  await page.keyboard.press('ArrowDown')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(all[1])
  // a part of a name is found, and nobody else
  await page.keyboard.press('/')
  await page.keyboard.type(all[1]!.split(' ').at(-1)!)
  await page.locator('tbody tr[data-row]').nth(1).waitFor({ state: 'detached' })
  expect(await names(page)).toEqual([all[1]])
  expect(page.url()).not.toContain('Synthetic')
  expect(await page.title()).not.toContain(all[1]!)
  await page.keyboard.press('Tab')
  await page.locator('tbody a[data-focus]').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/patients\//)
  await page.goBack()
  await page.waitForSelector('tbody a[data-focus]')
  expect(await names(page)).toEqual([all[1]])
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
  for (const name of all) expect(kept).not.toContain(name)
  await page.context().close()
})

test('a list of one need holds as many as it says, and is an address of its own', async () => {
  const page = await world.signedIn('oncologist')
  const need = page.locator('button[data-need]:not([data-none])').first()
  await need.click()
  const text = (await need.textContent())!
  const count = Number(/\d+$/.exec(text)![0])
  await page.waitForFunction((n) => document.querySelectorAll('tbody tr[data-row]').length === n, count)
  expect(new URL(page.url()).searchParams.get('need')).toBe(await need.getAttribute('data-need'))
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.waitForFunction((n) => document.querySelectorAll('tbody tr[data-row]').length > n, count)
  await page.context().close()
})

test('a changed plan is told quietly, read, approved and opened again', async () => {
  const page = await world.signedIn('oncologist')
  await page.waitForSelector('tbody a[data-focus]')
  const before = await names(page)
  const patient = (await page.locator('tbody a[data-focus]').nth(1).getAttribute('href'))!.split('/').at(-1)!
  await world.store.database.query(
    `insert into plan_change (patient, site, at, revision, knowledge_digest, cause, priority, changes)
     select patient, site, now(), revision, knowledge_digest, 'data', 1, $2 from plan_state where patient = $1`,
    [patient, JSON.stringify([{ kind: 'first-choice', subject: 'First option', before: 'continue', after: 'hold' }])],
  )
  const news = page.getByRole('button', { name: '1 plan changed: show' })
  await news.waitFor()
  expect(await names(page)).toEqual(before)
  await news.click()
  await page.locator(`tbody tr:has(a[href$="${patient}"]) button`, { hasText: 'New data changed the plan' }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('hold').waitFor()
  await shot(page, 'patients-change')
  expect(await axe(page)).toEqual([])
  await drawer.getByRole('radio', { name: 'Dismiss' }).check()
  await drawer.getByRole('combobox', { name: 'Reason' }).click()
  await page.getByRole('option', { name: 'Does not apply to this patient' }).click()
  await drawer.getByRole('button', { name: 'Dismiss' }).click()
  await page.getByRole('button', { name: 'Undo' }).waitFor()
  const [kept] = await world.store.database.query<{ handled_as: string; handled_reason: string }>(
    'select handled_as, handled_reason from plan_change where patient = $1 order by seq desc limit 1',
    [patient],
  )
  expect(kept).toEqual({ handled_as: 'dismissed', handled_reason: 'not-applicable' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.locator(`tbody tr:has(a[href$="${patient}"]) button`, { hasText: 'New data changed the plan' }).waitFor()
  await page.context().close()
})

test('a coordinator sees who comes and what is waited for, and no word of the disease', async () => {
  const page = await world.signedIn('coordinator')
  await page.waitForSelector('tbody tr[data-row]')
  const text = (await page.textContent('main'))!
  expect(text).not.toMatch(/adenocarcinoma|carcinoma|ECOG|mutation|recommended/i)
  await shot(page, 'patients-coordinator')
  expect(await axe(page)).toEqual([])
  await page.context().close()
})

test('who has no patients begins where their work is', async () => {
  const page = await world.signedIn('quality-officer')
  await page.waitForURL(/\/network$/)
  await page.context().close()
})

test('where nobody is yet, the way to the first chart is shown', async () => {
  const page = await world.signedIn('oncologist', { site: 'nowhere' })
  await page.getByText('No patients yet').waitFor()
  await shot(page, 'patients-empty')
  expect(await axe(page)).toEqual([])
  await page.getByRole('link', { name: 'Bring a chart' }).last().click()
  await page.waitForURL(/\/bring$/)
  await page.context().close()
})

test('light and dark, in three languages, from 360 to 1920 pixels: nothing against WCAG AA, nothing sticks out', async () => {
  const page = await world.signedIn('oncologist', { path: '/', height: 900 })
  await looksRight(page, 'patients', () => page.waitForSelector('tbody a[data-focus]'))
  await page.context().close()
}, 120_000)
