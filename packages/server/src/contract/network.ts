/** What the overview of the network answers: counts, never a name. Types only: the browser imports them. */

export interface NetworkOverview {
  readonly today: string
  /** When the heavy counts (waits, measures) were made; absent: they are being made for the first time. */
  readonly countedAt?: string
  /** Counts of fewer people than this are hidden, with what would give them away. */
  readonly suppressBelow: number
  readonly patients: { readonly living: number; readonly closed: number; readonly unplanned: number; readonly refused: number }
  readonly overdue: NetworkOverdue
  readonly sites: readonly NetworkSite[]
  readonly waits?: NetworkWaits
  readonly quality?: NetworkQuality
}

/** Living patients of whom something is asked today. */
export interface NetworkOverdue {
  readonly emergencies: number
  readonly changed: number
  readonly decisionsDue: number
  /** Orders that are not back after the day by which they should be. */
  readonly ordersOverdue: number
  /** Orders that are not back, of which nothing is known about how long they take. */
  readonly ordersWithoutClock: number
  readonly appointmentsMissed: number
  readonly toPutRight: number
}

export interface NetworkSite {
  /** The site as records name it. */
  readonly site: string
  readonly name: string
  /** Degrees; absent where no location is recorded. */
  readonly position?: { readonly latitude: number; readonly longitude: number }
  readonly city?: string
  readonly capabilities: readonly { readonly id: string; readonly label: string }[]
  readonly patients: number
  readonly overdue: NetworkOverdue
}

export type WaitStep = 'tissue-report' | 'report-decision' | 'decision-start' | 'tissue-start' | 'stage-start'

/** Days from one event to the next, of patients whose stage IV was found in the last year. */
export interface NetworkWait {
  readonly step: WaitStep
  /** Both days are known, in this order. */
  readonly n: number
  readonly median?: number
  readonly quarter?: number
  readonly threeQuarters?: number
  readonly ninetieth?: number
  /** The second came before the first. */
  readonly reversed: number
  /** The first has happened, the second has not, as far as the chart says. */
  readonly pending: number
  /** One of the days is not known to the day. */
  readonly unknown: number
}

export interface NetworkWaits {
  readonly since: string
  readonly patients: number
  readonly all: readonly NetworkWait[]
  /** Steps with fewer patients of whom both days are known than `suppressBelow` show no days, in the whole network as at a site. */
  readonly bySite: readonly { readonly site: string; readonly waits: readonly NetworkWait[] }[]
}

export interface NetworkQuality {
  readonly knowledge: { readonly version: string }
  readonly step: 'month' | 'quarter'
  readonly measures: readonly NetworkMeasure[]
}

export interface NetworkMeasure {
  readonly id: string
  /** In English, from the knowledge base. */
  readonly title: string
  readonly status: 'endorsed' | 'published' | 'concept' | 'internal'
  readonly direction: 'higher' | 'lower'
  readonly whole: NetworkRate
  /** Oldest first; the last two years. */
  readonly trend: readonly (NetworkRate & { readonly step: string })[]
  readonly bySite: readonly (NetworkRate & { readonly site: string | null })[]
}

/** Numbers of a measure; null: hidden. `lowest` and `highest`: the rate if all that is not known were not reached, and if all were. */
export interface NetworkRate {
  readonly rate: number | null
  readonly counted: number | null
  readonly met: number | null
  readonly notKnown: number | null
  readonly lowest: number | null
  readonly highest: number | null
  readonly isHidden: boolean
}
