export { itemWords } from './items.ts'
export { MEASURE_OUTCOMES, type MeasureCriteria, type MeasureOutcome, measureCriteria, measureOutcome } from './outcome.ts'
export { measurePlanes } from './planes.ts'
