import {
  type CaseView,
  type Citation,
  type CriteriaCompiler,
  type Criterion,
  type Evidence,
  type Explanation,
  explainedFacts,
  type KnowledgeBase,
  Reasons,
  type Vocabulary,
} from '@secondwind/core'

/** Makes explanations for one plan; equal criteria are explained once. */
export interface Explainer {
  /** A claim with what decided it. */
  of(when: Criterion, claim: string, cites: readonly Citation[]): Explanation
  /** What decided a criterion, in its own words. */
  why(when: Criterion): Explanation
  /** All facts that a criterion looks at. */
  facts(when: Criterion): readonly string[]
}

/** Explains criteria that were compiled before the view was made. */
export function explainer(
  view: CaseView,
  { words, compiler }: { readonly words: Vocabulary; readonly compiler: CriteriaCompiler },
): Explainer {
  const reasons = new Reasons(view, words, compiler)
  return {
    why: (when) => reasons.why(when),
    facts: (when) => explainedFacts(when, words),
    of(when, claim, cites) {
      const { truth, facts, children } = reasons.under(when)
      return { claim, truth, facts, children, cites: sourcesOf(cites) }
    },
  }
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
