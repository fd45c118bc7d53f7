import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/**
 * The clinician's guide, acted out: every command of `docs/guide/clinician.md` runs on a copy of the knowledge, every change is made as it is shown,
 * and what is printed must be what the guide prints. `…` in the guide stands for anything within a line, and alone on a line for any lines.
 */
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const GUIDE = path.join(ROOT, 'docs/guide/clinician.md')

type Step =
  | { readonly kind: 'run'; readonly line: number; readonly command: string; readonly expected: readonly string[] }
  | {
      readonly kind: 'edit'
      readonly line: number
      readonly file: string
      readonly after?: string
      readonly changes: readonly (readonly [string, string])[]
    }

function stepsOf(text: string): readonly Step[] {
  const lines = text.split('\n')
  const steps: Step[] = []
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(console|diff)(?: (\S+))?(?: after (\S+))?$/.exec(lines[i]!)
    if (!fence) continue
    const end = lines.indexOf('```', i + 1)
    const body = lines.slice(i + 1, end)
    if (fence[1] === 'diff') {
      const minus = body.filter((l) => l.startsWith('-')).map((l) => l.slice(1))
      const plus = body.filter((l) => l.startsWith('+')).map((l) => l.slice(1))
      expect(minus.length, `line ${i + 1}: each - has its +`).toBe(plus.length)
      steps.push({
        kind: 'edit',
        line: i + 1,
        file: fence[2]!,
        ...(fence[3] ? { after: fence[3] } : {}),
        changes: minus.map((m, n) => [m, plus[n]!]),
      })
    } else {
      for (const [n, line] of body.entries()) {
        if (!line.startsWith('$ ')) continue
        const next = body.findIndex((l, at) => at > n && l.startsWith('$ '))
        steps.push({ kind: 'run', line: i + 2 + n, command: line.slice(2), expected: body.slice(n + 1, next < 0 ? undefined : next) })
      }
    }
    i = end
  }
  return steps
}

/** Text in which `…` stands for anything. */
function pattern(lines: readonly string[]): RegExp {
  const literal = (part: string): string => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const body = lines.map((line) => (line === '…' ? '(?:.*\\n)*' : `${line.split('…').map(literal).join('.*')}\\n`)).join('')
  return new RegExp(`^${body}$`)
}

let folder: string
const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' }
delete env.SECONDWIND_KNOWLEDGE

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guide-'))
  fs.cpSync(path.join(ROOT, 'knowledge'), path.join(folder, 'knowledge'), { recursive: true })
  fs.symlinkSync(path.join(ROOT, 'fixtures'), path.join(folder, 'fixtures'))
  fs.mkdirSync(path.join(folder, 'bin'))
  // `npx secondwind` of a reader who stands in the project
  fs.writeFileSync(
    path.join(folder, 'bin/npx'),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${path.join(ROOT, 'packages/server/src/cli/main.ts')}" "$@"\n`,
    { mode: 0o755 },
  )
  env.PATH = `${path.join(folder, 'bin')}${path.delimiter}${process.env.PATH}`
})
afterAll(() => fs.rmSync(folder, { recursive: true }))

function edit({ file, after, changes }: Extract<Step, { kind: 'edit' }>): void {
  const at = path.join(folder, file)
  let text = fs.readFileSync(at, 'utf8')
  const start = after === undefined ? 0 : text.indexOf(`id: ${after}\n`)
  expect(start, `${after} stands in ${file}`).toBeGreaterThanOrEqual(0)
  let tail = text.slice(start)
  for (const [before, now] of changes) {
    if (before.endsWith('…')) {
      const lines = tail.split('\n')
      const n = lines.findIndex((l) => l.startsWith(before.slice(0, -1)))
      expect(n, `${file} has a line "${before}"`).toBeGreaterThanOrEqual(0)
      lines[n] = now
      tail = lines.join('\n')
    } else {
      expect(tail, file).toContain(before)
      tail = tail.replace(before, () => now)
    }
  }
  text = text.slice(0, start) + tail
  fs.writeFileSync(at, text)
}

function run(command: string): string {
  const set = /^export (\w+)=(\S*)$/.exec(command) ?? /^unset (\w+)$/.exec(command)
  if (set) {
    if (command.startsWith('unset')) delete env[set[1]!]
    else env[set[1]!] = set[2]!
    return ''
  }
  const { stdout, stderr } = spawnSync('bash', ['-c', command], { cwd: folder, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  return `${stdout}${stderr}`.replace(/[ \t]+$/gm, '').replace(/\n*$/, '\n')
}

describe('the clinician’s guide prints what it says', () => {
  const steps = stepsOf(fs.readFileSync(GUIDE, 'utf8'))
  test('it changes a threshold, adds an option and retires a drug', () => {
    expect(steps.filter((s) => s.kind === 'run').length).toBeGreaterThan(12)
    expect(steps.filter((s) => s.kind === 'edit').length).toBeGreaterThan(3)
  })
  for (const step of steps) {
    if (step.kind === 'edit') test(`line ${step.line}: the change to ${step.file}`, () => edit(step))
    else {
      test(`line ${step.line}: $ ${step.command.slice(0, 80)}`, { timeout: 240_000 }, () => {
        const printed = run(step.command)
        const expected = [...step.expected]
        while (expected.at(-1) === '') expected.pop()
        if (expected.length === 0) expect(printed.trim()).toBe('')
        else expect(printed).toMatch(pattern(expected))
      })
    }
  }
})
