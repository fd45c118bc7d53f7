import type { Explanation, Option } from '@secondwind/core'
import type { ReactNode } from 'react'
import { Unconfirmed } from '../../shared/parts/badges.tsx'
import { Truth } from '../../shared/parts/truth.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import { Cited } from './cited.tsx'
import { Dose, Fractionations } from './dose.tsx'
import classes from './plan.module.css'
import { cautionKey } from './shared-lines.ts'
import { TryChip } from './try-chip.tsx'
import { interactionsOf, ruleOf, useView } from './view.ts'
import { WhyButton } from './why-button.tsx'

/** The questions that every option answers, in the order in which they are asked. A row without an answer in any column is left out. */
export const ROWS = [
  'place',
  'fits',
  'against',
  'unknown',
  'evidence',
  'watch',
  'burden',
  'dose',
  'interactions',
  'later',
  'availability',
  'trial',
] as const
export type Row = (typeof ROWS)[number]

const NO_LINES: ReadonlySet<string> = new Set()

/** What one option answers to one question; undefined: nothing to say. `shared`: lines that are said once for several options, and not again here. */
export function cellOf(
  row: Row,
  option: Option,
  document: ReturnType<typeof useView>['document'],
  shared: ReadonlySet<string> = NO_LINES,
): ReactNode | undefined {
  switch (row) {
    case 'place':
      return <Place option={option} shared={shared} />
    case 'fits':
      return <Fits option={option} />
    case 'against':
      return (
        <p lang="en" className={classes.strongest}>
          {option.against}
        </p>
      )
    case 'unknown':
      return option.needs.length === 0 ? undefined : <Unknown option={option} />
    case 'evidence':
      return option.evidence.length === 0 ? undefined : <Cited of={option.evidence} />
    case 'watch': {
      const own = option.cautions.filter((one) => !shared.has(cautionKey(one)))
      return own.length + option.concurrent.length === 0 ? undefined : <Watch option={option} cautions={own} />
    }
    case 'burden':
      return option.burden === undefined ? undefined : <Burden of={option.burden} />
    case 'dose':
      return option.regimen === undefined && (option.fractionations ?? []).length === 0 ? undefined : (
        <>
          {option.regimen !== undefined && <Dose regimen={option.regimen} />}
          {option.fractionations !== undefined && option.fractionations.length > 0 && <Fractionations of={option.fractionations} />}
        </>
      )
    case 'interactions':
      return interactionsOf(document, option).length === 0 ? undefined : <Clashes option={option} />
    case 'later':
      return option.wouldChange.length === 0 ? undefined : <WouldChange option={option} />
    case 'availability':
      return option.availability === undefined ? undefined : <Available option={option} />
    case 'trial':
      return option.trial === undefined ? undefined : <Trial of={option.trial} />
  }
}

const Place = ({ option, shared }: { readonly option: Option; readonly shared: ReadonlySet<string> }) => (
  <div lang="en">
    <p>{option.standingBecause}</p>
    {option.rankedBy !== undefined && !shared.has(option.rankedBy) && <p className="quiet">{option.rankedBy}</p>}
    {option.review === 'unconfirmed' && <Unconfirmed />}
  </div>
)

/** The first steps of the explanation, each with its truth; the rest is a click away. */
function Fits({ option }: { readonly option: Option }) {
  const t = useWords('plan')
  const steps = (option.because.children ?? [option.because]).flatMap(unfolded)
  // what is not met or not known must not hide behind what is
  const sorted = [...steps].sort((a, b) => ORDER.indexOf(a.truth) - ORDER.indexOf(b.truth))
  return (
    <>
      <ul className={classes.claims} lang="en">
        {sorted.slice(0, FEW).map((step) => (
          <Step key={`${step.claim}${step.facts.join()}`} of={step} />
        ))}
      </ul>
      {sorted.length > FEW && (
        <details className={classes.fold}>
          <summary>{t('plan:more', { count: sorted.length - FEW })}</summary>
          <ul className={classes.claims} lang="en">
            {sorted.slice(FEW).map((step) => (
              <Step key={`${step.claim}${step.facts.join()}`} of={step} />
            ))}
          </ul>
        </details>
      )}
      <WhyButton title={option.title} because={option.because} rules={[ruleOf(option)]} />
    </>
  )
}

