import fs from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { today } from '../packages/server/src/compose.ts'
import { DemoLoading } from '../packages/server/src/demo/index.ts'
import { recordChart } from '../packages/server/test/store/charts.ts'
import { axe, looksRight, openWorld, shot, type World } from './harness.ts'
import { longCourse } from './long-course.ts'

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

test('the keyboard is on the row again when what lay over the list is closed', async () => {
  const page = await world.signedIn('oncologist')
  await page.waitForSelector('tbody a[data-focus]')
  await page.keyboard.press('j')
  const row = page.locator('tbody tr[data-current]')
  const href = (await row.locator('a[data-focus]').getAttribute('href'))!
  await page.keyboard.press('c')
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('radio', { name: 'Approve' }).waitFor()
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname === href)
  await page.context().close()
})

test('what changed is said in the language of the page, without codes', async () => {
  const page = await world.signedIn('oncologist', { language: 'de' })
  await page.waitForSelector('tbody a[data-focus]')
  const patient = (await page.locator('tbody a[data-focus]').first().getAttribute('href'))!.split('/').at(-1)!
  await world.store.database.query(
    `insert into plan_change (patient, site, at, revision, knowledge_digest, cause, priority, changes)
     select patient, site, now(), revision, knowledge_digest, 'data', 1, $2 from plan_state where patient = $1`,
    [patient, JSON.stringify([{ kind: 'alert-added', subject: 'Oxygen saturation below 90%', after: 'there' }])],
  )
  await page.reload()
  await page.waitForSelector('tbody a[data-focus]')
  await page.locator(`tbody tr:has(a[href$="${patient}"]) button`).first().click()
  const drawer = page.getByRole('dialog')
  const line = drawer.getByRole('listitem').filter({ hasText: 'Oxygen saturation' })
  await line.waitFor()
  expect(await line.innerText()).not.toMatch(/alert added|there|knowledge:/)
  expect(await line.getByText('Oxygen saturation below 90%').getAttribute('lang')).toBe('en')
  await page.context().close()
})

test('who is handled and goes from the list leaves the keyboard with the next', async () => {
  const page = await world.signedIn('oncologist', { path: '/?need=changed' })
  await page.waitForSelector('tbody a[data-focus]')
  const before = await names(page)
  await page.keyboard.press('j')
  await page.keyboard.press('c')
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('radio', { name: 'Approve' }).check()
  await drawer.getByRole('combobox', { name: 'Reason' }).click()
  await page.getByRole('option', { name: 'I agree with the plan' }).click()
  await drawer.getByRole('button', { name: 'Approve' }).click()
  await page
    .locator('tbody tr[data-row]')
    .nth(before.length - 1)
    .waitFor({ state: 'detached' })
  await page.waitForFunction((name) => document.activeElement?.textContent === name, before[1]!)
  await page.context().close()
})

test('a first option that waits for an emergency says so in the list and on the page of the patient', async () => {
  const patient = await recordChart(world.store, 'squamous-pdl1-0', 'waits')
  const kept = await world.store.commit({ who: 'Device/test', site: 'waits' }, [
    {
      kind: 'update',
      resource: {
        resourceType: 'Observation',
        id: 'calcium',
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '29265-6' }] },
        subject: { reference: `Patient/${patient}` },
        effectiveDateTime: today(),
        valueQuantity: { value: 3.4, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
      },
    },
  ])
  expect(kept.ok).toBe(true)
  await world.planned()
  const page = await world.signedIn('oncologist', { site: 'waits' })
  const said = page.locator('[data-handle-first=emergency]')
  await said.waitFor()
  expect(await said.innerText()).toBe('Handle first: Severe or symptomatic hypercalcaemia')
  await shot(page, 'patients-waits')
  expect(await axe(page)).toEqual([])
  await page.locator('tbody a[data-focus]').click()
  await page.waitForSelector('[data-area=tumour]')
  expect(await said.innerText()).toBe('Handle first: Severe or symptomatic hypercalcaemia')
  await shot(page, 'case-waits')
  await page.context().close()
})

test('markers by which the list is narrowed are named in the language of the page', async () => {
  const page = await world.signedIn('oncologist', { language: 'de' })
  const file = new URL('../packages/web/src/fact-words/de.json', import.meta.url)
  const words = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly [english: string]: string }
  const english = Object.keys(words).filter((label) => words[label] !== label)
  const markers = page.getByRole('combobox', { name: 'Gefundener Marker' }).locator('option')
  await page.waitForFunction((labels) => {
    const shown = [...document.querySelectorAll('option')].map(({ textContent }) => textContent.split(' · ')[0]!)
    return shown.length > 4 && !shown.some((label) => labels.includes(label))
  }, english)
  expect(await markers.count()).toBeGreaterThan(1)
  await page.context().close()
})

test('however long the story, the list shows what the patient is treated with now', async () => {
  const writes = longCourse('long', today()).map((resource) => ({ kind: 'update' as const, resource }))
  expect((await world.store.commit({ who: 'Device/test', site: 'long' }, writes)).ok).toBe(true)
  await world.planned()
  for (const width of [1280, 360]) {
    const page = await world.signedIn('oncologist', { site: 'long', width })
    await page.waitForSelector('tbody a[data-focus]')
    const isShown = await page.evaluate(() => {
      const walk = document.createTreeWalker(document.querySelector('tbody')!, NodeFilter.SHOW_TEXT)
      for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
        const from = node.nodeValue!.search(/12 lines for advanced disease/)
        if (from < 0) continue
        const range = document.createRange()
        range.setStart(node, from)
        range.setEnd(node, node.nodeValue!.length)
        const { bottom } = range.getBoundingClientRect()
        for (let box = node.parentElement; box !== null; box = box.parentElement)
          if (getComputedStyle(box).overflow === 'hidden' && bottom > box.getBoundingClientRect().bottom + 1) return false
        return true
      }
      return undefined
    })
    await shot(page, `patients-long-${width}`)
    expect(isShown, String(width)).toBe(true)
    await page.context().close()
  }
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
