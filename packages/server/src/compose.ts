import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { plan, type SiteOverlay, withOverlay, withSiteFacts } from '@secondwind/care'
import type { KnowledgeFolder } from '@secondwind/compiler'
import type { Issue, KnowledgeBase, PatientCase, PlanDocument, Result } from '@secondwind/core'
import { canonicalContent, type ParsedChart, parseCharts, type ReaderKnowledge, readerKnowledge, readPatientCase } from '@secondwind/fhir'
import { folderInUse, folderProblem, type LoadedKnowledge, loadKnowledge } from './knowledge-store.ts'

/** The one place that wires the packages together: files, clock and hash meet the pure parts here. */
export const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')

/** The folder of the knowledge: that of the project, or the one that SECONDWIND_KNOWLEDGE names (a copy to try a change on). */
export const knowledgeFolder = (): KnowledgeFolder => folderInUse(process.env.SECONDWIND_KNOWLEDGE, path.join(PROJECT, 'knowledge'))

export const knowledgeRoot = (): string => knowledgeFolder().root

/** There is no knowledge where it was looked for: nothing can be planned, and the message says why. */
export class NoKnowledge extends Error {}

/** The folder of the knowledge in use. Throws NoKnowledge when there is none. */
export function usableKnowledge(): KnowledgeFolder {
  const folder = knowledgeFolder()
  const problem = folderProblem(folder)
  if (problem !== undefined) throw new NoKnowledge(problem)
  return folder
}

/** The compiled base of each folder is kept apart from that of every other. */
function compiledFile(root: string): string {
  const mark = root === path.join(PROJECT, 'knowledge') ? '' : `-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`
  return path.join(PROJECT, `build/knowledge${mark}.json`)
}

export const software = `second-wind ${(JSON.parse(fs.readFileSync(path.join(PROJECT, 'package.json'), 'utf8')) as { version: string }).version}`

/** Throws NoKnowledge when the folder in use does not exist or holds no facts. */
export function openKnowledge(root = usableKnowledge().root): LoadedKnowledge {
  const loaded = loadKnowledge(root, compiledFile(root))
  const first = loaded.findings[0]
  if (first) {
    INCOMPLETE.set(loaded.knowledge, {
      code: 'knowledge-incomplete',
      severity: 'warning',
      path: `${root === knowledgeRoot() ? knowledgeFolder().name : 'knowledge'}/${first.file}:${first.line}`,
      message: `the knowledge base has ${loaded.findings.length} findings; a rule that fails its checks is missing from this plan, safety rules included`,
      remedy: 'run "npm run knowledge" and put them right before the plan is used',
    })
  }
  return loaded
}

/** Today as an ISO day: the only reading of the clock, and only when no date was given. */
export const today = (): string => {
  const now = new Date()
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`
}

export interface PlanRequest {
  readonly knowledge: KnowledgeBase
  readonly asOf: string
  /** `FACT=VALUE`, as typed. */
  readonly overrides: readonly string[]
  /** What the site has, laid over the plan. */
  readonly overlay?: { readonly value: SiteOverlay; readonly digest: string }
}

const INCOMPLETE = new WeakMap<KnowledgeBase, Issue>()

/** A base with findings still plans, but no document may hide that rules are missing from it. */
function knowledgeProblems(knowledge: KnowledgeBase): readonly Issue[] {
  const issue = INCOMPLETE.get(knowledge)
  return issue ? [issue] : []
}

/** SHA-256 of the chart as read, independent of the order of its resources. */
export function chartDigest({ chart }: ParsedChart): string {
  const hash = createHash('sha256')
  for (const part of canonicalContent(chart)) hash.update(part)
  return hash.digest('hex')
}

const READERS = new WeakMap<KnowledgeBase, ReaderKnowledge>()

/** What the chart readers need of a knowledge base; built once, since its lookup maps are kept by identity. */
export function readerFor(knowledge: KnowledgeBase): ReaderKnowledge {
  let reader = READERS.get(knowledge)
  if (!reader) {
    reader = readerKnowledge(knowledge)
    READERS.set(knowledge, reader)
  }
  return reader
}

/** What the planner is given besides the knowledge. What is wrong with the knowledge stands apart from what reading the chart found. */
export interface PlannerInputs {
  readonly patientCase: PatientCase
  readonly knowledgeProblems: readonly Issue[]
  readonly problems: readonly Issue[]
  readonly chartDigest: string
  readonly software: string
}

/** One chart as the planner takes it. Issues of the overrides themselves are an error. */
export function plannerInputs(chart: ParsedChart, request: PlanRequest): Result<PlannerInputs, readonly Issue[]> {
  const { knowledge, asOf, overrides } = request
  const read = readPatientCase(chart, readerFor(knowledge), { asOf, overrides })
  if (!read.ok) return read
  const { patientCase, issues: problems } = read.value
  const knowledgeIssues = knowledgeProblems(knowledge)
  return { ok: true, value: { patientCase, knowledgeProblems: knowledgeIssues, problems, chartDigest: chartDigest(chart), software } }
}

/** One chart to one plan document. Issues of the overrides themselves are an error; all other issues stand in the document. */
export function planChart(chart: ParsedChart, request: PlanRequest): Result<PlanDocument, readonly Issue[]> {
  const inputs = plannerInputs(chart, request)
  if (!inputs.ok) return inputs
  const { knowledge, overlay } = request
  const { knowledgeProblems: ofKnowledge, problems: ofChart, ...rest } = inputs.value
  const { patientCase, issues } = overlay
    ? withSiteFacts(rest.patientCase, overlay.value, knowledge)
    : { patientCase: rest.patientCase, issues: [] }
  const document = plan({ ...rest, knowledge, patientCase, problems: [...ofKnowledge, ...ofChart, ...issues] })
  return { ok: true, value: overlay ? withOverlay(document, overlay.value, overlay.digest) : document }
}

export { parseCharts }
