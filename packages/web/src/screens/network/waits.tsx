import { Select } from '@mantine/core'
import type { NetworkSite, NetworkWait, NetworkWaits } from '@secondwind/server/contract'
import { useState } from 'react'
import { When } from '../../shared/parts/when.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import { axisOf } from './axis.ts'
import classes from './network.module.css'
import { Axis, RangePlot } from './range-plot.tsx'

const ALL = ''

/** How long each step to treatment takes: half of the patients, nine of ten, and of how many nothing is known. */
export function Waits({
  waits,
  sites,
  suppressBelow,
}: {
  readonly waits: NetworkWaits
  readonly sites: readonly NetworkSite[]
  readonly suppressBelow: number
}) {
  const t = useWords('network')
  const [site, setSite] = useState(ALL)
  const shown = site === ALL ? waits.all : (waits.bySite.find((one) => one.site === site)?.waits ?? [])
  const axis = axisOf(shown)
  return (
    <>
      <div className={classes.aside}>
        <p className="quiet">
          {t('network:waits.who', { count: waits.patients })} <When day={waits.since} />
        </p>
        <Select
          aria-label={t('network:site')}
          data={[
            { value: ALL, label: t('network:waits.all') },
            ...waits.bySite.map((one) => ({ value: one.site, label: sites.find((s) => s.site === one.site)?.name ?? one.site })),
          ]}
          value={site}
          onChange={(value) => setSite(value ?? ALL)}
          allowDeselect={false}
          comboboxProps={{ width: 'max-content', position: 'bottom-end' }}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label={t('network:waits')}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('network:waits.step')}</th>
              <th scope="col" className={classes.plotHead}>
                {t('network:waits.days')}
                <Axis axis={axis} />
              </th>
              <th scope="col" className="numeric">
                {t('network:waits.median')}
              </th>
              <th scope="col" className="numeric">
                {t('network:waits.ninetieth')}
              </th>
              <th scope="col" className="numeric">
                {t('network:waits.n')}
              </th>
              <th scope="col" className="numeric">
                {t('network:waits.pending')}
              </th>
              <th scope="col" className="numeric">
                {t('network:waits.reversed')}
              </th>
              <th scope="col" className="numeric">
                {t('network:waits.unknown')}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((wait) => (
              <WaitRow key={wait.step} wait={wait} most={axis.at(-1)!} suppressBelow={suppressBelow} />
            ))}
          </tbody>
        </table>
      </section>
      <p className={`quiet ${classes.legend}`}>{t('network:waits.legend')}</p>
    </>
  )
}

function WaitRow({ wait, most, suppressBelow }: { readonly wait: NetworkWait; readonly most: number; readonly suppressBelow: number }) {
  const t = useWords('network')
  const number = new Intl.NumberFormat(useLanguage())
  const isHidden = wait.median === undefined && wait.n > 0
  return (
    <tr>
      <th scope="row">{t(`network:step.${wait.step}`)}</th>
      <td className={classes.plotCell}>
        {wait.median === undefined ? (
          <span className={classes.unknown}>{isHidden ? t('network:hidden', { count: suppressBelow }) : t('network:waits.none')}</span>
        ) : (
          <RangePlot wait={wait} most={most} />
        )}
      </td>
      <td className="numeric" data-label={t('network:waits.median')}>
        {wait.median === undefined ? '–' : number.format(wait.median)}
      </td>
      <td className="numeric" data-label={t('network:waits.ninetieth')}>
        {wait.ninetieth === undefined ? '–' : number.format(wait.ninetieth)}
      </td>
      <td className="numeric" data-label={t('network:waits.n')}>
        {number.format(wait.n)}
      </td>
      <td className="numeric" data-label={t('network:waits.pending')}>
        {number.format(wait.pending)}
      </td>
      <td className="numeric" data-label={t('network:waits.reversed')}>
        {number.format(wait.reversed)}
      </td>
      <td className="numeric" data-label={t('network:waits.unknown')}>
        {number.format(wait.unknown)}
      </td>
    </tr>
  )
}
