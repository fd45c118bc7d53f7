export { type PatientLine, type PatientPage, type PatientSection, patientPage } from './patient-page.ts'
export { equivalentDose, pointsScore } from './scores.ts'
