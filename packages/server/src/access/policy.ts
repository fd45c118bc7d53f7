import type { Interaction } from '../api/index.ts'
import { isRole, type Role } from './roles.ts'

/**
 * How far a grant reaches. `team`: patients whose care team one is in. `referred`: patients whom an open order sends to one by name. `offered`: living patients of
 * one's own site whose plan asks for the service that one's role gives. `site`: patients of one's own site. `self`: oneself. `proxy`: for whom one may act.
 * `board`: patients on the agenda of a meeting in which one sits, for the time of it. `network`: every patient. `scopes`: what the token of a program says. `none`: things that belong to no patient.
 */
export type Reach = 'team' | 'referred' | 'offered' | 'site' | 'board' | 'self' | 'proxy' | 'network' | 'scopes' | 'none'

/** Kinds of things, so that the table can be read: types of FHIR, and what our own routes are about. */
export const KINDS = {
  identity: ['Patient', 'RelatedPerson'],
  directory: [
    'Practitioner',
    'PractitionerRole',
    'Organization',
    'Location',
    'HealthcareService',
    'Endpoint',
    'OrganizationAffiliation',
    'InsurancePlan',
  ],
  /** What charts name, and what belongs to no patient. */
  formulary: ['Medication'],
  /** Names patients, and belongs to none of them. */
  cohort: ['Group'],
  schedule: ['Appointment', 'AppointmentResponse', 'Schedule', 'Slot', 'Encounter', 'EpisodeOfCare', 'Task'],
  /** Who cares for a patient. Whom it names reaches the chart: read with the schedule, written only by who treats or leads through care. */
  membership: ['CareTeam'],
  /** What was asked for says what ails whom it was asked for. */
  order: ['ServiceRequest'],
  cancer: [
    'Condition',
    'Observation',
    'DiagnosticReport',
    'Procedure',
    'BodyStructure',
    'Specimen',
    'ImagingStudy',
    'MolecularSequence',
    'ClinicalImpression',
    'RiskAssessment',
    'FamilyMemberHistory',
    'List',
  ],
  medicines: [
    'MedicationRequest',
    'MedicationStatement',
    'MedicationAdministration',
    'MedicationDispense',
    'AllergyIntolerance',
    'AdverseEvent',
    'Immunization',
  ],
  plan: ['CarePlan', 'Goal', 'RequestGroup', 'GuidanceResponse', 'NutritionOrder', 'DeviceRequest', 'DetectedIssue', 'Flag'],
  documents: [
    'DocumentReference',
    'Composition',
    'Communication',
    'CommunicationRequest',
    'QuestionnaireResponse',
    'Media',
    'Binary',
    'Consent',
    'Provenance',
  ],
  /** The rest of a chart: what it names without saying what ails anybody by itself. */
  'rest-of-chart': [
    'Basic',
    'BiologicallyDerivedProduct',
    'Device',
    'DeviceMetric',
    'DeviceUseStatement',
    'DocumentManifest',
    'ImmunizationEvaluation',
    'ImmunizationRecommendation',
    'ResearchSubject',
    'SupplyDelivery',
    'SupplyRequest',
    'VisionPrescription',
  ],
  /** Who pays; a claim is a witness of care as well. Written by who treats, since a chart that they bring in has its claims with it: they open nothing. */
  billing: [
    'Account',
    'ChargeItem',
    'Claim',
    'ClaimResponse',
    'Contract',
    'Coverage',
    'CoverageEligibilityRequest',
    'CoverageEligibilityResponse',
    'EnrollmentRequest',
    'EnrollmentResponse',
    'ExplanationOfBenefit',
    'Invoice',
    'PaymentNotice',
    'PaymentReconciliation',
  ],
  /** What programs say to one another, and which persons they hold for one: for programs alone. */
  exchange: ['Bundle', 'Linkage', 'MessageHeader', 'Person', 'VerificationResult'],
  terminology: [
    'CatalogEntry',
    'ChargeItemDefinition',
    'CompartmentDefinition',
    'DeviceDefinition',
    'EventDefinition',
    'Evidence',
    'EvidenceVariable',
    'ExampleScenario',
    'GraphDefinition',
    'MedicationKnowledge',
    'MessageDefinition',
    'ObservationDefinition',
    'ResearchDefinition',
    'ResearchElementDefinition',
    'SpecimenDefinition',
    'Substance',
    'TerminologyCapabilities',
    'CodeSystem',
    'ValueSet',
    'ConceptMap',
    'StructureDefinition',
    'SearchParameter',
    'Library',
    'PlanDefinition',
    'ActivityDefinition',
    'Measure',
    'Questionnaire',
    'ResearchStudy',
    'CapabilityStatement',
    'OperationDefinition',
    'NamingSystem',
    'ImplementationGuide',
    'StructureMap',
  ],
  'plan-document': ['plan'],
  /** The plan in plain words, for whom it is about and who cares for them. */
  'own-plan': ['own-plan'],
  decision: ['decision'],
  worklist: ['worklist'],
  /** Who there is, with what each role may see of them; the clinical words stand behind `plan-document`. */
  roster: ['roster'],
  /** Counts of the whole network, never of one patient. */
  network: ['network'],
  /** Meetings and who sits in them; the cases on their agendas stand in charts. */
  board: ['board'],
  'board-case': ['board-case'],
  'care-team': ['care-team'],
  cds: ['cds'],
  'cds-report': ['cds-report'],
  knowledge: ['knowledge'],
  'release-review': ['release-review'],
  quality: ['quality', 'MeasureReport'],
  job: ['job'],
  audit: ['audit', 'AuditEvent'],
  'break-glass': ['break-glass'],
  'break-glass-review': ['break-glass-review'],
  admin: ['admin'],
  metrics: ['metrics'],
} as const satisfies { readonly [kind: string]: readonly string[] }

