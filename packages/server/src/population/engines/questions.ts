import { engineOf, inScopePlane, populationPlanes } from '@secondwind/care'
import { everyCriterion } from '@secondwind/compiler'
import { type KnowledgeBase, type Plane, type Standing, type Vocabulary, vocabulary } from '@secondwind/core'
import { FormulaCompiler, Formulas } from './formula.ts'

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
  groups.push([{ name: CHANGED, plane: changedPlane(before, other, formulas) }])
  const scope = formulas.or([before.scope, other.scope])
  const within = ({ name, plane }: Question): Question =>
    scope === before.scope || name === CHANGED ? { name, plane } : { name, plane: formulas.and([before.scope, plane]) }
  return { formulas, scope, groups: groups.map((group) => group.map(within)) }
}

type AskedOf = ReturnType<typeof askedOf>

function askedOf(knowledge: KnowledgeBase, formulas: Formulas) {
  const engine = engineOf(knowledge)
  const compiler = new FormulaCompiler(engine.words, new Map([['current-drugs', [...engine.drugs.keys()].sort()]]), formulas)
  const { options, notAdvised } = populationPlanes(engine, compiler)
  return { compiler, options, notAdvised, scope: inScopePlane(compiler, knowledge.dosingPolicy?.adultFromYears) }
}

/** Cases in which an option stands otherwise, or an exclusion is said that was not; one that only one base has stands nowhere in the other. */
function changedPlane(before: AskedOf, after: AskedOf, formulas: Formulas): Plane {
  const changes: Plane[] = []
  const compare = (a: ReadonlyMap<string, Plane>, b: ReadonlyMap<string, Plane>): void => {
    for (const name of new Set([...a.keys(), ...b.keys()])) changes.push(formulas.xor(a.get(name) ?? 0, b.get(name) ?? 0))
  }
  const standings = ({ options }: AskedOf): ReadonlyMap<string, Plane> =>
    new Map(
      options.flatMap(({ option, planes }) => STANDINGS.map((standing) => [standingName(option, standing), planes[standing]] as const)),
    )
  const exclusions = ({ notAdvised }: AskedOf): ReadonlyMap<string, Plane> => new Map(notAdvised.map(({ rule, cases }) => [rule, cases]))
  compare(standings(before), standings(after))
  compare(exclusions(before), exclusions(after))
  const both = formulas.and([before.scope, after.scope])
  return formulas.or([
    formulas.xor(before.scope, after.scope),
    before.scope === after.scope ? formulas.or(changes) : formulas.and([both, formulas.or(changes)]),
  ])
}
