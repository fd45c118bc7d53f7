import type { PlanDocument } from '@secondwind/core'
import type { PlannerKnowledge } from '@secondwind/server/contract'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKnowledge, parseCharts, planChart, plannerInputs, today } from '../packages/server/src/compose.ts'
import { EXAMPLES, exampleChart, recordChart } from '../packages/server/test/store/charts.ts'
import { axe, openWorld, overflows, shot, type World } from './harness.ts'

const { knowledge } = openKnowledge()
const PATIENT = 'no-driver-pdl1-80-fit'

let world: World
/** One window for most of it: signing in takes longest. */
let page: Page
beforeAll(async () => {
  world = await openWorld({ patients: 0 })
  await recordChart(world.store, PATIENT, 'north')
  page = await world.signedIn('oncologist', { site: 'north', path: '/about' })
}, 120_000)
afterAll(() => world?.close())

const banner = (page: Page) => page.getByText('This is not the plan of the patient.')
const firstChoice = (page: Page) => page.locator('[data-group="first"]')

/** The page as it is opened, without a change. */
async function open(on: Page = page): Promise<void> {
  await on.goto(`${world.base}/app/patients/${PATIENT}/what-if`)
  await on.locator('table, article').first().waitFor()
}

/** Types words and takes what stands first in the list that opens. */
async function change(words: string, on: Page = page, label = 'Change a fact'): Promise<void> {
  await on.getByRole('combobox', { name: label }).fill(words)
  await on.locator('[role=option]:visible').first().waitFor()
  await on.keyboard.press('Enter')
}

