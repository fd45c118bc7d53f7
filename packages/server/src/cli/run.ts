import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { knowledgeFolder, NoKnowledge, openKnowledge, software } from '../compose.ts'
import { findingText } from '../knowledge-store.ts'
import { calcCommand } from './calc.ts'
import { factsCommand } from './facts.ts'
import { print } from './input.ts'
import { planCommand } from './plan.ts'

/** The secondwind command. Returns the exit status: 0 a document was printed, 2 the input could not be read, 1 wrong use (of replay: the plan differs). */
export async function run(args: readonly string[]): Promise<number> {
  // its subcommands read their own options
  if (args[0] === 'knowledge') {
    const { runKnowledge } = await import('./knowledge.ts')
    return runKnowledge(args.slice(1), { out: print, err: (text) => process.stderr.write(text) })
  }
  let status = 0
  const program = new Command('secondwind')
    .description('One cited, explained plan for each patient with stage IV lung cancer')
    .version(software)
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(text) })

  program
    .command('plan')
    .description('plan every patient in a FHIR R4 bundle or NDJSON (mCODE where the source has it)')
    .argument('<file>', 'a file, or - for standard input')
    .option('--patient <id>', 'only this patient')
    .option('--as-of <date>', 'clinical date of the plan (YYYY-MM-DD), default today', isoDate)
    .option('--set <fact=value>', 'correct or add a fact by hand; repeat for more', collect, [])
    .option('--format <format>', 'text, json, fhir or patient (plain words)', oneOf('text', 'json', 'fhir', 'patient'), 'text')
    .option('--site <overlay.yaml>', 'formulary and capabilities of the site, laid over the plan')
    .option('--strict', 'refuse to plan while knowledge/ has findings')
    .action(async (file: string, options) => {
      status = await planCommand(file, options, loadedKnowledge(options.strict === true))
    })

  program
    .command('facts')
    .description('what was understood of a chart, from where, and what was not')
    .argument('[file]', 'a file, or - for standard input; without it, the fact registry is listed')
    .option('--patient <id>', 'only this patient')
    .option('--as-of <date>', 'clinical date (YYYY-MM-DD), default today', isoDate)
    .option('--set <fact=value>', 'correct or add a fact by hand; repeat for more', collect, [])
    .option(
      '--format <format>',
      'text, json or features (FHIR Observations, for the printed CQL)',
      oneOf('text', 'json', 'features'),
      'text',
    )
    .action(async (file: string | undefined, options) => {
      status = await factsCommand(file, options, loadedKnowledge(false))
    })

  program
    .command('calc')
    .description('one formula with its arithmetic; --list shows them all')
    .argument('[name]', 'bsa, creatinine-clearance, egfr, carboplatin, …')
    .argument('[inputs...]', 'KEY=VALUE with its unit: weight=70kg creatinine=88umol/L')
    .option('--list', 'every calculator with its inputs')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action((name: string | undefined, inputs: readonly string[], options) => {
      status = calcCommand(name, inputs, options, loadedKnowledge(false))
    })

  program
    .command('replay')
    .description('make an old plan again, with the release of the knowledge that it names, and compare the bytes')
    .argument('<plan.json>', 'what "secondwind plan --format json" printed')
    .argument('<chart>', 'the chart it was made from: a file, or a folder of them')
    .option('--knowledge <base>', 'the knowledge it was made with, where no kept release has it: a file, a folder or a git revision')
    .option('--set <fact=value>', 'the corrections by hand, as they were typed; without them they are taken from the plan', collect, [])
    .option('--site <overlay.yaml>', 'the overlay of the site it was made with')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action(async (planFile: string, chart: string, options) => {
      const { replayCommand } = await import('./replay.ts')
      status = await replayCommand(planFile, chart, options, { out: print, err: (text) => process.stderr.write(text) })
    })

  program
    .command('population')
    .description('for whom each option stands how, over a file or folder of charts; which exclusion concerns how many')
    .argument('<cohort>', 'a bundle, NDJSON, a folder of them, or case snapshots (cases.parquet)')
    .option('--as-of <date>', 'clinical date (YYYY-MM-DD), default today', isoDate)
    .option('--option <id>', 'only this option, with the patients by name')
    .option('--rule <id>', 'only this rule of "not advised" (with --show rules: of any kind), with the patients by name')
    .option(
      '--show <what>',
      'options (default), tests (who misses which), or rules (which concerns how many)',
      oneOf('options', 'tests', 'rules'),
    )
    .option('--test <id>', 'only this test, with the patients by name')
    .option(
      '--engine <engine>',
      'columns (default, in memory), duckdb (embedded), postgres or spark: all count the same',
      oneOf('columns', 'duckdb', 'postgres', 'spark'),
    )
    .option('--connection <url>', 'PostgreSQL: postgresql://user@host/database; default what PGHOST and its like say')
    .option('--master <master>', 'Spark: local[2] (default), local-cluster[2,1,1024], spark://host:7077, yarn')
    .option('--work <folder>', 'Spark: a folder that all workers reach, for the tables between statements')
    .option('--verdicts', 'also of how many patients each criterion of the knowledge is true, false and unknown')
    .option('--against <base>', 'whose plans another state of the knowledge would change (named as in "knowledge diff")')
    .option('--explain [sql]', 'print how the question is split into statements, and why, and ask nothing; "sql": with the statements')
    .option('--write-job <job.json>', 'write what the Spark runner needs, to be submitted elsewhere, and ask nothing')
    .option('--suppress-below <n>', 'hide counts of fewer people, and what gives them away, and name nobody', wholeNumber)
    .option('--format <format>', 'text, csv, json or fhir (Group)', oneOf('text', 'csv', 'json', 'fhir'), 'text')
    .action(async (cohort: string, options) => {
      const { populationCommand } = await import('./population.ts')
      status = await populationCommand(cohort, options, loadedKnowledge(false))
    })

  program
    .command('quality')
    .description('quality measures over a file or folder of charts, or a snapshot: who was asked about, reached, left out, and not known')
    .argument('<charts>', 'a bundle, NDJSON, a folder of them, or a snapshot of "secondwind project"')
    .option('--measure <id>', 'only this measure, by its id or another name (MIPS 453); repeat for more', collect, [])
    .option('--by <cuts>', 'site, month, quarter, year, or site and one of these: site,quarter')
    .option('--period <period>', 'only what falls into 2026, 2026-Q2, 2026-03 or 2026-01..2026-06')
    .option(
      '--suppress-below <n>',
      'hide counts of fewer people, and what gives them away; 0 hides nothing and names patients in JSON',
      wholeNumber,
      11,
    )
    .option('--as-of <date>', 'clinical date (YYYY-MM-DD), default today', isoDate)
    .option('--subjects', 'with --format fhir: reports with lists of the patients')
    .option('--format <format>', 'text, csv, json or fhir (MeasureReport)', oneOf('text', 'csv', 'json', 'fhir'), 'text')
    .action(async (charts: string, options) => {
      const { qualityCommand } = await import('./quality.ts')
      status = await qualityCommand(charts, options, loadedKnowledge(false))
    })

  program
    .command('project')
    .description(
      'FHIR NDJSON of many patients (a Bulk Data export, or a bundle a line) to case snapshots in Parquet; goes on where it was stopped',
    )
    .argument('<ndjson...>', 'files or folders; also .gz')
    .requiredOption('-o, --output <cases.parquet>', 'the folder to write')
    .option('--as-of <date>', 'clinical date (YYYY-MM-DD), default today', isoDate)
    .option('--site <name>', 'the site of every patient; without it the organisation that manages each')
    .option('--threads <n>', 'default: one a core', wholeNumber)
    .option('--keep-going', 'project what could be read of a file that is cut off, and say so in the manifest')
    .option('--restart', 'throw an unfinished run and an old snapshot of this name away')
    .action(async (inputs: readonly string[], options) => {
      const { projectCommand } = await import('./project.ts')
      status = await projectCommand(inputs, options, loadedKnowledge(false))
    })

  program
    .command('view')
    .description('flatten FHIR resources by a SQL on FHIR v2 ViewDefinition, and ask the table in SQL (embedded DuckDB)')
    .argument('<view.json>', 'the ViewDefinition')
    .argument('<file>', 'NDJSON or a bundle, or - for standard input')
    .option('--sql <query>', 'a query over the table, which has the name of the view; without it the whole table')
    .option('--format <format>', 'csv or json (a row a line)', oneOf('csv', 'json'), 'csv')
    .action(async (view: string, file: string, options) => {
      const { viewCommand } = await import('./view.ts')
      status = await viewCommand(view, file, options)
    })

  program
    .command('serve')
    .description('the FHIR R4 server: keeps charts and plans over HTTP; settings come from the environment')
    .option('--config', 'print every setting with its meaning and value, and stop')
    .action(async (options: { config?: boolean }) => {
      const { serveCommand } = await import('./serve.ts')
      const output = { out: print, err: (text: string) => process.stderr.write(text) }
      status = await serveCommand(options, () => loadedKnowledge(false), process.env, output)
    })

  program
    .command('audit')
    .description('the audit log of the server: is it whole, and all of it as NDJSON of AuditEvent')
    .argument('<verify|export>', 'what to do', oneOf('verify', 'export'))
    .option('--expect <place:hash>', 'a head that was written down before; the chain must still pass through it')
    .action(async (what: 'verify' | 'export', options: { expect?: string }) => {
      const { auditCommand } = await import('./audit.ts')
      status = await auditCommand(what, options, process.env, { out: print, err: (text: string) => process.stderr.write(text) })
    })

  program
    .command('synthesize')
    .description('a network of invented hospitals and patients with stage IV lung cancer, as mCODE charts over time')
    .requiredOption('--patients <n>', 'how many charts', wholeNumber)
    .requiredOption('-o, --output <folder>', 'where the files go')
    .option('--seed <seed>', 'the same seed gives the same bytes', seedText, '1')
    .option('--layout <layout>', 'bundles (a bundle a line) or bulk (a file per resource type)', oneOf('bundles', 'bulk'), 'bundles')
    .option('--as-of <date>', 'day on which the charts stand (YYYY-MM-DD), default today', isoDate)
    .option('--years <n>', 'years over which the patients were diagnosed', wholeNumber, 3)
    .option('--until-death', 'every patient has died by that day')
    .option('--restart', 'replace the network that the folder holds')
    .option('--tidy', 'without missing, late, contradictory and duplicate entries')
    .option('--threads <n>', 'default: all cores', wholeNumber)
    .action(async (options) => {
      const { synthesizeCommand } = await import('./synthesize.ts')
      status = await synthesizeCommand(options, loadedKnowledge(false))
    })

  const stored = { out: print, err: (text: string) => process.stderr.write(text) }
  program
    .command('import')
    .description('bulk import: NDJSON files, or folders of them, into the store; goes on where it stopped')
    .argument('<files...>', 'one FHIR resource a line (.ndjson, .ndjson.gz)')
    .option('--issues <file>', 'where the refused lines are told', 'import-issues.ndjson')
    .action(async (files: readonly string[], options: { issues: string }) => {
      const { importCommand } = await import('./import.ts')
      status = await importCommand(files, options, () => loadedKnowledge(false), process.env, stored)
    })

  program
    .command('backup')
    .description('write every chart, decision and log of the store to one file (PostgreSQL: while it runs)')
    .argument('<file>', 'the file to write')
    .action(async (file: string) => {
      status = await (await import('./store.ts')).backupCommand(file, process.env, stored)
    })

  program
    .command('restore')
    .description('read a backup into an empty store, make everything derived again, and verify it')
    .argument('<file>', 'what "secondwind backup" wrote')
    .action(async (file: string) => {
      status = await (await import('./store.ts')).restoreCommand(file, () => loadedKnowledge(false), process.env, stored)
    })

  program
    .command('verify')
    .description('work out every hash of the store again: was anything changed, taken out or put in?')
    .action(async () => {
      status = await (await import('./store.ts')).verifyCommand(process.env, stored)
    })

  program
    .command('rebuild')
    .description('make the search index and the case snapshots again from the recorded versions')
    .action(async () => {
      status = await (await import('./store.ts')).rebuildCommand(() => loadedKnowledge(false), process.env, stored)
    })

  program
    .command('case-views')
    .description('write the case snapshot as SQL on FHIR v2: ViewDefinitions, the SQL over their tables, and what they cannot say')
    .argument('<folder>', 'the folder to write')
    .option('--as-of <date>', 'clinical date (YYYY-MM-DD), default today', isoDate)
    .action(async (folder: string, options) => {
      const { caseViewsCommand } = await import('./case-views.ts')
      status = caseViewsCommand(folder, options, loadedKnowledge(false))
    })

  program
    .command('knowledge')
    .description('check, explain, extend, compare and publish what the plans rest on; "secondwind knowledge --help" lists how')

  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1
    if (error instanceof KnowledgeBroken) return 1
    if (error instanceof NoKnowledge) {
      process.stderr.write(`${error.message}\n`)
      return 1
    }
    throw error
  }
  return status
}

