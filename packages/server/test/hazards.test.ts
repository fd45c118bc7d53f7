import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { PROJECT } from '../src/compose.ts'

interface Hazard {
  readonly id: string
  readonly hazard: string
  readonly severity: string
  readonly causes: readonly string[]
  readonly controls: readonly { readonly what: string; readonly test: { readonly file: string; readonly title: string } }[]
}

/** The file of hazards is only worth something while each control is a test that runs. That it passes, the run itself says. */
const hazards = parse(fs.readFileSync(path.join(PROJECT, 'docs/hazards.yaml'), 'utf8')) as readonly Hazard[]

test('every hazard has its causes, a severity and a control', () => {
  expect(new Set(hazards.map((h) => h.id)).size).toBe(hazards.length)
  for (const { id, causes, severity, controls } of hazards) {
    expect(causes.length, id).toBeGreaterThan(0)
    expect(controls.length, id).toBeGreaterThan(0)
    expect(['death', 'serious', 'minor'], id).toContain(severity)
  }
})

describe.each(hazards)('$id $hazard', ({ controls }) => {
  test.each(controls)('$what', ({ test: { file, title } }) => {
    const text = fs.readFileSync(path.join(PROJECT, file), 'utf8')
    const line = text.split('\n').find((one) => one.includes(title))
    expect(line, `${file} has no test called "${title}"`).toBeDefined()
    // a title stands in a call of test or describe, on its line or the one before; one that is skipped is no control
    const at = text.indexOf(title)
    const call = text.slice(Math.max(0, at - 160), at)
    expect(call).toMatch(/(?:test|describe)\b[\s\S]*\(\s*['"`][^'"`]*$/)
    expect(call.slice(-60)).not.toMatch(/\.(skip|todo)\(/)
  })
})
