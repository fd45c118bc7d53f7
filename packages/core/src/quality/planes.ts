import { type ColumnCompiler, NOBODY, type Plane, type Planes } from '../criteria/index.ts'
import type { MeasureCriteria, MeasureOutcome } from './outcome.ts'

/** The cases of each outcome of a measure, as planes; equal to `measureOutcome` case by case. Every case of the table is in exactly one. */
export function measurePlanes(
  compiler: ColumnCompiler,
  criteria: MeasureCriteria,
  /** Where given, only these cases are in the population. */
  within?: Planes,
): { readonly [outcome in MeasureOutcome]: Plane } {
  const { code, everyone } = compiler
  const own = compiler.compile(criteria.population)
  const population: Planes = within
    ? { isTrue: code.and([own.isTrue, within.isTrue]), isFalse: code.or([own.isFalse, within.isFalse]) }
    : own
  const excluded = compiler.compile(criteria.excluded)
  const numerator = compiler.compile(criteria.numerator)
  const excepted = compiler.compile(criteria.excepted)
  const counted = code.and([population.isTrue, excluded.isFalse])
  const missed = code.and([counted, numerator.isFalse])
  const settled = {
    met: code.and([counted, numerator.isTrue]),
    'not-met': code.and([missed, excepted.isFalse]),
    excluded: code.and([population.isTrue, excluded.isTrue]),
    excepted: code.and([missed, excepted.isTrue]),
  }
  const inside = population.isTrue
  return {
    ...settled,
    'not-known': inside === NOBODY ? NOBODY : code.andNot(inside, code.or(Object.values(settled))),
    outside: population.isFalse,
    perhaps: code.andNot(everyone, code.or([population.isTrue, population.isFalse])),
  }
}
