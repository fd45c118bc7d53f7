import {
  type AlertRule,
  type CaseView,
  type ConditionalText,
  type CriteriaCompiler,
  type Criterion,
  caseView,
  criteriaCompiler,
  type Dependencies,
  type Drug,
  dependencies,
  type Fact,
  type InteractionRule,
  type KnowledgeBase,
  type OutlookPopulation,
  openFacts,
  type Regimen,
  type SafetyRule,
  type SupportRule,
  type TestDefinition,
  type TestRule,
  type Vocabulary,
  vocabulary,
} from '@secondwind/core'
import type { CompiledAdjustment } from '../delivery/index.ts'
import { Alternatives } from './alternatives.ts'
import { type Candidate, candidatesOf } from './candidate.ts'
import { ALWAYS, type Listed, listed, listedByWhen, NEVER, picked } from './listed.ts'
import { type CompiledTrial, trialsOf } from './trial-candidate.ts'

/** An alert with the slots of its criteria: whether it is there, whether it is suspected, and whether what it (or its suspicion) holds is held here. */
export interface CompiledAlert {
  readonly rule: AlertRule
  readonly when: number
  readonly suspect: number
  readonly holds: number
  readonly suspectHolds: number
}

/** A knowledge base made ready to plan with: every criterion compiled once, every rule matched to the options it concerns. */
export interface Engine {
  readonly knowledge: KnowledgeBase
  readonly words: Vocabulary
  /** Knows every criterion of the base. */
  readonly compiler: CriteriaCompiler
  readonly drugs: ReadonlyMap<string, Drug>
  readonly regimens: ReadonlyMap<string, Regimen>
  readonly candidates: Listed<Candidate>
  readonly trials: readonly CompiledTrial[]
  readonly safety: Listed<SafetyRule>
  /** Bars that are said wherever they hold. */
  readonly saidBars: Listed<SafetyRule>
  readonly alerts: readonly CompiledAlert[]
  readonly testRules: Listed<TestRule>
  readonly testsById: ReadonlyMap<string, TestDefinition>
  /** `actions`: whether each action of the rule is due. */
  readonly support: Listed<{ readonly rule: SupportRule; readonly actions: Listed<ConditionalText> }>
  readonly interactions: Listed<InteractionRule>
  /** The one to take where several fit stands first. */
  readonly outlook: Listed<OutlookPopulation>
  /** Dose rules by drug, in the order of the files. */
  readonly dosing: ReadonlyMap<string, readonly CompiledAdjustment[]>
  readonly dependencies: Dependencies
  readonly alternatives: Alternatives
  /** Facts that can still settle these criteria, each once. */
  openFacts(criteria: readonly Criterion[], view: CaseView): Set<string>
  view(facts: { readonly [id: string]: Fact }, asOf: string): CaseView
}

const ENGINES = new WeakMap<KnowledgeBase, Engine>()

/** Builds the engine of a knowledge base, once. */
export function engineOf(knowledge: KnowledgeBase): Engine {
  let engine = ENGINES.get(knowledge)
  if (!engine) {
    engine = buildEngine(knowledge)
    ENGINES.set(knowledge, engine)
  }
  return engine
}

function buildEngine(knowledge: KnowledgeBase): Engine {
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const compiler = criteriaCompiler(words)
  const drugs = new Map(knowledge.drugs.map((d) => [d.id, d]))
  const regimens = new Map(knowledge.regimens.map((r) => [r.id, r]))
  const safety = listedByWhen(knowledge.safety, compiler)
  const interactions = listedByWhen(knowledge.interactions, compiler)
  const candidates = candidatesOf(knowledge, compiler, drugs, regimens, { safety, interactions })
  const slotOf = (criterion: Criterion): number => compiler.slotFor(criterion)
  return {
    knowledge,
    words,
    compiler,
    drugs,
    regimens,
    safety,
    saidBars: picked(safety, ({ effect, show }) => effect === 'bar' && show === 'when-true'),
    candidates: listed(candidates, ({ rule }) => rule.when, compiler),
    trials: trialsOf(knowledge, compiler, drugs, { safety, interactions }),
    alerts: knowledge.alerts.map((rule) => ({
      rule,
      when: slotOf(rule.when),
      suspect: slotOf(rule.suspect?.when ?? NEVER),
      holds: slotOf(rule.holds?.when ?? ALWAYS),
      suspectHolds: slotOf(rule.suspect?.holds?.when ?? ALWAYS),
    })),
    testRules: listedByWhen(knowledge.testRules, compiler),
    testsById: new Map(knowledge.tests.map((t) => [t.id, t])),
    support: listed(
      knowledge.support.map((rule) => ({ rule, actions: listedByWhen(rule.actions, compiler) })),
      ({ rule }) => rule.when,
      compiler,
    ),
    interactions,
    outlook: listedByWhen(
      knowledge.outlook.toSorted((a, b) => a.priority - b.priority),
      compiler,
    ),
    dosing: Map.groupBy(
      knowledge.dosing.map((rule) => ({ rule, when: compiler.compile(rule.when) })),
      ({ rule }) => rule.drug,
    ),
    dependencies: dependencies(knowledge.facts),
    alternatives: new Alternatives(words, compiler.program),
    openFacts(criteria, view) {
      const open = new Set<string>()
      for (const criterion of criteria) openFacts(criterion, view, words, compiler, open)
      return open
    },
    view: (facts, asOf) => caseView(words, facts, asOf, compiler.program),
  }
}
