import type { FactWords } from '@secondwind/server/contract'
import type { Named } from '../../planner/use-knowledge-words.ts'
import { writtenUnit } from '../../shared/format/quantity.ts'

/** The value of a change as a person says it: labels for codes and drugs, yes and no, the number with its unit. */
export function changeWords(value: string, about: FactWords | undefined, named: Named, t: (key: string) => string): string {
  const lower = value.toLowerCase()
  if (lower === 'unknown') return t('app:truth.unknown')
  if (about?.type === 'truth') return t(['yes', 'true', 'positive'].includes(lower) ? 'app:yes' : 'app:no')
  if (about?.type === 'codes' || about?.type === 'code' || about?.type === 'list') {
    const isMore = value.startsWith('+')
    const words = value
      .replace(/^\+/, '')
      .split(',')
      .map((one) => about.values?.[one.trim()] ?? named.drug(one.trim()))
      .join(', ')
    return isMore ? `+ ${words}` : words === '' || lower === 'none' ? t('app:none') : words
  }
  return about?.unit === undefined || /[^\d.,\s-]/.test(value) || about.unit === '1' || about.unit.startsWith('{')
    ? value
    : `${value} ${writtenUnit(about.unit)}`
}
