import type { CdsCoding } from './protocol.ts'

export const SYSTEM = 'https://second-wind.example.org/fhir/CodeSystem'

/** Why a clinician does not follow a card. Our own list; the free comment is always open beside it. */
export const OVERRIDE_REASONS: readonly CdsCoding[] = [
  ['benefit-outweighs', 'The benefit outweighs the risk for this patient'],
  ['already-handled', 'Already handled, or monitored'],
  ['facts-wrong', 'The facts behind it are wrong or out of date'],
  ['not-applicable', 'Does not apply to this patient'],
  ['patient-choice', 'The patient wants it so'],
  ['board-decision', 'A tumour board decided otherwise'],
  ['wrong-moment', 'Right, but not the moment for it'],
  ['wrong-person', 'Right, but not mine to decide'],
].map(([code, display]) => ({ system: `${SYSTEM}/override-reasons`, code: code!, display: display! }))

/** At most 140 characters, cut between words. */
export function summaryOf(text: string): string {
  if (text.length <= 140) return text
  const cut = text.slice(0, 139)
  const end = cut.lastIndexOf(' ')
  return `${cut.slice(0, end > 80 ? end : 139)}…`
}

/** Words of a chart inside Markdown: nothing in them may become a link, an image or HTML. */
export const plainWords = (text: string): string => text.replace(/[\\`*_{}[\]<>#|!]/g, (c) => `\\${c}`).replace(/\s+/g, ' ')

export const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n')
