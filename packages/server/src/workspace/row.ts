import { decidingTests, markersFound, waitsFor } from '@secondwind/care'
import { isKnown, type KnowledgeBase, type PlanDocument } from '@secondwind/core'
import { mayBeSeen } from '../access/sensitivity.ts'
import { fold, type StoredVersion } from '../store/index.ts'
import { appointmentsOf, type ChartAppointments, type ChartOrder, ordersOf } from './orders.ts'
import { nameOf, recordNumbersOf } from './person.ts'

/** What a list knows of a patient: a pure function of the chart and the plan made from it. */
export interface WorkspaceRow {
  readonly patient: string
  readonly site: string
  readonly organization: string | undefined
  readonly revision: number
  readonly status: 'proposed' | 'refused' | 'unplanned'
  readonly reason: string | undefined
  readonly isClosed: boolean
  readonly sortName: string
  readonly identityWords: string
  readonly labels: string
  readonly clinicalWords: string
  readonly stage: string | undefined
  readonly markers: readonly string[]
  readonly services: readonly string[]
  readonly localSites: readonly string[]
  readonly emergencies: number
  /** Of those, the ones that are more than suspected. */
  readonly provenEmergencies: number
  readonly urgentAlerts: number
  readonly isContinuing: boolean
  /** Alerts to be handled before what stands first may begin. */
  readonly firstWaitsFor: readonly string[]
  /** A test that is missing could change what stands first. */
  readonly isWaitingForTest: boolean
  /** Which ones, the most urgent first. */
  readonly decidingTests: readonly string[]
  readonly hasInteraction: boolean
  readonly hasDoseQuestion: boolean
  readonly hasSurgeryOption: boolean
  readonly appointments: ChartAppointments
  readonly orders: readonly ChartOrder[]
}

/** A plan, or why there is none. */
export type PlanOrReason = { readonly document: PlanDocument } | { readonly reason: string }

/** The row of a patient; undefined where nobody is registered. */
export function workspaceRow(
  patient: string,
  revision: number,
  versions: readonly StoredVersion[],
  planned: PlanOrReason,
  knowledge: KnowledgeBase,
  today: string,
): WorkspaceRow | undefined {
  const own = versions.find((version) => version.type === 'Patient' && version.id === patient)
  if (own?.body === undefined || own.body === null) return undefined
  const person = JSON.parse(own.body) as Parameters<typeof nameOf>[0] & {
    readonly meta?: { readonly security?: unknown }
    readonly managingOrganization?: { readonly reference?: string }
    readonly deceasedBoolean?: boolean
    readonly deceasedDateTime?: string
  }
  const name = nameOf(person)
  const document = 'document' in planned ? planned.document : undefined
  return {
    patient,
    site: own.site,
    organization: person.managingOrganization?.reference,
    revision,
    status: document?.status ?? 'unplanned',
    reason: document === undefined ? (planned as { reason: string }).reason : document.problems.find((p) => p.severity === 'error')?.code,
    isClosed: person.deceasedBoolean === true || person.deceasedDateTime !== undefined || isTrue(document, 'deceased'),
    sortName: fold(name?.sort ?? ''),
    identityWords: wordsOf([name?.full, ...recordNumbersOf(person)]),
    labels: mayBeSeen(own, 'coordinator', '') ? '' : JSON.stringify(person.meta?.security ?? []),
    appointments: appointmentsOf(versions, today),
    orders: ordersOf(versions),
    ...clinicalOf(document, knowledge),
  }
}

type Clinical = Pick<
  WorkspaceRow,
  | 'clinicalWords'
  | 'stage'
  | 'markers'
  | 'services'
  | 'localSites'
  | 'emergencies'
  | 'provenEmergencies'
  | 'urgentAlerts'
  | 'isContinuing'
  | 'firstWaitsFor'
  | 'isWaitingForTest'
  | 'decidingTests'
  | 'hasInteraction'
  | 'hasDoseQuestion'
  | 'hasSurgeryOption'
>

const NOTHING: Clinical = {
  clinicalWords: '',
  stage: undefined,
  markers: [],
  services: [],
  localSites: [],
  emergencies: 0,
  provenEmergencies: 0,
  urgentAlerts: 0,
  isContinuing: false,
  firstWaitsFor: [],
  isWaitingForTest: false,
  decidingTests: [],
  hasInteraction: false,
  hasDoseQuestion: false,
  hasSurgeryOption: false,
}

function clinicalOf(document: PlanDocument | undefined, knowledge: KnowledgeBase): Clinical {
  if (document === undefined) return NOTHING
  const { options, alerts, case: patientCase, interactions, notAdvised, support } = document
  const first = options[0]
  const stage = patientCase.facts['stage-group']
  const markers = markersFound(patientCase.facts, knowledge)
  const deciding = decidingTests(document)
  const count = (urgency: string): number => alerts.filter((alert) => alert.urgency === urgency).length
  return {
    clinicalWords: wordsOf([
      patientCase.story,
      isKnown(stage) ? String(stage.value) : undefined,
      ...markers.map(({ label }) => label),
      ...alerts.map(({ title }) => title),
      first?.title,
    ]),
    stage: isKnown(stage) && typeof stage.value === 'string' ? stage.value : undefined,
    markers: markers.map(({ id }) => id),
    services: [...new Set(support.map(({ service }) => service))].sort(),
    localSites: [
      ...new Set(
        options
          .filter(({ approaches }) => approaches.includes('radiation'))
          .flatMap(({ site, also }) => [site, ...(also ?? []).map((part) => part.site)]),
      ),
    ]
      .filter((site) => site !== undefined)
      .sort(),
    emergencies: count('emergency'),
    provenEmergencies: alerts.filter(({ urgency, suspected }) => urgency === 'emergency' && suspected !== true).length,
    urgentAlerts: count('urgent'),
    isContinuing: first?.procedure === 'continue',
    firstWaitsFor: first === undefined ? [] : waitsFor(first, alerts).map(({ id }) => id),
    isWaitingForTest: deciding.length > 0 || first?.procedure === 'test-first' || first?.standing === 'needs-data',
    decidingTests: deciding,
    hasInteraction: interactions.length > 0,
    hasDoseQuestion: options.some(hasDoseQuestion) || notAdvised.some(({ because }) => because.facts.some((fact) => RENAL.has(fact))),
    hasSurgeryOption: options.some(({ approaches }) => approaches.includes('surgery')),
  }
}

/** Facts about the kidneys: a dose that hangs on them is a question for the pharmacist. */
const RENAL: ReadonlySet<string> = new Set([
  'creatinine',
  'creatinine-clearance',
  'creatinine-clearance-measured',
  'creatinine-rise',
  'gfr-measured',
])

function hasDoseQuestion({ regimen, cautions, needs }: PlanDocument['options'][number]): boolean {
  return (
    (regimen?.components ?? []).some(({ doseMg, derivation }) => doseMg === undefined && (derivation ?? []).length > 0) ||
    cautions.some(({ facts }) => facts.some((fact) => RENAL.has(fact))) ||
    needs.some(({ fact }) => RENAL.has(fact))
  )
}

const isTrue = (document: PlanDocument | undefined, fact: string): boolean => {
  const known = document?.case.facts[fact]
  return isKnown(known) && known.value === true
}

/** Folded words with a blank before each, so that a search finds their beginnings. */
export const wordsOf = (texts: readonly (string | undefined)[]): string =>
  ` ${fold(texts.filter((text) => text !== undefined).join(' '))
    .replace(/[^\p{L}\p{N}%+.-]+/gu, ' ')
    .trim()}`
