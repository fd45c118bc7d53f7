import { count, type Described, day, digest, instant, list, object, text, truth } from './described.ts'

const PDF = 'application/pdf'
const SURGEON = 'Practitioner/surgeon'
const nullable = { type: ['string', 'null'] } as const
const decision = object(
  {
    number: count,
    chosen: nullable,
    title: text,
    reason: text,
    dissent: { type: 'array' },
    recordedAt: instant,
    recordedBy: text,
    planDigest: digest,
    asOf: day,
  },
  { other: text, preference: text, againstPlan: { type: 'object' }, owner: text, dueOn: day },
)
const boardCase = object(
  {
    id: text,
    patient: nullable,
    site: text,
    question: nullable,
    urgency: { enum: ['routine', 'soon', 'urgent'] },
    askedBy: text,
    askedAt: instant,
    state: text,
    minutes: count,
    version: count,
    readiness: object(
      {
        state: text,
        items: list(object({ id: text, kind: text, title: text, isBlocking: truth }, { owner: text, ownerName: text, dueOn: day })),
      },
      { asOf: day },
    ),
  },
  { name: text, birthDate: text, meeting: text, place: count, story: text, decision },
)
const member = object({
  who: text,
  name: text,
  specialty: { enum: ['pathology', 'radiology', 'oncology', 'radiation', 'surgery', 'support'] },
})
const meeting = object({
  id: text,
  title: text,
  startsAt: instant,
  minutes: count,
  sites: list(text),
  chair: text,
  members: list(member),
  state: { enum: ['planned', 'closed'] },
  version: count,
})
const detail = object({
  id: text,
  version: count,
  agenda: list(boardCase),
  interests: { type: 'array' },
  present: { type: 'array' },
  seq: count,
  may: object({ arrange: truth, decide: truth }),
})
const followUp = object(
  {
    id: text,
    patient: text,
    site: text,
    decision: count,
    title: text,
    owner: text,
    ownerName: text,
    dueOn: day,
    isOverdue: truth,
    decidedBy: text,
    decidedAt: instant,
    version: count,
  },
  { name: text, againstPlan: { type: 'object' }, closed: { type: 'object' } },
)
const letter = object({
  kind: text,
  title: text,
  notice: text,
  sections: list(object({ title: text, lines: list(text) })),
  signature: text,
})

const asked = object({ question: text, urgency: text }, { minutes: count })
const meetingAsked = object({ title: text, startsAt: instant, minutes: count, sites: list(text) }, { readingHours: count, chair: text })
const versioned = object({ version: count })
const CASE = { case: '{{board.case-create id}}' }
const MEETING = { meeting: '{{board.meeting-create id}}' }
const FOLLOWED = { id: '{{board.follow-through items.0.id}}' }
const MEETS = { title: 'Thoracic board', startsAt: '2030-01-08T13:00:00Z', minutes: 60, sites: ['north'] }

