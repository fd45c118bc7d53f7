export {
  brokenReleases,
  manifestProblems,
  openRelease,
  type ReleaseManifest,
  readManifest,
  releaseFolders,
  releaseWithDigest,
  writeRelease,
} from './archive.ts'
export type { OpenedBase, Places } from './base.ts'
export { graft, takenWith } from './graft.ts'
export { releaseNotes } from './notes.ts'
export { findingLines, openBase, placesOf } from './open-base.ts'
export { diffKnowledge, isSameKnowledge, type RuleChange } from './rule-diff.ts'
export type { FieldChange, FieldWeight } from './rule-fields.ts'
