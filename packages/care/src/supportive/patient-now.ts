import type { Alert, PlanDocument } from '@secondwind/core'
import { bullet, heading, type PatientLine, phone, text } from './patient-lines.ts'
import type { PatientWords } from './patient-words.ts'

/** Whoever waits for the ambulance is not sent to the telephone or on the way a second time. */
const CALLS_OR_GOES = /^(Call (an ambulance|at once|us today|today if|your team)|Go to (the )?hospital)/

/** What is there and cannot wait for a call back; and where getting up does harm, a suspicion is enough. */
export const callsAmbulance = (alert: Alert, words: PatientWords): boolean => {
  const entry = words.first('alerts', alert.id)
  return alert.urgency === 'emergency' && (entry?.flat !== undefined || (alert.suspected !== true && (entry?.emergency ?? []).length > 0))
}

/**
 * What to do now. Where one alert calls the ambulance, nothing else on the page sends the patient elsewhere: the other emergencies are told to whoever comes.
 * Alerts that ask for lying flat and for sitting up at once leave the choice to the emergency service.
 */
export function nowLines(doc: PlanDocument, words: PatientWords): readonly PatientLine[] {
  const of = (urgency: Alert['urgency']): readonly Alert[] => doc.alerts.filter((a) => a.urgency === urgency)
  const ambulance = doc.alerts.filter((a) => callsAmbulance(a, words))
  const isComing = ambulance.length > 0
  const seen = of('emergency').filter((a) => !ambulance.includes(a))
  const isFlat = ambulance.some((a) => words.first('alerts', a.id)?.flat !== undefined)
  const isTorn = isFlat && doc.alerts.some((a) => words.first('alerts', a.id)?.upright !== undefined)
  const said = (alert: Alert): readonly PatientLine[] => alertLines(alert, words, isComing, isTorn)
  const lines: PatientLine[] = []
  if (isComing) {
    lines.push(
      heading('Call an ambulance now.'),
      text('Use your emergency number. Say that you have lung cancer, and which problem this is:'),
      ...ambulance.flatMap(said),
      ...(isTorn ? [bullet('Do not stand or walk. Ask them how to lie or sit until they come.')] : []),
    )
    const others = [...seen, ...of('urgent')]
    if (others.length > 0) lines.push(heading('Tell them about this as well.'), ...others.flatMap(said))
  }
  if (!isComing && seen.length > 0)
    lines.push(
      heading('Your team needs to see you today.'),
      text('Please call them now. If no one answers, go to the hospital. Let someone take you. If you feel very ill, call an ambulance.'),
      phone('always'),
      ...seen.flatMap(said),
    )
  if (of('emergency').length > 0) lines.push(text('If you have already been seen for this, ask your team what comes next.'))
  if (!isComing && of('urgent').length > 0)
    lines.push(
      heading('Call your team today.'),
      text('They tell you if they need to see you today.'),
      phone('day'),
      ...of('urgent').flatMap(said),
    )
  if (of('soon').length > 0) lines.push(heading('Your team also keeps an eye on this.'), ...of('soon').flatMap(said))
  return lines
}

/** The alert in words; one without words of its own is still said, so that it cannot be missed. */
function alertLines(alert: Alert, words: PatientWords, isComing: boolean, isTorn: boolean): readonly PatientLine[] {
  const entry = words.first('alerts', alert.id)
  const name = entry?.name ?? 'a problem that needs care'
  const calls = callsAmbulance(alert, words)
  const position = isTorn ? undefined : calls && entry?.flat !== undefined ? entry.flat : entry?.upright
  const told = [...(position === undefined ? [] : [position]), ...(calls ? (entry?.emergency ?? []) : []), ...(entry?.now ?? [])]
  return [
    text(alert.suspected ? `You may have ${name}. This must be checked.` : `Your records show ${name}.`),
    ...told.filter((line) => !isComing || !CALLS_OR_GOES.test(line)).map(bullet),
  ]
}
