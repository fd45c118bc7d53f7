import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page, Panel } from '../../shared/parts/page.tsx'
import { useWords } from '../../shared/words.ts'
import { download, fetchFile } from '../board/download.ts'
import { AuditSearch } from './audit-search.tsx'
import { ChainVerdict } from './chain-verdict.tsx'
import { GlassReviews } from './glass-reviews.tsx'

/** For the privacy officer: charts that were opened in an emergency, the audit log and whether it is whole. Nothing of a chart itself. */
export function PrivacyScreen() {
  const t = useWords('privacy')
  const [fault, setFault] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const take = async (): Promise<void> => {
    setBusy(true)
    setFault(undefined)
    try {
      download(await fetchFile('/audit'), 'second-wind-audit.ndjson')
    } catch (error) {
      setFault(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Page
      isWide
      title={t('privacy:title')}
      windowTitle={t('privacy:title')}
      lead={t('privacy:lead')}
      actions={
        <Button variant="default" loading={isBusy} leftSection={<IconDownload size={18} aria-hidden />} onClick={() => void take()}>
          {t('privacy:export')}
        </Button>
      }
    >
      {fault === undefined ? null : <Fault error={fault} />}
      <GlassReviews />
      <Panel title={t('privacy:chain')}>
        <ChainVerdict />
      </Panel>
      <AuditSearch />
    </Page>
  )
}
