import type { FactDefinition, KnownFact } from '@secondwind/core'
import { absoluteDay } from './dates.ts'
import { shownNumber } from './number.ts'
import { shownQuantity } from './quantity.ts'

/** What a value needs to be said: its kind, its unit and the names of its codes. */
export type Shown = Pick<FactDefinition, 'type' | 'unit' | 'values'> & { readonly factors?: { readonly [unit: string]: number } }

/** A value in words: labels for codes, the chosen units for quantities, yes and no for truths. */
export function valueWords(
  value: KnownFact['value'],
  { type, unit, values, factors }: Shown,
  units: 'si' | 'conventional',
  language: string,
  t: (key: string) => string,
): string {
  if (typeof value === 'boolean') return t(value ? 'app:yes' : 'app:no')
  if (typeof value === 'number') {
    const shown = unit === undefined ? { value, unit: '' } : shownQuantity(value, unit, units, factors)
    const number = shownNumber(shown.value, shown.unit, language)
    return shown.unit === '' ? number : `${number} ${shown.unit}`
  }
  if (typeof value === 'string' && type === 'date') return absoluteDay(value, language)
  if (typeof value === 'string') return values?.[value] ?? value
  if (Array.isArray(value))
    return value.length === 0
      ? t('app:none')
      : once(value.map((one) => (typeof one === 'string' ? (values?.[one] ?? one) : itemWords(one as object)))).join(', ')
  return type
}

/** Each name once, however often and with which capitals lists of the chart hold it. */
const once = (names: readonly string[]): readonly string[] =>
  [...new Map(names.toReversed().map((name) => [name.toLowerCase(), name])).values()].toReversed()

/** One entry of a list, by what it is called. */
const itemWords = (item: object): string => {
  const { name, drug, label, code, site, drugs } = item as { readonly [key: string]: unknown }
  if (Array.isArray(drugs) && drugs.length > 0) return drugs.join(' + ')
  const word = name ?? label ?? drug ?? code ?? site
  if (typeof word === 'string') return word
  // a row without a name: what stands in it, without the marks of a program
  return Object.values(item)
    .filter((one) => typeof one === 'string' || typeof one === 'number')
    .join(' · ')
}
