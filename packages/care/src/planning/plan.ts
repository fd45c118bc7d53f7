import type {
  CaseView,
  Explanation,
  Interaction,
  InteractionRule,
  Issue,
  KnowledgeBase,
  Option,
  PatientCase,
  PlanDocument,
  SafetyRule,
  Support,
} from '@secondwind/core'
import { define, earliestAfter, isKnown, TRUE } from '@secondwind/core'
import { activeAlerts } from './alerts.ts'
import { askedFacts } from './asked-facts.ts'
import { type Engine, engineOf } from './engine.ts'
import { type Explainer, evidenceOf, explainer } from './explain-rule.ts'
import { heldNow } from './held.ts'
import { atLeast } from './listed.ts'
import { notAdvisedLines, oneLineEach } from './not-advised.ts'
import { currentDrugs, optionOf, propose } from './options.ts'
import { outlookOf } from './outlook.ts'
import type { Judged } from './rank.ts'
import { fallenLines } from './rests-on.ts'
import { refusals } from './scope.ts'
import { isDisputed, story } from './story.ts'
import { deferredTests, plannedTests, withoutTests } from './tests.ts'
import { matchedTrials, placeTrials, trialOption } from './trials.ts'
import { WhatIf } from './what-if.ts'

export interface PlanInputs {
  readonly knowledge: KnowledgeBase
  readonly patientCase: PatientCase
  /** What reading the chart found wrong. */
  readonly problems: readonly Issue[]
  readonly chartDigest: string
  readonly software: string
}

export const INTENDED_USE =
  'Decision support for clinicians who treat stage IV lung cancer. It proposes and explains; a clinician who knows the patient decides and signs. ' +
  'It is not a medical device cleared by any authority, not for patients to act on alone, and not for cancers or stages other than those it names. ' +
  'Check doses and approvals against the label in force before any order.'

/** The plan of one patient: a pure function of the case and the knowledge base. */
export function plan(inputs: PlanInputs): PlanDocument {
  const { knowledge, patientCase } = inputs
  const engine = engineOf(knowledge)
  const view = engine.view(patientCase.facts, patientCase.asOf)
  const explain = explainer(view, engine)
  const alerts = activeAlerts(engine, view, explain)
  const refused = refusals(patientCase, knowledge.dosingPolicy?.adultFromYears)
  const header = {
    schema: 'secondwind/plan/1',
    patient: patientCase.patient,
    asOf: patientCase.asOf,
    knowledge: { version: knowledge.version, digest: knowledge.digest },
    inputs: { chartDigest: inputs.chartDigest, software: inputs.software },
  } as const
  const body = {
    alerts: alerts.map((a) => a.alert),
    support: supportOf(engine, view, explain, patientCase.asOf),
    intendedUse: INTENDED_USE,
  }
  if (refused.length > 0) {
    const problems = [...refused, ...inputs.problems]
    return {
      ...header,
      status: 'refused',
      problems,
      case: { facts: patientCase.facts, story: story(patientCase, engine.words) },
      ...body,
      options: [],
      notAdvised: [],
      tests: [],
      interactions: [],
      outlook: null,
    }
  }

  const { ranked, notAdvised, fallen } = propose(engine, view, patientCase, alerts)
  const matched = matchedTrials(engine, view, patientCase, notAdvised)
  const shown = [...ranked, ...matched.map(({ judged }) => judged)]
  const whatIf = new WhatIf(
    engine,
    patientCase,
    view,
    shown.map(({ candidate }) => candidate),
  )
  const options = ranked.map((judged, i) => optionOf(judged, i, engine, view, patientCase, explain, whatIf, alerts))
  const trials = matched.map((match) => trialOption(match, engine, view, patientCase, explain, whatIf, alerts, notAdvised))
  const deferred = deferredTests(engine, view)
  const placed = placeTrials(
    ranked.map((judged, i) => ({ judged, option: options[i]! })),
    trials,
    patientCase,
  ).map(({ judged, option }) => ({ judged, option: withoutTests(option, deferred) }))
  const settled = options.map((option) => withoutTests(option, deferred))
  const outlook = outlookOf(engine, view, explain)
  const checks = firstDoseChecks(ranked, options, deferred, engine, explain, patientCase)
  const suspicions = alerts.flatMap((a) => (a.test ? [{ test: a.test, reason: a.alert.because, urgency: a.alert.urgency }] : []))
  const tests = plannedTests(engine, view, explain, settled, [
    ...suspicions,
    ...disputes(settled, patientCase, engine, deferred),
    ...checks,
  ])
  const asked = askedFacts({ tests, options: settled })
  return {
    ...header,
    status: 'proposed',
    problems: [
      ...inputs.problems,
      ...emptyProblem(options),
      ...waitingProblem(settled, engine),
      ...(outlook.problem ? [outlook.problem] : []),
    ],
    case: { facts: patientCase.facts, story: story(patientCase, engine.words, asked) },
    alerts: body.alerts,
    options: placed.map((p) => p.option),
    notAdvised: oneLineEach([
      ...heldNow(currentDrugs(patientCase), alerts, engine.drugs),
      ...notAdvisedLines(notAdvised, engine, explain),
      ...fallenLines(fallen, engine, explain),
    ]),
    tests,
    support: body.support,
    interactions: interactionsOf(
      view,
      explain,
      engine,
      placed.map((p) => p.judged),
      placed.map((p) => p.option),
      patientCase,
    ),
    outlook: outlook.outlook,
    intendedUse: body.intendedUse,
  }
}

