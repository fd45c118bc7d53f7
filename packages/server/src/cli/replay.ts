import fs from 'node:fs'
import path from 'node:path'
import { openBase, readManifest, releaseFolders, releaseWithDigest } from '@secondwind/compiler'
import { err, type Issue, type KnowledgeBase, ok, type PlanDocument, type Result } from '@secondwind/core'
import { knowledgeRoot, openKnowledge, PROJECT, software } from '../compose.ts'
import { type CohortPatient, readCohort } from '../what-changed/cohort.ts'
import { changeText } from '../what-changed/diff-text.ts'
import { planProblem } from '../what-changed/read-plan.ts'
import { type Replayed, replayPlan } from '../what-changed/replay.ts'
import { type CommandIo, fail } from './knowledge-diff.ts'
import { overlayOf } from './site.ts'

export interface ReplayOptions {
  /** A base to use instead of the kept release; its digest must be the one that the plan names. */
  readonly knowledge?: string
  readonly set: readonly string[]
  readonly site?: string
  readonly format: string
  /** Folder of the kept releases. */
  readonly releases?: string
}

/**
 * `secondwind replay <plan.json> <chart>`: makes every plan of a file again, with the release of the knowledge that it names, and compares the bytes.
 *
 * 0: every plan came out the same; 1: one differs, and it is said in what; 2: a plan, its chart or its release could not be read.
 */
export async function replayCommand(planFile: string, chartFile: string, options: ReplayOptions, io: CommandIo): Promise<number> {
  const plans = readPlans(planFile)
  if (!plans.ok) return fail(plans.error, io)
  const cohort = readCohort(chartFile)
  if (!cohort.ok) return fail(cohort.error, io)
  const members = [...cohort.value.members()]
  fail(
    members.flatMap((member) => ('unread' in member ? [member.unread] : [])),
    io,
  )
  const patients = members.flatMap((member) => ('unread' in member ? [] : [member]))
  let status = 0
  const results: (Replayed & { readonly base: string })[] = []
  for (const { text, document } of plans.value) {
    const one = replayOne(planFile, chartFile, text, document, patients, options)
    if (!one.ok) {
      fail(one.error, io)
      status = 2
      continue
    }
    results.push(one.value)
    if (one.value.outcome === 'different' && status === 0) status = 1
  }
  io.out(options.format === 'json' ? results.map((r) => `${JSON.stringify(r)}\n`).join('') : results.map(resultText).join(''))
  return status
}

interface OldPlan {
  readonly text: string
  readonly document: PlanDocument
}

/** The plan documents of a file: one, however it is laid out, or one a line. */
function readPlans(file: string): Result<readonly OldPlan[]> {
  let text: string
  try {
    text = fs.readFileSync(file, 'utf8')
  } catch {
    return refuse(file, 'there is no such file, or it cannot be read', 'give a file that "secondwind plan --format json" printed')
  }
  const whole = parsed(text)
  const parts = whole !== undefined ? [text.replace(/\r?\n$/, '')] : text.split('\n').filter((line) => line.trim() !== '')
  const plans: OldPlan[] = []
  for (const [i, part] of parts.entries()) {
    const document = parsed(part)
    const problem = planProblem(document, software)
    if (problem !== undefined)
      return refuse(parts.length > 1 ? `${file}, line ${i + 1}` : file, problem, 'give a file that "secondwind plan --format json" printed')
    plans.push({ text: part, document: document as PlanDocument })
  }
  return plans.length > 0 ? ok(plans) : refuse(file, 'holds no plan', 'give a file that "secondwind plan --format json" printed')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function replayOne(
  planFile: string,
  chartFile: string,
  text: string,
  document: PlanDocument,
  patients: readonly CohortPatient[],
  options: ReplayOptions,
): Result<Replayed & { readonly base: string }> {
  const found = patients.find(({ patient }) => patient === document.patient)
  if (!found)
    return refuse(
      chartFile,
      `holds no ${document.patient}, whom ${planFile} is about`,
      `it holds ${patients
        .map((p) => p.patient)
        .slice(0, 10)
        .join(', ')}`,
    )
  const base = baseOf(document, options)
  if (!base.ok) return base
  const overlay = options.site === undefined ? undefined : overlayOf(options.site, base.value.knowledge)
  // what is wrong with it has been said
  if (options.site !== undefined && !overlay) return err([])
  const { knowledge, name } = base.value
  try {
    const replayed = replayPlan({
      text,
      document,
      chart: found.chart,
      knowledge,
      ...(options.set.length > 0 ? { overrides: options.set } : {}),
      ...(overlay ? { overlay } : {}),
    })
    return ok({ ...replayed, base: name })
  } catch (error) {
    // only an old base may be at odds with the software of today; anything else is a bug and must show
    if (document.inputs.software === software) throw error
    return refuse(
      planFile,
      `${software} cannot plan with the knowledge of ${document.inputs.software} (${(error as Error).message})`,
      `replay it with ${document.inputs.software}`,
    )
  }
}

/** The base with which a plan was made: the one that was named, else the kept release with its digest, else the working files if they have it. */
function baseOf(
  { knowledge: { version, digest } }: PlanDocument,
  options: ReplayOptions,
): Result<{ knowledge: KnowledgeBase; name: string }> {
  const root = options.releases ?? path.join(PROJECT, 'releases')
  const named = options.knowledge ?? releaseWithDigest(root, digest)
  if (named !== undefined) {
    const opened = openBase(named, { project: PROJECT, working: knowledgeRoot() })
    if (!opened.ok) return opened
    const { knowledge, name } = opened.value
    if (knowledge.digest === digest) return ok({ knowledge, name })
    return refuse(named, `has the digest ${knowledge.digest}; the plan was made with ${digest}`, 'give the base with that digest')
  }
  const working = openKnowledge().knowledge
  if (working.digest === digest) return ok({ knowledge: working, name: 'the working files' })
  const kept = releaseFolders(root).flatMap((folder) => readManifest(folder)?.version ?? [])
  return refuse(
    'knowledge.digest',
    kept.includes(version)
      ? `no kept release has the digest ${digest}: the plan was made with a state of ${version} that is not the one kept under that name`
      : `no kept release has the digest ${digest} (version ${version})`,
    `give the base with --knowledge: a file, a folder or the git revision it came from${kept.length > 0 ? `; kept are ${kept.join(', ')}` : ''}`,
  )
}

function resultText({ patient, outcome, differs, changes, base }: Replayed & { readonly base: string }): string {
  const said: { readonly [outcome in Replayed['outcome']]: string } = {
    identical: `the same, byte for byte (${base}, ${software})`,
    'other-layout': `the same document; only its layout (white space, order of fields) is not that of the command (${base}, ${software})`,
    'other-software': `the same but for the name of the software (${base})`,
    different: `DIFFERS (${base})`,
  }
  const lines = [`${patient}: ${said[outcome]}`, ...differs.map((line) => `  ${line}`)]
  for (const change of changes) lines.push(`  ${changeText(change)}  (${change.at})`)
  return `${lines.join('\n')}\n`
}

const refuse = (at: string, message: string, remedy: string): Result<never, readonly Issue[]> =>
  err([{ code: 'invalid-element', severity: 'error', path: at, message, remedy }])
