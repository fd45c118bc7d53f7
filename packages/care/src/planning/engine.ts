import {
  type AlertRule,
  type CaseView,
  type Criterion,
  caseView,
  changedCaseView,
  criteriaCompiler,
  type Decide,
  type Dependencies,
  type Drug,
  dependencies,
  deriveChanges,
  type Fact,
  type InteractionRule,
  type KnowledgeBase,
  type OutlookPopulation,
  type PatientCase,
  type Regimen,
  type SupportRule,
  type TestRule,
  type Vocabulary,
  vocabulary,
} from '@secondwind/core'
import type { CompiledAdjustment } from '../delivery/index.ts'
import { type Candidate, candidatesOf } from './candidate.ts'
import { type CompiledSafety, compileSafety } from './safety.ts'
import { type CompiledTrial, trialsOf } from './trial-candidate.ts'

export interface Compiled<T> {
  readonly rule: T
  readonly when: Decide
}

/** A knowledge base made ready to plan with: every criterion compiled once, every rule matched to the options it concerns. */
export interface Engine {
  readonly knowledge: KnowledgeBase
  readonly words: Vocabulary
  readonly drugs: ReadonlyMap<string, Drug>
  readonly regimens: ReadonlyMap<string, Regimen>
  readonly candidates: readonly Candidate[]
  readonly trials: readonly CompiledTrial[]
  readonly safety: readonly CompiledSafety[]
  readonly alerts: readonly (Compiled<AlertRule> & { readonly suspect?: Decide })[]
  readonly testRules: readonly Compiled<TestRule>[]
  /** `actions`: whether each action of the rule is due. */
  readonly support: readonly (Compiled<SupportRule> & { readonly actions: readonly (Decide | undefined)[] })[]
  readonly interactions: readonly Compiled<InteractionRule>[]
  readonly outlook: readonly Compiled<OutlookPopulation>[]
  /** Dose rules by drug, in the order of the files. */
  readonly dosing: ReadonlyMap<string, readonly CompiledAdjustment[]>
  readonly dependencies: Dependencies
  compile(criterion: Criterion): Decide
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
  const compiled = <T extends { readonly when: Criterion }>(rules: readonly T[]): readonly Compiled<T>[] =>
    rules.map((rule) => ({ rule, when: compiler.compile(rule.when) }))
  const safety = compileSafety(knowledge.safety, compiler)
  const interactions = compiled(knowledge.interactions)
  return {
    knowledge,
    words,
    drugs,
    regimens,
    safety,
    candidates: candidatesOf(knowledge, compiler, drugs, regimens, { safety, interactions }),
    trials: trialsOf(knowledge, compiler, drugs, { safety, interactions }),
    alerts: knowledge.alerts.map((rule) => ({
      rule,
      when: compiler.compile(rule.when),
      ...(rule.suspect ? { suspect: compiler.compile(rule.suspect.when) } : {}),
    })),
    testRules: compiled(knowledge.testRules),
    support: compiled(knowledge.support).map((one) => ({
      ...one,
      actions: one.rule.actions.map((a) => a.when && compiler.compile(a.when)),
    })),
    interactions,
    outlook: compiled(knowledge.outlook),
    dosing: Map.groupBy(compiled(knowledge.dosing), (c) => c.rule.drug),
    dependencies: dependencies(knowledge.facts),
    compile: (criterion) => compiler.compile(criterion),
    view: (facts, asOf) => caseView(words, facts, asOf, compiler.program),
  }
}

/** The case as it would be with some facts changed, derived facts included. */
export function changedView(engine: Engine, patientCase: PatientCase, base: CaseView, changes: { readonly [id: string]: Fact }): CaseView {
  return changedCaseView(engine.words, base, deriveChanges(patientCase.facts, changes, patientCase.asOf, engine.dependencies))
}
