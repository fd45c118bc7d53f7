import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { smartServersIn } from '../packages/server/src/charts/index.ts'
import { openKnowledge, PROJECT, software, today } from '../packages/server/src/compose.ts'
import { DemoLoading, loadDemo } from '../packages/server/src/demo/index.ts'
import { loadDefinitions } from '../packages/server/src/fhir-api/index.ts'
import { type Environment, readServeConfig, WORKSPACE } from '../packages/server/src/serve-config.ts'
import { startService } from '../packages/server/src/service.ts'
import { signInOf } from '../packages/server/src/sign-in.ts'
import type { Store, StoreConfig } from '../packages/server/src/store/index.ts'
import { mountWeb } from '../packages/server/src/web/index.ts'
import { buildWeb } from '../tools/build-web.ts'

/** A whole server with its pages and invented patients, and a browser before it: the real parts, on loopback. */
export interface World {
  readonly base: string
  readonly store: Store
  readonly browser: Browser
  /** A browser window of its own, signed in. `path` below /app. */
  signedIn(role: string, options?: VisitOptions): Promise<Page>
  /** Waits until every plan that data asked for is made. */
  planned(): Promise<void>
  close(): Promise<void>
}

export interface VisitOptions {
  readonly path?: string
  /** Site of the person; without it that of most patients. */
  readonly site?: string
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
  readonly language?: 'en' | 'es' | 'de'
  /** Beside another visitor in the same browser window's session; without it a session of its own. */
  readonly context?: BrowserContext
  /** Id of the patient (of the related person) when the role is patient or carer. */
  readonly self?: string
  /** In the first window of the browser, where a program that drives it by its debug port finds the sign-in. */
  readonly isDefaultContext?: boolean
}

export interface WorldOptions {
  readonly patients?: number
  readonly database?: StoreConfig['database']
  readonly seed?: string
  readonly lockMinutes?: number
  /** Port on which another program may drive the browser. */
  readonly debugPort?: number
  /** What the pages are told of patients who are still to come; without it that all are there. */
  readonly demo?: DemoLoading
  /** Settings of the server beside those that every test has. */
  readonly environment?: Environment
  /** `localhost`: a hospital of its own beside another world, since cookies know hosts and no ports. */
  readonly host?: '127.0.0.1' | 'localhost'
}

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => fs.existsSync(file))

export async function openWorld({
  patients = 12,
  database,
  seed = 'e2e',
  lockMinutes = 15,
  debugPort,
  environment,
  host = '127.0.0.1',
  demo = new DemoLoading(0),
}: WorldOptions = {}): Promise<World> {
  if (CHROMIUM === undefined)
    throw new Error('no Chromium here: as root `npm test` fetches it; else install it (apt-get install chromium), then try again')
  await buildWeb()
  const { knowledge } = openKnowledge()
  const folder = database === undefined ? fs.mkdtempSync(path.join(os.tmpdir(), 'second-wind-e2e-')) : undefined
  const port = await freePort()
  const base = `http://${host}:${port}`
  const config = readServeConfig({ SECONDWIND_SIGN_IN: 'embedded', SECONDWIND_PORT: String(port), ...environment })
  const smart = config.ok ? smartServersIn(config.value.smartServers, environment ?? {}) : config
  if (!config.ok || !smart.ok) throw new Error('invariant: the settings of the tests can be read')
  const signing = await signInOf(config.value, base)
  const told: string[] = []
  const serving = await startService({
    database: database ?? { folder: folder! },
    knowledge,
    sign: signing.sign,
    signInRoutes: signing.routes,
    smartServers: smart.value,
    requestsPerMinute: 100_000,
    demo,
    tell: (text) => told.push(text),
  })
  await signing.mount(serving.server, serving.store.database)
  mountWeb(serving.server, {
    folder: path.join(PROJECT, 'build/web'),
    config: {
      signIn: 'embedded',
      issuer: `${base}/oidc`,
      clientId: WORKSPACE,
      isDemo: true,
      version: software,
      lockAfterMinutes: lockMinutes,
    },
  })
  await serving.server.listen({ host, port })
  loadDefinitions()
  if (patients > 0) await loadDemo(serving.store, knowledge, { patients, asOf: today(), seed })
  const args = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  // a program that drives the browser by its port sees the windows of the person that the browser was opened for, and no others
  const first =
    debugPort === undefined
      ? undefined
      : await chromium.launchPersistentContext('', { executablePath: CHROMIUM, args: [...args, `--remote-debugging-port=${debugPort}`] })
  const browser = first?.browser() ?? (await chromium.launch({ executablePath: CHROMIUM, args }))
  const busiestSite = async (): Promise<string> => {
    const [row] = await serving.store.database.query<{ site: string }>(
      `select site from resource_current where type = 'Patient' group by site order by count(*) desc, site limit 1`,
    )
    return row?.site ?? 'main'
  }
  return {
    base,
    store: serving.store,
    browser,
    signedIn: async (role, options = {}) => {
      const { width = 1280, height = 800, scheme = 'light', language = 'en', path: to = '/' } = options
      const context =
        (options.isDefaultContext === true ? first : options.context) ??
        (await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: language, reducedMotion: 'reduce' }))
      const page = await context.newPage()
      page.setDefaultTimeout(30_000)
      await page.goto(`${base}/app${to}`)
      await page.check(`input[name=role][value=${role}]`)
      await page.fill('input[name=site]', options.site ?? (await busiestSite()))
      if (options.self !== undefined) await page.fill('input[name=self]', options.self)
      await page.click('button[type=submit]')
      await page.waitForURL((url) => url.pathname.startsWith('/app') && !url.pathname.startsWith('/app/signed-in'))
      await page.waitForSelector('h1')
      return page
    },
    planned: async () => {
      for (let i = 0; i < 600; i++) {
        const [row] = await serving.store.database.query<{ open: number }>(
          `select count(*)::int as open from resource_current c where c.type = 'Patient' and not c.is_deleted
             and not exists (select 1 from plan_state s where s.patient = c.id)`,
        )
        if (row?.open === 0) return
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      throw new Error(`plans were not made within a minute: ${told.join('; ')}`)
    },
    close: async () => {
      await first?.close()
      await browser.close()
      await serving.close()
      if (folder !== undefined) fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What axe finds against WCAG 2.2 A and AA on the page as it stands: a line each, empty when all is well. */
export async function axe(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')} (${failureSummary ?? ''})`),
  )
}

/** A picture for a person to look at, when SHOTS names a folder; nothing otherwise. */
export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.SHOTS
  if (folder === undefined) return
  fs.mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true })
}

/** Whether something is wider than the window: then the page scrolls sideways. */
export const overflows = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1)

/** A page as people see it, light and dark, in three languages, on a phone and on a wall: nothing against WCAG AA, nothing sticks out. `ready`: when it stands. */
export async function looksRight(page: Page, name: string, ready: () => Promise<unknown>): Promise<void> {
  for (const [scheme, language, width] of [
    ['light', 'en', 1280],
    ['dark', 'en', 1920],
    ['dark', 'de', 360],
    ['light', 'es', 768],
  ] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.setViewportSize({ width, height: 900 })
    if ((await page.getAttribute('html', 'lang')) !== language) {
      await page.evaluate((code) => localStorage.setItem('second-wind.language', code), language)
      await page.reload()
    }
    await ready()
    await page.waitForTimeout(150)
    await shot(page, `${name}-${scheme}-${language}-${width}`)
    expect(await axe(page), `${scheme} ${language} ${width}`).toEqual([])
    expect(await overflows(page), `${scheme} ${language} ${width}`).toBe(false)
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
