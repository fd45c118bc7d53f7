import { Button, Modal, SegmentedControl, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useApi, useSend } from '../../shared/api.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './privacy.module.css'
import { Role } from './things.tsx'

interface Glass {
  readonly id: number
  readonly who: string
  readonly role: string
  readonly site: string
  readonly patient: string
  readonly reason: string
  readonly grantedAt: string
  readonly endsAt: string
  readonly review?: { readonly at: string; readonly by: string; readonly finding: Finding; readonly note: string }
}
type Finding = 'justified' | 'not-justified' | 'asked'
const FINDINGS: readonly Finding[] = ['justified', 'asked', 'not-justified']

/** Charts that were opened in an emergency, those that nobody has looked at first. */
export function GlassReviews() {
  const t = useWords('privacy')
  const { data, error, refetch } = useApi<{ readonly items: readonly Glass[] }>('/break-glass-reviews')
  const [asked, setAsked] = useState<Glass>()
  const open = data?.items.filter(({ review }) => review === undefined).length ?? 0
  return (
    <Panel
      title={t('privacy:reviews')}
      {...(open > 0 ? { tone: 'urgent' as const } : {})}
      aside={<span className="quiet">{t('privacy:reviews.open', { count: open })}</span>}
    >
      {error ? <Fault error={error} again={() => void refetch()} /> : null}
      {data === undefined ? (
        !error && <Waiting />
      ) : data.items.length === 0 ? (
        <p className="quiet">{t('privacy:reviews.none')}</p>
      ) : (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('privacy:when')}</th>
              <th scope="col">{t('privacy:who')}</th>
              <th scope="col">{t('privacy:patient')}</th>
              <th scope="col">{t('privacy:glass.reason')}</th>
              <th scope="col">{t('privacy:finding')}</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((one) => (
              <tr key={one.id}>
                <td>
                  <When day={one.grantedAt} />
                </td>
                <td>
                  {one.who}
                  <div className="quiet">
                    <Role of={one.role} /> · {one.site}
                  </div>
                </td>
                <td>{one.patient}</td>
                <td className={classes.words}>{one.reason}</td>
                <td>
                  {one.review === undefined ? (
                    <Button size="xs" onClick={() => setAsked(one)}>
                      {t('privacy:review')}
                    </Button>
                  ) : (
                    <>
                      {t(`privacy:finding.${one.review.finding}`)}
                      {one.review.note !== '' && <div className="quiet">{one.review.note}</div>}
                      <div className="quiet">
                        {one.review.by} · <When day={one.review.at} isBrief />
                      </div>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {asked !== undefined && <Review glass={asked} onClose={() => setAsked(undefined)} />}
    </Panel>
  )
}

function Review({ glass, onClose }: { readonly glass: Glass; readonly onClose: () => void }) {
  const t = useWords('privacy')
  const send = useSend<undefined>(['/break-glass-reviews', '/audit/events'])
  const [finding, setFinding] = useState<string>('justified')
  const [note, setNote] = useState('')
  return (
    <Modal opened onClose={onClose} title={t('privacy:review.title')} closeButtonProps={{ 'aria-label': t('privacy:close') }}>
      {send.error ? <Fault error={send.error} /> : null}
      <p style={{ marginBlockStart: 0 }}>
        {glass.who}: <q>{glass.reason}</q>
      </p>
      <SegmentedControl
        fullWidth
        aria-label={t('privacy:finding')}
        value={finding}
        onChange={setFinding}
        data={FINDINGS.map((value) => ({ value, label: t(`privacy:finding.${value}`) }))}
      />
      <Textarea
        mt="sm"
        label={t('privacy:note')}
        autosize
        minRows={2}
        maxLength={2000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <p className="quiet">{t('privacy:review.final')}</p>
      <Button
        loading={send.isPending}
        onClick={() =>
          send.mutate({ path: `/break-glass-reviews/${glass.id}`, body: { finding, note: note.trim() } }, { onSuccess: onClose })
        }
      >
        {t('privacy:review.keep')}
      </Button>
    </Modal>
  )
}
