import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { WorkspacePage } from '@secondwind/server/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../shared/api.ts'
import { useWords } from '../../shared/words.ts'

const FEW = 8

/** Finds one of one's own patients, to look at the changes on them. What is typed goes in the body of a request, never into an address. */
export function PatientChoice({ onChoose }: { readonly onChoose: (id: string) => void }) {
  const t = useWords('what-if')
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text, 200)
  const { data } = useQuery({
    queryKey: ['what-if patients', search],
    queryFn: async () =>
      (await call<WorkspacePage>('/workspace/patients/search', { method: 'POST', body: { search, sort: 'name', count: String(FEW) } }))
        .value,
    enabled: search.trim() !== '',
    gcTime: 0,
  })
  const found = (data?.items ?? []).map(({ patient, person, clinical }) => ({
    value: patient.replace('Patient/', ''),
    label: [person?.name ?? t('what-if:choice.no-name'), person?.birthYear, clinical?.stage].filter((one) => one !== undefined).join(', '),
  }))
  return (
    <Select
      label={t('what-if:choice')}
      description={t('what-if:choice.how')}
      searchable
      searchValue={text}
      onSearchChange={setText}
      data={found}
      filter={({ options }) => options}
      nothingFoundMessage={search.trim() === '' ? t('what-if:choice.type') : t('what-if:choice.none')}
      onChange={(id) => id !== null && onChoose(id)}
      maw={420}
      mb="md"
    />
  )
}
