import type { Approach, Entry } from './knowledge.ts'

/** What a plain-language entry explains: ids of the base; an entry that names several explains each of them. */
export interface PatientAbout {
  readonly drugs?: readonly string[]
  readonly classes?: readonly string[]
  readonly approaches?: readonly Approach[]
  readonly techniques?: readonly string[]
  readonly procedures?: readonly string[]
  readonly options?: readonly string[]
  readonly tests?: readonly string[]
  readonly services?: readonly string[]
  readonly alerts?: readonly string[]
  readonly problems?: readonly string[]
  /** Its `values` put the values of this fact into words. */
  readonly fact?: string
  /** Its `lines` stand in this part of the page. */
  readonly page?: string
}

/**
 * Plain words for one thing on the page for the patient (`knowledge/patient/`). Second person, grade 6 to 8, nothing promised.
 *
 * `expected`, `call` and `emergency` are the three levels of side effects: what many notice, when to call the same day, when to get help at once.
 */
export interface PatientText extends Entry {
  readonly about: PatientAbout
  readonly name?: string
  /** What it is or how it works, one sentence. */
  readonly what?: string
  readonly how?: string
  readonly gives?: string
  readonly costs?: string
  readonly expected: readonly string[]
  readonly call: readonly string[]
  readonly emergency: readonly string[]
  /** For alerts: how to lie where getting up does harm. In an emergency the ambulance comes then, also for a suspicion. */
  readonly flat?: string
  /** For alerts: how to sit until help comes. */
  readonly upright?: string
  /** For alerts: what to do now. */
  readonly now: readonly string[]
  /** Tips that belong to it: vitamins before the first dose, sun, other medicines. */
  readonly tips: readonly string[]
  readonly lines: readonly string[]
  readonly values?: { readonly [value: string]: string }
  /** Said where driving matters. */
  readonly driving?: string
}
