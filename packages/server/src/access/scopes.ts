import type { Interaction } from '../api/index.ts'

/** One SMART v2 scope that opens resources: `patient/Observation.rs?category=laboratory`. https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
export interface ResourceScope {
  readonly context: 'patient' | 'user' | 'system'
  /** A FHIR type, or `*`. */
  readonly type: string
  /** Of c, r, u, d, s. */
  readonly may: ReadonlySet<string>
  /** `name=value` pairs that a resource must meet: see `narrowing.ts`. */
  readonly narrowedBy?: string
}

/** The letters of v2 in their order; the words of v1, which may still be asked for. */
const V1: { readonly [word: string]: string } = { read: 'rs', write: 'cud', '*': 'cruds' }

/** Reads a scope; undefined: it opens no resources (openid, launch, …) or is none. */
export function resourceScope(text: string): ResourceScope | undefined {
  const match = /^(patient|user|system)\/(\*|[A-Z][A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)(?:\?(.+))?$/.exec(text)
  if (!match) return undefined
  const [, context, type, letters, narrowedBy] = match
  const may = V1[letters!] ?? letters!
  if (may === '') return undefined
  return { context: context as ResourceScope['context'], type: type!, may: new Set(may), ...(narrowedBy ? { narrowedBy } : {}) }
}

/** What an interaction needs. A plan is made from the whole chart: it needs the reading of everything. */
const NEEDED: { readonly [interaction in Interaction]?: readonly string[] } = {
  read: ['r'],
  vread: ['r'],
  history: ['r'],
  search: ['s'],
  create: ['c'],
  update: ['u'],
  patch: ['u'],
  delete: ['d'],
}

/** Types of our own routes that stand for the whole chart. */
const WHOLE = new Set(['plan', 'own-plan', 'cds', 'decision', 'worklist'])
/** What belongs to no patient needs no scope beyond that of being signed in. */
const FREE = new Set(['knowledge', 'metrics'])

/** What a token opens that a CDS client signed itself: the services of CDS Hooks, and no chart that stands here. It is no scope that anybody can ask for. */
export const CDS_CLIENT_SCOPE = 'cds-hooks'

/** Whether the scopes of a token allow this. Without a type (a batch, a system operation) each part is asked again for itself. */
export function scopesAllow(scopes: readonly string[], interaction: Interaction, type: string | undefined): boolean {
  if (type === undefined || FREE.has(type)) return true
  if (type === 'cds' && scopes.includes(CDS_CLIENT_SCOPE)) return true
  const granted = scopes.map(resourceScope).filter((scope) => scope !== undefined && scope.narrowedBy === undefined)
  const isWhole = WHOLE.has(type) || interaction === 'operation'
  const letters = isWhole ? ['r', 's'] : (NEEDED[interaction] ?? ['r'])
  const isWriting = type === 'decision' && interaction === 'create'
  const wanted = isWriting ? ['c'] : letters
  return wanted.every((letter) =>
    granted.some((scope) => (scope!.type === '*' || (!WHOLE.has(type) && scope!.type === type)) && scope!.may.has(letter)),
  )
}

const IN_PARTS: ReadonlySet<Interaction> = new Set(['read', 'vread', 'history', 'search'])

/**
 * What scopes that are narrowed (`?category=…`) open of a type that no other scope opens: the query of each, of which a resource must meet one. For
 * reading alone: what is written, planned or exported is about the whole.
 */
export function partsOf(scopes: readonly string[], interaction: Interaction, type: string | undefined): readonly string[] {
  if (type === undefined || WHOLE.has(type) || FREE.has(type) || !IN_PARTS.has(interaction)) return []
  const letters = NEEDED[interaction] ?? []
  return scopes.flatMap((text) => {
    const scope = resourceScope(text)
    if (scope?.narrowedBy === undefined || (scope.type !== '*' && scope.type !== type)) return []
    return letters.every((letter) => scope.may.has(letter)) ? [scope.narrowedBy] : []
  })
}

/**
 * Whether what a token opens here it opens for the one patient of its launch only: no scope beside those of `patient/` would open it. A token may hold
 * scopes of both kinds, each for itself.
 */
export function isPatientBound(scopes: readonly string[], interaction: Interaction, type: string | undefined): boolean {
  const ofPatient = (text: string): boolean => resourceScope(text)?.context === 'patient'
  if (!scopes.some(ofPatient)) return false
  const others = scopes.filter((text) => !ofPatient(text))
  if (type === undefined || FREE.has(type)) return !others.some((text) => resourceScope(text) !== undefined)
  return !scopesAllow(others, interaction, type)
}
