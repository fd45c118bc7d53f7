import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './plan.module.css'
import { useView } from './view.ts'

/** `isTrial`: of a what-if, which is no plan. On which day, with which knowledge, and how old that is; what it may be used for. */
export function Stamp({ isTrial = false }: { readonly isTrial?: boolean }) {
  const t = useWords('plan')
  const { document } = useView()
  const { version, digest } = document.knowledge
  const day = /^\d{4}-\d{2}-\d{2}/.exec(version)?.[0]
  return (
    <p className={classes.stamp}>
      <span>
        {t(isTrial ? 'plan:stamp.trial' : 'plan:stamp.as-of')} <When day={document.asOf} />
      </span>
      <span>
        {t('plan:stamp.knowledge')} {day === undefined ? version : <When day={day} />} <span className="quiet">{digest.slice(0, 8)}</span>
      </span>
      <span className={`quiet ${classes.wideOnly}`}>{t('plan:stamp.english')}</span>
    </p>
  )
}

export function IntendedUse() {
  const t = useWords('plan')
  const { document } = useView()
  return (
    <p className={classes.use}>
      <span lang="en">{document.intendedUse}</span> <span className={classes.narrowOnly}>{t('plan:stamp.english')}</span>
    </p>
  )
}
