import type { CriteriaCompiler, Decide, SafetyRule } from '@secondwind/core'

export interface CompiledSafety {
  readonly rule: SafetyRule
  readonly when: Decide
}

export function compileSafety(rules: readonly SafetyRule[], compiler: CriteriaCompiler): readonly CompiledSafety[] {
  return rules.map((rule) => ({ rule, when: compiler.compile(rule.when) }))
}
