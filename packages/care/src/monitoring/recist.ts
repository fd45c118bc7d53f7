import { err, type Issue, ok, type ResponseCriteria, type Result } from '@secondwind/core'
import { bestResponse } from './best-response.ts'
import { isComplete, sumOf, type Targets, targetFaults } from './measure.ts'

export type TargetResponse = 'CR' | 'PR' | 'SD' | 'PD' | 'NE'
export type OverallResponse = TargetResponse | 'non-CR/non-PD'
/** `none`: there were none at baseline. `stable`: still there, no unequivocal progression. `progression`: unequivocal. */
export type NonTarget = 'none' | 'complete' | 'stable' | 'progression' | 'ne'
export type NewLesion = 'yes' | 'no' | 'equivocal'

export interface Visit {
  /** Absent where there are no targets at baseline. */
  readonly targets?: Targets
  readonly nonTarget: NonTarget
  readonly newLesion: NewLesion
  /** Days since baseline. */
  readonly day?: number
}

export interface VisitResponse {
  /** By the arithmetic of this visit alone. */
  readonly target?: TargetResponse
  readonly visit: OverallResponse
  /** As reported: a response stays until progression, progression stays for good. */
  readonly overall: OverallResponse
}

export interface Series {
  readonly visits: readonly VisitResponse[]
  readonly best: OverallResponse
  /** Only with days: the best response if complete and partial responses must be confirmed. */
  readonly bestConfirmed?: OverallResponse | 'not-decided'
  readonly derivation: readonly string[]
}

export interface SeriesInput {
  /** Absent: non-target disease only. */
  readonly baseline?: Targets
  readonly visits: readonly Visit[]
  /** Days from baseline on from which stable disease counts, by the protocol. */
  readonly stableFromDays?: number
}

/**
 * Target response at one visit: not evaluated, complete, progression, partial, stable, in that order.
 *
 * Progression is counted from the smallest sum so far, response from baseline. A visit with a lesion unseen is progression only where the lesions
 * seen already pass both limits (the others cannot make the sum smaller).
 */
export function targetResponse(criteria: ResponseCriteria, baselineUm: number, nadirUm: number, now: Targets): TargetResponse {
  const sum = sumOf(now)
  const isProgression =
    now.some((l) => l.um !== undefined) && sum * 100 >= nadirUm * (100 + criteria.risePercent) && sum - nadirUm >= criteria.riseMm * 1000
  if (!isComplete(now)) return isProgression ? 'PD' : 'NE'
  if (now.every(({ isNode, um }) => (isNode ? um! < criteria.normalNodeBelowMm * 1000 : um === 0))) return 'CR'
  if (isProgression) return 'PD'
  return sum * 100 <= baselineUm * (100 - criteria.fallPercent) ? 'PR' : 'SD'
}

/** How target, non-target and new lesions combine. Source: sc-recist-tables. */
export function overallResponse(target: TargetResponse | undefined, nonTarget: NonTarget, hasNewLesion: boolean): OverallResponse {
  if (hasNewLesion || target === 'PD' || nonTarget === 'progression') return 'PD'
  if (target === undefined) return nonTarget === 'complete' ? 'CR' : nonTarget === 'stable' ? 'non-CR/non-PD' : 'NE'
  if (target === 'CR') return nonTarget === 'complete' || nonTarget === 'none' ? 'CR' : 'PR'
  return target
}

/**
 * Responses of a whole series by RECIST 1.1, with the best one.
 *
 * A partial response stays one until progression (sc-recist-eortc-pr); after progression every visit is progression.
 * An equivocal new lesion is followed, not counted. Refuses series whose lesions, lengths or days do not fit.
 */