const FEW = 5
const ORDER: readonly Explanation['truth'][] = ['false', 'unknown', 'true']

const Step = ({ of }: { readonly of: Explanation }) => (
  <li>
    <Truth value={of.truth} isBare />
    <span>{claimOf(of)}</span>
  </li>
)

const JOINTS: ReadonlySet<string> = new Set(['all of these', 'any of these'])
/** A claim that only joins others says nothing by itself: what it joins is shown in its place. */
const unfolded = (node: Explanation): readonly Explanation[] => (JOINTS.has(node.claim) ? (node.children ?? []).flatMap(unfolded) : [node])
const claimOf = ({ claim, children }: Explanation): string =>
  claim === 'none of this' && children !== undefined
    ? `none of: ${children
        .flatMap(unfolded)
        .map(({ claim: inner }) => inner)
        .join('; ')}`
    : claim

function Unknown({ option }: { readonly option: Option }) {
  const t = useWords('plan')
  const { named } = useView()
  return (
    <ul className={classes.unknowns}>
      {option.needs.map(({ fact, test, asks, ifTrue, ifFalse }) => (
        <li key={fact}>
          <span lang={asks === undefined ? named.fact(fact)?.lang : 'en'}>{asks ?? named.fact(fact)?.label ?? fact}</span>
          {test !== undefined && (
            <span className="quiet">
              {' '}
              · <span lang="en">{named.test(test)}</span>
            </span>
          )}
          <dl className={classes.answers}>
            <dt>{t('app:yes')}</dt>
            <dd lang="en">{ifTrue}</dd>
            <dt>{t('app:no')}</dt>
            <dd lang="en">{ifFalse}</dd>
          </dl>
          {named.fact(fact)?.type === 'truth' && (
            <span className={classes.chips}>
              <TryChip set={`${fact}=yes`} />
              <TryChip set={`${fact}=no`} />
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

function Watch({ option, cautions }: { readonly option: Option; readonly cautions: Option['cautions'] }) {
  const t = useWords('plan')
  return (
    <>
      {cautions.length > 0 && (
        <ul className={classes.plain} lang="en">
          {cautions.slice(0, FEW).map((one) => (
            <li key={cautionKey(one)}>
              <Caution of={one} />
            </li>
          ))}
        </ul>
      )}
      {cautions.length > FEW && (
        <details className={classes.fold}>
          <summary>{t('plan:more', { count: cautions.length - FEW })}</summary>
          <ul className={classes.plain} lang="en">
            {cautions.slice(FEW).map((one) => (
              <li key={cautionKey(one)}>
                <Caution of={one} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {option.concurrent.length > 0 && (
        <details className={classes.fold}>
          <summary>{t('plan:goes-with', { count: option.concurrent.length })}</summary>
          <ul lang="en">
            {option.concurrent.map(({ say, because }) => (
              <li key={say}>
                {say} <span className="quiet">({because})</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

export const Caution = ({ of }: { readonly of: Option['cautions'][number] }) => (
  <span className={classes.caution}>
    {of.say}
    {of.before !== undefined && <span className="quiet"> (before {of.before})</span>}
  </span>
)

function Burden({ of }: { readonly of: NonNullable<Option['burden']> }) {
  const t = useWords('plan')
  const number = new Intl.NumberFormat(useLanguage())
  const { visitsPerMonth, contactDaysPerMonth, infusionHoursPerMonth, routes, start } = of
  return (
    <dl className={classes.figures}>
      <dt>{t('plan:burden.visits')}</dt>
      <dd>{number.format(visitsPerMonth)}</dd>
      <dt>{t('plan:burden.contact-days')}</dt>
      <dd>{number.format(contactDaysPerMonth)}</dd>
      <dt>{t('plan:burden.infusion-hours')}</dt>
      <dd>{infusionHoursPerMonth === undefined ? t('plan:burden.unknown') : number.format(infusionHoursPerMonth)}</dd>
      <dt>{t('plan:burden.routes')}</dt>
      <dd lang="en">{routes.join(', ')}</dd>
      {start !== undefined && (
        <>
          <dt>{t('plan:burden.start', { count: start.days })}</dt>
          <dd>{start.visits}</dd>
        </>
      )}
    </dl>
  )
}

function Clashes({ option }: { readonly option: Option }) {
  const t = useWords('plan')
  const { document } = useView()
  return (
    <ul className={classes.plain}>
      {interactionsOf(document, option).map(({ id, title, window, because }) => (
        <li key={id}>
          <span lang="en">{title}</span>
          {window?.earliest !== undefined && (
            <>
              <br />
              <span>
                {t('plan:earliest')} <When day={window.earliest} asOf={document.asOf} />
              </span>
            </>
          )}
          <br />
          <WhyButton title={title} because={because} rules={[id]} />
        </li>
      ))}
    </ul>
  )
}

function WouldChange({ option }: { readonly option: Option }) {
  const t = useWords('plan')
  return (
    <ul className={classes.plain}>
      {option.wouldChange.map(({ set = [], to, facts }) => (
        <li key={JSON.stringify(facts)}>
          {set.map((one) => (
            <TryChip key={one} set={one} />
          ))}
          <span className={classes.becomes}>→ {to === 'not-offered' ? t('plan:not-offered') : t(`app:standing.${to}`)}</span>
        </li>
      ))}
    </ul>
  )
}

function Available({ option }: { readonly option: Option }) {
  const t = useWords('plan')
  const { document } = useView()
  const { fda, ema, site } = option.availability!
  return (
    <dl className={classes.figures}>
      {[['FDA', fda] as const, ['EMA', ema] as const].map(([who, one]) => (
        <div key={who} className={classes.figure}>
          <dt>{who}</dt>
          <dd>
            {one === undefined ? (
              <span className="quiet">{t('plan:availability.unknown')}</span>
            ) : (
              <>
                <span lang="en">{one.status}</span>
                {one.date !== undefined && (
                  <>
                    {' '}
                    <When day={one.date} asOf={document.asOf} isBrief />
                  </>
                )}{' '}
                {one.review === 'unconfirmed' && <Unconfirmed />}
              </>
            )}
          </dd>
        </div>
      ))}
      {site !== undefined && (
        <div className={classes.figure}>
          <dt>{t('plan:availability.site')}</dt>
          <dd>
            {t(`plan:availability.${site.status}`)} {site.where !== undefined && <span lang="en">{site.where}</span>}
          </dd>
        </div>
      )}
    </dl>
  )
}

function Trial({ of }: { readonly of: NonNullable<Option['trial']> }) {
  const t = useWords('plan')
  const { document } = useView()
  // what keeps the patient out, then what nobody knows yet
  const open = of.criteria.filter(({ met }) => met !== 'true').sort((a, b) => ORDER.indexOf(a.met) - ORDER.indexOf(b.met))
  const count = (met: string): number => of.criteria.filter((one) => one.met === met).length
  return (
    <>
      <p>
        <a href={`https://clinicaltrials.gov/study/${of.nct}`} target="_blank" rel="noreferrer">
          {of.nct}
        </a>
        , <span lang="en">{of.phase}</span>: <span lang="en">{of.status}</span> (<When day={of.asOf} asOf={document.asOf} isBrief />)
      </p>
      <p className={classes.tally}>
        <span>
          <Truth value="true" /> {count('true')}
        </span>
        <span>
          <Truth value="false" /> {count('false')}
        </span>
        <span>
          <Truth value="unknown" /> {count('unknown')}
        </span>
      </p>
      {open.length > 0 && (
        <details className={classes.fold}>
          <summary>{t('plan:trial.open', { count: open.length })}</summary>
          <ul className={classes.claims} lang="en">
            {open.map(({ id, say, met }) => (
              <li key={id}>
                <Truth value={met} isBare />
                <span>{say}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {of.check.length > 0 && (
        <details className={classes.fold}>
          <summary>{t('plan:trial.check', { count: of.check.length })}</summary>
          <ul lang="en">
            {of.check.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}
