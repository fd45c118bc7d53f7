import type { Criterion } from './ast.ts'
import type { CriteriaCompiler } from './decide.ts'
import { type Node, nodesOf } from './nodes.ts'
import { UNKNOWN } from './program.ts'
import type { CaseView, Vocabulary } from './view.ts'

/**
 * Facts that can still settle an unknown verdict on a compiled criterion: those of unknown leaves whose every ancestor is unknown. A settled arm silences
 * its siblings. What `missingFacts` finds in the explanation, read from the verdicts.
 */
export function openFacts(
  criterion: Criterion,
  view: CaseView,
  words: Vocabulary,
  compiler: CriteriaCompiler,
  into: Set<string> = new Set(),
): Set<string> {
  gather(nodesOf(compiler).of(criterion, words), view.verdicts, into)
  return into
}

function gather({ slot, question, parts, hasParts }: Node, verdicts: Uint8Array, into: Set<string>): void {
  if (verdicts[slot] !== UNKNOWN) return
  if (hasParts) for (const part of parts) gather(part, verdicts, into)
  else for (const fact of question.facts) into.add(fact)
}
