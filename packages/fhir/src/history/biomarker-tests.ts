import type { FactSource } from '@secondwind/core'
import type { Finding, Ledger, NumberFinding } from '../read/biomarkers/ledger.ts'
import type { ReadContext, Resource } from '../read/context.ts'
import { choiceDay, conceptOf, dayOf, labelOf, nameOf, objectOf, observedOn, referencesOf, stringOf } from '../read/shapes.ts'

/** `reported`: a result came. `pending`: ordered or at work. `failed`: the sample did not do, or the test was given up. */
export type TestState = 'reported' | 'pending' | 'failed'

/** One test of the tumour or of plasma: from the sample over the order to the report. */
export interface BiomarkerTest {
  readonly title: string
  readonly state: TestState
  readonly kind: 'tissue' | 'plasma' | 'unknown'
  /** Days, possibly partial: when the sample was taken, the test ordered, the result given out. */
  readonly takenOn?: string
  readonly orderedOn?: string
  readonly reportedOn?: string
  /** What was found, fact by fact; `covered` and `negative` are absences that the test can show. */
  readonly findings: readonly Finding[]
  readonly numbers: readonly NumberFinding[]
  /** Why it failed or what is awaited, in the words of the chart. */
  readonly words?: string
  readonly sources: readonly FactSource[]
}

/** Every biomarker test of the chart, the earliest first; orders without a report stand as pending tests. */
export function biomarkerTests(context: ReadContext, ledger: Ledger | undefined): readonly BiomarkerTest[] {
  if (ledger === undefined) return []
  const byReference = new Map(context.chart.resources.map((resource) => [context.source(resource).reference, resource]))
  for (const [result] of ledger.reportOf) byReference.set(context.source(result).reference, result)
  /** What a finding stands in: its report, else itself. */
  const holderOf = ({ reference }: FactSource): Resource | undefined => {
    const resource = byReference.get(reference)
    return resource === undefined ? undefined : (ledger.reportOf.get(resource) ?? resource)
  }
  const tests = new Map<Resource, Collected>()
  const testOf = (source: FactSource): Collected | undefined => {
    const holder = holderOf(source)
    if (holder === undefined || !HOLDERS.has(holder.resourceType)) return undefined
    const known = tests.get(holder)
    if (known !== undefined) return known
    const made: Collected = { findings: [], numbers: [], state: 'reported' }
    tests.set(holder, made)
    return made
  }
  for (const finding of ledger.findings) testOf(finding.source)?.findings.push(finding)
  for (const number of ledger.numbers) testOf(number.source)?.numbers.push(number)
  for (const { source } of ledger.sequenced) testOf(source)
  for (const [state, entries] of [
    ['pending', ledger.pending],
    ['failed', ledger.insufficient],
  ] as const)
    for (const { source, words } of entries) {
      const test = testOf(source)
      if (test === undefined) continue
      test.state = state
      if (words !== undefined) test.words = words
    }
  for (const test of tests.values()) {
    const verdicts = test.findings.map(({ verdict }) => verdict)
    if (verdicts.length > 0 && verdicts.every((verdict) => verdict === 'pending')) test.state = 'pending'
    if (verdicts.length > 0 && verdicts.every((verdict) => verdict === 'insufficient')) test.state = 'failed'
  }
  // an order with a report is told by the report
  const answered = new Set([...tests.keys()].flatMap((holder) => ordersOf(context, holder)))
  return [...tests]
    .filter(([holder]) => !answered.has(holder))
    .map(([holder, test]) => described(context, holder, test))
    .sort((a, b) => compare(keyOf(a), keyOf(b)))
}

interface Collected {
  readonly findings: Finding[]
  readonly numbers: NumberFinding[]
  state: TestState
  words?: string
}

const ordersOf = (context: ReadContext, holder: Resource): readonly Resource[] =>
  referencesOf(holder.basedOn)
    .map((reference) => context.chart.resolve(reference, holder))
    .filter((order) => order !== undefined)

/** What can hold a test; the statement of a diagnosis or a note is none. */
const HOLDERS: ReadonlySet<string> = new Set(['DiagnosticReport', 'Observation', 'ServiceRequest'])

const keyOf = ({ orderedOn, takenOn, reportedOn, sources }: BiomarkerTest): string =>
  `${orderedOn ?? takenOn ?? reportedOn ?? '9999'}|${sources[0]?.reference ?? ''}`
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function described(context: ReadContext, holder: Resource, test: Collected): BiomarkerTest {
  const isOrder = holder.resourceType === 'ServiceRequest'
  const orders = ordersOf(context, holder)
  const samples = referencesOf(holder.specimen)
    .map((reference) => context.chart.resolve(reference, holder))
    .filter((sample) => sample !== undefined)
  const takenOn = samples
    .map((sample) => choiceDay(objectOf(sample.collection) ?? {}, 'collected') ?? dayOf(sample.receivedTime))
    .find(Boolean)
  const orderedOn = (isOrder ? [holder] : orders).map((order) => dayOf(order.authoredOn)).find(Boolean)
  const reportedOn = isOrder || test.state === 'pending' ? undefined : (dayOf(holder.issued) ?? observedOn(holder))
  const kinds = new Set([...test.findings, ...test.numbers].map(({ assay }) => assay.kind).filter((kind) => kind !== 'unknown'))
  // the conclusion says why it failed; what a result says stands in the findings
  const words = test.state === 'reported' ? test.words : (stringOf(holder.conclusion) ?? test.words)
  return {
    title: labelOf(conceptOf(holder.code)) ?? nameOf(holder),
    state: test.state,
    kind: kinds.size === 1 ? [...kinds][0]! : 'unknown',
    ...(takenOn === undefined ? {} : { takenOn }),
    ...(orderedOn === undefined ? {} : { orderedOn }),
    ...(reportedOn === undefined ? {} : { reportedOn }),
    findings: test.findings,
    numbers: test.numbers,
    ...(words === undefined ? {} : { words }),
    sources: [holder, ...orders, ...samples].map((resource) => context.source(resource)),
  }
}
