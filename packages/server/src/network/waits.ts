import { type Fact, isKnown } from '@secondwind/core'
import type { NetworkWait, NetworkWaits, WaitStep } from '../contract/network.ts'

/** What waits are counted from, of one patient. */
export interface WayOfPatient {
  readonly site: string
  readonly facts: { readonly [id: string]: Fact | undefined }
  readonly tissueOn: string | undefined
  /** Day of the first decision in the journal. */
  readonly decidedOn: string | undefined
}

/** A day, an event that has not happened as far as the chart says, or nothing that is known to the day. */
type Event = number | 'not-yet' | undefined

const DAY = 86_400_000
const dayNumber = (text: string): number => Math.round(Date.parse(text) / DAY)

function eventOf(fact: Fact | undefined): Event {
  if (!isKnown(fact) || typeof fact.value !== 'string') return undefined
  if (fact.value === 'never') return 'not-yet'
  return /^\d{4}-\d{2}-\d{2}$/.test(fact.value) ? dayNumber(fact.value) : undefined
}

const given = (day: string | undefined): Event => (day === undefined ? undefined : dayNumber(day))

interface Events {
  readonly stage: Event
  readonly tissue: Event
  readonly report: Event
  readonly decision: Event
  readonly start: Event
}

const eventsOf = ({ facts, tissueOn, decidedOn }: WayOfPatient): Events => ({
  stage: eventOf(facts['stage-iv-on']),
  tissue: given(tissueOn),
  report: eventOf(facts['molecular-reported-on']),
  // a decision that is not in the journal was not recorded here: nobody knows whether there was one
  decision: given(decidedOn),
  start: eventOf(facts['first-line-start-on']),
})

const STEPS: readonly (readonly [WaitStep, keyof Events, keyof Events])[] = [
  ['tissue-report', 'tissue', 'report'],
  ['report-decision', 'report', 'decision'],
  ['decision-start', 'decision', 'start'],
  ['tissue-start', 'tissue', 'start'],
  ['stage-start', 'stage', 'start'],
]

class Tally {
  readonly days: number[] = []
  reversed = 0
  pending = 0
  unknown = 0

  add(first: Event, second: Event): void {
    if (typeof first === 'number' && typeof second === 'number') {
      if (second < first) this.reversed += 1
      else this.days.push(second - first)
    } else if (typeof first === 'number' && second === 'not-yet') this.pending += 1
    else this.unknown += 1
  }

  /** Fewer patients than `least`: their days are not told. */
  wait(step: WaitStep, least: number): NetworkWait {
    const days = this.days.sort((a, b) => a - b)
    const at = (part: number): number => days[Math.ceil(part * days.length) - 1]!
    return {
      step,
      n: days.length,
      reversed: this.reversed,
      pending: this.pending,
      unknown: this.unknown,
      ...(days.length < Math.max(1, least) ? {} : { quarter: at(0.25), median: at(0.5), threeQuarters: at(0.75), ninetieth: at(0.9) }),
    }
  }
}

/**
 * Waits on the way to treatment, counted patient by patient: those whose stage IV was first recorded on or after `since`. Each step counts every one of them once:
 * with its days, as reversed, as pending, or as unknown.
 */
export class WaitCounter {
  readonly #since: string
  readonly #all = new Map<WaitStep, Tally>(STEPS.map(([step]) => [step, new Tally()]))
  readonly #sites = new Map<string, Map<WaitStep, Tally>>()
  #patients = 0

  constructor(since: string) {
    this.#since = since
  }

  add(way: WayOfPatient): void {
    const events = eventsOf(way)
    if (typeof events.stage !== 'number' || events.stage < dayNumber(this.#since)) return
    this.#patients += 1
    let site = this.#sites.get(way.site)
    if (site === undefined) {
      site = new Map(STEPS.map(([step]) => [step, new Tally()]))
      this.#sites.set(way.site, site)
    }
    for (const [step, first, second] of STEPS) {
      this.#all.get(step)!.add(events[first], events[second])
      site.get(step)!.add(events[first], events[second])
    }
  }

  result(least: number): NetworkWaits {
    const of = (tallies: ReadonlyMap<WaitStep, Tally>) => STEPS.map(([step]) => tallies.get(step)!.wait(step, least))
    return {
      since: this.#since,
      patients: this.#patients,
      all: of(this.#all),
      bySite: [...this.#sites].sort(([a], [b]) => (a < b ? -1 : 1)).map(([site, tallies]) => ({ site, waits: of(tallies) })),
    }
  }
}
