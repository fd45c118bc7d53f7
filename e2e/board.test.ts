import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordChart } from '../packages/server/test/store/charts.ts'
import { axe, openWorld, overflows, shot, type World } from './harness.ts'

let world: World
/** Two patients of one site with a plan to decide on. */
let names: readonly string[]
let site: string
beforeAll(async () => {
  world = await openWorld({ patients: 6 })
  await world.planned()
  const rows = await world.store.database.query<{ site: string; body: string }>(
    `select s.site, v.body from plan_state s join resource_current c on c.type = 'Patient' and c.id = s.patient
     join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version where s.status = 'proposed' and s.first_option is not null
     order by s.patient`,
  )
  site = [...Map.groupBy(rows, (row) => row.site)].sort(([, a], [, b]) => b.length - a.length)[0]![0]
  names = rows
    .filter((row) => row.site === site)
    .map(({ body }) => {
      const { name } = JSON.parse(body) as { name: { family: string; given: string[]; text?: string }[] }
      return name[0]!.text ?? `${name[0]!.given.join(' ')} ${name[0]!.family}`
    })
  expect(names.length).toBeGreaterThanOrEqual(2)
}, 180_000)
afterAll(() => world?.close())

const ask = async (page: Page, name: string, question: string): Promise<void> => {
  await page.getByRole('button', { name: 'Ask the board' }).first().click()
  await page.getByRole('combobox', { name: 'Patient' }).fill(name.split(' ')[0]!)
  await page.getByRole('option', { name: new RegExp(name) }).click()
  await page.getByLabel('Question to the board').fill(question)
  await page.getByRole('dialog').getByRole('button', { name: 'Ask the board' }).click()
  await page.getByRole('table').getByText(question).waitFor()
}

const decide = async (page: Page, reason: string): Promise<void> => {
  await page.keyboard.press('d')
  const form = page.getByRole('form', { name: 'Decision' })
  await form.getByRole('radio').first().check()
  await form.getByLabel('Reason').fill(reason)
  await form.getByLabel('What the patient wants').fill('at home as long as possible')
  await form.getByRole('combobox', { name: 'Who sees to it' }).click()
  await page.getByRole('option', { name: /\(me\)/ }).click()
  await form.getByRole('button', { name: 'Record the decision' }).click()
}

