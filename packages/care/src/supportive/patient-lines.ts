/**
 * `heading` opens a part of a section, `quote` holds words that are not ours, `fill` is a line to write on: on paper only. `instead`: what holds where nobody
 * has written on it, and what a screen shows in its place. `at`: which number of the clinic belongs there. `phone`: its `number`, ready to be called.
 */
export interface PatientLine {
  readonly kind: 'text' | 'bullet' | 'heading' | 'quote' | 'fill' | 'phone'
  readonly text: string
  readonly instead?: string
  readonly at?: 'day' | 'night' | 'always'
  readonly number?: string
}

export interface PatientSection {
  readonly id: string
  readonly title: string
  readonly lines: readonly PatientLine[]
}

export interface PatientPage {
  readonly title: string
  readonly asOf: string
  readonly sections: readonly PatientSection[]
}

export const text = (t: string): PatientLine => ({ kind: 'text', text: t })
export const bullet = (t: string): PatientLine => ({ kind: 'bullet', text: t })
export const heading = (t: string): PatientLine => ({ kind: 'heading', text: t })
export const quote = (t: string): PatientLine => ({ kind: 'quote', text: t })
export const fill = (t: string): PatientLine => ({ kind: 'fill', text: t })

const WHEN = { day: 'day', night: 'night and weekend', always: 'day and night' } as const

/** A number that the clinic has named (`withPhones`) or writes down. Nobody may stand before an empty line when help is needed. */
export const phone = (at: keyof typeof WHEN): PatientLine => ({
  kind: 'fill',
  text: `Phone, ${WHEN[at]}:`,
  instead: 'Call the number on the letter from your clinic. If you cannot reach it, call your emergency number.',
  at,
})
