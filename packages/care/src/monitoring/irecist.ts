import { err, type Issue, ok, type ResponseCriteria, type Result } from '@secondwind/core'
import { isComplete, issue, sumOf, type Targets, targetFaults } from './measure.ts'
import { mm, type NonTarget, overallResponse, targetResponse } from './recist.ts'

export type ImmuneResponse = 'iCR' | 'iPR' | 'iSD' | 'non-iCR/non-iUPD' | 'iUPD' | 'iCPD' | 'NE'

/** `further`: the non-target lesions that had progressed have grown again. */
export type ImmuneNonTarget = NonTarget | 'further'

/** `yes`: a lesion not seen before. `no`: none more; earlier new ones are as they were. `larger`: an earlier new lesion, not measured, has grown. `gone`: earlier new ones are gone. */
export type ImmuneNewLesion = 'yes' | 'no' | 'larger' | 'gone'

export interface ImmuneVisit {
  readonly targets?: Targets
  readonly nonTarget: ImmuneNonTarget
  readonly newLesion: ImmuneNewLesion
  /** Sum of the new lesions that are measured, micrometres: their own sum, never added to the targets. */
  readonly newSumUm?: number
  readonly day: number
  /** A scan made early, because of new symptoms. */
  readonly hasSymptoms?: boolean
}

export interface ImmuneSeries {
  readonly visits: readonly ImmuneResponse[]
  readonly derivation: readonly string[]
}

/** What was unconfirmed progression, and the values that further growth is counted from. */
interface Pending {
  readonly day: number
  readonly targetUm: number | undefined
  readonly isNonTarget: boolean
  readonly isNew: boolean
  /** First measured sum of the new lesions, at the progression or later. */
  readonly newSumUm: number | undefined
}

/**
 * Responses of a series by iRECIST.
 *
 * Any progression by RECIST 1.1 is first unconfirmed (iUPD). It is confirmed (iCPD) at a scan at least four weeks later by further growth in the
 * category that had progressed, counted from its value at iUPD and adding up over visits, or by progression in another category. A scan before
 * that confirms only if it was made for symptoms and shows an additional new lesion. Shrinkage back to stable, partial or complete response
 * resets the bar; while new lesions that made the iUPD are still there unchanged, it stays. Nothing follows iCPD.
 * Sources: sc-irecist, sc-recist-eortc-new, sc-recist-eortc-early.
 */
export function irecist(
  criteria: ResponseCriteria,
  input: { readonly baseline?: Targets; readonly visits: readonly ImmuneVisit[] },
): Result<ImmuneSeries, readonly Issue[]> {
  const faults = faultsOf(criteria, input)
  if (faults.length > 0) return err(faults)
  const { baseline, visits } = input
  const baselineUm = baseline === undefined ? 0 : sumOf(baseline)
  let nadirUm = baselineUm
  let pending: Pending | undefined
  let isConfirmed = false
  const responses: ImmuneResponse[] = []
  const derivation: string[] = []
  for (const [i, visit] of visits.entries()) {
    const target = visit.targets === undefined ? undefined : targetResponse(criteria, baselineUm, nadirUm, visit.targets)
    const isTarget = target === 'PD'
    const isNonTarget = visit.nonTarget === 'progression' || visit.nonTarget === 'further'
    const isNew = visit.newLesion === 'yes'
    const say = (response: ImmuneResponse, because: string) => {
      responses.push(response)
      derivation.push(`visit ${i + 1}, day ${visit.day}: ${response}, ${because}`)
    }
    const sumUm = visit.targets === undefined ? undefined : sumOf(visit.targets)
    const sumText = sumUm === undefined ? 'no targets' : `targets ${mm(sumUm)} (smallest sum so far ${mm(nadirUm)})`

    if (isConfirmed) say('iCPD', 'progression was confirmed before')
    else if (pending === undefined) {
      if (isTarget || isNonTarget || isNew) {
        pending = {
          day: visit.day,
          targetUm: isTarget ? sumUm : undefined,
          isNonTarget,
          isNew,
          newSumUm: isNew ? visit.newSumUm : undefined,
        }
        say('iUPD', `${sumText}; first progression by ${categories(isTarget, isNonTarget, isNew)}, to be confirmed`)
      } else say(immune(overallResponse(target, plain(visit.nonTarget), false)), `${sumText}; non-target ${visit.nonTarget}`)
    } else {
      const growth = furtherGrowth(criteria, pending, visit, { isTarget, isNonTarget, isNew, sumUm })
      const gap = visit.day - pending.day
      const isEarly = gap < criteria.immune.confirmFromDays - criteria.immune.toleranceDays
      const countsEarly = visit.hasSymptoms === true && isNew
      const late = gap > criteria.immune.confirmToDays + criteria.immune.toleranceDays ? '; later than the window for confirmation' : ''
      if (growth.length > 0 && isEarly && !countsEarly)
        say('iUPD', `${gap} days after iUPD: too early to confirm, assessed again at the next scan`)
      else if (growth.length > 0) {
        isConfirmed = true
        say('iCPD', `${growth.join('; ')}${late}`)
      } else if (target === 'NE') say('NE', 'targets not all evaluated; progression stays unconfirmed')
      else if (isTarget || isNonTarget || (pending.isNew && visit.newLesion !== 'gone')) {
        if (pending.isNew && pending.newSumUm === undefined) pending = { ...pending, newSumUm: visit.newSumUm }
        say('iUPD', `${sumText}; no further growth that confirms${late}`)
      } else {
        pending = undefined
        say(immune(overallResponse(target, plain(visit.nonTarget), false)), `${sumText}; no progression any more: the bar is reset`)
      }
    }
    if (visit.targets !== undefined && isComplete(visit.targets)) nadirUm = Math.min(nadirUm, sumOf(visit.targets))
  }
  const last = responses.at(-1)
  return ok({
    visits: responses,
    derivation: [
      ...derivation,
      ...(last === 'iUPD'
        ? ['treatment goes on past iUPD only while the patient is clinically stable; scan again after four to eight weeks']
        : []),
      ...criteria.remarks.map((r) => r.say),
    ],
  })
}

