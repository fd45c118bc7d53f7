import { type AccessDecision, type Action, forbidden, type RequestContext, type Sight } from '../api/index.ts'
import { type ChartScope, chartOfResource, type FhirResource, type Queries, type StoredVersion } from '../store/index.ts'
import { documentsOf } from './binaries.ts'
import { openGlasses } from './break-glass.ts'
import { narrowed } from './narrowing.ts'
import { kindOf, POLICY, type Reach, reachesOf, servicesOf } from './policy.ts'
import { chartsWithin, isNewChart, reachesChart } from './reach.ts'
import { isRole, type Role } from './roles.ts'
import { isPatientBound, partsOf, resourceScope, scopesAllow } from './scopes.ts'
import { labelsApartFrom, mayBeSeen } from './sensitivity.ts'

/** What the token of a launch says beside its scopes. */
export interface Launch {
  /** The one patient of the launch, without `Patient/`. */
  readonly patient?: string
}

const REFUSED: AccessDecision = { allowed: false, issue: forbidden() }
/** Interactions whose parts are asked for one by one. */
const WHOLE: ReadonlySet<Action['interaction']> = new Set(['batch', 'transaction'])

/**
 * Decides by the table (`policy.ts`): kind and interaction, then how far the role reaches, then what is set apart. What the table does not name is refused.
 * A broken glass reaches one more patient, for reading and for what a treating role writes.
 */
export async function authorize(db: Queries, context: RequestContext, action: Action, at: Date): Promise<AccessDecision> {
  const { interaction, type } = action
  if (context.scopes === undefined || scopesAllow(context.scopes, interaction, type)) return byTable(db, context, action, at)
  // no scope opens the whole of the type: one may open a part of it
  const part = narrowed(type ?? '', partsOf(context.scopes, interaction, type))
  if (part === undefined) return REFUSED
  const decision = await byTable(db, context, action, at)
  if (!decision.allowed) return decision
  const { sight = {} } = decision
  const maySee: Sight['maySee'] = (version) => part.maySee(version) && (sight.maySee === undefined || sight.maySee(version))
  return { allowed: true, sight: { ...sight, maySee, only: part.filter } }
}

async function byTable(db: Queries, context: RequestContext, action: Action, at: Date): Promise<AccessDecision> {
  const { role } = context
  if (!isRole(role)) return REFUSED
  const { interaction, type } = action
  if (role === 'integration' && !context.scopes) return REFUSED
  const bound = boundPatient(context, action)
  if (bound === NOBODY) return REFUSED
  if (type === undefined) return ofNoType(role, context, action, bound)

  const kind = kindOf(type)
  const reaches = kind === undefined ? [] : reachesOf(role, kind, interaction)
  if (reaches.length === 0) return REFUSED
  const glasses = reaches.some((r) => r === 'team' || r === 'site') && canBreak(role) ? await openGlasses(db, context.who, at) : []
  const patients = patientsOf(action)
  if (bound !== undefined && patients.some((patient) => patient !== bound)) return REFUSED
  if (reaches.includes('none') || (reaches.includes('network') && bound === undefined))
    return { allowed: true, sight: sightOf(context, role, glasses) }

  if (CHANGES.has(interaction) && (await isSharedElsewhere(db, context, reaches, action))) return REFUSED
  if (patients.length > 0) {
    for (const patient of patients) {
      if ((glasses.includes(patient) && !isKey(action)) || (await reachesOne(db, context, reaches, patient, at, mayBegin(action, patient))))
        continue
      return REFUSED
    }
    return { allowed: true, sight: sightOf(context, role, glasses) }
  }
  // a program sees by id what it finds by a search: what belongs to no patient, too
  if (reaches.includes('scopes') && action.resource === undefined && bound === undefined)
    return { allowed: true, sight: sightOf(context, role, glasses) }
  if (type === 'Binary' && action.id !== undefined && READS_ONE.has(interaction)) {
    const through = await throughDocument(db, context, role, action.id, { reaches, glasses, bound, at })
    if (through !== undefined) return { allowed: true, sight: { ...sightOf(context, role, glasses), through } }
  }
  // asked for the route alone: what it is about is asked again when it is known
  if (isAskedAgain(action)) return { allowed: true, sight: { maySee: () => false } }
  // what belongs to no patient yet may be written by those who reach more than single patients
  if (action.resource !== undefined) return isNetworkWide(reaches) ? { allowed: true } : REFUSED
  const within = await scopeOf(db, context, reaches, glasses, bound, at)
  return { allowed: true, sight: { ...sightOf(context, role, glasses), within } }
}

