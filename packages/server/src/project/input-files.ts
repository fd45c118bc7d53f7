import fs from 'node:fs'
import path from 'node:path'
import { err, type Issue, ok, type Result } from '@secondwind/core'

/** A file to be read. `document`: one JSON value over many lines (a Bundle as people save it), not a line a resource. */
export interface InputFile {
  /** As given, or below the folder that was given: what issues name. */
  readonly name: string
  readonly at: string
  readonly size: number
  readonly modifiedMs: number
  readonly layout: 'lines' | 'gzip' | 'document'
}

const ENDINGS = /\.(?:ndjson|jsonl|json)(?:\.gz)?$/

/**
 * The files of a Bulk Data export or of any folder of FHIR: those named, and `.ndjson`, `.jsonl` and `.json` below folders (also `.gz`), sorted by name.
 * Refuses what is not there, a folder without such files, and a file given twice.
 */
export function inputFiles(given: readonly string[]): Result<readonly InputFile[], readonly Issue[]> {
  const files: InputFile[] = []
  const issues: Issue[] = []
  const seen = new Set<string>()
  const take = (at: string, name: string): void => {
    const real = fs.realpathSync(at)
    if (seen.has(real)) {
      issues.push(refused(name, 'is given twice: every count would be wrong', 'name it once'))
      return
    }
    seen.add(real)
    const { size, mtimeMs } = fs.statSync(at)
    files.push({ name, at: real, size, modifiedMs: Math.floor(mtimeMs), layout: layoutOf(real) })
  }
  for (const one of given) {
    if (!fs.existsSync(one)) {
      issues.push(refused(one, 'there is no such file or folder', 'give FHIR NDJSON files, or the folder of a Bulk Data export'))
    } else if (fs.statSync(one).isDirectory()) {
      const below = fs
        .readdirSync(one, { recursive: true, encoding: 'utf8' })
        .filter((name) => ENDINGS.test(name) && fs.statSync(path.join(one, name)).isFile())
        .map((name) => name.split(path.sep).join('/'))
        .sort()
      if (below.length === 0) issues.push(refused(one, 'holds no .ndjson or .json file', 'give the folder of a Bulk Data export'))
      for (const name of below) take(path.join(one, name), name)
    } else take(one, path.basename(one))
  }
  return issues.length > 0 ? err(issues) : ok(files)
}

function layoutOf(at: string): InputFile['layout'] {
  const first = Buffer.alloc(2)
  const handle = fs.openSync(at, 'r')
  const read = fs.readSync(handle, first, 0, 2, 0)
  fs.closeSync(handle)
  if (read === 2 && first[0] === 0x1f && first[1] === 0x8b) return 'gzip'
  return at.endsWith('.json') ? 'document' : 'lines'
}

const refused = (at: string, message: string, remedy: string): Issue => ({
  code: 'missing-input',
  severity: 'error',
  path: at,
  message,
  remedy,
})
