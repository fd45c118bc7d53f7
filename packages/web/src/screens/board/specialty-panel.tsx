import type { Explanation, Fact, Option, PlanDocument } from '@secondwind/core'
import type { Specialty } from '@secondwind/server/contract'
import { byWeight } from '../../shared/fact-order.ts'
import { type ShownFact, useFacts } from '../../shared/facts.ts'
import { Standing } from '../../shared/parts/badges.tsx'
import { FactValue } from '../../shared/parts/fact-value.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './present.module.css'
import { PresentedLines } from './presented-lines.tsx'

/** What each specialty looks at: groups of the registry of facts, and approaches of the options. Where a fact belongs is said by the knowledge base. */
const LOOKS_AT: { readonly [specialty in Specialty]: { readonly groups: readonly string[]; readonly approaches: readonly string[] } } = {
  pathology: { groups: ['biomarkers'], approaches: [] },
  radiology: { groups: ['cancer', 'local-treatment'], approaches: [] },
  oncology: {
    groups: ['treatment-history', 'fitness', 'labs', 'medicines'],
    approaches: ['chemotherapy', 'targeted-therapy', 'immunotherapy', 'clinical-trial'],
  },
  radiation: { groups: ['local-treatment'], approaches: ['radiation'] },
  surgery: { groups: ['fitness', 'conditions'], approaches: ['surgery', 'procedure'] },
  support: { groups: ['symptoms', 'wishes', 'patient'], approaches: ['supportive-care'] },
}
const MOST_OPTIONS = 5
/** Facts that a room can take in; the rest is folded away. */
const MOST_FACTS = 14

/** Lists of drugs, their classes, counts and days of the treatments are what the lines themselves say. */
const isInLines = ({ group, type }: ShownFact): boolean => group === 'treatment-history' && type !== 'truth' && type !== 'code'

/** The case as one specialty presents it: its facts, its options with the strongest reason against, and what it still waits for. */
export function SpecialtyPanel({ specialty, plan }: { readonly specialty: Specialty; readonly plan: PlanDocument }) {
  const t = useWords('board')
  const facts = useFacts()
  if (facts === undefined) return <Waiting lines={6} />
  const { groups, approaches } = LOOKS_AT[specialty]
  const own = byWeight([...facts.values()].filter(({ group }) => groups.includes(group)))
  const asked = new Set(plan.tests.flatMap((test) => test.facts))
  const known = own.filter((about) => speaks(plan.case.facts[about.id]) && !isInLines(about))
  const missing = own.filter(({ id }) => asked.has(id) && !isKnown(plan.case.facts[id]))
  const negative = own.filter(({ id }) => isNegative(plan.case.facts[id]))
  // what the plan puts first is said in every specialty: nobody presents around it
  const options = plan.options.filter((option, i) => i === 0 || specialtyOf(option, specialty))
  return (
    <div className={classes.panel}>
      <div>
        {approaches.length > 0 && (
          <>
            <h2>{t('board:options')}</h2>
            {options.length === 0 && <p className="quiet">{t('board:present.no-options')}</p>}
            <ol className={classes.options}>
              {options.slice(0, MOST_OPTIONS).map((option) => (
                <OptionRow key={option.id} option={option} />
              ))}
            </ol>
            {options.length > MOST_OPTIONS && <p className="quiet">{t('board:present.more', { count: options.length - MOST_OPTIONS })}</p>}
          </>
        )}
        {specialty === 'support' && (
          <ul className={classes.plain} lang="en">
            {plan.support.map(({ service, title, actions, dueBy }) => (
              <li key={`${service}${title}`}>
                <strong>{title}</strong>
                {dueBy === undefined ? '' : ` (${dueBy})`}
                <div className="quiet">{actions[0]}</div>
              </li>
            ))}
          </ul>
        )}
        {(specialty === 'pathology' || specialty === 'radiology') && <Tests plan={plan} groups={groups} facts={facts} />}
      </div>
      <div>
        <h2>{t('board:present.facts')}</h2>
        {groups.includes('treatment-history') && <PresentedLines plan={plan} facts={facts} />}
        {known.length === 0 && <p className="quiet">{t('board:present.no-facts')}</p>}
        <FactRows of={known.slice(0, MOST_FACTS)} plan={plan} />
        {known.length > MOST_FACTS && (
          <details>
            <summary>{t('board:present.more-facts', { count: known.length - MOST_FACTS })}</summary>
            <FactRows of={known.slice(MOST_FACTS)} plan={plan} />
          </details>
        )}
        {missing.length > 0 && (
          <>
            <h3>{t('board:present.unknown')}</h3>
            <ul className={classes.unknowns}>
              {missing.map(({ id, label, lang }) => (
                <li key={id} lang={lang}>
                  {label}
                </li>
              ))}
            </ul>
          </>
        )}
        {negative.length > 0 && (
          <p className={classes.negatives}>
            <strong>{t('board:present.negative')}: </strong>
            {negative.map(({ label }) => label).join(', ')}
          </p>
        )}
      </div>
    </div>
  )
}

