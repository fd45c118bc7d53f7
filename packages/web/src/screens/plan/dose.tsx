import { dosePhases, type PlannedComponent, type PlannedFractionation, type PlannedRegimen } from '@secondwind/core'
import { Unconfirmed } from '../../shared/parts/badges.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import classes from './plan.module.css'
import { useView } from './view.ts'

/** The patient's own dose of each drug, with its arithmetic line by line, or what is missing for it. */
export function Dose({ regimen }: { readonly regimen: PlannedRegimen }) {
  const t = useWords('plan')
  const { cycleDays, cycles, components, maintenance, startLimits = [], review } = regimen
  return (
    <div className={classes.dose}>
      <p className="quiet">
        {cycleDays !== undefined && t('plan:dose.every', { count: cycleDays })}
        {cycles !== undefined && <> · {t('plan:dose.cycles', { count: cycles })}</>} {review === 'unconfirmed' && <Unconfirmed />}
      </p>
      {components.map((component) => (
        <Component key={`${component.drug}${component.route}`} of={component} />
      ))}
      {maintenance !== undefined && (
        <>
          <p className={classes.then}>{t('plan:dose.then')}</p>
          {maintenance.components.map((component) => (
            <Component key={`then ${component.drug}`} of={component} />
          ))}
        </>
      )}
      {startLimits.length > 0 && (
        <details className={classes.fold}>
          <summary>{t('plan:dose.limits', { count: startLimits.length })}</summary>
          <ul lang="en">
            {startLimits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

function Component({ of }: { readonly of: PlannedComponent }) {
  const t = useWords('plan')
  const language = useLanguage()
  const { named } = useView()
  const number = (value: number): string => new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(value)
  const { drug, protocolDose, unit, route, days, doseMg, derivation = [], missing = [], note, review } = of
  const phases = dosePhases(of)
  const protocol = protocolDose === null ? undefined : `${number(protocolDose)} ${unit.replace('m2', 'm²')}`
  return (
    <div className={classes.component}>
      <div className={classes.componentHead}>
        <span lang="en">{named.drug(drug)}</span>
        <span className={classes.amount}>
          {doseMg !== undefined && phases.length === 0 ? (
            <strong>{number(doseMg)} mg</strong>
          ) : phases.length === 0 ? (
            <span className={classes.unknownDose}>{t('plan:dose.unknown')}</span>
          ) : null}
        </span>
      </div>
      <p className="quiet" lang="en">
        {protocol !== undefined && `${protocol}, `}
        {route}, {typeof days === 'string' ? days : `${days.length === 1 ? 'day' : 'days'} ${days.join(', ')}`}
        {note !== undefined && ` (${note})`} {review === 'unconfirmed' && <Unconfirmed />}
      </p>
      {phases.length > 0 && (
        <ol lang="en" className={classes.phases}>
          {phases.map(({ when, dose }) => (
            <li key={when}>
              {when}: {dose}
            </li>
          ))}
        </ol>
      )}
      {missing.length > 0 && (
        <p className={classes.unknownDose}>
          {t('plan:dose.missing')}: {missing.map((fact) => named.fact(fact)?.label ?? fact).join(', ')}
        </p>
      )}
      {derivation.length > 0 && (
        <details className={classes.fold}>
          <summary>{t('plan:dose.derivation')}</summary>
          <ol lang="en" className={classes.derivation}>
            {derivation.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ol>
        </details>
      )}
    </div>
  )
}

/** Radiation schedules in use, the preferred one first. */
export function Fractionations({ of }: { readonly of: readonly PlannedFractionation[] }) {
  const t = useWords('plan')
  return (
    <ul className={classes.plain}>
      {of.map(({ totalGy, fractions, gyPerFraction, bed10, eqd2, late, note, review }) => (
        <li key={`${totalGy}/${fractions}${note}`}>
          <strong>
            {totalGy} Gy / {fractions} × {gyPerFraction} Gy
          </strong>{' '}
          {review === 'unconfirmed' && <Unconfirmed />}
          <br />
          <span className="quiet">
            BED10 {bed10} Gy · EQD2 {eqd2} Gy
            {late !== undefined && ` · ${t('plan:dose.late', { alphaBeta: late.alphaBeta, eqd2: late.eqd2 })}`}
          </span>
          {note !== undefined && (
            <>
              <br />
              <span lang="en">{note}</span>
            </>
          )}
        </li>
      ))}
    </ul>
  )
}
