import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileKnowledge } from '@secondwind/compiler'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runKnowledge } from '../src/cli/knowledge.ts'
import { chromium, narrowProblems } from './narrow-pages.ts'

/** `secondwind knowledge …` on the real knowledge, and the site that it writes. */
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')

async function command(...args: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  let out = ''
  let err = ''
  const status = await runKnowledge(args, { out: (t) => (out += t), err: (t) => (err += t) })
  return { status, out, err }
}

describe('use and wrong use', () => {
  test('help lists every command', async () => {
    const { status, out } = await command('--help')
    expect(status).toBe(0)
    for (const name of ['check', 'explain', 'new', 'diff', 'release', 'site', 'schema']) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'))
  })
  test.each([
    { name: 'no command', args: [], says: /secondwind knowledge <command>/, to: 'out' },
    { name: 'an unknown command', args: ['chekc'], says: /there is no secondwind knowledge chekc/, to: 'err' },
    { name: 'an unknown option', args: ['check', '--fast'], says: /--fast/, to: 'err' },
    { name: 'a day that does not exist', args: ['check', '--as-of', '2026-02-30'], says: /2026-02-30 is not a day/, to: 'err' },
    { name: 'explain without a name', args: ['explain'], says: /explain <id>/, to: 'err' },
    { name: 'explain of what is not there', args: ['explain', 'pemetrexed-renall'], says: /did you mean pemetrexed-renal/, to: 'err' },
    { name: 'new without an id', args: ['new', 'option'], says: /<kind> <id>/, to: 'err' },
  ] as const)('$name is refused in words', async ({ args, says, to }) => {
    const result = await command(...args)
    expect(result.status).toBe(1)
    expect(result[to]).toMatch(says)
  })
})

test('the check as JSON counts what it lists, and its status says whether something is wrong', async () => {
  const { out, status } = await command('check', '--as-of', '2030-01-01', '--format', 'json')
  const { findings, errors, warnings } = JSON.parse(out) as {
    findings: readonly { severity?: string; code: string; why: string }[]
    errors: number
    warnings: number
  }
  expect(findings.filter((f) => f.severity !== 'warning')).toHaveLength(errors)
  expect(findings.filter((f) => f.severity === 'warning')).toHaveLength(warnings)
  expect(findings.every((f) => f.why.length > 20)).toBe(true)
  // years after the release every review is overdue
  expect(findings.filter((f) => f.code === 'review').length).toBeGreaterThan(500)
  expect(status).toBe(1)
})

/** What stands in the fields that are sentences, wherever in the entry. */
function writtenIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(writtenIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([field, item]) =>
    typeof item === 'string'
      ? ['say', 'says', 'because', 'title', 'at', 'priorityBecause'].includes(field)
        ? [item]
        : []
      : field === 'actions' && Array.isArray(item)
        ? item.flatMap((a) => (typeof a === 'string' ? [a] : writtenIn(a)))
        : writtenIn(item),
  )
}

const decoded = (text: string): string =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')

