import { and, FALSE, not, or, type Term, TRUE } from '../emit/smt-terms.ts'
import type { ProofModel } from './model.ts'
import { isNewSystemic, type Judgement } from './planner.ts'
import type { TreatmentKind } from './policy.ts'
import type { Question } from './question.ts'
import { isEnding, type Treatment } from './treatments.ts'

/**
 * No unprioritised conflict: two recommendations never contradict each other (`exclusive` of policy/proof.yaml), are never ordered by their names alone,
 * and what stands as recommended or alternative is never listed under notAdvised.
 */
export function conflictQuestions(model: ProofModel): readonly Question[] {
  return [...exclusiveQuestions(model), ...tieQuestions(model), ...notAdvisedQuestions(model)]
}

const isOfKind = (kind: TreatmentKind, { candidate }: Judgement): boolean =>
  (kind.newSystemic === true && isNewSystemic(candidate)) ||
  (candidate.rule.site === undefined && (kind.procedures?.includes(candidate.rule.procedure ?? '') ?? false))

function exclusiveQuestions(model: ProofModel): readonly Question[] {
  const { planner, plans, policy } = model
  return policy.exclusive.map(({ id, say, one, other }) => {
    const left = planner.judgements.filter((j) => isOfKind(one, j))
    const right = planner.judgements.filter((j) => isOfKind(other, j) && !left.includes(j))
    const between = (key: string, a: readonly Judgement[], b: readonly Judgement[]): Question => ({
      key,
      property: 'conflict',
      terms: [plans, or(...a.map((j) => j.recommended)), or(...b.map((j) => j.recommended))],
      weaker: [plans, or(...a.map((j) => j.wouldBeRecommended)), or(...b.map((j) => j.wouldBeRecommended))],
      fault: 'sat',
      ...(a.length > 1
        ? { split: () => byRule(a).map((some) => between(`${key}/${some[0]!.candidate.rule.id}`, some, b)) }
        : b.length > 1
          ? { split: () => b.map((j) => between(key, a, [j])), splitToFirst: true as const }
          : {}),
      report: () => ({
        message: `recommended at once for this patient, though ${say}: "${a[0]!.candidate.rule.title}" and "${b[0]!.candidate.rule.title}"`,
        remedy: 'give one of them a standing row above, with the condition under which the other goes first',
        rules: [a[0]!, b[0]!].map((j) => model.placeOf('treatment', j.candidate.rule.id, ['standing'])),
        expects: { options: [a[0]!, b[0]!].map((j) => expected(j, ['recommended'])) },
      }),
    })
    return between(`conflict/${id}`, left, right)
  })
}

/** The variants of each rule together. */
const byRule = (judgements: readonly Judgement[]): readonly (readonly Judgement[])[] => [
  ...Map.groupBy(judgements, (j) => j.candidate.rule).values(),
]

const expected = ({ candidate }: Judgement, standings: readonly string[]) => ({
  rule: candidate.rule.id,
  ...(candidate.treatment.drugs ? { drugs: candidate.treatment.drugs } : {}),
  standings,
})

const LOCAL = ['radiation', 'surgery', 'procedure']

/** Two treatments of which a patient gets one: both start drugs, or both treat one place. */
function isEitherOr(a: Judgement, b: Judgement): boolean {
  if (isNewSystemic(a.candidate) && isNewSystemic(b.candidate)) return drugsOf(a) !== drugsOf(b)
  const [x, y] = [a.candidate.rule, b.candidate.rule]
  const isLocal = (rule: typeof x): boolean => rule.regimens.length === 0 && rule.approaches.every((p) => LOCAL.includes(p))
  return isLocal(x) && isLocal(y) && x.site !== undefined && x.site === y.site
}

const drugsOf = (j: Judgement): string => (j.candidate.treatment.drugs ?? []).join('+')

/** What the ranking policy has compared before it comes to the name of the option (`knowledge/policy/ranking.yaml`, `care/planning/rank.ts`). */
function rankKey({ candidate: { rule, variant } }: Judgement): string {
  return [rule.urgency ?? '', rule.strength, rule.evidenceKind, rule.priority, variant].join('|')
}

