import { createHash } from 'node:crypto'
import { err, type Issue, type KnowledgeBase, ok, type PlanDocument, type Result } from '@secondwind/core'
import { type ParsedChart, parseCharts } from '@secondwind/fhir'
import { planChart } from '../compose.ts'
import { refusal, type ServerIssue } from '../issue.ts'
import type { ChartContent } from '../store/index.ts'

/** A plan as it leaves the server: the document, its text and the digest of that text. */
export interface MadePlan {
  readonly document: PlanDocument
  readonly text: string
  /** SHA-256 of `text`, hex. */
  readonly digest: string
}

export interface PlanMaker {
  readonly knowledge: KnowledgeBase
  /**
   * The plan of one chart on one day. `overrides`: facts corrected by hand, as `--set` takes them; nothing of them is kept.
   * Refuses a chart without a patient, and corrections that cannot be read.
   */
  make(content: ChartContent, asOf: string, overrides?: readonly string[]): Result<MadePlan, readonly ServerIssue[]>
}

/** How many plans are kept ready: a worklist and the pages behind it ask for the same ones again and again. */
const KEPT = 400

export function planMaker(knowledge: KnowledgeBase): PlanMaker {
  const kept = new Map<string, MadePlan>()
  return {
    knowledge,
    make: (content, asOf, overrides = []) => {
      const key = `${asOf}|${content.chart}|${versionsOf(content)}`
      const before = overrides.length === 0 ? kept.get(key) : undefined
      if (before) {
        kept.delete(key)
        kept.set(key, before)
        return ok(before)
      }
      const chart = chartIn(content)
      if (!chart.ok) return chart
      const planned = planChart(chart.value, { knowledge, asOf, overrides })
      if (!planned.ok) return err(planned.error.map(asServerIssue))
      const text = JSON.stringify(planned.value)
      const made = { document: planned.value, text, digest: sha256(text) }
      if (overrides.length === 0) {
        kept.set(key, made)
        if (kept.size > KEPT) kept.delete(kept.keys().next().value!)
      }
      return ok(made)
    },
  }
}

/** The chart of a patient as the readers take it. */
export function chartIn(content: ChartContent): Result<ParsedChart, readonly ServerIssue[]> {
  const id = content.chart.slice('Patient/'.length)
  if (content.revision === 0 || content.resources.length === 0)
    return err([refusal('not-found', content.chart, 'there is no such patient here', 'register the patient, or import the chart first')])
  const parsed = parseCharts(content.resources.map(({ body }) => body ?? '').join('\n'))
  if (!parsed.ok) return err(parsed.error.map(asServerIssue))
  const chart = parsed.value.find((one) => one.chart.patient.id === id)
  if (chart) return ok(chart)
  return err([refusal('not-found', content.chart, 'the chart holds no Patient resource', 'send the Patient itself, then plan again')])
}

const asServerIssue = (issue: Issue): ServerIssue => issue

/** What the plan hangs on: every version in the chart, and those it refers to. */
const versionsOf = ({ resources }: ChartContent): string =>
  sha256(resources.map(({ type, id, version }) => `${type}/${id}/${version}`).join('\n'))

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
