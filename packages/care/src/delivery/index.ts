export { plannedFractionation } from './fractionation.ts'
export { burdenOf, plannedRegimen } from './regimen.ts'
