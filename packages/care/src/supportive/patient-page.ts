import { isKnown, type KnowledgeBase, type Option, type PlanDocument } from '@secondwind/core'
import { chosenOptions, type PatientChoice, patientChoice } from './patient-choices.ts'
import { bullet, fill, heading, type PatientLine, type PatientPage, type PatientSection, phone, quote, text } from './patient-lines.ts'
import { callsAmbulance, nowLines } from './patient-now.ts'
import { outlookLines, speaksOfTime, wishOf } from './patient-outlook.ts'
import { capital, listed, type PatientWords, patientWords, STAR } from './patient-words.ts'

/**
 * The plan for the patient and the carer, in plain words of `knowledge/patient/`. A projection of the plan document: nothing is decided here. `stand`: how far a
 * clinician has decided; without it the choices that can be put to the patient. What nobody has ordered or decided is never told as if it would happen.
 * In hospice the page begins from that: what the team there does, comfort, and no treatment against the cancer unless it was decided.
 *
 * Time is spoken of only as far as the fact `wants-prognosis` allows; unknown is a no. What has no plain words gets a general sentence.
 */
export function patientPage(doc: PlanDocument, knowledge: KnowledgeBase, stand?: DecisionStand): PatientPage {
  const words = patientWords(knowledge)
  const page = { title: 'My plan', asOf: doc.asOf }
  if (factOf(doc, 'deceased') === true)
    return { ...page, sections: [{ id: 'team-only', title: 'For the team', lines: [text('No page was made. Please check the record.')] }] }
  const open = doc.status === 'refused' ? [] : optionsOf(doc, stand)
  const isDecided = stand?.isDecided === true
  const isHospice = inHospice(doc)
  const choices = open.map((o) => patientChoice(o, doc, words))
  const now = section('now', 'What to do now', nowLines(doc, words))
  const hospice = section('hospice', 'My hospice care', isHospice ? words.page('hospice').map(bullet) : [])
  const all = [
    ...(doc.alerts.some((a) => a.urgency !== 'soon') ? [now, hospice] : [hospice, now]),
    section('have', 'What I have', haveLines(doc, words)),
    section('aim', 'What we aim for', aimLines(doc, isDecided ? open[0] : undefined, words)),
    section('next', 'The next three things', nextThree(doc, choices.length > 0, isDecided, words).map(bullet)),
    section('choices', isDecided ? 'My treatment' : 'My treatment choices', choiceLines(doc, choices, isDecided, words)),
    section('tests', 'Tests that may open more choices', isHospice ? [] : testLines(doc, words)),
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

/** How far a clinician has decided. */
export interface DecisionStand {
  /** A decision is recorded, be it one of the options or in free words. */
  readonly isDecided: boolean
  /** Ids of the options that may be spoken of; none: nothing of the plan. */
  readonly options: readonly string[]
}

const isComfort = (o: Option): boolean => o.drugs.length === 0 && o.approaches.every((a) => a === 'supportive-care')
const inHospice = (doc: PlanDocument): boolean => factOf(doc, 'in-hospice') === true

function optionsOf(doc: PlanDocument, stand: DecisionStand | undefined): readonly Option[] {
  if (stand !== undefined) return doc.options.filter(({ id }) => stand.options.includes(id))
  // somebody in hospice is offered neither hospice as if it were new, nor what fights the cancer
  return chosenOptions(doc).filter((o) => !inHospice(doc) || (isComfort(o) && o.procedure !== 'hospice'))
}

function factOf(doc: PlanDocument, id: string): unknown {
  const fact = doc.case.facts[id]
  return isKnown(fact) ? fact.value : undefined
}

const valuesOf = (doc: PlanDocument, id: string): readonly string[] => {
  const value = factOf(doc, id)
  return Array.isArray(value) ? value.map(String) : []
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

/** What was decided says what is aimed for, and so do the wishes; where neither does, no more is said than is true of all care. */
function aimLines(doc: PlanDocument, decided: Option | undefined, words: PatientWords): readonly PatientLine[] {
  if (doc.status === 'refused') return []
  const isComfortWish =
    inHospice(doc) || valuesOf(doc, 'preferences').includes('comfort-over-length') || valuesOf(doc, 'declines').includes('all-anticancer')
  const isWaiting = doc.alerts.some((a) => a.urgency === 'emergency')
  const fights =
    decided !== undefined && !isComfort(decided) && !['hold', 'stop', 'test-first', 'hospice'].includes(decided.procedure ?? '')
  const aim = inHospice(doc)
    ? 'aim-comfort'
    : fights
      ? 'aim'
      : isComfortWish || (decided !== undefined && isComfort(decided))
        ? 'aim-comfort'
        : 'aim-open'
  return [...(isWaiting ? words.page('aim-now') : []), ...words.page(aim)].map(bullet)
}

function nextThree(doc: PlanDocument, hasChoices: boolean, isDecided: boolean, words: PatientWords): readonly string[] {
  const isComing = doc.alerts.some((a) => callsAmbulance(a, words))
  const alerts = isComing
    ? ['Call an ambulance now. The top of this page says what to tell them.']
    : doc.alerts
        .filter((a) => a.urgency !== 'soon')
        .map((a) =>
          a.urgency === 'emergency'
            ? 'Call your team now. They need to see you today.'
            : 'Call your team today. They tell you if they need to see you today.',
        )
  if (inHospice(doc)) return [...new Set([...alerts.slice(0, 2), ...words.page('hospice-next')])].slice(0, 3)
  const tests = doc.tests.map((t) => ({ urgency: t.urgency, line: testLine(t.id, words) }))
  const hurried = tests.filter((t) => t.urgency !== 'soon').map((t) => t.line)
  const meeting =
    doc.status === 'refused'
      ? 'Your team looks at your records and clears up what is missing.'
      : isDecided
        ? 'Ask your team to go through the decision with you, and what comes first.'
        : hasChoices
          ? 'You meet your team and talk about the choices on this page.'
          : 'You meet your team and talk about what can be done.'
  const support = [...doc.support]
    .filter((s) => s.dueBy !== undefined)
    .sort((a, b) => (a.dueBy! < b.dueBy! ? -1 : a.dueBy! > b.dueBy! ? 1 : 0))
    .flatMap((s) => {
      const name = words.first('services', s.service)?.name
      return name ? [`Your team may suggest ${name}.`] : []
    })
  const soon = tests.filter((t) => t.urgency === 'soon').map((t) => t.line)
  const before = [...new Set([...alerts, ...hurried])].slice(0, 2)
  return [...new Set([...before, meeting, ...soon.slice(0, 1), ...support, ...soon])].slice(0, 3)
}

/** The plan asks for it; whether it was ordered is not known here, so it is not told as something that will happen. */
function testLine(id: string, words: PatientWords): string {
  const entry = words.first('tests', id)
  return entry
    ? `Your team may suggest ${entry.name}. ${entry.what ?? ''}`.trim()
    : 'Your team may suggest one more test. Ask us what it shows.'
}

function choiceLines(
  doc: PlanDocument,
  choices: readonly PatientChoice[],
  isDecided: boolean,
  words: PatientWords,
): readonly PatientLine[] {
  if (choices.length === 0) return []
  const isWaiting = doc.alerts.some((a) => a.urgency === 'emergency')
  const part = (label: string, lines: readonly string[]): readonly PatientLine[] =>
    lines.length > 0 ? [bullet(`${label}: ${lines.join(' ')}`)] : []
  return [
    text(
      isDecided
        ? 'Your team recorded this decision. Ask them to go through it with you.'
        : choices.length === 1
          ? 'Your team will talk with you about this choice. You decide it together.'
          : 'Your team will talk with you about these choices. You decide it together.',
    ),
    ...(isWaiting
      ? [
          text(
            isDecided
              ? 'First your team takes care of what needs help today. This comes after that.'
              : 'First your team takes care of what needs help today. The choices come after that.',
          ),
        ]
      : []),
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
    ...(call.length > 0 ? [heading('Call us the same day if'), ...call.map(bullet), phone('day')] : []),
    heading('Get help at once, day or night, if'),
    ...emergency.map(bullet),
    phone('always'),
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
    .concat([fill('My doctor:'), fill('My nurse:'), phone('day'), phone('night')])
}

function supportLines(doc: PlanDocument, words: PatientWords): readonly PatientLine[] {
  const isHospice = inHospice(doc)
  const services = [...new Set(doc.support.map((s) => s.service))].filter((s) => !isHospice || s !== 'hospice')
  const lines = services.flatMap((s) => {
    const entry = words.first('services', s)
    return entry ? [bullet(`${capital(entry.name ?? '')}. ${entry.what ?? ''}`.trim())] : []
  })
  return lines.length > 0
    ? [
        text(
          isHospice
            ? 'This is extra help next to your hospice care. You can take it or leave it.'
            : 'This is extra help next to your treatment. It does not mean that we give up. You can take it or leave it.',
        ),
        ...lines,
      ]
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
  return [...words.page(inHospice(doc) ? 'questions-hospice' : doc.status === 'refused' ? 'questions-refused' : 'questions'), ...open]
    .map(bullet)
    .concat([fill('My own question:')])
}

const aboutLines = (hasStar: boolean): readonly PatientLine[] => [
  text(
    'A computer made this page from your records. It can be wrong. Go through it with your team. Do not start, change or stop a medicine because of this page alone.',
  ),
  ...(hasStar ? [text('* Your team still has to check this point with you.')] : []),
]
