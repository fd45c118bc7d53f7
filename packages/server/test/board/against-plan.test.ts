import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accessRoutes, auditHooks, openAccess } from '../../src/access/index.ts'
import { type Access, buildServer } from '../../src/api/index.ts'
import { practitionerLetter } from '../../src/board/drafts.ts'
import { boardRoutes } from '../../src/board/index.ts'
import { pdfOf } from '../../src/board/pages.ts'
import { caseSheet } from '../../src/board/sheets.ts'
import { LANGUAGES, speechOf } from '../../src/board/words/index.ts'
import { openKnowledge } from '../../src/compose.ts'
import type { BoardCase, BoardDraft, DecisionMade, FollowUp } from '../../src/contract/board.ts'
import { againstPlan, planMaker, planRoutes } from '../../src/plans/index.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { recordChart } from '../store/charts.ts'

const { knowledge } = openKnowledge()
const TODAY = '2026-11-23'
const now = () => new Date(`${TODAY}T10:00:00Z`)
const identify: Access['identify'] = ({ requestId }) =>
  Promise.resolve({ requestId, role: 'oncologist', who: 'Practitioner/olga', site: 'north', purpose: 'TREAT' })
const maker = planMaker(knowledge)

let store: Store
let server: FastifyInstance
/** Pregnant: kinase inhibitors are unsafe. */
let pregnant: string
beforeAll(async () => {
  store = await openStore({ database: { memory: true }, hooks: auditHooks, clock: now })
  pregnant = await recordChart(store, 'alk-pregnant')
  const config = { store, maker: () => maker, today: () => TODAY, now }
  server = buildServer({
    routes: [...planRoutes(config), ...accessRoutes(store.database, now), ...boardRoutes(config)],
    access: openAccess({ database: store.database, identify, now }),
  })
}, 120_000)
afterAll(async () => {
  await server.close()
  await store.close()
})

async function against(decided: { chosen: string | null; words?: string }) {
  const content = await store.chart(pregnant)
  const made = maker.make(content, TODAY)
  if (!made.ok) throw new Error('no plan')
  return againstPlan(content, made.value.document, knowledge, { asOf: TODAY, words: '', ...decided })
}
const get = (url: string) => server.inject({ method: 'GET', url })
const post = (url: string, payload: object) => server.inject({ method: 'POST', url, payload })
async function decision(more: object) {
  const digest = String((await get(`/plans/${pregnant}?asOf=${TODAY}`)).headers.etag).replaceAll('"', '')
  const body = { planDigest: digest, asOf: TODAY, chosen: null, reason: 'works fast', owner: 'Practitioner/nina', ownerName: 'Nina' }
  return post(`/board/patients/${pregnant}/decisions`, { ...body, dueOn: '2026-11-27', after: 0, ...more })
}

describe('what the plan says against a decision', () => {
  test.each([
    ['a drug of the class that is unsafe', 'Osimertinib 80 mg, start today'],
    ['a brand, in capitals', 'TAGRISSO from tomorrow'],
    ['another member of the class', 'alectinib 600 mg'],
    ['the class itself', 'an ALK TKI'],
    ['two drugs, one of them unsafe', 'carboplatin, then lorlatinib'],
    ['a class in words', 'start a kinase inhibitor'],
    ['a class in German', 'Beginn mit einem Tyrosinkinasehemmer'],
    ['a class in Spanish', 'un inhibidor de la tirosina cinasa'],
    ['a class by its gene', 'ALK inhibitors'],
    ['a class within one that is unsafe', 'an EGFR kinase inhibitor'],
    ['not held after all', 'do not hold osimertinib'],
    ['not held, in German', 'Osimertinib nicht absetzen'],
    ['held, then started again', 'hold alectinib for a week, then restart'],
    ['another one held', 'stop carboplatin, lorlatinib from today'],
    ['the hold of something else', 'osimertinib, stop apixaban'],
    ['a dose beside the hold', 'hold osimertinib 80 mg? or half'],
  ])('%s', async (_name, words) => {
    const lines = await against({ chosen: null, words })
    expect(JSON.stringify(lines)).toMatch(/pregnan/i)
  })

  test.each([
    'surgery of the brain first',
    'talk to the obstetrician',
    'osimertinibish',
    '',
    'hold osimertinib',
    'Stop alectinib and lorlatinib, see the obstetrician',
    'Osimertinib absetzen',
    'Osimertinib wird ab heute pausiert.',
    'suspender osimertinib',
    'avoid any kinase inhibitor until delivery',
    'Kinasehemmer meiden',
  ])('nothing is said of: %s', async (words) => {
    expect(await against({ chosen: null, words })).toEqual([])
  })

  test('an option is met by its drugs; what the plan says to stop or recommends is not against it', async () => {
    const content = await store.chart(pregnant)
    const made = maker.make(content, TODAY)
    if (!made.ok) throw new Error('no plan')
    const document = made.value.document
    const [first] = document.options
    const given = { ...first!, id: 'given', drugs: ['osimertinib'], standing: 'alternative' as const }
    const options = [given, { ...given, id: 'stopped', procedure: 'stop' }, ...document.options]
    const of = (chosen: string) => againstPlan(content, { ...document, options }, knowledge, { asOf: TODAY, chosen, words: '' })
    expect(of('given').length).toBeGreaterThan(0)
    expect(of('stopped')).toEqual([])
    for (const { id, standing } of document.options) if (standing === 'recommended') expect(of(id), id).toEqual([])
  })
})

