import type { FactSource } from '@secondwind/core'
import { ledgerOf } from '../read/biomarkers/index.ts'
import type { IndexedChart } from '../read/chart.ts'
import { foundOn } from '../read/conditions-of.ts'
import type { ReaderKnowledge, Reading, Resource } from '../read/context.ts'
import { type StatusEvent, statusEvents } from '../read/disease-status.ts'
import type { MedicineEvent } from '../read/medicines/medicine-event.ts'
import { primariesOf } from '../read/primary-cancer.ts'
import { readTogether } from '../read/readers.ts'
import { waitingOrders } from '../read/treatment/courses.ts'
import { earlier } from '../read/treatment/days.ts'
import { type TreatmentTold, treatmentTold } from '../read/treatment/index.ts'
import { type BiomarkerTest, biomarkerTests } from './biomarker-tests.ts'
import { type Dose, dosesOf } from './doses.ts'
import { type Scan, scansOf } from './scans.ts'
import { type Series, seriesOf } from './series.ts'

/** What happened to a patient, in the order of time, as the readers of the plan understood it: the plan and the timeline never tell two stories. */
export interface ChartHistory extends Omit<TreatmentTold, 'extent'> {
  /** First day of any record of the lung cancer, and of metastases; possibly partial. */
  readonly diagnosedOn?: string
  readonly metastaticOn?: string
  /** Doses of the anticancer drugs with their day, where a resource states one. */
  readonly doses: readonly Dose[]
  /** Anticancer drugs that are ordered or proposed, and not given yet. */
  readonly ordered: readonly MedicineEvent[]
  readonly statuses: readonly StatusEvent[]
  /** Imaging reports, whether or not they say what the disease does. */
  readonly scans: readonly Scan[]
  /** Metastases with the day on which each was found. */
  readonly metastases: TreatmentTold['extent']['metastases']
  readonly tests: readonly BiomarkerTest[]
  /** Measured facts with a value and a day, in the units of the registry. */
  readonly series: readonly Series[]
  /** Every reading of a fact that has a day. */
  readonly readings: ReadonlyMap<string, readonly Reading[]>
  readonly source: (resource: Resource, path?: string) => FactSource
}

/** Reads the whole chart as the plan of that day reads it, and keeps the course of things instead of their latest state. */
export function chartHistory(chart: IndexedChart, knowledge: ReaderKnowledge, asOf: string): ChartHistory {
  const { findings, context } = readTogether(chart, knowledge, asOf)
  const told = treatmentTold(context) ?? NOTHING_TOLD
  const metastaticOn = told.extent.metastaticOn
  const diagnosed = primariesOf(context)
    .lung.map(foundOn)
    .reduce<string | undefined>((day, on) => earlier(day, on), undefined)
  const diagnosedOn = earlier(diagnosed, diagnosed === undefined ? metastaticOn : undefined)
  return {
    lines: told.lines,
    radiation: told.radiation,
    operations: told.operations,
    toxicities: told.toxicities,
    ...(diagnosedOn === undefined ? {} : { diagnosedOn }),
    ...(metastaticOn === undefined ? {} : { metastaticOn }),
    doses: dosesOf(context),
    ordered: waitingOrders(context),
    statuses: statusEvents(context),
    scans: scansOf(context),
    metastases: told.extent.metastases,
    tests: biomarkerTests(context, ledgerOf(context)),
    series: seriesOf(chart, knowledge, findings.readings),
    readings: findings.readings,
    source: (resource, path) => context.source(resource, path),
  }
}

const NOTHING_TOLD: TreatmentTold = {
  extent: { hasUndatedMetastases: false, hasEarlyStage: false, metastases: [] },
  lines: [],
  radiation: [],
  operations: [],
  toxicities: [],
}
