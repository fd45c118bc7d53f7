import { ecog, focusOf, smoking } from '../builders/cancer.ts'
import { add, by, category, patientOf, type Resource } from '../builders/chart.ts'
import { EDITION, M_CATEGORY, snomed } from '../builders/codes.ts'
import type { Writing } from './writing.ts'

/** What is missing was left out while writing; here comes what contradicts, what came twice and what has a wrong date. */
export function writeMess(writing: Writing): void {
  const { chart, life, date, lastDay } = writing
  const { messes, person, care } = life
  const first = care.visits[0]
  if (first === undefined || first.on > lastDay) return
  if (messes.has('conflicting-ecog') && !messes.has('missing-ecog')) {
    const grades = chart.resources.filter(({ valueInteger }) => valueInteger !== undefined)
    const latest = grades[grades.length - 1]
    if (latest !== undefined) ecog(chart, String(latest.effectiveDateTime), latest.valueInteger === 4 ? 2 : Number(latest.valueInteger) + 1)
  }
  if (messes.has('conflicting-smoking') && !messes.has('missing-smoking'))
    smoking(chart, date(first.on), person.smoking === 'never' ? 'former' : 'never')
  if (messes.has('conflicting-stage') && !messes.has('missing-stage') && lastDay >= 6) noMetastasis(writing)
  if (messes.has('future-date')) futureVisit(writing)
  if (messes.has('duplicate-results'))
    repeat(writing, (r) => r.resourceType === 'Observation' && 'referenceRange' in r && r.effectiveDateTime === date(first.on))
  if (messes.has('duplicate-diagnosis'))
    repeat(writing, (r) => r.resourceType === 'Condition' && `Condition/${r.id}` === chart.primary?.reference)
  if (messes.has('duplicate-note')) repeat(writing, (r) => r.resourceType === 'DocumentReference')
  if (messes.has('late-entry')) lateEntry(writing)
}

/** A clinical M0 beside the metastases, by another hand on the same day. */
function noMetastasis({ chart, date }: Writing): void {
  add(
    chart,
    'Observation',
    'mcode:tnm-distant-metastases-category',
    {
      status: 'final',
      ...category('exam'),
      code: { coding: [snomed('399387003', 'cM category')] },
      subject: patientOf(chart),
      effectiveDateTime: date(6),
      performer: [by(chart)],
      focus: focusOf(chart),
      valueCodeableConcept: { coding: [M_CATEGORY.M0], text: 'cM0' },
      method: { coding: [EDITION['8']] },
    },
    'cM0',
  )
}

/** A weight whose year was mistyped: ten years on. */
function futureVisit({ chart, life, date }: Writing): void {
  const day = date(life.care.visits[0]!.on)
  const weight = chart.resources.find(
    ({ resourceType, effectiveDateTime, valueQuantity }) =>
      resourceType === 'Observation' && effectiveDateTime === day && (valueQuantity as { unit?: string } | undefined)?.unit === 'kg',
  )
  if (weight === undefined) return
  const { id: _, ...rest } = weight
  chart.resources.push({
    ...rest,
    id: `${weight.id}-typed`,
    effectiveDateTime: `${Number(day.slice(0, 4)) + 10}${day.slice(4)}`,
  } as Resource)
}

function repeat({ chart }: Writing, which: (resource: Resource) => boolean): void {
  for (const resource of chart.resources.filter(which)) chart.resources.push({ ...resource, id: `${resource.id}-again` } as Resource)
}

/** The diagnosis was written down a month after it was made. */
function lateEntry({ chart, date, lastDay }: Writing): void {
  const at = chart.resources.findIndex((r) => `${r.resourceType}/${r.id}` === chart.primary?.reference)
  if (at >= 0 && lastDay >= 30) chart.resources[at] = { ...chart.resources[at]!, recordedDate: date(30) }
}
