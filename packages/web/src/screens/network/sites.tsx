import type { NetworkSite } from '@secondwind/server/contract'
import { useLanguage, useWords } from '../../shared/words.ts'
import { FIGURES } from './figures.tsx'
import classes from './network.module.css'
import { Sketch } from './sketch.tsx'

/** Every hospital with what it can do and what is asked of it, beside where it stands. */
export function Sites({ sites }: { readonly sites: readonly NetworkSite[] }) {
  const t = useWords('network')
  const number = new Intl.NumberFormat(useLanguage())
  const placed = sites.filter(({ position }) => position !== undefined)
  return (
    <div className={classes.sites}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label={t('network:sites')}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('network:site')}</th>
              <th scope="col">{t('network:capabilities')}</th>
              <th scope="col" className="numeric">
                {t('network:patients')}
              </th>
              {FIGURES.map(({ id }) => (
                <th key={id} scope="col" className="numeric">
                  {t(`network:figure.${id}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sites.map((site) => (
              <tr key={site.site}>
                <th scope="row" className={classes.siteName}>
                  {site.name}
                </th>
                <td className={classes.can} lang="en">
                  {site.capabilities.length === 0 ? (
                    <span className="quiet" lang={undefined}>
                      {t('network:capabilities.none')}
                    </span>
                  ) : (
                    site.capabilities.map(({ label }) => label).join(' · ')
                  )}
                </td>
                <td className="numeric">{number.format(site.patients)}</td>
                {FIGURES.map(({ id }) => (
                  <td
                    key={id}
                    className="numeric"
                    data-zero={site.overdue[id] === 0 || undefined}
                    data-emergency={(id === 'emergencies' && site.overdue[id] > 0) || undefined}
                  >
                    {number.format(site.overdue[id])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {placed.length > 2 && <Sketch sites={placed} />}
    </div>
  )
}
