import type { Criterion, Drug, Target } from '@secondwind/core'
import type { CheckedEntry } from '../compile.ts'
import { and, FALSE, not, or, type Term, TRUE } from '../emit/smt-terms.ts'
import { conjuncts } from './gaps.ts'
import type { ProofModel } from './model.ts'
import type { Question } from './question.ts'
import { fixedTreatment, isAimedAt } from './treatments.ts'

type Path = readonly (string | number)[]

/** No dead rule and no always-true rule: every rule, standing row, caution and arm of a criterion can speak for some patient, and can be silent for another. */
export function deadQuestions(model: ProofModel): readonly Question[] {
  return [...optionQuestions(model), ...safetyQuestions(model), ...plainQuestions(model)]
}

/** The two questions about one condition: whether it can be true, and whether it can be anything else, for the patients of `among`. */
function bothWays(
  model: ProofModel,
  kind: CheckedEntry['kind'],
  id: string,
  at: Path,
  criterion: Criterion,
  among: { readonly term: Term; readonly say: string },
  said: string,
): readonly Question[] {
  if (criterion.op === 'const') return []
  const { t, f } = model.space.pair(criterion)
  const where = [id, ...at].join('.')
  const place = () => [model.placeOf(kind, id, at)]
  return [
    {
      key: `dead/${kind}/${where}`,
      property: 'dead',
      terms: [among.term, t],
      fault: 'unsat',
      parts: partsOf(model, criterion, among),
      report: () => ({
        message: `${said} can never be true: no patient meets "${model.say(criterion)}"${among.say ? ` (${among.say})` : ''}`,
        remedy: 'correct the condition, or remove it',
        rules: place(),
      }),
    },
    {
      key: `always/${kind}/${where}`,
      property: 'always',
      // `a or not a` stays unknown while a is: a rule that nobody can fail is meant, whatever is still open
      terms: [among.term, f],
      fault: 'unsat',
      report: () => ({
        message: `${said} is always true: no patient can fail to meet "${model.say(criterion)}"${among.say ? ` (${among.say})` : ''}`,
        remedy: 'correct the condition; where it is meant for everyone, leave it out or write `always`',
        rules: place(),
      }),
    },
    ...armQuestions(model, kind, id, at, criterion, among),
  ]
}

/** Arms of an `any` that can never help the whole to be true. Named criteria are asked for themselves. */
function armQuestions(
  model: ProofModel,
  kind: CheckedEntry['kind'],
  id: string,
  at: Path,
  criterion: Criterion,
  among: { readonly term: Term; readonly say: string },
): readonly Question[] {
  const whole = model.space.pair(criterion).t
  const walk = (node: Criterion): readonly Criterion[] =>
    node.op === 'any' ? node.of.flatMap((arm) => [arm, ...walk(arm)]) : node.op === 'all' ? node.of.flatMap(walk) : []
  return walk(criterion)
    .filter((arm) => arm.op !== 'const')
    .map((arm, i) => ({
      key: `dead/${kind}/${[id, ...at, `arm-${i}`].join('.')}`,
      property: 'dead',
      terms: [among.term, whole, model.space.pair(arm).t],
      fault: 'unsat',
      report: () => ({
        message: `the part "${model.say(arm)}" can never be true where the whole condition is${among.say ? ` (${among.say})` : ''}`,
        remedy: 'correct the part, or remove it',
        rules: [model.placeOf(kind, id, at)],
      }),
    }))
}

const partsOf = (model: ProofModel, criterion: Criterion, among: { readonly term: Term; readonly say: string }) => [
  ...(among.term === TRUE ? [] : [{ term: among.term, say: among.say || 'the planner takes only patients in its scope' }]),
  ...conjuncts(criterion, model.words).map((part) => ({ term: model.space.pair(part).t, say: model.say(part) })),
]

function optionQuestions(model: ProofModel): readonly Question[] {
  const { plans, planner, policy, space } = model
  return [...Map.groupBy(planner.judgements, (j) => j.candidate.rule)].flatMap(([rule, variants]): readonly Question[] => {
    const { when, rows } = variants[0]!
    const eligible = { term: and(plans, not(when.f)), say: '' }
    const asked = bothWays(model, 'treatment', rule.id, ['when'], rule.when, { term: plans, say: '' }, 'the option')
    return [
      ...(policy.fallbacks.includes(rule.id) ? asked.filter((q) => q.property !== 'always') : asked),
      ...variants.map(
        ({ candidate, offered, aimed }): Question => ({
          key: `dead/treatment/${candidate.id}.offered`,
          property: 'dead',
          terms: [plans, offered],
          fault: 'unsat',
          parts: [
            ...conjuncts(rule.when, model.words).map((part) => ({ term: not(space.pair(part).f), say: model.say(part) })),
            ...aimed
              .filter((a) => a.rule.effect === 'bar')
              .map((a) => ({ term: not(and(a.aimed, a.harm.t)), say: `not barred by ${a.rule.id} (${a.rule.from})` })),
          ],
          report: () => ({
            message: `"${candidate.id}" is never offered to anybody: whoever it is for is barred`,
            remedy: 'correct the option, or the rule that bars everyone it is for',
            rules: [model.placeOf('treatment', rule.id, ['when'])],
          }),
        }),
      ),
      ...rule.standing.map(
        (row, i): Question => ({
          key: `dead/treatment/${rule.id}.standing.${i}`,
          property: 'dead',
          terms: [plans, not(when.f), rows[i]!],
          fault: 'unsat',
          parts: [
            ...(row.when
              ? partsOf(model, row.when, { term: not(when.f), say: 'the option is open' })
              : [{ term: not(when.f), say: 'the option is open' }]),
            ...rule.standing
              .slice(0, i)
              .flatMap((r, k) => (r.when ? [{ term: not(space.pair(r.when).t), say: `row ${k + 1} does not speak` }] : [])),
          ],
          report: () => ({
            message: `standing row ${i + 1} ("${row.because}") never speaks: it is never true, or a row above always is`,
            remedy: 'correct its condition or that of the rows above, reorder them, or remove it',
            rules: [model.placeOf('treatment', rule.id, ['standing', i])],
          }),
        }),
      ),
      ...rule.against.flatMap((row, i): readonly Question[] => {
        const before = and(...rule.against.slice(0, i).map((r) => (r.when ? not(space.pair(r.when).t) : FALSE)))
        return [
          {
            key: `dead/treatment/${rule.id}.against.${i}`,
            property: 'dead',
            terms: [plans, not(when.f), row.when ? space.pair(row.when).t : TRUE, before],
            fault: 'unsat',
            report: () => ({
              message: `the reason against "${row.say}" is never said: it is never true, or one above always is`,
              remedy: 'correct its condition, reorder the reasons, or remove it',
              rules: [model.placeOf('treatment', rule.id, ['against', i])],
            }),
          },
        ]
      }),
      ...(['cautions', 'concurrent'] as const).flatMap((field) =>
        rule[field].flatMap((row, i) =>
          row.when
            ? bothWays(
                model,
                'treatment',
                rule.id,
                [field, i, 'when'],
                row.when,
                { ...eligible, say: 'where the option is open' },
                `"${row.say}"`,
              )
            : [],
        ),
      ),
    ]
  })
}

