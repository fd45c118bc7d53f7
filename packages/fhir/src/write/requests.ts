import type { Evidence, Explanation, Option, PlannedFractionation, PlannedTest } from '@secondwind/core'
import { BASE, type Writing } from './context.ts'
import { dosagesOf } from './dosage.ts'
import { type Elements, referenceTo, resource, text, type Written } from './resource.ts'

/** A draft proposal for one test. */
export function testRequest(w: Writing, test: PlannedTest): Written {
  return resource('ServiceRequest', w.id('test', test.id), [`${test.title}: ${test.because.claim}`], {
    status: 'draft',
    intent: 'proposal',
    priority: test.urgency === 'emergency' ? 'stat' : test.urgency === 'urgent' ? 'urgent' : 'routine',
    code: { coding: [{ system: `${BASE}/CodeSystem/tests`, code: test.id, display: test.title }], text: test.title },
    subject: w.subject,
    authoredOn: w.doc.asOf,
    reasonCode: [text(test.because.claim)],
    note: test.before ? [{ text: `Before ${test.before}` }] : undefined,
  })
}

export interface WrittenOption {
  readonly action: Elements
  /** The requests made for this option; tests that it waits for are written once, elsewhere. */
  readonly requests: readonly Written[]
}

/**
 * An option as an action of the RequestGroup, with the draft requests it would take.
 *
 * An option that needs data, or that is to wait for a result, points at the tests, never at its drugs; one that stops or holds a drug gets no
 * MedicationRequest either: a proposal of the very drug to be stopped could be taken for an order.
 */
export function writeOption(w: Writing, option: Option, tests: ReadonlyMap<string, Written>): WrittenOption {
  const waits = option.standing === 'needs-data' || option.procedure === 'test-first'
  const awaited = waits ? awaitedTests(option, tests) : []
  const requests = waits ? (awaited.length > 0 ? [] : [questionRequest(w, option)]) : treatmentRequests(w, option)
  const parts = [...awaited, ...requests]
  return {
    requests,
    action: {
      prefix: String(option.rank),
      title: `${STANDINGS[option.standing]}: ${option.title}`,
      description: describe(w, option),
      code: [
        { coding: [{ system: `${BASE}/CodeSystem/options`, code: option.id }], text: option.title },
        { coding: [{ system: `${BASE}/CodeSystem/standings`, code: option.standing }], text: STANDINGS[option.standing] },
      ],
      documentation: option.evidence.map(citation),
      // a leaf has its request, a group has actions: FHIR allows one of the two (rqg-1)
      ...(parts.length === 1
        ? { resource: referenceTo(parts[0]!) }
        : {
            groupingBehavior: 'logical-group',
            selectionBehavior: waits ? 'any' : 'all',
            action: parts.map((part) => ({ title: titleOf(part), resource: referenceTo(part) })),
          }),
    },
  }
}

const STANDINGS = {
  recommended: 'Recommended',
  alternative: 'Alternative',
  conditional: 'Only under a condition',
  'needs-data': 'Cannot be judged yet',
} as const

const titleOf = (request: Written): string => {
  const { text: words } = (request.medicationCodeableConcept ?? request.code) as { readonly text: string }
  return words
}

function describe(w: Writing, option: Option): string {
  return [
    `${STANDINGS[option.standing]}: ${option.standingBecause}`,
    option.review ? 'UNCONFIRMED: this rule or its dose has not been checked against its source' : '',
    option.regimen
      ? `Regimen: ${option.regimen.title}${option.regimen.maintenance ? `; then ${option.regimen.maintenance.title}` : ''}`
      : '',
    `Against: ${option.against}`,
    ...option.cautions.map((c) => `${c.before ? `Before ${c.before}` : 'Caution'}: ${c.say}`),
    ...option.concurrent.map((c) => `With it: ${c.say} (${c.because})`),
    ...option.needs.map((n) => `Needs ${n.asks ?? w.factLabel(n.fact)}: if yes ${n.ifTrue}, if no ${n.ifFalse}`),
  ]
    .filter(Boolean)
    .join('\n')
}

const citation = (e: Evidence): Elements => ({
  type: 'citation',
  label: e.source,
  display: e.at,
  citation: e.review ? `${e.says} (unconfirmed)` : e.says,
  url: e.url,
})

