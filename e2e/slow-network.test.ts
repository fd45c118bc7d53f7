import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordChart } from '../packages/server/test/store/charts.ts'
import { openWorld, overflows, shot, type World } from './harness.ts'

const PATIENT = 'no-driver-pdl1-80-fit'

let world: World
beforeAll(async () => {
  world = await openWorld({ patients: 0 })
  await recordChart(world.store, PATIENT, 'north')
}, 120_000)
afterAll(() => world?.close())

/** Half a second there and back and 50 kB a second: a telephone at the edge of a town. Sent bytes count; nothing comes from a cache. */
async function slowed(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true })
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 500,
    downloadThroughput: 50_000,
    uploadThroughput: 20_000,
    connectionType: 'cellular3g',
  })
}

test.each([
  ['the list of patients', '/', 'table, [role=grid], [role=listbox], main li'],
  ['the plan', `/patients/${PATIENT}/plan`, '#options h3'],
  ['what-if, whose planner is the largest thing there is', `/patients/${PATIENT}/what-if`, '#options h3'],
])(
  'on a slow connection %s holds its place with skeletons, then stands whole; nothing is broken, nothing sticks out',
  { timeout: 180_000 },
  async (name, path, content) => {
    const page = await world.signedIn('oncologist', { site: 'north', path: '/about', width: 360, height: 740 })
    page.setDefaultTimeout(120_000)
    const told: string[] = []
    page.on('pageerror', ({ message }) => void told.push(message))
    page.on('console', (message) => {
      if (message.type() === 'error') told.push(message.text())
    })
    await slowed(page)
    const arriving = page.goto(`${world.base}/app${path}`, { waitUntil: 'commit' })
    await arriving
    // the frame first, with the shape of what comes: never an empty page, never a fault because it takes long
    await page.locator('.mantine-Skeleton-root, [role=status], main').first().waitFor()
    await page.locator(content).first().waitFor()
    await page.waitForFunction(() => document.querySelector('.mantine-Skeleton-root') === null)
    expect(
      await page
        .getByRole('alert')
        .filter({ hasText: /not reached|not loaded/ })
        .count(),
    ).toBe(0)
    await shot(page, `slow-${name.split(',')[0]!.replaceAll(' ', '-')}`)
    expect(await overflows(page)).toBe(false)
    expect(told).toEqual([])
    await page.context().close()
  },
)

test('a change of the plan can be tried while the connection is slow: once the planner is there nothing waits for the network', {
  timeout: 180_000,
}, async () => {
  const page = await world.signedIn('oncologist', { site: 'north', path: '/about' })
  page.setDefaultTimeout(120_000)
  await slowed(page)
  await page.goto(`${world.base}/app/patients/${PATIENT}/what-if`)
  await page.locator('table').first().waitFor()
  const sent: string[] = []
  page.on('request', (request) => void sent.push(new URL(request.url()).pathname))
  await page.getByRole('combobox', { name: 'Change a fact' }).fill('ROS1 positive')
  await page.locator('[role=option]:visible').first().waitFor()
  await page.keyboard.press('Enter')
  await page.locator('[data-group="first"]').getByText('→').waitFor()
  expect(sent).toEqual([])
  await page.context().close()
})
