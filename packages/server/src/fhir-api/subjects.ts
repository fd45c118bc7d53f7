import { err, ok, type Result } from '@secondwind/core'
import type { Action } from '../api/index.ts'
import { Refused, refusal, type ServerIssue } from '../issue.ts'
import { chartOfResource, type FhirResource, type Queries } from '../store/index.ts'
import { type SearchParameter, searchTable } from '../store/search/definitions.ts'

interface Identifier {
  readonly system?: string
  readonly value: string
}

/** A reference to a patient that says only by which number they are known: `subject: { identifier: { system, value } }`. */
type Logical = { readonly identifier: Identifier; readonly reference?: string; readonly type?: string }

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What the search index keeps of a value: a longer one would be found by its beginning only. */
const LONGEST = 512

/** Whether a value holds a reference by identifier within three levels: a look, since nearly no resource does. */
const mayHold = (value: unknown, depth = 0): boolean =>
  Array.isArray(value)
    ? value.some((one) => mayHold(one, depth))
    : isObject(value) &&
      ((depth > 0 && value.reference === undefined && isObject(value.identifier)) ||
        (depth < 3 && Object.values(value).some((one) => typeof one === 'object' && mayHold(one, depth + 1))))

/**
 * The references of a resource by which it would stand in a patient's chart, and that name the patient by an identifier alone. None where it stands in a chart
 * already.
 */
function logicalIn(resource: FhirResource): readonly Logical[] {
  const { resourceType: type, id = '' } = resource
  if (type === 'Patient' || !mayHold(resource) || chartOfResource({ ...resource, id }).startsWith('Patient/')) return []
  const table = searchTable()
  const parameters = table.of(type)
  const compartment = table.compartment(type)
  const found = new Set<Logical>()
  // `patient` looks at references of the type alone: what it means of a subject is found by `subject`
  for (const name of new Set([...compartment, ...(compartment.includes('patient') ? ['subject'] : [])])) {
    const parameter = parameters.get(name)
    if (parameter !== undefined && mayNamePatient(parameter))
      for (const value of parameter.walk(resource)) if (isLogical(value, parameter)) found.add(value)
  }
  return [...found]
}

const mayNamePatient = ({ targets }: SearchParameter): boolean => targets.length === 0 || targets.includes('Patient')

/** One that may be of another type as well (an author, a performer) is taken for a patient only where it says so. */
const isLogical = (value: unknown, { targets, name }: SearchParameter): value is Logical =>
  isObject(value) &&
  value.reference === undefined &&
  isObject(value.identifier) &&
  (value.type === 'Patient' || (value.type === undefined && (OF_PATIENTS.has(name) || targets.every((target) => target === 'Patient'))))

/** Parameters that are about whose chart it is, though R4 lets them name groups, devices and places too. */
const OF_PATIENTS: ReadonlySet<string> = new Set(['subject', 'patient', 'individual'])

/**
 * Gives each reference to a patient by identifier alone the patient whom it means: without one the resource would stand in no chart, and whoever reads the chart
 * would not know of it. Exactly one living registration must have that very identifier (system and value), here or among what is written together. Anything else
 * refuses the write; that a patient is there whom the sender may not reach is not told.
 */
export async function withSubjects<T extends FhirResource>(
  resources: readonly T[],
  db: () => Queries,
  mayReach: (action: Omit<Action, 'route'>) => Promise<boolean>,
): Promise<readonly T[]> {
  const placed = await placedSubjects(resources, db, mayReach)
  const issues = placed.flatMap((one) => (one.ok ? [] : [one.error]))
  if (issues.length > 0) throw new Refused(issues)
  return placed.some((one, at) => one.ok && one.value !== resources[at]) ? placed.flatMap((one) => (one.ok ? [one.value] : [])) : resources
}

