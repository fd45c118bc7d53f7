export { type DeadJob, type JobState, type Jobs, type JobsConfig, startJobs } from './jobs.ts'
