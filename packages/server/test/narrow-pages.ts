import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** A Chromium of this machine, or undefined: pages are then not looked at. */
export const chromium: string | undefined = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  process.env.CHROMIUM ?? '',
].find((file) => file !== '' && fs.existsSync(file))

/**
 * Opens pages at the width of a telephone (360 px) in a headless Chromium and returns what is wrong with them: a page that is wider than the screen,
 * and parts that scroll and cannot be reached with the keyboard, or have no name for those who listen (axe: scrollable-region-focusable).
 *
 * Throws what keeps Chromium from running.
 */
export function narrowProblems(browser: string, folder: string, pages: readonly string[]): readonly string[] {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'narrow-'))
  const list = pages.map((page) => pathToFileURL(path.join(folder, page)).href)
  fs.writeFileSync(
    path.join(work, 'look.html'),
    `<!doctype html><body><iframe id="f" style="width:360px;height:740px;border:0"></iframe><pre id="out"></pre><script>
const pages = ${JSON.stringify(list)}, found = []
const frame = document.getElementById('f')
let at = -1
const next = () => {
  at++
  if (at < pages.length) frame.src = pages[at]
  else document.getElementById('out').textContent = 'DONE' + JSON.stringify(found)
}
frame.onload = () => {
  if (at < 0) return
  const page = pages[at], doc = frame.contentDocument
  const wide = doc.documentElement.scrollWidth
  if (wide > 360) {
    const widest = [...doc.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > 361 && !e.parentElement.closest('.scroll')).slice(0, 2)
    found.push(page + ': is ' + wide + ' px wide (' + widest.map((e) => e.tagName + '.' + e.className).join(', ') + ')')
  }
  for (const e of doc.querySelectorAll('body *')) {
    const style = frame.contentWindow.getComputedStyle(e)
    if (!/auto|scroll/.test(style.overflowX) || e.scrollWidth <= e.clientWidth + 1) continue
    if (e.tabIndex < 0 || !e.getAttribute('role') || !e.getAttribute('aria-label')) found.push(page + ': ' + e.tagName + '.' + e.className + ' scrolls and cannot be reached or has no name')
  }
  next()
}
next()
</script>`,
  )
  try {
    const run = spawnSync(
      browser,
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--allow-file-access-from-files',
        `--user-data-dir=${path.join(work, 'profile')}`,
        '--virtual-time-budget=600000',
        '--dump-dom',
        pathToFileURL(path.join(work, 'look.html')).href,
      ],
      { encoding: 'utf8', timeout: 120_000, maxBuffer: 64 * 1024 * 1024 },
    )
    const told = /<pre id="out">DONE(\[.*?\])<\/pre>/s.exec(run.stdout ?? '')
    if (!told) throw new Error(`Chromium told nothing: ${run.error?.message ?? run.stderr.slice(-400)}`)
    const plain = told[1]!.replace(/&gt;/g, '>').replace(/&lt;/g, '<').replace(/&amp;/g, '&')
    return (JSON.parse(plain) as string[]).map((line) => line.replace(pathToFileURL(folder).href, ''))
  } finally {
    fs.rmSync(work, { recursive: true, force: true, maxRetries: 5 })
  }
}