/** What is not known yet of what must be settled before the first dose of an option, with the test that would tell. */
function firstDoseChecks(
  ranked: readonly Judged[],
  options: readonly Option[],
  deferred: ReadonlySet<string>,
  engine: Engine,
  explain: Explainer,
  { facts }: PatientCase,
) {
  const { words } = engine
  const made = new Map<SafetyRule, readonly { readonly test: string; readonly reason: Explanation }[]>()
  const testsOf = (rule: SafetyRule) => {
    const tests = explain.facts(rule.when).flatMap((fact) => {
      const test = isKnown(facts[fact]) ? undefined : define(words, fact).test
      return test && !deferred.has(test) ? [test] : []
    })
    const reason = tests.length > 0 ? explain.of(rule.when, rule.say, rule.cites) : undefined
    return reason ? tests.map((test) => ({ test, reason })) : []
  }
  return ranked.flatMap(({ verdict }, i) =>
    verdict.checks.flatMap((rule) => {
      let tests = made.get(rule)
      if (tests === undefined) {
        tests = testsOf(rule)
        made.set(rule, tests)
      }
      return tests.map(({ test, reason }) => ({ test, reason, before: 'the first dose', option: options[i]!.id }))
    }),
  )
}

/** A marker that one sample shows and another denies: looked for again, before what rests on it is given. */
function disputes(options: readonly Option[], { facts }: PatientCase, { words }: Engine, deferred: ReadonlySet<string>) {
  return words.facts.flatMap(({ id, label, test }) => {
    if (test === undefined || deferred.has(test) || !isDisputed(facts[id])) return []
    const reason: Explanation = {
      claim: `${label} was found in one sample and denied by another: to be confirmed`,
      truth: 'true',
      facts: [id],
    }
    const wanted = { test, reason, urgency: 'urgent', toConfirm: reason.claim } as const
    const resting = options.filter(({ because }) => restsOn(because, id))
    return resting.length === 0
      ? [wanted]
      : resting.map((option) => ({ ...wanted, before: 'the treatment that rests on it', option: option.id }))
  })
}

const restsOn = ({ facts, children }: Explanation, fact: string): boolean =>
  facts.includes(fact) || (children?.some((child) => restsOn(child, fact)) ?? false)

/** Where nothing can be given and nothing advised before something is known: what it is, the most wanted first. */
function waitingProblem(options: readonly Option[], engine: Engine): readonly Issue[] {
  const treatments = options.filter((o) => o.trial === undefined)
  if (treatments.length === 0 || treatments.some((o) => o.standing !== 'needs-data')) return []
  const wanted = new Map<string, number>()
  for (const { fact } of treatments.flatMap((o) => o.needs)) wanted.set(fact, (wanted.get(fact) ?? 0) + 1)
  const ranked = [...wanted].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  const facts = ranked.filter(([, n], i) => i === 0 || n * 2 >= treatments.length).map(([fact]) => fact)
  if (facts.length === 0) return []
  const labels = facts.map((fact) => define(engine.words, fact).label)
  return [
    {
      code: 'missing-input',
      severity: 'warning',
      path: facts[0]!,
      message: `no treatment can be advised yet: first find out ${labels.join('; ')}`,
      remedy: 'record it and make the plan again',
    },
  ]
}

function emptyProblem(options: readonly Option[]): readonly Issue[] {
  return options.length > 0
    ? []
    : [
        {
          code: 'missing-input',
          severity: 'warning',
          path: 'options',
          message: 'no option of the knowledge base fits this case',
          remedy: 'take the case to the tumour board; tell the maintainers, since every stage IV case should have one',
        },
      ]
}

function supportOf(engine: Engine, view: CaseView, explain: Explainer, asOf: string): readonly Support[] {
  const days = new Map<number, string | undefined>()
  const dueIn = (number: number): string | undefined => {
    if (!days.has(number)) days.set(number, earliestAfter(asOf, number))
    return days.get(number)
  }
  return atLeast(engine.support, TRUE, view).map(({ rule, actions }) => {
    const due = rule.dueInDays === undefined ? undefined : dueIn(rule.dueInDays)
    return {
      service: rule.service,
      title: rule.title,
      actions: atLeast(actions, TRUE, view).map((a) => a.say),
      ...(due ? { dueBy: due } : {}),
      because: explain.of(rule.when, rule.title, rule.cites),
      evidence: evidenceOf(rule.cites, engine.knowledge),
      ...(rule.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}),
    }
  })
}

/** Every interaction that concerns an option of the plan, once, with the options it concerns and the earliest safe date. */
function interactionsOf(
  view: CaseView,
  explain: Explainer,
  engine: Engine,
  ranked: readonly Judged[],
  options: readonly Option[],
  patientCase: PatientCase,
): readonly Interaction[] {
  const holding = atLeast(engine.interactions, TRUE, view)
  if (holding.length === 0) return []
  const concerned = new Map(holding.map((rule): [InteractionRule, string[]] => [rule, []]))
  ranked.forEach(({ candidate, standing }, i) => {
    // what still waits for data may never be given: its interactions would only hide those that matter
    if (standing === 'needs-data') return
    for (const rule of atLeast(candidate.interactions, TRUE, view)) concerned.get(rule)!.push(options[i]!.id)
  })
  return [...concerned].flatMap(([rule, ids]) => {
    if (ids.length === 0) return []
    const from = rule.window ? patientCase.facts[rule.window.of] : undefined
    const earliest =
      rule.window && isKnown(from) && typeof from.value === 'string' ? earliestAfter(from.value, rule.window.daysAfter) : undefined
    return [
      {
        id: rule.id,
        between: [...rule.between, ...ids],
        title: rule.title,
        ...(rule.window ? { window: { text: rule.window.text, ...(earliest ? { earliest } : {}) } } : {}),
        because: explain.of(rule.when, rule.say, rule.cites),
        evidence: evidenceOf(rule.cites, engine.knowledge),
        ...(rule.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}),
      },
    ]
  })
}
