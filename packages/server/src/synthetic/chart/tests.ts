import { genomicsReport, pdL1, type VariantSpec } from '../builders/genomics.ts'
import { pathologyReport } from '../builders/reports.ts'
import { serviceRequest } from '../builders/treatment.ts'
import type { Test } from '../life/testing.ts'
import type { Writing } from './writing.ts'

const TITLES = {
  broad: 'Next-generation sequencing panel, DNA and RNA',
  narrow: 'Targeted molecular panel',
  plasma: 'Circulating tumour DNA, next-generation sequencing panel',
  pdl1: 'PD-L1 immunohistochemistry (22C3)',
} as const

/** Orders and what came back of them by the day of the chart; what is not back stays an open order. */
export function writeTests(writing: Writing): void {
  const { life, lastDay } = writing
  // nothing is ordered any more in hospice
  const { tests, hospiceOn = Number.POSITIVE_INFINITY } = life.course
  for (const test of tests) if (test.orderedOn <= lastDay && test.orderedOn < hospiceOn) writeTest(writing, test)
}

function writeTest({ chart, life, model, date, lastDay }: Writing, test: Test): void {
  // a late report: the laboratory was done in time, the paper came weeks after
  const late = life.messes.has('late-report') && test.kind !== 'pdl1' ? 28 : 0
  const reportedOn = test.reportedOn + late
  const isBack = reportedOn <= lastDay
  const order = serviceRequest(chart, date(test.orderedOn), TITLES[test.kind], isBack ? 'completed' : 'active')
  if (!isBack) return
  if (test.kind === 'pdl1') {
    if (test.outcome === 'done') pdL1(chart, date(reportedOn), life.tumour.tps, order)
    else pathologyReport(chart, date(reportedOn), TITLES.pdl1, 'Fewer than 100 tumour cells: PD-L1 could not be scored.', 'cancelled')
    return
  }
  const base = {
    on: date(reportedOn),
    title: TITLES[test.kind],
    basedOn: order,
    collected: date(test.collectedOn),
    ...(test.kind === 'plasma' ? { tissue: 'plasma' as const } : {}),
  }
  if (test.outcome === 'failed') {
    genomicsReport(chart, { ...base, status: 'cancelled', conclusion: 'Insufficient tumour tissue: sequencing could not be performed.' })
    return
  }
  if (test.outcome === 'uninformative') {
    const conclusion =
      'No alteration detected. Tumour fraction below 1%: not informative; a negative result does not exclude a driver alteration.'
    genomicsReport(chart, { ...base, conclusion })
    return
  }
  const isBroad = test.genes.length >= model.care.testing.panelGenes.length
  genomicsReport(chart, {
    ...base,
    variants: test.found,
    genes: test.genes,
    ...(isBroad && test.kind === 'broad' ? { tmb: life.tumour.tmb, msi: 'stable' as const } : {}),
    conclusion:
      test.found.length === 0
        ? 'No alteration of the genes studied was found.'
        : `${test.found.map(variantWords).join('; ')}. No other alteration of the genes studied.`,
  })
}

const variantWords = ({ gene, words, p, c }: VariantSpec): string => words ?? `${gene} ${p?.split(':')[1] ?? c ?? 'altered'}`
