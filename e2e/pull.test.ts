import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordChart } from '../packages/server/test/store/charts.ts'
import { axe, openWorld, overflows, shot, type World } from './harness.ts'

/** A chart is fetched from another hospital: a second Second Wind, with its own people, its own sign-in and its own charts. */
const PATIENT = 'egfr-exon19-brain-mets-fit'

let there: World
let here: World
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'second-wind-pull-'))
const file = (name: string, content: unknown): string => {
  const at = path.join(folder, name)
  fs.writeFileSync(at, JSON.stringify(content))
  return at
}
beforeAll(async () => {
  const client = {
    client_id: 'the-hospital-here',
    client_name: 'The hospital here',
    // of a native client any port of this machine is meant
    redirect_uris: ['http://127.0.0.1/charts/pull/arrived'],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    application_type: 'native',
  }
  there = await openWorld({ patients: 0, host: 'localhost', environment: { SECONDWIND_CLIENTS: file('clients.json', [client]) } })
  await recordChart(there.store, PATIENT, 'south')
  const at = { server: `${there.base}/fhir`, clientId: client.client_id, name: 'Southern Hospital' }
  here = await openWorld({ patients: 0, environment: { SECONDWIND_SMART_SERVERS: file('servers.json', [at]) } })
}, 120_000)
afterAll(async () => {
  await here?.close()
  await there?.close()
  fs.rmSync(folder, { recursive: true, force: true })
}, 60_000)

/** As far as the sign-in page of the other hospital. */
async function leave(): Promise<Page> {
  const page = await here.signedIn('oncologist', { path: '/bring', site: 'north' })
  await page.getByRole('button', { name: 'Sign in there' }).click()
  await page.waitForURL(`${there.base}/oidc-login/**`)
  return page
}

test('signed in at the other hospital, the chart comes to the reading report, is kept, and no token is left in the browser', async () => {
  const page = await leave()
  const addresses: string[] = []
  page.on('framenavigated', (frame) => void addresses.push(frame.url()))
  await page.check('input[name=role][value=oncologist]')
  await page.fill('input[name=site]', 'south')
  await page.fill('input[name=patient]', PATIENT)
  await page.click('button[type=submit]')
  await page.getByText('Nothing has been kept yet').waitFor()
  expect(await page.getByRole('article').innerText()).toMatch(/Erna Fixture[\s\S]*osimertinib/i)
  await shot(page, 'pull-report')
  expect(new URL(page.url()).search).toBe('')
  // the code stood in the address that our server answers with another one; pages of ours never saw it, nor any token
  expect(
    addresses.filter((one) => one.includes('/app/') && /[?&#](code|access_token|token)=/.test(one.replace(/signed-in\?.*/, ''))),
  ).toEqual([])
  expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))).not.toMatch(/eyJ|pull/)
  expect((await page.context().cookies()).filter(({ name }) => name === 'second-wind.pull')).toEqual([])
  expect(await here.store.read('Patient', PATIENT)).toBeUndefined()
  await page.getByRole('button', { name: 'Keep it and open the plan' }).click()
  await page.waitForURL(/\/plan$/)
  const [theirs, ours] = await Promise.all([there.store.chart(PATIENT), here.store.chart(PATIENT)])
  const named = ({ resources }: typeof ours) => resources.map(({ type, id }) => `${type}/${id}`).sort()
  expect(named(ours)).toEqual(named(theirs))
  await page.context().close()
})

test('who may not see the patient there gets no chart, and the page says what to do', async () => {
  const page = await leave()
  await page.check('input[name=role][value=oncologist]')
  await page.fill('input[name=site]', 'elsewhere')
  await page.fill('input[name=patient]', PATIENT)
  await page.click('button[type=submit]')
  await page.getByRole('alert').getByText('the chart could not be pulled').waitFor()
  expect(await axe(page)).toEqual([])
  expect(await page.getByRole('button', { name: 'Sign in there' }).isEnabled()).toBe(true)
  await page.context().close()
})

test('an arrival that did not begin here is told from one that did', async () => {
  const page = await here.signedIn('oncologist', { path: '/bring', site: 'north', width: 360, scheme: 'dark', language: 'de' })
  await page.goto(`${here.base}/charts/pull/arrived?code=stolen&state=guessed`)
  await page.getByRole('alert').getByText('nicht die Anmeldung, die hier begann').waitFor()
  expect(new URL(page.url()).pathname).toBe('/app/bring')
  await shot(page, 'pull-lost-de-360')
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  await page.context().close()
})
