import fs from 'node:fs'
import path from 'node:path'
import { DRAFT } from '../check/draft-mark.ts'
import { closest } from '../check/suggest.ts'
import { readEntries, readPlain, yamlFiles } from '../read/read-yaml.ts'
import { FOLDERS, type Given, type NewKind, TEMPLATES } from './templates.ts'

export interface NewRequest {
  readonly root: string
  /** What messages call that folder; absent: `knowledge`. */
  readonly name?: string
  readonly kind: string
  readonly id: string
  /** Values for fields of the entry, by name. */
  readonly given: Given
  /** Id of an entry of the same kind to begin from. */
  readonly like?: string
  /** File in `knowledge/` to append to. */
  readonly file?: string
  /** Today: when a source was read, and from when reviews count. */
  readonly asOf: string
  readonly isDryRun: boolean
}

export type NewResult = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly text: string }

/** A new entry must be looked at again after this many months at the latest. */
const REVIEW_MONTHS = 6

/**
 * Appends a new entry to a file of the knowledge, from a template or from an entry that is like it, and says what is left to fill in.
 *
 * It begins unconfirmed: whoever has seen the claim in its source says so by hand. Nothing else of the file is touched.
 */
export function newEntry(request: NewRequest): NewResult {
  const { root, name = 'knowledge', id, like, asOf, given } = request
  const fail = (what: string, remedy: string): NewResult => ({ ok: false, text: `${what} (${remedy})\n` })
  const kinds = Object.keys(TEMPLATES)
  if (!kinds.includes(request.kind)) {
    const near = closest(request.kind, kinds)
    return fail(
      `there is no kind ${request.kind}`,
      `${near.length > 0 ? `did you mean ${near.join(' or ')}? ` : ''}kinds are ${kinds.join(', ')}`,
    )
  }
  const kind = request.kind as NewKind
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) return fail(`${id} cannot be an id`, 'use lower-case words joined by hyphens')
  const own = kind === 'retirement' ? `retired-${id}` : id
  const existing = placesOf(root, FOLDERS[kind].folder)
  const twin = existing.get(own)
  if (twin) return fail(`${own} is there already: ${name}/${twin.file}:${twin.line}`, 'choose another id, or change that entry')
  if (kind === 'retirement' && !placesOf(root, 'terminology').has(id)) {
    const near = closest(id, placesOf(root, 'terminology').keys())
    return fail(`there is no drug ${id}`, near.length > 0 ? `did you mean ${near.join(' or ')}?` : `see ${name}/terminology/drugs.yaml`)
  }
  let text: string
  let file: string
  if (like === undefined) {
    text = TEMPLATES[kind](id, { ...given, accessed: asOf, reviewBy: monthsLater(asOf, REVIEW_MONTHS) })
    file = inKnowledge(request.file, name) ?? fileOfGroup(root, given.group) ?? FOLDERS[kind].file
  } else {
    const model = existing.get(like)
    if (!model) {
      const near = closest(like, existing.keys())
      return fail(
        `there is no ${kind} ${like} to begin from`,
        near.length > 0 ? `did you mean ${near.join(' or ')}?` : `see ${name}/${FOLDERS[kind].folder}`,
      )
    }
    text = copyOf(model.text, like, own)
    file = inKnowledge(request.file, name) ?? model.file
  }
  if (!file.startsWith(`${FOLDERS[kind].folder}/`) || !file.endsWith('.yaml'))
    return fail(`${file} cannot hold entries of the kind ${kind}`, `name a file such as ${FOLDERS[kind].file}`)
  const at = path.join(root, file)
  const before = fs.existsSync(at) ? fs.readFileSync(at, 'utf8').replace(/\n*$/, '\n') : ''
  const isSpaced = /\n\n- /.test(before)
  const after = `${before}${isSpaced ? '\n' : ''}${text}`
  const first = after.slice(0, after.length - text.length).split('\n').length
  if (!request.isDryRun) {
    fs.mkdirSync(path.dirname(at), { recursive: true })
    fs.writeFileSync(at, after)
  }
  const open = text
    .split('\n')
    .flatMap((line, i) => [...line.matchAll(new RegExp(`${DRAFT}: ([^'"]+)`, 'g'))].map((m) => `  line ${first + i}: ${m[1]}`))
  return {
    ok: true,
    text: [
      request.isDryRun ? `would write ${name}/${file}:${first}\n\n${text}` : `wrote ${name}/${file}:${first}`,
      ...(open.length > 0 ? ['to fill in', ...open] : []),
      ...(like === undefined ? [] : [`everything but the id is as in ${like}: change what differs, and its citations and examples`]),
      `then: secondwind knowledge check ${path.posix.dirname(file)}`,
      '',
    ].join('\n'),
  }
}

/** A file as it is called inside the folder, whether the name of the folder was typed in front of it or not. */
const inKnowledge = (file: string | undefined, name: string): string | undefined => {
  const plain = file?.replace(/^\.\//, '')
  const prefix = [name, 'knowledge'].find((p) => plain?.startsWith(`${p}/`))
  return prefix === undefined ? plain : plain?.slice(prefix.length + 1)
}

interface PlaceOf {
  readonly file: string
  readonly line: number
  /** The entry as it stands in its file. */
  readonly text: string
}

/** Every entry of a folder with its place and its very text. */
function placesOf(root: string, folder: string): ReadonlyMap<string, PlaceOf> {
  const places = new Map<string, PlaceOf>()
  for (const file of yamlFiles(root, folder)) {
    const lines = fs.readFileSync(path.join(root, file), 'utf8').split('\n')
    const starts =
      folder === 'terminology'
        ? drugStarts(root, file)
        : readEntries(root, file).entries.map((e) => ({ id: String(e.value.id), line: e.line }))
    for (const [i, { id, line }] of starts.entries()) {
      const end = (starts[i + 1]?.line ?? lines.length + 1) - 1
      const own = lines.slice(line - 1, end)
      // comments and blank lines before the next entry belong to that one
      while (own.length > 0 && /^\s*(#.*)?$/.test(own.at(-1)!)) own.pop()
      places.set(id, { file, line, text: `${own.join('\n')}\n` })
    }
  }
  return places
}

function drugStarts(root: string, file: string): readonly { readonly id: string; readonly line: number }[] {
  if (file !== 'terminology/drugs.yaml') return []
  const { value, lineOf } = readPlain(root, file)
  return ((value ?? []) as readonly { readonly id: string }[]).map((d, i) => ({ id: String(d.id), line: lineOf([i]) }))
}

/** The file in which the options of a population stand. */
function fileOfGroup(root: string, group: string | undefined): string | undefined {
  if (group === undefined) return undefined
  for (const file of yamlFiles(root, 'treatment')) if (readEntries(root, file).entries.some((e) => e.value.group === group)) return file
  return undefined
}

/** The text of an entry under another id, unconfirmed again: whoever copies a claim has not seen it in a source. */
const copyOf = (text: string, id: string, to: string): string =>
  text
    .replace(new RegExp(`(\\bid:\\s*)${id}\\b`), `$1${to}`)
    .replace(/^(\s{2}review:\s*)confirmed\b/m, '$1unconfirmed')
    .replace(/^(- \{.*\breview:\s*)confirmed\b/m, '$1unconfirmed')

function monthsLater(day: string, months: number): string {
  const [year, month] = day.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, month + months, 0)).toISOString().slice(0, 10)
}
