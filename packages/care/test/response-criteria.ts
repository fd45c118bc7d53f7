import type { ResponseCriteria } from '@secondwind/core'

/** The limits of RECIST 1.1 and iRECIST for tests; the base has them in knowledge/scores/response.yaml. */
export const CRITERIA: ResponseCriteria = {
  kind: 'response',
  id: 'test',
  title: 'test',
  cites: [],
  review: 'confirmed',
  from: 'test',
  risePercent: 20,
  riseMm: 5,
  fallPercent: 30,
  normalNodeBelowMm: 10,
  targetFromMm: 10,
  nodeTargetFromMm: 15,
  mostTargets: 5,
  confirmAfterDays: 28,
  immune: { confirmFromDays: 28, confirmToDays: 56, toleranceDays: 2, furtherRiseMm: 5 },
  remarks: [],
}
