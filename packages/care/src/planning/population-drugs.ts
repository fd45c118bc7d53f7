import { NOBODY, type Plane, type PlaneCompiler, type SafetyRule, type Target } from '@secondwind/core'
import { type Candidate, isEnding } from './candidate.ts'
import type { Engine } from './engine.ts'
import { matches } from './target.ts'

/** What the patients of a table are on now, drug by drug. */
export interface DrugPlanes {
  /** On something. */
  readonly some: Plane
  drug(id: string): Plane
  drugClass(id: string): Plane
  /** On these drugs and on no other. */
  exactly(drugs: readonly string[]): Plane
}

export function currentDrugsPlanes(engine: Engine, compiler: PlaneCompiler): DrugPlanes {
  const { code } = compiler
  const members = compiler.membersOf('current-drugs')
  const drug = (id: string): Plane => members.get(id) ?? NOBODY
  return {
    some: code.or([...members.values()]),
    drug,
    drugClass: (id) => code.or([...members].filter(([one]) => engine.drugs.get(one)?.classes?.includes(id)).map(([, cases]) => cases)),
    exactly: (drugs) => {
      const others = [...members].filter(([one]) => !drugs.includes(one)).map(([, cases]) => cases)
      return code.andNot(code.and(drugs.map(drug)), code.or(others))
    },
  }
}

/** `matches` of `target.ts` where the drugs are those that each patient is on. */
export function matchesCurrent(target: Target, candidate: Candidate, current: DrugPlanes, { code, everyone }: PlaneCompiler): Plane {
  const { drugs, classes, set, exact, together, exceptDrugs, ...fixed } = target
  const treatment = { ...candidate.treatment, drugs: [], classes: new Set<string>() }
  const asksDrugs = drugs !== undefined || classes !== undefined || set !== undefined || together !== undefined
  const asksMore = Object.keys(fixed).some((key) => key !== 'exceptOptions')
  if (target.exceptOptions?.includes(treatment.option)) return NOBODY
  if (asksMore ? !matches(fixed, treatment) : !asksDrugs) return NOBODY
  const parts: Plane[] = [everyone]
  if (drugs || classes) parts.push(code.or([...(drugs ?? []).map(current.drug), ...(classes ?? []).map(current.drugClass)]))
  if (set) parts.push(exact ? current.exactly(set) : code.and(set.map(current.drug)))
  if (together) parts.push(code.and(together.map((one) => code.or([current.drugClass(one), current.drug(one)]))))
  const excepted = code.or((exceptDrugs ?? []).map(current.drug))
  return code.andNot(code.and(parts), excepted)
}

/** `namesTreatment` of `not-advised.ts` where the drugs are those that each patient is on. */
export function namesCurrent(rule: SafetyRule, candidate: Candidate, current: DrugPlanes, { code }: PlaneCompiler): Plane {
  const drugs = rule.notAdvised?.drugs
  if (!drugs || drugs.length === 0 || isEnding(candidate.rule)) return NOBODY
  return rule.notAdvised?.match === 'contains' ? code.and(drugs.map(current.drug)) : current.exactly(drugs)
}
