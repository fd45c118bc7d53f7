import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type PatientPage, patientPage } from '@secondwind/care'
import type { KnowledgeBase, PatientText, PlanDocument } from '@secondwind/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { patientText } from '../src/cli/patient-text.ts'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'
import { JARGON, readingGrade, syllablesOf } from './reading-grade.ts'

const PATIENTS = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../fixtures/patients')
const AS_OF = '2026-11-23'
const GRADE = 8
const files = fs.readdirSync(PATIENTS).sort()

let knowledge: KnowledgeBase
let drugNames: ReadonlySet<string>
const plans = new Map<string, PlanDocument>()

beforeAll(() => {
  knowledge = openKnowledge().knowledge
  drugNames = new Set(knowledge.drugs.filter((d) => d.anticancer).flatMap((d) => d.label.toLowerCase().split(/[^a-z0-9']+/)))
  for (const file of files) plans.set(file, planOf(file))
}, 240_000)

function planOf(file: string, ...overrides: readonly string[]): PlanDocument {
  const charts = parseCharts(fs.readFileSync(path.join(PATIENTS, file), 'utf8'))
  if (!charts.ok) throw new Error(`${file} cannot be read`)
  const planned = planChart(charts.value[0]!, { knowledge, asOf: AS_OF, overrides })
  if (!planned.ok) throw new Error(JSON.stringify(planned.error))
  return planned.value
}

const pageOf = (doc: PlanDocument): PatientPage => patientPage(doc, knowledge)
/** What we say: not the patient's own words, not the lines to fill in. */
const ours = (page: PatientPage): readonly string[] =>
  page.sections.flatMap((s) => [s.title, ...s.lines.filter((l) => l.kind !== 'quote' && l.kind !== 'fill').map((l) => l.text)])
const section = (page: PatientPage, id: string): readonly string[] => page.sections.find((s) => s.id === id)?.lines.map((l) => l.text) ?? []
const jargonIn = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => JARGON.filter((j) => new RegExp(`(?<![a-z])${j}`, 'i').test(line)).map((j) => `${j}: ${line}`))

/** Time left, in words or figures. "4 weeks" of a treatment's rhythm is not meant. */
const ABOUT_TIME =
  /prognos|outlook|lie ahead|surviv|life expectancy|to live|lived|were alive|median|\bdied?\b|\bdying|\bdeath|terminal|curable|take it away for good/i

describe('every fixture', () => {
  test.each(files)('%s: no word about time without the wish, no jargon, reading grade at most 8', (file) => {
    const doc = plans.get(file)!
    const page = pageOf(doc)
    const lines = ours(page)
    expect(lines.filter((l) => ABOUT_TIME.test(l))).toEqual([])
    expect(jargonIn(lines)).toEqual([])
    expect(readingGrade(lines, drugNames)).toBeLessThanOrEqual(GRADE)
  })

  test.each(files)('%s: alerts stand on top, at most three choices, three next things', (file) => {
    const doc = plans.get(file)!
    const page = pageOf(doc)
    const first = page.sections.filter(({ id }) => id !== 'hospice')[0]!.id
    expect(first).toBe(doc.alerts.length > 0 ? 'now' : 'have')
    if (doc.alerts.some((a) => a.urgency === 'emergency'))
      expect(section(page, 'now')[0]).toMatch(/^(Your team needs to see you today|Call an ambulance now)\.$/)
    const choices = page.sections.find((s) => s.id === 'choices')?.lines.filter((l) => l.kind === 'heading') ?? []
    expect(choices.length).toBeLessThanOrEqual(3)
    if (doc.status === 'refused') expect(choices).toEqual([])
    expect(section(page, 'next')).toHaveLength(3)
    expect(section(page, 'team')).toContain('Phone, night and weekend:')
  })

  test.each(files)('%s: the same plan gives the same page, and no line is wider than the paper', (file) => {
    const doc = plans.get(file)!
    expect(patientText(doc, knowledge, 80)).toBe(patientText(structuredClone(doc), knowledge, 80))
    expect(
      patientText(doc, knowledge, 80)
        .split('\n')
        .every((l) => l.length <= 80),
    ).toBe(true)
  })
})

describe('time', () => {
  const file = 'no-driver-pdl1-80-fit.json'
  test('none: not a word', () => {
    const page = pageOf(planOf(file, 'wants-prognosis=none'))
    expect(page.sections.map((s) => s.id)).not.toContain('outlook')
    expect(ours(page).filter((l) => ABOUT_TIME.test(l))).toEqual([])
  })
  test('general: words, no figure', () => {
    const lines = section(pageOf(planOf(file, 'wants-prognosis=general')), 'outlook')
    expect(lines.join(' ')).toMatch(/hold this cancer back/)
    expect(lines.join(' ')).not.toMatch(/\d/)
  })
  test('full: the figures of the document with their range, as natural frequencies', () => {
    const doc = planOf(file, 'wants-prognosis=full')
    expect(doc.outlook).not.toBeNull()
    const lines = section(pageOf(doc), 'outlook').join(' ')
    expect(lines).toMatch(/About 1 of them lives less than/)
    expect(lines).toMatch(/About 5 of them live between/)
    expect(lines).toMatch(/rough guess/)
    for (const { percent } of doc.outlook!.alive) expect(lines).toContain(`about ${Math.round(percent)} of 100 people`)
    expect(readingGrade(section(pageOf(doc), 'outlook'), drugNames)).toBeLessThanOrEqual(GRADE)
  })
  test('full without a study that fits says so', () => {
    const doc = { ...planOf(file, 'wants-prognosis=full'), outlook: null }
    expect(section(pageOf(doc), 'outlook').join(' ')).toMatch(/no study that fits you/)
  })
  test('own words that speak of time left are not echoed to someone who did not ask', () => {
    const doc = plans.get(file)!
    const goal = (words: string) => ({ value: [words], words, sources: [] })
    const facts = { ...doc.case.facts, goals: goal('Knows that prognosis is 8 months; wants to see the garden') }
    expect(section(pageOf({ ...doc, case: { ...doc.case, facts } }), 'matters').join(' ')).not.toMatch(/8 months/)
  })
})

describe('what matters most in one case', () => {
  test('a medicine that must stop is not sold with its side effects, but its late ones are named', () => {
    const page = pageOf(plans.get('pneumonitis-on-immunotherapy.json')!)
    expect(section(page, 'choices').join(' ')).toMatch(
      /Stop the medicine you have now: pembrolizumab|A break from the medicine you have now: pembrolizumab/,
    )
    expect(section(page, 'side-effects')).not.toContain('What many people notice with pembrolizumab')
    expect(section(page, 'side-effects')).toContain('You have bad belly pain or blood in your stools.')
  })
  test('no fixture puts a drug that its plan bars among the choices', () => {
    for (const [file, doc] of plans) {
      const titles = (pageOf(doc).sections.find((s) => s.id === 'choices')?.lines ?? [])
        .filter((l) => l.kind === 'heading')
        .map((l) => l.text.toLowerCase())
      const exact = doc.notAdvised.filter((n) => n.match === 'contains' && n.drugs?.length === 1).map((n) => n.drugs![0]!)
      const sold = titles.filter((t) => !/stop the|break from|stay on/.test(t))
      for (const drug of exact)
        expect(
          sold.filter((t) => t.split(/[^a-z-]+/).includes(drug)),
          `${file}: ${drug}`,
        ).toEqual([])
    }
  })
  test('the patient is quoted', () => {
    const page = pageOf(plans.get('ecog4-no-driver.json')!)
    expect(section(page, 'matters')).toContain('To be at home, without pain')
    expect(section(page, 'aim').join(' ')).toMatch(/free of pain/)
  })
  test('where the plan recommends to wait for a result, waiting is the first choice', () => {
    const lines = section(pageOf(plans.get('ctdna-not-informative.json')!), 'choices')
    expect(lines.find((l) => /^(1\. )?Wait/.test(l))).toMatch(/^(1\. )?Wait for the test results first$/)
  })
  test('where getting up does harm the ambulance comes, and nothing sends the patient to the hospital', () => {
    const page = pageOf(plans.get('cord-compression-suspected.json')!)
    const now = section(page, 'now')
    expect(now[0]).toBe('Call an ambulance now.')
    expect(now.join(' ')).toMatch(/pressure on the nerves in your back/)
    expect(now.join(' ')).not.toMatch(/go to the hospital|call them now/i)
    expect(section(page, 'next')[0]).toMatch(/^Call an ambulance now/)
  })
  test('lying flat and sitting up are never both asked for', () => {
    const because = { claim: 'x', truth: 'true' as const, facts: [] }
    const alert = (id: string) => ({ id, urgency: 'emergency' as const, title: 'X', actions: [], because, evidence: [] })
    const doc = { ...plans.get('no-driver-pdl1-80-fit.json')!, alerts: [alert('cord-compression'), alert('airway-obstruction')] }
    const now = section(pageOf(doc), 'now').join(' ')
    expect(now).not.toMatch(/Lie flat|Sit up/)
    expect(now).toMatch(/Ask them how to lie or sit/)
  })
  test('a number that is not known never leaves an empty line alone', () => {
    for (const doc of plans.values())
      for (const line of pageOf(doc).sections.flatMap(({ lines }) => lines))
        if (line.kind === 'fill' && line.text.startsWith('Phone')) expect(line.instead).toMatch(/emergency number/)
  })
  test('what nobody has ordered is not told as a fact, and no aim is named that nobody has decided', () => {
    for (const doc of plans.values()) {
      const page = pageOf(doc)
      expect(section(page, 'next').join(' ')).not.toMatch(/You get /)
      expect(section(page, 'aim').join(' ')).not.toMatch(/shrink/)
    }
  })
  test('in hospice the page begins from that, and speaks neither of shrinking the cancer nor of hospice as new', () => {
    const page = pageOf(planOf('no-driver-pdl1-80-fit.json', 'in-hospice=true'))
    expect(page.sections[0]!.id).toBe('hospice')
    expect(ours(page).join(' ')).not.toMatch(/shrink|shrank|does not mean that we give up/)
    expect(section(page, 'aim').join(' ')).toMatch(/free of pain/)
    expect(section(page, 'next')).toHaveLength(3)
  })
  test('after a decision nothing speaks of choices that are still to be made', () => {
    const doc = plans.get('no-driver-pdl1-80-fit.json')!
    const option = doc.options.find(({ drugs, standing }) => drugs.length > 0 && standing !== 'needs-data')!
    for (const options of [[option.id], []]) {
      const said = ours(patientPage(doc, knowledge, { isDecided: true, options })).join(' ')
      expect(said).not.toMatch(/talk about the choices|talk with you about|You decide it together/)
      expect(said).toMatch(/go through the decision/)
    }
  })
  test('suspected cord compression: lie flat, be seen today', () => {
    expect(section(pageOf(plans.get('cord-compression-suspected.json')!), 'now').join(' ')).toMatch(/Lie flat/)
  })
  test('a refused plan says that more information is needed, and offers no treatment', () => {
    const page = pageOf(plans.get('stage-iiia.json')!)
    expect(section(page, 'have').join(' ')).toMatch(/We need more information/)
    expect(page.sections.map((s) => s.id)).not.toContain('choices')
  })
  test('pregnancy is named before any medicine; after the menopause birth control is not', () => {
    expect(section(pageOf(plans.get('alk-pregnant.json')!), 'safety').join(' ')).toMatch(/You are pregnant/)
    expect(section(pageOf(plans.get('egfr-exon19-brain-mets-fit.json')!), 'safety').join(' ')).not.toMatch(/birth control/)
  })
  test('cancer in the brain: no driving, unless the patient does not drive', () => {
    expect(section(pageOf(plans.get('egfr-exon19-brain-mets-fit.json')!), 'safety').join(' ')).toMatch(/Do not drive/)
    expect(section(pageOf(planOf('egfr-exon19-brain-mets-fit.json', 'drives=false')), 'safety').join(' ')).not.toMatch(/drive/)
  })
  test('an alert without words of its own is still said', () => {
    const doc = plans.get('no-driver-pdl1-80-fit.json')!
    const because = { claim: 'x', truth: 'true' as const, facts: [] }
    const page = pageOf({
      ...doc,
      alerts: [{ id: 'not-in-the-base', urgency: 'emergency', title: 'X', actions: [], because, evidence: [] }],
    })
    expect(section(page, 'now').join(' ')).toMatch(/a problem that needs care/)
    expect(section(page, 'next')[0]).toMatch(/see you today/)
  })
})

describe('how soon the page says is how soon the alert says', () => {
  const withAlert = (id: string, urgency: 'emergency' | 'urgent' | 'soon', suspected = false) => {
    const because = { claim: 'x', truth: 'true' as const, facts: [] }
    const alert = { id, urgency, title: 'X', actions: ['today'], because, evidence: [], ...(suspected ? { suspected: true as const } : {}) }
    const page = pageOf({ ...plans.get('no-driver-pdl1-80-fit.json')!, alerts: [alert] })
    return { now: section(page, 'now').join(' '), next: section(page, 'next').join(' ') }
  }
  test('urgent: the call is today, and nothing speaks of days', () => {
    const { now, next } = withAlert('uncontrolled-pain', 'urgent')
    expect(now).toMatch(/Call your team today\./)
    expect(next).toMatch(/Call your team today\./)
    expect(`${now} ${next}`).not.toMatch(/next days|this week/)
  })
  test('massive bleeding from the lung: an ambulance, not only the team', () =>
    expect(withAlert('haemoptysis', 'emergency').now).toMatch(/Call an ambulance now\./))
  test.each([
    { name: 'a little blood', urgency: 'urgent' as const, suspected: false },
    { name: 'a suspicion', urgency: 'emergency' as const, suspected: true },
  ])('$name: an ambulance only if it gets worse', ({ urgency, suspected }) => {
    const { now } = withAlert('haemoptysis', urgency, suspected)
    expect(now).not.toMatch(/Call an ambulance now\./)
    expect(now).toMatch(/Call an ambulance if/)
  })
  test('soon: kept an eye on, without a pressed heart that nobody has seen', () => {
    const { now } = withAlert('pericardial-tamponade', 'soon')
    expect(now).toMatch(/keeps an eye on this/)
    expect(now).not.toMatch(/presses on your heart/)
  })
})

describe('the words themselves', () => {
  const said = (t: PatientText): readonly string[] => [
    ...[t.name, t.what, t.how, t.gives, t.costs, t.driving].filter((x) => x !== undefined),
    ...t.expected,
    ...t.call,
    ...t.emergency,
    ...t.now,
    ...t.tips,
    ...t.lines,
    ...Object.values(t.values ?? {}),
  ]
  // names and single words are no sentences: a grade needs ten words at least
  const isLong = (t: PatientText): boolean => said(t).join(' ').split(' ').length >= 10

  test('every entry reads at grade 8 or below, without jargon', () => {
    const texts = knowledge.patient ?? []
    expect(texts.length).toBeGreaterThan(150)
    const hard = texts.filter(isLong).map((t) => ({ id: t.id, grade: Math.round(readingGrade(said(t), drugNames) * 10) / 10 }))
    expect(hard.filter((h) => h.grade > GRADE)).toEqual([])
    expect(texts.flatMap((t) => jargonIn(said(t)).map((j) => `${t.id}: ${j}`))).toEqual([])
  })

  test('every drug of a regimen, alert, service, test, technique and procedure has words', () => {
    const has = (list: string, id: string): boolean =>
      (knowledge.patient ?? []).some((t) => ((t.about as Record<string, unknown>)[list] as readonly string[] | undefined)?.includes(id))
    const classesOf = (drug: string) => knowledge.drugs.find((d) => d.id === drug)?.classes ?? []
    const drugs = new Set(knowledge.regimens.flatMap((r) => r.components.map((c) => c.drug)))
    expect([...drugs].filter((d) => !has('drugs', d) && !classesOf(d).some((c) => has('classes', c)))).toEqual([])
    expect([...new Set(knowledge.alerts.map((a) => a.alert))].filter((a) => !has('alerts', a))).toEqual([])
    expect([...new Set(knowledge.support.map((s) => s.service))].filter((s) => !has('services', s))).toEqual([])
    expect(knowledge.tests.map((t) => t.id).filter((t) => !has('tests', t))).toEqual([])
    const parts = knowledge.options.flatMap((o) => [o, ...(o.also ?? [])])
    expect([...new Set(parts.flatMap((o) => o.technique ?? []))].filter((t) => !has('techniques', t))).toEqual([])
    expect([...new Set(parts.flatMap((o) => o.procedure ?? []))].filter((p) => !has('procedures', p))).toEqual([])
  })

  test.each([
    ['cat', 1],
    ['breathe', 1],
    ['treatment', 2],
    ['cancer', 2],
    ['tablets', 2],
    ['hospital', 3],
    ['chemotherapy', 5],
    ['radiation', 4],
    ['people', 2],
    ['special', 2],
    ['doses', 2],
    ['treated', 2],
    ['called', 1],
    ['more', 1],
    ['table', 2],
  ])('%s has %i syllables', (word, n) => {
    expect(syllablesOf(word)).toBe(n)
  })

  test('the grade tells plain from hard: a sentence of each kind, worked by hand', () => {
    // 6 words, 1 sentence, 6 syllables: 0.39 × 6 + 11.8 × 1 − 15.59 = −1.45
    expect(readingGrade(['The cat sat on the mat.'], new Set())).toBeCloseTo(-1.45, 2)
    expect(readingGrade(['Systemic chemotherapy necessitates comprehensive haematological surveillance.'], new Set())).toBeGreaterThan(15)
    expect(readingGrade(['You get carboplatin.'], new Set(['carboplatin']))).toBeLessThan(0)
  })
})
