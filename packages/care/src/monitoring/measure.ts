import { err, type Issue, ok, type ResponseCriteria, type Result } from '@secondwind/core'

/** One target lesion at one time: longest diameter, or short axis of a lymph node. Micrometres, so that 20% and 30% are compared exactly. */
export interface Lesion {
  readonly isNode: boolean
  /** Absent: not evaluated. */
  readonly um?: number
}

/** The target lesions at one time, always in the same order. A sum alone is one lesion that is no node. */
export type Targets = readonly Lesion[]

const PART = /^(n?)(\d+(?:\.\d{1,3})?)(?:mm)?$/

/**
 * `54`, a sum in mm; `34+n20`, lesions with nodes marked n (short axis); `ne` for a lesion, or for all, not evaluated.
 *
 * Refuses anything else, by its path.
 */
export function readTargets(text: string, path: string): Result<Targets, Issue> {
  const lesions: Lesion[] = []
  for (const part of text.toLowerCase().replace(/\s+/g, '').split('+')) {
    const match = PART.exec(part)
    if (match) lesions.push({ isNode: match[1] === 'n', um: Math.round(Number(match[2]) * 1000) })
    else if (part === 'ne' || part === 'nne') lesions.push({ isNode: part === 'nne' })
    else
      return err(issue('invalid-element', path, `"${part}" is no size in mm`, 'write 54, 34+n20 (n marks a lymph node, short axis) or ne'))
  }
  return ok(lesions)
}

/** The same lesions at every time, none too many, none too small to be a target: a sum of other lesions is another sum. */
export function targetFaults(criteria: ResponseCriteria, baseline: Targets, visits: readonly Targets[]): readonly Issue[] {
  const issues: Issue[] = []
  if (baseline.some((l) => l.um === undefined))
    issues.push(issue('invalid-element', 'baseline', 'a target was not measured', 'targets are measured at baseline'))
  if (sumOf(baseline) === 0) issues.push(issue('invalid-element', 'baseline', 'the sum is 0', 'without targets write baseline=none'))
  if (baseline.length > criteria.mostTargets)
    issues.push(
      issue(
        'invalid-element',
        'baseline',
        `${baseline.length} targets`,
        `at most ${criteria.mostTargets}; the others are non-target lesions`,
      ),
    )
  const isBySite = baseline.length > 1 || baseline[0]?.isNode === true
  if (isBySite)
    for (const { isNode, um } of baseline) {
      const least = isNode ? criteria.nodeTargetFromMm : criteria.targetFromMm
      if (um !== undefined && um < least * 1000)
        issues.push(
          issue(
            'invalid-element',
            'baseline',
            `a ${isNode ? 'node' : 'lesion'} of ${um / 1000} mm is no target`,
            `targets measure ${least} mm or more`,
          ),
        )
    }
  for (const [i, visit] of visits.entries()) {
    const isWhollyUnseen = visit.length === 1 && visit[0]!.um === undefined
    const isSame = visit.length === baseline.length && visit.every((l, n) => l.isNode === baseline[n]!.isNode)
    if (!isWhollyUnseen && !isSame)
      issues.push(
        issue(
          'contradictory-result',
          'series',
          `visit ${i + 1} does not list the lesions of the baseline`,
          'same lesions, same order, same n marks',
        ),
      )
  }
  return issues
}

/** Micrometres of what was evaluated. */
export const sumOf = (targets: Targets): number => targets.reduce((sum, l) => sum + (l.um ?? 0), 0)

export const isComplete = (targets: Targets): boolean => targets.every((l) => l.um !== undefined)

export const issue = (code: Issue['code'], path: string, message: string, remedy: string): Issue => ({
  code,
  severity: 'error',
  path,
  message,
  remedy,
})
