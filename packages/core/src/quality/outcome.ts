import type { Criterion } from '../criteria/index.ts'
import type { QualityMeasure } from '../knowledge/index.ts'
import type { Truth } from '../truth/index.ts'

/**
 * Where one patient (or item) stands in a measure.
 *
 * met, not-met: counted. not-known: in the population, and what is recorded decides neither: never counted as failed. excluded, excepted: left out with a
 * reason. outside: not in the population. perhaps: whether it is in the population is itself not known.
 */
export type MeasureOutcome = 'met' | 'not-met' | 'not-known' | 'excluded' | 'excepted' | 'outside' | 'perhaps'

export const MEASURE_OUTCOMES: readonly MeasureOutcome[] = ['met', 'not-met', 'not-known', 'excluded', 'excepted', 'outside', 'perhaps']

/** The four criteria of a measure that decide the outcome. */
export interface MeasureCriteria {
  readonly population: Criterion
  readonly excluded: Criterion
  readonly numerator: Criterion
  readonly excepted: Criterion
}

export const measureCriteria = (measure: QualityMeasure): MeasureCriteria => ({
  population: measure.population.when,
  excluded: anyOf(measure.exclusions.map(({ when }) => when)),
  numerator: measure.numerator.when,
  excepted: anyOf(measure.exceptions.map(({ when }) => when)),
})

const anyOf = (of: readonly Criterion[]): Criterion => (of.length === 0 ? { op: 'const', value: 'false' } : { op: 'any', of })

/**
 * The meaning of a measure for one patient or item. An exclusion that is not known leaves the outcome open, even where the numerator is reached;
 * an exception is asked only where it is not, and only a known one takes a patient out.
 */
export function measureOutcome(truth: { readonly [part in keyof MeasureCriteria]: Truth }): MeasureOutcome {
  if (truth.population === 'false') return 'outside'
  if (truth.population === 'unknown') return 'perhaps'
  if (truth.excluded === 'true') return 'excluded'
  if (truth.excluded === 'unknown' || truth.numerator === 'unknown') return 'not-known'
  if (truth.numerator === 'true') return 'met'
  return truth.excepted === 'true' ? 'excepted' : truth.excepted === 'unknown' ? 'not-known' : 'not-met'
}
