import type { ConsoleMessage, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { today } from '../packages/server/src/compose.ts'
import { axe, openWorld, overflows, shot, type World } from './harness.ts'
import { longCourse } from './long-course.ts'

/**
 * Every address of the workspace in light and dark, in each language and mirrored, wide and narrow: nothing against WCAG AA, nothing that sticks out, no
 * error in the console, no words that nobody translated. The short run takes each address in two of the sixteen ways, and looks through one of them with
 * axe; SECONDWIND_LONG=1 (npm run test:long) takes all sixteen with axe.
 */
const isLong = process.env.SECONDWIND_LONG === '1'

const PATIENT = '/patients/long'
/** Who opens it, and what must be there before it is looked at. */
const SCREENS: readonly { readonly path: string; readonly role?: string; readonly ready?: string }[] = [
  { path: '/' },
  { path: '/about', ready: 'dl' },
  { path: PATIENT },
  { path: `${PATIENT}/plan` },
  { path: `${PATIENT}/what-if` },
  { path: `${PATIENT}/timeline`, ready: '[role=listbox]' },
  { path: '/what-if' },
  { path: '/bring' },
  { path: '/board' },
  { path: '/network' },
  { path: '/network/wall' },
  { path: '/knowledge', ready: 'tbody' },
  { path: '/knowledge/releases/:latest', ready: 'h2' },
  { path: '/knowledge/rules/alk-1l-lorlatinib', ready: 'h2' },
  { path: '/knowledge/governor', role: 'quality-officer', ready: 'dl' },
  { path: '/privacy', role: 'privacy-officer' },
  { path: '/people', role: 'administrator' },
  { path: '/my-plan', role: 'patient', ready: '[data-section=about]' },
  { path: '/no-such-page' },
]
const SCHEMES = ['light', 'dark'] as const
/** `rtl`: English, mirrored. */
const LANGUAGES = ['en', 'de', 'es', 'rtl'] as const
const WIDTHS = [1280, 360] as const

/** What is known not to hold yet, by address and way, with the reason. */
const KNOWN: { readonly [path: string]: readonly string[] } = {}

interface Way {
  readonly scheme: (typeof SCHEMES)[number]
  readonly language: (typeof LANGUAGES)[number]
  readonly width: (typeof WIDTHS)[number]
  readonly withAxe: boolean
}

/** All ways; of the short run two languages, one of them wide, one narrow, one light, one dark; the screens together see them all. */
const waysOf = (index: number): readonly Way[] =>
  isLong
    ? LANGUAGES.flatMap((language) => SCHEMES.flatMap((scheme) => WIDTHS.map((width) => ({ language, scheme, width, withAxe: true }))))
    : [0, 1].map((i) => ({
        language: LANGUAGES[(index + 2 * i) % 4]!,
        scheme: SCHEMES[(index + i) % 2]!,
        width: WIDTHS[(Math.floor(index / 2) + i) % 2]!,
        withAxe: i === 0,
      }))

let world: World
let site: string
let latest: string
const pages = new Map<string, Page>()
beforeAll(async () => {
  world = await openWorld({ patients: 3 })
  const [row] = await world.store.database.query<{ site: string }>(`select site from resource_current where type = 'Patient' limit 1`)
  site = row!.site
  const writes = longCourse('long', today()).map((resource) => ({ kind: 'update' as const, resource }))
  const kept = await world.store.commit({ who: 'Device/test', site }, writes)
  if (!kept.ok) throw new Error(kept.error[0]!.message)
  await world.planned()
  for (const role of new Set(SCREENS.map(({ role: who = 'oncologist' }) => who)))
    pages.set(role, await world.signedIn(role, { path: '/about', site, ...(role === 'patient' ? { self: 'long' } : {}) }))
  const page = pages.get('oncologist')!
  await page.goto(`${world.base}/app/knowledge`)
  latest = (await page.locator('tbody a').first().getAttribute('href'))!.split('/').at(-1)!
}, 180_000)
afterAll(() => world?.close())

/** Keys of messages as they look where nobody has words for them: `area:some.key`. */
const KEY =
  /(?:^|[\s"'(>])((?:app|terms|about|patients|case|plan|what-if|timeline|board|network|knowledge|bring|privacy|people|my-plan):[a-z][a-z0-9.-]*[a-z0-9])/i

describe('every screen in every dress', () => {
  test.each(SCREENS.map((screen, index) => [screen.path, screen, index] as const))(
    '%s',
    { timeout: isLong ? 600_000 : 120_000 },
    async (_path, screen, index) => {
      const page = pages.get(screen.role ?? 'oncologist')!
      const told: string[] = []
      const listen = (message: ConsoleMessage): void => {
        if (message.type() === 'error') told.push(message.text())
      }
      const fail = (error: Error): void => void told.push(error.message)
      page.on('console', listen)
      page.on('pageerror', fail)
      for (const { language, scheme, width, withAxe } of waysOf(index)) {
        const way = `${language} ${scheme} ${width}`
        await page.setViewportSize({ width, height: 800 })
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
        await page.evaluate((chosen) => localStorage.setItem('second-wind.language', chosen), language === 'rtl' ? 'en' : language)
        await page.goto(`${world.base}/app${screen.path.replace(':latest', latest)}`)
        await page.locator('h1').first().waitFor()
        await settled(page, screen.ready)
        if (language === 'rtl') await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'))
        await shot(page, `screens${screen.path.replace(/[/:]/g, '-')}-${language}-${scheme}-${width}`)
        if (KNOWN[screen.path]?.includes(way) !== true)
          expect((await overflows(page)) ? await sticking(page) : [], `${way}: scrolls sideways`).toEqual([])
        const words = await page.evaluate(
          () =>
            `${document.title}\n${document.body.innerText}\n${[...document.querySelectorAll('[aria-label],[title],[placeholder],[alt]')].map((e) => ['aria-label', 'title', 'placeholder', 'alt'].map((name) => e.getAttribute(name) ?? '').join('\n')).join('\n')}`,
        )
        expect(KEY.exec(words)?.[1], `${way}: a key instead of words`).toBeUndefined()
        expect(words, way).not.toMatch(/\{\{|\$t\(/)
        if (withAxe) expect(await axe(page), way).toEqual([])
      }
      page.off('console', listen)
      page.off('pageerror', fail)
      expect(told.filter((text) => screen.path !== '/no-such-page' || !/404/.test(text))).toEqual([])
    },
  )
})

/** What reaches beyond the window, so that the message names it. */
const sticking = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const wide = [...document.querySelectorAll('body *')].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect()
      for (let above = element.parentElement; above !== null && above !== document.body; above = above.parentElement)
        if (getComputedStyle(above).overflowX !== 'visible') return false
      return width > 0 && (right > document.documentElement.clientWidth + 1 || left < -1)
    })
    return ['the page', ...wide.slice(-6).map((element) => `${element.tagName} ${element.getAttribute('class') ?? ''}`)]
  })

/** Nothing is waited for any more: no skeleton, and what the screen is about stands. */
async function settled(page: Page, ready: string | undefined): Promise<void> {
  if (ready !== undefined) await page.locator(ready).first().waitFor()
  await page.waitForFunction(() => document.querySelector('.mantine-Skeleton-root, [role=status][aria-label]') === null)
}

test('every address of the router stands in the list', async () => {
  const fs = await import('node:fs')
  const text = fs.readFileSync(new URL('../packages/web/src/app/router.tsx', import.meta.url), 'utf8')
  const paths = [...text.matchAll(/\bpath: '([^']+)'/g)].map(([, path]) => path!)
  const own = (path: string): string =>
    path
      .replace(/^\/patients\/long/, '/patients/$patient')
      .replace(':latest', '$version')
      .replace('alk-1l-lorlatinib', '$id')
  const listed = new Set(SCREENS.flatMap(({ path }) => [own(path), own(path).replace('/patients/$patient', '') || '/']))
  // they need a sign-in under way, and a meeting: frame.test.ts and board.test.ts open them
  const elsewhere = ['/signed-in', '/board/$meeting', '/board/$meeting/present']
  expect(paths.filter((path) => !listed.has(path) && !elsewhere.includes(path))).toEqual([])
})