const READS_ONE: ReadonlySet<Action['interaction']> = new Set(['read', 'vread', 'history'])

/** The patient in whose chart a document stands that this person may read and that points at the Binary; undefined: none (`binaries.ts`). */
async function throughDocument(
  db: Queries,
  context: RequestContext,
  role: Role,
  binary: string,
  way: { readonly reaches: readonly Reach[]; readonly glasses: readonly string[]; readonly bound: string | undefined; readonly at: Date },
): Promise<string | undefined> {
  const { reaches, glasses, bound, at } = way
  const sight = sightOf(context, role, glasses)
  for (const { patient, document } of await documentsOf(db, binary)) {
    if (bound !== undefined && patient !== bound) continue
    if (sight.maySee?.(document) === false) continue
    if (glasses.includes(patient) || (await reachesOne(db, context, reaches, patient, at, false))) return patient
  }
  return undefined
}

const ONE: ReadonlySet<Action['interaction']> = new Set(['read', 'vread', 'history', 'update', 'patch', 'delete'])
/** A FHIR route that names one resource, or writes one: the handler asks once more with the chart in which it stands. */
const isAskedAgain = ({ type, id, resource, interaction }: Action): boolean =>
  /^[A-Z]/.test(type ?? '') && resource === undefined && ((id !== undefined && ONE.has(interaction)) || interaction === 'create')

const isNetworkWide = (reaches: readonly Reach[]): boolean => reaches.some((r) => r === 'site' || r === 'network' || r === 'scopes')

const NOBODY = Symbol('nobody')

/** The one patient to whom a launch is bound; `NOBODY`: it is bound, and the token does not say to whom. */
function boundPatient({ scopes, grant }: RequestContext, { interaction, type }: Action): string | undefined | typeof NOBODY {
  if (!scopes || !isPatientBound(scopes, interaction, type)) return undefined
  return (grant as Launch | undefined)?.patient ?? NOBODY
}

/** Batches (each part is asked again) and questions over all types: only where the role may do that with something. */
function ofNoType(role: Role, context: RequestContext, { interaction, operation }: Action, bound: string | undefined): AccessDecision {
  if (WHOLE.has(interaction)) return POLICY[role].some((grant) => grant.may.includes(interaction)) ? { allowed: true } : REFUSED
  const isProgram = role === 'integration' && bound === undefined && (context.scopes ?? []).some((scope) => /^system\/\*\./.test(scope))
  if (isProgram && scopesAllow(context.scopes ?? [], interaction === 'operation' ? 'read' : interaction, '*')) return { allowed: true }
  // each type of an export is asked for again
  if (operation === 'export' && role === 'integration' && bound === undefined && (context.scopes ?? []).some(opensOneType))
    return { allowed: true }
  return operation === undefined && interaction === 'read' ? { allowed: true } : REFUSED
}

const opensOneType = (text: string): boolean => {
  const scope = resourceScope(text)
  return scope?.context === 'system' && scope.narrowedBy === undefined && scope.may.has('r') && scope.may.has('s')
}

/** Roles that treat may break the glass; what they may do behind it is what their role may do at all. */
const canBreak = (role: Role): boolean => POLICY[role].some((grant) => grant.kinds.includes('break-glass'))

/** The patients that an action is about: the one whose chart it stands in, and the one whose chart it would come to stand in. */
function patientsOf({ patient, type, id, resource, interaction }: Action): readonly string[] {
  const named = new Set<string>()
  if (patient !== undefined) named.add(patient)
  if (type === 'Patient' && id !== undefined) named.add(id)
  const chart = resource && interaction !== 'delete' ? chartOfResource(withId(resource, id)) : ''
  if (chart.startsWith('Patient/')) named.add(chart.slice('Patient/'.length))
  return [...named]
}