describe('a decision against the plan', () => {
  test('is refused with the words of the plan, and nothing is recorded', async () => {
    const answer = await decision({ other: 'Osimertinib 80 mg, start today' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toMatch(/pregnan/i)
    expect(answer.body).toContain('against-plan')
    expect(await store.decisions.list(pregnant)).toEqual([])
  })

  test.each([[{ reason: ' ' }], [{}], ['because']])('an empty reason is none: %j', async (againstPlan) => {
    expect((await decision({ other: 'osimertinib', againstPlan })).statusCode).toBe(400)
  })

  test('what meets nothing is recorded as before, and keeps no reason against a plan', async () => {
    const made = await decision({ other: 'talk to the obstetrician', againstPlan: { reason: 'left over' } })
    expect(made.statusCode).toBe(200)
    expect((made.json() as DecisionMade).decision.againstPlan).toBeUndefined()
  })

  test('with its reason it is recorded; reason and quoted lines stand in journal, case, follow-through and letter', async () => {
    const asked = await post(`/board/patients/${pregnant}/cases`, { question: 'drug now?', urgency: 'soon' })
    const boardCase = (asked.json() as BoardCase).id
    const made = await decision({
      other: 'Osimertinib 80 mg, start today',
      after: 1,
      case: boardCase,
      againstPlan: { reason: 'the pregnancy has ended' },
    })
    expect(made.statusCode).toBe(200)
    const { againstPlan: kept } = (await store.decisions.list(pregnant)).at(-1)!
    expect(kept?.reason).toBe('the pregnancy has ended')
    expect(kept?.lines.length).toBeGreaterThan(0)
    expect((made.json() as DecisionMade).decision.againstPlan).toEqual(kept)
    const { items } = (await get('/board/follow-through?of=all')).json() as { items: FollowUp[] }
    expect(items.find(({ decision: number }) => number === 2)?.againstPlan).toEqual(kept)
    const letter = (await get(`/board/patients/${pregnant}/drafts/general-practitioner`)).json() as BoardDraft
    const told = letter.sections.find(({ title }) => title.includes('decided'))!.lines
    expect(told).toContain('Why it was decided against the plan: the pregnancy has ended')
    expect(told.some((line) => line.startsWith('The plan says unsafe: '))).toBe(true)
  })

  test('the journal of the plan refuses it too', async () => {
    const digest = String((await get(`/plans/${pregnant}?asOf=${TODAY}`)).headers.etag).replaceAll('"', '')
    const body = { planDigest: digest, asOf: TODAY, chosen: null, reason: 'osimertinib today' }
    expect((await post(`/plans/${pregnant}/decisions`, body)).statusCode).toBe(422)
    expect((await post(`/plans/${pregnant}/decisions`, { ...body, againstPlan: { reason: 'has ended' } })).statusCode).toBe(201)
  })
})

describe('what is unsafe, on paper', () => {
  const plan = async () => {
    const made = maker.make(await store.chart(pregnant), TODAY)
    if (!made.ok) throw new Error('no plan')
    return made.value.document
  }

  test.each(LANGUAGES)('every unsafe line and every alert stands in the letter and on the sheet of the case: %s', async (language) => {
    const document = await plan()
    const unsafe = document.notAdvised.filter(({ reason }) => reason === 'unsafe')
    expect(unsafe.length).toBeGreaterThan(0)
    // more than a letter has room for: they are not cut
    const many = Array.from({ length: 12 }, (_, i) => ({ ...unsafe[0]!, rule: `more-${i}`, treatment: `treatment ${i}` }))
    const alert = {
      id: 'a',
      urgency: 'emergency' as const,
      title: 'Spinal cord compression',
      actions: ['today'],
      because: unsafe[0]!.because,
      evidence: [],
    }
    const full = { ...document, notAdvised: [...unsafe, ...many], alerts: [...document.alerts, alert] }
    const speech = speechOf(language)
    const letter = practitionerLetter({ plan: full, decision: undefined, nameOf: (who) => who, phones: { day: '12345' }, speech })
    const sheet = caseSheet({ patient: 'Patient/x', site: 'north' }, full, knowledge, undefined, undefined, (who) => who, speech)
    for (const lines of [letter.sections.flatMap((one) => one.lines), sheet.parts.flatMap((one) => one.lines ?? [])]) {
      for (const { treatment } of full.notAdvised)
        expect(
          lines.some((line) => line.startsWith(`${speech.words.reasons.unsafe}: ${treatment}`)),
          treatment,
        ).toBe(true)
      expect(lines).toContain(`${speech.words.urgencies.emergency}: Spinal cord compression. today`)
    }
    expect(letter.sections.flatMap((one) => one.lines)).toContain(speech.words.reachDay('12345'))
    expect((await pdfOf(sheet)).subarray(0, 5).toString()).toBe('%PDF-')
  })

  test('the letter speaks the language that is asked for; another one is refused', async () => {
    const ask = (language: string) => get(`/board/patients/${pregnant}/drafts/general-practitioner?language=${language}`)
    expect(((await ask('de')).json() as BoardDraft).title).toContain('Arztbrief')
    expect(((await ask('es')).json() as BoardDraft).title).toContain('Carta')
    expect((await ask('fr')).statusCode).toBe(400)
    expect((await get(`/board/patients/${pregnant}/case.pdf?language=de`)).statusCode).toBe(200)
  })
})
