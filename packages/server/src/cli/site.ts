import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { readOverlay } from '@secondwind/care'
import type { Issue, KnowledgeBase } from '@secondwind/core'
import type { PlanRequest } from '../compose.ts'
import { printIssues } from './input.ts'

const require = createRequire(import.meta.url)

/** Reads the overlay of a site; on failure prints every issue and gives undefined. The digest is of the bytes of the file. */
export function overlayOf(file: string, knowledge: KnowledgeBase): PlanRequest['overlay'] {
  const fail = (issues: readonly Issue[]): undefined => {
    printIssues(issues.map((i) => ({ ...i, path: i.path === file ? i.path : `${file}: ${i.path}` })))
    return undefined
  }
  let bytes: Uint8Array
  try {
    bytes = fs.readFileSync(file)
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const message = isMissing ? 'there is no such file' : 'cannot be read'
    return fail([{ code: 'invalid-element', severity: 'error', path: file, message, remedy: 'give the path of a YAML overlay' }])
  }
  // loaded when it is needed, as the knowledge store does
  const { readYamlFile } = require('@secondwind/compiler') as typeof import('@secondwind/compiler')
  const { value, findings } = readYamlFile(file)
  if (findings.length > 0) {
    return fail(
      findings.map(({ line, message, remedy }) => ({ code: 'invalid-element', severity: 'error', path: `line ${line}`, message, remedy })),
    )
  }
  const overlay = readOverlay(value, knowledge)
  if (!overlay.ok) return fail(overlay.error)
  return { value: overlay.value, digest: createHash('sha256').update(bytes).digest('hex') }
}
