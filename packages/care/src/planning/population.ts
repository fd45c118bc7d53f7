import { NOBODY, type Plane, type PlaneCompiler, type Planes, type SafetyRule, type Standing } from '@secondwind/core'
import { type Candidate, isEnding } from './candidate.ts'
import type { Engine } from './engine.ts'
import { namesTreatment } from './not-advised.ts'
import { isNewSystemic } from './options.ts'
import { alertPlanes, deferring, type Standings, withHoldPlanes } from './population-alerts.ts'
import { currentDrugsPlanes, type DrugPlanes, matchesCurrent, namesCurrent } from './population-drugs.ts'
import { withRestPlanes } from './rests-on.ts'

/** For which cases of a table an option stands how. A case in none of the four is not offered the option. */
export interface StandingPlanes {
  readonly option: string
  readonly planes: Standings
}

/** What one pass over a population says. */
export interface PopulationPlanes {
  readonly options: readonly StandingPlanes[]
  /** Cases for which a rule is said under `notAdvised`. */
  readonly notAdvised: readonly { readonly rule: string; readonly cases: Plane }[]
}

/**
 * The planner over a whole population: for every option of the base its standing in every case, after eligibility, standing rows, safety, failed
 * drugs, what is not advised and emergencies, as `propose` gives it before ranking and before one line per treatment is chosen.
 */
export function populationPlanes(engine: Engine, compiler: PlaneCompiler): PopulationPlanes {
  const { code } = compiler
  const current = currentDrugsPlanes(engine, compiler)
  const judged = engine.candidates.items.map((candidate) => judgePlanes(candidate, engine, compiler, current))

  const said = new Map<SafetyRule, Plane>(engine.saidBars.items.map((rule) => [rule, compiler.compile(rule.when).isTrue]))
  const blocking = new Map<SafetyRule, Plane[]>()
  for (const { barredBy } of judged) {
    for (const [rule, cases] of barredBy) {
      if (rule.show !== 'when-blocking') continue
      const list = blocking.get(rule)
      if (list) list.push(cases)
      else blocking.set(rule, [cases])
    }
  }
  for (const [rule, cases] of blocking) said.set(rule, code.or(cases))

  const alerts = alertPlanes(engine, compiler)
  const waiting = deferring(alerts, compiler)
  const open = judged.map(({ candidate, standings }) => {
    const named = code.or(
      [...said].map(([rule, cases]) =>
        candidate.rule.drugsFrom
          ? code.and([cases, namesCurrent(rule, candidate, current, compiler)])
          : namesTreatment(rule, candidate.treatment)
            ? cases
            : NOBODY,
      ),
    )
    const waits = code.or(waiting.filter(({ except }) => !except.includes(candidate.rule.id)).map(({ cases }) => cases))
    const isOvertaking = candidate.rule.procedure === 'best-supportive-care'
    const lowered = isNewSystemic(candidate) || isOvertaking ? waits : NOBODY
    const fromRecommended = isOvertaking && !isNewSystemic(candidate) ? NOBODY : code.and([standings.recommended, lowered])
    const fromAlternative = code.and([standings.alternative, lowered])
    return {
      candidate,
      standings: {
        recommended: code.andNot(code.andNot(standings.recommended, fromRecommended), named),
        alternative: code.andNot(code.andNot(standings.alternative, fromAlternative), named),
        conditional: code.andNot(code.or([standings.conditional, fromRecommended, fromAlternative]), named),
        'needs-data': code.andNot(standings['needs-data'], named),
      },
    }
  })
  const held = withRestPlanes(open, withHoldPlanes(open, alerts, current, compiler), compiler)
  const options = open.map(({ candidate }, i): StandingPlanes => ({ option: candidate.id, planes: held[i]! }))
  return { options, notAdvised: [...said].filter(([rule]) => rule.notAdvised).map(([rule, cases]) => ({ rule: rule.id, cases })) }
}

interface JudgedPlanes {
  readonly candidate: Candidate
  readonly standings: Standings
  readonly barredBy: readonly (readonly [SafetyRule, Plane])[]
}

