import type { Burden, Option, PatientText, PlanDocument, PlannedComponent } from '@secondwind/core'
import { capital, listed, type PatientWords, sentences } from './patient-words.ts'

/** One choice in plain words. Empty lists and absent texts are left out on the page. */
export interface PatientChoice {
  readonly option: Option
  readonly title: string
  /** What its side effects are said to come with: the medicines by name, else the title. */
  readonly by: string
  readonly what: readonly string[]
  readonly how: readonly string[]
  readonly often?: string
  readonly gives: readonly string[]
  readonly costs: readonly string[]
  readonly tips: readonly string[]
  readonly expected: readonly string[]
  readonly call: readonly string[]
  readonly emergency: readonly string[]
  readonly driving: readonly string[]
}

const AT_MOST = 3

const isSound = (o: Option): boolean => o.standing === 'recommended' || o.standing === 'alternative'
const isComfort = (o: Option): boolean => o.drugs.length === 0 && o.approaches.every((a) => a === 'supportive-care')
/** What may be put to the patient as a choice: waiting for a test only where the plan recommends it, stopping or comfort alone only where it holds it sound. */
const isChoice = (o: Option): boolean =>
  // a trial is asked about (the page says so), not chosen from a list
  o.trial === undefined &&
  o.standing !== 'needs-data' &&
  (o.procedure !== 'test-first' || o.standing === 'recommended') &&
  (isSound(o) || !(isComfort(o) || o.procedure === 'hold' || o.procedure === 'stop'))

/**
 * At most three choices, in the order of the plan: sound ones, then those that hang on a condition. Options that differ only in an
 * exchangeable drug are one choice. Comfort care alone stands last, unless the plan recommends it.
 */
export function chosenOptions(doc: PlanDocument): readonly Option[] {
  const open = doc.options.filter(isChoice)
  const single = open.filter((o, i) => !o.variantOf || open.findIndex((p) => p.variantOf === o.variantOf) === i)
  const isLast = (o: Option): boolean => isComfort(o) && o.standing !== 'recommended'
  const ranked = [...single.filter((o) => isSound(o) && !isLast(o)), ...single.filter((o) => !isSound(o)), ...single.filter(isLast)]
  return ranked.slice(0, AT_MOST)
}

export function patientChoice(option: Option, doc: PlanDocument, words: PatientWords): PatientChoice {
  const isOwn = ['continue', 'hold', 'stop'].includes(option.procedure ?? '')
  const step = words.first('procedures', option.procedure)
  const beams = words.first('techniques', option.technique)
  const parts = (option.also ?? []).flatMap((a) => words.first('techniques', a.technique) ?? words.first('procedures', a.procedure) ?? [])
  const kinds = option.approaches.flatMap((a) => words.first('approaches', a) ?? [])
  const medicines = option.drugs.flatMap((d) => words.drug(d))
  const local = [step, beams, ...parts].filter((e) => e !== undefined)
  const lead = option.drugs.length > 0 && !isOwn ? option.drugs.map((d) => words.drug(d).find((e) => e.what)) : []
  // a kind of treatment speaks where nothing more special does: no local step, and not every drug has words of its own for it
  const perDrug = option.drugs.map((d) => words.drug(d))
  const ofDrugs = (of: (e: PatientText) => string | undefined): readonly PatientText[] =>
    perDrug.length > 0 && !isOwn && perDrug.every((list) => list.some((e) => of(e) !== undefined)) ? perDrug.flat() : []
  const general = isOwn || (local.length > 0 && option.drugs.length === 0) ? [] : kinds
  const special = (of: (e: PatientText) => string | undefined): readonly string[] => {
    const own = sentences([...local, ...ofDrugs(of)], (e) => one(of(e)))
    return own.length > 0 ? own : sentences(kinds, (e) => one(of(e))).slice(0, 1)
  }
  const benefit = words.first('options', option.id.split(':')[0])
  return {
    option,
    title: titleOf(option, words),
    by:
      option.drugs.length > 0
        ? listed(option.drugs.map(words.label))
        : titleOf(option, words).replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase()),
    what: lead.length > 0 ? whatOf(option, lead, words) : special((e) => e.what),
    how: [
      ...(isOwn ? [] : howOf(option, words)),
      ...swapOf(option, doc, words),
      ...special((e) => (option.drugs.length > 0 && local.length === 0 ? undefined : e.how)),
    ],
    ...(option.burden ? { often: `${startOf(option.burden)}${oftenOf(option.burden.contactDaysPerMonth)}` } : {}),
    gives: benefit?.gives ? [benefit.gives] : special((e) => e.gives),
    costs: sentences([...local, ...(ofDrugs((e) => e.costs).length > 0 ? ofDrugs((e) => e.costs) : general)], (e) => one(e.costs)),
    tips: sentences(isOwn ? [] : medicines, (e) => e.tips),
    expected: sentences([...(option.procedure === 'hold' || option.procedure === 'stop' ? [] : medicines), ...local], (e) => e.expected),
    call: sentences([...medicines, ...local], (e) => e.call),
    emergency: sentences([...medicines, ...local], (e) => e.emergency),
    driving: sentences(medicines, (e) => one(e.driving)),
  }
}

