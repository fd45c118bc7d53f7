import { type Alert, isKnown, type KnowledgeBase, type Option, type PlanDocument } from '@secondwind/core'
import { chosenOptions, type PatientChoice, patientChoice } from './patient-choices.ts'
import { outlookLines, speaksOfTime, wishOf } from './patient-outlook.ts'
import { capital, listed, type PatientWords, patientWords, plainDate, STAR } from './patient-words.ts'

/** `heading` opens a part of a section, `quote` holds words that are not ours, `fill` is a line for the clinic to fill in. */
export interface PatientLine {
  readonly kind: 'text' | 'bullet' | 'heading' | 'quote' | 'fill'
  readonly text: string
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

const text = (t: string): PatientLine => ({ kind: 'text', text: t })
const bullet = (t: string): PatientLine => ({ kind: 'bullet', text: t })
const heading = (t: string): PatientLine => ({ kind: 'heading', text: t })
const quote = (t: string): PatientLine => ({ kind: 'quote', text: t })
const fill = (t: string): PatientLine => ({ kind: 'fill', text: t })

/**
 * The plan for the patient and the carer, in plain words of `knowledge/patient/`. A projection of the plan document: nothing is decided here. `only`: ids of
 * the options that may be spoken of (what a clinician has decided; `[]`: nothing yet); without it the choices that can be put to the patient.
 *
 * Time is spoken of only as far as the fact `wants-prognosis` allows; unknown is a no. What has no plain words gets a general sentence.
 */
export function patientPage(doc: PlanDocument, knowledge: KnowledgeBase, only?: readonly string[]): PatientPage {
  const words = patientWords(knowledge)
  const page = { title: 'My plan', asOf: doc.asOf }
  if (factOf(doc, 'deceased') === true)
    return { ...page, sections: [{ id: 'team-only', title: 'For the team', lines: [text('No page was made. Please check the record.')] }] }
  const open = doc.status === 'refused' ? [] : only === undefined ? chosenOptions(doc) : doc.options.filter(({ id }) => only.includes(id))
  const choices = open.map((o) => patientChoice(o, doc, words))
  const all = [
    section('now', 'What to do now', nowLines(doc, words)),
    section('have', 'What I have', haveLines(doc, words)),
    section('aim', 'What we aim for', aimLines(doc, open[0], words)),
    section('next', 'The next three things', nextThree(doc, choices.length > 0, words).map(bullet)),
    section('choices', 'My treatment choices', choiceLines(doc, choices, words)),
    section('tests', 'Tests that may open more choices', testLines(doc, words)),
    section(
      'side-effects',
      choices.length > 0 ? 'Side effects and when to call' : 'When to get help',
      sideEffectLines(doc, choices, words),
    ),
    section('safety', 'Good to know', safetyLines(doc, choices, words)),
    section('outlook', 'What may lie ahead', outlookLines(doc, words).map(text)),
    section('team', 'Who is my team', teamLines(choices, words)),
    section('support', 'Support as extra help', supportLines(doc, words)),
    section('matters', 'What I told you matters to me', matterLines(doc, words)),
    section('questions', 'Questions I can ask', questionLines(doc, words)),
    section('about', 'About this page', []),
  ].filter((s) => s.lines.length > 0 || s.id === 'about')
  const hasStar = all.some((s) => s.lines.some((l) => l.text.endsWith(STAR)))
  return { ...page, sections: all.map((s) => (s.id === 'about' ? { ...s, lines: aboutLines(hasStar) } : s)) }
}

const section = (id: string, title: string, lines: readonly PatientLine[]): PatientSection => ({ id, title, lines })

function factOf(doc: PlanDocument, id: string): unknown {
  const fact = doc.case.facts[id]
  return isKnown(fact) ? fact.value : undefined
}

const valuesOf = (doc: PlanDocument, id: string): readonly string[] => {
  const value = factOf(doc, id)
  return Array.isArray(value) ? value.map(String) : []
}

/** The alert in words; one without words of its own is still said, so that it cannot be missed. */
function alertLines(alert: Alert, words: PatientWords): readonly PatientLine[] {
  const entry = words.first('alerts', alert.id)
  const name = entry?.name ?? 'a problem that needs care'
  return [
    text(alert.suspected ? `You may have ${name}. This must be checked.` : `Your records show ${name}.`),
    // what is there and cannot wait for a call back
    ...(alert.urgency === 'emergency' && !alert.suspected ? (entry?.emergency ?? []) : []).map(bullet),
    ...(entry?.now ?? []).map(bullet),
  ]
}

function nowLines(doc: PlanDocument, words: PatientWords): readonly PatientLine[] {
  const of = (urgency: Alert['urgency']): readonly Alert[] => doc.alerts.filter((a) => a.urgency === urgency)
  const lines: PatientLine[] = []
  if (of('emergency').length > 0) {
    lines.push(
      heading('Your team needs to see you today.'),
      text('Please call them now. If no one answers, go to the hospital. If you feel very ill, call an ambulance.'),
      fill('Phone, day and night:'),
    )
    lines.push(...of('emergency').flatMap((a) => alertLines(a, words)))
    lines.push(text('If you have already been seen for this, ask your team what comes next.'))
  }
  if (of('urgent').length > 0) {
    lines.push(heading('Call your team today.'), text('They tell you if they need to see you today.'), fill('Phone, day:'))
    lines.push(...of('urgent').flatMap((a) => alertLines(a, words)))
  }
  if (of('soon').length > 0) lines.push(heading('Your team also keeps an eye on this.'), ...of('soon').flatMap((a) => alertLines(a, words)))
  return lines
}

const STORY = [
  'histology',
  'transformed-histology',
  'egfr-exon19-deletion',
  'egfr-l858r',
  'egfr-atypical',
  'egfr-exon20-insertion',
  'alk-fusion',
  'ros1-fusion',
  'ret-fusion',
  'ntrk-fusion',
  'nrg1-fusion',
  'braf-v600e',
  'kras-g12c',
  'met-exon14-skipping',
  'met-amplification',
  'erbb2-mutation',
  'erbb2-tkd-mutation',
] as const

function haveLines(doc: PlanDocument, words: PatientWords): readonly PatientLine[] {
  if (doc.status === 'refused') return refusedLines(doc, words)
  const said = (id: string): readonly string[] => {
    const line = words.fact(id, factOf(doc, id))
    return line === undefined ? [] : [line]
  }
  const sites = valuesOf(doc, 'metastatic-sites').flatMap((s) => words.fact('metastatic-sites', s) ?? [])
  const drugs = valuesOf(doc, 'current-drugs').map(words.label)
  const isGrowing = factOf(doc, 'progressing-now') === true
  return [
    'You have lung cancer.',
    ...said('stage-iv'),
    ...(sites.length > 0 ? [`It has spread to ${listed(sites)}.`] : []),
    ...STORY.flatMap(said),
    ...(drugs.length > 0 ? [`The medicine in your records is ${listed(drugs)}.`] : []),
    ...(isGrowing ? said('progressing-now') : said('disease-status')),
  ]
    .filter((line, i, lines) => lines.indexOf(line) === i)
    .map(text)
}

function refusedLines(doc: PlanDocument, words: PatientWords): readonly PatientLine[] {
  const errors = doc.problems.filter((p) => p.severity === 'error')
  const reasons = [...new Set(errors.flatMap((p) => words.first('problems', p.code)?.lines ?? []))]
  return [
    heading('We need more information.'),
    text('We cannot show you treatment choices yet.'),
    ...(reasons.length > 0 ? reasons : words.page('refused')).map(text),
    text('This does not mean that nothing can be done.'),
  ]
}

/** Comfort comes first where the plan puts it first; else the cancer is fought and comfort comes with it. */
function aimLines(doc: PlanDocument, first: Option | undefined, words: PatientWords): readonly PatientLine[] {
  if (doc.status === 'refused') return []
  const isComfort = first !== undefined && first.drugs.length === 0 && first.approaches.every((a) => a === 'supportive-care')
  const isWaiting = doc.alerts.some((a) => a.urgency === 'emergency')
  return [...(isWaiting ? words.page('aim-now') : []), ...words.page(isComfort ? 'aim-comfort' : 'aim')].map(bullet)
}

function nextThree(doc: PlanDocument, hasChoices: boolean, words: PatientWords): readonly string[] {
  const alerts = doc.alerts
    .filter((a) => a.urgency !== 'soon')
    .map((a) =>
      a.urgency === 'emergency'
        ? 'Call your team now. They need to see you today.'
        : 'Call your team today. They tell you if they need to see you today.',
    )
  const tests = doc.tests.map((t) => ({ urgency: t.urgency, line: testLine(t.id, words) }))
  const hurried = tests.filter((t) => t.urgency !== 'soon').map((t) => t.line)
  const meeting =
    doc.status === 'refused'
      ? 'Your team looks at your records and clears up what is missing.'
      : hasChoices
        ? 'You meet your team and talk about the choices on this page.'
        : 'You meet your team and talk about what can be done.'
  const support = [...doc.support]
    .filter((s) => s.dueBy !== undefined)
    .sort((a, b) => (a.dueBy! < b.dueBy! ? -1 : a.dueBy! > b.dueBy! ? 1 : 0))
    .flatMap((s) => {
      const name = words.first('services', s.service)?.name
      return name ? [`You get ${name}, by ${plainDate(s.dueBy!)}.`] : []
    })
  const soon = tests.filter((t) => t.urgency === 'soon').map((t) => t.line)
  const before = [...new Set([...alerts, ...hurried])].slice(0, 2)
  return [...new Set([...before, meeting, ...soon.slice(0, 1), ...support, ...soon])].slice(0, 3)
}

function testLine(id: string, words: PatientWords): string {
  const entry = words.first('tests', id)
  return entry ? `You get ${entry.name}. ${entry.what ?? ''}`.trim() : 'You get one more test. Ask us what it shows.'
}

function choiceLines(doc: PlanDocument, choices: readonly PatientChoice[], words: PatientWords): readonly PatientLine[] {
  if (choices.length === 0) return []
  const isWaiting = doc.alerts.some((a) => a.urgency === 'emergency')
  const part = (label: string, lines: readonly string[]): readonly PatientLine[] =>
    lines.length > 0 ? [bullet(`${label}: ${lines.join(' ')}`)] : []
  return [
    text(
      choices.length === 1
        ? 'Your team will talk with you about this choice. You decide it together.'
        : 'Your team will talk with you about these choices. You decide it together.',
    ),
    ...(isWaiting ? [text('First your team takes care of what needs help today. The choices come after that.')] : []),
    ...(factOf(doc, 'pregnancy') === true ? words.page('pregnant').map(text) : []),
    ...choices.flatMap((c, i) => [
      heading(`${choices.length > 1 ? `${i + 1}. ` : ''}${c.title}`),
      ...(c.option.standing === 'conditional' ? [text('Your team must first check if this is right and safe for you.')] : []),
      ...part('What it is', c.what),
      ...part('How it is given', c.how),
      ...part('How often you come', c.often ? [c.often] : []),
      ...part('What it may give you', c.gives),
      ...part('What it may cost you', c.costs),
      ...part('Tips', c.tips),
    ]),
    ...words.page('always-comfort').map(text),
  ]
}

const TESTS_IN_FULL = 5

/** Tests behind the options that wait for data, in the plan's order. */
function testLines(doc: PlanDocument, words: PatientWords): readonly PatientLine[] {
  if (doc.status === 'refused') return []
  const waiting = doc.options.filter((o) => o.standing === 'needs-data' || o.procedure === 'test-first')
  const asked = new Set(waiting.flatMap((o) => o.needs.flatMap((n) => n.test ?? [])))
  const ids = new Set(waiting.map((o) => o.id))
  const tests = doc.tests.filter((t) => asked.has(t.id) || t.settles.some((s) => ids.has(s)))
  const lines = tests.flatMap((t) => {
    const entry = words.first('tests', t.id)
    return entry ? [bullet(`${capital(entry.name ?? '')}. ${entry.what ?? ''}`.trim())] : []
  })
  return lines.length > TESTS_IN_FULL
    ? [...lines.slice(0, TESTS_IN_FULL), text('You may get more blood tests and checks before treatment.')]
    : lines
}

const unique = (items: readonly string[]): readonly string[] =>
  [...new Set(items)].filter((s, _, all) => !(s.endsWith(STAR) && all.includes(s.slice(0, -STAR.length))))

function sideEffectLines(doc: PlanDocument, choices: readonly PatientChoice[], words: PatientWords): readonly PatientLine[] {
  const noticed = choices.filter((c) => c.expected.length > 0)
  const call = unique(choices.flatMap((c) => c.call))
  const emergency = unique([...words.page('emergency'), ...choices.flatMap((c) => c.emergency)])
  return [
    ...(noticed.length > 0 ? [text('Not everyone gets these. Most can be treated. Tell us early.')] : []),
    ...noticed.flatMap((c) => [heading(`What many people notice with ${c.by}`), ...c.expected.map(bullet)]),
    ...(call.length > 0 ? [heading('Call us the same day if'), ...call.map(bullet), fill('Phone, day:')] : []),
    heading('Get help at once, day or night, if'),
    ...emergency.map(bullet),
    fill('Phone, day and night:'),
    ...(doc.status === 'refused' ? [] : words.page('emergency-say').map(text)),
  ]
}

function safetyLines(doc: PlanDocument, choices: readonly PatientChoice[], words: PatientWords): readonly PatientLine[] {
  const lines: string[] = []
  const hasMedicine = choices.some((c) => c.option.drugs.length > 0)
  const isPregnant = factOf(doc, 'pregnancy') === true
  const isPast = factOf(doc, 'pregnancy-possible') === false && factOf(doc, 'sex') === 'female'
  if (isPregnant) lines.push(...words.page('pregnant'))
  else if (hasMedicine && !isPast) lines.push(...words.page('birth-control'))
  if (hasMedicine && factOf(doc, 'breastfeeding') === true) lines.push(...words.page('breastfeeding'))
  if (factOf(doc, 'drives') !== false) {
    const isBrain = factOf(doc, 'brain-metastases') === true || factOf(doc, 'leptomeningeal-disease') === true
    if (isBrain) lines.push(...words.page('driving-brain'))
    else lines.push(...unique(choices.flatMap((c) => c.driving)))
  }
  return lines.map(bullet)
}

function teamLines(choices: readonly PatientChoice[], words: PatientWords): readonly PatientLine[] {
  const has = (approach: string): boolean => choices.some((c) => c.option.approaches.some((a) => a === approach))
  return [
    ...words.page('team'),
    ...(has('radiation') ? words.page('team-radiation') : []),
    ...(has('surgery') ? words.page('team-surgery') : []),
  ]
    .map(bullet)
    .concat([fill('My doctor:'), fill('My nurse:'), fill('Phone, day:'), fill('Phone, night and weekend:')])
}

function supportLines(doc: PlanDocument, words: PatientWords): readonly PatientLine[] {
  const services = [...new Set(doc.support.map((s) => s.service))]
  const lines = services.flatMap((s) => {
    const entry = words.first('services', s)
    return entry ? [bullet(`${capital(entry.name ?? '')}. ${entry.what ?? ''}`.trim())] : []
  })
  return lines.length > 0
    ? [text('This is extra help next to your treatment. It does not mean that we give up. You can take it or leave it.'), ...lines]
    : []
}

/** The patient's own words; words that speak of time are put in ours for someone who has not asked to hear of it. */
function matterLines(doc: PlanDocument, words: PatientWords): readonly PatientLine[] {
  const isQuiet = wishOf(doc) !== 'full'
  const own = ['goals', 'preferences', 'declines'].flatMap((id) => {
    const fact = doc.case.facts[id]
    if (!isKnown(fact)) return []
    const spoken = fact.words === undefined ? (id === 'goals' ? valuesOf(doc, id) : []) : fact.words.split(' | ')
    return spoken.map((w) => w.trim()).filter((w) => w !== '' && !(isQuiet && speaksOfTime(w)))
  })
  const key = (w: string): string =>
    w
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
  const quotes = own.filter((w, i) => !own.some((v, j) => j !== i && key(v).includes(key(w)) && (key(v) !== key(w) || j < i)))
  const told = ['preferences', 'declines'].flatMap((id) => valuesOf(doc, id).flatMap((v) => words.fact(id, v) ?? []))
  if (quotes.length === 0 && told.length === 0) return words.page('matters-open').map(text)
  return [
    ...(quotes.length > 0 ? [text('This is what we wrote down:')] : []),
    ...quotes.map(quote),
    ...(told.length > 0 ? [text('We keep this in mind:')] : []),
    ...told.map(bullet),
    text('Did we get this right? Tell us if it changes.'),
  ]
}

function questionLines(doc: PlanDocument, words: PatientWords): readonly PatientLine[] {
  const open = isKnown(doc.case.facts['wants-prognosis']) ? [] : words.page('questions-wish')
  return [...words.page(doc.status === 'refused' ? 'questions-refused' : 'questions'), ...open]
    .map(bullet)
    .concat([fill('My own question:')])
}

const aboutLines = (hasStar: boolean): readonly PatientLine[] => [
  text(
    'A computer made this page from your records. It can be wrong. Go through it with your team. Do not start, change or stop a medicine because of this page alone.',
  ),
  ...(hasStar ? [text('* Your team still has to check this point with you.')] : []),
]
