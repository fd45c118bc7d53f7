import type { PlanDocument } from '@secondwind/core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordChart } from '../packages/server/test/store/charts.ts'
import { axe, openWorld, overflows, shot, type World } from './harness.ts'

const EMERGENCY = 'cord-compression-suspected'
const PROGRESSING = 'egfr-osimertinib-progression-untested'
/** Kinase inhibitors are unsafe for her. */
const PREGNANT = 'alk-pregnant'
const TOO_EARLY = 'stage-iiia'
/** Two inhibitors side by side, one wish that moves both, one caution that concerns both. */
const OLD = 'met-exon14-elderly'

let world: World
/** One window for what is looked at without changing the page: signing in takes longest. */
let page: Page
let plan: PlanDocument
beforeAll(async () => {
  world = await openWorld({ patients: 0 })
  for (const name of [EMERGENCY, PROGRESSING, PREGNANT, TOO_EARLY, OLD]) await recordChart(world.store, name, 'north')
  page = await world.signedIn('oncologist', { site: 'north', path: '/about' })
}, 120_000)
afterAll(() => world?.close())

/** The plan page of a patient, and the plan that it was given. */
async function open(name: string, on: Page = page): Promise<PlanDocument> {
  const [answer] = await Promise.all([
    on.waitForResponse((response) => new URL(response.url()).pathname === `/plans/${name}`),
    on.goto(`${world.base}/app/patients/${name}/plan`),
  ])
  const given = (await answer.json()) as PlanDocument
  await on.getByRole('heading', { level: 1, name: given.case.story }).waitFor()
  return given
}

