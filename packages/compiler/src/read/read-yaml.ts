import fs from 'node:fs'
import path from 'node:path'
import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Finding } from '../check/finding.ts'

/** One entry of a YAML list, with the means to say on which line any part of it stands. */
export interface RawEntry {
  readonly file: string
  readonly line: number
  readonly value: Record<string, unknown>
  lineOf(at: readonly (string | number)[]): number
}

/** Reads one YAML file that holds a list of mappings. What cannot be read becomes a finding, never a throw. */
export function readEntries(root: string, file: string): { readonly entries: readonly RawEntry[]; readonly findings: readonly Finding[] } {
  const lines = new LineCounter()
  const document = parseDocument(fs.readFileSync(path.join(root, file), 'utf8'), { lineCounter: lines })
  const lineAt = (node: unknown): number => {
    const range = (node as Node | undefined)?.range
    return range ? lines.linePos(range[0]).line : 1
  }
  if (document.errors.length > 0) {
    return {
      entries: [],
      findings: document.errors.map((e) => ({
        code: 'yaml',
        file,
        line: lines.linePos(e.pos[0]).line,
        message: e.message.split('\n')[0] ?? 'not YAML',
        remedy: 'mend the YAML syntax; quote texts that hold ": " or start with a special character',
      })),
    }
  }
  if (document.contents === null) return { entries: [], findings: [] }
  if (!isSeq(document.contents)) {
    return {
      entries: [],
      findings: [{ code: 'yaml', file, line: 1, message: 'is not a list of entries', remedy: 'start each entry with "- id: …"' }],
    }
  }
  const entries: RawEntry[] = []
  const findings: Finding[] = []
  for (const item of document.contents.items) {
    if (!isMap(item)) {
      findings.push({
        code: 'yaml',
        file,
        line: lineAt(item),
        message: 'an entry is not a mapping',
        remedy: 'write "- id: …" with its fields below',
      })
      continue
    }
    entries.push({
      file,
      line: lineAt(item),
      value: item.toJS(document) as Record<string, unknown>,
      lineOf: (at) => {
        for (let n = at.length; n > 0; n--) {
          const node = item.getIn(at.slice(0, n), true)
          if (node !== undefined) return lineAt(node)
        }
        return lineAt(item)
      },
    })
  }
  return { entries, findings }
}

/** A whole YAML file as plain data: terminology, which only its reader understands. */
export function readPlain(root: string, file: string): { readonly value: unknown; readonly findings: readonly Finding[] } {
  const lines = new LineCounter()
  const document = parseDocument(fs.readFileSync(path.join(root, file), 'utf8'), { lineCounter: lines })
  if (document.errors.length === 0) return { value: document.toJS() as unknown, findings: [] }
  return {
    value: undefined,
    findings: document.errors.map((e) => ({
      code: 'yaml',
      file,
      line: lines.linePos(e.pos[0]).line,
      message: e.message.split('\n')[0] ?? 'not YAML',
      remedy: 'mend the YAML syntax',
    })),
  }
}

/** Any YAML file as plain data, for other readers of YAML: a site's overlay. Throws what the file system throws. */
export const readYamlFile = (file: string): ReturnType<typeof readPlain> => readPlain(path.dirname(file), path.basename(file))

/** All YAML files below a folder, sorted, as paths relative to the root with forward slashes. */
export function yamlFiles(root: string, folder: string): readonly string[] {
  const at = path.join(root, folder)
  if (!fs.existsSync(at)) return []
  return fs
    .readdirSync(at, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${folder}/${name.split(path.sep).join('/')}`)
    .sort()
}