function furtherGrowth(
  criteria: ResponseCriteria,
  pending: Pending,
  visit: ImmuneVisit,
  now: { readonly isTarget: boolean; readonly isNonTarget: boolean; readonly isNew: boolean; readonly sumUm: number | undefined },
): readonly string[] {
  const stepUm = criteria.immune.furtherRiseMm * 1000
  const reasons: string[] = []
  if (pending.targetUm !== undefined && now.sumUm !== undefined && now.sumUm - pending.targetUm >= stepUm)
    reasons.push(`targets ${mm(now.sumUm)}, ${mm(now.sumUm - pending.targetUm)} above their sum at iUPD`)
  if (pending.targetUm === undefined && now.isTarget) reasons.push('progression of the targets, which had not progressed')
  if (pending.isNonTarget && visit.nonTarget === 'further') reasons.push('further growth of the non-target lesions')
  if (!pending.isNonTarget && now.isNonTarget) reasons.push('progression of the non-target lesions, which had not progressed')
  if (now.isNew) reasons.push(pending.isNew ? 'another new lesion' : 'a new lesion')
  if (pending.isNew && visit.newLesion === 'larger') reasons.push('growth of a new lesion')
  if (pending.newSumUm !== undefined && visit.newSumUm !== undefined && visit.newSumUm - pending.newSumUm >= stepUm)
    reasons.push(`new lesions ${mm(visit.newSumUm)}, ${mm(visit.newSumUm - pending.newSumUm)} above their sum at iUPD`)
  return reasons
}

function faultsOf(
  criteria: ResponseCriteria,
  { baseline, visits }: { readonly baseline?: Targets; readonly visits: readonly ImmuneVisit[] },
): readonly Issue[] {
  const issues: Issue[] = []
  const fault = (path: string, message: string, remedy: string) => issues.push(issue('contradictory-result', path, message, remedy))
  if (visits.length === 0) fault('series', 'there is no visit', 'give at least one')
  if (visits.some((v, i) => !(v.day > (visits[i - 1]?.day ?? 0))))
    fault('days', 'the days do not rise from baseline', 'days since baseline, in order')
  const targets = visits.flatMap((v) => (v.targets === undefined ? [] : [v.targets]))
  if ((baseline === undefined) !== (targets.length === 0) || (baseline !== undefined && targets.length < visits.length))
    fault('series', 'targets at baseline and at the visits do not match', 'write ne where they were not evaluated')
  else if (baseline !== undefined) issues.push(...targetFaults(criteria, baseline, targets))
  if (baseline === undefined && visits.some((v) => v.nonTarget === 'none'))
    fault('nontarget', 'neither targets nor non-target lesions', 'give one of them')
  let hasNew = false
  let hasGrown = false
  for (const [i, visit] of visits.entries()) {
    if (
      !hasNew &&
      (visit.newLesion === 'larger' || visit.newLesion === 'gone' || (visit.newSumUm !== undefined && visit.newLesion !== 'yes'))
    )
      fault('new', `visit ${i + 1} speaks of new lesions before one was seen`, 'write yes at the visit that shows the first one')
    if (!hasGrown && visit.nonTarget === 'further')
      fault('nontarget', `visit ${i + 1}: further growth before a progression`, 'write progression at the visit that shows the first one')
    hasNew ||= visit.newLesion === 'yes'
    hasGrown ||= visit.nonTarget === 'progression'
  }
  return issues
}

const plain = (nonTarget: ImmuneNonTarget): NonTarget => (nonTarget === 'further' ? 'progression' : nonTarget)

const immune = (response: ReturnType<typeof overallResponse>): ImmuneResponse => {
  if (response === 'NE') return 'NE'
  if (response === 'non-CR/non-PD') return 'non-iCR/non-iUPD'
  if (response === 'PD') throw new Error('invariant: progression is unconfirmed before it is a response')
  return `i${response}`
}

const categories = (isTarget: boolean, isNonTarget: boolean, isNew: boolean): string =>
  [isTarget && 'targets', isNonTarget && 'non-target lesions', isNew && 'new lesions'].filter((x) => x !== false).join(' and ')
