export type { PatientLine, PatientPage, PatientSection } from './patient-lines.ts'
export { patientPage } from './patient-page.ts'
export { type ClinicPhones, readPhones, withPhones } from './patient-phones.ts'
export { equivalentDose, pointsScore } from './scores.ts'