/** The same, with an answer for each resource: what an import refuses must not stop what comes with it. */
export async function placedSubjects<T extends FhirResource>(
  resources: readonly T[],
  db: () => Queries,
  mayReach: (action: Omit<Action, 'route'>) => Promise<boolean>,
): Promise<readonly Result<T, ServerIssue>[]> {
  const asked = resources.map(logicalIn)
  const all = asked.flat().map(({ identifier }) => identifier)
  if (all.length === 0) return resources.map((resource) => ok(resource))
  const found = await patientsBy(db(), all, resources)
  const own = new Set(resources.flatMap(({ resourceType, id }) => (resourceType === 'Patient' && id !== undefined ? [id] : [])))
  const reached = new Map<string, boolean>()
  const patientOf = async ({ identifier }: Logical): Promise<string | undefined> => {
    const [patient, ...others] = found.get(keyOf(identifier)) ?? []
    if (patient === undefined || others.length > 0) return undefined
    if (!reached.has(patient))
      reached.set(patient, own.has(patient) || (await mayReach({ interaction: 'read', type: 'Patient', id: patient, patient })))
    return reached.get(patient) === true ? patient : undefined
  }
  const placed: Result<T, ServerIssue>[] = []
  for (const [at, resource] of resources.entries()) {
    const named = new Map<Logical, string>()
    for (const one of asked[at]!) {
      const patient = await patientOf(one)
      if (patient !== undefined) named.set(one, `Patient/${patient}`)
    }
    const isWhole = named.size === asked[at]!.length
    placed.push(!isWhole ? err(unresolved(resource)) : ok(named.size === 0 ? resource : (replaced(resource, named) as T)))
  }
  return placed
}

const unresolved = ({ resourceType, id }: FhirResource): ServerIssue =>
  refusal(
    'dangling-reference',
    `${resourceType}${id === undefined ? '' : `/${id}`}`,
    'its patient is named by an identifier alone, and not exactly one patient whom you reach here has that identifier (system and value)',
    'register the patient first, or name the patient by reference: Patient/ID',
  )

const keyOf = ({ system, value }: Identifier): string => JSON.stringify([system ?? '', value])

/** By identifier: the ids of every patient who has it, among those that stand and those that are written now. */
async function patientsBy(
  db: Queries,
  identifiers: readonly Identifier[],
  resources: readonly FhirResource[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const wanted = new Map(
    identifiers
      .filter(
        ({ system, value }) => typeof value === 'string' && value !== '' && value.length <= LONGEST && (system ?? '').length <= LONGEST,
      )
      .map((one) => [keyOf(one), one]),
  )
  const found = new Map<string, Set<string>>([...wanted.keys()].map((key) => [key, new Set()]))
  const written = new Set<string>()
  for (const { resourceType, id, ...rest } of resources) {
    if (resourceType !== 'Patient' || id === undefined) continue
    written.add(id)
    const own = (rest as { readonly identifier?: unknown }).identifier
    for (const one of Array.isArray(own) ? (own as Identifier[]) : []) if (isObject(one)) found.get(keyOf(one))?.add(id)
  }
  const all = [...wanted.values()]
  const rows = await db.query<{ id: string; system: string; code: string }>(
    `select c.id, t.system, t.code from unnest($1::text[], $2::text[]) as k(system, code)
     join ix_token t on t.param = $3 and t.system = k.system and t.code = k.code
     join resource_current c on c.rid = t.rid where c.type = 'Patient' and not c.is_deleted`,
    [all.map(({ system }) => system ?? ''), all.map(({ value }) => value), searchTable().of('Patient').get('identifier')!.number],
  )
  // what stands of a patient who is written now is about to be replaced
  for (const { id, system, code } of rows) if (!written.has(id)) found.get(keyOf({ system, value: code }))?.add(id)
  return new Map([...found].map(([key, ids]) => [key, [...ids]]))
}

/** The same resource; each of these very references with its target beside the identifier. */
function replaced(value: unknown, named: ReadonlyMap<Logical, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => replaced(one, named))
  if (!isObject(value)) return value
  const reference = named.get(value as unknown as Logical)
  if (reference !== undefined) return { reference, ...value }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replaced(part, named)]))
}