export type Kind = keyof typeof KINDS

export interface Grant {
  readonly kinds: readonly Kind[]
  readonly may: readonly Interaction[]
  readonly reach: readonly Reach[]
}

const READ: readonly Interaction[] = ['read', 'vread', 'search', 'history', 'operation']
const WRITE: readonly Interaction[] = ['create', 'update', 'patch', 'batch', 'transaction']
const CHART: readonly Kind[] = ['identity', 'schedule', 'membership', 'order', 'cancer', 'medicines', 'plan', 'documents', 'rest-of-chart']
const TEAM: readonly Reach[] = ['team']
const TEAM_OR_SITE: readonly Reach[] = ['team', 'site']
/** What a board looks at together, its members may look at while it is sitting. */
const OR_BOARD: readonly Reach[] = ['team', 'site', 'board']

const read = (kinds: readonly Kind[], reach: readonly Reach[]): Grant => ({ kinds, may: READ, reach })
const write = (kinds: readonly Kind[], reach: readonly Reach[]): Grant => ({ kinds, may: WRITE, reach })
/** What everybody who works here may look up. */
const COMMON: readonly Grant[] = [read(['directory', 'formulary', 'terminology', 'knowledge'], ['none'])]
/** Who sits in a tumour board: sees its meetings, says what needs saying of oneself, and closes what one was given to do. */
const SITS: Grant = { kinds: ['board'], may: [...READ, 'update'], reach: ['none'] }
const HOLDS: Grant = { kinds: ['board'], may: [...READ, 'create', 'update'], reach: ['none'] }
/** Says for their site what to do with a release of the knowledge. */
const REVIEWS_RELEASES: Grant = { kinds: ['release-review'], may: ['create'], reach: ['none'] }
/** Cases: seen and made ready by whoever sits; asked for, and put on an agenda, only by who reaches the chart anyhow: one seat is no way to the next. */
const ASKS: readonly Grant[] = [
  { kinds: ['board-case'], may: [...READ, 'update'], reach: OR_BOARD },
  { kinds: ['board-case'], may: ['create'], reach: TEAM_OR_SITE },
]
/** A clinician who treats: the whole chart of those they care for, and of their site, where they stand in for one another. */
const TREATING: readonly Grant[] = [
  ...COMMON,
  read([...CHART, 'billing', 'plan-document', 'decision'], OR_BOARD),
  write([...CHART, 'billing', 'formulary'], TEAM_OR_SITE),
  // a chart that is brought in names its doctors and hospitals: new ones, and those of one's own site
  write(['directory'], ['site']),
  write(['decision'], OR_BOARD),
  HOLDS,
  ...ASKS,
  { kinds: ['worklist'], may: [...READ, 'update'], reach: TEAM_OR_SITE },
  REVIEWS_RELEASES,
  read(['roster'], TEAM_OR_SITE),
  read(['network'], ['network']),
  { kinds: ['cds'], may: ['operation', 'create'], reach: TEAM_OR_SITE },
  { kinds: ['break-glass'], may: ['create', 'read', 'search'], reach: ['network'] },
]
/** Those who were put into one's hands: by the care team, or by an order that names one. */
const SENT: readonly Reach[] = ['team', 'referred']
/**
 * A support service: what it needs of those who were sent to it, and its own notes. Of those whom nobody has sent yet, though their plan asks for its service, who
 * they are, when they come and what the plan says: enough to see that somebody was forgotten, and no note or result of the chart itself.
 */
