import type { Handled } from '@secondwind/server/contract'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'

/** What was made of something: as what, why, by whom and when. */
export function HandledWords({ of }: { readonly of: Handled }) {
  const t = useWords('knowledge')
  return (
    <span>
      <b>{t(`knowledge:handled.${of.as}`)}</b>
      {of.until === undefined ? null : (
        <>
          {' '}
          {t('knowledge:until-day')} <When day={of.until} />
        </>
      )}
      {of.reason === undefined ? null : ` · ${t(`knowledge:reason.${of.reason}`)}`}
      {of.comment === undefined ? null : (
        <>
          {' · '}
          <q>{of.comment}</q>
        </>
      )}
      <span className="quiet">
        {' · '}
        {of.by}
        {of.at === '' ? null : (
          <>
            {' · '}
            <When day={of.at} />
          </>
        )}
      </span>
    </span>
  )
}