/** The tumour board: a case is asked for and made ready, comes on an agenda, is decided and followed. What is changed names the `version` that was looked at. */
export const BOARD_OPERATIONS: { readonly [operation: string]: Described } = {
  'board.case-create': {
    body: asked,
    status: 201,
    answer: boardCase,
    example: {
      as: 'oncologist',
      params: { patient: 'ann' },
      body: { question: 'Wait for the molecular results, or begin?', urgency: 'soon' },
    },
  },
  'board.queue': { status: 200, answer: object({ items: list(boardCase) }), example: { as: 'oncologist' } },
  'board.case-of-patient': {
    status: 200,
    answer: object({ items: list(boardCase) }),
    example: { as: 'oncologist', params: { patient: 'ann' } },
  },
  'board.case': { status: 200, answer: object({ id: text, events: { type: 'array' } }), example: { as: 'oncologist', params: CASE } },
  'board.case-change': {
    body: object({ version: count, question: text, urgency: text }, { minutes: count }),
    status: 200,
    answer: boardCase,
    example: {
      as: 'oncologist',
      params: CASE,
      body: { version: 1, question: 'Wait for the panel, or begin?', urgency: 'urgent', minutes: 15 },
    },
  },
  'board.case-prepare': {
    body: object({ version: count, item: text }, { owner: text, ownerName: text, dueOn: day }),
    status: 200,
    answer: boardCase,
    example: {
      as: 'oncologist',
      params: CASE,
      body: {
        version: 2,
        item: '{{board.case-create readiness.items.0.id}}',
        owner: SURGEON,
        ownerName: 'Sam Surgeon',
        dueOn: '2030-01-04',
      },
    },
  },
  'board.people': { status: 200, answer: object({ items: { type: 'array' }, sites: { type: 'array' } }), example: { as: 'oncologist' } },
  'board.meeting-create': {
    body: object({ ...(meetingAsked.properties as object), chairName: text, chairSpecialty: text }),
    status: 201,
    answer: meeting,
    example: { as: 'oncologist', body: { ...MEETS, chairName: 'Olga Oncologist', chairSpecialty: 'oncology' } },
  },
  'board.meetings': {
    status: 200,
    answer: object({ items: list(meeting) }),
    example: { as: 'oncologist', query: { from: '2030-01-01T00:00:00Z', to: '2030-02-01T00:00:00Z' } },
  },
  'board.meeting': { status: 200, answer: detail, example: { as: 'oncologist', params: MEETING } },
  'board.meeting-change': {
    body: object({ version: count, ...(meetingAsked.properties as object), state: text }),
    status: 200,
    answer: detail,
    example: { as: 'oncologist', params: MEETING, body: { version: 1, ...MEETS, minutes: 90, state: 'planned' } },
  },
  'board.agenda': {
    body: object({ version: count, order: list(text) }),
    status: 200,
    answer: detail,
    example: { as: 'oncologist', params: MEETING, body: { version: 2, order: ['{{board.case-create id}}'] } },
  },
  'board.member': {
    body: member,
    status: 200,
    answer: detail,
    example: { as: 'oncologist', params: MEETING, body: { who: SURGEON, name: 'Sam Surgeon', specialty: 'surgery' } },
  },
  'board.interest': {
    body: object({ text: nullable }, { case: text }),
    status: 200,
    answer: detail,
    example: { as: 'surgeon', params: MEETING, body: { text: 'Leads a trial that could be an option.' } },
  },
  'board.presence': {
    body: object({}, { viewing: text }),
    status: 200,
    answer: object({ present: { type: 'array' }, seq: count, now: instant }),
    example: { as: 'oncologist', params: MEETING, body: { viewing: '{{board.case-create id}}' } },
  },
  'board.agenda-page': {
    status: 200,
    answer: { type: 'string' },
    answerType: PDF,
    example: { as: 'oncologist', params: MEETING, query: { language: 'de' } },
  },
  'board.member-remove': {
    body: object({ who: text }),
    status: 200,
    answer: detail,
    example: { as: 'oncologist', params: MEETING, body: { who: SURGEON } },
  },
  'board.newest-decision': {
    status: 200,
    answer: object({ decision: { anyOf: [decision, { type: 'null' }] } }),
    example: { as: 'oncologist', params: { patient: 'ann' } },
  },
  'board.decide': {
    body: object(
      { planDigest: digest, asOf: day, chosen: nullable, reason: text, owner: text, ownerName: text, dueOn: day, after: count },
      { other: text, preference: text, dissent: { type: 'array' }, case: text, againstPlan: object({ reason: text }) },
    ),
    status: 200,
    answer: object({ decision, followUp: text }),
    example: {
      as: 'oncologist',
      params: { patient: 'ann' },
      body: {
        planDigest: '{{plan.read etag}}',
        asOf: '2026-11-23',
        chosen: null,
        other: 'Wait for the panel; look again when it is there.',
        reason: 'Her symptoms allow ten days.',
        preference: 'Tablets rather than infusions, if there is a choice.',
        dissent: [{ who: 'Sam Surgeon', reason: 'Would not wait longer than a week.' }],
        owner: 'Practitioner/oncologist',
        ownerName: 'Olga Oncologist',
        dueOn: '2030-01-15',
        after: 1,
      },
    },
  },
  'board.follow-through': {
    status: 200,
    answer: object({ items: list(followUp) }),
    example: { as: 'oncologist', query: { of: 'me', state: 'open' } },
  },
  'board.follow-up-close': {
    body: object({ version: count, outcome: text }, { reason: text, note: text }),
    status: 200,
    answer: followUp,
    example: {
      as: 'oncologist',
      params: FOLLOWED,
      body: { version: 1, outcome: 'not-done', reason: 'new-finding', note: 'Fever: seen on the ward first.' },
    },
  },
  'board.follow-up-reopen': {
    body: versioned,
    status: 200,
    answer: followUp,
    example: { as: 'oncologist', params: FOLLOWED, body: { version: 2 } },
  },
  'board.follow-up-owner': {
    body: object({ version: count, owner: text, ownerName: text, dueOn: day }),
    status: 200,
    answer: followUp,
    example: { as: 'oncologist', params: FOLLOWED, body: { version: 3, owner: SURGEON, ownerName: 'Sam Surgeon', dueOn: '2030-01-20' } },
  },
  'board.draft': {
    status: 200,
    answer: letter,
    example: { as: 'oncologist', params: { patient: 'ann', kind: 'general-practitioner' }, query: { format: 'json', language: 'en' } },
  },
  'board.case-page': {
    status: 200,
    answer: { type: 'string' },
    answerType: PDF,
    example: { as: 'oncologist', params: { patient: 'ann' }, query: { language: 'es' } },
  },
  'board.case-withdraw': {
    body: object({ version: count }, { back: truth }),
    status: 200,
    answer: boardCase,
    example: { as: 'oncologist', params: CASE, body: { version: 3 } },
  },
}