/** A safety rule must be able to speak about a treatment that is open to the patient: one of an option, or of an arm of a trial. */
function safetyQuestions(model: ProofModel): readonly Question[] {
  const { knowledge, plans, planner, space } = model
  const drugs = new Map<string, Drug>(knowledge.drugs.map((d) => [d.id, d]))
  const trials = knowledge.trials.flatMap((trial) => {
    const open = not(space.pair(trial.when).f)
    return [{ drugs: trial.drugs ?? [], approaches: [] }, ...trial.arms].map((arm) => ({
      open,
      treatment: fixedTreatment(
        { id: trial.id, approaches: [...trial.approaches, ...(arm.approaches ?? [])], procedure: 'clinical-trial' },
        arm.drugs,
        drugs,
      ),
    }))
  })
  const openTo = (target: Target): Term =>
    or(
      ...planner.judgements.map((j) => and(j.open, isAimedAt(target, j.candidate.treatment))),
      ...(target.exact ? [] : trials.map(({ open, treatment }) => and(open, isAimedAt(target, treatment)))),
    )
  return [...knowledge.safety, ...knowledge.interactions].flatMap((rule): readonly Question[] => {
    const kind = 'effect' in rule ? 'safety' : 'interactions'
    const open = space.emitter.define(`open to ${kind} ${rule.id}`, openTo(rule.applies))
    // what is always listed while true need not find a treatment
    const needs = 'effect' in rule && rule.show === 'when-true' ? TRUE : open
    const among = { term: and(plans, needs), say: needs === TRUE ? '' : 'where a treatment that it is aimed at is open' }
    const aim: Question = {
      key: `dead/${kind}/${rule.id}.applies`,
      property: 'dead',
      terms: [plans, open],
      fault: 'unsat',
      report: () => ({
        message: 'the rule is aimed at nothing: no option and no trial has such a treatment',
        remedy: 'correct `applies`, or remove the rule',
        rules: [model.placeOf(kind, rule.id, ['applies'])],
      }),
    }
    return [
      ...('effect' in rule && rule.show === 'when-true' && rule.effect === 'bar' ? [] : [aim]),
      ...bothWays(model, kind, rule.id, ['when'], rule.when, among, 'the rule'),
    ]
  })
}

/** Named criteria, tests, alerts, support, outlook, doses and trials: each by itself. */
function plainQuestions(model: ProofModel): readonly Question[] {
  const { knowledge, plans } = model
  const everyone = { term: TRUE, say: '' }
  const planned = { term: plans, say: '' }
  const of = (kind: CheckedEntry['kind'], rules: readonly { readonly id: string; readonly when: Criterion }[], among: typeof planned) =>
    rules.flatMap((rule) => bothWays(model, kind, rule.id, ['when'], rule.when, among, 'the rule'))
  return [
    ...knowledge.criteria.flatMap((c) => bothWays(model, 'criteria', c.id, ['when'], c.when, everyone, 'the named criterion')),
    ...of('testRules', knowledge.testRules, planned),
    ...of('alerts', knowledge.alerts, everyone),
    ...knowledge.alerts.flatMap((rule) =>
      rule.suspect ? bothWays(model, 'alerts', rule.id, ['suspect', 'when'], rule.suspect.when, everyone, 'the suspicion') : [],
    ),
    ...of('support', knowledge.support, everyone),
    ...knowledge.support.flatMap((rule) => {
      const due = { term: model.space.pair(rule.when).t, say: 'where the service is due' }
      return rule.actions.flatMap((action, i) =>
        action.when ? bothWays(model, 'support', rule.id, ['actions', i, 'when'], action.when, due, `"${action.say}"`) : [],
      )
    }),
    ...of('outlook', knowledge.outlook, planned),
    ...of('dosing', knowledge.dosing, planned),
    ...of('trials', knowledge.trials, planned).filter((q) => !q.key.includes('arm-')),
  ]
}