/** Whether this specialty presents an option: one of its approaches; for oncology also what goes on, pauses or ends with drugs, and what no other one presents. */
const specialtyOf = (option: Option, specialty: Specialty): boolean => {
  const is = (of: Specialty): boolean => option.approaches.some((one) => LOOKS_AT[of].approaches.includes(one))
  if (specialty !== 'oncology') return is(specialty)
  return is(specialty) || option.drugs.length > 0 || !(Object.keys(LOOKS_AT) as Specialty[]).some(is)
}

const isKnown = (fact: Fact | undefined): boolean => fact !== undefined && 'value' in fact
const isNegative = (fact: Fact | undefined): boolean =>
  fact !== undefined && 'value' in fact && fact.value === false && fact.absence !== 'listed'
/** What is worth saying aloud: what was found, not what was worked out from it, not what was not found, and not what no list names. */
const speaks = (fact: Fact | undefined): boolean =>
  fact !== undefined &&
  'value' in fact &&
  fact.value !== false &&
  fact.derived !== true &&
  fact.absence !== 'listed' &&
  !(Array.isArray(fact.value) && fact.value.length === 0)

const FactRows = ({ of, plan }: { readonly of: readonly ShownFact[]; readonly plan: PlanDocument }) => (
  <dl className={classes.facts}>
    {of.map((about) => (
      <FactRow key={about.id} about={about} plan={plan} />
    ))}
  </dl>
)

function FactRow({ about, plan }: { readonly about: ShownFact; readonly plan: PlanDocument }) {
  return (
    <>
      <dt lang={about.lang}>{about.label}</dt>
      <dd>
        <FactValue fact={plan.case.facts[about.id]} about={about} asOf={plan.asOf} isSaid />
      </dd>
    </>
  )
}

function OptionRow({ option }: { readonly option: Option }) {
  const t = useWords('board')
  return (
    <li value={option.rank} lang="en">
      <strong>{option.title}</strong> <Standing value={option.standing} />
      <div>{option.standingBecause}</div>
      <div className={classes.against}>
        {t('board:against')}: {option.against}
      </div>
    </li>
  )
}

function Tests({
  plan,
  groups,
  facts,
}: {
  readonly plan: PlanDocument
  readonly groups: readonly string[]
  readonly facts: ReadonlyMap<string, ShownFact>
}) {
  const t = useWords('board')
  const tests = plan.tests.filter((test) => test.facts.some((id) => groups.includes(facts.get(id)?.group ?? '')))
  return (
    <>
      <h2>{t('board:present.tests')}</h2>
      {tests.length === 0 && <p className="quiet">{t('board:present.no-tests')}</p>}
      <ul className={classes.plain} lang="en">
        {tests.map(({ id, title, before, because }) => (
          <li key={id}>
            <strong>{title}</strong>
            {before === undefined ? '' : ` (${before})`}
            <div className="quiet">{claimOf(because)}</div>
          </li>
        ))}
      </ul>
    </>
  )
}

const claimOf = ({ claim }: Explanation): string => claim
