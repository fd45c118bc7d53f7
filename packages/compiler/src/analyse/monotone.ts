import { type Criterion, type Vocabulary, vocabulary } from '@secondwind/core'
import type { CheckedEntry } from '../compile.ts'
import { smtEmitter, type TruthPair } from '../emit/smt.ts'
import { and, implies, not, or, type Term } from '../emit/smt-terms.ts'
import type { ProofModel } from './model.ts'
import type { RulePlace } from './question.ts'
import type { Solver } from './solver.ts'

/** A condition whose answer may be taken back when more is learnt. */
export interface Flip {
  readonly place: RulePlace
  readonly say: string
}

interface Condition {
  readonly kind: CheckedEntry['kind']
  readonly id: string
  readonly at: readonly (string | number)[]
  readonly criterion: Criterion
}

/**
 * Monotone in knowledge: what a condition of treatment, safety, dosing, trials and the named criteria says of a patient, it still says once more is known.
 *
 * Proven for each as one statement about two states of knowledge of the same patient, the second of which knows all that the first does.
 * The operator `known` is what breaks it; the compiler refuses it there, and this finds it whatever way it came in.
 */
export async function findFlips(model: ProofModel, solver: Solver): Promise<readonly Flip[]> {
  const words = vocabulary(model.knowledge.facts, model.knowledge.criteria)
  const before = smtEmitter(words, { knowing: 'before' })
  const after = smtEmitter(words, { knowing: 'after' })
  const flips = conditionsOf(model).map((condition) => ({
    condition,
    term: flipTerm(before.pair(condition.criterion), after.pair(condition.criterion)),
  }))
  const variables = new Map([...before.variables, ...after.variables])
  const definitions = new Map([...before.definitions, ...after.definitions])
  const learnt = [...before.variables.values()]
    .filter((v) => v.part === 'known')
    .map((v) => implies(v.name, v.name.replace(/\?before\|$/, '?after|')))
  await solver.tell('(push)')
  await solver.tell(
    [
      ...[...variables.values()].map(({ name, sort }) => `(declare-const ${name} ${sort})`),
      ...[...definitions].map(([name, term]) => `(define-fun ${name} () Bool ${term})`),
      ...[...variables.values()]
        .filter((v) => v.part === 'first')
        .map(({ name }) => `(assert (<= ${name} ${name.replace('~first|', '~last|')}))`),
      ...learnt.map((term) => `(assert ${term})`),
      ...flips.map(({ term }, i) => `(define-fun |flip ${i}| () Bool ${term})`),
    ].join('\n'),
  )
  const found: Flip[] = []
  const search = async (from: number, to: number): Promise<void> => {
    if (from >= to) return
    const asked = await solver.check([or(...flips.slice(from, to).map((_, i) => `|flip ${from + i}|`))])
    if (!asked.sat) return
    if (to - from === 1) {
      const { kind, id, at, criterion } = flips[from]!.condition
      found.push({ place: model.placeOf(kind, id, at), say: model.say(criterion) })
      return
    }
    const middle = Math.floor((from + to) / 2)
    await search(from, middle)
    await search(middle, to)
  }
  await search(0, flips.length)
  await solver.tell('(pop)')
  return found
}

const flipTerm = (before: TruthPair, after: TruthPair): Term => or(and(before.t, not(after.t)), and(before.f, not(after.f)))

function conditionsOf({ knowledge, words }: ProofModel): readonly Condition[] {
  const rows = (id: string, field: string, list: readonly { readonly when?: Criterion }[]): readonly Condition[] =>
    list.flatMap((row, i) => (row.when ? [{ kind: 'treatment' as const, id, at: [field, i, 'when'], criterion: row.when }] : []))
  const whens = (kind: CheckedEntry['kind'], rules: readonly { readonly id: string; readonly when: Criterion }[]): readonly Condition[] =>
    rules.map(({ id, when }) => ({ kind, id, at: ['when'], criterion: when }))
  const used = namedIn(
    [...knowledge.options.flatMap((o) => [o.when, ...o.standing.flatMap((s) => s.when ?? [])]), ...knowledge.safety.map((s) => s.when)],
    words,
  )
  return [
    ...whens(
      'criteria',
      knowledge.criteria.filter((c) => used.has(c.id)),
    ),
    ...whens('treatment', knowledge.options),
    ...knowledge.options.flatMap((o) => [...rows(o.id, 'standing', o.standing), ...rows(o.id, 'cautions', o.cautions)]),
    ...whens('safety', knowledge.safety),
    ...whens('dosing', knowledge.dosing),
    ...whens('trials', knowledge.trials),
  ]
}

/** The named criteria that these rest on. */
function namedIn(criteria: readonly Criterion[], words: Vocabulary): ReadonlySet<string> {
  const named = new Set<string>()
  const walk = (c: Criterion): void => {
    if (c.op === 'ref' && !named.has(c.id)) {
      named.add(c.id)
      walk(words.named.get(c.id)!.when)
    } else if (c.op === 'not') walk(c.of)
    else if (c.op === 'all' || c.op === 'any' || c.op === 'atLeast') c.of.forEach(walk)
  }
  criteria.forEach(walk)
  return named
}
