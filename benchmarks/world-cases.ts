import {
  type CaseTable,
  CaseTableBuilder,
  type Fact,
  type FactDefinition,
  type FactValue,
  isKnown,
  type Room,
  type Vocabulary,
} from '../packages/core/src/index.ts'

/** Numbers in [0, 1) from a seed: the same seed gives the same cases. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** How often a fact of a case is not that of its model: half of these are unknown, half another value of the fact. */
const CHANGED = 0.2
/** Values of a number beside those of the models. */
const EXTRA_NUMBERS = 400

export interface WorldCases {
  readonly table: CaseTable
  /** The facts of one case, by position of the registry, as the planner would be given them. */
  factsOf(row: number): readonly (Fact | undefined)[]
}

/**
 * Synthetic cases for speed, not for medicine: each is one of some real-looking patients with a fifth of its facts changed at random.
 * Numbers are drawn from the plausible range of the registry, so that every limit of the base has cases on both sides.
 */
export function worldCases(
  words: Vocabulary,
  models: readonly (readonly (Fact | undefined)[])[],
  size: number,
  seed: number,
  room: Room,
  samples: ReadonlySet<number>,
): WorldCases {
  const builder = new CaseTableBuilder(size, room)
  const random = randomFrom(seed)
  const modelOf = new Uint16Array(size)
  for (let row = 0; row < size; row++) modelOf[row] = Math.floor(random() * models.length)
  const kept = new Map([...samples].map((row) => [row, [] as (Fact | undefined)[]]))
  const codes = new Uint32Array(size)
  words.facts.forEach((definition, at) => {
    const own = models.map((facts) => facts[at])
    const values = valuesOf(definition, own, random)
    const places = new Map(values.map((value, place) => [JSON.stringify(value), place + 1]))
    const codeOf = own.map((fact) => (isKnown(fact) ? places.get(JSON.stringify(fact.value))! : 0))
    for (let row = 0; row < size; row++) {
      const draw = random()
      codes[row] =
        draw >= CHANGED
          ? codeOf[modelOf[row]!]!
          : draw < CHANGED / 2
            ? 0
            : Math.min(values.length, 1 + Math.floor(((draw - CHANGED / 2) / (CHANGED / 2)) * values.length))
    }
    builder.add(definition, { values, codes })
    for (const [row, facts] of kept) facts.push(codes[row] === 0 ? undefined : { value: values[codes[row]! - 1]!, sources: [] })
  })
  return { table: builder.table(), factsOf: (row) => kept.get(row)! }
}

function valuesOf(definition: FactDefinition, own: readonly (Fact | undefined)[], random: () => number): readonly FactValue[] {
  const values = new Map<string, FactValue>()
  const put = (value: FactValue): void => {
    values.set(JSON.stringify(value), value)
  }
  for (const fact of own) if (isKnown(fact)) put(fact.value)
  if (definition.type === 'truth') for (const value of [true, false]) put(value)
  if (definition.type === 'code') for (const value of Object.keys(definition.values ?? {})) put(value)
  if (definition.type === 'codes') for (const value of Object.keys(definition.values ?? {})) put([value])
  if (definition.type === 'quantity' || definition.type === 'integer') {
    // what is computed from other facts has no plausible range: that of the models stands in
    const numbers = [...values.values()].filter((value) => typeof value === 'number')
    const [low, high] = definition.plausible ?? [Math.min(...numbers), Math.max(...numbers)]
    for (let i = 0; i < EXTRA_NUMBERS && low < high; i++) {
      const number = low + (high - low) * random()
      put(definition.type === 'integer' ? Math.round(number) : Number(number.toPrecision(4)))
    }
  }
  return [...values.values()]
}