export function recist(criteria: ResponseCriteria, input: SeriesInput): Result<Series, readonly Issue[]> {
  const faults = faultsOf(criteria, input)
  if (faults.length > 0) return err(faults)
  const { baseline, visits } = input
  const baselineUm = baseline === undefined ? 0 : sumOf(baseline)
  let nadirUm = baselineUm
  let carried: 'CR' | 'PR' | undefined
  let hasProgressed = false
  const derivation: string[] =
    baseline === undefined ? ['no target lesions: non-target and new lesions only'] : [`baseline ${mm(baselineUm)}`]
  const responses: VisitResponse[] = []
  for (const [i, visit] of visits.entries()) {
    const target = visit.targets === undefined ? undefined : targetResponse(criteria, baselineUm, nadirUm, visit.targets)
    const alone = overallResponse(target, visit.nonTarget, visit.newLesion === 'yes')
    const isKept = carried === 'PR' && alone === 'SD'
    const overall = hasProgressed ? 'PD' : isKept ? 'PR' : alone
    derivation.push(
      `visit ${i + 1}: ${targetText(visit.targets, target, baselineUm, nadirUm)}${combinedText(visit)} → ${overall}${
        hasProgressed ? ' (already progressed)' : isKept ? ' (response kept until progression)' : ''
      }`,
    )
    if (visit.newLesion === 'equivocal')
      derivation.push(`visit ${i + 1}: the equivocal new lesion is followed; if it is confirmed later, progression dates from this visit`)
    if (carried === 'CR' && alone !== 'CR' && alone !== 'PD' && alone !== 'NE')
      derivation.push(`visit ${i + 1}: something is seen again after a complete response: review as recurrence`)
    responses.push({ ...(target === undefined ? {} : { target }), visit: alone, overall })
    if (visit.targets !== undefined && isComplete(visit.targets)) nadirUm = Math.min(nadirUm, sumOf(visit.targets))
    if (overall === 'PD') hasProgressed = true
    else if (overall === 'CR' || overall === 'PR') carried = overall
  }
  const best = bestResponse(criteria, responses, visits, input.stableFromDays)
  return ok({ visits: responses, ...best.result, derivation: [...derivation, ...best.derivation, ...criteria.remarks.map((r) => r.say)] })
}

function faultsOf(criteria: ResponseCriteria, { baseline, visits }: SeriesInput): readonly Issue[] {
  const issues: Issue[] = []
  const fault = (path: string, message: string, remedy: string) =>
    issues.push({ code: 'contradictory-result', severity: 'error', path, message, remedy })
  if (visits.length === 0) fault('series', 'there is no visit', 'give at least one')
  const targets = visits.flatMap((v) => (v.targets === undefined ? [] : [v.targets]))
  if (baseline !== undefined && targets.length < visits.length)
    fault('series', 'a visit has no targets', 'write ne where they were not evaluated')
  if (baseline === undefined && targets.length > 0) fault('baseline', 'targets without a baseline', 'give the baseline')
  if (baseline !== undefined) issues.push(...targetFaults(criteria, baseline, targets))
  const kinds = new Set(visits.map((v) => v.nonTarget === 'none'))
  if (kinds.size > 1) fault('nontarget', 'none at one visit and not at another', 'without non-target lesions write none alone')
  if (baseline === undefined && visits.some((v) => v.nonTarget === 'none'))
    fault('nontarget', 'neither targets nor non-target lesions', 'give one of them')
  const days = visits.flatMap((v) => (v.day === undefined ? [] : [v.day]))
  if (days.length > 0 && days.length < visits.length) fault('days', 'not every visit has a day', 'give a day for each visit')
  if (days.some((d, i) => !(d > (days[i - 1] ?? 0)))) fault('days', 'the days do not rise from baseline', 'days since baseline, in order')
  return issues
}

export const mm = (um: number): string => `${um / 1000} mm`

const percent = (now: number, of: number): string => {
  const change = ((now - of) / of) * 100
  return `${change > 0 ? '+' : ''}${Number(change.toFixed(1))}%`
}

function targetText(targets: Targets | undefined, response: TargetResponse | undefined, baselineUm: number, nadirUm: number): string {
  if (targets === undefined || response === undefined) return 'no targets'
  const sum = sumOf(targets)
  if (!isComplete(targets)) return `targets ${response}, not all evaluated (${mm(sum)} seen, smallest sum so far ${mm(nadirUm)})`
  const fromNadir =
    nadirUm === 0
      ? `${mm(sum)} above 0`
      : `${percent(sum, nadirUm)} and ${sum >= nadirUm ? '+' : ''}${mm(sum - nadirUm)} from the smallest sum ${mm(nadirUm)}`
  return `targets ${mm(sum)}, ${percent(sum, baselineUm)} from baseline, ${fromNadir}: ${response}`
}

const combinedText = (visit: Visit): string => `; non-target ${visit.nonTarget}, new lesions ${visit.newLesion}`
