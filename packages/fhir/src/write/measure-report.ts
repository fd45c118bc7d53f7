import type { QualityMeasure } from '@secondwind/core'
import { BASE } from './context.ts'
import { type Elements, fhirId, resource, text, type Written } from './resource.ts'

/** Counts of one group; null is hidden (`masked`), because it is small or gives a small one away. */
export interface ReportGroup {
  /** All of the population, those that are not known among them. */
  readonly population: number | null
  /** Those of them that are known: reached, not reached, and left out. */
  readonly denominator: number | null
  readonly numerator: number | null
  readonly excluded: number | null
  readonly excepted: number | null
  readonly notKnown: number | null
  /** Not known whether in the population. */
  readonly perhaps: number | null
  /** Percent. */
  readonly rate: number | null
}

export interface MeasureReportInput {
  readonly measure: QualityMeasure
  readonly asOf: string
  /** Names the report among those of its measure. */
  readonly name: string
  /** Undefined: those whose day is not known. */
  readonly period?: { readonly start?: string; readonly end?: string } | undefined
  readonly whole?: ReportGroup
  readonly sites: readonly { readonly site: string; readonly group: ReportGroup }[]
  /** Patients by outcome: then the report is a subject list. */
  readonly patients?: { readonly [outcome: string]: readonly string[] }
}

const HL7 = 'http://terminology.hl7.org/CodeSystem'
const OWN = `${BASE}/CodeSystem/measure-population`
const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason'

/** Our outcome → the populations whose subject list holds its patients. */
const LISTS: { readonly [code: string]: readonly string[] } = {
  'initial-population': ['met', 'not-met', 'not-known', 'excluded', 'excepted'],
  denominator: ['met', 'not-met', 'excluded', 'excepted'],
  'denominator-exclusion': ['excluded'],
  'denominator-exception': ['excepted'],
  numerator: ['met'],
  'not-known': ['not-known'],
  'population-not-known': ['perhaps'],
}

/**
 * Counts as FHIR R4 MeasureReports in a collection Bundle, with the Lists of a subject list. FHIR's proportion has no "not known": such patients are
 * in the initial population and in a population of our own, not in the denominator, so that whoever divides gets the same rate.
 */
export function measureReports(reports: readonly MeasureReportInput[], version: string): Written {
  const entries = reports.flatMap((input) => reportOf(input, version))
  return {
    resourceType: 'Bundle',
    id: fhirId('quality', reports[0]?.asOf ?? 'none'),
    type: 'collection',
    ...(entries.length > 0 ? { entry: entries.map((one) => ({ fullUrl: `${BASE}/${one.resourceType}/${one.id}`, resource: one })) } : {}),
  }
}

function reportOf(input: MeasureReportInput, version: string): readonly Written[] {
  const { measure, asOf, name, period, whole, sites, patients } = input
  const id = fhirId(measure.id, asOf, name)
  const lists = patients && whole ? listsOf(id, measure, asOf, patients) : new Map<string, Written>()
  const said = whole
    ? `${measure.title}: ${shown(whole.numerator)} of ${whole.denominator === null ? 'a hidden number' : `${whole.denominator - (whole.excluded ?? 0) - (whole.excepted ?? 0)}`} known; not known ${shown(whole.notKnown)}.`
    : `${measure.title}, by site.`
  const report = resource(
    'MeasureReport',
    id,
    [said, ...(measure.review === 'unconfirmed' ? ['Unconfirmed: nobody has seen this measure in its source.'] : [])],
    {
      status: 'complete',
      type: lists.size > 0 ? 'subject-list' : 'summary',
      measure: `${BASE}/Measure/${fhirId('quality', measure.id)}|${version}`,
      date: asOf,
      period: period ?? { extension: [{ url: ABSENT, valueCode: 'unknown' }] },
      improvementNotation: {
        coding: [{ system: `${HL7}/measure-improvement-notation`, code: measure.direction === 'higher' ? 'increase' : 'decrease' }],
      },
      group: [
        {
          code: text(measure.title),
          ...(whole ? { population: populations(whole, lists), ...score(whole) } : {}),
          ...(sites.length > 0
            ? {
                stratifier: [
                  {
                    code: [text('site')],
                    stratum: sites.map(({ site, group }) => ({
                      value: text(site),
                      population: populations(group, new Map()),
                      ...score(group),
                    })),
                  },
                ],
              }
            : {}),
        },
      ],
    },
  )
  return [report, ...lists.values()]
}

const shown = (count: number | null): string => (count === null ? 'hidden' : String(count))

function populations(group: ReportGroup, lists: ReadonlyMap<string, Written>): readonly Elements[] {
  const one = (system: string, code: string, display: string, count: number | null): Elements => {
    const list = lists.get(code)
    return {
      code: { coding: [{ system, code, display }] },
      ...(count === null ? { _count: { extension: [{ url: ABSENT, valueCode: 'masked' }] } } : { count }),
      ...(list ? { subjectResults: { reference: `List/${list.id}` } } : {}),
    }
  }
  const hl7 = `${HL7}/measure-population`
  return [
    one(hl7, 'initial-population', 'Initial Population', group.population),
    one(hl7, 'denominator', 'Denominator', group.denominator),
    one(hl7, 'denominator-exclusion', 'Denominator Exclusion', group.excluded),
    one(hl7, 'denominator-exception', 'Denominator Exception', group.excepted),
    one(hl7, 'numerator', 'Numerator', group.numerator),
    one(OWN, 'not-known', 'In the population, and not known whether reached', group.notKnown),
    one(OWN, 'population-not-known', 'Not known whether in the population', group.perhaps),
  ]
}

/** A proportion between 0 and 1; nothing where nobody is known or a number is hidden. */
const score = ({ rate }: ReportGroup): Elements =>
  rate === null ? {} : { measureScore: { value: Math.round(rate * 10) / 1000, system: 'http://unitsofmeasure.org', code: '1' } }

function listsOf(
  report: string,
  measure: QualityMeasure,
  asOf: string,
  patients: { readonly [outcome: string]: readonly string[] },
): ReadonlyMap<string, Written> {
  return new Map(
    Object.entries(LISTS).map(([code, outcomes]) => {
      const own = [...new Set(outcomes.flatMap((outcome) => patients[outcome] ?? []))].sort()
      const list = resource('List', fhirId(report, code), [`${measure.title}: ${code.replace(/-/g, ' ')}, ${own.length} patients.`], {
        status: 'current',
        mode: 'snapshot',
        title: `${measure.title}: ${code.replace(/-/g, ' ')}`,
        date: asOf,
        ...(own.length > 0
          ? { entry: own.map((reference) => ({ item: { reference } })) }
          : { emptyReason: { coding: [{ system: `${HL7}/list-empty-reason`, code: 'nilknown' }] } }),
      })
      return [code, list]
    }),
  )
}
