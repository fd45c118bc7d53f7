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

/** The value that silence stands for, where it stands for one, and for the same on every day. Charts name few of these facts: it is the usual value. */
export function silentValue(definition: FactDefinition): FactValue | undefined {
  if (definition.absence !== 'listed') return undefined
  const value = definition.absentValue ?? ABSENT[definition.type]
  return definition.type !== 'date' || value === 'never' ? value : undefined
}

/** Whether two values are the same word, number or answer, or both the empty list. Longer lists are not looked through. */
export const isSameSilence = (a: FactValue, b: FactValue | undefined): boolean =>
  a === b || (Array.isArray(a) && Array.isArray(b) && a.length === 0 && b.length === 0)

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
