import type { PlanDocument } from '@secondwind/core'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { planSchema } from '../plans/schema.ts'

let validate: ValidateFunction | undefined

/**
 * Why a text is not a plan document; undefined when it is. `software`: what runs now. A plan of other software is held to what replay needs of it only:
 * the published schema is that of today.
 */
export function planProblem(document: unknown, software: string): string | undefined {
  if (document === undefined) return 'is not JSON'
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return 'is not a plan document'
  const { schema, patient, asOf, inputs, knowledge, case: patientCase } = document as Partial<PlanDocument>
  if (schema !== 'secondwind/plan/1') return `is not a plan document of this format (schema ${String(schema)})`
  const needed: readonly (readonly [string, unknown])[] = [
    ['patient', patient],
    ['asOf', asOf],
    ['inputs.chartDigest', inputs?.chartDigest],
    ['inputs.software', inputs?.software],
    ['knowledge.version', knowledge?.version],
    ['knowledge.digest', knowledge?.digest],
  ]
  const absent = needed.find(([, value]) => typeof value !== 'string')
  if (absent) return `is no whole plan document: ${absent[0]} is missing or no text`
  if (typeof patientCase?.facts !== 'object' || patientCase.facts === null) return 'is no whole plan document: case.facts is missing'
  if (inputs?.software !== software) return undefined
  validate ??= new Ajv2020({ strict: false, validateFormats: false }).compile(planSchema())
  if (validate(document)) return undefined
  const [first] = validate.errors ?? []
  const extra = (first?.params as { additionalProperty?: string } | undefined)?.additionalProperty
  const at = `${first?.instancePath ?? ''}${extra === undefined ? '' : `/${extra}`}`.slice(1).replaceAll('/', '.')
  return `is not as a plan is printed: ${at === '' ? 'the document' : at} ${extra === undefined ? (first?.message ?? 'is wrong') : 'does not belong there'}`
}

/** Up to `limit` places at which two documents differ, as paths with both values: the last resort where no change of the plan itself explains it. */
export function differingPlaces(before: unknown, now: unknown, limit: number): readonly string[] {
  const found: string[] = []
  const walk = (a: unknown, b: unknown, at: string): void => {
    if (found.length >= limit || a === b) return
    if (isHolder(a) && isHolder(b) && Array.isArray(a) === Array.isArray(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        walk((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], at === '' ? key : `${at}.${key}`)
      return
    }
    found.push(`${at}: ${shown(a)} in the plan, ${shown(b)} now`)
  }
  walk(before, now, '')
  return found
}

const isHolder = (value: unknown): value is object => typeof value === 'object' && value !== null

function shown(value: unknown): string {
  const text = JSON.stringify(value)
  return text === undefined ? 'not there' : text.length > 80 ? `${text.slice(0, 80)}…` : text
}
