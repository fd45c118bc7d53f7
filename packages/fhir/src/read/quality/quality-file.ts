import type { ReaderKnowledge } from '../context.ts'
import { onceFor } from '../remember.ts'
import { type Lexicon, lexiconOf } from '../words.ts'

/** One kind of event: a resource of one of the types, with one of the codes or words. */
interface EventRow {
  readonly id: string
  readonly types: readonly string[]
  /** Only results that are there: a final status and, for an observation, a value. */
  readonly done?: true
  readonly words?: readonly string[]
  readonly [system: string]: unknown
}

/** A reading of another fact that counts as an event of a date. */
export interface ReadingRow {
  readonly fact: string
  readonly is?: string | boolean
  readonly atLeast?: number
  /** The reading is itself the date. */
  readonly day?: 'value'
}

export interface DateRow {
  readonly fact: string
  readonly take: 'first' | 'last' | 'last-but-one'
  readonly events?: readonly string[]
  readonly readings?: readonly ReadingRow[]
  /** Readings that count only where none of the above is there. */
  readonly otherwise?: readonly ReadingRow[]
  /** A class of own medicines. */
  readonly medicines?: string
  readonly since?: string
  readonly upTo?: string
  /** Resource types whose presence shows that such an event would have been recorded. */
  readonly witness: readonly string[]
}

/** `knowledge/terminology/quality.yaml`. */
interface QualityFile {
  readonly systems: readonly { readonly field: string; readonly url: string }[]
  readonly events: readonly EventRow[]
  readonly failedSample: readonly string[]
  readonly dates: readonly DateRow[]
  readonly counts: readonly { readonly fact: string; readonly events: readonly string[]; readonly witness: readonly string[] }[]
  readonly received: readonly { readonly fact: string; readonly types: readonly string[] }[]
  readonly causeOfDeath: {
    readonly loinc: readonly string[]
    /** Codes of this system that begin so are cancers. */
    readonly letters: { readonly url: string; readonly first: readonly string[] }
    readonly words: readonly string[]
  }
  readonly visits: {
    readonly event: string
    readonly pain: string
    readonly analgesic: readonly string[]
    readonly planWords: readonly string[]
    readonly planWitness: readonly string[]
  }
  readonly treatmentDays: { readonly distress: string }
  readonly diarrhoea: {
    readonly terms: readonly string[]
    readonly inhibitor: readonly string[]
    readonly treatment: readonly string[]
    readonly treatedWithinDays: number
    readonly doseAgainWithinDays: number
  }
}

/** The events that a resource of one type can be, by its codes (`system|code`) and its words. */
export interface EventsOfType {
  readonly codes: ReadonlyMap<string, readonly string[]>
  readonly words: Lexicon<string>
}

export interface QualityTables {
  readonly file: QualityFile
  /** By resource type: the events that it can be. */
  readonly byType: ReadonlyMap<string, EventsOfType>
  readonly onlyDone: ReadonlySet<string>
  readonly failed: Lexicon<true>
  readonly cancer: Lexicon<true>
  readonly pain: Lexicon<true>
}

export const qualityTables = onceFor((knowledge: ReaderKnowledge): QualityTables => {
  const file = knowledge.terminology<QualityFile>('quality')
  const byCode = new Map<string, Map<string, string[]>>()
  const phrases = new Map<string, (readonly [string, string])[]>()
  for (const event of file.events) {
    for (const type of event.types) {
      const codes = byCode.get(type) ?? new Map<string, string[]>()
      byCode.set(type, codes)
      for (const { field, url } of file.systems) {
        for (const code of (event[field] as readonly string[] | undefined) ?? []) {
          const key = `${url}|${code}`
          codes.set(key, [...(codes.get(key) ?? []), event.id])
        }
      }
      phrases.set(type, [...(phrases.get(type) ?? []), ...(event.words ?? []).map((words) => [words, event.id] as const)])
    }
  }
  const lexicon = (words: readonly string[]): Lexicon<true> => lexiconOf(words.map((one) => [one, true] as const))
  return {
    file,
    byType: new Map([...phrases].map(([type, entries]) => [type, { codes: byCode.get(type) ?? new Map(), words: lexiconOf(entries) }])),
    onlyDone: new Set(file.events.filter(({ done }) => done).map(({ id }) => id)),
    failed: lexicon(file.failedSample),
    cancer: lexicon(file.causeOfDeath.words),
    pain: lexicon(file.visits.planWords),
  }
})