class KnowledgeBroken extends Error {}

/** The compiled base; findings go to standard error, so that standard output carries the document and nothing else. */
function loadedKnowledge(isStrict: boolean) {
  const loaded = openKnowledge()
  for (const finding of loaded.findings.slice(0, 20))
    process.stderr.write(`knowledge: ${findingText({ ...finding, file: `${knowledgeFolder().name}/${finding.file}` })}\n`)
  if (loaded.findings.length > 0) {
    process.stderr.write(
      `knowledge: ${loaded.findings.length} findings; "npm run knowledge" lists them. A rule that fails its shape is left out of this plan.\n`,
    )
    if (isStrict) throw new KnowledgeBroken()
  }
  return loaded.knowledge
}

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value]

const oneOf =
  (...allowed: readonly string[]) =>
  (value: string): string => {
    if (!allowed.includes(value)) throw new InvalidArgumentError(`is not one of ${allowed.join(', ')}`)
    return value
  }

/** Part of the ids of the patients, so it must be one itself. */
function seedText(value: string): string {
  if (!/^[A-Za-z0-9.-]{1,20}$/.test(value)) throw new InvalidArgumentError('give up to 20 letters, digits, dots and hyphens')
  return value
}

function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('give a whole number')
  return Number(value)
}

function isoDate(value: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined
  const isReal = day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value)
  if (!isReal) throw new InvalidArgumentError('is not a day such as 2026-11-23')
  return value
}
