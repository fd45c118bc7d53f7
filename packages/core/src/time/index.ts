export { ageOn, type DayNumber, dayNumber, daysInMonth, earliestDay, isoDay, latestDay } from './time.ts'
