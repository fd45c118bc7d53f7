import { Alert, Button, Group } from '@mantine/core'
import type { BoardCase, BoardDecision, BoardMeetingDetail, FollowUp } from '@secondwind/server/contract'
import { IconArrowsSplit2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import { AgainstReason } from './against-plan.tsx'
import classes from './board.module.css'
import type { Doing } from './outbox.ts'
import { useNames, useSites } from './people.tsx'
import { useOutbox } from './use-outbox.ts'

/** What could not be done, with both versions where somebody else was first: nothing is written over, and nothing is lost. */
export function Clashes() {
  const { items } = useOutbox()
  return items.filter(({ state }) => state === 'clash' || state === 'refused').map((one) => <Clash key={one.id} doing={one} />)
}

function Clash({ doing }: { readonly doing: Doing }) {
  const t = useWords('board')
  const { drop, replace } = useOutbox()
  const { kind, body, theirs, state, fault } = doing
  const isPlan = fault?.issues.some(({ path }) => path === 'planDigest') === true
  const isAgainst = fault?.issues.some(({ code }) => code === 'against-plan') === true
  const patient = /^patient:(.+)$/.exec(doing.target)?.[1]
  const version = (theirs as { version?: number } | null)?.version
  const again = (): void => {
    if (kind === 'decision') replace(doing.id, { ...body, after: (theirs as BoardDecision | null)?.number ?? 0 })
    else if (version !== undefined) replace(doing.id, { ...body, version })
  }
  const mayRepeat = state === 'clash' && !isPlan && (kind === 'decision' ? theirs != null : version !== undefined)
  return (
    <Alert
      color="amber"
      role="alert"
      my="sm"
      icon={<IconArrowsSplit2 aria-hidden />}
      title={
        state === 'clash' ? t(`board:clash.${isPlan ? 'plan' : kind}`) : t(isAgainst ? 'board:against-plan.refused' : 'board:clash.refused')
      }
    >
      {state === 'clash' && !isPlan ? (
        <div className={classes.both}>
          <section aria-label={t('board:clash.theirs')}>
            <h3>{t('board:clash.theirs')}</h3>
            <Version kind={kind} value={theirs} isTheirs />
          </section>
          <section aria-label={t('board:clash.yours')}>
            <h3>{t('board:clash.yours')}</h3>
            <Version
              kind={kind}
              value={kind === 'decision' ? { ...body, title: doing.about } : body}
              {...(kind === 'agenda' ? { names: theirs as BoardMeetingDetail } : {})}
            />
          </section>
        </div>
      ) : (
        <>
          <ul lang="en">
            {fault?.issues.map(({ message, remedy }) => (
              <li key={message}>
                {message}
                {remedy === undefined || isAgainst ? '' : `. ${remedy}`}
              </li>
            ))}
          </ul>
          <Version kind={kind} value={kind === 'decision' ? { ...body, title: doing.about } : body} />
        </>
      )}
      {isAgainst && <AgainstReason onReason={(reason) => replace(doing.id, { ...body, againstPlan: { reason } })} />}
      {patient !== undefined && (
        <p>
          <Link to={`/patients/${patient}` as '/'}>{t('board:clash.open')}</Link>
          {mayRepeat && kind === 'decision' && <> {t('board:clash.decide-means')}</>}
        </p>
      )}
      <Group mt="sm">
        {mayRepeat && (
          <Button size="xs" onClick={again}>
            {t(kind === 'decision' ? 'board:clash.decide-anew' : 'board:clash.mine')}
          </Button>
        )}
        <Button size="xs" variant="default" onClick={() => drop(doing.id)}>
          {t(state === 'clash' ? 'board:clash.keep-theirs' : 'board:clash.drop')}
        </Button>
      </Group>
    </Alert>
  )
}

/** One of the two versions, in the words of its kind. */
function Version({
  kind,
  value,
  isTheirs = false,
  names,
}: {
  readonly kind: Doing['kind']
  readonly value: unknown
  readonly isTheirs?: boolean
  readonly names?: BoardMeetingDetail
}) {
  const t = useWords('board')
  const nameOf = useNames()
  const { siteName } = useSites()
  if (value === null || value === undefined) return <p>{t('board:clash.nothing')}</p>
  if (kind === 'agenda') {
    const order = isTheirs
      ? (value as BoardMeetingDetail).agenda.map(({ id }) => id)
      : ((value as { order?: readonly string[] }).order ?? [])
    const agenda = (isTheirs ? (value as BoardMeetingDetail) : names)?.agenda ?? []
    const label = (id: string): string => {
      const one = agenda.find((entry) => entry.id === id)
      return one?.name ?? (one === undefined ? t('board:case.elsewhere') : t('board:case.of', { site: siteName(one.site) }))
    }
    return (
      <ol>
        {order.map((id) => (
          <li key={id}>{label(id)}</li>
        ))}
      </ol>
    )
  }
  if (kind === 'decision') {
    const one = value as Partial<BoardDecision> & { readonly chosen?: string | null; readonly other?: string }
    return (
      <dl className={classes.version}>
        <dt>{t('board:decision.chosen')}</dt>
        <dd lang="en">{one.title ?? one.other ?? one.chosen}</dd>
        <dt>{t('board:decision.reason')}</dt>
        <dd>{one.reason}</dd>
        {one.owner !== undefined && (
          <>
            <dt>{t('board:decision.owner')}</dt>
            <dd>{nameOf(one.owner)}</dd>
          </>
        )}
        {one.recordedBy !== undefined && (
          <>
            <dt>{t('board:decision.by')}</dt>
            <dd>
              {nameOf(one.recordedBy)} · <When day={one.recordedAt!} />
            </dd>
          </>
        )}
      </dl>
    )
  }
  if (kind === 'closing') {
    const one = value as Partial<FollowUp> & { readonly outcome?: string }
    const outcome = one.closed?.outcome ?? one.outcome
    return <p>{outcome === undefined ? t('board:follow.open') : t(`board:outcome.${outcome}`)}</p>
  }
  const one = value as Partial<BoardCase>
  return <p>{one.question ?? t(`board:doing.${kind}`)}</p>
}