describe('the plan page', () => {
  test('an emergency stands first, says what to do now, and cannot be missed', async () => {
    plan = await open(EMERGENCY)
    const alert = page.getByRole('alert').first()
    const first = plan.alerts[0]!
    const words = (await alert.textContent()) ?? ''
    expect(words).toContain(first.title)
    for (const action of first.actions) expect(words).toContain(action)
    const [above, below] = [await alert.boundingBox(), await page.getByRole('table', { name: 'Options side by side' }).boundingBox()]
    expect(above!.y + above!.height).toBeLessThanOrEqual(below!.y)
    // the first screen shows it without scrolling
    expect(above!.y).toBeLessThan(800)
    expect(await axe(page)).toEqual([])
    await shot(page, 'plan-emergency')
  })

  test('on a phone the emergency and what stands first are on the first screen; what a fact rests on covers no other fact', async () => {
    const own = await world.signedIn('oncologist', { site: 'north', path: '/about', width: 360, height: 740 })
    const given = await open(EMERGENCY, own)
    const glance = own.getByRole('navigation', { name: 'At a glance' })
    const bar = await own.getByRole('navigation', { name: 'Main' }).boundingBox()
    for (const words of [given.alerts[0]!.title, given.options[0]!.title]) {
      const box = await glance.getByRole('link', { name: words }).boundingBox()
      expect(box!.y + box!.height, words).toBeLessThanOrEqual(bar!.y)
    }
    await glance.getByRole('link', { name: given.alerts[0]!.title }).click()
    expect((await own.locator('#alerts').boundingBox())!.y).toBeLessThan(300)
    await own.context().close()
    await open(EMERGENCY)
    const header = page.getByRole('region', { name: 'Patient', exact: true })
    await header.getByRole('button').first().hover()
    const card = page.locator('.mantine-Popover-dropdown')
    await card.waitFor()
    const [under, above] = [await card.boundingBox(), await header.boundingBox()]
    expect(under!.y).toBeGreaterThanOrEqual(above!.y + above!.height)
    await page.mouse.move(0, 0)
    await card.waitFor({ state: 'detached' })
    // by keyboard as well, and heard
    const second = header.getByRole('button').nth(1)
    await header.getByRole('button').first().focus()
    await page.keyboard.press('Tab')
    await card.waitFor()
    expect(await second.evaluate((button) => document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent)).toMatch(
      /cord-compression-suspected/,
    )
    await page.keyboard.press('Escape')
    await card.waitFor({ state: 'detached' })
  })

  test('options stand side by side, best supportive care and a trial among them, each with the strongest reason against it', async () => {
    plan = await open(PROGRESSING)
    const table = page.getByRole('table', { name: 'Options side by side' })
    const heads = await table.getByRole('columnheader').getByRole('heading').allTextContents()
    expect(heads.length).toBeGreaterThanOrEqual(2)
    expect(heads.length).toBeLessThanOrEqual(5)
    const shown = heads.map((title) => plan.options.find((option) => option.title === title)!)
    expect(shown[0]!.rank).toBe(1)
    expect(shown.some(({ approaches }) => approaches.includes('supportive-care'))).toBe(true)
    expect(shown.some(({ trial }) => trial !== undefined)).toBe(true)
    const against = await table.getByRole('row', { name: 'Strongest reason against' }).getByRole('cell').allTextContents()
    expect(against).toEqual(shown.map((option) => option.against))
    // who looks for another one chooses it below
    const other = plan.options.find(({ id }) => !shown.some((one) => one.id === id))!
    await page.getByText(`All options (${plan.options.length})`).click()
    await page.getByRole('checkbox', { name: other.title }).check()
    expect(await table.getByRole('columnheader').getByRole('heading').allTextContents()).toContain(other.title)
  })

  test('a trial says which of its criteria are not met and which nobody knows', async () => {
    const { trial } = plan.options.find((option) => option.trial !== undefined)!
    const open = trial!.criteria.filter(({ met }) => met !== 'true')
    expect(open.length).toBeGreaterThan(0)
    const cell = page.locator('tr[data-row=trial]')
    await cell
      .getByText(/not met or not known/)
      .first()
      .click()
    for (const { say } of open) expect(await cell.getByText(say, { exact: true }).first().isVisible(), say).toBe(true)
  })

  test('what nobody has confirmed is marked, and each source says how old it is', async () => {
    const evidence = page.getByRole('row', { name: 'Benefit and harm, as published' })
    expect(await evidence.getByText('not confirmed').count()).toBeGreaterThan(0)
    expect(await evidence.getByText(/\d{4} \((of this year|\d+ years? old)\)/).count()).toBeGreaterThan(1)
  })

  test('two clicks lead from an option to the very resource and its words, or to its sources', async () => {
    await page.getByRole('row', { name: 'Does it fit, and why' }).getByRole('button', { name: 'Why, in full' }).first().click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText('met', { exact: true }).first().waitFor()
    expect(await drawer.locator('a[href^="http"]').count()).toBeGreaterThan(0)
    expect(await drawer.locator('a[href*="/app/knowledge/rules/"]').count()).toBe(1)
    // each way leads to something that has a name: what the chart calls it, and its day
    await drawer
      .getByRole('button', { name: /^open .+, .*\d{4}$/ })
      .first()
      .waitFor()
    expect(await drawer.getByRole('button', { name: /^open (Observation|Condition|DiagnosticReport)$/ }).count()).toBe(0)
    await drawer
      .getByRole('button', { name: /^open / })
      .first()
      .click()
    await drawer.getByText('"resourceType":').waitFor()
    await shot(page, 'plan-resource')
    expect(await axe(page)).toEqual([])
    await drawer.getByRole('button', { name: 'Back to the reasons' }).click()
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
  })

  test('the decision form opens on the option that is looked at, and only for who may decide', async () => {
    const option = plan.options[0]!
    await page.getByRole('columnheader').first().waitFor()
    await page
      .getByRole('button', { name: /^Decide on this/ })
      .first()
      .click()
    const chosen = page.getByRole('dialog').getByRole('radio', { checked: true })
    await chosen.waitFor()
    expect(await chosen.count()).toBe(1)
    expect(await chosen.getAttribute('value')).toBe(option.id)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    const nurse = await world.signedIn('infusion-nurse', { site: 'north', path: '/about' })
    await open(PROGRESSING, nurse)
    expect(await nurse.getByRole('button', { name: /^Decide on this/ }).count()).toBe(0)
    await nurse.context().close()
  })

  test.each([
    [1280, 900],
    [360, 740],
  ])('what is unsafe stands above the options, %i by %i pixels', async (width, height) => {
    const own = await world.signedIn('oncologist', { site: 'north', path: '/about', width, height })
    const given = await open(PREGNANT, own)
    const band = own.getByRole('region', { name: 'Unsafe now' })
    const unsafe = given.notAdvised.filter(({ reason }) => reason === 'unsafe')
    expect(unsafe.length).toBeGreaterThan(0)
    expect(await band.textContent()).toContain(unsafe[0]!.treatment)
    const [at, options] = [await band.boundingBox(), await own.locator('#options').boundingBox()]
    expect(at!.y + at!.height).toBeLessThanOrEqual(options!.y)
    await shot(own, `plan-unsafe-${width}`)
    expect(await axe(own)).toEqual([])
    expect(await overflows(own)).toBe(false)
    await band.getByRole('link').click()
    await own.locator('#not-advised').getByText(unsafe[0]!.treatment, { exact: true }).waitFor()
    await own.context().close()
  })

  test('a decision for what the plan calls unsafe is not recorded without a reason, and the page says so', async () => {
    const own = await world.signedIn('oncologist', { site: 'north', path: '/about' })
    await open(PREGNANT, own)
    await own
      .getByRole('button', { name: /^Decide on this/ })
      .first()
      .click()
    const form = own.getByRole('dialog')
    await form.getByLabel('Another way').check()
    await form.getByRole('region', { name: 'Unsafe now' }).waitFor()
    await form.getByLabel('What instead').fill('Osimertinib 80 mg, start today')
    await form.getByRole('textbox', { name: 'Reason', exact: true }).fill('works fast')
    await form.getByRole('combobox', { name: 'Who sees to it' }).click()
    await own.getByRole('option', { name: /\(me\)/ }).click()
    await form.getByRole('button', { name: 'Record the decision' }).click()
    const refused = own.getByRole('alert').filter({ hasText: 'Nothing is recorded yet' })
    await refused.waitFor()
    expect(await refused.textContent()).toMatch(/pregnan/i)
    expect(await world.store.decisions.list(PREGNANT)).toEqual([])
    await shot(own, 'plan-against')
    expect(await axe(own)).toEqual([])
    const record = refused.getByRole('button', { name: 'Record it against the plan' })
    expect(await record.isDisabled()).toBe(true)
    await refused.getByLabel('Why it is decided against the plan').fill('the pregnancy has ended')
    await record.click()
    await refused.waitFor({ state: 'detached' })
    expect((await world.store.decisions.list(PREGNANT)).map(({ againstPlan }) => againstPlan?.reason)).toEqual(['the pregnancy has ended'])
    await own.context().close()
  })

  test.each([1280, 360])('what several options share is said once, with the options it concerns, %i pixels', async (width) => {
    const own = await world.signedIn('oncologist', { site: 'north', path: '/about', width })
    const given = await open(OLD, own)
    const [first, second] = given.options as [PlanDocument['options'][number], PlanDocument['options'][number]]
    const caution = first.cautions.find(({ say }) => second.cautions.some((other) => other.say === say))!
    expect(first.rankedBy).toBe(second.rankedBy)
    for (const words of [first.rankedBy!, caution.say]) {
      const said = own.locator('#options').getByText(words, { exact: true })
      expect(await said.count(), words).toBe(1)
      expect(await own.locator('[data-shared] li').filter({ hasText: words }).innerText()).toMatch(/^1\s*2\b/)
    }
    await shot(own, `plan-shared-${width}`)
    expect(await axe(own)).toEqual([])
    await own.context().close()
  })

  test('the outlook stays closed until it is asked for', async () => {
    const population = page.getByText(plan.outlook!.population)
    expect(await population.count()).toBe(0)
    await page.getByRole('button', { name: 'Open the figures' }).click()
    await population.waitFor()
    expect(await page.getByText('Of 100 people in a similar situation').isVisible()).toBe(true)
    await page.getByRole('button', { name: 'Close the figures' }).click()
    expect(await population.count()).toBe(0)
  })

  test('the six services are all named, with their days', async () => {
    for (const service of ['counselling', 'nutrition', 'pain management', 'palliative care', 'rehabilitation', 'support group'])
      expect(await page.getByRole('heading', { level: 3, name: service, exact: true }).count(), service).toBe(1)
    const due = plan.support.flatMap(({ dueBy }) => dueBy ?? [])
    for (const day of due) expect(await page.locator(`time[datetime="${day}"]`).count()).toBeGreaterThan(0)
  })

  test('a refused plan says why and what to do, and proposes nothing', async () => {
    plan = await open(TOO_EARLY)
    const reasons = plan.problems.filter(({ severity }) => severity === 'error')
    expect(reasons.length).toBeGreaterThan(0)
    for (const { message, remedy } of reasons) {
      expect(await page.getByText(message).first().isVisible()).toBe(true)
      expect(await page.getByText(remedy!).first().isVisible()).toBe(true)
    }
    expect(await page.getByRole('table', { name: 'Options side by side' }).count()).toBe(0)
    expect(await axe(page)).toEqual([])
  })

  test('the letters of a word stand beside each other, however narrow the column', async () => {
    await open(OLD)
    const heights = await page.locator('[data-row=availability] dt').evaluateAll((terms) =>
      terms.map((term) => {
        const range = document.createRange()
        range.selectNodeContents(term)
        return [term.textContent, range.getClientRects().length]
      }),
    )
    expect(heights.length).toBeGreaterThan(3)
    for (const [term, lines] of heights) expect([term, lines]).toEqual([term, 1])
  })

  test.each([
    ['dark', 'de', 360],
    ['light', 'es', 768],
    ['dark', 'en', 1920],
  ] as const)('%s, %s, %i pixels: nothing against WCAG AA, nothing sticks out', async (scheme, language, width) => {
    const own = await world.signedIn('oncologist', { site: 'north', path: '/about', scheme, language, width })
    await open(PROGRESSING, own)
    await shot(own, `plan-${scheme}-${language}-${width}`)
    expect(await axe(own)).toEqual([])
    expect(await overflows(own)).toBe(false)
    await own.context().close()
  })
})
