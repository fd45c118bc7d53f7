import { isKnown, type ListItem, type PlanDocument } from '@secondwind/core'
import type { ShownFact } from '../../shared/facts.ts'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './present.module.css'

/** Lines of treatment as they are told aloud: drugs, from when to when, the best response, why it stopped. What nobody recorded is said to be so. */
export function PresentedLines({
  plan: { asOf, case: patientCase },
  facts,
}: {
  readonly plan: PlanDocument
  readonly facts: ReadonlyMap<string, ShownFact>
}) {
  const t = useWords('case')
  const told = patientCase.facts.lines
  if (told !== undefined && !isKnown(told)) return <p className="quiet">{t(`app:unknown.${told.unknown}`)}</p>
  if (told === undefined || !Array.isArray(told.value) || told.value.length === 0) return <p className="quiet">{t('case:lines.none')}</p>
  const named = (fact: string, code: unknown): string => facts.get(fact)?.values?.[String(code)] ?? String(code)
  return (
    <ol className={classes.lines}>
      {(told.value as readonly ListItem[]).map(({ number, drugs, start, end, current, bestResponse, stopReason }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines stand in their order and have no other identity
        <li key={at} {...(typeof number === 'number' ? { value: number } : {})}>
          <strong lang="en">{Array.isArray(drugs) && drugs.length > 0 ? drugs.join(' + ') : t('case:lines.no-drug')}</strong>
          <div className="quiet">
            {typeof start === 'string' ? <When day={start} asOf={asOf} isBrief /> : t('case:lines.no-start')}
            {typeof end === 'string' && (
              <>
                {' → '}
                <When day={end} asOf={asOf} isBrief />
              </>
            )}
            {current === true && ` · ${t('case:lines.running')}`}
            {' · '}
            {bestResponse == null
              ? t('case:lines.no-response')
              : `${t('case:lines.response')}: ${named('current-best-response', bestResponse)}`}
            {current !== true &&
              ` · ${stopReason == null ? t('case:lines.no-reason') : `${t('case:lines.stopped')}: ${named('ici-stop-reason', stopReason)}`}`}
          </div>
        </li>
      ))}
    </ol>
  )
}
