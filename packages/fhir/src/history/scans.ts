import type { FactSource } from '@secondwind/core'
import type { ReadContext } from '../read/context.ts'
import { responseWords } from '../read/disease-status.ts'
import { conceptOf, conceptsOf, labelOf, nameOf, observedOn, stringOf, wordsOf } from '../read/shapes.ts'
import { says } from '../read/treatment/phrases.ts'

/** One imaging report. */
export interface Scan {
  readonly title: string
  /** ISO day, possibly partial. */
  readonly on?: string
  readonly conclusion?: string
  /** It was ordered or made, and its report is not final. */
  readonly isPending: boolean
  readonly source: FactSource
}

const NOT_FINAL: ReadonlySet<string> = new Set(['registered', 'partial', 'preliminary'])
const NOT_DONE: ReadonlySet<string> = new Set(['entered-in-error', 'cancelled'])

/** Reports that name an imaging study (`terminology/response.yaml`, `imaging`). Sorted by name; a report that was taken back is none. */
export function scansOf(context: ReadContext): readonly Scan[] {
  const { imaging } = responseWords(context)
  return context.chart.ofType('DiagnosticReport').flatMap((report): readonly Scan[] => {
    const status = stringOf(report.status) ?? ''
    if (NOT_DONE.has(status)) return []
    const code = conceptOf(report.code)
    if (!says([...wordsOf(code), ...conceptsOf(report.category).flatMap(wordsOf)].join('. '), imaging)) return []
    const on = observedOn(report)
    const conclusion = stringOf(report.conclusion)
    return [
      {
        title: labelOf(code) ?? nameOf(report),
        ...(on === undefined ? {} : { on }),
        ...(conclusion === undefined ? {} : { conclusion }),
        isPending: NOT_FINAL.has(status),
        source: context.source(report, 'conclusion'),
      },
    ]
  })
}
