import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkKnowledge, WHY } from '../src/index.ts'
import { BASE, type Told } from './faults-base.ts'

let root: string
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'faults-'))
})
afterEach(() => {
  fs.rmSync(root, { recursive: true })
})

const DAY = '2026-11-23'

function write(change?: { readonly file: string; readonly from: string; readonly to: string }): void {
  for (const [file, text] of Object.entries(BASE)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    if (change?.file === file) expect(text).toContain(change.from)
    fs.writeFileSync(path.join(root, file), change?.file === file ? text.replace(change.from, change.to) : text)
  }
}
const check = (asOf = DAY): Told['findings'] =>
  (JSON.parse(checkKnowledge({ root, asOf, paths: [], format: 'json' }).text) as Told).findings.filter((f) => f.severity !== 'warning')

const TREATMENT = 'treatment/all.yaml'

test('a review is due on its last day, not before', () => {
  write()
  expect(check('2027-05-31')).toEqual([])
  expect(check('2027-06-01').map((f) => f.code)).toEqual(['review'])
})

test('a fault is said once: what names the broken entry is not reported as well', () => {
  write({ file: 'sources/all.yaml', from: 'kind: trial', to: 'kind: trail' })
  expect(check().map((f) => `${f.code} ${f.file}:${f.line}`)).toEqual(['schema knowledge/sources/all.yaml:2'])
  write({ file: 'facts/more.yaml', from: 'absence: asked, plausible: [15, 2000]', to: 'absence: aksed, plausible: [15, 2000]' })
  expect(check().map((f) => `${f.code} ${f.file}:${f.line}`)).toEqual(['schema knowledge/facts/more.yaml:2'])
})

test('an entry of which half is missing is told once', () => {
  write({ file: 'sources/all.yaml', from: '- { id: trial-one', to: '- { id: trial-two, title: Two }\n- { id: trial-one' })
  expect(check().map((f) => `${f.code} ${f.line} ${f.message}`)).toEqual(['schema 2 kind, accessed and review are missing'])
})

test('a computed fact takes the limits of the measured one that may stand in for it', () => {
  const facts = path.join(root, 'facts/more.yaml')
  write({ file: 'safety/all.yaml', from: '{ fact: creatinine, above: 300, fresh: true }', to: '{ fact: clearance, below: 0.75 }' })
  fs.appendFileSync(
    facts,
    '- { id: measured, label: Measured, type: quantity, unit: mL/min, absence: asked, plausible: [3, 250] }\n- { id: clearance, label: Clearance, type: quantity, unit: mL/min, absence: asked, derivedFrom: [creatinine], standIns: [measured] }\n',
  )
  expect(check().map((f) => `${f.code} ${f.message}`)).toContain(
    'unit when: clearance 0.75 mL/min: nobody has that (possible are 3 to 250 mL/min)',
  )
})

test('one broken criterion does not hide that the example of another rule fails', () => {
  write({ file: 'criteria/all.yaml', from: 'atMost: 1', to: 'atMots: 1' })
  const safety = path.join(root, 'safety/all.yaml')
  fs.writeFileSync(safety, fs.readFileSync(safety, 'utf8').replace('creatinine: 400', 'creatinine: 200'))
  expect(check().map((f) => `${f.code} ${f.file}:${f.line} ${f.entry}`)).toEqual([
    'criterion knowledge/criteria/all.yaml:2 fit',
    'example knowledge/safety/all.yaml:13 kidney',
  ])
})

test('the text leads to the line: file, line, the line itself, why it matters, what to do', () => {
  write({ file: TREATMENT, from: 'histology, is: a }', to: 'histolgy, is: a }' })
  const { text, errors } = checkKnowledge({ root, asOf: DAY, paths: ['knowledge/treatment'], format: 'text' })
  expect(errors).toBe(1)
  expect(text).toContain(`knowledge/treatment/all.yaml:7  criterion [option-one]: when.all.1: no fact is called histolgy
  line    when: { all: [{ ref: fit }, { fact: histolgy, is: a }] }
  why     ${WHY.criterion}
  remedy  did you mean histology? Otherwise: see knowledge/facts, or add the fact there first
`)
  expect(text).toMatch(/1 findings, 0 warnings\n$/)
})
