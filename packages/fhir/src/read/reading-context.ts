import type { Fact, FactSource, Issue } from '@secondwind/core'
import type { IndexedChart } from './chart.ts'
import type { ReadContext, ReaderKnowledge, Reading, Resource } from './context.ts'
import { objectOf, stringOf } from './shapes.ts'

/** What the readers left behind, to be settled by `project`. */
export interface Findings {
  readonly readings: ReadonlyMap<string, readonly Reading[]>
  readonly settled: ReadonlyMap<string, Fact>
  readonly issues: readonly Issue[]
  /** Undefined: nobody looked at it. `true`: wholly understood. Else the understood paths. */
  understanding(resource: Resource): true | ReadonlySet<string> | undefined
}

/** The context of one reading of one chart, and its findings. */
export function createContext(
  chart: IndexedChart,
  knowledge: ReaderKnowledge,
  asOf: string,
): { readonly context: ReadContext; readonly findings: Findings } {
  const readings = new Map<string, Reading[]>()
  const settled = new Map<string, Fact>()
  const issues: Issue[] = []
  const understood = new Map<Resource, true | Set<string>>()

  const isRegistered = (factId: string): boolean => {
    if (knowledge.facts.has(factId)) return true
    issues.push({
      code: 'unknown-fact',
      severity: 'error',
      path: factId,
      message: `a reader reports the fact ${factId}, which is not in the registry`,
    })
    return false
  }

  const context: ReadContext = {
    chart,
    asOf,
    knowledge,
    read(factId, reading) {
      const list = readings.get(factId)
      if (list) list.push(reading)
      else if (isRegistered(factId)) readings.set(factId, [reading])
    },
    settle(factId, fact) {
      if (isRegistered(factId)) settled.set(factId, fact)
    },
    issue(issue) {
      issues.push(issue)
    },
    understood(resource, path) {
      if (path === undefined) {
        understood.set(resource, true)
        return
      }
      const known = understood.get(resource)
      if (known === true) return
      if (known) known.add(path)
      else understood.set(resource, new Set([path]))
    },
    source: (resource, path) => sourceOf(chart, resource, path),
  }
  return { context, findings: { readings, settled, issues, understanding: (resource) => understood.get(resource) } }
}

function sourceOf(chart: IndexedChart, resource: Resource, path: string | undefined): FactSource {
  const reference = chart.referenceTo(resource)
  const version = stringOf(objectOf(resource.meta)?.versionId)
  if (version === undefined) return path === undefined ? { reference } : { reference, path }
  return path === undefined ? { reference, version } : { reference, version, path }
}
