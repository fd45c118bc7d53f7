import { Button, Modal, NumberInput, SegmentedControl, Select, Textarea } from '@mantine/core'
import type { BoardCase, WorkspacePage } from '@secondwind/server/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../shared/api.ts'
import { useWords } from '../../shared/words.ts'
import { useSites } from './people.tsx'
import { useOutbox } from './use-outbox.ts'

const URGENCIES = ['urgent', 'soon', 'routine'] as const

/**
 * Asks for the board: the question, how urgent, how long. Without `patient` the patient is looked for by name or record number; with `boardCase` what was asked
 * is changed.
 */
export function AskForBoard({
  patient,
  boardCase,
  onClose,
}: {
  readonly patient?: string
  readonly boardCase?: BoardCase
  readonly onClose: () => void
}) {
  const t = useWords('board')
  const { siteName } = useSites()
  const { add } = useOutbox()
  const [search, setSearch] = useState('')
  const [found, setFound] = useState<string | null>(patient ?? boardCase?.patient?.replace(/^Patient\//, '') ?? null)
  const [question, setQuestion] = useState(boardCase?.question ?? '')
  const [urgency, setUrgency] = useState<string>(boardCase?.urgency ?? 'soon')
  const [minutes, setMinutes] = useState(boardCase?.minutes ?? 10)
  const isSearched = patient === undefined && boardCase === undefined
  const { data } = useQuery({
    queryKey: ['board-search', search],
    enabled: isSearched && search.trim().length >= 2,
    queryFn: async ({ signal }) =>
      (await call<WorkspacePage>('/workspace/patients/search', { method: 'POST', body: { search: search.trim(), count: '8' }, signal }))
        .value,
  })
  const choices = (data?.items ?? []).map((one) => ({
    value: one.patient.replace(/^Patient\//, ''),
    label: [one.person?.name ?? t('board:no-name'), one.person?.birthYear, one.person?.recordNumber, siteName(one.site)]
      .filter(Boolean)
      .join(' · '),
  }))
  const send = (): void => {
    if (found === null) return
    const asked = { question: question.trim(), urgency, minutes }
    if (boardCase !== undefined)
      add({
        kind: 'case',
        path: `/board/cases/${boardCase.id}`,
        target: `case:${boardCase.id}`,
        body: { version: boardCase.version, ...asked },
      })
    else add({ kind: 'ask', path: `/board/patients/${found}/cases`, target: `ask:${found}`, body: asked })
    onClose()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(boardCase === undefined ? 'board:ask.title' : 'board:case.change')}
      closeButtonProps={{ 'aria-label': t('board:close') }}
    >
      {isSearched && (
        <Select
          label={t('board:patient')}
          description={t('board:ask.how')}
          required
          searchable
          data-autofocus
          data={choices}
          filter={({ options }) => options}
          searchValue={search}
          onSearchChange={setSearch}
          value={found}
          onChange={setFound}
          nothingFoundMessage={search.trim().length < 2 ? t('board:ask.type') : t('board:ask.none')}
        />
      )}
      <Textarea
        mt="sm"
        label={t('board:question')}
        required
        autosize
        minRows={3}
        maxLength={4000}
        value={question}
        onChange={(event) => setQuestion(event.currentTarget.value)}
      />
      <SegmentedControl
        mt="sm"
        fullWidth
        aria-label={t('board:urgency')}
        value={urgency}
        onChange={setUrgency}
        data={URGENCIES.map((value) => ({ value, label: t(`board:urgency.${value}`) }))}
      />
      <NumberInput
        mt="sm"
        label={t('board:minutes')}
        min={1}
        max={120}
        value={minutes}
        onChange={(value) => setMinutes(Number(value) || 10)}
      />
      <Button mt="md" disabled={found === null || question.trim() === ''} onClick={send}>
        {t(boardCase === undefined ? 'board:ask.send' : 'board:save')}
      </Button>
    </Modal>
  )
}
