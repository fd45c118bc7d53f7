import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadDemoBoard } from '../packages/server/src/demo/index.ts'
import type { FhirResource, Write } from '../packages/server/src/store/index.ts'
import { recordChart } from '../packages/server/test/store/charts.ts'
import { axe, openWorld, shot, type World } from './harness.ts'

/**
 * One task of each role, from signing in to the work done, and that nobody sees more than the task needs. The privacy officer's stands in privacy.test.ts,
 * the administrator's in people.test.ts, the release that a quality officer reviews in knowledge.test.ts.
 */
const BRAIN = 'egfr-exon19-brain-mets-fit'
const EMERGENCY = 'cord-compression-suspected'
const FIRST_LINE = 'no-driver-pdl1-80-fit'
/** Of another hospital. */
const ELSEWHERE = 'alk-pregnant'
const SECRET = 'panic attacks at night since the diagnosis'

let world: World
beforeAll(async () => {
  world = await openWorld({ patients: 0 })
  for (const name of [BRAIN, EMERGENCY, FIRST_LINE]) await recordChart(world.store, name, 'north')
  await recordChart(world.store, ELSEWHERE, 'south')
  const note = {
    resourceType: 'Condition',
    id: 'psychotherapy',
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSY' }] },
    subject: { reference: `Patient/${BRAIN}` },
    clinicalStatus: { coding: [{ code: 'active' }] },
    onsetDateTime: '2026-11-10',
    code: { text: SECRET },
  }
  const order = {
    resourceType: 'ServiceRequest',
    id: 'sequencing',
    status: 'active',
    intent: 'order',
    authoredOn: '2026-11-12',
    subject: { reference: `Patient/${BRAIN}` },
    code: { text: 'Circulating tumour DNA sequencing' },
  }
  const writes = [note, order].map((resource): Write => ({ kind: 'update', resource: resource as FhirResource & { readonly id: string } }))
  const kept = await world.store.commit({ who: 'Practitioner/counsellor', site: 'north' }, writes)
  if (!kept.ok) throw new Error(kept.error[0]!.message)
  await world.planned()
  await loadDemoBoard(world.store, new Date())
  await world.planned()
}, 180_000)
afterAll(() => world?.close())

const visit = (role: string, path = '/'): Promise<Page> => world.signedIn(role, { path, site: 'north' })
const main = async (page: Page): Promise<string> => (await page.locator('main').textContent())!
/** What a person sees by clicking through all that there is of the patient who has a note that is set apart. */
async function everything(page: Page): Promise<string> {
  const texts: string[] = []
  for (const room of ['', '/plan', '/timeline']) {
    await page.goto(`${world.base}/app/patients/${BRAIN}${room}`)
    await page.locator('h1').waitFor()
    await page.waitForFunction(() => document.querySelector('.mantine-Skeleton-root') === null)
    texts.push(await page.content())
  }
  return texts.join('\n')
}
/** By Tab alone, as somebody without a mouse gets there. */
async function tabTo(page: Page, to: Locator, most = 80): Promise<void> {
  const node = (await to.elementHandle())!
  for (let i = 0; i < most; i++) {
    if (await node.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`not reached by ${most} tabs: ${await node.evaluate((element) => element.outerHTML.slice(0, 200))}`)
}
const bare = async (page: Page, name: string): Promise<void> => {
  // a list that is asked for anew stands pale until its answer is there
  await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null)
  await shot(page, `role-${name}`)
  expect(await axe(page), name).toEqual([])
}