function tieQuestions(model: ProofModel): readonly Question[] {
  const { planner, plans, space, policy } = model
  const { emitter } = space
  const brain = or(
    ...['brain-metastases', 'leptomeningeal-disease'].map((f) => and(emitter.variable(f, 'known'), emitter.variable(f, 'truth'))),
  )
  const limited = space.pair({ op: 'compare', fact: 'ecog', cmp: '>=', value: 2 }).t
  // wishes would order them: a patient who has told none
  const noWish = not(emitter.variable('preferences', 'known'))
  const supposed = policy.ties ? space.pair(policy.ties.suppose).t : TRUE
  const pairs = new Map<string, { readonly a: Judgement; readonly b: Judgement; readonly terms: Term[]; readonly weaker: Term[] }>()
  for (const group of Map.groupBy(planner.judgements, rankKey).values()) {
    group.forEach((a, i) => {
      for (const b of group.slice(i + 1)) {
        if (a.candidate.rule === b.candidate.rule || !isEitherOr(a, b)) continue
        const key = [a, b]
          .map((j) => j.candidate.rule.id)
          .sort()
          .join('/')
        const apart: Term[] = []
        if (a.candidate.rule.brainActivity !== b.candidate.rule.brainActivity) apart.push(not(brain))
        if (a.candidate.rule.toxicity !== b.candidate.rule.toxicity) apart.push(not(limited))
        const pair = pairs.get(key) ?? { a, b, terms: [], weaker: [] }
        pair.terms.push(and(a.recommended, b.recommended, ...apart))
        pair.weaker.push(and(a.wouldBeRecommended, b.wouldBeRecommended))
        pairs.set(key, pair)
      }
    })
  }
  return [...pairs].map(([key, { a, b, terms, weaker }]) => ({
    key: `conflict/tie/${key}`,
    property: 'conflict',
    terms: [plans, noWish, supposed, or(...terms)],
    weaker: [plans, supposed, or(...weaker)],
    fault: 'sat',
    report: () => ({
      message: `"${a.candidate.rule.title}" and "${b.candidate.rule.title}" are both recommended for this patient, and only their names order them`,
      remedy: 'give one the lower `priority` with `priorityBecause`, or a standing row for the patients who should get the other',
      rules: [a, b].map((j) => model.placeOf('treatment', j.candidate.rule.id, ['priority'])),
      expects: { options: [a, b].map((j) => expected(j, ['recommended'])) },
    }),
  }))
}

function notAdvisedQuestions(model: ProofModel): readonly Question[] {
  const { planner, plans } = model
  return [...planner.notAdvised].flatMap(([rule, active]) => {
    const named = planner.judgements
      .map((j) => ({ j, covers: isCovered(rule.notAdvised, j.candidate.treatment) }))
      .filter(({ covers }) => covers !== FALSE)
    if (named.length === 0) return []
    const between = (key: string, of: typeof named): Question => ({
      key,
      property: 'conflict',
      terms: [plans, active, or(...of.map(({ j, covers }) => and(covers, j.stands)))],
      fault: 'sat',
      ...(of.length > 1 ? { split: () => of.map((one) => between(key, [one])), splitToFirst: true as const } : {}),
      report: () => {
        const { j } = of[0]!
        return {
          message: `"${j.candidate.rule.title}" stands in the plan of this patient, and "${rule.notAdvised!.treatment}" is listed there as not advised`,
          remedy: "let the rule's `applies` reach the option, or narrow what its `notAdvised` names",
          rules: [model.placeOf('safety', rule.id, ['notAdvised']), model.placeOf('treatment', j.candidate.rule.id, ['when'])],
          expects: { options: [expected(j, ['recommended', 'alternative'])], notAdvised: rule.id },
        }
      },
    })
    // a few at a time: the solver refutes many small questions faster than one over all options
    return Array.from({ length: Math.ceil(named.length / 10) }, (_, i) =>
      between(`conflict/not-advised/${rule.id}`, named.slice(i * 10, i * 10 + 10)),
    )
  })
}

/** Whether a line of notAdvised means this treatment, as its reader takes it: by class, technique or procedure. One that names drugs is obeyed by the planner itself. */
function isCovered(text: NonNullable<Parameters<typeof isNamed>[0]> | undefined, treatment: Treatment): Term {
  return text === undefined || (text.drugs?.length ?? 0) > 0 || isEnding(treatment) ? FALSE : isNamed(text, treatment)
}

function isNamed(
  text: {
    readonly drugs?: readonly string[]
    readonly class?: string
    readonly technique?: string
    readonly procedure?: string
    readonly site?: string
  },
  treatment: Treatment,
): Term {
  if (text.class !== undefined) return treatment.hasClass(text.class)
  if (text.technique === undefined && text.procedure === undefined) return FALSE
  const fits =
    (text.technique === undefined || text.technique === treatment.technique) &&
    (text.procedure === undefined || text.procedure === treatment.procedure) &&
    (text.site === undefined || text.site === treatment.site)
  return fits ? TRUE : FALSE
}
