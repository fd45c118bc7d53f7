import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './case.module.css'
import { useScene } from './view.ts'

const MOST = 12

/** Lines of treatment: drugs, dates, best response, why it stopped. */
export function Lines() {
  const t = useWords('case')
  const { view, facts } = useScene()
  const responses = facts.get('current-best-response')?.values ?? {}
  if (view.lines.length === 0) return <p className={classes.nothing}>{t('case:lines.none')}</p>
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">
              <abbr title={t('case:lines.number')}>#</abbr>
            </th>
            <th scope="col">{t('case:lines.drugs')}</th>
            <th scope="col">{t('case:lines.dates')}</th>
            <th scope="col">{t('case:lines.response')}</th>
            <th scope="col">{t('case:lines.stopped')}</th>
          </tr>
        </thead>
        <tbody>
          {view.lines.slice(-MOST).map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines stand in their order and have no other identity
            <tr key={at}>
              <td className="numeric">{line.number ?? ''}</td>
              <td lang="en">
                {line.drugs.join(' + ') || '–'}
                {line.intent !== undefined && line.intent !== 'palliative' && <span className="quiet"> ({line.intent})</span>}
              </td>
              <td>
                {line.start === undefined ? (
                  <span className={classes.unknown}>{t('app:unknown.not-recorded')}</span>
                ) : (
                  <When day={line.start} asOf={view.asOf} isBrief />
                )}
                {line.isRunning ? (
                  <> → {t('case:lines.running')}</>
                ) : line.end === undefined ? null : (
                  <>
                    {' → '}
                    <When day={line.end} asOf={view.asOf} isBrief />
                  </>
                )}
              </td>
              <td lang="en">
                {line.bestResponse === undefined ? (
                  <span className={classes.unknown}>{t('app:unknown.not-recorded')}</span>
                ) : (
                  (responses[line.bestResponse] ?? line.bestResponse)
                )}
              </td>
              <td lang="en">
                {line.isRunning ? '–' : (line.stopReason ?? <span className={classes.unknown}>{t('app:unknown.not-recorded')}</span>)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
