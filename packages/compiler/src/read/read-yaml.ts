import fs from 'node:fs'
import path from 'node:path'
import { isMap, isSeq, LineCounter, type Node, parseDocument, type YAMLParseError } from 'yaml'
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
  const text = fs.readFileSync(path.join(root, file), 'utf8')
  const document = parseDocument(text, { lineCounter: lines })
  const lineAt = (node: unknown): number => {
    const range = (node as Node | undefined)?.range
    return range ? lines.linePos(range[0]).line : 1
  }
  if (document.errors.length > 0) return { entries: [], findings: yamlFindings(document.errors, file, lines, text.split('\n')) }
  if (document.contents === null || (isSeq(document.contents) && document.contents.items.length === 0))
    return { entries: [], findings: [empty(file)] }
  if (!isSeq(document.contents)) {
    return {
      entries: [],
      findings: [
        {
          code: 'yaml',
          file,
          line: lineAt(document.contents),
          message: 'is not a list of entries',
          remedy: 'start each entry with "- id: …"',
        },
      ],
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

/** A file that was emptied, or of which every line is a comment: whatever rules it held are gone. */
const empty = (file: string): Finding => ({
  code: 'yaml',
  file,
  line: 1,
  message: 'holds no entry: the file is empty, or all of it is a comment',
  remedy: 'write its entries again, or remove the file; a rule that is not to act any more is retired (docs/guide/clinician.md)',
})

/** What is wrong with the syntax, with what to do about each kind of mistake. Only the first three of a file: the rest follow from them. */
function yamlFindings(errors: readonly YAMLParseError[], file: string, lines: LineCounter, text: readonly string[]): readonly Finding[] {
  return errors.slice(0, 3).map((e) => {
    const { line } = lines.linePos(e.pos[0])
    const hasTab = /^ *\t/.test(text[line - 1] ?? '')
    return {
      code: 'yaml',
      file,
      line,
      message: (e.message.split('\n')[0] ?? 'not YAML').replace(/ at line \d+, column \d+:?$/, ''),
      remedy:
        (hasTab ? SYNTAX.TAB_AS_INDENT : SYNTAX[e.code]) ??
        'mend the YAML syntax; quote texts that hold ": " or start with a special character',
    }
  })
}

const SYNTAX: { readonly [code: string]: string } = {
  BAD_INDENT:
    'fields of one entry start in the same column, two blanks right of the hyphen, and this line does not; or a bracket or quote above it is not closed',
  TAB_AS_INDENT: 'replace the tab by blanks',
  DUPLICATE_KEY: 'the field stands twice in one entry: keep one of them',
  MISSING_CHAR: 'a bracket, brace or quote is opened and not closed, here or on the line above',
  UNEXPECTED_TOKEN: 'look for a bracket, brace, comma or quote too many, here or on the line above',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing, or a text that goes over lines needs quotes',
}

/**
 * The ids that a file seems to hold although it cannot be read, so that whatever names them is not reported as well.
 */
export function idsByEye(root: string, file: string): readonly string[] {
  const text = fs.readFileSync(path.join(root, file), 'utf8')
  return [...text.matchAll(/^\s*-?\s*\{?\s*id:\s*['"]?([a-z0-9-]+)/gm)].map((m) => m[1]!)
}

/** A whole YAML file as plain data: terminology, which only its reader understands. */
export function readPlain(
  root: string,
  file: string,
): { readonly value: unknown; readonly findings: readonly Finding[]; lineOf(at: readonly (string | number)[]): number } {
  const lines = new LineCounter()
  const text = fs.readFileSync(path.join(root, file), 'utf8')
  const document = parseDocument(text, { lineCounter: lines })
  const lineOf = (at: readonly (string | number)[]): number => {
    for (let n = at.length; n > 0; n--) {
      const range = (document.getIn(at.slice(0, n), true) as Node | undefined)?.range
      if (range) return lines.linePos(range[0]).line
    }
    return 1
  }
  if (document.errors.length === 0 && document.contents === null) return { value: undefined, findings: [empty(file)], lineOf }
  if (document.errors.length === 0) return { value: document.toJS() as unknown, findings: [], lineOf }
  return { value: undefined, findings: yamlFindings(document.errors, file, lines, text.split('\n')), lineOf }
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