test('oncologist: the emergency first, its plan, and the decision, without a mouse', { timeout: 60_000 }, async () => {
  const page = await visit('oncologist')
  await page.waitForSelector('tbody a[data-focus]')
  await bare(page, 'oncologist-list')
  await page.keyboard.press('j')
  const focused = () => page.evaluate(() => document.activeElement?.closest('tr')?.textContent ?? '')
  expect(await focused()).toMatch(/emergency/)
  await page.keyboard.press('Enter')
  const plan = page.getByRole('link', { name: 'Plan', exact: true })
  await plan.waitFor()
  await page.keyboard.press('Alt+l')
  await page.getByRole('alert').first().waitFor()
  const decide = page.getByRole('button', { name: /^Decide on this/ }).first()
  await decide.waitFor()
  await tabTo(page, decide)
  await page.keyboard.press('Enter')
  const form = page.getByRole('form', { name: 'Decision' })
  await tabTo(page, form.getByLabel('Reason'))
  await page.keyboard.type('legs first, cancer after')
  await tabTo(page, form.getByRole('combobox', { name: 'Who sees to it' }))
  await page.keyboard.type('Dora')
  await page.getByRole('option', { name: /Dora/ }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await bare(page, 'oncologist-decision')
  await tabTo(page, form.getByRole('button', { name: 'Record the decision' }))
  await page.keyboard.press('Enter')
  await form.waitFor({ state: 'detached' })
  await expect.poll(async () => (await world.store.decisions.list(EMERGENCY)).length).toBe(1)
  expect((await world.store.decisions.list(EMERGENCY))[0]).toMatchObject({ reason: 'legs first, cancer after' })
  await page.context().close()
})

test('radiation oncologist: the case of another hospital on the wall, by the keys of the presenter, with a dissent', {
  timeout: 60_000,
}, async () => {
  const page = await visit('radiation-oncologist')
  const need = page.locator('button[data-need="local-option"]')
  await need.click()
  await page.waitForFunction(() => document.querySelectorAll('tbody tr[data-row]').length > 0)
  await bare(page, 'radiation-list')
  await page.goto(`${world.base}/app/board`)
  await page.getByRole('link', { name: 'Thoracic tumour board' }).click()
  await page.getByRole('link', { name: 'Present' }).click()
  // the chart of another hospital is open for the meeting
  await page.getByText('Case 1 of').waitFor()
  for (let i = 0; i < 4 && (await page.getByRole('heading', { level: 1, name: /Prisca/ }).count()) === 0; i++) {
    await page.keyboard.press('ArrowRight')
    await page.waitForTimeout(100)
  }
  await page.getByRole('heading', { level: 1, name: /Prisca/ }).waitFor()
  await page.keyboard.press('4')
  expect(await page.getByRole('tab', { selected: true }).textContent()).toContain('Radiotherapy')
  await page.locator('#specialty h2').first().waitFor()
  await bare(page, 'radiation-present')
  await page.keyboard.press('d')
  const form = page.getByRole('form', { name: 'Decision' })
  await form.getByRole('radio').first().check()
  await form.getByLabel('Reason').fill('the mother decides with obstetrics')
  await form.getByRole('button', { name: 'Add another opinion' }).click()
  await form.getByLabel('Who', { exact: true }).fill('Simon Synthetic-Surgeon')
  await form.getByLabel('Why', { exact: true }).fill('would not wait')
  await form.getByRole('combobox', { name: 'Who sees to it' }).click()
  await page.getByRole('option', { name: /\(me\)/ }).click()
  await bare(page, 'radiation-decision')
  await form.getByRole('button', { name: 'Record the decision' }).click()
  await page.getByText('Decided:').waitFor()
  const [decision] = await world.store.decisions.list(ELSEWHERE)
  expect(decision?.dissent).toEqual([{ who: 'Simon Synthetic-Surgeon', reason: 'would not wait' }])
  await page.context().close()
})

test('surgeon: asks the board, and declares an interest before the others', { timeout: 60_000 }, async () => {
  const page = await visit('surgeon', '/board')
  await page.getByRole('button', { name: 'Ask the board' }).click()
  await page.getByRole('combobox', { name: 'Patient' }).fill('Ottilie')
  await page.getByRole('option', { name: /Ottilie/ }).click()
  await page.getByLabel('Question to the board').fill('Is there anything to resect?')
  await bare(page, 'surgeon-ask')
  await page.getByRole('dialog').getByRole('button', { name: 'Ask the board' }).click()
  await page.getByRole('table').getByText('Is there anything to resect?').waitFor()
  await page.getByRole('link', { name: 'Thoracic tumour board' }).click()
  await page.getByRole('button', { name: 'Declare a conflict of interest' }).click()
  await page.getByLabel('What it is').fill('holds shares of the maker')
  await bare(page, 'surgeon-interest')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('holds shares of the maker').first().waitFor()
  await page.context().close()
})

test('pharmacist: who has an interaction, what a new medicine would do, and no decision of their own', { timeout: 60_000 }, async () => {
  const page = await visit('pharmacist')
  await page.locator('button[data-need="interaction"]').click()
  await page.waitForFunction(() => document.querySelectorAll('tbody tr[data-row]').length > 0)
  await page.goto(`${world.base}/app/patients/${BRAIN}/plan`)
  await page.getByRole('heading', { name: 'Interactions and waiting times' }).waitFor()
  expect(await page.getByRole('button', { name: /^Decide on this/ }).count()).toBe(0)
  await bare(page, 'pharmacist-plan')
  await page.getByRole('link', { name: 'What if' }).click()
  await page.getByRole('combobox', { name: 'Change a fact' }).fill('itraconazole')
  await page.locator('[role=option]:visible').first().waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'What would be different' }).waitFor()
  await page
    .getByText(/QT-prolonging medicine/)
    .first()
    .waitFor()
  await bare(page, 'pharmacist-what-if')
  expect(await everything(page)).not.toContain(SECRET)
  await page.context().close()
})

