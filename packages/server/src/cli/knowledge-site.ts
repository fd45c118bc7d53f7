import fs from 'node:fs'
import path from 'node:path'
import { engineOf } from '@secondwind/care'
import {
  type Aim,
  buildSite,
  compileKnowledge,
  type ExamplePatient,
  historyOf,
  knowledgeVersion,
  type SiteInput,
} from '@secondwind/compiler'
import type { KnowledgeBase, PlanDocument } from '@secondwind/core'
import { parseCharts, planChart } from '../compose.ts'

export interface SiteRequest {
  /** The folder `knowledge`. */
  readonly root: string
  /** Where the site is written: a folder that was claimed with SITE_MARK; what an earlier site left there is replaced. */
  readonly out: string
  readonly asOf: string
  /** A folder of charts whose plans are shown as examples; absent or missing: none. */
  readonly examples?: string
  /** Where versions of files that were read from the repository are kept. */
  readonly cacheFile: string
}

/** Builds the knowledge site and writes it. Returns the number of pages and what stands in the way: findings of the base, which the site then lacks. */
export function writeKnowledgeSite(request: SiteRequest): { readonly pages: number; readonly findings: number } {
  const { root, out, asOf } = request
  const compilation = compileKnowledge(root, knowledgeVersion(root))
  const { knowledge } = compilation
  const history = historyOf(root, request.cacheFile)
  const input: SiteInput = {
    compilation,
    asOf,
    aimed: aimedRules(knowledge),
    patients: examplePatients(knowledge, asOf, request.examples),
    ...(history ? { history } : {}),
  }
  const files = buildSite(input)
  fs.rmSync(out, { recursive: true, force: true })
  for (const folder of new Set([...files.keys()].map((file) => path.dirname(file))))
    fs.mkdirSync(path.join(out, folder), { recursive: true })
  for (const [file, content] of files) fs.writeFileSync(path.join(out, file), content)
  fs.writeFileSync(path.join(out, SITE_MARK.file), `Written by ${SITE_MARK.says}; replaced as a whole the next time.\n`)
  return {
    pages: [...files.keys()].filter((f) => f.endsWith('.html')).length,
    findings: compilation.findings.filter((f) => f.severity !== 'warning').length,
  }
}

/** Only a folder that a site was written to, or an empty one, is ever emptied. */
export const SITE_MARK = { file: '.second-wind-site', says: 'secondwind knowledge site' } as const

/** Which safety and interaction rules the planner aims at each option, and at which of its regimens. */
export function aimedRules(knowledge: KnowledgeBase): SiteInput['aimed'] {
  const byOption = Map.groupBy(engineOf(knowledge).candidates.items, ({ rule }) => rule.id)
  const aims = (lists: readonly { readonly regimen: string; readonly rules: readonly string[] }[]): readonly Aim[] =>
    [...new Set(lists.flatMap((l) => l.rules))].map((rule) => {
      const regimens = lists.filter((l) => l.rules.includes(rule)).map((l) => l.regimen)
      return regimens.length === lists.length ? { rule } : { rule, regimens }
    })
  return new Map(
    [...byOption].map(([option, variants]) => {
      const of = (pick: (c: (typeof variants)[number]) => readonly { readonly id: string }[]) =>
        aims(variants.map((c) => ({ regimen: c.regimen?.id ?? '', rules: pick(c).map(({ id }) => id) })))
      return [option, { safety: of((c) => c.safety.items), interactions: of((c) => c.interactions.items) }]
    }),
  )
}

function examplePatients(knowledge: KnowledgeBase, asOf: string, folder: string | undefined): readonly ExamplePatient[] {
  if (folder === undefined || !fs.existsSync(folder)) return []
  return fs
    .readdirSync(folder)
    .filter((name) => /\.(nd)?json$/.test(name))
    .sort()
    .flatMap((name) => {
      const charts = parseCharts(fs.readFileSync(path.join(folder, name)))
      const planned = charts.ok && charts.value[0] ? planChart(charts.value[0], { knowledge, asOf, overrides: [] }) : undefined
      return planned?.ok ? [exampleOf(name.replace(/\.(nd)?json$/, ''), planned.value)] : []
    })
}

function exampleOf(id: string, doc: PlanDocument): ExamplePatient {
  const why = doc.problems.find((p) => p.severity === 'error') ?? doc.problems[0]
  return {
    id,
    story: doc.case.story,
    status: doc.status,
    ...(doc.status === 'refused' && why ? { why: `${why.message}${why.remedy ? `: ${why.remedy}` : ''}` } : {}),
    alerts: doc.alerts.map((a) => ({ id: a.id, urgency: a.urgency, title: a.title })),
    options: doc.options.map((o) => ({ id: o.id, rank: o.rank, standing: o.standing, title: o.title, because: o.standingBecause })),
    notAdvised: doc.notAdvised.map((n) => ({ treatment: n.treatment, reason: n.reason, claim: n.because.claim })),
    tests: doc.tests.map((t) => ({ id: t.id, title: t.title, urgency: t.urgency })),
  }
}
