import { Refused, refusal } from '../issue.ts'
import type { FhirResource } from '../store/index.ts'
import type { FhirCall, FhirHandler } from './handlers.ts'
import { search } from './search-handlers.ts'

const KNOWN = ['patient', 'start', 'end', 'type', 'on-demand', 'profile', '_format', '_pretty']

/**
 * `DocumentReference/$docref` of US Core 6.1: the documents of a patient, as a search of what is stored. None is generated here, so `on-demand=true` finds none.
 * With `start` or `end`: every document of care in that time. Without: the newest, which is the current one. Without `type` every type is in scope.
 */
export const docref: FhirHandler = async (call, repo) => {
  const unknown = call.query.find(([name]) => !KNOWN.includes(name))
  const [patient, ...others] = valuesOf(call, 'patient')
  const issues = [
    ...(unknown
      ? [refusal('unknown-parameter', unknown[0], `$docref has no parameter ${unknown[0]}`, `it has ${KNOWN.slice(0, 6).join(', ')}`)]
      : []),
    ...(patient === undefined || others.length > 0
      ? [refusal('invalid-parameter', 'patient', '$docref is about one patient', 'write patient=ID, once')]
      : []),
  ]
  if (issues.length > 0) throw new Refused(issues)
  const [start, end] = [valuesOf(call, 'start')[0], valuesOf(call, 'end')[0]]
  const types = valuesOf(call, 'type')
  const profiles = valuesOf(call, 'profile')
  const isGenerated = valuesOf(call, 'on-demand')[0] === 'true'
  return search(
    {
      ...call,
      params: { ...call.params, type: 'DocumentReference' },
      query: [
        ['patient', patient!.replace(/^Patient\//, '')],
        ['status', 'current'],
        ...(start === undefined ? [] : [['period', `ge${start}`] as const]),
        ...(end === undefined ? [] : [['period', `le${end}`] as const]),
        ...(types.length === 0 ? [] : [['type', types.join(',')] as const]),
        ...(profiles.length === 0 ? [] : [['_profile', profiles.join(',')] as const]),
        ['_sort', '-date'],
        ...(isGenerated ? [['_id', 'on-demand'] as const, ['_id', 'is-not-generated-here'] as const] : []),
        ...(start === undefined && end === undefined ? [['_count', '1'] as const] : [['_count', '1000'] as const]),
      ],
    },
    repo,
  )
}

const valuesOf = (call: FhirCall, name: string): readonly string[] =>
  call.query.filter(([n, v]) => n === name && v !== '').map(([, v]) => v)

interface Parameter {
  readonly name?: unknown
  readonly [value: string]: unknown
}

/**
 * An operation that may be asked by POST as well: what stands in its Parameters is what would stand in the address. A parameter whose value has no such form
 * is refused.
 */
export const byParameters =
  (handler: FhirHandler): FhirHandler =>
  (call, repo) => {
    return handler({ ...call, query: [...call.query, ...pairsOf(call.body)] }, repo)
  }

/** The parameters of a body of Parameters, as they would stand in an address; none without a body. */
export function pairsOf(body: unknown): readonly (readonly [string, string])[] {
  if (body === undefined || body === null || body === '') return []
  const { resourceType, parameter = [] } = body as FhirResource & { readonly parameter?: readonly Parameter[] }
  if (resourceType !== 'Parameters' || !Array.isArray(parameter))
    throw new Refused([
      refusal('not-fhir', 'body', 'the body is no Parameters', 'send Parameters, or GET with the parameters in the address'),
    ])
  return (parameter as readonly (Parameter | null)[]).map((one): readonly [string, string] => {
    const [key, value] = Object.entries(one ?? {}).find(([name]) => name.startsWith('value')) ?? []
    const text =
      key === 'valueCoding' || key === 'valueCodeableConcept'
        ? tokenOf(value)
        : key === 'valueReference'
          ? (value as { readonly reference?: unknown } | null)?.reference
          : value
    if (typeof one?.name !== 'string' || !['string', 'number', 'boolean'].includes(typeof text))
      throw new Refused([
        refusal(
          'invalid-parameter',
          `Parameters.parameter`,
          'a parameter has no name, or no plain value',
          'send name and valueString, valueDate, valueCode, …',
        ),
      ])
    return [one.name, String(text)]
  })
}

function tokenOf(value: unknown): string | undefined {
  const { coding, system, code } = (value ?? {}) as {
    coding?: readonly { system?: string; code?: string }[]
    system?: string
    code?: string
  }
  const of = coding?.[0] ?? { system, code }
  return of.code === undefined ? undefined : of.system === undefined ? of.code : `${of.system}|${of.code}`
}
