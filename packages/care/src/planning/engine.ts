import {
  type AlertRule,
  type CaseView,
  type Criterion,
  caseView,
  criteriaCompiler,
  type Decide,
  type Dependencies,
  type Drug,
  dependencies,
  type Fact,
  type InteractionRule,
  type KnowledgeBase,
  type OutlookPopulation,
  type Regimen,
  type SafetyRule,
  type SupportRule,
  type TestDefinition,
  type TestRule,
  type Verdict,
  type Vocabulary,
  vocabulary,
} from '@secondwind/core'
import type { CompiledAdjustment } from '../delivery/index.ts'
import { Alternatives } from './alternatives.ts'
import { type Candidate, candidatesOf } from './candidate.ts'
import { type CompiledSafety, compileSafety } from './safety.ts'
import { type CompiledTrial, trialsOf } from './trial-candidate.ts'

export interface Compiled<T> {
  readonly rule: T
  readonly when: Decide
}

/** Things that each hang on one criterion, in order, with the places of their verdicts side by side. */
export interface Listed<T> {
  readonly items: readonly T[]
  readonly slots: Int32Array
}

/** Those of a list whose verdict is at least this one (`TRUE`: it holds; `UNKNOWN`: it is not ruled out), in order. */
export function atLeast<T>({ items, slots }: Listed<T>, verdict: Verdict, { verdicts }: CaseView): readonly T[] {
  const found: T[] = []
  for (let i = 0; i < slots.length; i++) if (verdicts[slots[i]!]! >= verdict) found.push(items[i]!)
  return found
}

/** A knowledge base made ready to plan with: every criterion compiled once, every rule matched to the options it concerns. */
export interface Engine {
  readonly knowledge: KnowledgeBase
  readonly words: Vocabulary
  readonly drugs: ReadonlyMap<string, Drug>
  readonly regimens: ReadonlyMap<string, Regimen>
  readonly candidates: Listed<Candidate>
  readonly trials: readonly CompiledTrial[]
  readonly safety: readonly CompiledSafety[]
  /** Bars that are said wherever they hold. */
  readonly saidBars: Listed<SafetyRule>
  /** `holds`, `suspectHolds`: whether what the alert (the suspicion) holds is held here. */
  readonly alerts: readonly (Compiled<AlertRule> & { readonly suspect?: Decide; readonly holds?: Decide; readonly suspectHolds?: Decide })[]
  readonly testRules: Listed<TestRule>
  readonly testsById: ReadonlyMap<string, TestDefinition>
  /** `actions`: whether each action of the rule is due. */
  readonly support: Listed<{ readonly rule: SupportRule; readonly actions: readonly (Decide | undefined)[] }>
  readonly interactions: readonly Compiled<InteractionRule>[]
  readonly outlook: readonly Compiled<OutlookPopulation>[]
  /** Dose rules by drug, in the order of the files. */
  readonly dosing: ReadonlyMap<string, readonly CompiledAdjustment[]>
  readonly dependencies: Dependencies
  readonly alternatives: Alternatives
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
  const listed = <S, T>(rules: readonly S[], whenOf: (rule: S) => Criterion, make: (rule: S) => T): Listed<T> => ({
    items: rules.map(make),
    slots: Int32Array.from(rules, (rule) => compiler.slotFor(whenOf(rule))),
  })
  const itself = <T>(rule: T): T => rule
  const safety = compileSafety(knowledge.safety, compiler)
  const interactions = compiled(knowledge.interactions)
  return {
    knowledge,
    words,
    drugs,
    regimens,
    safety,
    saidBars: listed(
      knowledge.safety.filter(({ effect, show }) => effect === 'bar' && show === 'when-true'),
      ({ when }) => when,
      itself,
    ),
    candidates: listed(candidatesOf(knowledge, compiler, drugs, regimens, { safety, interactions }), ({ rule }) => rule.when, itself),
    trials: trialsOf(knowledge, compiler, drugs, { safety, interactions }),
    alerts: knowledge.alerts.map((rule) => ({
      rule,
      when: compiler.compile(rule.when),
      ...(rule.suspect ? { suspect: compiler.compile(rule.suspect.when) } : {}),
      ...(rule.holds?.when ? { holds: compiler.compile(rule.holds.when) } : {}),
      ...(rule.suspect?.holds?.when ? { suspectHolds: compiler.compile(rule.suspect.holds.when) } : {}),
    })),
    testRules: listed(knowledge.testRules, ({ when }) => when, itself),
    testsById: new Map(knowledge.tests.map((t) => [t.id, t])),
    support: listed(
      knowledge.support,
      ({ when }) => when,
      (rule) => ({ rule, actions: rule.actions.map((a) => a.when && compiler.compile(a.when)) }),
    ),
    interactions,
    outlook: compiled(knowledge.outlook),
    dosing: Map.groupBy(compiled(knowledge.dosing), (c) => c.rule.drug),
    dependencies: dependencies(knowledge.facts),
    alternatives: new Alternatives(words),
    compile: (criterion) => compiler.compile(criterion),
    view: (facts, asOf) => caseView(words, facts, asOf, compiler.program),
  }
}
