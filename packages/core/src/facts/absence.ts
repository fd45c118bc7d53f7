import type { Fact, FactDefinition, FactValue } from './fact.ts'

/**
 * What silence in a chart means for a fact, by the registry: a `listed` fact that nothing names is known to be absent
 * (and says that it rests on a list only); every other fact is unknown.
 * A date that never was is `never`; a code of something absent is `none`; "days since" something that never was is `never`, and compares as endless.
 */
export function absentFact(definition: FactDefinition): Fact {
  if (definition.absence !== 'listed') {
    const unknown = definition.absence === 'witnessed' && definition.test !== undefined ? 'not-tested' : 'not-recorded'
    return definition.test === undefined ? { unknown } : { unknown, would: definition.test }
  }
  const unit = definition.unit === undefined ? {} : { unit: definition.unit }
  return { value: definition.absentValue ?? ABSENT[definition.type], ...unit, absence: 'listed', sources: [] }
}

const ABSENT: { readonly [type in FactDefinition['type']]: FactValue } = {
  truth: false,
  integer: 0,
  quantity: 0,
  code: 'none',
  codes: [],
  date: 'never',
  text: '',
  list: [],
}
