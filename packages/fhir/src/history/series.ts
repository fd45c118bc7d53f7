import type { FactDefinition, FactSource } from '@secondwind/core'
import type { IndexedChart } from '../read/chart.ts'
import type { ReaderKnowledge, Reading, Resource } from '../read/context.ts'
import { elementValue, type Json, objectsOf, type Quantity, quantityOf } from '../read/shapes.ts'
import { conversionOf } from '../read/units.ts'

export interface SeriesPoint {
  /** ISO day, possibly partial. */
  readonly on: string
  /** In the unit of the registry. */
  readonly value: number
  /** As the laboratory wrote it, where that is another unit; with `<` or `>` in front. */
  readonly written?: string
  /** The laboratory's own limits for this very value, in the unit of the registry. */
  readonly low?: number
  readonly high?: number
  readonly words?: string
  readonly source: FactSource
}

/** One measured fact over time. */
export interface Series {
  readonly fact: FactDefinition
  readonly points: readonly SeriesPoint[]
}

/** Facts with numbers over time, in the order of the registry. A value that could not be believed is none; nor is one without a day. */
export function seriesOf(
  chart: IndexedChart,
  knowledge: ReaderKnowledge,
  readings: ReadonlyMap<string, readonly Reading[]>,
): readonly Series[] {
  const byReference = new Map<string, Resource>()
  for (const resource of chart.ofType('Observation')) byReference.set(chart.referenceTo(resource), resource)
  return [...knowledge.facts.values()].flatMap((fact) => {
    if (fact.type !== 'quantity' && fact.type !== 'integer') return []
    const points = (readings.get(fact.id) ?? [])
      .flatMap((reading): readonly SeriesPoint[] => {
        const { value, on, words, source } = reading
        if (typeof value !== 'number' || on === undefined) return []
        const element = elementAt(byReference.get(source.reference), source.path)
        return [
          {
            on,
            value,
            ...(element === undefined ? {} : limitsOf(element, fact, knowledge, value)),
            ...(words === undefined ? {} : { words }),
            source,
          },
        ]
      })
      .sort((a, b) => compare(a.on, b.on) || compare(a.source.reference, b.source.reference))
    return points.length === 0 ? [] : [{ fact, points }]
  })
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The observation, or the component of it that a path such as `component[1].value` names. */
function elementAt(resource: Resource | undefined, path: string | undefined): Json | undefined {
  const index = /^component\[(\d+)\]/.exec(path ?? '')?.[1]
  return index === undefined ? resource : objectsOf(resource?.component)[Number(index)]
}

function limitsOf(
  element: Json,
  fact: FactDefinition,
  knowledge: ReaderKnowledge,
  value: number,
): Pick<SeriesPoint, 'written' | 'low' | 'high'> {
  const quantity = quantityOf(elementValue(element)?.value)
  if (quantity === undefined) return {}
  const same = conversionFor(quantity, fact, knowledge)
  // a value that stands for another quantity (a multiple of a limit) has other limits than the one that was sent
  if (same === undefined || Math.abs(same.toCanonical(quantity.value) - value) > Math.abs(value) * 1e-6) return {}
  const unit = quantity.unit ?? quantity.code
  const isOtherUnit = unit !== undefined && same.unit !== fact.unit
  const written =
    isOtherUnit || quantity.comparator !== undefined
      ? { written: `${quantity.comparator ?? ''}${quantity.value}${unit === undefined ? '' : ` ${unit}`}` }
      : {}
  const normal = objectsOf(element.referenceRange)
  if (normal.length !== 1) return written
  const bound = (side: unknown): number | undefined => {
    const limit = quantityOf(side)
    if (limit === undefined) return undefined
    const conversion = limit.code === undefined && limit.unit === undefined ? same : conversionFor(limit, fact, knowledge)
    return conversion?.toCanonical(limit.value)
  }
  const [low, high] = [bound(normal[0]?.low), bound(normal[0]?.high)]
  return { ...written, ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) }
}

const conversionFor = ({ code, unit }: Quantity, fact: FactDefinition, knowledge: ReaderKnowledge) =>
  (code === undefined ? undefined : conversionOf(fact.id, code, knowledge)) ??
  (unit === undefined ? undefined : conversionOf(fact.id, unit, knowledge))
