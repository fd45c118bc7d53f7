import { type Explanation, type Fact, isKnown } from '@secondwind/core'

/** Facts that a line names; more would be a second explanation. */
const MOST = 4

/**
 * Ids of the facts that set something off: those known facts of the patient on which the truth of the claim rests, without what the chart is silent of or denies.
 * In the order of the explanation, four at most: the explanation has all.
 */
export function raisedBy(because: Explanation, facts: { readonly [id: string]: Fact }): readonly string[] {
  const found = new Set<string>()
  gather(because, (id) => {
    const fact = facts[id]
    if (fact !== undefined && isKnown(fact) && fact.value !== false && fact.sources.length > 0) found.add(id)
  })
  return [...found].slice(0, MOST)
}

function gather({ truth, facts, children = [] }: Explanation, tell: (fact: string) => void): void {
  if (children.length === 0) for (const fact of facts) tell(fact)
  const bearing = children.filter((child) => child.truth === truth)
  // a denial is true because what it denies is not
  for (const child of bearing.length > 0 ? bearing : children) gather(child, tell)
}
