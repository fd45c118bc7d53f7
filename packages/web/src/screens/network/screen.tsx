import { Button } from '@mantine/core'
import type { WorkspaceNeed } from '@secondwind/server/contract'
import { IconScreenShare } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useMe } from '../../shared/me.ts'
import { Arriving, useArriving } from '../../shared/parts/arriving.tsx'
import { Empty } from '../../shared/parts/empty.tsx'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page, Panel } from '../../shared/parts/page.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import { Figures } from './figures.tsx'
import { Measures } from './measures.tsx'
import { Sites } from './sites.tsx'
import { useOverview } from './use-overview.ts'
import { Waits } from './waits.tsx'

/** Lists that everybody has who treats, and those of who arranges. */
const TREATING: readonly WorkspaceNeed[] = ['emergency', 'decision-due', 'changed', 'put-right', 'order-overdue']
const ARRANGING: readonly WorkspaceNeed[] = ['order-overdue', 'appointment-missed']

/** The network in numbers: what is asked of it today, its hospitals, how long the way to treatment takes, and whether care is as it should be. */
export function NetworkScreen() {
  const t = useWords('network')
  const { may } = useMe()
  const number = new Intl.NumberFormat(useLanguage())
  const { data, error, refetch } = useOverview()
  const arriving = useArriving()
  const again = useCallback(() => void refetch(), [refetch])
  const lists = new Set(may('search', 'roster') ? (may('search', 'plan-document') ? TREATING : ARRANGING) : [])
  if (data === undefined)
    return (
      <Page isWide title={t('network:title')} windowTitle={t('network:title')}>
        {error ? <Fault error={error} again={() => void refetch()} /> : <Waiting lines={8} />}
      </Page>
    )
  const { patients, overdue, sites, waits, quality, countedAt, suppressBelow } = data
  return (
    <Page
      isWide
      title={t('network:title')}
      windowTitle={t('network:title')}
      lead={
        patients.living === 0 && arriving !== undefined
          ? undefined
          : t('network:lead', { patients: number.format(patients.living), sites: number.format(sites.length) })
      }
      actions={
        <Button component={Link} to={'/network/wall' as '/about'} variant="default" leftSection={<IconScreenShare size={16} aria-hidden />}>
          {t('network:wall.open')}
        </Button>
      }
    >
      <Arriving arriving={arriving} hasNobody={patients.living === 0} onShow={again} />
      {patients.living + patients.closed === 0 && arriving === undefined && <Empty title={t('network:empty')} />}
      <Panel title={t('network:today')} tone={overdue.emergencies > 0 ? 'emergency' : 'plain'}>
        <Figures overdue={overdue} lists={lists} />
      </Panel>
      <Panel title={t('network:sites')}>
        <Sites sites={sites} />
      </Panel>
      <Panel title={t('network:waits')} aside={<Counted at={countedAt} />}>
        {waits === undefined ? <Counting /> : <Waits waits={waits} sites={sites} suppressBelow={suppressBelow} />}
      </Panel>
      <Panel title={t('network:measures')} aside={<Counted at={countedAt} />}>
        {quality === undefined ? <Counting /> : <Measures quality={quality} suppressBelow={suppressBelow} />}
      </Panel>
    </Page>
  )
}

/** How old heavy counts are. */
function Counted({ at }: { readonly at: string | undefined }) {
  const t = useWords('network')
  return at === undefined ? null : (
    <span className="quiet">
      {t('network:counted')} <When day={at} />
    </span>
  )
}

function Counting() {
  const t = useWords('network')
  return (
    <div>
      <p>{t('network:counting')}</p>
      <Waiting />
    </div>
  )
}