test('infusion nurse: the weight of today, and every dose by the body follows it', { timeout: 60_000 }, async () => {
  const page = await visit('infusion-nurse', `/patients/${BRAIN}/plan`)
  const dose = page.locator('tr[data-row=dose]').getByText('pemetrexed', { exact: true }).first().locator('..')
  await dose.waitFor()
  const before = await dose.textContent()
  await page.getByRole('link', { name: 'Case', exact: true }).click()
  await page.locator('[data-area=fitness] [data-fact=weight]').click()
  const form = page.getByRole('form', { name: /Weight/ })
  await form.getByLabel('Weight', { exact: true }).fill('72')
  await bare(page, 'nurse-weight')
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved and read back:').waitFor()
  await page.getByRole('link', { name: 'Plan', exact: true }).click()
  await dose.waitFor()
  await expect.poll(() => dose.textContent()).not.toBe(before)
  await bare(page, 'nurse-plan')
  expect(await everything(page)).not.toContain(SECRET)
  await page.context().close()
})

test('navigator: whose result has not come, and who sees to what is missing before the board', { timeout: 60_000 }, async () => {
  const page = await visit('navigator')
  await page.waitForSelector('tbody tr[data-row]')
  await bare(page, 'navigator-list')
  await page.goto(`${world.base}/app/board`)
  await page.getByRole('link', { name: 'Thoracic tumour board' }).click()
  await page.getByRole('button', { name: 'Show what is missing' }).first().click()
  await page
    .getByRole('button', { name: /: Who sees to/ })
    .first()
    .click()
  await page.getByRole('combobox', { name: 'Who sees to it' }).click()
  await page.getByRole('option', { name: /\(me\)/ }).click()
  await bare(page, 'navigator-owner')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Everything is sent').waitFor()
  await page.getByRole('table', { name: 'What is missing' }).getByText('Nora Synthetic-Navigator').first().waitFor()
  expect(await everything(page)).not.toContain(SECRET)
  await page.context().close()
})

const SERVICES = [
  ['counsellor', 'Counselling', true],
  ['dietitian', 'Nutrition', false],
  ['pain-specialist', 'Pain management', false],
  ['palliative-care', 'Palliative care', true],
  ['rehabilitation', 'Rehabilitation', false],
] as const
test.each(SERVICES)(
  '%s: who was sent to me, what the plan asks of my service, and of the rest what I need',
  { timeout: 60_000 },
  async (role, service, seesNote) => {
    const page = await visit(role)
    const need = page.locator('button[data-need="referral"]')
    await need.click()
    const count = Number(/\d+$/.exec((await need.textContent())!)![0])
    expect(count).toBeGreaterThan(0)
    await page.waitForFunction((n) => document.querySelectorAll('tbody tr[data-row]').length === n, count)
    await bare(page, `${role}-list`)
    const text = await everything(page)
    expect(text.includes(SECRET)).toBe(seesNote)
    await page.goto(`${world.base}/app/patients/${BRAIN}/plan`)
    await page.getByRole('heading', { level: 3, name: service, exact: false }).first().waitFor()
    // what was measured by them is entered by them
    await page.goto(`${world.base}/app/patients/${BRAIN}`)
    await page.locator('[data-area=fitness] [data-fact=ecog]').click()
    await page.keyboard.type('1')
    await page.keyboard.press('Enter')
    await page.getByText('Saved and read back:').waitFor()
    await page.context().close()
  },
)

