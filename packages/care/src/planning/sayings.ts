import type { Alert, Option, Standing } from '@secondwind/core'

/** Sentences of a plan in which a standing is said, and how it is found in them again: written and read in one place. */

export const standsAs = (standing: Standing): string => `stands as ${standing}`

/** The standing that an answer would give; undefined where the sentence says none. */
export const standingIn = (text: string): Standing | undefined =>
  /\bstands as (recommended|alternative|conditional)$/.exec(text)?.[1] as Standing | undefined

export const wouldBe = (potential: Standing, because: string): string =>
  `would be ${potential} if the missing facts turn out to fit (${because})`

/** The caution of an option that waits for an alert to be handled. */
export const handledFirst = (alert: string): string => `first: ${alert}`

/**
 * Alerts that must be handled before this option begins, in the order of the plan. A pause that an alert advises waits for nothing: it is what is done first.
 */
export const waitsFor = ({ standing, cautions }: Option, alerts: readonly Alert[]): readonly Alert[] =>
  standing === 'recommended' ? [] : alerts.filter(({ title }) => cautions.some(({ say }) => say === handledFirst(title)))

/** What an option that waits for facts would be; undefined where the sentence says why else it waits. */
export const potentialIn = (text: string): Standing | undefined =>
  /^would be (recommended|alternative|conditional) if the missing facts/.exec(text)?.[1] as Standing | undefined
