import { err, type Issue, ok, type Result } from '@secondwind/core'
import { assign, listNames } from './assign.ts'
import { createChart, type IndexedChart, indexShared } from './chart.ts'
import type { Collected } from './collect.ts'
import type { Resource } from './context.ts'
import { groupPatients, type Person } from './patients.ts'
import { nameOf } from './shapes.ts'
import { settleVersions } from './versions.ts'

/** One patient's chart with what was wrong in putting it together. */
export interface ParsedChart {
  readonly chart: IndexedChart
  readonly issues: readonly Issue[]
}

/** Foreign patients that are named one by one; more are counted together. */
const NAMED_STRANGERS = 20

/** Shares resources out among patients. The result is sorted by patient reference. */
export function assembleCharts(collected: Collected): Result<readonly ParsedChart[], readonly Issue[]> {
  const settled = settleVersions(collected)
  const people = groupPatients(settled.resources, collected.fullUrls)
  const plan = assign(settled.resources, people)
  if (people.length === 0 && plan.orphans.size === 0) {
    const message = 'no Patient resource, and nothing refers to a patient'
    return err([
      { code: 'missing-patient', severity: 'error', path: 'input', message, remedy: 'include the Patient' },
      ...collected.issues.filter((issue) => issue.severity === 'error'),
    ])
  }
  const shared = indexShared(plan.shared, collected.fullUrls)
  const isAlone = Math.max(people.length, people.length === 0 ? plan.orphans.size : 0) === 1
  const inputIssues = [...collected.issues, ...plan.issues]
  const versionIssues = new Map<Person | string, Issue[]>()
  for (const { resource, issue } of settled.issues) {
    const owner = isAlone ? '' : plan.ownerOf(resource)
    const list = versionIssues.get(owner)
    if (list) list.push(issue)
    else versionIssues.set(owner, [issue])
  }

  const finish = (owner: Person | string, patient: Resource, resources: readonly Resource[], issues: readonly Issue[]): ParsedChart => ({
    chart: createChart({ patient, resources, shared, isAlone, fullUrls: collected.fullUrls }),
    issues: [...inputIssues, ...(versionIssues.get('') ?? []), ...(owner === '' ? [] : (versionIssues.get(owner) ?? [])), ...issues],
  })

  const charts: ParsedChart[] = []
  if (people.length === 0) {
    for (const [key, resources] of plan.orphans) {
      const id = key.slice(key.lastIndexOf('/') + 1)
      const issue: Issue = {
        code: 'missing-patient',
        severity: 'warning',
        path: `Patient/${id}`,
        message: `the Patient resource is not in the input; ${resources.length} resources refer to it`,
        remedy: 'include it: age and sex decide doses',
      }
      charts.push(finish(key, { resourceType: 'Patient', id }, resources, [issue]))
    }
  } else {
    const foreign = foreignIssues(plan.orphans)
    for (const person of people) charts.push(finish(person, person.patient, plan.own.get(person) ?? [], [...foreign, ...person.issues]))
  }
  charts.sort((a, b) => (nameOf(a.chart.patient) < nameOf(b.chart.patient) ? -1 : 1))
  return ok(charts)
}

function foreignIssues(orphans: ReadonlyMap<string, readonly Resource[]>): readonly Issue[] {
  const sorted = [...orphans].sort(([a], [b]) => (a < b ? -1 : 1))
  const issues = sorted.slice(0, NAMED_STRANGERS).map(([key, resources]) => foreignIssue(key, resources))
  const rest = sorted.slice(NAMED_STRANGERS)
  if (rest.length > 0) {
    issues.push({
      code: 'foreign-patient',
      severity: 'warning',
      path: 'input',
      message: `${rest.reduce((sum, [, resources]) => sum + resources.length, 0)} resources belong to ${rest.length} more patients who are not in the input: not used`,
      remedy: 'send those Patients too, or correct the references',
    })
  }
  return issues
}

function foreignIssue(key: string, resources: readonly Resource[]): Issue {
  return {
    code: 'foreign-patient',
    severity: 'warning',
    path: key,
    message: `${listNames(resources)} belong to ${key}, who is not in the input: not used`,
    remedy: 'send that Patient too, or correct the reference',
  }
}
