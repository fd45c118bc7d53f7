/** How absence counts: `witnessed` needs a test that looked; `listed` means a chart that does not name it says no; `asked` is unknown until asked. */
export type Absence = 'witnessed' | 'listed' | 'asked'

export type UnknownReason =
  | 'not-recorded'
  | 'not-tested'
  | 'pending'
  | 'insufficient-sample'
  | 'not-informative'
  | 'conflicting'
  | 'unmapped'
  | 'stale'

/** Where a fact was seen. `reference` is `Type/id`; `path` a FHIRPath-like place inside it. */
export interface FactSource {
  readonly reference: string
  readonly version?: string
  readonly path?: string
}

/** One row of a list fact (a line of therapy, a metastatic site, a medicine). Field names are declared in the registry. */
export type ListItem = { readonly [field: string]: string | number | boolean | readonly string[] | null | undefined }

/**
 * The value of a known fact, by registry type:
 * truth → boolean, integer and quantity → number in the canonical unit, code and text → string,
 * codes → sorted list of strings (closed world: what is not in it is absent), date → ISO day (possibly partial), list → rows.
 */
export type FactValue = boolean | number | string | readonly string[] | readonly ListItem[]

export interface KnownFact {
  readonly value: FactValue
  readonly unit?: string
  /** ISO day on which it was true or measured, possibly partial (`2026-03`). */
  readonly on?: string
  readonly stale?: true
  readonly absence?: 'witnessed' | 'listed'
  readonly enteredByHand?: true
  /** Another sample says that it is not so. It stands, and is to be confirmed. */
  readonly disputed?: true
  /** The very words, where the fact was read from text. */
  readonly words?: string
  readonly sources: readonly FactSource[]
  /** Computed from other facts, not read from the chart. */
  readonly derived?: true
}

export interface UnknownFact {
  readonly unknown: UnknownReason
  /** Id of the test that would settle it. */
  readonly would?: string
  readonly words?: string
  readonly on?: string
  readonly sources?: readonly FactSource[]
  readonly derived?: true
}

export type Fact = KnownFact | UnknownFact

export const isKnown = (fact: Fact | undefined): fact is KnownFact => (fact as KnownFact | undefined)?.value !== undefined

export type FactType = 'truth' | 'integer' | 'quantity' | 'code' | 'codes' | 'date' | 'text' | 'list'

/** One entry of the fact registry (`knowledge/facts`), compiled. */
export interface FactDefinition {
  readonly id: string
  readonly label: string
  readonly type: FactType
  readonly group: string
  readonly absence: Absence
  readonly unit?: string
  /** Days after which a value is marked stale. Absent: never. */
  readonly freshDays?: number
  /** For code and codes: the allowed values with their labels. */
  readonly values?: { readonly [value: string]: string }
  /** Plausible range in the canonical unit; outside it the value is a question, not a finding. */
  readonly plausible?: readonly [number, number]
  /** Test id that would settle it. */
  readonly test?: string
  /** For listed facts: the value that silence stands for, where it is not the usual one of its type (see absence.ts). */
  readonly absentValue?: FactValue
  /** What to ask, in plain words, when it is missing. */
  readonly ask?: string
  /** For list facts: field → type. */
  readonly fields?: { readonly [field: string]: 'text' | 'number' | 'truth' | 'date' | 'texts' }
  /** Computed by `core/facts/derive.ts` from these facts, never read from the chart directly. */
  readonly derivedFrom?: readonly string[]
  /** The days from the first of `derivedFrom` to the second, both dates (`days-between.ts`). */
  readonly daysBetween?: true
  /** Facts whose own value may stand in for the formula (a measured clearance for a computed one). */
  readonly standIns?: readonly string[]
  /** An absence found in a sample taken before the latest line of treatment says nothing about resistance to it. */
  readonly needsLaterSample?: true
  /** An absence shown by DNA alone is none in a never or light smoker, unless one of these was found: they exclude each other. */
  readonly needsRna?: readonly string[]
  readonly codes?: readonly { readonly system: string; readonly code: string }[]
  readonly aliases?: readonly string[]
}

/** What is known about one patient on one day. Facts that are absent from the map are `unknown: not-recorded`. */
export interface PatientCase {
  readonly patient: string
  readonly asOf: string
  readonly facts: { readonly [factId: string]: Fact }
}
