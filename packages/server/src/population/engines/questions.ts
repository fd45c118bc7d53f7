import { engineOf, inScopePlane, populationPlanes } from '@secondwind/care'
import { everyCriterion } from '@secondwind/compiler'
import { type KnowledgeBase, NOBODY, type Plane, type Standing, type Vocabulary, vocabulary } from '@secondwind/core'
import { EVERYONE, FormulaCompiler, Formulas } from './formula.ts'

export const STANDINGS: readonly Standing[] = ['recommended', 'alternative', 'conditional', 'needs-data']

/** What is asked of a population. */
export interface Asked {
  /** The verdict of every criterion of the base, beside the standings. */
  readonly rules?: true
  /** Another base: whose standings it would change. */
  readonly after?: KnowledgeBase
}

/** The registry that a question reads the snapshot by: where two bases are compared, the facts of both. */
export function wordsOf(knowledge: KnowledgeBase, after?: KnowledgeBase): Vocabulary {
  if (!after) return engineOf(knowledge).words
  const own = new Set(knowledge.facts.map(({ id }) => id))
  return vocabulary([...knowledge.facts, ...after.facts.filter(({ id }) => !own.has(id))], knowledge.criteria)
}

/** One set of cases that is asked for, by name. */
export interface Question {
  readonly name: string
  readonly plane: Plane
}

/** Questions as formulas: what is to be counted, in groups that belong together. */
export interface Questions {
  readonly formulas: Formulas
  /** The cases that are planned for; the others are in no question. */
  readonly scope: Plane
  readonly groups: readonly (readonly Question[])[]
}

export const standingName = (option: string, standing: Standing): string => `option ${option} ${standing}`
export const ruleName = (rule: string): string => `not advised ${rule}`
export const verdictName = (criterion: string, verdict: boolean): string => `verdict ${criterion} ${verdict}`
/** Asked of many sets; whoever is in one of them is listed once. */
export const CHANGED = 'changed'

/** Everything that is asked over a base, in the formulas of any engine that is told in words. */
export function questionsOf(knowledge: KnowledgeBase, { rules, after }: Asked = {}): Questions {
  const formulas = new Formulas()
  const before = askedOf(knowledge, formulas)
  const groups: Question[][] = before.options.map(({ option, planes }) =>
    STANDINGS.map((standing) => ({ name: standingName(option, standing), plane: planes[standing] })),
  )
  groups.push(...before.notAdvised.map(({ rule, cases }) => [{ name: ruleName(rule), plane: cases }]))
  if (rules) {
    for (const { id, when } of everyCriterion(knowledge)) {
      const { isTrue, isFalse } = before.compiler.compile(when)
      groups.push([
        { name: verdictName(id, true), plane: isTrue },
        { name: verdictName(id, false), plane: isFalse },
      ])
    }
  }
  if (!after) return { formulas, scope: before.scope, groups }
  const other = askedOf(after, formulas)
  const scope = formulas.or([before.scope, other.scope])
  const within = ({ name, plane }: Question): Question =>
    scope === before.scope ? { name, plane } : { name, plane: formulas.and([before.scope, plane]) }
  const changed = changedPlanes(before, other, formulas).map((plane) => [{ name: CHANGED, plane }])
  return { formulas, scope, groups: [...groups.map((group) => group.map(within)), ...changed] }
}

type AskedOf = ReturnType<typeof askedOf>

function askedOf(knowledge: KnowledgeBase, formulas: Formulas) {
  const engine = engineOf(knowledge)
  const compiler = new FormulaCompiler(engine.words, new Map([['current-drugs', [...engine.drugs.keys()].sort()]]), formulas)
  const { options, notAdvised } = populationPlanes(engine, compiler)
  return { compiler, options, notAdvised, scope: inScopePlane(compiler, knowledge.dosingPolicy?.adultFromYears) }
}

/**
 * Cases in which an option stands otherwise, or an exclusion is said that was not; one that only one base has stands nowhere in the other.
 * One set an option or exclusion: together they would be one formula over everything.
 */
function changedPlanes(before: AskedOf, after: AskedOf, formulas: Formulas): readonly Plane[] {
  const both = before.scope === after.scope ? EVERYONE : formulas.and([before.scope, after.scope])
  const differ = (a: ReadonlyMap<string, readonly Plane[]>, b: ReadonlyMap<string, readonly Plane[]>): readonly Plane[] =>
    [...new Set([...a.keys(), ...b.keys()])].map((name) =>
      formulas.and([both, formulas.or(STANDINGS.map((_, i) => formulas.xor(a.get(name)?.[i] ?? NOBODY, b.get(name)?.[i] ?? NOBODY)))]),
    )
  const standings = ({ options }: AskedOf): ReadonlyMap<string, readonly Plane[]> =>
    new Map(options.map(({ option, planes }) => [option, STANDINGS.map((standing) => planes[standing])] as const))
  const exclusions = ({ notAdvised }: AskedOf): ReadonlyMap<string, readonly Plane[]> =>
    new Map(notAdvised.map(({ rule, cases }) => [rule, [cases]] as const))
  const changes = [
    formulas.xor(before.scope, after.scope),
    ...differ(standings(before), standings(after)),
    ...differ(exclusions(before), exclusions(after)),
  ]
  return [...new Set(changes)].filter((plane) => plane !== NOBODY)
}