test('from the question to the decision and what became of it, with a broken connection in between, and two browsers', {
  timeout: 90_000,
}, async () => {
  const page = await world.signedIn('oncologist', { path: '/board', site })
  await ask(page, names[0]!, 'Radiotherapy of the chest first?')
  await ask(page, names[1]!, 'Is an operation possible?')
  await shot(page, 'board-queue')
  expect(await axe(page)).toEqual([])

  // a meeting, a seat for the surgeon, two cases, put in order by the keyboard
  await page.getByRole('button', { name: 'New meeting' }).click()
  await page.getByLabel('Name').fill('Thoracic board')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Thoracic board' }).waitFor()
  for (const name of names.slice(0, 2)) await page.getByRole('button', { name: `Put ${name} on the agenda` }).click()
  await page.getByRole('button', { name: 'Case 2: move', exact: true }).focus()
  await page.keyboard.press('Alt+ArrowUp')
  await page.getByText('Now case 1 of 2').waitFor({ state: 'attached' })
  await page.getByText('Everything is sent').waitFor()
  const first = page.getByRole('main').getByRole('list').first().getByRole('listitem').first()
  expect(await first.textContent()).toContain(names[1]!)
  await shot(page, 'board-meeting')
  expect(await axe(page)).toEqual([])
  const address = new URL(page.url()).pathname.replace('/app', '')

  // a second browser sees the same meeting
  const other = await world.signedIn('surgeon', { path: `${address}/present`, site })
  await other.getByRole('heading', { name: names[1]! }).waitFor()
  await other.keyboard.press('5')
  expect(await other.getByRole('tab', { selected: true }).textContent()).toContain('Surgery')

  // the first presents; the connection breaks; what is decided waits, visibly
  await page.getByRole('link', { name: 'Present' }).click()
  await page.getByRole('heading', { name: names[1]! }).waitFor()
  await page.getByRole('heading', { name: 'What is known' }).waitFor()
  await shot(page, 'board-present')
  expect(await axe(page)).toEqual([])
  await page.context().setOffline(true)
  await page.keyboard.press('PageDown')
  await page.getByRole('heading', { name: names[0]! }).waitFor()
  await page.keyboard.press('PageUp')
  await decide(page, 'small field, few days away from home')
  await page.getByText('Not yet sent: 1').waitFor()
  await page.getByText('Decided here, not yet sent:').waitFor()
  await shot(page, 'board-offline')

  // meanwhile the surgeon decides the same case
  await decide(other, 'operable, and she is fit')
  await other.getByText('Decided:').waitFor()

  // back again: nothing is written over, both versions stand side by side
  await page.context().setOffline(false)
  await page.getByText('Somebody else has decided on this patient meanwhile').waitFor()
  await shot(page, 'board-clash')
  expect(await axe(page)).toEqual([])
  const clash = page.getByRole('alert')
  expect(await clash.getByRole('region', { name: 'What stands there now' }).textContent()).toContain('operable, and she is fit')
  expect(await clash.getByRole('region', { name: 'What you did' }).textContent()).toContain('small field')
  await clash.getByRole('button', { name: 'Keep what stands there, leave mine out' }).click()
  await page.getByText('Decided:').waitFor()
  expect(await page.getByRole('main').textContent()).toContain('operable, and she is fit')
  const decisions = await world.store.database.query('select 1 from decision_journal')
  expect(decisions).toHaveLength(1)

  // it stands in exactly one list: that of the surgeon, who closes it, takes that back, and closes it again
  await page.keyboard.press('Escape')
  await other.keyboard.press('Escape')
  await other.getByRole('link', { name: 'Board', exact: true }).click()
  const row = other.locator('#follow-through').getByRole('row').nth(1)
  await row.getByRole('button', { name: 'Done' }).click()
  await other.getByText('Nothing decided waits for you').waitFor()
  await other.locator('#follow-through').getByText('Closed', { exact: true }).click()
  await row.getByRole('button', { name: 'Undo' }).click()
  await other.locator('#follow-through').getByText('Mine', { exact: true }).click()
  await row.getByRole('button', { name: 'Otherwise' }).click()
  await other.getByRole('menuitem', { name: 'It was not done' }).click()
  await other.getByRole('combobox', { name: 'Why not' }).click()
  await other.getByRole('option', { name: 'A new finding' }).click()
  await other.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await other.getByText('Nothing decided waits for you').waitFor()
  await page.context().close()
  await other.context().close()
})

test('a letter, a case and slides can be taken away, and no name stands in a file name', { timeout: 60_000 }, async () => {
  const page = await world.signedIn('oncologist', { path: '/board', site })
  await page.getByRole('link', { name: 'Thoracic board' }).click()
  for (const label of ['Agenda as PDF', 'All cases as slides', `Case of ${names[1]} as PDF`]) {
    await page.getByRole('button', { name: 'Take away' }).click()
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: label }).click()])
    expect(file.suggestedFilename()).toMatch(/^second-wind-[a-z]+\.(pdf|pptx)$/)
    if (process.env.SHOTS) await file.saveAs(`${process.env.SHOTS}/${file.suggestedFilename()}`)
  }
  await page.context().close()
})

test('the presenter shows what is unsafe with its reason, and what comes first, in every specialty', { timeout: 60_000 }, async () => {
  await recordChart(world.store, 'alk-pregnant', site)
  await world.planned()
  const name = 'Prisca Fixture'
  const page = await world.signedIn('oncologist', { path: '/board', site })
  await ask(page, name, 'What can be given in the pregnancy?')
  await page.getByRole('link', { name: 'Thoracic board' }).click()
  await page.getByRole('button', { name: `Put ${name} on the agenda` }).click()
  await page.getByText('What can be given in the pregnancy?').first().waitFor()
  await page.goto(`${page.url()}/present`)
  const title = page.getByRole('heading', { level: 1 })
  for (let was = (await title.textContent()) ?? ''; !was.includes(name); was = (await title.textContent()) ?? '') {
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction((before) => document.querySelector('h1')?.textContent !== before, was)
  }
  const unsafe = page.getByRole('region', { name: 'Unsafe now' })
  await unsafe.waitFor()
  for (const key of ['1', '2', '3', '4', '5', '6']) {
    await page.keyboard.press(key)
    expect(await unsafe.textContent(), key).toMatch(/kinase inhibitors are contraindicated throughout pregnancy/i)
  }
  await shot(page, 'present-unsafe')
  expect(await axe(page)).toEqual([])
  await page.context().close()
})

