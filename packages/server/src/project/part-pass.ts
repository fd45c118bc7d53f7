import fs from 'node:fs'
import path from 'node:path'
import type { KnowledgeBase } from '@secondwind/core'
import { type ChartLines, chartsOfBucket } from './bucket.ts'
import { writeDurably } from './durable.ts'
import { partName } from './format.ts'
import { type Job, outputOf, type PartSettings, partDone, partIssues } from './job.ts'
import { issueText, type LineIssue } from './line-issue.ts'
import { PartFile } from './part-file.ts'
import { type ChartOutcome, type ChartSettings, projectChart } from './project-chart.ts'
import { Segment } from './segment.ts'
import { SharedResources } from './shared-index.ts'

/** What became of the patients of one part. */
export interface PartResult {
  readonly file: string
  readonly rows: number
  readonly sha256: string
  /** Patients of whom there is no row. */
  readonly leftOut: number
  readonly issues: { readonly error: number; readonly warning: number }
}

/** The second pass, opened once in each thread. */
export class PartPass {
  readonly #job: Job
  readonly #folder: string
  readonly #knowledge: KnowledgeBase
  readonly #settings: PartSettings
  readonly #segments: readonly Segment[]
  readonly #moved: readonly Segment[]
  readonly #aliases: ReadonlyMap<string, string>
  readonly #shared: SharedResources

  constructor(job: Job, folder: string, knowledge: KnowledgeBase, settings: PartSettings) {
    this.#job = job
    this.#folder = folder
    this.#knowledge = knowledge
    this.#settings = settings
    this.#segments = settings.segments.map((file) => opened(file, job))
    this.#moved = settings.moved.map((file) => opened(file, job))
    this.#aliases = new Map(settings.aliases)
    this.#shared = new SharedResources(settings.shared, settings.segments)
  }

  /** Projects the patients of one part and writes its file, its issues and, last, its result. `done` is told the bytes of each bucket. */
  run(part: number, done: (bytes: number) => void): PartResult {
    const { asOf, site: ownSite, buckets, bucketsPerPart } = this.#job
    const { persons, places } = this.#settings
    const rows = new PartFile(this.#knowledge.facts)
    const issuesFile = partIssues(this.#folder, part)
    const issues = fs.openSync(issuesFile, 'w')
    const counted = { error: 0, warning: 0 }
    let leftOut = 0
    for (let bucket = part * bucketsPerPart; bucket < Math.min(buckets, (part + 1) * bucketsPerPart); bucket++) {
      for (const chart of chartsOfBucket(bucket, this.#segments, this.#moved, this.#aliases)) {
        const outcome = outcomeOf(chart, { knowledge: this.#knowledge, asOf, shared: this.#shared, persons })
        if (outcome.projected) rows.add(outcome.projected.patientCase, ownSite ?? outcome.projected.site)
        else leftOut++
        let text = ''
        for (const { at, ...issue } of outcome.issues) {
          if (issue.severity !== 'information') counted[issue.severity]++
          const place = at === undefined ? undefined : places[at.segment]!
          const where: Pick<LineIssue, 'file' | 'line'> = place === undefined ? {} : { file: place.file, line: place.before + at!.line + 1 }
          text += issueText({ ...issue, ...where, patient: chart.key })
        }
        if (text !== '') fs.writeSync(issues, text)
      }
      done(this.#segments.reduce((sum, segment) => sum + segment.sizeOf(bucket), 0))
    }
    fs.fsyncSync(issues)
    fs.closeSync(issues)
    const file = partName(part)
    const result: PartResult = { file, ...rows.finish(path.join(outputOf(this.#folder), file)), leftOut, issues: counted }
    writeDurably(partDone(this.#folder, part), Buffer.from(JSON.stringify(result)))
    return result
  }
}

/** A reader that fails on one chart of millions must not stop the others: that patient is left out, loudly. */
function outcomeOf(chart: ChartLines, settings: ChartSettings): ChartOutcome {
  try {
    return projectChart(chart, settings)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const message = `a reader failed on this chart (${why}): ${chart.key} is left out`
    const remedy = 'this is a fault of the program: report it with the chart'
    return { projected: undefined, issues: [{ code: 'invalid-element', severity: 'error', path: chart.key, message, remedy }] }
  }
}

function opened(file: string, { buckets }: Job): Segment {
  const segment = Segment.open(file, buckets)
  if (segment === undefined) throw new Error(`invariant: ${file} was written whole and is not`)
  return segment
}
