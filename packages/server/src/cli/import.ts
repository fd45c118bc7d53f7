import fs from 'node:fs'
import path from 'node:path'
import type { KnowledgeBase } from '@secondwind/core'
import { auditHooks } from '../access/index.ts'
import { caseProjection } from '../case-projection.ts'
import { importNdjson } from '../fhir-api/import.ts'
import { Refused } from '../issue.ts'
import { type Environment, readServeConfig } from '../serve-config.ts'
import { linesOfFile } from '../store/lines.ts'
import { openedStore } from './open-failure.ts'
import { databaseOf } from './serve.ts'

interface Output {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/**
 * `secondwind import`: NDJSON files (or folders of them, .gz too) into the store. Ended early, it goes on where it stopped when it is called again.
 * 0 all kept, 1 some lines were refused (they are in the issues file), 2 it could not be done.
 */
export async function importCommand(
  inputs: readonly string[],
  options: { readonly issues: string },
  knowledge: () => KnowledgeBase,
  environment: Environment,
  { out, err }: Output,
): Promise<number> {
  const config = readServeConfig(environment)
  if (!config.ok) {
    for (const { path: at, message, remedy } of config.error) err(`${at}: ${message} (${remedy})\n`)
    return 2
  }
  const files = inputs.flatMap(filesOf)
  const missing = files.find((file) => !fs.existsSync(file))
  if (missing !== undefined || files.length === 0) {
    err(`${missing ?? inputs.join(', ')}: there is no such file, or no NDJSON in the folder\n`)
    return 2
  }
  const store = await openedStore(
    // what comes in by the command is told in the audit log like what comes in by the server
    { database: databaseOf(config.value), hooks: auditHooks, projection: caseProjection(knowledge()), tell: (text) => err(`${text}\n`) },
    err,
  )
  if (store === undefined) return 2
  let kept = 0
  let refused = 0
  try {
    for (const file of files) {
      const started = Date.now()
      const { size, mtimeMs } = fs.statSync(file)
      const progress = await importNdjson({
        store,
        author: { who: 'Device/bulk-import', site: config.value.site },
        source: `${path.resolve(file)} ${size} ${Math.round(mtimeMs)}`,
        lines: linesOfFile(file, file.endsWith('.gz')),
        onIssue: ({ line, issue }) => fs.appendFileSync(options.issues, `${JSON.stringify({ file, line, ...issue })}\n`),
        onProgress: ({ lines }) => err(`\r${file}: ${lines} lines`),
      })
      kept += progress.kept
      refused += progress.refused
      err(`\r${file}: ${progress.lines} lines in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
    }
    const started = Date.now()
    const cases = await store.catchUp()
    err(`${cases} cases worked out in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    for (const { path: at, message, remedy } of error.issues) err(`${at}: ${message} (${remedy})\n`)
    return 2
  } finally {
    await store.close()
  }
  out(`${kept} resources kept, ${refused} lines refused${refused > 0 ? `: ${options.issues}` : ''}\n`)
  return refused > 0 ? 1 : 0
}

const filesOf = (input: string): readonly string[] =>
  fs.existsSync(input) && fs.statSync(input).isDirectory()
    ? fs
        .readdirSync(input)
        .filter((name) => /\.ndjson(\.gz)?$/.test(name))
        .sort()
        .map((name) => path.join(input, name))
    : [input]
