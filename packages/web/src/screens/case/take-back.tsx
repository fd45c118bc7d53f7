import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { HandEntry } from '@secondwind/server/contract'
import { useSend } from '../../shared/api.ts'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './case.module.css'
import { useScene } from './view.ts'

/** Everything that a changed chart changes. */
export const STALE = ['/charts/', '/plans/', '/worklists', '/timeline', '/planner']

/** Takes an entry by hand back, on the revision of the chart that was looked at; says so, or says why not. */
export function useTakeBack(): { readonly takeBack: (entry: string, revision: number) => void; readonly isPending: boolean } {
  const t = useWords('case')
  const { view } = useScene()
  const { mutate, isPending } = useSend<{ readonly revision: number }>(STALE)
  const close = { 'aria-label': t('case:edit.close') }
  const takeBack = (entry: string, revision: number): void =>
    mutate(
      { path: `/charts/${view.patient}/facts/${entry}/undo`, headers: { 'if-match': `W/"${revision}"` } },
      {
        onSuccess: () => void notifications.show({ color: 'petrol', closeButtonProps: close, message: t('case:edit.undone') }),
        onError: ({ issues, message }) =>
          void notifications.show({
            color: 'amber',
            closeButtonProps: close,
            autoClose: false,
            title: t('case:entries.refused'),
            message: (
              <span lang="en">{issues[0] === undefined ? message : [issues[0].message, issues[0].remedy].filter(Boolean).join('. ')}</span>
            ),
          }),
      },
    )
  return { takeBack, isPending }
}

/** What was entered by hand, newest first: which fact, who, when and why. Each can be taken back, as long as nobody has changed it since. */
export function Entries({ all, isNamed = false }: { readonly all: readonly HandEntry[]; readonly isNamed?: boolean }) {
  const t = useWords('case')
  const { view, facts } = useScene()
  const { takeBack, isPending } = useTakeBack()
  return (
    <ul className={classes.entries}>
      {all.map(({ id, fact, at, by, why, isUndone }) => {
        const about = facts.get(fact)
        return (
          <li key={id}>
            <span>
              {isNamed && (
                <>
                  <b lang={about?.lang}>{about?.label ?? fact}</b>{' '}
                </>
              )}
              <When day={at} asOf={view.asOf} isBrief />, {by}
              {why !== undefined && (
                <>
                  : <q>{why}</q>
                </>
              )}
            </span>
            {isUndone ? (
              <span className="quiet">{t('case:entries.undone')}</span>
            ) : (
              <Button
                size="compact-xs"
                variant="default"
                disabled={isPending}
                aria-label={t('case:entries.take-back-of', { fact: about?.label ?? fact })}
                onClick={() => takeBack(id, view.revision)}
              >
                {t('case:entries.take-back')}
              </Button>
            )}
          </li>
        )
      })}
    </ul>
  )
}
