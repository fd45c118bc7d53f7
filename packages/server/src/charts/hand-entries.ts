import type { HandEntry } from '../contract/charts.ts'
import type { AnyResource } from './person.ts'

/** Marks the Provenance of a fact that was entered by hand; its code is the id of the fact. */
export const FACT_TAG = 'https://second-wind.example.org/fhir/CodeSystem/fact'
const OPERATION = 'http://terminology.hl7.org/CodeSystem/v3-DataOperation'

export type Operation = 'CREATE' | 'UPDATE' | 'NULLIFY'

export interface EntryNote {
  readonly id: string
  readonly fact: string
  readonly patient: string
  readonly who: string
  readonly at: string
  readonly why?: string
  readonly operation: Operation
  /** What was written, `Type/id`. */
  readonly written: readonly string[]
  /** What stood there before, `Type/id/_history/n`. */
  readonly before: readonly string[]
  /** The entry that this one takes back. */
  readonly undoes?: string
}

/** Who entered what, when and why. It stands in the chart of the patient. */
export function entryProvenance({
  id,
  fact,
  patient,
  who,
  at,
  why,
  operation,
  written,
  before,
  undoes,
}: EntryNote): AnyResource & { readonly id: string } {
  const entity = [
    ...before.map((reference) => ({ role: 'revision', what: { reference } })),
    ...(undoes === undefined ? [] : [{ role: 'removal', what: { reference: `Provenance/${undoes}` } }]),
  ]
  return {
    resourceType: 'Provenance',
    id,
    meta: { tag: [{ system: FACT_TAG, code: fact }] },
    target: [`Patient/${patient}`, ...written].map((reference) => ({ reference })),
    recorded: at,
    ...(why === undefined ? {} : { reason: [{ text: why }] }),
    activity: { coding: [{ system: OPERATION, code: operation }] },
    agent: [
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'author' }] },
        who: { reference: who },
      },
    ],
    ...(entity.length === 0 ? {} : { entity }),
  }
}

type Json = { readonly [key: string]: unknown }
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : [])
const referenceIn = (value: unknown): string => String((value as { readonly reference?: unknown } | undefined)?.reference ?? '')
const tagOf = (resource: AnyResource): string | undefined => {
  const tag = list((resource.meta as Json | undefined)?.tag).find(({ system }) => system === FACT_TAG)
  return typeof tag?.code === 'string' ? tag.code : undefined
}

/** What an entry wrote and what stood there before, from its Provenance; undefined: it is no entry of this kind. */
export function entryOf(resource: AnyResource): Pick<EntryNote, 'fact' | 'written' | 'before'> | undefined {
  const fact = resource.resourceType === 'Provenance' ? tagOf(resource) : undefined
  if (fact === undefined) return undefined
  return {
    fact,
    // the first target says whose chart it is; the Patient can be what was written, too (sex, day of birth, language)
    written: list(resource.target).slice(1).map(referenceIn),
    before: list(resource.entity)
      .filter(({ role }) => role === 'revision')
      .map(({ what }) => referenceIn(what)),
  }
}

/** Entries by hand in a chart, newest first, with whether they were taken back. */
export function handEntries(resources: readonly AnyResource[]): readonly HandEntry[] {
  const all = resources.filter((resource) => entryOf(resource) !== undefined)
  const undone = new Set(
    all.flatMap(({ entity }) =>
      list(entity)
        .filter(({ role }) => role === 'removal')
        .map(({ what }) => referenceIn(what)),
    ),
  )
  return all
    .filter(({ entity }) => !list(entity).some(({ role }) => role === 'removal'))
    .map((resource) => {
      const why = list(resource.reason)[0]?.text
      return {
        id: resource.id ?? '',
        fact: tagOf(resource)!,
        at: String(resource.recorded ?? ''),
        by: referenceIn(list(resource.agent)[0]?.who),
        ...(typeof why === 'string' ? { why } : {}),
        isUndone: undone.has(`Provenance/${resource.id}`),
      }
    })
    .sort((a, b) => (a.at < b.at ? 1 : -1))
}
