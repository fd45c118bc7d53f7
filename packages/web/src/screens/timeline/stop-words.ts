import type { TimelineDay, TimelineDetail, TimelineItem } from '@secondwind/server/contract'
import { translated } from '../../shared/fact-words.ts'
import { useFacts, useFactTranslations } from '../../shared/facts.ts'
import { absoluteDay } from '../../shared/format/dates.ts'
import { shownNumber } from '../../shared/format/number.ts'
import { shownQuantity, writtenUnit } from '../../shared/format/quantity.ts'
import { useUnits } from '../../shared/format/units.ts'
import { useLanguage, useWords } from '../../shared/words.ts'
import { isOutside, type Stop } from './layout.ts'

/** Rows that the server names itself, for what stands together in them. */
const ROWS: ReadonlySet<string> = new Set([
  'imaging',
  'metastases',
  'support',
  'appointments',
  'orders',
  'decisions',
  'plasma',
  'tissue',
  'test',
  'status',
])

/** Everything on this screen in the words of the language. */
export function useStopWords(asOf: string) {
  const t = useWords('timeline')
  const language = useLanguage()
  const [units] = useUnits()
  const facts = useFacts()
  const day = ({ said }: TimelineDay): string => absoluteDay(said, language)
  const quantity = (fact: string, value: number, unit: string | undefined): string => {
    if (unit === undefined) return shownNumber(value, '', language)
    const shown = shownQuantity(value, unit, units, facts?.get(fact)?.factors)
    return `${shownNumber(shown.value, shown.unit, language)} ${shown.unit}`.trim()
  }
  const translations = useFactTranslations()
  /** Names of facts in the language of the page; drugs and words of the chart as they are, marked as English where the page is not. */
  const named = (text: string): { readonly text: string; readonly lang?: 'en' } => {
    if (language === 'en') return { text }
    const own = translations === undefined ? undefined : translated(text, translations)
    return own === undefined ? { text, lang: 'en' } : { text: own }
  }
  /** The name of a row: what is gathered there, or what it is called in the chart. */
  const rowTitle = (text: string): ReturnType<typeof named> => (ROWS.has(text) ? { text: t(`timeline:row.${text}`) } : named(text))
  const title = (item: TimelineItem): string => (item.title === '' ? t(`timeline:mark.${item.mark}`) : named(item.title).text)
  /** From when to when, with what is not known said. */
  const when = ({ start, end, ending, shape, time, mark }: TimelineItem): string => {
    if (shape === 'point') return start === undefined ? t('timeline:no-day') : day(start)
    const from =
      start === undefined
        ? time === 'planned'
          ? t('timeline:planned-no-day')
          : mark === 'conflict'
            ? t('timeline:from-now')
            : t('timeline:start-unknown')
        : day(start)
    const to =
      ending === 'running'
        ? t('timeline:running')
        : ending === 'held'
          ? t('timeline:held')
          : end === undefined
            ? time === 'planned' || mark === 'conflict'
              ? undefined
              : t('timeline:end-unknown')
            : day(end)
    return to === undefined ? from : t('timeline:from-to', { from, to })
  }
  const detail = (one: TimelineDetail): string => {
    if ('text' in one) return one.text
    if ('code' in one) return t(`timeline:code.${one.code}`)
    if ('day' in one) return day(one.day)
    if (one.unit === 'd') return t('timeline:days', { count: one.number })
    const unit = one.unit === undefined ? '' : writtenUnit(one.unit)
    return `${shownNumber(one.number, unit, language)} ${unit}`.trim()
  }
  const label = ({ item, series, point }: Stop): string => {
    if (item !== undefined) {
      const mark = t(`timeline:mark.${item.mark}`)
      const planned = item.time === 'planned' ? `, ${t('timeline:planned')}` : ''
      return `${title(item)}, ${when(item)}${item.mark === 'start' || item.title === '' ? '' : `, ${mark}`}${planned}`
    }
    if (series === undefined || point === undefined) return ''
    const way = isOutside(point)
    return `${named(series.title).text}, ${day(point.on)}: ${quantity(series.fact, point.value, series.unit)}${way === undefined ? '' : `, ${t(`timeline:outside.${way}`)}`}`
  }
  return { title, rowTitle, named, when, detail, label, day, quantity, asOf }
}
