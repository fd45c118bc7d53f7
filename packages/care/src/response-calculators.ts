import { err, type Issue, ok, type ResponseCriteria, type Result } from '@secondwind/core'
import type { Calculation, Calculator, CalculatorInput, CalculatorValues } from './delivery/index.ts'
import {
  type ImmuneNewLesion,
  type ImmuneNonTarget,
  type ImmuneVisit,
  irecist,
  type NewLesion,
  type NonTarget,
  readTargets,
  recist,
  type Targets,
  type Visit,
} from './monitoring/index.ts'

/** `secondwind calc recist` and `irecist`: lists as typed, one entry a visit, into a series. */

const NEW: readonly NewLesion[] = ['yes', 'no', 'equivocal']
const NON_TARGET: readonly NonTarget[] = ['none', 'complete', 'stable', 'progression', 'ne']
const IMMUNE_NEW: readonly ImmuneNewLesion[] = ['yes', 'no', 'larger', 'gone']
const IMMUNE_NON_TARGET: readonly ImmuneNonTarget[] = [...NON_TARGET, 'further']

const text = (key: string, label: string, example: string): CalculatorInput => ({ key, label, example, text: true })
const INPUTS: readonly CalculatorInput[] = [
  text('baseline', 'targets before treatment: sum in mm, or lesions as 34+n20 (n: lymph node, short axis); none without targets', '54'),
  text('series', 'targets at each visit, commas between visits, the same form; ne where not evaluated', '40,38,47'),
]

export function responseCalculators(criteria: ResponseCriteria, source: string): readonly Calculator[] {
  return [
    {
      name: 'recist',
      title: 'Response by RECIST 1.1, visit by visit',
      source,
      inputs: [
        ...INPUTS,
        text('new', `new lesions at each visit: ${NEW.join(', ')}`, 'no,no,yes'),
        text(
          'nontarget',
          `non-target lesions at each visit: ${NON_TARGET.slice(1).join(', ')}; none alone without any`,
          'stable,stable,progression',
        ),
        { ...text('days', 'days (63d) or weeks (9w) since baseline of each visit, for confirmation', '6w,12w,18w'), optional: true },
        { key: 'stable-from', label: 'day from which stable disease counts, by the protocol', range: [0, 366], optional: true },
      ],
      compute: (values) => recistOf(criteria, values),
    },
    {
      name: 'irecist',
      title: 'Response by iRECIST under checkpoint inhibitors, visit by visit',
      source,
      inputs: [
        ...INPUTS,
        text(
          'new',
          'new lesions at each visit: no (none more), yes (one not seen before), larger (an earlier one grew), gone',
          'no,yes,larger',
        ),
        text(
          'nontarget',
          `non-target lesions at each visit: ${IMMUNE_NON_TARGET.slice(1).join(', ')} (growth again); none alone without any`,
          'none',
        ),
        text('days', 'days (63d) or weeks (9w) since baseline of each visit', '6w,12w,17w'),
        { ...text('new-sum', 'sum of the measured new lesions at each visit in mm, - where there are none', '-,12,17'), optional: true },
        { ...text('symptoms', 'whether the scan was made for new symptoms: yes or no at each visit', 'no,no,no'), optional: true },
      ],
      compute: (values) => irecistOf(criteria, values),
    },
  ]
}

/** Collects the faults of all lists before it gives up. */
class Lists {
  readonly issues: Issue[] = []
  private readonly values: CalculatorValues
  constructor(values: CalculatorValues) {
    this.values = values
  }

  entries(key: string): readonly string[] | undefined {
    const value = this.values[key]
    return typeof value === 'string' ? value.split(',').map((v) => v.trim().toLowerCase()) : undefined
  }

  /** One word a visit, each one of `allowed`. */
  words<T extends string>(key: string, allowed: readonly T[], count: number): readonly (T | undefined)[] | undefined {
    const entries = this.counted(key, count)
    return entries?.map((word) => {
      const found = allowed.find((a) => a === word)
      if (found === undefined) this.fault(key, `"${word}" is not one of ${allowed.join(', ')}`, 'one word for each visit, commas between')
      return found
    })
  }

  counted(key: string, count: number): readonly string[] | undefined {
    const entries = this.entries(key)
    if (entries === undefined || entries.length === count) return entries
    this.fault(key, `${entries.length} entries for ${count} visits`, 'one entry for each visit, commas between')
    return undefined
  }

  targets(key: string, entries: readonly string[]): readonly Targets[] {
    return entries.flatMap((entry) => {
      const read = readTargets(entry, key)
      if (read.ok) return [read.value]
      this.issues.push(read.error)
      return []
    })
  }

  days(count: number): readonly number[] | undefined {
    return this.counted('days', count)?.map((entry) => {
      const match = /^(\d+(?:\.\d+)?)\s*(d|days?|w|weeks?)$/.exec(entry)
      if (match) return Math.round(Number(match[1]) * (match[2]!.startsWith('w') ? 7 : 1))
      this.fault('days', `"${entry}" is no time since baseline`, 'write 63d or 9w')
      return Number.NaN
    })
  }

