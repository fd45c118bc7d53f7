import { type Fact, type Issue, isKnown } from '@secondwind/core'
import type { ReaderKnowledge } from '../read/context.ts'
import { onceFor } from '../read/remember.ts'
import { findPhrases, lexiconOf, tokensOf } from '../read/words.ts'

/** `knowledge/terminology/odd-details.yaml`, `kidneyStages`. */
interface KidneyFile {
  readonly kidneyStages: {
    readonly margin: number
    readonly names: readonly string[]
    /** `below` in mL/min. */
    readonly stages: readonly { readonly below: number; readonly words: readonly string[] }[]
  }
}

const compile = onceFor((knowledge: ReaderKnowledge) => {
  const { margin, names, stages } = knowledge.terminology<KidneyFile>('odd-details').kidneyStages
  return {
    margin,
    names: lexiconOf(names.map((name) => [name, true] as const)),
    stages: lexiconOf(stages.flatMap(({ below, words }) => words.map((word) => [word, below] as const))),
  }
})

/**
 * A stage of chronic kidney disease on the problem list beside a clearance (mL/min) that does not go with it: said, and nothing decided.
 * The stages are per body surface: of a heavy patient the clearance at the ideal weight is judged.
 * The worked-out clearance doses carboplatin and opens cisplatin, so an old label or a wrong creatinine must not pass in silence.
 */
export function kidneyContradiction(facts: Readonly<Record<string, Fact>>, knowledge: ReaderKnowledge): Issue | undefined {
  const general = facts['creatinine-clearance']
  const ideal = facts['creatinine-clearance-ideal']
  const isLower = isKnown(general) && isKnown(ideal) && Number(ideal.value) < Number(general.value)
  const clearance = isLower ? ideal : general
  const listed = facts.comorbidities
  if (!isKnown(clearance) || typeof clearance.value !== 'number' || !isKnown(listed) || !Array.isArray(listed.value)) return undefined
  const { margin, names, stages } = compile(knowledge)
  for (const name of listed.value as readonly unknown[]) {
    if (typeof name !== 'string') continue
    const tokens = tokensOf(name)
    if (findPhrases(names, tokens).length === 0) continue
    const limits = findPhrases(stages, tokens).map(({ value }) => value)
    if (limits.length === 0) continue
    const below = Math.max(...limits)
    if (clearance.value < below * margin) continue
    return {
      code: 'contradictory-result',
      severity: 'warning',
      path: listed.sources[0]?.reference ?? 'comorbidities',
      message: `"${name}" means a filtration under ${below} mL/min, but the clearance worked out here is ${Math.round(clearance.value)} mL/min`,
      remedy: 'measure creatinine again, or the clearance itself, before a dose hangs on it; correct the problem list if the stage is old',
    }
  }
  return undefined
}
