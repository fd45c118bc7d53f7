import { afterAll, beforeAll, expect, test } from 'vitest'
import { axe, openWorld, overflows, shot, type World } from './harness.ts'

let world: World
let name: string
let patient: string
beforeAll(async () => {
  world = await openWorld({ patients: 1 })
  await world.planned()
  const [row] = await world.store.database.query<{ id: string; body: string }>(
    `select c.id, v.body from resource_current c join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version
     where c.type = 'Patient' and not c.is_deleted`,
  )
  patient = row!.id
  name = (JSON.parse(row!.body) as { name: { family: string }[] }).name[0]!.family
}, 150_000)
afterAll(() => world?.close())

const teamOf = async (): Promise<readonly string[]> => {
  const [row] = await world.store.database.query<{ body: string }>(
    `select v.body from resource_current c join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version
     where c.type = 'CareTeam' and c.chart = $1`,
    [`Patient/${patient}`],
  )
  const { participant = [] } = JSON.parse(row?.body ?? '{}') as { participant?: { member: { reference: string } }[] }
  return participant.map(({ member }) => member.reference)
}

test('a new person gets a role, leaves, and is back by undo', { timeout: 60_000 }, async () => {
  const page = await world.signedIn('administrator', { path: '/people' })
  await page.getByRole('button', { name: 'Add a person' }).click()
  await page.getByLabel('Given name').fill('Maximiliane Theodora')
  await page.getByLabel('Family name').fill('Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh')
  await page.getByRole('textbox', { name: 'Role' }).fill('Thoracic surgeon')
  await page.getByRole('button', { name: 'Save' }).click()
  const row = page.getByRole('row').filter({ hasText: 'Wolfeschlegel' })
  await row.getByText('Thoracic surgeon').waitFor()
  await row.getByRole('button', { name: 'No longer active' }).click()
  await row.getByText('no longer active').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await row.getByRole('button', { name: 'No longer active' }).waitFor()
  await shot(page, 'people')
  // who has no role is said to have none: an empty field could be anything
  expect(await page.locator('tbody tr').filter({ hasText: 'Synthetic' }).first().getByText('no role', { exact: true }).count()).toBe(1)
  expect(await axe(page)).toEqual([])
  await page.context().close()
})

test('a seat in the care team opens the chart; undo closes it again', { timeout: 60_000 }, async () => {
  const page = await world.signedIn('administrator', { path: '/people' })
  await page.getByRole('tab', { name: 'Care teams' }).click()
  await page.getByRole('searchbox', { name: 'Patient' }).fill(name)
  await page.getByRole('button', { name: 'Find' }).click()
  await page.getByRole('button', { name: new RegExp(name) }).click()
  await page.getByRole('combobox', { name: 'Person' }).fill('Practitioner/dietitian')
  await page.getByRole('textbox', { name: 'Role' }).fill('Dietitian')
  await page.getByRole('button', { name: 'Add to the team' }).click()
  await page.getByRole('button', { name: 'Remove Practitioner/dietitian from the team' }).waitFor()
  expect(await teamOf()).toContain('Practitioner/dietitian')
  await shot(page, 'care-team')
  expect(await axe(page)).toEqual([])
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('Nobody is in the care team yet.').waitFor()
  expect(await teamOf()).not.toContain('Practitioner/dietitian')
  expect(new URL(page.url()).href).not.toContain(name)
  await page.context().close()
})

test.each([
  ['dark', 'de', 360],
  ['light', 'es', 768],
] as const)('%s, %s, %i pixels: nothing against WCAG AA, nothing sticks out', async (scheme, language, width) => {
  const page = await world.signedIn('administrator', { path: '/people', scheme, language, width })
  await page.getByRole('table').waitFor()
  await shot(page, `people-${scheme}-${language}-${width}`)
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  await page.context().close()
})
