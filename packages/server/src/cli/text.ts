import {
  define,
  dosePhases,
  type Evidence,
  type Explanation,
  type KnowledgeBase,
  type Option,
  type PlanDocument,
  type PlannedComponent,
  type TrialRecord,
  type Vocabulary,
  valueText,
  vocabulary,
} from '@secondwind/core'
import { bullet, heading, indent, wrap } from './layout.ts'

const STANDINGS = {
  recommended: 'RECOMMENDED',
  alternative: 'ALTERNATIVE',
  conditional: 'CONDITIONAL',
  'needs-data': 'NEEDS DATA',
} as const

/** How many options are told in full; the rest get a line each, and the JSON has them all. */
const IN_FULL = 3

/** The plan on one screen for a tired clinician: story, what is urgent, the best options with reasons for and against, what not to give, what to find out. */
export function planText(doc: PlanDocument, knowledge: KnowledgeBase, columns: number): string {
  const width = Math.max(60, Math.min(columns, 110))
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const out: string[] = []
  const section = (title: string, lines: readonly string[]): void => {
    if (lines.length > 0) out.push('', heading(title, width), ...lines)
  }

  out.push(`${doc.patient}   plan of ${doc.asOf}   knowledge ${doc.knowledge.version}`)
  out.push(...wrap(doc.case.story, width))
  const serious = doc.problems.filter((p) => p.severity !== 'information')
  if (doc.status === 'refused') out.push('', 'NO PLAN CAN BE PROPOSED')
  section(
    'Alerts: first of all',
    doc.alerts.flatMap((a) => [...wrap(`${a.urgency.toUpperCase()}  ${a.title}`, width), ...a.actions.flatMap((x) => bullet(x, width))]),
  )
  section(
    doc.status === 'refused' ? 'Why' : 'Problems in the chart',
    serious.slice(0, 12).flatMap((p) => bullet(`${p.message}${p.remedy ? `: ${p.remedy}` : ''} [${p.path}]`, width)),
  )
  if (serious.length > 12) out.push(`  … and ${serious.length - 12} more (--format json)`)

  const treatments = doc.options.filter((o) => o.trial === undefined)
  const trials = doc.options.flatMap((o) => (o.trial ? [{ ...o, trial: o.trial }] : []))
  const sound = mergedVariants(treatments.filter((o) => o.standing !== 'needs-data'))
  const full = sound.filter((o, i) => i < IN_FULL && (i === 0 || o.standing !== 'conditional'))
  section(
    'Options, best first',
    full.length > 0 || doc.status === 'refused' || treatments.length === 0
      ? full.flatMap((o, i) => optionText(o, words, width, i === 0))
      : wrap('None can be advised yet. What has to be known first stands under "Find out", what it may open below it.', width),
  )
  section(
    'Not to be given',
    doc.notAdvised.flatMap((n) => bullet(`${n.treatment} (${n.reason}): ${n.because.claim}${cited(n.evidence)}`, width)),
  )
  section(
    'Also possible',
    sound
      .slice(full.length)
      .flatMap((o) =>
        wrap(
          `${o.rank}. ${STANDINGS[o.standing]}  ${o.title}: ${o.standingBecause}${siteText(o) && ` [at site: ${siteText(o)}]`}`,
          width,
          '   ',
        ),
      ),
  )
  section(
    'Find out',
    doc.tests.flatMap((t) => bullet(`${t.title} [${t.urgency}${t.before ? `, before ${t.before}` : ''}]: ${t.because.claim}`, width)),
  )
  section('Would open with more data', wouldOpen(treatments, doc, knowledge, words, width))
  section(
    'Trials to ask about',
    trials.flatMap((o) => trialText(o, words, width)),
  )
  section(
    'Interactions and waiting times',
    doc.interactions.flatMap((i) =>
      bullet(
        `${i.title}: ${i.because.claim}${i.window ? ` (${i.window.text}${i.window.earliest ? `, earliest ${i.window.earliest}` : ''})` : ''}`,
        width,
      ),
    ),
  )
  section(doc.site ? `At ${doc.site.name}` : '', doc.site?.notes.flatMap((n) => bullet(n, width)) ?? [])
  section(
    'Support',
    doc.support.flatMap((s) => bullet(`${s.title}${s.dueBy ? ` (by ${s.dueBy})` : ''}: ${s.actions.join('; ')}`, width)),
  )
  if (doc.outlook) {
    const { worst10, typical, best10, population, limits } = doc.outlook
    section('Outlook (share only as far as the patient wishes)', [
      ...wrap(
        `From ${population}: for about one in ten less than ${worst10} months, for half between ${typical[0]} and ${typical[1]} months${best10 === null ? '' : `, for one in ten more than ${best10} months`}.`,
        width,
      ),
      ...doc.outlook.alive.map((a) => `  alive at ${a.years} years: ${a.percent} in 100`),
      ...limits.flatMap((l) => bullet(l, width)),
    ])
  }
  const notes = doc.problems.length - serious.length
  out.push('', ...wrap(doc.intendedUse, width))
  if (notes > 0) out.push(`${notes} further notes on the chart: secondwind facts <file>`)
  return out.join('\n')
}

