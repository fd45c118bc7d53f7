import {
  type CaseView,
  type Citation,
  type Criterion,
  type Evidence,
  type Explained,
  type Explanation,
  explain,
  type KnowledgeBase,
  type Vocabulary,
} from '@secondwind/core'

/** Makes explanations for one plan; equal criteria are explained once. */
export interface Explainer {
  of(when: Criterion, claim: string, cites: readonly Citation[]): Explanation
  raw(when: Criterion): Explanation
}

export function explainer(view: CaseView, words: Vocabulary): Explainer {
  const seen: Explained = new Map()
  const raw = (when: Criterion): Explanation => explain(when, view, words, seen)
  return {
    raw,
    of(when, claim, cites) {
      const why = raw(when)
      return {
        claim,
        truth: why.truth,
        facts: why.facts,
        children: when.op === 'all' && why.children ? why.children.map(deciding) : [deciding(why)],
        cites: [...new Set(cites.map((c) => c.source))],
      }
    },
  }
}

/** Of an alternative that is met, only what met it; of one that is not, all of it. Keeps the tree as long as the reason, not as the rule. */
function deciding(node: Explanation): Explanation {
  if (!node.children || node.children.length === 0) return node
  const met = node.children.filter((c) => c.truth === node.truth)
  const isAlternative = node.claim === 'any of these' || (node.truth === 'true' && met.length < node.children.length)
  const kept = isAlternative && met.length > 0 ? met : node.children
  return { ...node, facts: [...new Set(kept.flatMap((c) => c.facts))], children: kept.map(deciding) }
}

export function evidenceOf(cites: readonly Citation[], knowledge: KnowledgeBase): readonly Evidence[] {
  return cites.map(({ source, at, says }) => {
    const from = knowledge.sources[source]
    const url =
      from?.url ?? (from?.doi ? `https://doi.org/${from.doi}` : from?.pmid ? `https://pubmed.ncbi.nlm.nih.gov/${from.pmid}/` : undefined)
    return { source, at, says, ...(url ? { url } : {}), ...(from?.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}) }
  })
}
