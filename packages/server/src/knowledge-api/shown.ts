import type { PlanDocument } from '@secondwind/core'
import { type ChartScope, patientsIn, type Queries, type Transaction } from '../store/index.ts'
import type { IndexedEntry } from './entries.ts'

/**
 * What of the knowledge a plan shows, as keys: `options/…`, `safety/…`, `alerts/<name of the alert>`, `interactions/…`, `tests/…`, `regimens/…`,
 * `support/<service>|<title>`, `sources/…`. Sorted, each once.
 */
export function shownIn(document: PlanDocument): readonly string[] {
  const keys = new Set<string>()
  const evidence = (of: readonly { readonly source: string }[]): void => {
    for (const { source } of of) keys.add(`sources/${source}`)
  }
  for (const option of document.options) {
    // a trial is shown as an option of its own id
    keys.add(option.trial === undefined ? `options/${option.id.split(':')[0]}` : `trials/${option.id}`)
    if (option.regimen !== undefined) keys.add(`regimens/${option.regimen.id}`)
    for (const { rule } of option.cautions) if (rule !== undefined) keys.add(`safety/${rule}`)
    evidence(option.evidence)
  }
  for (const { rule, alsoRules = [], evidence: cited } of document.notAdvised) {
    for (const id of [rule, ...alsoRules]) keys.add(`safety/${id}`)
    evidence(cited)
  }
  for (const { id, evidence: cited } of document.alerts) {
    keys.add(`alerts/${id}`)
    evidence(cited)
  }
  for (const { id, evidence: cited } of document.interactions) {
    keys.add(`interactions/${id}`)
    evidence(cited)
  }
  for (const { service, title, evidence: cited } of document.support) {
    keys.add(`support/${service}|${title}`)
    evidence(cited)
  }
  for (const { id } of document.tests) keys.add(`tests/${id}`)
  if (document.outlook !== null) keys.add(`sources/${document.outlook.source}`)
  return [...keys].sort()
}

/** The key under which plans show an entry; undefined for kinds that leave no mark in a plan. */
export function shownKeyOf({ kind, id, value }: IndexedEntry): string | undefined {
  switch (kind) {
    case 'alerts':
      return `alerts/${(value as { readonly alert: string }).alert}`
    case 'support': {
      const { service, title } = value as { readonly service: string; readonly title: string }
      return `support/${service}|${title}`
    }
    case 'testRules':
      return `tests/${(value as { readonly test: string }).test}`
    case 'options':
    case 'safety':
    case 'interactions':
    case 'tests':
    case 'trials':
    case 'regimens':
    case 'sources':
      return `${kind}/${id}`
    default:
      return undefined
  }
}

/** Keeps beside the newest plan what of the knowledge it shows; without a plan nothing is kept. */
export async function keepShown(tx: Transaction, patient: string, document: PlanDocument | undefined): Promise<void> {
  if (document === undefined) await tx.query('delete from plan_shown where patient = $1', [patient])
  else
    await tx.query(
      `insert into plan_shown (patient, shown) values ($1, $2::text[])
       on conflict (patient) do update set shown = excluded.shown`,
      [patient, [...shownIn(document)]],
    )
}

/** How many plans show a key, of how many that were looked through; only of these charts where they are given. */
export async function countShown(
  db: Queries,
  key: string,
  within: ChartScope | undefined,
): Promise<{ readonly plans: number; readonly of: number }> {
  const values: unknown[] = [key]
  const reach = patientsIn(within, 'plan_shown.patient', (value) => `$${values.push(value)}`)
  const [row] = await db.query<{ plans: number; of: number }>(
    `select count(*) filter (where shown @> array[$1]::text[]) as plans, count(*) as of from plan_shown where ${reach}`,
    values,
  )
  return row ?? { plans: 0, of: 0 }
}