/** How many options of one missing test are named; the JSON has them all. */
const OPENED = 5

/**
 * The options that wait for data, one line for each missing test with what it may open, in the order in which the tests are asked for. An option stands once:
 * under the first test that it waits for. A missing fact that no test settles stands under its own label.
 */
function wouldOpen(
  treatments: readonly Option[],
  doc: PlanDocument,
  knowledge: KnowledgeBase,
  words: Vocabulary,
  width: number,
): readonly string[] {
  const asked = doc.tests.map((t) => t.title)
  const titleOf = (fact: string): string => {
    const { test, label } = define(words, fact)
    return knowledge.tests.find((t) => t.id === test)?.title ?? label
  }
  const placeOf = (title: string): number => (asked.includes(title) ? asked.indexOf(title) : asked.length)
  const opened = new Map<string, Set<string>>()
  for (const option of treatments.filter((o) => o.standing === 'needs-data')) {
    const [first] = option.needs.map((n) => titleOf(n.fact)).toSorted((a, b) => placeOf(a) - placeOf(b))
    if (first !== undefined) opened.set(first, (opened.get(first) ?? new Set()).add(option.title))
  }
  return [...opened].flatMap(([test, titles]) => {
    const more = titles.size - OPENED
    return bullet(`${test}: ${[...titles].slice(0, OPENED).join('; ')}${more > 0 ? `; and ${more} more` : ''}`, width)
  })
}

/** Options that differ only in an exchangeable drug stand once; the other drug sets are named. */
function mergedVariants(options: readonly Option[]): readonly (Option & { readonly or?: readonly string[] })[] {
  return options
    .filter((o, i) => !o.variantOf || options.findIndex((p) => p.variantOf === o.variantOf && p.standing === o.standing) === i)
    .map((o) => {
      const others = o.variantOf ? options.filter((p) => p !== o && p.variantOf === o.variantOf && p.standing === o.standing) : []
      return others.length > 0 ? { ...o, or: others.map((p) => p.regimen?.title ?? p.drugs.join(', ')) } : o
    })
}

function optionText(
  o: Option & { readonly or?: readonly string[] },
  words: Vocabulary,
  width: number,
  isFirst: boolean,
): readonly string[] {
  const rank = `${o.rank}. ${STANDINGS[o.standing]}`
  const lines = [...wrap(`${rank}  ${o.title}${o.review ? '  [unconfirmed]' : ''}`, width, '   ')]
  const say = (label: string, text: string): void => {
    if (text !== '') lines.push(...wrap(`${label.padEnd(9)}${text}`, width - 3, '         ').map((l) => indent(l, 3)))
  }
  const cite = (e: Evidence): string => `${e.says} [${e.source}${e.review ? ', unconfirmed' : ''}]`
  const cautions = o.cautions.filter((c) => c.before === undefined).map((c) => c.say)
  const checks = o.cautions.filter((c) => c.before !== undefined).map((c) => c.say)
  const needs = o.needs.map((n) => `${n.asks ?? define(words, n.fact).label}: if yes ${n.ifTrue}, if no ${n.ifFalse}`)
  const changes = o.wouldChange.map((w) => `${changeText(w.facts, words)} → ${w.to.replace('-', ' ')}`)
  say('why', o.standingBecause)
  if (isFirst) say('fits', reasons(o.because).slice(0, 8).join('; '))
  say('ranked', o.rankedBy ?? '')
  if (o.regimen) say('regimen', regimenText(o))
  for (const limit of o.regimen?.startLimits ?? []) say('start', limit)
  say(
    'schedule',
    (o.fractionations ?? [])
      .map((f) => `${f.totalGy} Gy in ${f.fractions}${f.note ? ` (${f.note})` : ''}${f.review ? ' [unconfirmed]' : ''}`)
      .join(' or '),
  )
  say('or', (o.or ?? []).join('; '))
  say(
    'evidence',
    seenFirst(o.evidence)
      .slice(0, isFirst ? 2 : 1)
      .map(cite)
      .join(' · '),
  )
  say('at site', siteText(o))
  say('against', o.against)
  for (const caution of cautions.slice(0, isFirst ? 5 : 2)) say('caution', caution)
  const more = cautions.length - (isFirst ? 5 : 2)
  if (more > 0) say('caution', `and ${more} more (--format json)`)
  say('needs', needs.slice(0, isFirst ? 4 : 2).join('; '))
  if (isFirst) {
    say('before', checks.slice(0, 4).join(' · '))
    for (const c of o.concurrent.slice(0, 6)) say('with it', `${c.say} (${c.because})`)
    say('changes', changes.slice(0, 3).join('; '))
  }
  // the name of its page on the knowledge site, and what "secondwind knowledge explain" takes
  say('id', o.id)
  lines.push('')
  return lines
}