const SUPPORT: readonly Grant[] = [
  ...COMMON,
  read(['identity', 'schedule', 'membership', 'order', 'plan-document'], [...SENT, 'offered', 'board']),
  read(['cancer', 'medicines', 'plan', 'documents'], [...SENT, 'board']),
  SITS,
  read(['board-case'], ['team', 'board']),
  write(['documents', 'plan'], SENT),
  write(['schedule', 'order'], TEAM),
  { kinds: ['cancer'], may: ['create'], reach: SENT },
  { kinds: ['worklist', 'roster'], may: READ, reach: [...SENT, 'offered'] },
]

/**
 * Who may do what to what, how far: the only place where that is said. What is not in it is refused. Beyond it, sensitive resources (`sensitivity.ts`),
 * the scopes of a token (`scopes.ts`) and a broken glass (`break-glass.ts`) narrow and widen as those files say.
 */
export const POLICY: { readonly [role in Role]: readonly Grant[] } = {
  oncologist: TREATING,
  'radiation-oncologist': TREATING,
  surgeon: TREATING,
  pharmacist: [
    ...COMMON,
    read([...CHART, 'plan-document', 'decision', 'board-case'], OR_BOARD),
    SITS,
    write(['medicines', 'formulary', 'documents', 'plan'], TEAM_OR_SITE),
    { kinds: ['worklist', 'roster'], may: READ, reach: TEAM_OR_SITE },
    { kinds: ['cds'], may: ['operation', 'create'], reach: TEAM_OR_SITE },
    { kinds: ['break-glass'], may: ['create', 'read', 'search'], reach: ['network'] },
  ],
  'infusion-nurse': [
    ...COMMON,
    read([...CHART, 'plan-document', 'board-case'], OR_BOARD),
    SITS,
    write(['medicines', 'formulary', 'documents', 'schedule', 'order'], TEAM_OR_SITE),
    { kinds: ['cancer'], may: ['create', 'update'], reach: TEAM_OR_SITE },
    { kinds: ['worklist', 'roster'], may: READ, reach: TEAM_OR_SITE },
    { kinds: ['break-glass'], may: ['create', 'read', 'search'], reach: ['network'] },
  ],
  navigator: [
    ...COMMON,
    read([...CHART, 'plan-document', 'decision'], OR_BOARD),
    SITS,
    ...ASKS,
    write(['schedule', 'membership', 'order', 'documents', 'plan'], TEAM_OR_SITE),
    { kinds: ['worklist'], may: [...READ, 'update'], reach: TEAM_OR_SITE },
    read(['roster'], TEAM_OR_SITE),
  ],
  counsellor: SUPPORT,
  dietitian: SUPPORT,
  'pain-specialist': [...SUPPORT, write(['medicines'], TEAM)],
  'palliative-care': [...SUPPORT, write(['medicines', 'decision'], TEAM), read(['decision'], ['team', 'board'])],
  rehabilitation: SUPPORT,
  // knows who comes, not what ails them: those who were sent, never those of whom only a plan thinks
  'support-group': [
    ...COMMON,
    read(['identity', 'schedule', 'membership', 'roster'], SENT),
    { kinds: ['schedule'], may: ['update'], reach: TEAM },
  ],
  coordinator: [
    ...COMMON,
    read(['identity', 'schedule', 'membership', 'order', 'cohort', 'roster', 'network'], ['network']),
    write(['schedule', 'order'], ['network']),
    read(['quality'], ['network']),
    HOLDS,
    // makes the agendas: sees that a case waits and what is missing by whom, not what is asked of the board
    { kinds: ['board-case'], may: [...READ, 'create', 'update'], reach: ['network'] },
  ],
  'quality-officer': [...COMMON, REVIEWS_RELEASES, read(['quality', 'cds-report', 'network'], ['network'])],
  'privacy-officer': [
    ...COMMON,
    read(['audit', 'break-glass-review'], ['network']),
    { kinds: ['break-glass-review'], may: ['create'], reach: ['network'] },
  ],
  administrator: [
    ...COMMON,
    { kinds: ['admin', 'job'], may: [...READ, ...WRITE, 'delete'], reach: ['none'] },
    write(['directory'], ['none']),
    // says who cares for whom, and reads nothing of them but the name
    { kinds: ['care-team'], may: [...READ, 'update'], reach: ['network'] },
  ],
  // counts, never charts
  researcher: [...COMMON, read(['quality'], ['network'])],
  patient: [
    read(['directory', 'formulary', 'terminology'], ['none']),
    read([...CHART, 'billing', 'plan-document', 'own-plan'], ['self']),
    { kinds: ['documents'], may: ['create'], reach: ['self'] },
  ],
  carer: [
    read(['directory', 'formulary', 'terminology'], ['none']),
    read([...CHART, 'billing', 'plan-document', 'own-plan'], ['proxy']),
    { kinds: ['documents'], may: ['create'], reach: ['proxy'] },
  ],
  integration: [
    {
      kinds: [...CHART, 'billing', 'exchange', 'cohort', 'formulary', 'directory', 'terminology', 'quality'],
      may: [...READ, ...WRITE, 'delete'],
      reach: ['scopes'],
    },
    { kinds: ['plan-document', 'knowledge'], may: READ, reach: ['scopes'] },
    { kinds: ['metrics'], may: ['read'], reach: ['none'] },
    { kinds: ['cds'], may: ['operation', 'create'], reach: ['scopes'] },
  ],
}

