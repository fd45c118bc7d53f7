import { afterAll, beforeAll, expect, test } from 'vitest'
import { axe, looksRight, openWorld, shot, type World } from './harness.ts'

let world: World
beforeAll(async () => {
  world = await openWorld({ patients: 10 })
  await world.planned()
}, 180_000)
afterAll(() => world?.close())

const nobodyNamed = async (text: string): Promise<void> => {
  const rows = await world.store.database.query<{ sort_name: string }>('select sort_name from workspace_patient')
  expect(rows.length).toBeGreaterThan(5)
  for (const { sort_name } of rows) expect(text.toLowerCase()).not.toContain(sort_name)
}

test('hospitals with what they can do, waits and measures, and nobody by name', async () => {
  const page = await world.signedIn('quality-officer', { path: '/network', width: 1440, height: 1000 })
  await page.getByRole('heading', { name: 'Quality measures' }).waitFor()
  await page.locator('table').nth(2).waitFor({ timeout: 30_000 })
  const text = (await page.textContent('main'))!
  expect(text).toContain('Stereotactic radiosurgery')
  await nobodyNamed(text)
  await shot(page, 'network-light-en-1440')
  await page.context().close()
})

test('on the wall one picture follows the other when somebody turns the page; nothing moves by itself where that is not wanted', async () => {
  const page = await world.signedIn('coordinator', { path: '/network/wall', width: 1920, height: 1080 })
  await page.getByRole('heading', { name: 'Asked for today' }).waitFor()
  expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0)
  await nobodyNamed((await page.textContent('main'))!)
  for (let i = 0; i < 4; i++) {
    await shot(page, `wall-${i}`)
    // the pictures are tables and figures: one of each is looked at
    if (i < 2) expect(await axe(page)).toEqual([])
    await page.keyboard.press('ArrowRight')
    await page.waitForTimeout(50)
  }
  await page.keyboard.press('Escape')
  await page.waitForURL(/\/network$/)
  await page.context().close()
})

test('on a phone nothing is cut and nothing is scrolled sideways: each number stands under its own name', async () => {
  const page = await world.signedIn('quality-officer', { path: '/network', width: 360, height: 740 })
  await page.locator('table').nth(2).waitFor({ timeout: 30_000 })
  const cut = await page
    .locator('main section')
    .evaluateAll((parts) => parts.filter((part) => part.scrollWidth > part.clientWidth + 1).length)
  expect(cut).toBe(0)
  const [heading, first] = await Promise.all([
    page.getByRole('heading', { name: 'Hospitals', exact: true }).boundingBox(),
    page.locator('table').first().locator('tbody tr').first().boundingBox(),
  ])
  expect(first!.y - heading!.y - heading!.height).toBeLessThan(48)
  const seen = await page
    .locator('tbody td[data-label]')
    .evaluateAll((cells) => cells.every((cell) => getComputedStyle(cell, '::before').content !== 'none'))
  expect(seen).toBe(true)
  await shot(page, 'network-phone')
  expect(await axe(page)).toEqual([])
  await page.context().close()
})

test('light and dark, in three languages, from 360 to 1920 pixels: nothing against WCAG AA, nothing sticks out', async () => {
  const page = await world.signedIn('oncologist', { path: '/network', height: 900 })
  await looksRight(page, 'network', () => page.locator('table').nth(2).waitFor({ timeout: 30_000 }))
  await page.context().close()
}, 120_000)
