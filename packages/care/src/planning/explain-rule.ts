import {
  type CaseView,
  type Citation,
  type Criterion,
  type Evidence,
  type Explained,
  type Explanation,
  explain,
  explainedFacts,
  type KnowledgeBase,
  type Vocabulary,
} from '@secondwind/core'

/** Makes explanations for one plan; equal criteria are explained once. */
export interface Explainer {
  of(when: Criterion, claim: string, cites: readonly Citation[]): Explanation
  raw(when: Criterion): Explanation
  /** The facts that `raw` would name. */
  facts(when: Criterion): readonly string[]
}

export function explainer(view: CaseView, words: Vocabulary): Explainer {
  const seen: Explained = []
  const pruned = new Map<Explanation, Explanation>()
  const raw = (when: Criterion): Explanation => explain(when, view, words, seen)
  return {
    raw,
    facts: (when) => explainedFacts(when, words),
    of(when, claim, cites) {
      const why = raw(when)
      return {
        claim,
        truth: why.truth,
        facts: why.facts,
        children: when.op === 'all' && why.children ? why.children.map((c) => deciding(c, pruned)) : [deciding(why, pruned)],
        cites: sourcesOf(cites),
      }
    },
  }
}

/**
 * Of an alternative that is met, only what met it; of one that is not, all of it. Keeps the tree as long as the reason, not as the rule.
 * Rules share criteria, so what was pruned once is kept.
 */
function deciding(node: Explanation, pruned: Map<Explanation, Explanation>): Explanation {
  if (!node.children || node.children.length === 0) return node
  const before = pruned.get(node)
  if (before) return before
  const met = node.children.filter((c) => c.truth === node.truth)
  const isAlternative = node.claim === 'any of these' || (node.truth === 'true' && met.length < node.children.length)
  const kept = isAlternative && met.length > 0 ? met : node.children
  const result = {
    ...node,
    facts: kept === node.children ? node.facts : [...new Set(kept.flatMap((c) => c.facts))],
    children: kept.map((c) => deciding(c, pruned)),
  }
  pruned.set(node, result)
  return result
}

const sources = new WeakMap<readonly Citation[], readonly string[]>()

/** The sources of a rule, each once; worked out once for each rule. */
function sourcesOf(cites: readonly Citation[]): readonly string[] {
  if (cites.length === 0) return []
  let ids = sources.get(cites)
  if (!ids) {
    ids = [...new Set(cites.map((c) => c.source))]
    sources.set(cites, ids)
  }
  return ids
}

const evidences = new WeakMap<KnowledgeBase, WeakMap<readonly Citation[], readonly Evidence[]>>()

/** The citations of a rule with their addresses; put together once for each rule of a knowledge base. */
export function evidenceOf(cites: readonly Citation[], knowledge: KnowledgeBase): readonly Evidence[] {
  let known = evidences.get(knowledge)
  if (!known) {
    known = new WeakMap()
    evidences.set(knowledge, known)
  }
  let evidence = known.get(cites)
  if (!evidence) {
    evidence = cites.map((cite) => located(cite, knowledge))
    known.set(cites, evidence)
  }
  return evidence
}

function located({ source, at, says, review }: Citation, knowledge: KnowledgeBase): Evidence {
  const from = knowledge.sources[source]
  // a lasting identifier before an address that may move
  const url = from?.doi ? `https://doi.org/${from.doi}` : from?.pmid ? `https://pubmed.ncbi.nlm.nih.gov/${from.pmid}/` : from?.url
  const isOpen = review === 'unconfirmed' || from?.review === 'unconfirmed'
  return { source, at, says, ...(url ? { url } : {}), ...(isOpen ? { review: 'unconfirmed' as const } : {}) }
}
