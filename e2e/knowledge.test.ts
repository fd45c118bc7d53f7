import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKnowledge } from '../packages/server/src/compose.ts'
import { axe, openWorld, overflows, shot, type World } from './harness.ts'

let world: World
let patient: string
let site: string
let release: string
beforeAll(async () => {
  world = await openWorld({ patients: 2 })
  await world.planned()
  const [row] = await world.store.database.query<{ id: string; site: string }>(
    `select id, site from resource_current where type = 'Patient' order by id limit 1`,
  )
  patient = row!.id
  site = row!.site
  const { knowledge } = openKnowledge()
  // what the jobs write down when a release changes a plan, and what clinicians did with cards
  await world.store.database.query(
    `insert into plan_change (patient, site, at, revision, knowledge_digest, cause, priority, changes)
     values ($1, $2, now(), 1, $3, 'release', 1, '[{"kind":"first-choice","subject":"first option","before":"Osimertinib","after":"Lorlatinib"}]')`,
    [patient, site, knowledge.digest],
  )
  const rule = knowledge.safety[0]!.id
  for (let i = 0; i < 24; i += 1) {
    await world.store.database.query(
      `insert into cds_card (uuid, shown_at, service, rule, indicator, site, suggestions) values ($1, now(), 's', $2, 'warning', $3, '[]')`,
      [`card-${i}`, i < 22 ? rule : 'tests', site],
    )
    if (i < 22)
      await world.store.database.query(
        `insert into cds_feedback (card, rule, outcome, accepted, reason_code, outcome_at, received_at, received_from)
         values ($1, $2, $3, '[]', $4, now(), now(), 'Practitioner/x')`,
        [`card-${i}`, rule, i === 0 ? 'accepted' : 'overridden', i === 0 ? null : i < 15 ? 'not-applicable' : 'patient-choice'],
      )
  }
}, 120_000)
afterAll(() => world?.close())

const open = async (role: string, path: string, options: Parameters<World['signedIn']>[1] = {}): Promise<Page> => {
  const page = await world.signedIn(role, { path, site, ...options })
  await page.waitForSelector('h1')
  return page
}

test('a rule is found by its words, and says whom it concerns, on what it rests and how it was tried', async () => {
  const page = await open('oncologist', '/knowledge')
  await page.getByRole('searchbox').fill('lorlatinib')
  await page.getByRole('link', { name: 'Lorlatinib', exact: true }).first().click()
  await page.getByRole('heading', { name: 'Lorlatinib', exact: true }).waitFor()
  for (const part of ['Whom it concerns', 'What it rests on', 'Examples', 'Plans that show it'])
    await page.getByRole('heading', { name: part }).waitFor()
  expect(await page.getByText(/NCT03052608/).count()).toBeGreaterThan(0)
  expect(await page.getByText('not known').count()).toBeGreaterThan(0)
  await page.goBack()
  await page.getByRole('searchbox').fill('zzzz')
  await page.getByText('Nothing holds all these words: zzzz').waitFor()
  await page.context().close()
})

test('a source leads to what cites it; an id that is none is told', async () => {
  const page = await open('oncologist', '/knowledge/rules/crown-7y-2026?kind=sources')
  await page.getByRole('heading', { name: 'Cited by' }).waitFor()
  await page.goto(`${world.base}/app/knowledge/rules/no-such-rule`)
  await page.getByRole('alert').waitFor()
  await page.context().close()
})

test('a release: who is concerned, handled with a coded reason; what the site says of it', async () => {
  const page = await open('oncologist', '/knowledge')
  await page.locator('tbody a').first().click()
  await page.getByText('1 plan changed, 1 still to be looked at.').waitFor()
  release = new URL(page.url()).pathname
  await shot(page, 'knowledge-release')
  await page.getByRole('button', { name: 'Handle' }).click()
  await page.getByLabel(/^Snooze/).check()
  await page.getByLabel('Until').waitFor()
  await page.getByLabel(/^Dismiss/).check()
  // what agrees is no reason to dismiss
  expect(await page.getByLabel('Reason').locator('option', { hasText: 'taken over' }).count()).toBe(0)
  await page.getByLabel('Reason').selectOption('board-decision')
  await page.getByLabel('In words, if you like').fill('board of today')
  await shot(page, 'knowledge-handle')
  expect(await axe(page)).toEqual([])
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('1 plan changed, 0 still to be looked at.').waitFor()
  await page.getByText('All', { exact: true }).click()
  await page.getByText('board of today').waitFor()

  await page.getByRole('button', { name: 'Say what we make of it' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText(/^approved$/).waitFor()
  const [kept] = await world.store.database.query<{ handled_as: string; handled_reason: string }>(
    'select handled_as, handled_reason from plan_change where patient = $1 and handled_reason is not null',
    [patient],
  )
  expect(kept).toEqual({ handled_as: 'dismissed', handled_reason: 'board-decision' })
  await page.context().close()
})

test('the governor names the rule that no longer interrupts and why it is overridden; who may not see it is told so', async () => {
  const page = await open('quality-officer', '/knowledge')
  await page.getByRole('link', { name: 'Alert governor' }).click()
  await page.getByText('no longer interrupts: shown as information').waitFor()
  await page.getByText('Does not apply here · 14').waitFor()
  await shot(page, 'knowledge-governor')
  expect(await axe(page)).toEqual([])
  await page.context().close()
  const other = await open('navigator', '/knowledge/governor')
  await other.getByRole('alert').getByText('This is not open to you').first().waitFor()
  await other.context().close()
})

test.each([
  ['/knowledge', 'dark', 'de', 360],
  ['/knowledge/rules/alk-1l-lorlatinib', 'light', 'es', 360],
  ['release', 'dark', 'en', 1280],
] as const)('%s, %s, %s, %i pixels: nothing against WCAG AA, nothing sticks out', async (path, scheme, language, width) => {
  const page = await open('oncologist', path === 'release' ? release.replace('/app', '') : path, { scheme, language, width })
  await page.locator('h2').first().waitFor()
  await shot(page, `knowledge-${path.split('/').at(-1)}-${scheme}-${language}-${width}`)
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  await page.context().close()
})