/** A trial: what is tested, what is still open, the honest reason against, and where to ask. */
function trialText(o: Option & { readonly trial: TrialRecord }, words: Vocabulary, width: number): readonly string[] {
  const open = o.trial.criteria.filter((c) => c.met !== 'true')
  const facts = o.needs.map((n) => define(words, n.fact).label)
  const say = (label: string, text: string): readonly string[] =>
    text === '' ? [] : wrap(`${label.padEnd(9)}${text}`, width - 3, '         ').map((l) => indent(l, 3))
  return [
    ...wrap(`${o.rank}. ${STANDINGS[o.standing]}  ${o.title}`, width, '   '),
    ...say('arms', o.trial.arms.join(' · ')),
    ...say('open', [...open.map((c) => c.say), ...(open.length > 0 ? [`find out: ${facts.slice(0, 4).join(', ')}`] : [])].join('; ')),
    ...say('ranked', o.rankedBy ?? ''),
    ...say('against', o.against),
    ...say('caution', o.cautions.flatMap((c) => (c.before === undefined ? [c.say] : [])).join('; ')),
    ...say('ask', `${o.trial.nct}, ${o.trial.status.toLowerCase()} on ${o.trial.asOf}; to check: ${o.trial.check.join('; ')}`),
  ]
}

/** What the site has of an option, where it has said so. */
function siteText(o: Option): string {
  const site = o.availability?.site
  if (!site) return ''
  return `${site.status.replace('-', ' ')}${site.where ? `, to be had at ${site.where}` : ''}${site.note ? ` (${site.note})` : ''}`
}

function changeText(facts: { readonly [id: string]: unknown }, words: Vocabulary): string {
  return Object.entries(facts)
    .map(([id, value]) => `${define(words, id).label} ${valueText(value, define(words, id))}`)
    .join(' and ')
}

function regimenText(o: Option): string {
  const regimen = o.regimen!
  const parts = regimen.components.map(componentText)
  const cycle = regimen.cycleDays ? ` every ${regimen.cycleDays} days${regimen.cycles ? `, ${regimen.cycles} cycles` : ''}` : ''
  return `${parts.join('; ')}${cycle}${regimen.maintenance ? `; then ${regimen.maintenance.title}` : ''}`
}

/** One drug: its doses in the order in which they are given, and every word that belongs to them. The lasting dose alone is never shown as the first. */
function componentText(c: PlannedComponent): string {
  const review = c.review ? ' [dose unconfirmed]' : ''
  const needs = c.missing && c.missing.length > 0 ? ` (dose needs ${c.missing.join(', ')})` : ''
  const note = c.note ? ` (${c.note})` : ''
  const phases = dosePhases(c)
  if (phases.length > 0) {
    const doses = phases.map((p) => `${p.when}: ${p.dose}`).join(', then ')
    return `${c.drug} ${c.route}, in steps: ${doses}${review}${needs}${note}`
  }
  const protocol = c.protocolDose === null ? 'dose not fixed' : `${c.protocolDose} ${c.unit}`
  const own = c.doseMg === undefined || (c.unit === 'mg' && c.doseMg === c.protocolDose) ? '' : ` = ${c.doseMg} mg`
  const days = Array.isArray(c.days) ? `day ${c.days.join(', ')}` : c.days
  return `${c.drug} ${protocol} ${c.route}, ${days}${review}${own}${needs}${note}`
}

/** The leaves that made a claim true, in words; for an open claim, the leaves that are open. */
function reasons(node: Explanation): readonly string[] {
  if (!node.children || node.children.length === 0)
    return node.claim === 'always' ? [] : [`${node.claim}${node.truth === 'unknown' ? ' — unknown' : ''}`]
  if (node.claim === 'none of this')
    return node.truth === 'true' ? [`none of: ${node.children.map((c) => c.claim).join(', ')}`] : [node.claim]
  const decisive = node.children.filter((c) => c.truth === node.truth || node.truth === 'true')
  return decisive.flatMap((c) =>
    c.children && c.children.length > 0 && !['all of these', 'any of these', 'none of this'].includes(c.claim)
      ? [`${c.claim}`]
      : reasons(c),
  )
}

/** The first source that was seen; where none was, the first, and that it was not. */
function cited(evidence: readonly Evidence[]): string {
  const [first] = seenFirst(evidence)
  return first ? ` [${first.source}${first.review ? ', unconfirmed' : ''}]` : ''
}

const seenFirst = (evidence: readonly Evidence[]): readonly Evidence[] =>
  evidence.toSorted((a, b) => Number(a.review !== undefined) - Number(b.review !== undefined))
