import type { BoardCase } from '@secondwind/server/contract'
import { IconCircleCheckFilled, IconCloudPause } from '@tabler/icons-react'
import { When } from '../../shared/parts/when.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import { AgainstThePlan } from './against-plan.tsx'
import { Exports, served } from './exports.tsx'
import { useNames } from './people.tsx'
import classes from './present.module.css'
import { useOutbox } from './use-outbox.ts'

/** What was decided on this case, here or by somebody else; and what is decided here and not at the server yet. */
export function Decided({ one, patient }: { readonly one: BoardCase; readonly patient: string }) {
  const t = useWords('board')
  const language = useLanguage()
  const nameOf = useNames()
  const { pending } = useOutbox()
  const waiting = pending('decision', `patient:${patient}`)
  const { decision } = one
  if (waiting === undefined && decision === undefined) return null
  return (
    <div className={classes.decided} data-state={waiting === undefined ? 'kept' : 'waiting'}>
      {waiting !== undefined && (
        <p>
          <IconCloudPause size={20} aria-hidden /> <strong>{t('board:decision.waiting')}</strong> <span lang="en">{waiting.about}</span>
        </p>
      )}
      {decision !== undefined && (
        <>
          <p>
            <IconCircleCheckFilled size={20} aria-hidden /> <strong>{t('board:decided')}:</strong> <span lang="en">{decision.title}</span>
          </p>
          <p className="quiet">
            {decision.reason}
            {decision.dueOn !== undefined && (
              <>
                {' '}
                · {nameOf(decision.owner ?? '')} · <When day={decision.dueOn} />
              </>
            )}
          </p>
          <AgainstThePlan of={decision.againstPlan} />
          {decision.dissent.map(({ who, reason }) => (
            <p key={who} className="quiet">
              {t('board:decision.dissent-of', { who, reason })}
            </p>
          ))}
          <Exports
            items={[
              served(
                t('board:export.letter'),
                `/board/patients/${patient}/drafts/general-practitioner?format=pdf&language=${language}`,
                'second-wind-letter.pdf',
              ),
              served(
                t('board:export.patient'),
                `/board/patients/${patient}/drafts/patient?format=pdf&language=${language}`,
                'second-wind-patient.pdf',
              ),
              served(t('board:export.this-case'), `/board/patients/${patient}/case.pdf?language=${language}`, 'second-wind-case.pdf'),
            ]}
          />
        </>
      )}
    </div>
  )
}
