import fs from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axe, openWorld, overflows, shot, type World } from './harness.ts'

const FIXTURES = path.resolve(import.meta.dirname, '../fixtures/patients')
const fixture = (name: string): string => path.join(FIXTURES, name)

let world: World
beforeAll(async () => {
  world = await openWorld({ patients: 0 })
}, 120_000)
afterAll(() => world?.close())

const open = (options: Parameters<World['signedIn']>[1] = {}): Promise<Page> =>
  world.signedIn('oncologist', { path: '/bring', site: 'north', ...options })
type Dropped = { name: string; mimeType: string; buffer: Buffer }
const drop = async (page: Page, files: string | string[] | Dropped | Dropped[]): Promise<void> => {
  await page.setInputFiles('input[type=file]', files)
}

test('a dropped chart is read, shown and kept, and its plan opens, with no fact typed', async () => {
  const page = await open()
  let typed = 0
  await page.exposeFunction('typed', () => {
    typed += 1
  })
  await page.evaluate(() => document.addEventListener('keydown', () => void (globalThis as unknown as { typed: () => void }).typed()))
  await drop(page, fixture('egfr-exon19-brain-mets-fit.json'))
  await page.getByText('Nothing has been kept yet').waitFor()
  expect(await page.getByRole('row', { name: /^EGFR exon 19 deletion/ }).innerText()).toMatch(/yes/)
  expect(await page.getByRole('article').innerText()).toMatch(/osimertinib/i)
  await shot(page, 'bring-report')
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  const kept = await world.store.read('Patient', 'egfr-exon19-brain-mets-fit')
  expect(kept).toBeUndefined()
  await page.getByRole('button', { name: 'Keep it and open the plan' }).click()
  await page.waitForURL(/\/patients\/egfr-exon19-brain-mets-fit\/plan$/)
  await page.getByText('Erna Fixture').first().waitFor()
  expect(typed).toBe(0)
  // the same file again: nothing is new
  await page.goto(`${world.base}/app/bring`)
  await drop(page, fixture('egfr-exon19-brain-mets-fit.json'))
  await page.getByText('here already, word for word').waitFor()
  expect(await page.getByText(/^\d+ new$/).count()).toBe(0)
  await page.context().close()
})

test('contradictions and what was not understood stand beside what was', async () => {
  const page = await open({ scheme: 'dark', language: 'de', width: 360 })
  await drop(page, fixture('contradictory-stage.json'))
  await page.getByText('Noch ist nichts gespeichert').waitFor()
  expect(await page.getByRole('heading', { name: /Widersprüche und unmögliche Werte \([1-9]/ }).count()).toBe(1)
  expect(await page.getByRole('heading', { name: /Nicht verstanden \([1-9]/ }).count()).toBe(1)
  await shot(page, 'bring-dark-de-360')
  expect(await axe(page)).toEqual([])
  expect(await overflows(page)).toBe(false)
  await page.context().close()
})

test('two patients in one file: both are shown, and only the chosen one is kept', async () => {
  const page = await open()
  await drop(page, [fixture('ros1-first-line.json'), fixture('braf-v600e-first-line.json')])
  await page.getByText('2 patients are in it').waitFor()
  expect(await page.getByRole('article').count()).toBe(2)
  await page.getByRole('article').first().getByRole('checkbox').uncheck()
  await page.getByRole('button', { name: 'Keep it and open the plan' }).click()
  await page.waitForURL(/\/patients\/ros1-first-line\/plan$/)
  expect(await world.store.read('Patient', 'braf-v600e-first-line')).toBeUndefined()
  await page.context().close()
})

const text = (name: string, content: string) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) })

test('a wrong file says what is wrong and what to do, and the next one is read', async () => {
  const page = await open()
  const wrong: readonly [string, string, RegExp][] = [
    ['cut.json', fs.readFileSync(fixture('ros1-first-line.json'), 'utf8').slice(0, 3000), /cut off/],
    ['table.csv', 'name,ecog\nAda,1\n', /not JSON/],
    ['report.pdf', '%PDF-1.7\n1 0 obj', /not JSON/],
    ['none.json', '{"resourceType":"Organization","id":"o"}', /include the Patient/i],
  ]
  for (const [name, content, says] of wrong) {
    await drop(page, text(name, content))
    await page.getByRole('alert').getByText(says).waitFor()
  }
  // among several the broken one is named, and the whole ones do not come in without it
  await drop(page, [
    { name: 'cut.json', mimeType: 'application/json', buffer: Buffer.from('{"resourceType":"Bundle","ent') },
    { name: 'whole.json', mimeType: 'application/json', buffer: fs.readFileSync(fixture('ros1-first-line.json')) },
  ])
  await page
    .getByRole('alert')
    .getByText(/cut\.json is neither JSON/)
    .waitFor()
  expect(await page.getByText('Nothing has been kept yet').count()).toBe(0)
  expect(await axe(page)).toEqual([])
  // unless somebody says so
  await page.getByRole('button', { name: 'Read whole.json alone' }).click()
  await page.getByText('Nothing has been kept yet').waitFor()
  await page.getByRole('button', { name: 'Another file' }).click()
  // larger than is read here: refused in the page, before anything is sent
  const sent: string[] = []
  page.on('request', (request) => void sent.push(request.url()))
  await page.evaluate(() => {
    const transfer = new DataTransfer()
    const file = new File(['{}'], 'population.ndjson')
    Object.defineProperty(file, 'size', { value: 200 * 1024 * 1024 })
    transfer.items.add(file)
    const zone = document.querySelector('section[aria-label="Drop files here"]')!
    const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer })
    Object.defineProperty(event, 'dataTransfer', { value: { files: [file] } })
    zone.dispatchEvent(event)
  })
  await page.getByText('200 MB is more than is read on this page').waitFor()
  expect(sent).toEqual([])
  await drop(page, fixture('alk-pregnant.json'))
  await page.getByText('Nothing has been kept yet').waitFor()
  await page.context().close()
})

test('the keyboard alone brings a chart in; pasted text does as well', async () => {
  const page = await open()
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    (async () => {
      await page.getByRole('button', { name: 'Choose files' }).focus()
      await page.keyboard.press('Enter')
    })(),
  ])
  await chooser.setFiles(fixture('alk-first-line-brain-mets.json'))
  await page.getByText('Nothing has been kept yet').waitFor()
  await page.getByRole('button', { name: 'Another file' }).focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('FHIR as text').fill('{"resourceType":"Patient","id":"pasted","birthDate":"1960-01-01","gender":"female"}')
  await page.getByRole('button', { name: 'Read the text' }).click()
  await page.getByText('Nothing has been kept yet').waitFor()
  await page.getByRole('button', { name: 'Keep it and open the plan' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/plan$/)
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.title, location.href]))
  expect(kept).not.toMatch(/Fixture|19\d\d-\d\d-\d\d/)
  await page.context().close()
})
