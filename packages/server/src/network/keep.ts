import { isKnown, type KnowledgeBase, type KnownFact, type PlanDocument } from '@secondwind/core'
import { factsAsked } from '../quality/tables.ts'
import type { Queries, StoredVersion } from '../store/index.ts'
import { tissueOn } from '../workspace/orders.ts'

const ASKED = new WeakMap<KnowledgeBase, readonly string[]>()

/** Ids of the facts that the quality measures look at. */
export function askedFacts(knowledge: KnowledgeBase): readonly string[] {
  const known = ASKED.get(knowledge)
  if (known) return known
  const asked = factsAsked(knowledge.quality ?? [], knowledge).map(({ id }) => id)
  ASKED.set(knowledge, asked)
  return asked
}

/** What the overview counts of one patient; nothing that says who it is. Without a plan there is nothing to count, and the patient is told as such. */
export async function keepNetworkCase(
  db: Queries,
  of: { readonly patient: string; readonly site: string; readonly organization: string | undefined; readonly isClosed: boolean },
  versions: readonly StoredVersion[],
  document: PlanDocument | undefined,
  knowledge: KnowledgeBase,
): Promise<void> {
  if (document === undefined) {
    await db.query('delete from network_case where patient = $1', [of.patient])
    return
  }
  const facts = Object.fromEntries(
    askedFacts(knowledge).flatMap((id) => {
      const fact = document.case.facts[id]
      return isKnown(fact) ? [[id, bare(fact)]] : []
    }),
  )
  await db.query(
    `insert into network_case (patient, site, organization, as_of, is_closed, tissue_on, facts) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (patient) do update set site = excluded.site, organization = excluded.organization, as_of = excluded.as_of,
       is_closed = excluded.is_closed, tissue_on = excluded.tissue_on, facts = excluded.facts`,
    [of.patient, of.site, of.organization ?? null, document.asOf, of.isClosed, tissueOn(versions) ?? null, JSON.stringify(facts)],
  )
}

/** Without its sources and words: a count needs neither. What is unknown is not written. */
function bare({ value, unit, on, stale, absence }: KnownFact): KnownFact {
  return {
    value,
    ...(unit === undefined ? {} : { unit }),
    ...(on === undefined ? {} : { on }),
    ...(stale === undefined ? {} : { stale }),
    ...(absence === undefined ? {} : { absence }),
    sources: [],
  }
}
