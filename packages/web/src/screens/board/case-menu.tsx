import { ActionIcon, Menu } from '@mantine/core'
import type { BoardCase } from '@secondwind/server/contract'
import { IconDots } from '@tabler/icons-react'
import { useState } from 'react'
import { useWords } from '../../shared/words.ts'
import { told } from '../people/undo.tsx'
import { AskForBoard } from './ask-for-board.tsx'
import { useOutbox } from './use-outbox.ts'

/** What can be done with a case that waits: ask something else, or take it off the queue, from where it can be put back. */
export function CaseMenu({ one }: { readonly one: BoardCase }) {
  const t = useWords('board')
  const { add } = useOutbox()
  const [isChanged, setChanged] = useState(false)
  const withdraw = (): void => {
    const way = { kind: 'case' as const, path: `/board/cases/${one.id}/withdrawal`, target: `case:${one.id}` }
    add({ ...way, body: { version: one.version } })
    told(t('board:case.off'), { undo: t('board:undo'), close: t('board:close') }, () =>
      Promise.resolve(add({ ...way, body: { version: one.version + 1, back: true } })),
    )
  }
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('board:case.menu', { name: one.name ?? one.site })}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setChanged(true)}>{t('board:case.change')}</Menu.Item>
          <Menu.Item onClick={withdraw}>{t('board:case.withdraw')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isChanged && <AskForBoard boardCase={one} onClose={() => setChanged(false)} />}
    </>
  )
}
