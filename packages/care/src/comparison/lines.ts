import { pairUp } from './pairing.ts'
import { type ChangeKind, type PlanChange, same } from './plan-change.ts'

/** A line that tells a person what to do or to watch. `rule` where a rule of the base said it. */
export interface Line {
  readonly say: string
  readonly rule?: string
  readonly rest?: unknown
}

/**
 * Differences between two lists of instructions: lines that came, went, or were put in other words.
 *
 * A line in other words counts as wording only while its figures and its words of refusal and time are the same; else it is a change of the instruction.
 * Both texts are shown either way.
 */
export function lineChanges(before: readonly Line[], after: readonly Line[], at: string, subject: string, kind: ChangeKind): PlanChange[] {
  const changes: PlanChange[] = []
  const exact = pairUp(before, after, [
    (line) => `${line.rule ?? ''}|${line.say}`,
    (line) => line.say,
    (line) => (line.rule === undefined ? undefined : line.rule),
  ])
  const { pairs, gone, added } = pairSimilar(exact.gone, exact.added)
  for (const [old, now] of [...exact.pairs, ...pairs]) {
    if (old.say !== now.say) {
      const isSame = same(marks(old.say), marks(now.say))
      changes.push({
        ...(isSame ? { kind: 'wording', weight: 'wording' } : { kind, weight: 'care' }),
        at,
        subject,
        before: old.say,
        after: now.say,
      })
    } else if (!same([old.rest, old.rule], [now.rest, now.rule])) {
      changes.push({ kind: 'reasons', weight: 'reasons', at, subject: `${subject}: ${old.say}` })
    }
  }
  for (const line of gone) changes.push({ kind, weight: 'care', at, subject, before: line.say })
  for (const line of added) changes.push({ kind, weight: 'care', at, subject, after: line.say })
  if (changes.length === 0 && !same(before, after)) changes.push({ kind: 'order', weight: 'wording', at, subject })
  return changes
}

/** Words that turn the sense of an instruction, or say when it holds. */
const TURNING =
  /^(no|not|never|without|unless|only|until|before|after|stop|hold|start|avoid|do|don't|cannot|above|below|least|most|more|less|daily|twice|once|weekly|monthly|instead)$/

/** What must be the same for two texts to say the same: figures with what follows them, and turning words, in their order. */
function marks(text: string): readonly string[] {
  const words = wordsOf(text)
  return words.flatMap((word, i) => (/\d/.test(word) ? [`${word} ${words[i + 1] ?? ''}`] : TURNING.test(word) ? [word] : []))
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\d][\p{L}\d.,%/'’-]*(?<![.,])/gu) ?? []

/** Pairs lines that share more than half of their words: the same instruction, reworded. */
function pairSimilar(
  gone: readonly Line[],
  added: readonly Line[],
): { readonly pairs: readonly (readonly [Line, Line])[]; readonly gone: readonly Line[]; readonly added: readonly Line[] } {
  const pairs: (readonly [Line, Line])[] = []
  const left = [...added]
  const alone = gone.filter((line) => {
    const scores = left.map((other) => likeness(line.say, other.say))
    const best = scores.indexOf(Math.max(...scores))
    if (best === -1 || scores[best]! <= 0.5) return true
    pairs.push([line, left[best]!])
    left.splice(best, 1)
    return false
  })
  return { pairs, gone: alone, added: left }
}

function likeness(a: string, b: string): number {
  const x = new Set(wordsOf(a))
  const y = new Set(wordsOf(b))
  const shared = [...x].filter((word) => y.has(word)).length
  return shared / Math.max(1, x.size + y.size - shared)
}
