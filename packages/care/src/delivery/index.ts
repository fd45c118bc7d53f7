export { burdenOf, plannedRegimen } from './regimen.ts'
