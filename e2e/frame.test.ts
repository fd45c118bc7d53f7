import { afterAll, beforeAll, expect, test } from 'vitest'
import { axe, openWorld, overflows, shot, type World } from './harness.ts'

let world: World
beforeAll(async () => {
  world = await openWorld({ patients: 1 })
}, 120_000)
afterAll(() => world?.close())

test('who opens the page signs in at the provider, and a reload needs no second question', async () => {
  const page = await world.signedIn('oncologist', { path: '/about' })
  expect(await page.textContent('h1')).toBe('About Second Wind')
  await page.reload()
  await page.waitForSelector('h1')
  expect(new URL(page.url()).pathname).toBe('/app/about')
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
  expect(kept).not.toMatch(/eyJ/)
  await page.context().close()
})

test('the sign-in names the app as people know it, and looks right on a phone', async () => {
  const context = await world.browser.newContext({ viewport: { width: 360, height: 740 } })
  const page = await context.newPage()
  await page.goto(`${world.base}/app/`)
  await page.waitForSelector('input[name=role]')
  const asked = page.getByText(/^When you sign in/)
  expect(await asked.textContent()).toBe('When you sign in, Second Wind may:')
  expect(await page.locator('main').innerText()).not.toContain('second-wind-workspace')
  await shot(page, 'sign-in-360')
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  await context.close()
})

test('the whole address comes back from the sign-in: what is asked for, the direction, the anchor', async () => {
  const page = await world.signedIn('oncologist', { path: '/what-if?dir=rtl#release=2026-01-01&set=ecog%3D3' })
  const { search, hash } = new URL(page.url())
  expect(search).toBe('?dir=rtl')
  expect(hash).toContain('ecog%3D3')
  expect(await page.getAttribute('html', 'dir')).toBe('rtl')
  await page.context().close()
})

test('a chart that is not open says so once, in words for people, and offers no door that stays shut', async () => {
  const page = await world.signedIn('researcher', { path: '/patients/somebody/plan' })
  await page.getByRole('alert').waitFor()
  expect(await page.getByRole('alert').getByRole('listitem').count()).toBe(1)
  expect(await page.getByRole('alert').textContent()).not.toContain('Authorization')
  expect(await page.getByRole('link', { name: 'Timeline' }).count()).toBe(0)
  await page.context().close()
})

test('who signs out is asked again', async () => {
  const page = await world.signedIn('navigator', { path: '/about' })
  await page.getByRole('button', { name: 'Signed in' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForSelector('input[name=role]')
  await page.context().close()
})

test.each([
  ['light', 'en', 1280],
  ['dark', 'de', 360],
  ['light', 'es', 768],
] as const)('%s, %s, %i pixels: nothing against WCAG AA, nothing sticks out', async (scheme, language, width) => {
  const page = await world.signedIn('oncologist', { path: '/about', scheme, language, width })
  await page.waitForSelector('dl')
  await shot(page, `about-${scheme}-${language}-${width}`)
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  await page.context().close()
})

test('a page that is left alone locks and goes on where it was', async () => {
  const page = await world.signedIn('oncologist', { path: '/about' })
  await page.clock.install()
  await page.goto(`${world.base}/app/about`)
  await page.waitForSelector('h1')
  await page.clock.fastForward('16:00')
  await page.getByRole('heading', { name: 'Locked' }).waitFor()
  expect(await page.getByRole('heading', { name: 'About Second Wind' }).isVisible()).toBe(false)
  const [opened] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button', { name: 'I am here' }).click()])
  await opened.check('input[name=role][value=oncologist]')
  await opened.click('button[type=submit]')
  await page.clock.resume()
  await page.getByRole('heading', { name: 'About Second Wind' }).waitFor()
  await page.context().close()
})

test('the pages load nothing from elsewhere and may not be framed', async () => {
  const response = await fetch(`${world.base}/app/patients/anything`)
  expect(response.status).toBe(200)
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect((await fetch(`${world.base}/app/assets/none.js`)).status).toBe(404)
  expect((await fetch(`${world.base}/`, { redirect: 'manual' })).headers.get('location')).toBe('/app/')
})
