import {
  type AlertRule,
  type Citation,
  type Criterion,
  criterionText,
  type DoseAdjustment,
  type KnowledgeBase,
  type OptionRule,
  type SafetyRule,
  vocabulary,
} from '@secondwind/core'
import type { KnowledgeCitation, RuleAffected, RulePage } from '../contract/knowledge.ts'
import { entryIndex, type IndexedEntry, nameOf } from './entries.ts'
import { examplesOf } from './examples.ts'
import { doseWords, partsOf, saysOf } from './rule-parts.ts'

export interface RulePageRequest {
  readonly knowledge: KnowledgeBase
  readonly entry: IndexedEntry
  /** Folder of the YAML, for the examples. */
  readonly root: string
  readonly today: string
  readonly affected: RuleAffected | null
}

/** One entry for a reader: what it says, whom it concerns in plain words, what it does, what it rests on, and how it was tried. */
export function rulePage({ knowledge, entry, root, today, affected }: RulePageRequest): RulePage {
  const index = entryIndex(knowledge)
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const value = entry.value as {
    readonly when?: Criterion
    readonly effective?: string
    readonly reviewBy?: string
    readonly from?: string
  }
  const { strength, evidenceKind } = entry.value as Partial<OptionRule>
  const { effect } = entry.value as Partial<SafetyRule>
  const { urgency } = entry.value as Partial<AlertRule>
  const dose = entry.kind === 'dosing' ? [doseWords(entry.value as DoseAdjustment)] : []
  const cited = (citation: Citation): readonly KnowledgeCitation[] => {
    const source = index.source(citation.source)
    if (source === undefined) return []
    const { at, says, review } = citation
    return [{ source, at, says, ...(review === undefined ? {} : { review }) }]
  }
  const source = entry.kind === 'sources' ? index.source(entry.id) : undefined
  return {
    ...nameOf(entry),
    says: [...dose, ...saysOf(entry)],
    ...(value.when === undefined ? {} : { when: criterionText(value.when, words) }),
    parts: partsOf(entry, words, index),
    cites: entry.cites.flatMap(cited),
    ...(entry.kind === 'options' && strength !== undefined ? { strength } : {}),
    ...(entry.kind === 'options' && evidenceKind !== undefined ? { evidenceKind } : {}),
    ...(entry.kind === 'safety' && effect !== undefined ? { effect } : {}),
    ...(urgency === undefined || typeof urgency !== 'string' ? {} : { urgency }),
    ...(value.effective === undefined ? {} : { effective: value.effective }),
    ...(value.reviewBy === undefined ? {} : { reviewBy: value.reviewBy }),
    isOverdue: value.reviewBy !== undefined && value.reviewBy < today,
    examples: examplesOf(root, value.from, entry.id),
    ...(source === undefined ? {} : { source }),
    ...(value.from === undefined ? {} : { from: value.from }),
    also: index
      .named(entry.id)
      .filter((other) => other !== entry)
      .map(nameOf),
    affected,
  }
}
