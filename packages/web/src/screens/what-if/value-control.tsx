import { MultiSelect, NativeSelect, NumberInput, SegmentedControl, TextInput } from '@mantine/core'
import type { FactWords } from '@secondwind/server/contract'
import { useState } from 'react'
import { changedTo } from '../../planner/share.ts'
import type { Named } from '../../planner/use-knowledge-words.ts'
import { useWords } from '../../shared/words.ts'

/** The value of one changed fact, by the kind of fact it is. `set` absent: no value yet. */
export function ValueControl({
  about,
  set,
  named,
  onChange,
}: {
  readonly about: FactWords
  readonly set: string | undefined
  readonly named: Named
  readonly onChange: (set: string) => void
}) {
  const t = useWords('what-if')
  const value = set === undefined ? '' : changedTo(set)
  const put = (next: string): void => onChange(`${about.id}=${next}`)
  const label = about.label
  switch (about.type) {
    case 'truth':
      return (
        <SegmentedControl
          aria-label={label}
          size="sm"
          value={truthOf(value)}
          onChange={put}
          data={[
            { value: 'yes', label: t('app:yes') },
            { value: 'no', label: t('app:no') },
            { value: 'unknown', label: t('app:truth.unknown') },
          ]}
        />
      )
    case 'integer':
    case 'quantity':
      return <NumberControl about={about} value={value} named={named} put={put} />
    case 'code':
      return (
        <NativeSelect
          aria-label={label}
          size="sm"
          value={value}
          onChange={(event) => put(event.currentTarget.value)}
          data={[
            { value: '', label: t('what-if:choose'), disabled: true },
            ...Object.entries(about.values ?? {}).map(([code, words]) => ({ value: code, label: words })),
            { value: 'unknown', label: t('app:truth.unknown') },
          ]}
        />
      )
    case 'codes': {
      // a list without values of its own lists drugs
      const data =
        about.values === undefined
          ? named.words.drugs.filter(({ anticancer }) => anticancer).map(({ id, label: words }) => ({ value: id, label: words }))
          : Object.entries(about.values ?? {}).map(([code, words]) => ({ value: code, label: words }))
      return (
        <MultiSelect
          aria-label={label}
          size="sm"
          searchable
          data={data}
          value={value === '' || value === 'none' || value === 'unknown' ? [] : value.split(',').map((one) => one.trim())}
          onChange={(chosen) => put(chosen.length === 0 ? 'none' : chosen.join(','))}
          placeholder={value === 'none' ? t('app:none') : ''}
        />
      )
    }
    case 'date':
      return <TextInput aria-label={label} size="sm" type="date" value={value} onChange={(event) => put(event.currentTarget.value)} />
    default:
      return <TextInput aria-label={label} size="sm" value={value} onChange={(event) => put(event.currentTarget.value)} />
  }
}

function NumberControl({
  about,
  value,
  named,
  put,
}: {
  readonly about: FactWords
  readonly value: string
  readonly named: Named
  readonly put: (next: string) => void
}) {
  const t = useWords('what-if')
  const units = named.words.units[about.id] ?? []
  const [number = '', ...written] = value.split(' ')
  const [unit, setUnit] = useState(written.join(' ') || units[0]?.unit || '')
  const entry = (amount: string, inUnit: string): string => (inUnit === '' ? amount : `${amount} ${inUnit}`)
  return (
    <span style={{ display: 'inline-flex', gap: '0.4rem', alignItems: 'center' }}>
      <NumberInput
        aria-label={about.label}
        size="sm"
        w={120}
        value={value === 'unknown' ? '' : number}
        placeholder={value === 'unknown' ? t('app:truth.unknown') : ''}
        step={about.type === 'integer' ? 1 : 0.1}
        decimalScale={about.type === 'integer' ? 0 : 4}
        onChange={(next) => put(next === '' ? 'unknown' : entry(String(next), unit))}
      />
      {units.length > 0 ? (
        <NativeSelect
          aria-label={t('what-if:unit', { fact: about.label })}
          size="sm"
          value={unit}
          data={units.map((one) => one.unit)}
          onChange={(event) => {
            setUnit(event.currentTarget.value)
            if (number !== '' && value !== 'unknown') put(entry(number, event.currentTarget.value))
          }}
        />
      ) : (
        about.unit !== undefined && about.unit !== '1' && !about.unit.startsWith('{') && <span className="quiet">{about.unit}</span>
      )}
    </span>
  )
}

const truthOf = (value: string): string =>
  ['yes', 'true', 'positive'].includes(value.toLowerCase())
    ? 'yes'
    : ['no', 'false', 'negative'].includes(value.toLowerCase())
      ? 'no'
      : value.toLowerCase()
