import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './case.module.css'
import { useScene } from './view.ts'

/** Lines of treatment: drugs, dates, best response, why it stopped. */
export function Lines() {
  const t = useWords('case')
  const { view, facts } = useScene()
  const responses = facts.get('current-best-response')
  // the same reasons, whatever drug it was
  const reasons = facts.get('ici-stop-reason')
  if (view.lines.length === 0) return <p className={classes.nothing}>{t('case:lines.none')}</p>
  return (
    <ol className={classes.lines}>
      {view.lines.map(({ number, drugs, intent, start, end, isRunning, cycles, bestResponse, stopReason }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines stand in their order and have no other identity
        <li key={at} data-running={isRunning}>
          <span className={classes.words}>
            {number !== undefined && <>{number}. </>}
            <span lang="en">{drugs.join(' + ') || t('case:lines.no-drug')}</span>
          </span>
          {intent !== undefined && intent !== 'palliative' && (
            <span className="quiet"> {intent === 'curative' ? t('case:intent.curative') : intent}</span>
          )}
          {isRunning && <span className={classes.running}> {t('case:lines.running')}</span>}
          <br />
          {start === undefined ? (
            <span className={classes.unknown}>{t('case:lines.no-start')}</span>
          ) : (
            <When day={start} asOf={view.asOf} isBrief />
          )}
          {end !== undefined && (
            <>
              {' → '}
              <When day={end} asOf={view.asOf} isBrief />
            </>
          )}
          {cycles !== undefined && <> · {t('case:lines.cycles', { count: cycles })}</>}
          {' · '}
          {bestResponse === undefined ? (
            <span className={classes.unknown}>{t('case:lines.no-response')}</span>
          ) : (
            <>
              {t('case:lines.response')}: <span lang={responses?.lang}>{responses?.values?.[bestResponse] ?? bestResponse}</span>
            </>
          )}
          {!isRunning && (
            <>
              {' · '}
              {stopReason === undefined ? (
                <span className={classes.unknown}>{t('case:lines.no-reason')}</span>
              ) : (
                <>
                  {t('case:lines.stopped')}:{' '}
                  <span lang={reasons?.values?.[stopReason] === undefined ? 'en' : reasons.lang}>
                    {reasons?.values?.[stopReason] ?? stopReason}
                  </span>
                </>
              )}
            </>
          )}
        </li>
      ))}
    </ol>
  )
}
