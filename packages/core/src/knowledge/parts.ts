import type { Citation, KnowledgeBase } from './knowledge.ts'

/** What a page may load behind the first plan: words and addresses of citations, outlook, trials, the words of the patient's page, calculators, quality measures. */
export interface LaterKnowledge extends Pick<KnowledgeBase, 'sources' | 'outlook' | 'trials' | 'patient' | 'scores' | 'quality'> {
  /** Place and claim of every citation of the first part, in the order in which they stand there. */
  readonly citations: readonly Pick<Citation, 'at' | 'says'>[]
}

/** The base in the two parts that a page loads. `wholeKnowledge` puts them together. */
export interface KnowledgeParts {
  /** What planning and explaining need. Its citations name their sources only: plans made with it show no claims. */
  readonly first: KnowledgeBase
  readonly later: LaterKnowledge
}

/** Takes place and claim out of every citation of a value; `taken` receives them in order. */
export function withoutClaims<T>(value: T, taken: Pick<Citation, 'at' | 'says'>[]): T {
  return mapCitations(value, (cite) => {
    taken.push({ at: cite.at, says: cite.says })
    return { ...cite, at: '', says: '' }
  })
}

/** The whole base again. Plan anew with it: engines are kept for each base. */
export function wholeKnowledge({ first, later }: KnowledgeParts): KnowledgeBase {
  const { citations, ...rest } = later
  let next = 0
  return { ...mapCitations(first, (cite) => ({ ...cite, ...citations[next++]! })), ...rest }
}

/** A row that only names sources of its rule (`cites: [id]`) holds no citation. */
const isCitation = (cite: unknown): cite is Citation => typeof cite === 'object'

function mapCitations<T>(value: T, change: (cite: Citation) => Citation): T {
  const visit = (node: unknown, key: string): unknown => {
    if (Array.isArray(node)) return node.map((item) => (key === 'cites' && isCitation(item) ? change(item) : visit(item, '')))
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(Object.entries(node).map(([name, inner]) => [name, visit(inner, name)]))
  }
  return visit(value, '') as T
}