test('the presenter shows what set an alert off: the fact, its value and its day', { timeout: 60_000 }, async () => {
  await recordChart(world.store, 'pneumonitis-on-immunotherapy', site)
  await world.planned()
  const page = await world.signedIn('oncologist', { path: '/board', site })
  const { name } = JSON.parse((await world.store.read('Patient', 'pneumonitis-on-immunotherapy'))!.body!) as {
    name: { family: string; given: string[] }[]
  }
  const who = `${name[0]!.given.join(' ')} ${name[0]!.family}`
  await ask(page, who, 'Steroids, and what then?')
  await page.getByRole('link', { name: 'Thoracic board' }).click()
  await page.getByRole('button', { name: `Put ${who} on the agenda` }).click()
  await page.getByText('Steroids, and what then?').first().waitFor()
  await page.goto(`${page.url()}/present`)
  const title = page.getByRole('heading', { level: 1 })
  for (let was = (await title.textContent()) ?? ''; !was.includes(who); was = (await title.textContent()) ?? '') {
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction((before) => document.querySelector('h1')?.textContent !== before, was)
  }
  const raised = page.locator('[data-alert]').first().getByRole('list', { name: 'What set it off' }).getByRole('listitem')
  await raised.first().waitFor()
  expect(await raised.first().locator('time').count()).toBe(1)
  // a room takes in what a colleague would say, not every fact of the chart
  const known = page.locator('#specialty')
  expect(await known.innerText()).toMatch(/pembrolizumab\n.*running/)
  expect(await known.innerText()).not.toMatch(/pd1-pdl1|immune-checkpoint-inhibitor,/)
  expect(await known.locator('dl dt:visible').count()).toBeLessThanOrEqual(14)
  await raised.first().getByRole('button').focus()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Tab')
  await page
    .getByText(/^[A-Z]\w+\/pneumonitis-on-immunotherapy/)
    .first()
    .waitFor()
  // Escape closes the card and not the presentation
  await page.keyboard.press('Escape')
  await page.locator('.mantine-Popover-dropdown').waitFor({ state: 'detached' })
  expect(page.url()).toContain('/present')
  await shot(page, 'present-alerts')
  expect(await axe(page)).toEqual([])
  await page.context().close()
})

test.each([
  ['dark', 'de', 360],
  ['light', 'es', 768],
  ['dark', 'en', 1920],
] as const)('%s, %s, %i pixels: nothing against WCAG AA, nothing sticks out', { timeout: 60_000 }, async (scheme, language, width) => {
  const page = await world.signedIn('oncologist', { path: '/board', site, scheme, language, width })
  await page.getByRole('link', { name: 'Thoracic board' }).waitFor()
  await shot(page, `board-${scheme}-${language}-${width}`)
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  await page.getByRole('link', { name: 'Thoracic board' }).click()
  await page.getByRole('heading', { name: 'Thoracic board' }).waitFor()
  await page.getByText(names[0]!).first().waitFor()
  await shot(page, `meeting-${scheme}-${language}-${width}`)
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  await page.goto(`${page.url()}/present`)
  await page.getByRole('heading', { level: 1, name: names[1]! }).waitFor()
  await page.locator('#specialty h2').first().waitFor()
  expect(
    await page
      .locator('main')
      .evaluate(
        (main) =>
          main.scrollWidth <= main.clientWidth && [...main.children].every((part) => part.getBoundingClientRect().width <= innerWidth),
      ),
  ).toBe(true)
  await shot(page, `present-${scheme}-${language}-${width}`)
  expect(await axe(page)).toEqual([])
  await page.context().close()
})
