import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Criterion,
  caseView,
  criteriaCompiler,
  type Explanation,
  explain,
  missingFacts,
  openFacts,
  Reasons,
  vocabulary,
} from '../src/index.ts'
import { AS_OF, criterion, FACTS, partialCase } from './criteria.arbitrary.ts'

const OPTIONS = { seed: 20261124, numRuns: 600 }

/** What a reason keeps of the full explanation: of an alternative that is met, what met it; else everything. */
function deciding(node: Explanation): Explanation {
  if (!node.children || node.children.length === 0) return node
  const met = node.children.filter((child) => child.truth === node.truth)
  const isAlternative = node.claim === 'any of these' || (node.truth === 'true' && met.length < node.children.length)
  const kept = isAlternative && met.length > 0 ? met : node.children
  return {
    ...node,
    facts: kept === node.children ? node.facts : [...new Set(kept.flatMap((child) => child.facts))],
    children: kept.map(deciding),
  }
}

test('a reason is the explanation without the parts that did not decide, to the byte; open facts are those missing in it', () => {
  fc.assert(
    fc.property(fc.array(criterion, { minLength: 1, maxLength: 5 }), criterion, criterion, partialCase, (all, named, other, { facts }) => {
      // names of a group, of a leaf and of another name
      const words = vocabulary(FACTS, [
        { id: 'named', label: 'A named group', when: named },
        { id: 'twice', label: 'A name of a name', when: { op: 'ref', id: 'named' } },
      ])
      const ref = (id: string): Criterion => ({ op: 'ref', id })
      const criteria: readonly Criterion[] = [
        ...all,
        { op: 'any', of: [...all, ref('named')] },
        { op: 'all', of: [other, ref('twice'), ...all] },
        { op: 'not', of: { op: 'any', of: [ref('twice'), other] } },
        // alike, and another object
        { op: 'any', of: [...all, ref('named')] },
        { op: 'all', of: [] },
        { op: 'any', of: [] },
        ref('named'),
      ]
      const compiler = criteriaCompiler(words)
      for (const one of criteria) compiler.slotFor(one)
      const view = caseView(words, facts, AS_OF, compiler.program)
      const reasons = new Reasons(view, words, compiler)
      for (const one of criteria) {
        const whole = explain(one, view, words)
        const parts = one.op === 'all' ? whole.children!.map(deciding) : [deciding(whole)]
        expect(JSON.stringify(reasons.why(one))).toBe(JSON.stringify(deciding(whole)))
        expect([...openFacts(one, view, words, compiler)]).toEqual([...missingFacts(whole)])
        expect(JSON.stringify(reasons.under(one))).toBe(JSON.stringify({ truth: whole.truth, facts: whole.facts, children: parts }))
      }
    }),
    OPTIONS,
  )
})
