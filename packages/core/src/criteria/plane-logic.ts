import type { Criterion, NodeOf } from './ast.ts'
import { NOBODY, type Plane } from './plane-code.ts'
import type { Vocabulary } from './view.ts'

/** The cases for which a criterion is certainly true, and those for which it is certainly false. For the others it is unknown. */
export interface Planes {
  readonly isTrue: Plane
  readonly isFalse: Plane
}

/** What combines planes: bits in memory, or expressions of another engine. */
export interface PlaneLogic {
  and(of: readonly Plane[]): Plane
  or(of: readonly Plane[]): Plane
  andNot(a: Plane, b: Plane): Plane
  /** Cases in at least `min` of these planes, `min` from 1 to their number. */
  atLeast(min: number, of: readonly Plane[]): Plane
}

/** What the planner's logic over a population needs to know of the engine that runs it. */
export interface PlaneCompiler {
  readonly code: PlaneLogic
  /** All cases. */
  readonly everyone: Plane
  readonly compile: (criterion: Criterion) => Planes
  /** The cases with each member of a set fact, known ones alone. Members that nothing names may stand together under one that no word has. */
  membersOf(fact: string): ReadonlyMap<string, Plane>
}

/** What stands above the leaves. */
export type Connective = 'const' | 'ref' | 'all' | 'any' | 'not' | 'atLeast'

/**
 * Kleene's connectives over planes, the same for bits in memory and for sets that another engine is told of. `not` costs nothing: it swaps the planes.
 * A named criterion is compiled once.
 */
export function connectives(
  { code, everyone, compile }: Pick<PlaneCompiler, 'code' | 'everyone' | 'compile'>,
  words: Vocabulary,
): { readonly [K in Connective]: (node: NodeOf<K>) => Planes } {
  const named = new Map<string, Planes>()
  return {
    const: ({ value }) => ({ isTrue: value === 'true' ? everyone : NOBODY, isFalse: value === 'false' ? everyone : NOBODY }),
    ref: ({ id }) => {
      let planes = named.get(id)
      if (planes === undefined) {
        const target = words.named.get(id)
        if (!target) throw new Error(`invariant: criterion refers to ${id}, which is not defined`)
        planes = compile(target.when)
        named.set(id, planes)
      }
      return planes
    },
    all: ({ of }) => {
      const parts = of.map(compile)
      return { isTrue: code.and([everyone, ...parts.map((p) => p.isTrue)]), isFalse: code.or(parts.map((p) => p.isFalse)) }
    },
    any: ({ of }) => {
      const parts = of.map(compile)
      return { isTrue: code.or(parts.map((p) => p.isTrue)), isFalse: code.and([everyone, ...parts.map((p) => p.isFalse)]) }
    },
    not: ({ of }) => {
      const { isTrue, isFalse } = compile(of)
      return { isTrue: isFalse, isFalse: isTrue }
    },
    atLeast: ({ min, of }) => {
      if (min <= 0) return { isTrue: everyone, isFalse: NOBODY }
      if (min > of.length) return { isTrue: NOBODY, isFalse: everyone }
      const parts = of.map(compile)
      return {
        isTrue: code.atLeast(
          min,
          parts.map((p) => p.isTrue),
        ),
        isFalse: code.atLeast(
          of.length - min + 1,
          parts.map((p) => p.isFalse),
        ),
      }
    },
  }
}
