import type { CaseFact } from '@secondwind/server/contract'
import { useWords } from '../../shared/words.ts'
import classes from './case.module.css'
import { Breath, dayOf, Facts } from './rows.tsx'
import { isAssumed } from './sort-facts.ts'
import { useScene } from './view.ts'

/** Said in one line: how far testing went. */
const TESTING = ['molecular-testing', 'rna-tested', 'tissue-tested', 'ctdna-result'] as const

/** Drivers and scores; what was looked for and not found; what nobody has looked for. */
export function Biomarkers({ all, main }: { readonly all: readonly CaseFact[]; readonly main: number }) {
  const t = useWords('case')
  const { facts } = useScene()
  // lists of details (resistance, partners) are shown where they hold something
  const isGap = ({ id, fact }: CaseFact): boolean =>
    'value' in fact
      ? !isAssumed({ id, fact, sources: [] }) || fact.value !== false
      : facts.get(id)?.test !== undefined && facts.get(id)?.type !== 'codes'
  const isEmpty = ({ fact }: CaseFact): boolean => 'value' in fact && Array.isArray(fact.value) && fact.value.length === 0
  const isShown = (one: CaseFact): boolean => !TESTING.some((id) => id === one.id) && isGap(one) && !isEmpty(one)
  const shown = all.slice(0, main).filter(isShown)
  const unasked = all.slice(main).filter(isShown)
  return (
    <>
      <dl className={classes.rows}>
        <Breath
          label={t('case:biomarkers.testing')}
          ids={[['molecular-testing'], ['rna-tested', 'RNA'], ['tissue-tested', t('case:biomarkers.tissue')], ['ctdna-result', 'ctDNA']]}
        />
      </dl>
      <Facts all={shown} day={dayOf(all)} />
      {unasked.length > 0 && (
        <details className={classes.further}>
          <summary>{t('case:biomarkers.unasked', { count: unasked.length })}</summary>
          <Facts all={unasked} />
        </details>
      )}
    </>
  )
}
