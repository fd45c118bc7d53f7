import { engineOf } from '@secondwind/care'
import { everyCriterion } from '@secondwind/compiler'
import type { Issue, KnowledgeBase, Standing } from '@secondwind/core'
import type { EngineAnswer } from './engine.ts'
import { CHANGED, ruleName, STANDINGS, standingName, verdictName } from './questions.ts'
import { ALL_CASES, IN_SCOPE } from './script.ts'

/** How many patients something concerns, and which, where they were to be named. */
export interface Group {
  readonly count: number
  readonly patients?: readonly string[]
}

/** A population as counts; what every engine can say of any size. */
export interface CountedPopulation {
  readonly asOf: string
  readonly knowledge: { readonly version: string; readonly digest: string }
  readonly patients: number
  readonly options: readonly { readonly option: string; readonly title: string; readonly of: { readonly [standing in Standing]: Group } }[]
  readonly notAdvised: readonly { readonly rule: string; readonly says: string; readonly of: Group }[]
  readonly refused: Group
  readonly engine?: string
  readonly timings?: EngineAnswer['timings']
  /** The verdict of every criterion among the patients. */
  readonly rules?: readonly { readonly rule: string; readonly true: number; readonly false: number; readonly unknown: number }[]
  /** Patients in whom an option stands otherwise, or another treatment is not advised, by another base. */
  readonly changed?: Group
  readonly issues: readonly Issue[]
}

/** What an engine answered. Options and rules that concern nobody are left out. */
export function countedAnswer(answer: EngineAnswer, knowledge: KnowledgeBase, asOf: string): CountedPopulation {
  const { engine, counts, lists, issues, timings } = answer
  const group = (name: string): Group => {
    const patients = lists.get(name)
    return { count: counts.get(name) ?? 0, ...(patients ? { patients } : {}) }
  }
  const [cases, patients] = [counts.get(ALL_CASES) ?? 0, counts.get(IN_SCOPE) ?? 0]
  const rules = everyCriterion(knowledge)
    .filter(({ id }) => counts.has(verdictName(id, true)))
    .map(({ id }) => {
      const [yes, no] = [counts.get(verdictName(id, true))!, counts.get(verdictName(id, false)) ?? 0]
      return { rule: id, true: yes, false: no, unknown: patients - yes - no }
    })
  return {
    asOf,
    knowledge: { version: knowledge.version, digest: knowledge.digest },
    patients,
    options: engineOf(knowledge)
      .candidates.items.map(({ id, rule, regimen }) => ({
        option: id,
        title: regimen && rule.regimens.length > 1 ? `${rule.title}: ${regimen.title}` : rule.title,
        of: Object.fromEntries(STANDINGS.map((standing) => [standing, group(standingName(id, standing))])) as unknown as {
          readonly [standing in Standing]: Group
        },
      }))
      .filter(({ of }) => STANDINGS.some((standing) => of[standing].count > 0)),
    notAdvised: knowledge.safety
      .filter(({ id }) => counts.has(ruleName(id)))
      .map(({ id, say }) => ({ rule: id, says: say, of: group(ruleName(id)) }))
      .filter(({ of }) => of.count > 0),
    refused: { count: cases - patients },
    engine,
    timings,
    ...(rules.length > 0 ? { rules } : {}),
    ...(counts.has(CHANGED) ? { changed: group(CHANGED) } : {}),
    issues,
  }
}
