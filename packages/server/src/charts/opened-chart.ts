import { err, ok, type Result } from '@secondwind/core'
import type { Repository } from '../fhir-api/repository.ts'
import { refusal, type ServerIssue } from '../issue.ts'
import type { ChartContent } from '../store/index.ts'
import { chartFrom, type OpenChart } from './chart-reading.ts'
import type { AnyResource } from './person.ts'

export interface OpenedChart {
  readonly content: ChartContent
  readonly chart: OpenChart
}

/** The resources of a chart as they are kept. */
export const resourcesOf = ({ resources }: ChartContent): readonly AnyResource[] =>
  resources.map(({ body }) => JSON.parse(body ?? '{}') as AnyResource)

/** The chart of a patient inside an open transaction, if it still is what was looked at. */
export async function openedChart(
  repo: Repository,
  patient: string,
  revision: number,
): Promise<Result<OpenedChart, readonly ServerIssue[]>> {
  const content = await repo.readers.chart(patient)
  if (content.revision === 0 || content.resources.length === 0)
    return err([refusal('not-found', `Patient/${patient}`, 'there is no such patient here', 'bring in the chart first')])
  if (content.revision !== revision)
    return err([
      refusal(
        'version-conflict',
        'If-Match',
        'the chart has changed since it was looked at',
        'look at what changed, then enter it again if it still holds',
      ),
    ])
  const chart = chartFrom(resourcesOf(content), patient)
  return chart.ok ? ok({ content, chart: chart.value }) : chart
}
