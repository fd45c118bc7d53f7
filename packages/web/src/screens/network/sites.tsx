import type { NetworkSite } from '@secondwind/server/contract'
import { useLanguage, useWords } from '../../shared/words.ts'
import { FIGURES } from './figures.tsx'
import classes from './network.module.css'
import { Sketch } from './sketch.tsx'

/** What a row of the table has room for; the rest stands above it for the whole network. */
const COLUMNS = FIGURES.filter(({ id }) => id !== 'ordersWithoutClock')

/** Every hospital with what it can do and what is asked of it, beside where it stands. */
export function Sites({ sites }: { readonly sites: readonly NetworkSite[] }) {
  const t = useWords('network')
  const number = new Intl.NumberFormat(useLanguage())
  const placed = sites.filter(({ position }) => position !== undefined)
  const capabilities = [...new Map(sites.flatMap((site) => site.capabilities).map(({ id, label }) => [id, label]))]
  return (
    <div className={classes.sites}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label={t('network:sites')}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('network:site')}</th>
              <th scope="col" className="numeric">
                {t('network:patients')}
              </th>
              {COLUMNS.map(({ id }) => (
                <th key={id} scope="col" className={`numeric ${classes.figureHead}`}>
                  {t(`network:figure.${id}`)}
                </th>
              ))}
              {capabilities.map(([id, label]) => (
                <th key={id} scope="col" className={classes.capability} lang="en">
                  <span>{label}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sites.map((site) => {
              const own = new Set(site.capabilities.map(({ id }) => id))
              return (
                <tr key={site.site}>
                  <th scope="row" className={classes.siteName}>
                    {site.name}
                  </th>
                  <td className="numeric" data-label={t('network:patients')}>
                    {number.format(site.patients)}
                  </td>
                  {COLUMNS.map(({ id }) => (
                    <td
                      key={id}
                      className="numeric"
                      data-label={t(`network:figure.${id}`)}
                      data-zero={site.overdue[id] === 0 || undefined}
                      data-emergency={(id === 'emergencies' && site.overdue[id] > 0) || undefined}
                    >
                      {number.format(site.overdue[id])}
                    </td>
                  ))}
                  {capabilities.map(([id, label]) => (
                    <td key={id} className={classes.mark} data-has={own.has(id) || undefined}>
                      {own.has(id) && (
                        <>
                          <span aria-hidden>●</span>
                          <span className={classes.markWords} lang="en">
                            {label}
                          </span>
                        </>
                      )}
                      <span className="visually-hidden">{t(own.has(id) ? 'app:yes' : 'network:capabilities.none')}</span>
                    </td>
                  ))}
                </tr>
              )
            })}
          </tbody>
        </table>
      </section>
      {placed.length > 2 && <Sketch sites={placed} />}
    </div>
  )
}