const one = (text: string | undefined): readonly string[] => (text === undefined ? [] : [text])

function titleOf(option: Option, words: PatientWords): string {
  const drugs = listed(option.drugs.map(words.label))
  const step = words.first('procedures', option.procedure)
  const site = option.site === undefined ? undefined : words.site(option.site)
  const beams = words.first('techniques', option.technique)
  const local = [step?.name ?? (option.procedure ? words.first('approaches', option.approaches[0])?.name : undefined), beams?.name]
    .filter((n) => n !== undefined)
    .map((n) => (site && !n.includes(site.replace('the ', '')) && option.procedure === undefined ? `${n}: ${site}` : n))
  if (step && ['continue', 'hold', 'stop'].includes(option.procedure!))
    return capital([drugs ? `${step.name}: ${drugs}` : step.name!, ...(beams?.name ? [beams.name] : [])].join(', with '))
  if (option.drugs.length === 0) {
    // what follows belongs to the name: its words stand below
    const further = (option.also ?? []).flatMap(
      (a) => words.first('techniques', a.technique)?.name ?? words.first('procedures', a.procedure)?.name ?? [],
    )
    const more = [...new Set(further)].filter((name) => !local.includes(name))
    return capital([local.join(' and ') || 'another kind of treatment', ...more].join(', with '))
  }
  const routes = new Map<string, string[]>()
  for (const drug of option.drugs) {
    const route = routeOf(option.regimen?.components.find((c) => c.drug === drug))
    routes.set(route, [...(routes.get(route) ?? []), words.label(drug)])
  }
  const given = [...routes]
    .sort(([a], [b]) => ROUTE_ORDER.indexOf(a) - ROUTE_ORDER.indexOf(b))
    .map(([route, names]) => `${listed(names)}${route}`)
  return capital([given.join(', with '), ...local].join(' and '))
}

const ROUTES: { readonly [route: string]: string } = { oral: ' by mouth', iv: ' by drip', sc: ' by injection', im: ' by injection' }
const ROUTE_ORDER = [' by mouth', ' by drip', ' by injection', '']
const routeOf = (component: PlannedComponent | undefined): string => ROUTES[component?.route ?? ''] ?? ''

/** What each drug is; drugs with the same words are named together. */
function whatOf(option: Option, lead: readonly (PatientText | undefined)[], words: PatientWords): readonly string[] {
  const groups = new Map<string, string[]>()
  for (const [i, drug] of option.drugs.entries()) {
    const entry = lead[i]
    const what = entry?.what ? `${entry.name ?? 'a cancer medicine'}|${entry.what}` : 'a cancer medicine|'
    groups.set(what, [...(groups.get(what) ?? []), words.label(drug)])
  }
  return [...groups].map(([key, names]) => {
    const [name, what] = key.split('|') as [string, string]
    if (names.length === 1) return `${capital(names[0]!)} is ${name}. ${what}`.trim()
    return `${capital(listed(names))} are ${name.replace(/^a (.*)$/, '$1s')}. ${what.replace(/^It /, 'Each one ')}`.trim()
  })
}

