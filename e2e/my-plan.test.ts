import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKnowledge, today } from '../packages/server/src/compose.ts'
import { planMaker } from '../packages/server/src/plans/index.ts'
import { recordChart } from '../packages/server/test/store/charts.ts'
import { axe, openWorld, overflows, shot, type World } from './harness.ts'

const PATIENT = 'no-driver-pdl1-80-fit'

let world: World
beforeAll(async () => {
  world = await openWorld({ patients: 0 })
  await recordChart(world.store, PATIENT, 'north')
  const subject = { reference: `Patient/${PATIENT}` }
  const resources = [
    { resourceType: 'RelatedPerson', id: 'daughter', active: true, patient: subject },
    { resourceType: 'RelatedPerson', id: 'former', active: false, patient: subject },
    {
      resourceType: 'Goal',
      id: 'wish',
      lifecycleStatus: 'active',
      description: { text: 'Wants to know everything, all the figures' },
      subject,
      startDate: today(),
    },
  ]
  const kept = await world.store.commit(
    { who: 'Device/test', site: 'north' },
    resources.map((resource) => ({ kind: 'update', resource })),
  )
  if (!kept.ok) throw new Error(kept.error[0]!.message)
}, 120_000)
afterAll(() => world?.close())

test('a patient lands on their own plan, where nothing stands as decided before a clinician has decided, and time stays folded', async () => {
  const page = await world.signedIn('patient', { site: 'north', self: PATIENT, width: 360, height: 780 })
  await page.waitForURL(/\/my-plan$/)
  await page.getByText('Nothing is decided yet').waitFor()
  expect(await page.getByRole('heading', { name: 'My treatment', exact: true }).count()).toBe(0)
  for (const name of [
    'The next three things',
    'Days to keep',
    'Results on their way',
    'Extra help, and what it is for',
    'Questions I can ask',
    'My team',
  ])
    expect(await page.getByRole('heading', { name }).count(), name).toBe(1)
  // doors of the hospital are not for patients
  const doors = await page.getByRole('navigation', { name: 'Main' }).getByRole('listitem').allTextContents()
  expect(doors).toEqual(['My plan', 'About'])
  expect(await page.getByText('You asked to hear all we know.').count()).toBe(0)
  await page.getByRole('button', { name: 'I want to read this now' }).click()
  await page.getByText('You asked to hear all we know.').waitFor()
  await shot(page, 'my-plan-360')
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  expect(`${page.url()} ${await page.title()}`).not.toMatch(/Fixture|no-driver/)
  // somebody else's plan, and the pages of clinicians, stay shut
  await page.goto(`${world.base}/app/patients/another/plan`)
  await page.getByRole('alert').waitFor()
  await page.context().close()
})

test('a carer reads the plan of whom they care for, once it is decided with its day and who signed it', async () => {
  const { knowledge } = openKnowledge()
  const content = await world.store.chart(PATIENT)
  const made = planMaker(knowledge).make(content, today())
  if (!made.ok) throw new Error('invariant: the example has a plan')
  const { document, digest } = made.value
  const chosen = document.options.find(({ drugs, standing }) => drugs.length > 0 && standing !== 'needs-data')!
  const decided = await world.store.decisions.append(
    PATIENT,
    {
      optionsSeen: document.options.map(({ id }) => id),
      chosen: chosen.id,
      reason: 'agreed at the board',
      dissent: [],
      planDigest: digest,
      chartRevision: content.revision,
      knowledgeRelease: knowledge.version,
      asOf: today(),
    },
    { who: 'Practitioner/oncologist', site: 'north' },
  )
  expect(decided.ok).toBe(true)
  const page = await world.signedIn('carer', { site: 'north', self: 'daughter', scheme: 'dark', language: 'de', width: 1280 })
  await page.getByRole('heading', { name: /^Der Plan von .+/ }).waitFor()
  await page.getByText('Festgehalten von Medical oncologist').waitFor()
  expect(await page.getByRole('heading', { name: 'Meine Behandlung' }).count()).toBe(1)
  expect(await page.getByText('agreed at the board').count()).toBe(0)
  await shot(page, 'my-plan-dark-de-1280')
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByRole('button', { name: 'Drucken' }).isVisible()).toBe(false)
  await page.context().close()
})

test('a carer whom nobody has linked, or no longer, is told whom to ask, in their language, and sees nobody', async () => {
  for (const [language, words] of [
    ['en', 'Ask the team to link you with the person you care for.'],
    ['de', 'Bitten Sie das Team, Sie mit der Person zu verbinden, für die Sie da sind.'],
  ] as const) {
    const page = await world.signedIn('carer', { site: 'north', self: 'former', language, width: 360 })
    await page.getByText(words).waitFor()
    expect(await page.locator('[data-section]').count()).toBe(0)
    expect(await page.getByRole('combobox').count()).toBe(0)
    expect(await axe(page)).toEqual([])
    await page.context().close()
  }
})

test('without a number of the site the page says which one to call, and never shows an empty line on a screen', async () => {
  const page = await world.signedIn('patient', { site: 'north', self: PATIENT, width: 360 })
  await page.locator('[data-section=side-effects]').waitFor()
  expect(await page.getByText('Call the number on the letter from your clinic.').first().isVisible()).toBe(true)
  // two lines of paper for numbers are one sentence on a screen
  expect(await page.locator('[data-section=team]').getByText('Call the number on the letter from your clinic.').count()).toBe(1)
  expect(await page.getByText('Phone, day:').first().isVisible()).toBe(false)
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByText('Phone, day:').first().isVisible()).toBe(true)
  await page.context().close()
})