/** What is about to be created may have no id yet: it is in no chart of its own that anybody could name. */
const withId = (resource: FhirResource, id = ''): FhirResource & { readonly id: string } => ({ ...resource, id: resource.id ?? id })

const BRINGS_IN: ReadonlySet<Action['interaction']> = new Set(['create', 'update'])
const CHANGES: ReadonlySet<Action['interaction']> = new Set(['update', 'patch', 'delete'])
/** What lets others reach a chart. Laid beside a patient who does not exist yet, it would open the chart of whoever is registered later. */
const OPENS: ReadonlySet<string> = new Set(['CareTeam', 'RelatedPerson'])

/** An order opens a chart to whom it names as its performer. */
const isOpening = ({ type = '', resource }: Action): boolean =>
  OPENS.has(type) || (type === 'ServiceRequest' && /"(?:[^"]*\/)?Practitioner\//.test(JSON.stringify(resource?.performer ?? [])))

/**
 * A glass is broken for an hour: what would reach the chart afterwards is not written behind it (a care team, a relative, an order that names who does it, the
 * patient's own doctor, an agenda).
 */
const isKey = (action: Action): boolean => {
  const { interaction, type = '' } = action
  return (CHANGES.has(interaction) || interaction === 'create') && (isOpening(action) || type === 'Patient' || type === 'board-case')
}

/** Whether this may begin the chart of a patient: not what opens it to others, unless the patient is registered in the same breath. */
const mayBegin = (action: Action, patient: string): boolean =>
  BRINGS_IN.has(action.interaction) && (!isOpening(action) || (action.registers ?? []).includes(patient))

/** What belongs to no patient (a medication, a document of a site) is changed by those of its own site: charts of other sites may rest on it. */
async function isSharedElsewhere(db: Queries, { site }: RequestContext, reaches: readonly Reach[], { type, id }: Action): Promise<boolean> {
  if (id === undefined || reaches.includes('network') || reaches.includes('scopes')) return false
  const [row] = await db.query<{ site: string; chart: string }>('select site, chart from resource_current where type = $1 and id = $2', [
    type,
    id,
  ])
  return row !== undefined && !row.chart.startsWith('Patient/') && row.site !== site
}

/** `isBringingIn`: whoever writes for a whole site may begin the chart of a patient whom nobody has registered. */
async function reachesOne(
  db: Queries,
  context: RequestContext,
  reaches: readonly Reach[],
  patient: string,
  at: Date,
  isBringingIn: boolean,
): Promise<boolean> {
  for (const reach of reaches) if (await reachesChart(db, context, reach, patient, at)) return true
  return isBringingIn && reaches.includes('site') && isNewChart(db, context.site, patient)
}

/** Every chart in reach: those of a site, and those offered there, by what they have in common, the others one by one. Whoever is bound to one patient reaches at most that one. */
async function scopeOf(
  db: Queries,
  context: RequestContext,
  reaches: readonly Reach[],
  glasses: readonly string[],
  bound: string | undefined,
  at: Date,
): Promise<ChartScope> {
  if (bound !== undefined) {
    const isReached = glasses.includes(bound) || (await reachesOne(db, context, reaches, bound, at, false))
    return { charts: isReached ? [`Patient/${bound}`] : [], andShared: false }
  }
  const charts = new Set(glasses.map((patient) => `Patient/${patient}`))
  for (const reach of reaches) for (const chart of await chartsWithin(db, context, reach, at)) charts.add(chart)
  const services = reaches.includes('offered') ? servicesOf(context.role) : []
  return {
    charts: [...charts],
    ...(reaches.includes('site') ? { site: context.site } : {}),
    ...(services.length > 0 ? { offered: { site: context.site, services } } : {}),
    andShared: false,
  }
}

/** What is set apart from this person, once for what is read and once for what is searched; whoever sees all is not looked after. */
function sightOf(context: RequestContext, role: Role, glasses: readonly string[]): Sight {
  const labels = labelsApartFrom(role)
  if (labels.length === 0) return {}
  const charts = glasses.map((patient) => `Patient/${patient}`)
  return {
    maySee: (version: StoredVersion) => charts.includes(version.chart) || mayBeSeen(version, role, context.who),
    apart: { labels, who: context.who, charts },
  }
}
