export { err, type Issue, type IssueCode, ok, type Result } from './result.ts'
