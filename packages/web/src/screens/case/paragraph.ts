import type { KnownFact } from '@secondwind/core'
import type { CaseFact, CaseView } from '@secondwind/server/contract'

/** How a fact and its value are said. */
export interface Sayer {
  readonly label: (id: string) => string
  readonly value: (id: string, value: KnownFact['value']) => string
  readonly day: (day: string) => string
  /** Words of the interface, by key. */
  readonly t: (key: string) => string
}

const isSaid = ({ fact }: CaseFact): boolean =>
  'value' in fact && fact.value !== false && !(Array.isArray(fact.value) && fact.value.length === 0)

/**
 * The case as a paragraph to paste into a letter or another record: what is known with its days, then what is contradictory, pending and not known. Nothing that
 * the page does not show; identity is left to the place where it is pasted.
 */
export function paragraphOf(view: CaseView, { label, value, day, t }: Sayer): string {
  const said = (one: CaseFact): string => {
    const { id, fact } = one
    if (!('value' in fact)) return ''
    const when = fact.on === undefined ? '' : ` (${day(fact.on)}${fact.stale === true ? `, ${t('case:paragraph.old')}` : ''})`
    return fact.value === true ? `${label(id)}${when}` : `${label(id)} ${value(id, fact.value)}${when}`
  }
  const listed = (title: string, facts: readonly CaseFact[]): string => {
    const parts = facts.filter(isSaid).map(said)
    return parts.length === 0 ? '' : `${title}: ${parts.join('; ')}.`
  }
  const of = (id: CaseView['sections'][number]['id']): readonly CaseFact[] =>
    view.sections.find((section) => section.id === id)?.facts ?? []
  const biomarkers = of('biomarkers')
  const names = (facts: readonly CaseFact[]): string => facts.map(({ id }) => label(id)).join(', ')
  const absent = biomarkers.filter(({ fact }) => 'value' in fact && fact.value === false)
  const untested = biomarkers.filter(({ fact }) => !('value' in fact) && fact.unknown === 'not-tested')
  const all = [...view.header, ...view.sections.flatMap(({ facts }) => facts)]
  const conflicts = all.filter(({ fact }) => !('value' in fact) && fact.unknown === 'conflicting')
  const lines = view.lines.map(({ number, drugs, start, end, isRunning, bestResponse, stopReason }) =>
    [
      `${number === undefined ? '' : `${number}. `}${drugs.join(' + ') || t('case:lines.no-drug')}`,
      `${start === undefined ? t('case:lines.no-start') : day(start)}${end === undefined ? '' : ` – ${day(end)}`}`,
      isRunning ? t('case:lines.running') : '',
      bestResponse === undefined ? '' : `${t('case:lines.response')}: ${value('current-best-response', bestResponse)}`,
      stopReason === undefined ? '' : `${t('case:lines.stopped')}: ${value('ici-stop-reason', stopReason)}`,
    ]
      .filter((part) => part !== '')
      .join(', '),
  )
  return [
    view.story.replace(/\.?$/, '.'),
    listed(t('case:tumour'), [...of('tumour'), ...of('sites')]),
    listed(t('case:biomarkers'), biomarkers),
    absent.length === 0 ? '' : `${t('case:paragraph.absent')}: ${names(absent)}.`,
    untested.length === 0 ? '' : `${t('case:paragraph.untested')}: ${names(untested)}.`,
    lines.length === 0 ? '' : `${t('case:lines')}: ${lines.join('; ')}.`,
    listed(
      t('case:fitness'),
      [...view.header.filter(({ id }) => id !== 'allergies' && id !== 'code-status'), ...of('fitness')].filter(
        (one, at, every) => every.findIndex(({ id }) => id === one.id) === at,
      ),
    ),
    listed(t('case:organs'), of('organs')),
    listed(t('case:illnesses'), of('illnesses')),
    listed(t('case:paragraph.medicines'), [...of('medicines'), ...view.header.filter(({ id }) => id === 'allergies')]),
    listed(t('case:symptoms'), view.symptoms),
    listed(t('case:wishes'), [...of('wishes'), ...view.header.filter(({ id }) => id === 'code-status')]),
    view.goals.length === 0 ? '' : `${t('case:paragraph.own-words')}: ${view.goals.map(({ words }) => `“${words}”`).join(' ')}`,
    conflicts.length === 0 ? '' : `${t('case:paragraph.conflicts')}: ${names(conflicts)}.`,
    view.pending.length === 0
      ? ''
      : `${t('case:pending')}: ${view.pending.map(({ title, dueOn }) => (dueOn === undefined ? title : `${title} (${t('case:pending.due')} ${day(dueOn)})`)).join('; ')}.`,
    view.open.length === 0 ? '' : `${t('case:paragraph.open')}: ${view.open.map(({ title }) => title).join('; ')}.`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}
