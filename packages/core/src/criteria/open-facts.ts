import type { Criterion } from './ast.ts'
import type { CriteriaCompiler } from './decide.ts'
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
  if (view.verdicts[compiler.slotFor(criterion)] !== UNKNOWN) return into
  switch (criterion.op) {
    case 'const':
      break
    case 'ref':
      openFacts(words.named.get(criterion.id)!.when, view, words, compiler, into)
      break
    case 'not':
      openFacts(criterion.of, view, words, compiler, into)
      break
    case 'all':
    case 'any':
    case 'atLeast':
      for (const part of criterion.of) openFacts(part, view, words, compiler, into)
      break
    default:
      into.add(criterion.fact)
  }
  return into
}
