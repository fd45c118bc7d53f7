import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkKnowledge } from '../src/index.ts'
import { GOOD } from './small-base.ts'

/** The list that the base itself ships, over a base as small as can be. */
const COPIES = new URL('../../../knowledge/policy/copies.yaml', import.meta.url)

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'copies-'))
})
afterEach(() => {
  rmSync(root, { recursive: true })
})

interface Told {
  readonly code: string
  readonly file: string
  readonly line: number
  readonly entry?: string
  readonly message: string
  readonly remedy: string
  readonly severity?: string
}

function told(address: string): readonly Told[] {
  for (const [file, text] of Object.entries(GOOD)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), file === 'sources/all.yaml' ? text.replace('kind: trial,', `kind: trial, ${address}`) : text)
  }
  mkdirSync(path.join(root, 'policy'), { recursive: true })
  copyFileSync(COPIES, path.join(root, 'policy/copies.yaml'))
  const all = (JSON.parse(checkKnowledge({ root, asOf: '2026-11-23', paths: [], format: 'json' }).text) as { findings: readonly Told[] })
    .findings
  return all.filter((f) => f.severity !== 'warning')
}

describe('a source that points at a copy', () => {
  test.each([
    {
      name: 'an upload',
      url: 'https://www.scribd.com/document/1/x',
      says: /points at www\.scribd\.com, which is no source: anybody uploads/,
    },
    { name: "a library's proxy", url: 'https://academic-oup-com-443.vpnm.ccmu.edu.cn/a', says: /a university's own proxy/ },
    { name: 'a working copy below a known name', url: 'https://uat.mims.com/x', says: /a working copy of a site/ },
    { name: 'a machine without a name', url: 'http://47.251.13.51:8081/22399640', says: /a machine without a name/ },
  ])('$name is refused, with place and remedy', ({ url, says }) => {
    const found = told(`url: "${url}",`)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ code: 'citation', entry: 'trial-one', line: 2, message: expect.stringMatching(says) })
    expect(found[0]!.file).toMatch(/sources\/all\.yaml$/)
    expect(found[0]!.remedy.length).toBeGreaterThan(10)
  })
})

test.each([
  'url: "https://pubmed.ncbi.nlm.nih.gov/17167137",',
  'url: "https://www.stagecare.example/x",',
  'doi: 10.1056/NEJMoa061884,',
  '',
])('accepted: %s', (address) => expect(told(address)).toEqual([]))