describe('the site of the real knowledge', () => {
  let out: string
  let pages: readonly string[]
  beforeAll(async () => {
    out = fs.mkdtempSync(path.join(os.tmpdir(), 'site-'))
    const { out: said } = await command('site', '--out', out, '--as-of', '2026-11-23')
    expect(said).toMatch(/^\d{4} pages: /)
    pages = fs.readdirSync(out, { recursive: true, encoding: 'utf8' }).map((p) => p.split(path.sep).join('/'))
  }, 240_000)
  afterAll(() => fs.rmSync(out, { recursive: true }))

  test('has a page for every option of every example plan: two clicks from the list of examples', () => {
    const patients = fs.readdirSync(path.join(ROOT, 'fixtures/patients')).map((f) => f.replace(/\.(nd)?json$/, ''))
    const list = fs.readFileSync(path.join(out, 'patients.html'), 'utf8')
    const known = new Set(pages)
    let options = 0
    for (const patient of patients) {
      expect(list).toContain(`href="patient/${patient}.html"`)
      const page = fs.readFileSync(path.join(out, `patient/${patient}.html`), 'utf8')
      for (const [, folder, id] of page.matchAll(/href="\.\.\/(option|trial)\/([a-z0-9-]+)\.html/g)) {
        options++
        expect(known.has(`${folder}/${id}.html`), `${patient}: ${id}`).toBe(true)
      }
    }
    expect(options).toBeGreaterThan(patients.length)
  })

  test('nothing that an author wrote of a rule is lost on its page', () => {
    const root = path.join(ROOT, 'knowledge')
    const { entries } = compileKnowledge(root, 'test')
    const folders: { readonly [kind: string]: string } = {
      treatment: 'option',
      safety: 'safety',
      alerts: 'alert',
      support: 'support',
      interactions: 'interaction',
      regimens: 'regimen',
      dosing: 'dose',
    }
    const plain = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ')
    const lost: string[] = []
    let texts = 0
    for (const { kind, value } of entries) {
      const name = folders[kind]
      if (name === undefined) continue
      const page = plain(decoded(fs.readFileSync(path.join(out, `${name}/${value.id}.html`), 'utf8').replace(/<[^>]+>/g, '\n')))
      for (const text of writtenIn(value)) {
        texts++
        if (!page.includes(plain(text))) lost.push(`${value.id}: ${text}`)
      }
    }
    expect(texts).toBeGreaterThan(3000)
    expect(lost).toEqual([])
  }, 60_000)

  test('no link leads nowhere', () => {
    const ids = new Map<string, ReadonlySet<string>>()
    const html = pages.filter((p) => p.endsWith('.html'))
    const contents = new Map(html.map((p) => [p, fs.readFileSync(path.join(out, p), 'utf8')]))
    for (const [p, content] of contents) ids.set(p, new Set([...content.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]!)))
    const known = new Set(pages)
    const broken: string[] = []
    for (const [p, content] of contents) {
      for (const [, href] of content.matchAll(/(?:href|src)="([^":]+)"/g)) {
        const [file, anchor] = href!.split('#') as [string, string?]
        const target = file === '' ? p : path.posix.normalize(path.posix.join(path.posix.dirname(p), file))
        if (!known.has(target)) broken.push(`${p}: ${href}`)
        else if (anchor && ids.get(target)?.has(anchor) === false) broken.push(`${p}: ${href} (anchor)`)
      }
    }
    expect(broken.slice(0, 10)).toEqual([])
  })

  test.skipIf(chromium === undefined)(
    'fits a telephone, and what scrolls is reached by the keyboard (skipped where no Chromium is installed)',
    () => {
      const sizes = new Map(pages.filter((p) => p.endsWith('.html')).map((p) => [p, fs.statSync(path.join(out, p)).size]))
      const folders = Map.groupBy(sizes.keys(), (p) => path.posix.dirname(p))
      const largest = [...folders.values()].flatMap((list) => list.sort((a, b) => sizes.get(b)! - sizes.get(a)!).slice(0, 2))
      expect(largest.length).toBeGreaterThan(30)
      expect(narrowProblems(chromium!, out, largest)).toEqual([])
      // and it would be seen
      const bad = fs.mkdtempSync(path.join(os.tmpdir(), 'wide-'))
      const css = fs.readFileSync(path.join(out, 'site.css'), 'utf8')
      const body = (text: string): string => `<!doctype html><style>${css}</style><body><main>${text}</main>`
      fs.writeFileSync(path.join(bad, 'wide.html'), body('<div style="width:500px">x</div>'))
      fs.writeFileSync(path.join(bad, 'scroll.html'), body('<div class="scroll"><div style="width:500px">x</div></div>'))
      const problems = narrowProblems(chromium!, bad, ['wide.html', 'scroll.html'])
      expect(problems).toEqual([
        expect.stringMatching(/wide\.html: is \d+ px wide/),
        expect.stringMatching(/scroll\.html: DIV\.scroll scrolls and cannot/),
      ])
      fs.rmSync(bad, { recursive: true })
    },
    120_000,
  )

  test('will not empty a folder that it did not write', async () => {
    const other = fs.mkdtempSync(path.join(os.tmpdir(), 'other-'))
    fs.writeFileSync(path.join(other, 'thesis.txt'), 'years of work')
    const { status, err } = await command('site', '--out', other)
    expect(status).toBe(1)
    expect(err).toMatch(/is left alone/)
    expect(fs.readFileSync(path.join(other, 'thesis.txt'), 'utf8')).toBe('years of work')
    fs.rmSync(other, { recursive: true })
  })
})