function howOf(option: Option, words: PatientWords): readonly string[] {
  const regimen = option.regimen
  if (!regimen) return []
  const groups = new Map<string, string[]>()
  for (const c of regimen.components) {
    const way = wayOf(c, regimen.cycleDays)
    groups.set(way, [...(groups.get(way) ?? []), words.label(c.drug)])
  }
  const lines = [...groups].map(
    ([way, names]) => `You ${way.startsWith('by mouth') ? 'take' : 'get'} ${listed([...new Set(names)])} ${way}.`,
  )
  const drugsOf = (parts: readonly PlannedComponent[]): string => listed([...new Set(parts.map((c) => words.label(c.drug)))])
  const later = regimen.maintenance ? drugsOf(regimen.maintenance.components) : undefined
  if (later === drugsOf(regimen.components)) lines.push('Later the days on which you come change.')
  else if (regimen.cycles && later) lines.push(`After about ${regimen.cycles} rounds you may go on with ${later}.`)
  else if (regimen.cycles && regimen.cycleDays && regimen.cycles * regimen.cycleDays > 300)
    lines.push(`You have it for up to about ${Math.round((regimen.cycles * regimen.cycleDays) / 365)} years.`)
  else if (regimen.cycles) lines.push(`You have up to ${regimen.cycles} rounds.`)
  return lines
}

function wayOf(c: PlannedComponent, cycleDays: number | undefined): string {
  const period =
    cycleDays === undefined ? undefined : cycleDays % 7 === 0 ? (cycleDays === 7 ? 'week' : `${cycleDays / 7} weeks`) : `${cycleDays} days`
  const days = Array.isArray(c.days) ? (c.days as readonly number[]).length : undefined
  const when =
    days === undefined
      ? ({ daily: ' each day', 'twice-daily': ' twice a day', weekly: ' each week' }[String(c.days)] ?? '')
      : period === undefined
        ? ''
        : days === 1
          ? ` every ${period}`
          : ` on ${days} days in every ${period}`
  if (c.route === 'oral') return `by mouth at home${when}`
  return `${c.route === 'iv' ? 'by a drip into a vein' : 'by an injection under the skin'}${when}`
}

/** The exchangeable drugs of a choice: what stands in the variants and not here. */
function swapOf(option: Option, doc: PlanDocument, words: PatientWords): readonly string[] {
  if (!option.variantOf) return []
  const others = doc.options.filter((o) => o !== option && o.variantOf === option.variantOf && o.standing !== 'needs-data')
  const named = new Set(others.flatMap((o) => o.drugs.filter((d) => !option.drugs.includes(d))))
  const own = option.drugs.filter((d) => others.some((o) => !o.drugs.includes(d)))
  if (named.size === 0 || own.length === 0) return []
  return [`Your team may use ${[...named].map(words.label).join(' or ')} in place of ${listed(own.map(words.label))}.`]
}

/** The start, where it asks for more days than the later rounds. */
const startOf = ({ start }: Burden): string =>
  start
    ? `In the first ${start.days % 7 === 0 ? `${start.days / 7} weeks` : `${start.days} days`} you come on ${start.visits} days. Later it is less. `
    : ''

/** Days at the clinic per month, in words: 1 "about once a month", 1.4 "about 1 or 2 days a month", 4.3 "about 4 days a month". */
export function oftenOf(daysPerMonth: number): string {
  const low = Math.floor(daysPerMonth)
  const part = daysPerMonth - low
  if (daysPerMonth < 1.25) return 'You come about once a month.'
  if (part > 0.35 && part < 0.75) return `You come about ${low} or ${low + 1} days a month.`
  return `You come about ${Math.round(daysPerMonth)} days a month.`
}
