import { type FactDefinition, latestDay } from '@secondwind/core'
import type { BiomarkerTest } from '@secondwind/fhir'
import type { TimelineDetail, TimelineMark } from '../contract/timeline.ts'
import { dated, dayOf, timeOf, wholeDays } from './days.ts'
import { amount, code, type Draft, day, type LaneInput, spoken, text } from './lane-input.ts'

/** Tests of tumour and plasma: from the sample or the order to the report; failed and awaited ones too. */
export function biomarkerLane({ history, knowledge, asOf }: LaneInput): readonly Draft[] {
  const facts = new Map(knowledge.facts.map((fact) => [fact.id, fact]))
  return history.tests.map((test): Draft => {
    const from = dayOf(test.orderedOn ?? test.takenOn)
    const to = dayOf(test.reportedOn)
    const isSpan = from !== undefined && (test.state === 'pending' || (to !== undefined && to.first > from.last))
    const start = isSpan ? from : (to ?? from)
    return {
      row: test.kind === 'unknown' ? 'test' : test.kind,
      shape: isSpan ? 'span' : 'point',
      title: test.title,
      ...(start === undefined ? {} : { start }),
      ...(isSpan && to !== undefined ? { end: to } : {}),
      ...(isSpan ? { ending: test.state === 'pending' ? ('running' as const) : ('ended' as const) } : {}),
      time: test.state === 'pending' ? 'now' : timeOf(start, asOf),
      mark: test.state,
      details: [
        ...code('sample', test.kind === 'unknown' ? undefined : test.kind),
        ...day('taken', test.takenOn),
        ...day('ordered', test.orderedOn),
        ...day('reported', test.reportedOn),
        ...(isSpan ? amount('turnaround', wholeDays(from, to), 'd') : []),
        ...resultsOf(test, facts),
      ],
      ...(test.words === undefined ? {} : { words: test.words }),
      sources: test.sources,
    }
  })
}

/** What was found stands fact by fact; what was looked for and is absent, and what gave no result, as one line each. */
function resultsOf({ findings, numbers, state }: BiomarkerTest, facts: ReadonlyMap<string, FactDefinition>): readonly TimelineDetail[] {
  const label = (fact: string, value?: string): string => {
    const definition = facts.get(fact)
    const shown = value === undefined ? undefined : (definition?.values?.[value] ?? value)
    return shown === undefined || shown === 'true' ? (definition?.label ?? fact) : `${definition?.label ?? fact}: ${shown}`
  }
  const of = (verdicts: readonly string[]): readonly string[] => [
    ...new Set(findings.filter(({ verdict }) => verdicts.includes(verdict)).map(({ fact, value }) => label(fact, value))),
  ]
  const measured = numbers.flatMap(({ fact, value }) => {
    if (value === undefined) return []
    const unit = facts.get(fact)?.unit
    return [`${label(fact)}: ${value}${unit === undefined || unit === '1' || unit.startsWith('{') ? '' : ` ${unit}`}`]
  })
  const found = [...new Set([...of(['positive']), ...measured])]
  return [
    ...found.map((one): TimelineDetail => ({ name: 'found', text: one })),
    ...text('absent', of(['negative', 'covered']).join(' · ')),
    // a test that is awaited or failed as a whole gave none: the mark says so
    ...(state === 'reported' ? text('no-result', of(['equivocal', 'insufficient', 'pending']).join(' · ')) : []),
  ]
}

/** What the disease did, scan by scan; scans that say nothing of it, and metastases as they were found. */
export function responseLane({ history, asOf }: LaneInput): readonly Draft[] {
  const titles = new Map(history.scans.map(({ source, title }) => [source.reference, title]))
  const told = history.statuses.map((status): Draft => {
    const start = dayOf(status.on)
    return {
      row: status.isImaging ? 'imaging' : 'status',
      shape: 'point',
      title: titles.get(status.source.reference) ?? '',
      ...(start === undefined ? {} : { start }),
      time: timeOf(start, asOf),
      mark: status.value,
      details: [
        ...code('status', status.value),
        ...(status.isBest ? code('best-response', status.value) : []),
        ...text('sites', status.sites.map(spoken).join(', ')),
      ],
      words: status.words,
      sources: [status.source],
    }
  })
  const said = new Set(history.statuses.map(({ source }) => source.reference))
  const silent = history.scans
    .filter(({ source }) => !said.has(source.reference))
    .map((scan): Draft => {
      const start = dayOf(scan.on)
      return {
        row: 'imaging',
        shape: 'point',
        title: scan.title,
        ...(start === undefined ? {} : { start }),
        time: timeOf(start, asOf),
        mark: scan.isPending ? 'pending' : 'scan',
        details: [],
        ...(scan.conclusion === undefined ? {} : { words: scan.conclusion }),
        sources: [scan.source],
      }
    })
  const found = history.metastases.map(
    ({ site, on, resource }): Draft => ({
      row: 'metastases',
      shape: 'point',
      title: spoken(site),
      ...dated('start', on),
      time: 'past',
      mark: 'new-metastasis',
      details: text('site', spoken(site)),
      sources: [history.source(resource)],
    }),
  )
  return [...told, ...silent, ...found]
}

const GRADES: readonly TimelineMark[] = ['grade-unknown', 'grade-1', 'grade-2', 'grade-3', 'grade-4', 'grade-5']

/** Harm done by treatment, by term and CTCAE grade. Whether it is over is said where the chart says it; when it ended nobody writes. */
export const toxicityLane = ({ history, asOf }: LaneInput): readonly Draft[] =>
  history.toxicities
    .filter(({ on }) => on === undefined || (latestDay(on) ?? 0) <= (latestDay(asOf) ?? 0) || on.length < 10)
    .map((one) => ({
      row: spoken(one.term?.id ?? one.name),
      shape: 'span',
      title: spoken(one.term?.id ?? one.name),
      ...dated('start', one.on),
      ending: one.isActive === true ? 'running' : 'unknown',
      time: one.isActive === true ? 'now' : 'past',
      mark: GRADES[one.grade ?? 0] ?? 'grade-unknown',
      details: [
        ...(one.grade === undefined ? code('grade', 'unknown') : amount('grade', one.grade)),
        ...text('suspected-drugs', one.drugs.join(', ')),
        ...(one.isImmune ? code('immune', 'yes') : []),
        ...(one.isActive === false
          ? code('status', 'over')
          : one.isActive === undefined
            ? code('status', 'unknown')
            : code('status', 'active')),
      ],
      words: one.words,
      sources: [one.source],
    }))
