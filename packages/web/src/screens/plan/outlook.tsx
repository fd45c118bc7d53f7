import { Button } from '@mantine/core'
import { useState } from 'react'
import { Panel } from '../../shared/parts/page.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import classes from './plan.module.css'
import rows from './rows.module.css'
import { useView } from './view.ts'

/** How long patients like this one lived, in three scenarios; shown when asked for, and only then. */
export function OutlookPanel() {
  const t = useWords('plan')
  const language = useLanguage()
  const { document, named } = useView()
  const [isOpen, setOpen] = useState(false)
  const { outlook } = document
  const reason = document.problems.find(({ code }) => code === 'outlook-unavailable')
  const number = (value: number): string => new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(value)
  const source = outlook === null ? undefined : named.words.sources[outlook.source]
  return (
    <Panel title={t('plan:outlook')} id="outlook">
      <p className="quiet">{t('plan:outlook.ask')}</p>
      <Button variant="default" size="compact-md" aria-expanded={isOpen} aria-controls="outlook-figures" onClick={() => setOpen(!isOpen)}>
        {t(isOpen ? 'plan:outlook.hide' : 'plan:outlook.show')}
      </Button>
      <div id="outlook-figures" hidden={!isOpen} className={rows.outlook}>
        {isOpen && outlook === null && (
          <p>
            {t('plan:outlook.none')} {reason !== undefined && <span lang="en">{reason.remedy}</span>}
          </p>
        )}
        {isOpen && outlook !== null && (
          <>
            <p>{t('plan:outlook.of-hundred')}</p>
            <dl className={rows.scenarios}>
              <dt>{t('plan:outlook.worst')}</dt>
              <dd>{t('plan:outlook.at-most', { months: number(outlook.worst10) })}</dd>
              <dt>{t('plan:outlook.typical')}</dt>
              <dd>{t('plan:outlook.between', { from: number(outlook.typical[0]), to: number(outlook.typical[1]) })}</dd>
              <dt>{t('plan:outlook.best')}</dt>
              <dd>
                {outlook.best10 === null ? t('plan:outlook.not-reached') : t('plan:outlook.at-least', { months: number(outlook.best10) })}
              </dd>
              <dt>{t('plan:outlook.median')}</dt>
              <dd>{t('plan:outlook.months', { months: number(outlook.median) })}</dd>
              {outlook.alive.map(({ years, percent }) => (
                <div key={years} className={classes.figure}>
                  <dt>{t('plan:outlook.alive', { count: years })}</dt>
                  <dd>{t('plan:outlook.in-hundred', { number: number(percent) })}</dd>
                </div>
              ))}
            </dl>
            <p>
              <strong>{t('plan:outlook.population')}</strong> <span lang="en">{outlook.population}</span> (
              {source?.url === undefined ? (
                outlook.source
              ) : (
                <a href={source.url} target="_blank" rel="noreferrer">
                  {outlook.source}
                  {source.year !== undefined && `, ${source.year}`}
                </a>
              )}
              ). <span lang="en">{outlook.endpoint}</span>.
            </p>
            <p>
              <strong>{t('plan:outlook.limits')}</strong>
            </p>
            <ul lang="en">
              {outlook.limits.map((limit) => (
                <li key={limit}>{limit}</li>
              ))}
            </ul>
            <details className={classes.fold}>
              <summary>{t('plan:outlook.fit', { count: outlook.fit.length })}</summary>
              <ul lang="en">
                {outlook.fit.map((one) => (
                  <li key={one}>{one}</li>
                ))}
                <li>{outlook.method}</li>
              </ul>
            </details>
            <p className="quiet">{t('plan:outlook.person')}</p>
          </>
        )}
      </div>
    </Panel>
  )
}