describe('what if', () => {
  test('a fact in plain words changes the plan at once; it is unmistakably not the plan, and nothing is kept or sent', async () => {
    await open()
    const sent: string[] = []
    page.on('request', (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`))
    const kept = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
    const before = await kept()
    const address = page.url()
    await change('ROS1 positive')
    await firstChoice(page).getByText('→').waitFor()
    expect(await page.locator('[data-mark="new"]').count()).toBeGreaterThan(0)
    expect(await page.locator('[data-group="gone"]').count()).toBe(1)
    expect(await banner(page).isVisible()).toBe(true)
    // still there far down the page
    await page.mouse.wheel(0, 3000)
    await page.waitForTimeout(100)
    const isSeen = await banner(page).evaluate((node) => {
      const { left, top, width, height } = node.getBoundingClientRect()
      return document.elementFromPoint(left + width / 2, top + height / 2) === node
    })
    expect(isSeen).toBe(true)
    expect(
      await page
        .locator('[data-group]')
        .getByText(/median \d/)
        .count(),
    ).toBe(0)
    expect(sent).toEqual([])
    expect(await kept()).toBe(before)
    expect(page.url()).toBe(address)
    expect(await page.title()).not.toContain('Fixture')
  })

  test('several changes stand together; back, forward and taking back go through them', async () => {
    await open()
    const changed = page.getByRole('region', { name: 'Changed facts' }).getByRole('listitem')
    await change('ROS1 positive')
    await change('ECOG 3')
    await change('on apixaban')
    await changed.nth(2).waitFor()
    expect(await changed.count()).toBe(3)
    // a medicine brings its interactions: a blood thinner is no mere line of a list
    await page
      .getByRole('main')
      .getByText(/anticoagulant|blood thinner/i)
      .first()
      .waitFor()
    await page.goBack()
    await changed.nth(2).waitFor({ state: 'detached' })
    expect(await changed.count()).toBe(2)
    await page.goForward()
    await changed.nth(2).waitFor()
    await page.getByRole('button', { name: /^Take back: ECOG/ }).click()
    await changed.nth(2).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Take all changes back' }).click()
    await page.getByText('Nothing is changed yet').waitFor()
    expect(await changed.count()).toBe(0)
    await page.goBack()
    await changed.nth(1).waitFor()
  })

  test('a new emergency comes before everything else', async () => {
    await open()
    await change('cord compression')
    await page.getByRole('alert').first().waitFor()
    expect(await page.locator('[data-group]').first().getAttribute('data-group')).toBe('alerts')
    expect(await page.getByRole('alert').first().getByText('new', { exact: true }).count()).toBe(1)
    await shot(page, 'what-if-emergency')
    expect(await axe(page)).toEqual([])
  })

  test('what cannot be read is said with what to write instead, and the present plan stands', async () => {
    await open()
    await change('ecog=9')
    await page.getByText('from 0 to 5').waitFor()
    expect(await page.getByText('so none is applied').isVisible()).toBe(true)
    expect(await firstChoice(page).count()).toBe(0)
  })

  test('it goes on without a connection', async () => {
    await open()
    await page.context().setOffline(true)
    try {
      await change('ROS1 positive')
      await firstChoice(page).getByText('→').waitFor()
      await page.getByRole('switch', { name: 'Side by side with the present plan' }).check()
      await page.getByRole('region', { name: 'The plan as it stands' }).waitFor()
      await page.getByRole('region', { name: 'What if', exact: true }).waitFor()
    } finally {
      await page.context().setOffline(false)
    }
  })

  test('a link carries changes and release, nothing of the patient, and opens on nobody or on a patient whom one chooses', async () => {
    await open()
    await change('ALK positive')
    await page.getByRole('button', { name: 'Share' }).click()
    const link = await page.getByRole('textbox', { name: 'Link' }).inputValue()
    expect(link).toMatch(/\/app\/what-if#release=[\d.-]+&set=alk-fusion%3Dyes$/)
    expect(link).not.toContain(PATIENT)
    await page.goto(link)
    await page.getByText('This is nobody’s plan.').waitFor()
    await page.getByRole('heading', { name: 'No plan can be made safely' }).waitFor()
    expect(await axe(page)).toEqual([])
    await change('adenocarcinoma')
    await change('stage-group=ivb')
    await change('birth-date=1960-01-01')
    await page.getByRole('table', { name: 'Options side by side' }).waitFor()
    expect(new URL(page.url()).hash).toContain('histology%3Dadenocarcinoma')
    await page.getByRole('combobox', { name: 'Look at it on a patient' }).fill('Ottilie')
    await page.locator('[role=option]:visible').first().click()
    await banner(page).waitFor()
    expect(new URL(page.url()).pathname).toBe(`/app/patients/${PATIENT}/what-if`)
    expect(new URL(page.url()).hash).toBe('')
  })

  test.each([
    ['dark', 'de', 360, 'Einen Fakt ändern'],
    ['light', 'es', 768, 'Cambiar un dato'],
  ] as const)('%s, %s, %i pixels: nothing against WCAG AA, nothing sticks out', async (scheme, language, width, label) => {
    const own = await world.signedIn('oncologist', { site: 'north', path: '/about', scheme, language, width })
    await open(own)
    await change('ROS1 positiv', own, label)
    await firstChoice(own).getByText('→').waitFor()
    await shot(own, `what-if-${scheme}-${language}-${width}`)
    expect(await axe(own)).toEqual([])
    expect(await overflows(own)).toBe(false)
    await own.context().close()
  })
})

describe('the planner in the page', () => {
  test('other pages do not load it', async () => {
    await page.goto(`${world.base}/app/about`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname))
    expect(loaded.filter((name) => /planner|worker|workbench/.test(name))).toEqual([])
  })

  test('makes the plan of the server byte for byte for every example patient; how long a change takes is printed', {
    timeout: 180_000,
  }, async () => {
    const [request] = await Promise.all([
      page.waitForRequest((one) => one.url().endsWith('/planner/knowledge')),
      page.goto(`${world.base}/app/patients/${PATIENT}/what-if`),
    ])
    const authorization = request.headers().authorization!
    const worker = page.workers()[0] ?? (await page.waitForEvent('worker'))
    const { parts } = (await (await fetch(`${world.base}/planner/knowledge`, { headers: { authorization } })).json()) as PlannerKnowledge
    const patients = EXAMPLES.map(caseAndPlan)
    const results = await page.evaluate(measure, { url: worker.url(), parts, authorization, patients, sets: SETS })
    expect(results.other).toEqual([])
    expect(results.planned).toBe(EXAMPLES.length)
    const shown = (name: string, times: readonly number[]): string => {
      const sorted = [...times].sort((a, b) => a - b)
      const at = (share: number): string => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1)
      return `${name}: median ${at(0.5)} ms, 95 in 100 under ${at(0.95)} ms, longest ${at(1)} ms, over ${sorted.length}`
    }
    console.log(shown('change, plan and comparison', results.within))
    console.log(shown('the same with the way to the worker and back', results.roundTrip))
  })
})

const SETS = [
  ['ros1-fusion=yes'],
  ['ecog=3'],
  ['creatinine-clearance=40'],
  ['medicines=+apixaban'],
  ['pregnancy=yes', 'sex=female'],
  ['ecog=3', 'alk-fusion=yes'],
]

/** A case as `GET /plans/:patient/case` gives it, and the plan that the server makes of it. */
function caseAndPlan(name: string) {
  const { patient, resources } = exampleChart(name)
  const charts = parseCharts(resources.map((resource) => JSON.stringify(resource)).join('\n'))
  const chart = charts.ok ? charts.value.find((one) => one.chart.patient.id === patient) : undefined
  const asked = { knowledge, asOf: today(), overrides: [] }
  const [inputs, plan] = chart === undefined ? [] : [plannerInputs(chart, asked), planChart(chart, asked)]
  if (!inputs?.ok || !plan?.ok) throw new Error(`invariant: ${name} can be planned`)
  return { name, given: inputs.value, plan: JSON.stringify(plan.value) }
}

/** Runs in the page: the worker as it was built, over every example patient. */
async function measure(given: {
  readonly url: string
  readonly parts: PlannerKnowledge['parts']
  readonly authorization: string
  readonly patients: readonly ReturnType<typeof caseAndPlan>[]
  readonly sets: readonly (readonly string[])[]
}) {
  const worker = new Worker(given.url, { type: 'module' })
  const waiting = new Map<number, (answer: { ok: boolean; value?: unknown }) => void>()
  worker.onmessage = ({ data }: MessageEvent<{ id: number; ok: boolean; value?: unknown }>) => waiting.get(data.id)?.(data)
  let next = 0
  const ask = (question: object): Promise<{ ok: boolean; value?: unknown }> =>
    new Promise((done) => {
      next += 1
      waiting.set(next, done)
      worker.postMessage({ ...question, id: next })
    })
  const { first, later, entry } = given.parts
  await ask({
    ask: 'open',
    parts: { first: first.path, later: later.path, entry: entry.path },
    token: given.authorization.replace('Bearer ', ''),
  })
  const results = { planned: 0, other: [] as string[], within: [] as number[], roundTrip: [] as number[] }
  for (const { name, given: own, plan } of given.patients) {
    const { value } = (await ask({ ask: 'case', given: own })) as { value: PlanDocument }
    results.planned += 1
    if (JSON.stringify(value) !== plan) results.other.push(name)
    for (const set of given.sets) {
      const from = performance.now()
      const answer = await ask({ ask: 'change', set })
      if (!answer.ok) {
        results.other.push(`${name} ${set.join()}`)
        continue
      }
      results.roundTrip.push(performance.now() - from)
      results.within.push((answer.value as { milliseconds: number }).milliseconds)
    }
  }
  worker.terminate()
  return results
}
