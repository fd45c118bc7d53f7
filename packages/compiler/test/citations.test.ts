import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { compileKnowledge, findingText } from '../src/index.ts'

/** Two sources, one of which nobody has opened, and one dosing rule that cites what a test gives it. */
const BASE: { readonly [file: string]: string } = {
  'facts/all.yaml': '- { id: ild, label: Lung fibrosis, type: truth, absence: listed }\n',
  'sources/all.yaml': `
- { id: seen, title: Seen, kind: trial, accessed: 2026-11-23, review: confirmed }
- { id: unseen, title: Unseen, kind: other, accessed: 2026-11-23, review: unconfirmed }
`,
  'terminology/drugs.yaml': '- { id: osimertinib, label: osimertinib, classes: [egfr-tki], routes: [oral], anticancer: true }\n',
}
const SEEN = '{ source: seen, at: abstract, says: half }'
const UNSEEN = '{ source: unseen, at: notes, says: half }'

let root: string
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'citations-'))
})
afterEach(() => {
  fs.rmSync(root, { recursive: true })
})

function compiled(cites: readonly string[], review: string) {
  const files = {
    ...BASE,
    'dosing/all.yaml': `
- id: dose-one
  drug: osimertinib
  when: { fact: ild, is: true }
  factor: 0.5
  say: half the dose
  cites: [${cites.join(', ')}]
  review: ${review}
  examples:
    - { name: there, given: { ild: true }, expect: 'true' }
    - { name: not there, given: { ild: false }, expect: 'false' }
    - { name: not known, given: { ild: null }, expect: unknown, missing: [ild] }
`,
  }
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    fs.writeFileSync(path.join(root, file), text)
  }
  const { findings, knowledge } = compileKnowledge(root, 'test')
  return {
    findings: findings.filter((f) => f.severity !== 'warning').map(findingText),
    marks: knowledge.dosing[0]!.cites.map((c) => c.review),
  }
}

test.each([
  { name: 'a citation without a mark inherits a confirmed entry', cites: [SEEN], review: 'confirmed', marks: [undefined] },
  { name: 'a citation without a mark inherits an unconfirmed entry', cites: [SEEN], review: 'unconfirmed', marks: ['unconfirmed'] },
  {
    name: 'what was seen stays seen under an unconfirmed entry',
    cites: [SEEN.replace(' }', ', review: confirmed }')],
    review: 'unconfirmed',
    marks: [undefined],
  },
  {
    name: 'what was not seen is marked beside what was',
    cites: [SEEN, SEEN.replace(' }', ', review: unconfirmed }')],
    review: 'confirmed',
    marks: [undefined, 'unconfirmed'],
  },
  {
    name: 'nothing from an unconfirmed source is confirmed',
    cites: [UNSEEN, SEEN],
    review: 'confirmed',
    marks: ['unconfirmed', undefined],
  },
])('$name', ({ cites, review, marks }) => {
  expect(compiled(cites, review)).toEqual({ findings: [], marks })
})

test.each([
  { name: 'a confirmed entry on an unconfirmed source alone', cites: [UNSEEN], says: /is confirmed, and none of its citations is/ },
  {
    name: 'a confirmed entry on unconfirmed citations alone',
    cites: [SEEN.replace(' }', ', review: unconfirmed }')],
    says: /is confirmed, and none of its citations is/,
  },
  {
    name: 'a confirmed citation of an unconfirmed source',
    cites: [SEEN, UNSEEN.replace(' }', ', review: confirmed }')],
    says: /calls a citation of unseen confirmed/,
  },
  {
    name: 'a citation from memory without the mark',
    cites: [SEEN, "{ source: seen, at: abstract, says: 'half (from memory)' }"],
    says: /not marked unconfirmed/,
  },
])('refused: $name', ({ cites, says }) => {
  const { findings } = compiled(cites, 'confirmed')
  expect(findings).toHaveLength(1)
  expect(findings[0]).toMatch(/^dosing\/all\.yaml:\d+ {2}review \[dose-one\]: /)
  expect(findings[0]).toMatch(says)
})
