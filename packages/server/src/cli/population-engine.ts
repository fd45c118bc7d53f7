import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openBase } from '@secondwind/compiler'
import { err, type Issue, type KnowledgeBase, ok, type Result } from '@secondwind/core'
import { readPatientCase } from '@secondwind/fhir'
import { knowledgeRoot, PROJECT, readerFor, today } from '../compose.ts'
import { type CountedPopulation, countedAnswer } from '../population/engines/counted.ts'
import { EngineError } from '../population/engines/engine.ts'
import { explainScript } from '../population/engines/explain.ts'
import { CHANGED, ruleName, STANDINGS, standingName, wordsOf } from '../population/engines/questions.ts'
import { askPopulation, connectionOf, type EngineName, type PopulationQuestion, scriptFor } from '../population/engines/run.ts'
import { type SnapshotSource, snapshotSource } from '../population/engines/snapshot-source.ts'
import { sparkJob } from '../population/engines/spark.ts'
import { isSnapshot } from '../project/read-snapshots.ts'
import { writeSnapshots } from '../project/write-snapshots.ts'
import { readCohort } from '../what-changed/cohort.ts'
import { print, printIssues } from './input.ts'
import type { PopulationOptions } from './population.ts'
import { type PopulationStyle, populationText } from './population-text.ts'

/** How another engine than the columns in memory is asked. */
export interface EngineAsked {
  readonly engine?: EngineName
  readonly master?: string
  readonly work?: string
  readonly connection?: string
  /** The verdict counts of every criterion. */
  readonly verdicts?: true
  /** Another base, by the names of `knowledge diff`: whose plans it would change. */
  readonly against?: string
  /** Print how the question is split, and ask nothing; `sql`: with every statement. */
  readonly explain?: true | string
  readonly writeJob?: string
}

/** Whether a question needs what only `populationByEngine` gives. */
export const isEngineAsked = ({ engine = 'columns', verdicts, against, explain, writeJob }: EngineAsked): boolean =>
  engine !== 'columns' || verdicts === true || against !== undefined || explain !== undefined || writeJob !== undefined

/**
 * `secondwind population … --engine`: the same counts by the engine that is asked, and by name those of one option or rule, and those whose plans
 * would change. Exit status 0, or 2 where the cohort cannot be read or the engine cannot be asked.
 */
export async function populationByEngine(over: string, options: PopulationOptions, knowledge: KnowledgeBase): Promise<number> {
  const asOf = options.asOf ?? today()
  const { format } = options
  if (format === 'fhir' || options.show === 'tests' || options.show === 'rules') {
    const what = format === 'fhir' ? '--format fhir' : `--show ${options.show}`
    printIssues([
      refused(`--engine ${options.engine ?? 'columns'}`, `${what} is answered from memory alone`, `leave --engine out, or ${what}`),
    ])
    return 2
  }
  return byEngine(over, { ...options, format }, knowledge, asOf)
}

type Options = Omit<PopulationOptions, 'format'> & PopulationStyle

const refused = (at: string, message: string, remedy: string): Issue => ({
  code: 'missing-input',
  severity: 'error',
  path: at,
  message,
  remedy,
})

async function byEngine(over: string, options: Options, knowledge: KnowledgeBase, asOf: string): Promise<number> {
  const { engine = 'columns' } = options
  const question = questionOf(options, knowledge, asOf)
  if (!question.ok) {
    printIssues(question.error)
    return 2
  }
  if (options.explain !== undefined) {
    const script = engine === 'columns' ? undefined : scriptFor(engine, question.value)
    print(
      script
        ? explainScript(script, () => options.explain === 'sql')
        : 'columns: one pass over bit planes in memory, 1,024 cases at a time; nothing is split\n',
    )
    return 0
  }
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-population-'))
  try {
    const source = isSnapshot(over) ? snapshotSource(over) : snapshotOfCharts(over, path.join(made, 'cases.parquet'), knowledge, asOf)
    if (!source.ok) {
      printIssues(source.error)
      return 2
    }
    if (options.writeJob !== undefined) {
      const words = wordsOf(knowledge, question.value.asked?.after)
      const work = options.work ?? path.resolve(`${options.writeJob}.work`)
      fs.writeFileSync(
        options.writeJob,
        JSON.stringify(sparkJob(scriptFor('spark', question.value), source.value, words, options.master ?? null, work)),
      )
      return 0
    }
    const { master, work, connection } = options
    const answer = await askPopulation(engine, source.value, question.value, {
      ...(master === undefined ? {} : { master }),
      ...(work === undefined ? {} : { work }),
      ...(connection === undefined ? {} : { connection: connectionOf(connection) }),
    })
    for (const issue of answer.issues) printIssues([issue])
    print(populationText(selected(countedAnswer(answer, knowledge, asOf), options), options))
    return 0
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    printIssues([refused(`--engine ${engine}`, error.message, error.remedy)])
    return 2
  } finally {
    fs.rmSync(made, { recursive: true, force: true })
  }
}

/** What is asked, and who is to be named: those of one option or rule, and those whose plans change. */
function questionOf(options: Options, knowledge: KnowledgeBase, asOf: string): Result<PopulationQuestion, readonly Issue[]> {
  const { option, rule, against, verdicts, suppressBelow = 0 } = options
  const other = against === undefined ? undefined : openBase(against, { project: PROJECT, working: knowledgeRoot(), despiteFindings: true })
  if (other && !other.ok) return err(other.error)
  const isNamed = (name: string): boolean =>
    name === CHANGED ||
    (rule !== undefined && name === ruleName(rule)) ||
    (option !== undefined &&
      STANDINGS.some(
        (standing) => name === standingName(option, standing) || (name.startsWith(`option ${option}:`) && name.endsWith(` ${standing}`)),
      ))
  return ok({
    knowledge,
    asOf,
    asked: { ...(verdicts ? { rules: true as const } : {}), ...(other ? { after: other.value.knowledge } : {}) },
    ...(suppressBelow > 0 ? {} : { listed: isNamed }),
  })
}

/** Charts as a snapshot, so that an engine can read them. */
function snapshotOfCharts(over: string, folder: string, knowledge: KnowledgeBase, asOf: string): Result<SnapshotSource, readonly Issue[]> {
  const cohort = readCohort(over)
  if (!cohort.ok) return cohort
  const cases = function* () {
    for (const member of cohort.value.members()) {
      if ('unread' in member) {
        printIssues([member.unread])
        continue
      }
      const read = readPatientCase(member.chart, readerFor(knowledge), { asOf })
      if (!read.ok) throw new Error('invariant: without corrections by hand every chart is read')
      yield read.value.patientCase
    }
  }
  writeSnapshots(folder, cases(), knowledge)
  return snapshotSource(folder)
}

/** What was asked for; everything where nothing was. */
function selected(population: CountedPopulation, { option, rule }: Options): CountedPopulation {
  if (option === undefined && rule === undefined) return population
  return {
    ...population,
    options: option === undefined ? [] : population.options.filter((one) => one.option === option || one.option.startsWith(`${option}:`)),
    notAdvised: rule === undefined ? [] : population.notAdvised.filter((one) => one.rule === rule),
  }
}
