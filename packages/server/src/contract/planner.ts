import type { Drug, FactDefinition, Issue, PatientCase, Source } from '@secondwind/core'

/**
 * The parts of the knowledge that a page loads. `words`: what names things (facts, drugs, tests, sources). `first` and `later`: what planning needs
 * (`KnowledgeParts` of core). `entry`: what reading a fact typed by hand needs besides (units, names of drugs).
 */
export type KnowledgePartName = 'words' | 'first' | 'later' | 'entry'

/** `GET /planner/knowledge`: the release in use, and where its parts are. An address never changes its content. */
export interface PlannerKnowledge {
  readonly version: string
  /** SHA-256 of the compiled knowledge, as a plan names it. */
  readonly digest: string
  /** Without the server's address; `bytes` as sent without compression. */
  readonly parts: { readonly [name in KnowledgePartName]: { readonly path: string; readonly bytes: number } }
}

export type FactWords = Pick<
  FactDefinition,
  'id' | 'label' | 'type' | 'group' | 'unit' | 'values' | 'test' | 'ask' | 'plausible' | 'aliases'
>

/** Part `words`. */
export interface KnowledgeWords {
  readonly facts: readonly FactWords[]
  readonly drugs: readonly (Pick<Drug, 'id' | 'label' | 'anticancer'> & { readonly names: readonly string[] })[]
  readonly tests: readonly { readonly id: string; readonly title: string }[]
  /** By fact, where a number may come in several units: how each is written, the registry's first; canonical = (value + offset) × factor. */
  readonly units: { readonly [factId: string]: readonly { readonly unit: string; readonly factor: number; readonly offset: number }[] }
  readonly sources: { readonly [id: string]: Source }
}

/** Part `entry`. `drugs`: further names of a drug, by its id. */
export interface EntryKnowledge {
  readonly drugs: { readonly [id: string]: readonly string[] }
  /** Interaction classes of a medicine: what a medicine set by its name changes in a plan. */
  readonly interactions: { readonly [id: string]: readonly string[] }
  readonly terminology: { readonly [file: string]: unknown }
}

/** `GET /plans/:patient/case`: everything that the planner is given besides the knowledge. The plan made of it is the plan of `GET /plans/:patient`, byte for byte. */
export interface PlannerCase {
  readonly patientCase: PatientCase
  /** What is wrong with the knowledge in use; stands before the problems of the chart. */
  readonly knowledgeProblems: readonly Issue[]
  /** What reading the chart found, worst first. */
  readonly problems: readonly Issue[]
  readonly chartDigest: string
  readonly software: string
  readonly knowledge: { readonly version: string; readonly digest: string }
  /** Of the chart: it grows with every change. */
  readonly revision: number
}
