export { type CompetingRisks, competingRisks, type Incidence, incidenceAt } from './competing-risks/competing-risks.ts'
export { type ChiSquaredTest, type CoxModel, type CoxOptions, type CoxTerm, cox } from './cox/cox.ts'
export type { Ties } from './cox/risk-sums.ts'
export { type ConfidenceBand, confidenceBand } from './kaplan-meier/band.ts'
export {
  type CurveOptions,
  kaplanMeier,
  type Quantile,
  quantileOf,
  type SurvivalCurve,
  survivalAt,
  type Transform,
} from './kaplan-meier/kaplan-meier.ts'
export { type LogRank, type LogRankOptions, logRank } from './log-rank/log-rank.ts'
export { type HazardCurve, nelsonAalen } from './nelson-aalen/nelson-aalen.ts'
export { chiSquaredUpper, normalQuantile, normalUpper, twoSided } from './numeric/distributions.ts'
export { type RestrictedMean, restrictedMean } from './restricted-mean/restricted-mean.ts'
export { type RiskTable, riskTable, StatisticsError, type SurvivalData } from './survival-data.ts'
