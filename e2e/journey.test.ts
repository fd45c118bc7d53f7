import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, expect, test } from 'vitest'
import { PROJECT } from '../packages/server/src/compose.ts'
import { postgresServer } from '../packages/server/test/store/postgres-server.ts'
import { openWorld, shot, type World } from './harness.ts'

const CHART = path.join(PROJECT, 'fixtures/patients/no-driver-pdl1-80-fit.json')

/** Every text that a person has typed: nobody should have to say anything twice, nor what the chart says already. */
class Typist {
  readonly typed: string[] = []
  readonly page: Page
  constructor(page: Page) {
    this.page = page
  }
  async fill(label: string, text: string): Promise<void> {
    this.typed.push(text)
    await this.page.getByRole('form').getByLabel(label).fill(text)
  }
}

const postgres = await postgresServer()
afterAll(() => {
  if (!('skipped' in postgres)) postgres.stop()
})
if ('skipped' in postgres) console.log(`skipped: the journey on PostgreSQL: ${postgres.skipped}`)
const DATABASES = [
  ['the embedded database', async () => undefined],
  ...('skipped' in postgres ? [] : [['PostgreSQL', async () => ({ postgres: await postgres.schema() })] as const]),
] as const

let world: World | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
}, 60_000)

test.each(DATABASES)(
  'a chart dropped, its plan, a what-if, the decision of the board and what became of it, on %s',
  { timeout: 120_000 },
  async (_name, database) => {
    const at = await database()
    world = await openWorld({ patients: 0, ...(at === undefined ? {} : { database: at }) })
    const page = await world.signedIn('oncologist', { path: '/bring', site: 'north' })
    const typist = new Typist(page)

    await page.locator('input[type=file]').setInputFiles(CHART)
    await page.getByRole('button', { name: 'Keep it and open the plan' }).click()
    await page.getByRole('heading', { name: 'Options' }).waitFor()
    await shot(page, 'journey-plan')

    await page.getByRole('link', { name: 'What if' }).click()
    const picker = page.getByRole('combobox', { name: 'Change a fact' })
    typist.typed.push('ROS1 positive')
    await picker.fill('ROS1 positive')
    await page.getByRole('listbox').getByRole('option').first().waitFor()
    await page.keyboard.press('Enter')
    await page.locator('[data-group="first"]').getByText('→').waitFor()

    await page.getByRole('link', { name: 'Plan', exact: true }).click()
    await page
      .getByRole('button', { name: /Decide/ })
      .first()
      .click()
    const form = page.getByRole('form', { name: 'Decision' })
    await form.waitFor()
    // the option that was pressed is chosen already
    expect(await form.getByRole('radio', { checked: true }).count()).toBe(1)
    await typist.fill('Reason', 'high PD-L1, no driver, fit')
    await form.getByRole('combobox', { name: 'Who sees to it' }).click()
    await page.getByRole('option', { name: /\(me\)/ }).click()
    await form.getByRole('button', { name: 'Record the decision' }).click()
    await form.waitFor({ state: 'detached' })

    await page.getByRole('link', { name: 'Board', exact: true }).click()
    const row = page.locator('#follow-through').getByRole('row').nth(1)
    await row.waitFor()
    await shot(page, 'journey-follow-through')
    await row.getByRole('button', { name: 'Done' }).click()
    await page.getByText('Nothing decided waits for you').waitFor()

    // nothing that the chart says was asked for, and nothing twice
    expect(typist.typed).toHaveLength(new Set(typist.typed).size)
    expect(typist.typed).toHaveLength(2)
    const decisions = await world.store.decisions.list('no-driver-pdl1-80-fit')
    expect(decisions).toHaveLength(1)
  },
)
