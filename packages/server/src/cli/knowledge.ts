import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { checkKnowledge, claimFolder, compileKnowledge, explainEntry, knowledgeVersion, newEntry } from '@secondwind/compiler'
import { NoKnowledge, PROJECT, today, usableKnowledge } from '../compose.ts'
import { aimedRules, SITE_MARK, writeKnowledgeSite } from './knowledge-site.ts'

/** Where a subcommand writes. `out` carries the result and nothing else. */
interface Io {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

type Command = (args: readonly string[], io: Io) => number | Promise<number>

const USAGE = `secondwind knowledge <command>

  check [path…]           everything that is wrong with the knowledge: file, line, why it matters, remedy
  explain <id>            a rule, option, fact, source, criterion, regimen or drug in words, and who uses it
  new <kind> <id>         begin an entry: option, safety, retirement, source, fact, criterion, regimen, dose,
                          test-rule, alert, support, interaction, drug
  diff [A [B]]            what changed between two states, and with --over for which patients
  release                 keep the knowledge as it stands, so that every plan made with it can be made again
  site                    the knowledge as pages that work from a disk
  schema                  schemas by which an editor completes facts, values, sources and drugs

Each takes --help. The knowledge is the folder knowledge/ of the project, or the one that SECONDWIND_KNOWLEDGE names.
`

const COMMANDS: { readonly [name: string]: Command } = {
  check,
  explain,
  new: begin,
  site,
  schema,
  diff: async (args, io) => (await import('./knowledge-diff.ts')).runKnowledgeDiff(args, io),
  release: async (args, io) => (await import('./knowledge-release.ts')).runKnowledgeRelease(args, io),
}

/** `secondwind knowledge …`. 0: done and nothing wrong; 1: wrong use, or something is wrong with the knowledge; 2: something could not be read. */
export async function runKnowledge(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args
  const command = name === undefined ? undefined : COMMANDS[name]
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.out(USAGE)
    return name === undefined ? 1 : 0
  }
  if (command === undefined) {
    io.err(`there is no secondwind knowledge ${name}\n\n${USAGE}`)
    return 1
  }
  try {
    return await command(rest, io)
  } catch (error) {
    if (error instanceof NoKnowledge) {
      io.err(`${error.message}\n`)
      return 1
    }
    // what parseArgs says of wrong options; anything else is a bug
    const code = (error as { code?: string }).code ?? ''
    if (!code.startsWith('ERR_PARSE_ARGS')) throw error
    io.err(`${(error as Error).message}\n\n${USAGE}`)
    return 1
  }
}

const AS_OF = { 'as-of': { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const

function check(args: readonly string[], io: Io): number {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { ...AS_OF, format: { type: 'string' } } })
  if (values.help) {
    io.out(
      'secondwind knowledge check [path…] [--as-of YYYY-MM-DD] [--format text|json]\n\nChecks the whole knowledge and shows what is wrong, below the given paths only. Reviews are due as of the day, default today.\nExit status 1 when something is wrong.\n',
    )
    return 0
  }
  const asOf = dayOf(values['as-of'], io)
  if (asOf === undefined) return 1
  const { format = 'text' } = values
  if (format !== 'json' && format !== 'text') {
    io.err(`--format ${format} is not one of text, json\n`)
    return 1
  }
  const { text, errors } = checkKnowledge({ ...usableKnowledge(), asOf, paths: positionals, format })
  io.out(text)
  return errors > 0 ? 1 : 0
}

function explain(args: readonly string[], io: Io): number {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: AS_OF })
  const [id] = positionals
  if (values.help || id === undefined) {
    const usage =
      'secondwind knowledge explain <id>\n\nAn option (as a plan prints it), rule, fact, source, criterion, regimen or drug in words: who it is for, what bars it, on what it rests, who uses it.\nWhere two kinds share an id, kind/id chooses: fact/ecog.\n'
    if (values.help) io.out(usage)
    else io.err(usage)
    return values.help ? 0 : 1
  }
  if (positionals.length > 1) {
    io.err(`one id is explained at a time, not ${positionals.length}: ${positionals.join(' ')}\n`)
    return 1
  }
  const asOf = dayOf(values['as-of'], io)
  if (asOf === undefined) return 1
  const { root, name } = usableKnowledge()
  const compilation = compileKnowledge(root, knowledgeVersion(root))
  const { found, text } = explainEntry({ compilation, id, asOf, name, aimed: aimedRules(compilation.knowledge) })
  if (found) io.out(text)
  else io.err(text)
  return found ? 0 : 1
}