/** Services that a plan asks for (`support[].service`), by the role that gives them. */
const SERVICES: { readonly [role in Role]?: readonly string[] } = {
  counsellor: ['counselling', 'caregiver-support'],
  dietitian: ['nutrition'],
  'pain-specialist': ['pain-management'],
  'palliative-care': ['palliative-care', 'hospice', 'advance-care-planning'],
  rehabilitation: ['rehabilitation'],
  'support-group': ['support-group'],
}

export const servicesOf = (role: string): readonly string[] => (isRole(role) ? (SERVICES[role] ?? []) : [])

const KIND_OF: ReadonlyMap<string, Kind> = new Map(
  (Object.entries(KINDS) as [Kind, readonly string[]][]).flatMap(([kind, types]) => types.map((type) => [type, kind])),
)

/** The kind of a type; undefined: a type that the table does not know, and that nobody may touch. */
export const kindOf = (type: string): Kind | undefined => KIND_OF.get(type)

/** How far a role reaches with this interaction on this kind; empty: not at all. */
export function reachesOf(role: Role, kind: Kind, interaction: Interaction): readonly Reach[] {
  const grants = POLICY[role].filter((grant) => grant.kinds.includes(kind) && grant.may.includes(interaction))
  return [...new Set(grants.flatMap((grant) => grant.reach))]
}