/** `judge` of `outcome.ts` for all cases at once. */
function judgePlanes(candidate: Candidate, engine: Engine, compiler: PlaneCompiler, current: DrugPlanes): JudgedPlanes {
  const { code, everyone } = compiler
  const { rule } = candidate
  const not = (plane: Plane): Plane => code.andNot(everyone, plane)
  const eligible = compiler.compile(rule.when)
  const exists = rule.drugsFrom ? current.some : everyone
  const active = code.and([exists, not(eligible.isFalse)])

  const levels = new Levels(compiler)
  let rest = everyone
  rule.standing.forEach((row, i) => {
    const isLast = i === rule.standing.length - 1
    const holds = row.when === undefined ? everyone : compiler.compile(row.when).isTrue
    levels.raise(row.as, isLast ? rest : code.and([rest, holds]))
    rest = code.andNot(rest, holds)
  })

  const bars: Plane[] = []
  const unsettled: Plane[] = []
  const lowered: { readonly [standing in Standing]: Plane[] } = { recommended: [], alternative: [], conditional: [], 'needs-data': [] }
  const barredBy: (readonly [SafetyRule, Plane])[] = []
  const failed = failedBefore(candidate, compiler)
  for (const { safety, aimed } of safetyFor(candidate, engine, compiler, current)) {
    const harm = within(compiler.compile(safety.when), aimed, compiler)
    const open = code.andNot(aimed, code.or([harm.isTrue, harm.isFalse]))
    if (safety.effect === 'bar') {
      bars.push(harm.isTrue)
      barredBy.push([safety, code.andNot(code.and([active, harm.isTrue]), failed)])
      if (safety.whenUnknown === 'needs-data') unsettled.push(open)
      else if (safety.whenUnknown === 'conditional') lowered.conditional.push(open)
    } else if (safety.effect !== 'check' && safety.lowersTo) {
      lowered[safety.lowersTo].push(harm.isTrue)
      if (safety.whenUnknown === 'conditional') lowered[safety.lowersTo].push(open)
    }
  }
  // the lowest that any rule asks for, whatever their order: so each level is lowered to once, by all who ask
  for (const to of ['alternative', 'conditional', 'needs-data'] as const) levels.lower(to, code.or(lowered[to]))

  const offered = code.andNot(active, code.or([...bars, failed]))
  const needsData = code.and([offered, code.or([not(eligible.isTrue), ...unsettled])])
  const settled = code.andNot(offered, needsData)
  return {
    candidate,
    barredBy,
    standings: {
      recommended: code.and([settled, levels.recommended]),
      alternative: code.and([settled, levels.alternative]),
      conditional: code.and([settled, levels.conditional]),
      // a caution that lowers to "needs data" leaves it there
      'needs-data': code.or([needsData, code.and([settled, levels.needsData])]),
    },
  }
}

/** The standing of every case while it is being lowered. */
class Levels {
  recommended: Plane = NOBODY
  alternative: Plane = NOBODY
  conditional: Plane = NOBODY
  needsData: Plane = NOBODY
  readonly #compiler: PlaneCompiler

  constructor(compiler: PlaneCompiler) {
    this.#compiler = compiler
  }

  raise(to: Standing, cases: Plane): void {
    const { code } = this.#compiler
    if (to === 'recommended') this.recommended = code.or([this.recommended, cases])
    else if (to === 'alternative') this.alternative = code.or([this.alternative, cases])
    else if (to === 'conditional') this.conditional = code.or([this.conditional, cases])
    else this.needsData = code.or([this.needsData, cases])
  }

  lower(to: Standing, cases: Plane): void {
    if (cases === NOBODY || to === 'recommended') return
    const { code } = this.#compiler
    const above =
      to === 'alternative'
        ? [this.recommended]
        : to === 'conditional'
          ? [this.recommended, this.alternative]
          : [this.recommended, this.alternative, this.conditional]
    const moved = code.and([cases, code.or(above)])
    this.recommended = code.andNot(this.recommended, moved)
    if (to !== 'alternative') this.alternative = code.andNot(this.alternative, moved)
    if (to === 'needs-data') this.conditional = code.andNot(this.conditional, moved)
    this.raise(to, moved)
  }
}

const within = ({ isTrue, isFalse }: Planes, cases: Plane, { code }: PlaneCompiler): Planes => ({
  isTrue: code.and([cases, isTrue]),
  isFalse: code.and([cases, isFalse]),
})

/** The safety rules that may be aimed at a candidate, with the cases in which they are. */
function safetyFor(
  candidate: Candidate,
  engine: Engine,
  compiler: PlaneCompiler,
  current: DrugPlanes,
): readonly { readonly safety: SafetyRule; readonly aimed: Plane }[] {
  if (!candidate.rule.drugsFrom) return candidate.safety.items.map((rule) => ({ safety: rule, aimed: compiler.everyone }))
  if (isEnding(candidate.rule)) return []
  return engine.safety.items.map((rule) => ({ safety: rule, aimed: matchesCurrent(rule.applies, candidate, current, compiler) }))
}

/** The disease has progressed on every drug of this set. */
function failedBefore({ rule, treatment }: Candidate, { code, compile }: PlaneCompiler): Plane {
  if (rule.rechallenge || rule.drugsFrom || treatment.drugs.length === 0) return NOBODY
  return code.and(treatment.drugs.map((drug) => compile({ op: 'is', fact: 'progressed-on', values: [drug] }).isTrue))
}
