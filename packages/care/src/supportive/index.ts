export { equivalentDose, pointsScore, type Scored, type ScoreValues } from './scores.ts'