function awaitedTests(option: Option, tests: ReadonlyMap<string, Written>): readonly Written[] {
  const named = new Set(option.needs.flatMap((n) => (n.test === undefined ? [] : [n.test])))
  return [...named].flatMap((id) => tests.get(id) ?? [])
}

/** Where no test is listed that would answer it: the question itself, as a proposal to find out. */
const questionRequest = (w: Writing, option: Option): Written =>
  service(w, option, 'find-out', `Find out: ${option.needs.map((n) => w.factLabel(n.fact)).join(', ') || option.title}`)

function treatmentRequests(w: Writing, option: Option): readonly Written[] {
  const isEnding = option.procedure === 'stop' || option.procedure === 'hold'
  if (isEnding) return [service(w, option, option.procedure!, option.title)]
  // a trial is asked for, its drugs are not: they are given inside it
  if (option.trial) return [service(w, option, 'clinical-trial', option.title)]
  const local = [
    ...(option.technique ? [{ what: option.technique, site: option.site }] : []),
    ...(option.procedure && option.procedure !== 'continue' ? [{ what: option.procedure, site: option.site }] : []),
    ...(option.also ?? []).flatMap(({ technique, procedure, site }) =>
      [technique, procedure].flatMap((what) => (what ? [{ what, site }] : [])),
    ),
  ]
  const made = [
    ...option.drugs.map((drug) => medicationRequest(w, option, drug)),
    ...local.map(({ what, site }) => service(w, option, what, `${option.title}: ${what}${site ? `, ${site}` : ''}`, site)),
  ]
  return made.length > 0 ? made : [service(w, option, 'option', option.title)]
}

function medicationRequest(w: Writing, option: Option, drug: string): Written {
  const medication = w.medication(drug)
  return resource('MedicationRequest', w.id('drug', option.id, drug), [proposal(option), String(medication.text)], {
    status: 'draft',
    intent: 'proposal',
    medicationCodeableConcept: medication,
    subject: w.subject,
    authoredOn: w.doc.asOf,
    reasonCode: reasonsOf(option).map(text),
    note: [
      proposal(option),
      ...option.cautions.map((c) => `${c.before ? `Before ${c.before}: ` : ''}${c.say}`),
      ...(option.regimen?.startLimits ?? []).map((limit) => `To start a cycle: ${limit}`),
    ].map(text),
    dosageInstruction: dosagesOf(drug, option.regimen, w.factLabel),
  })
}

function service(w: Writing, option: Option, kind: string, title: string, site?: string): Written {
  return resource('ServiceRequest', w.id(kind, option.id), [title, proposal(option)], {
    status: 'draft',
    intent: 'proposal',
    code: text(title),
    subject: w.subject,
    authoredOn: w.doc.asOf,
    reasonCode: reasonsOf(option).map(text),
    bodySite: site ? [text(site)] : undefined,
    note: [proposal(option), ...(option.technique === kind ? (option.fractionations ?? []).map(schedule) : [])].map(text),
  })
}

/** A radiation schedule in words; the first of a list is the preferred one. */
const schedule = (f: PlannedFractionation): string =>
  [
    `${f.totalGy} Gy in ${f.fractions} fractions of ${f.gyPerFraction} Gy (BED10 ${f.bed10} Gy, EQD2 ${f.eqd2} Gy)`,
    f.note ?? '',
    f.review ? 'UNCONFIRMED' : '',
  ]
    .filter(Boolean)
    .join('; ')

const proposal = (option: Option): string =>
  `Draft for option ${option.rank}, ${option.title} (${STANDINGS[option.standing].toLowerCase()}): not an order until a clinician signs it`

/** Why this option: the sentence of its standing, then the claims that made it, each once. */
function reasonsOf(option: Option): readonly string[] {
  return [...new Set([option.standingBecause, ...claims(option.because)])].filter((c) => c.trim() !== '').slice(0, 12)
}

/** The named claims directly below the root; the tree itself stands in the JSON document. */
const claims = (node: Explanation): readonly string[] =>
  (node.children ?? []).filter((c) => c.truth === 'true' && !GROUPS.has(c.claim)).map((c) => c.claim)

const GROUPS: ReadonlySet<string> = new Set(['all of these', 'any of these', 'none of this', 'always'])
