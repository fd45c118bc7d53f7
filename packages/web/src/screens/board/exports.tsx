import { Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { ApiFault } from '../../shared/api.ts'
import { useWords } from '../../shared/words.ts'
import { download, fetchFile } from './download.ts'

export interface Export {
  readonly label: string
  readonly make: () => Promise<Blob>
  /** Never a name of a patient: it stands in the list of what was downloaded. */
  readonly file: string
}

/** A file of the server as an export. */
export const served = (label: string, path: string, file: string): Export => ({ label, file, make: () => fetchFile(path) })

/** What can be taken away on paper or as slides. All of it is marked as a draft. */
export function Exports({ items }: { readonly items: readonly Export[] }) {
  const t = useWords('board')
  const [isBusy, setBusy] = useState(false)
  const run = async ({ make, file }: Export): Promise<void> => {
    setBusy(true)
    try {
      download(await make(), file)
    } catch (error) {
      const offline = error instanceof ApiFault && error.isOffline
      notifications.show({
        color: 'amber',
        closeButtonProps: { 'aria-label': t('board:close') },
        title: t('board:export.failed'),
        message: offline ? t('board:export.offline') : error instanceof Error ? error.message : String(error),
      })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default" loading={isBusy} leftSection={<IconDownload size={18} aria-hidden />}>
          {t('board:export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('board:export.draft')}</Menu.Label>
        {items.map((one) => (
          <Menu.Item key={one.label} onClick={() => void run(one)}>
            {one.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
