export { unconfirmed } from './analyse/confirm.ts'
export { type SmtDecider, smtDecider } from './analyse/decide.ts'
export { type PlanDecider, planDecider } from './analyse/decide-plan.ts'
export { type Proof, prove } from './analyse/prove.ts'
export type { ProofFinding } from './analyse/question.ts'
export { planCommand, proofText } from './analyse/report.ts'
export { WITNESS_DAY } from './analyse/witness.ts'
export { type CheckRequest, type CheckResult, checkKnowledge } from './author/check.ts'
export { type ExplainRequest, explainEntry } from './author/explain.ts'
export { historyOf } from './author/history.ts'
export { type NewRequest, type NewResult, newEntry } from './author/new.ts'
export { claimFolder } from './author/out-folder.ts'
export { EXAMPLE_DAY } from './check/examples.ts'
export { type Finding, findingText, WHY } from './check/finding.ts'
export { factsFromGiven, valueProblem } from './check/given.ts'
export { type CheckedEntry, type Compilation, compileKnowledge } from './compile.ts'
export { forBrowser } from './emit/browser.ts'
export { caseFeatures } from './emit/case-features.ts'
export { cpgResources } from './emit/cpg.ts'
export { type CqlEdition, cqlEdition, definitionOf, libraryOf } from './emit/cql.ts'
export { cqlText } from './emit/cql-print.ts'
export { DAY_FACTS } from './emit/day-facts.ts'
export { editorSchemas, SCHEMA_FILES } from './emit/editor-schema.ts'
export { criterionElm, elmScope, notInCql } from './emit/elm.ts'
export { factsLibrary } from './emit/elm-facts.ts'
export { type ElmLibrary, elmJson } from './emit/elm-tree.ts'
export { everyCriterion, type RuleCriterion, type RuleKind } from './emit/rules.ts'
export { type Aim, buildSite, type EntryChange, type EntryHistory, type ExamplePatient, type SiteInput } from './emit/site/index.ts'
export { type SmtEmitter, smtEmitter, type TruthPair } from './emit/smt.ts'
export { columnName, columnsOf, type FactCell, type FactColumn, SnapshotCells, type SnapshotRow, snapshotRow } from './emit/snapshot.ts'
export { criterionSql, type SqlContext, snapshotOnDay, sqlContext, verdictsSql } from './emit/sql.ts'
export { DIALECTS, type DialectName, type SqlDialect } from './emit/sql-dialects.ts'
export { type JsonRow, type SqlTable, snapshotDdl, snapshotRecords, snapshotTables } from './emit/sql-tables.ts'
export { calledAs, folderInUse, folderProblem, type KnowledgeFolder } from './read/folder.ts'
export { readYamlFile } from './read/read-yaml.ts'
export {
  brokenReleases,
  diffKnowledge,
  type FieldChange,
  type FieldWeight,
  findingLines,
  graft,
  isSameKnowledge,
  manifestProblems,
  type OpenedBase,
  openBase,
  openRelease,
  type Places,
  placesOf,
  type ReleaseManifest,
  type RuleChange,
  readManifest,
  releaseFolders,
  releaseNotes,
  releaseWithDigest,
  takenWith,
  writeRelease,
} from './release/index.ts'
export { knowledgeVersion } from './version.ts'