test('dietitian: what the board gave them to do is done', { timeout: 60_000 }, async () => {
  const page = await visit('dietitian', '/board')
  const row = page.locator('#follow-through').getByRole('row').nth(1)
  await row.waitFor()
  await bare(page, 'dietitian-follow')
  await row.getByRole('button', { name: 'Done' }).click()
  await page.getByText('Nothing decided waits for you').waitFor()
  await page.context().close()
})

/** Words that only somebody who treats may read. */
const CLINICAL = /carcinoma|ECOG|mutation|metasta|recommended|PD-L1/i

test('leader of a support group: who comes and when, and no word of the disease', { timeout: 60_000 }, async () => {
  const page = await visit('support-group')
  await page.waitForSelector('tbody tr[data-row]')
  expect(await main(page)).not.toMatch(CLINICAL)
  // what was ordered says what ails
  expect(await main(page)).not.toMatch(/sequencing/i)
  await bare(page, 'support-group')
  await page.goto(`${world.base}/app/patients/${BRAIN}`)
  await page.getByText('This is not open to you').waitFor()
  expect(await page.locator('body').textContent()).not.toMatch(CLINICAL)
  await page.context().close()
})

test('coordinator: a meeting of two hospitals and its agenda, and no word of the disease', { timeout: 60_000 }, async () => {
  const page = await visit('coordinator')
  // arranges what was ordered
  await page.locator('tbody tr[data-row]', { hasText: 'Circulating tumour DNA sequencing' }).waitFor()
  expect(await main(page)).not.toMatch(CLINICAL)
  await page.getByRole('link', { name: 'Board', exact: true }).click()
  await page.getByRole('button', { name: 'New meeting' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Name').fill('Second board')
  await form.getByRole('combobox', { name: 'Sites' }).fill('south')
  await page.getByRole('option', { name: 'south' }).click()
  await bare(page, 'coordinator-new')
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name: 'Second board' }).waitFor()
  await page
    .getByRole('button', { name: /^Put .* on the agenda$/ })
    .first()
    .click()
  await page.getByText('Everything is sent').waitFor()
  expect(await main(page)).not.toMatch(CLINICAL)
  expect(await main(page)).not.toContain('Is there anything to resect?')
  await bare(page, 'coordinator-meeting')
  for (const room of ['', '/plan', '/timeline']) {
    await page.goto(`${world.base}/app/patients/${BRAIN}${room}`)
    await page.getByText('This is not open to you').first().waitFor()
    expect(await page.locator('body').textContent()).not.toMatch(CLINICAL)
  }
  await page.context().close()
})

test('quality officer: waits and measures in counts, the rules that are overridden, and nobody by name', { timeout: 60_000 }, async () => {
  const page = await visit('quality-officer')
  await page.waitForURL(/\/network$/)
  await page.getByRole('heading', { name: 'Quality measures' }).waitFor()
  await page.locator('table').nth(2).waitFor()
  expect(await main(page)).not.toMatch(/Fixture|Erna|Ottilie|Prisca/)
  await bare(page, 'quality-network')
  await page.getByRole('link', { name: 'Knowledge' }).click()
  await page.getByRole('link', { name: 'Alert governor' }).click()
  await page.getByRole('heading', { level: 1, name: 'Alert governor' }).waitFor()
  await bare(page, 'quality-governor')
  await page.goto(`${world.base}/app/patients/${BRAIN}/plan`)
  await page.getByText('This is not open to you').first().waitFor()
  await page.context().close()
})
