import { type ApiRequest, type ApiResponse, json, orThrow, type Route } from '../api/index.ts'
import type { BoardDecision } from '../contract/board.ts'
import { Refused, refusal } from '../issue.ts'
import { siteOf } from '../own-plan/index.ts'
import { queryOf } from '../plans/requests.ts'
import { hiddenFrom, withheld } from '../plans/withhold.ts'
import type { BoardConfig } from './answers.ts'
import type { CaseRow } from './cases.ts'
import { newestDecision } from './decide.ts'
import { patientLetter, practitionerLetter } from './drafts.ts'
import { meetingDetail } from './meeting-detail.ts'
import type { Sheet } from './pages.ts'
import { identitiesOf } from './patients.ts'
import { boardPeople } from './people.ts'
import { printed } from './print.ts'
import { agendaSheet, caseSheet, draftSheet, type Who } from './sheets.ts'
import { shownCases } from './view.ts'
import { LANGUAGES, speechOf } from './words/index.ts'

/** Words of the paper itself; sentences of the chart and of the knowledge base stay as they are. */
const LANGUAGE = { language: { type: 'string', enum: [...LANGUAGES] } } as const

/** What leaves the board on paper: the case, the agenda, the letter to the general practitioner and the page for the patient. All of them drafts. */
export function pageRoutes(config: BoardConfig): readonly Route[] {
  const { store, maker, today } = config

  /** The plan as this reader may see it, who it is about, and what was decided where the reader may know that. */
  const gathered = async (request: ApiRequest) => {
    const patient = request.params.patient!
    const sight = await request.authorize({ interaction: 'read', type: 'plan', patient })
    const content = await store.chart(patient)
    const made = orThrow(maker().make(content, today()))
    await request.seen({ interaction: 'read', type: 'plan', patient }, content.resources)
    const identity = (await identitiesOf(store, request, [patient])).get(patient)
    const who: Who = {
      patient: `Patient/${patient}`,
      site: siteOf(content.resources, patient) ?? '',
      ...(identity?.name === undefined ? {} : { name: identity.name }),
      ...(identity?.birthDate === undefined ? {} : { birthDate: identity.birthDate }),
    }
    const mayKnow = (await request.decide({ interaction: 'read', type: 'decision', patient })).allowed
    const decision: BoardDecision | undefined = mayKnow ? await newestDecision(store, patient) : undefined
    const people = await boardPeople(store.database)
    const nameOf = (ref: string): string => people.find((one) => one.who === ref)?.name ?? ref.replace(/^[A-Za-z]+\//, '')
    return {
      plan: withheld(made.document, hiddenFrom(sight, content.resources)),
      who,
      decision,
      nameOf,
      phones: config.phones?.get(who.site),
    }
  }

  const casePage: Route = {
    id: 'board.case-page',
    method: 'GET',
    path: '/board/patients/:patient/case.pdf',
    rule: { interaction: 'read', about: 'plan', patientFrom: 'patient' },
    summary: 'The case of one patient for the board as PDF, a draft to be signed',
    schema: { query: LANGUAGE },
    handle: async (request) => {
      const speech = speechOf(queryOf(request.query, ['language']).get('language'))
      const { plan, who, decision, nameOf } = await gathered(request)
      const rows = await store.database.query<CaseRow>(
        `select * from board_case where patient = $1 and state <> 'withdrawn' order by asked_at desc, id limit 1`,
        [request.params.patient!],
      )
      const [boardCase] = await shownCases(store, maker(), request, rows)
      const known = boardCase?.state === 'decided' ? decision : undefined
      return pdf(caseSheet(who, plan, maker().knowledge, boardCase, known, nameOf, speech), 'case')
    },
  }
  const agendaPage: Route = {
    id: 'board.agenda-page',
    method: 'GET',
    path: '/board/meetings/:meeting/agenda.pdf',
    rule: { interaction: 'read', about: 'board', idFrom: 'meeting' },
    summary: 'The agenda of one meeting as PDF: of each case what the caller may see',
    schema: { query: LANGUAGE },
    handle: async (request) => {
      const speech = speechOf(queryOf(request.query, ['language']).get('language'))
      return pdf(agendaSheet(await meetingDetail(config, request, request.params.meeting!), speech), 'agenda')
    },
  }
  const draft: Route = {
    id: 'board.draft',
    method: 'GET',
    path: '/board/patients/:patient/drafts/:kind',
    rule: { interaction: 'read', about: 'plan', patientFrom: 'patient' },
    summary:
      'Draft of the letter to the general practitioner, or of the page for the patient, with the newest decision; to be signed by a clinician',
    schema: { query: { format: { type: 'string', enum: ['json', 'pdf'] }, ...LANGUAGE } },
    handle: async (request) => {
      const query = queryOf(request.query, ['format', 'language'])
      const speech = speechOf(query.get('language'))
      const format = query.get('format') ?? 'json'
      if (format !== 'json' && format !== 'pdf')
        throw new Refused([refusal('invalid-parameter', 'format', 'is neither json nor pdf', 'give one of them')])
      const { kind } = request.params as { kind: string }
      if (kind !== 'general-practitioner' && kind !== 'patient')
        throw new Refused([refusal('not-found', 'kind', 'there is no such draft', 'there are general-practitioner and patient')])
      const { who, ...told } = await gathered(request)
      const letter = kind === 'patient' ? patientLetter({ ...told, speech }, maker().knowledge) : practitionerLetter({ ...told, speech })
      return format === 'json' ? json(letter) : pdf(draftSheet(who, letter, speech), kind)
    },
  }
  return [casePage, agendaPage, draft]
}

/** No name of a patient in the name of the file: it stands in the list of what was downloaded. */
async function pdf(sheet: Sheet, name: string): Promise<ApiResponse> {
  return {
    status: 200,
    contentType: 'application/pdf',
    headers: { 'content-disposition': `attachment; filename="second-wind-${name}.pdf"` },
    body: await printed(sheet),
  }
}