const FIELDS = [
  'title',
  'group',
  'approach',
  'regimen',
  'drug',
  'because',
  'against',
  'say',
  'when',
  'source',
  'at',
  'says',
  'kind',
  'year',
  'url',
  'pmid',
  'doi',
  'nct',
  'type',
  'absence',
  'unit',
  'route',
  'dose',
  'factor',
  'test',
  'classes',
  'review',
] as const

function begin(args: readonly string[], io: Io): number {
  const strings = Object.fromEntries(FIELDS.map((f) => [f, { type: 'string' }] as const)) as {
    [f in (typeof FIELDS)[number]]: { type: 'string' }
  }
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...AS_OF, ...strings, like: { type: 'string' }, in: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  })
  const [kind, id, ...more] = positionals
  if (more.length > 0 && !values.help) {
    io.err(`one entry is begun at a time; ${more.join(' ')} is too much (put a text of several words in quotes)\n`)
    return 1
  }
  if (values.help || kind === undefined || id === undefined) {
    const usage = `secondwind knowledge new <kind> <id> [--like <id>] [--in <file>] [--dry-run] [--FIELD VALUE …]

Appends an entry that is unconfirmed and has "FILL IN" wherever its author must write; check does not pass until it is filled in.
kind: option, safety, retirement (of a drug), source, fact, criterion, regimen, dose, test-rule, alert, support, interaction, drug
--like <id>   begin from an entry of the same kind instead of a template
--in <file>   the file of knowledge/ that takes it; default: that of --like, or of the options of --group, or additions.yaml
fields: ${FIELDS.map((f) => `--${f}`).join(', ')}
`
    if (values.help) io.out(usage)
    else io.err(usage)
    return values.help ? 0 : 1
  }
  const asOf = dayOf(values['as-of'], io)
  if (asOf === undefined) return 1
  const { 'as-of': _asOf, 'dry-run': isDryRun = false, help: _help, like, in: file, ...given } = values
  const result = newEntry({
    ...usableKnowledge(),
    kind,
    id,
    given,
    asOf,
    isDryRun,
    ...(like === undefined ? {} : { like }),
    ...(file === undefined ? {} : { file }),
  })
  if (result.ok) io.out(result.text)
  else io.err(result.text)
  return result.ok ? 0 : 1
}

function site(args: readonly string[], io: Io): number {
  const { values } = parseArgs({ args: [...args], options: { ...AS_OF, out: { type: 'string' }, examples: { type: 'string' } } })
  if (values.help) {
    io.out(
      'secondwind knowledge site [--out build/site] [--as-of YYYY-MM-DD] [--examples fixtures/patients]\n\nWrites the knowledge as pages that need no server and no network: open index.html.\n',
    )
    return 0
  }
  const asOf = dayOf(values['as-of'], io)
  if (asOf === undefined) return 1
  const { root } = usableKnowledge()
  const out = path.resolve(values.out ?? path.join(PROJECT, 'build/site'))
  const problem = claimFolder(out, SITE_MARK)
  if (problem !== undefined) {
    io.err(`${problem}\n`)
    return 1
  }
  const { pages, findings } = writeKnowledgeSite({
    root,
    out,
    asOf,
    examples: path.resolve(values.examples ?? path.join(PROJECT, 'fixtures/patients')),
    cacheFile: path.join(PROJECT, 'build/knowledge-history.json'),
  })
  io.out(`${pages} pages: ${path.join(out, 'index.html')}\n`)
  if (findings > 0)
    io.err(`the knowledge has ${findings} findings, and what they concern is missing from the site: secondwind knowledge check\n`)
  return findings > 0 ? 1 : 0
}

async function schema(args: readonly string[], io: Io): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { help: AS_OF.help, out: { type: 'string' } } })
  if (values.help) {
    io.out(
      'secondwind knowledge schema [--out build/schemas]\n\nWrites JSON Schemas for editors: YAML language servers complete the ids of facts, their values, sources, drugs and regimens. .vscode/settings.json points at them.\n',
    )
    return 0
  }
  const { editorSchemas } = await import('@secondwind/compiler')
  const { root } = usableKnowledge()
  const out = path.resolve(values.out ?? path.join(PROJECT, 'build/schemas'))
  const problem = claimFolder(out)
  if (problem !== undefined) {
    io.err(`${problem}\n`)
    return 1
  }
  const schemas = editorSchemas(compileKnowledge(root, knowledgeVersion(root)))
  for (const [name, content] of schemas) fs.writeFileSync(path.join(out, name), `${JSON.stringify(content)}\n`)
  io.out(`${schemas.size} schemas in ${out}\n`)
  return 0
}

function dayOf(text: string | undefined, io: Io): string | undefined {
  if (text === undefined) return today()
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined
  if (day && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)) return text
  io.err(`--as-of ${text} is not a day such as 2026-11-23\n`)
  return undefined
}