  nonTarget<T extends string>(allowed: readonly T[], none: T, count: number): readonly (T | undefined)[] | undefined {
    const entries = this.entries('nontarget')
    if (entries?.length === 1 && entries[0] === none) return Array.from({ length: count }, () => none)
    return this.words('nontarget', allowed, count)
  }

  fault(path: string, message: string, remedy: string): void {
    this.issues.push({ code: 'invalid-element', severity: 'error', path, message, remedy })
  }
}

interface Common {
  readonly baseline?: Targets
  readonly series?: readonly Targets[]
  readonly count: number
}

function commonOf(lists: Lists): Common {
  const baseline = lists.entries('baseline') ?? []
  const series = lists.entries('series') ?? []
  if (baseline.length !== 1) lists.fault('baseline', `${baseline.length} entries`, 'one baseline: a sum, or lesions with + between')
  const isWithout = baseline[0] === 'none'
  const isSeriesWithout = series.every((s) => s === 'none')
  if (isWithout && isSeriesWithout) return { count: series.length }
  if (isWithout || series.includes('none')) {
    lists.fault('series', 'none at baseline and at every visit, or at none of them', 'a visit not evaluated is ne')
    return { count: series.length }
  }
  const [before] = lists.targets('baseline', baseline)
  return { ...(before ? { baseline: before } : {}), series: lists.targets('series', series), count: series.length }
}

function recistOf(criteria: ResponseCriteria, values: CalculatorValues): Result<Calculation, readonly Issue[]> {
  const lists = new Lists(values)
  const { baseline, series, count } = commonOf(lists)
  const fresh = lists.words('new', NEW, count)
  const nonTarget = lists.nonTarget(NON_TARGET, 'none', count)
  const days = values.days === undefined ? undefined : lists.days(count)
  if (lists.issues.length > 0) return err(lists.issues)
  const visits = Array.from(
    { length: count },
    (_, i): Visit => ({
      ...(series ? { targets: series[i]! } : {}),
      newLesion: fresh![i]!,
      nonTarget: nonTarget![i]!,
      ...(days ? { day: days[i]! } : {}),
    }),
  )
  const stableFromDays = values['stable-from']
  const result = recist(criteria, {
    ...(baseline ? { baseline } : {}),
    visits,
    ...(typeof stableFromDays === 'number' ? { stableFromDays } : {}),
  })
  if (!result.ok) return result
  const { best, bestConfirmed, derivation } = result.value
  return ok({
    result: result.value.visits.map((v) => v.overall).join(', '),
    unit: '',
    derivation,
    details: { best, ...(bestConfirmed === undefined ? {} : { bestConfirmed }), visits: result.value.visits },
  })
}

function irecistOf(criteria: ResponseCriteria, values: CalculatorValues): Result<Calculation, readonly Issue[]> {
  const lists = new Lists(values)
  const { baseline, series, count } = commonOf(lists)
  const fresh = lists.words('new', IMMUNE_NEW, count)
  const nonTarget = lists.nonTarget(IMMUNE_NON_TARGET, 'none', count)
  const days = lists.days(count)
  const symptoms = lists.words('symptoms', ['yes', 'no'], count)
  const sums = lists.counted('new-sum', count)?.map((entry) => {
    if (entry === '-') return undefined
    const read = readTargets(entry, 'new-sum')
    if (read.ok && read.value.every((l) => l.um !== undefined)) return read.value.reduce((sum, l) => sum + l.um!, 0)
    lists.fault('new-sum', `"${entry}" is no sum in mm`, 'write 17, or - where there are none')
    return undefined
  })
  if (lists.issues.length > 0) return err(lists.issues)
  const visits = Array.from({ length: count }, (_, i): ImmuneVisit => {
    const newSumUm = sums?.[i]
    return {
      ...(series ? { targets: series[i]! } : {}),
      newLesion: fresh![i]!,
      nonTarget: nonTarget![i]!,
      day: days![i]!,
      ...(newSumUm === undefined ? {} : { newSumUm }),
      ...(symptoms ? { hasSymptoms: symptoms[i] === 'yes' } : {}),
    }
  })
  const input = baseline ? { baseline } : {}
  const result = irecist(criteria, { ...input, visits })
  if (!result.ok) return result
  const plain = recist(criteria, { ...input, visits: visits.map(withoutImmune) })
  if (!plain.ok) return plain
  const recist11 = plain.value.visits.map((v) => v.overall)
  return ok({
    result: result.value.visits.join(', '),
    unit: '',
    derivation: [...result.value.derivation, `the same scans by RECIST 1.1, reported beside it: ${recist11.join(', ')}`],
    details: { visits: result.value.visits, recist11 },
  })
}

/** The visit as RECIST 1.1 sees it: new lesions count when they are first seen, and progression stays for good anyway. */
const withoutImmune = ({ targets, nonTarget, newLesion, day }: ImmuneVisit): Visit => ({
  ...(targets ? { targets } : {}),
  nonTarget: nonTarget === 'further' ? 'progression' : nonTarget,
  newLesion: newLesion === 'yes' ? 'yes' : 'no',
  day,
})
