import type { Drug, Fact, FactDefinition, FactSource, FactValue, Issue, UnknownReason } from '@secondwind/core'

/** Any FHIR resource as parsed JSON. Readers narrow by hand: input is never trusted to have the shape it claims. */
export interface Resource {
  readonly resourceType: string
  readonly id?: string
  readonly [element: string]: unknown
}

/** The resources of one patient, indexed once. */
export interface Chart {
  readonly patient: Resource
  readonly resources: readonly Resource[]
  /** By resource type; an absent type gives an empty list. */
  ofType(resourceType: string): readonly Resource[]
  /** Resolves `Type/id`, `urn:uuid:…`, absolute URLs and `#contained`; undefined when the chart does not hold the target. */
  resolve(reference: unknown, from?: Resource): Resource | undefined
}

/**
 * One reading of one fact; several readings of a fact are settled in `project/settle.ts`: latest wins, same-day contradictions become `conflicting`.
 * Readings of a `codes` or `list` fact add up: each resource contributes what it names.
 * A reading with `unknown` keeps silence from being taken for absence: read `{ unknown }` where the chart speaks of the matter without saying enough.
 */
export interface Reading {
  readonly value?: FactValue
  readonly unknown?: UnknownReason
  readonly unit?: string
  /** ISO day, possibly partial. */
  readonly on?: string
  readonly absence?: 'witnessed' | 'listed'
  /** The very words, when read from text. */
  readonly words?: string
  readonly source: FactSource
  /** Instant, when one was written: where it is given, the later of two readings of one day wins. Set it only for what may truly change within a day (laboratory and vital values). */
  readonly at?: string
  /** With `unknown`: id of the test that would settle it, where it is not the registry's own. */
  readonly would?: string
  /** Higher wins over lower regardless of date (a coded value over one read from text). Default 0; text readings use -1, and only these may win over an older value of weight 0 when they are later. */
  readonly weight?: number
}

/** What readers need of the compiled knowledge base. */
export interface ReaderKnowledge {
  readonly facts: ReadonlyMap<string, FactDefinition>
  readonly drugs: ReadonlyMap<string, Drug>
  /** `knowledge/terminology/<name>.yaml`, parsed and compiled into lookup maps once per knowledge base (WeakMap on the object), never per chart. */
  terminology<T>(name: string): T
}

export interface ReadContext {
  readonly chart: Chart
  /** Clinical day of the plan. */
  readonly asOf: string
  readonly knowledge: ReaderKnowledge
  read(factId: string, reading: Reading): void
  /** A fact that a reader has settled itself (biomarkers, lines of treatment): overrides readings. */
  settle(factId: string, fact: Fact): void
  issue(issue: Issue): void
  /** Marks a resource as understood, wholly or (with a path) in part. What nobody marks is listed as unread. */
  understood(resource: Resource, path?: string): void
  source(resource: Resource, path?: string): FactSource
}

/** A reader looks through the chart for one theme and reports facts. It never throws on odd input. */
export type Reader = (context: ReadContext) => void
