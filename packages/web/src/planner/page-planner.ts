import { comparePlans, type PlanChange, plan } from '@secondwind/care'
import {
  absentFact,
  deriveFacts,
  type Fact,
  type Issue,
  type KnowledgeParts,
  type PatientCase,
  type PlanDocument,
  type Result,
  wholeKnowledge,
} from '@secondwind/core'
import { applyOverrides, readerKnowledge, sortIssues, stillMissing } from '@secondwind/fhir'
import type { EntryKnowledge, PlannerCase } from '@secondwind/server/contract'

export interface WhatIf {
  readonly document: PlanDocument
  /** What became different from the present plan, what decides first. */
  readonly changes: readonly PlanChange[]
}

/**
 * The planner of the server, in the page: the same functions over the same knowledge, so that the plan of a case is the server's, byte for byte. A fact
 * typed by hand is read as `--set` reads it. Keeps nothing.
 */
export function pagePlanner(parts: KnowledgeParts, entry: EntryKnowledge) {
  const knowledge = wholeKnowledge(parts)
  const drugs = knowledge.drugs.map((drug) => {
    const interaction = entry.interactions[drug.id]
    return { ...drug, names: entry.drugs[drug.id] ?? [], ...(interaction === undefined ? {} : { interaction }) }
  })
  const reader = readerKnowledge({ ...knowledge, drugs, terminology: entry.terminology })

  const planOf = (patientCase: PatientCase, problems: readonly Issue[], { chartDigest, software }: PlannerCase): PlanDocument =>
    plan({ knowledge, patientCase, problems, chartDigest, software })

  return {
    digest: knowledge.digest,

    present: (given: PlannerCase): PlanDocument => planOf(given.patientCase, [...given.knowledgeProblems, ...given.problems], given),

    /** The plan with some facts changed (`ecog=3`), against the present one. Refuses what cannot be read, with an issue for each entry at fault. */
    whatIf(given: PlannerCase, set: readonly string[], present: PlanDocument): Result<WhatIf, readonly Issue[]> {
      const changed = applyOverrides(given.patientCase, set, reader)
      if (!changed.ok) return changed
      const { patientCase, issues } = changed.value
      const document = planOf(
        patientCase,
        [...given.knowledgeProblems, ...sortIssues(stillMissing([...given.problems, ...issues], patientCase))],
        given,
      )
      return { ok: true, value: { document, changes: comparePlans(present, document, 'care') } }
    },

    /** A patient of whom nothing is known, to look at changes that came without one. */
    blank(asOf: string): PlannerCase {
      const silent: Record<string, Fact> = {}
      for (const definition of knowledge.facts) silent[definition.id] = absentFact(definition)
      return {
        patientCase: { patient: 'Patient/nobody', asOf, facts: deriveFacts(silent, asOf, knowledge.facts) },
        knowledgeProblems: [],
        problems: [],
        chartDigest: '',
        software: '',
        knowledge: { version: knowledge.version, digest: knowledge.digest },
        revision: 0,
      }
    },
  }
}

export type PagePlanner = ReturnType<typeof pagePlanner>
