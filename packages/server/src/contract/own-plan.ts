/** `GET /my-plan`: for whom this person may see a plan of their own: oneself, or those for whom one cares. */
export interface OwnPlans {
  readonly people: readonly { readonly patient: string; readonly name?: string }[]
}

export interface OwnLine {
  /** `fill`: a line to write on, for paper only. `phone`: a number of the clinic, in `number`. */
  readonly kind: 'text' | 'bullet' | 'heading' | 'quote' | 'fill' | 'phone'
  readonly text: string
  /** For a line to write on: what stands in its place on a screen, and holds where nobody has written on it. */
  readonly instead?: string
  readonly number?: string
}

export interface OwnSection {
  readonly id: string
  /** English; the page has words of its own for the sections it knows. */
  readonly title: string
  readonly lines: readonly OwnLine[]
}

/** `GET /my-plan/:patient`: one's own plan in plain words. What no clinician has decided stands in it nowhere as decided. */
export interface OwnPlan {
  readonly patient: string
  readonly name?: string
  readonly asOf: string
  /** The last decision that a clinician has recorded. `hasChanged`: what was decided is not among what the plan holds sound today. */
  readonly decided?: { readonly on: string; readonly by?: string; readonly title?: string; readonly hasChanged: boolean }
  readonly sections: readonly OwnSection[]
  /** About time; there only where the patient has asked to hear of it. To be shown when asked for, never before. */
  readonly outlook?: OwnSection
  readonly appointments: readonly { readonly id: string; readonly at: string; readonly what?: string; readonly where?: string }[]
  /** Results that are on their way, as the order calls them. */
  readonly waiting: readonly { readonly id: string; readonly title: string; readonly orderedOn?: string; readonly dueOn?: string }[]
  readonly team: readonly { readonly name: string; readonly role?: string; readonly phone?: string }[]
}
