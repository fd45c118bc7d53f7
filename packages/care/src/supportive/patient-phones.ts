import type { PatientLine, PatientPage } from './patient-lines.ts'

/** The numbers that patients of one site call: in its hours, and at night and on weekends. A number that is not named is not guessed from the other. */
export interface ClinicPhones {
  readonly day?: string
  readonly night?: string
}

const NUMBER = /^\+?[\d ()./-]+$/
const FEWEST_DIGITS = 3
const MOST_SIGNS = 40

/** `{ day, night }` as somebody wrote it into a file; a text says what is wrong with it. */
export function readPhones(raw: unknown): ClinicPhones | string {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return 'is no mapping of day and night to a telephone number'
  const entries = Object.entries(raw as { readonly [key: string]: unknown })
  if (entries.length === 0) return 'names no number'
  for (const [key, value] of entries) {
    if (key !== 'day' && key !== 'night') return `${key} is neither day nor night`
    const isNumber = typeof value === 'string' && NUMBER.test(value) && value.length <= MOST_SIGNS
    if (!isNumber || value.replace(/\D/g, '').length < FEWEST_DIGITS) return `${key} is no telephone number (write it as a text, in quotes)`
  }
  return raw as ClinicPhones
}

/** The page with the numbers in their places. What is not known stays a line to write on, with what to do where nobody has written on it. */
export function withPhones(page: PatientPage, phones: ClinicPhones | undefined): PatientPage {
  if (phones === undefined) return page
  return {
    ...page,
    sections: page.sections.map((one) => ({
      ...one,
      lines: one.lines.flatMap((line) => (line.at === undefined ? [line] : told(line, phones))),
    })),
  }
}

const DAY = 'Phone, day:'
const NIGHT = 'Phone, night and weekend:'
const BOTH = 'Phone, day and night:'

function told(line: PatientLine, { day, night }: ClinicPhones): readonly PatientLine[] {
  const one = (text: string, number: string | undefined): PatientLine =>
    number === undefined ? { ...line, text } : { kind: 'phone', text, number }
  if (line.at === 'day') return [one(DAY, day)]
  if (line.at === 'night') return [one(NIGHT, night)]
  if (day === night) return [one(BOTH, day)]
  return [one(DAY, day), one(NIGHT, night)]
}
