import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import type { WorkspaceFacet, WorkspacePage, WorkspaceSort } from '@secondwind/server/contract'
import { IconSearch, IconX } from '@tabler/icons-react'
import type { RefObject } from 'react'
import { translated } from '../../shared/fact-words.ts'
import { useFactTranslations } from '../../shared/facts.ts'
import { Keys } from '../../shared/parts/keys.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import type { Narrowing } from './narrowing.ts'
import { NeedSign } from './need-sign.tsx'
import classes from './patients.module.css'

type Summary = NonNullable<WorkspacePage['summary']>

/** Search, what is needed, and the rest of what the list can be narrowed by. */
export function Toolbar({
  field,
  search,
  onSearch,
  narrowing,
  narrow,
  summary,
  onClear,
  isNarrowed,
}: {
  readonly field: RefObject<HTMLInputElement | null>
  readonly search: string
  readonly onSearch: (text: string) => void
  readonly narrowing: Narrowing
  readonly narrow: (change: Partial<Record<keyof Narrowing, unknown>>) => void
  readonly summary: Summary | undefined
  readonly onClear: () => void
  readonly isNarrowed: boolean
}) {
  const t = useWords('patients')
  const sees = summary?.sees
  return (
    <search className={`${classes.tools} no-print`} aria-label={t('patients:tools')}>
      <div className={classes.finding}>
        <TextInput
          ref={field}
          className={classes.search}
          type="text"
          inputMode="search"
          autoComplete="off"
          spellCheck={false}
          value={search}
          onChange={(event) => onSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            if (search === '') event.currentTarget.blur()
            else onSearch('')
          }}
          aria-label={t('patients:search')}
          placeholder={sees?.clinical === false ? t('patients:search.identity') : t('patients:search.words')}
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={
            search === '' ? (
              <Keys of="/" />
            ) : (
              <ActionIcon variant="subtle" color="gray" aria-label={t('patients:search.clear')} onClick={() => onSearch('')}>
                <IconX size={16} aria-hidden />
              </ActionIcon>
            )
          }
        />
        <Facet label={t('patients:site')} list={summary?.sites} value={narrowing.site} onChange={(site) => narrow({ site })} />
        {sees?.clinical === true && (
          <>
            <Facet
              label={t('patients:facet.stage')}
              list={summary?.stages}
              value={narrowing.stage}
              onChange={(stage) => narrow({ stage })}
            />
            <Facet
              label={t('patients:marker')}
              list={summary?.markers}
              value={narrowing.marker}
              onChange={(marker) => narrow({ marker })}
            />
          </>
        )}
        <Sort narrowing={narrowing} narrow={narrow} sees={sees} />
      </div>
      <Needs narrowing={narrowing} narrow={narrow} summary={summary} />
      {isNarrowed && summary !== undefined && (
        <p className={classes.found} role="status">
          {t('patients:found', { count: summary.total })}
          <Button size="compact-sm" variant="subtle" onClick={onClear}>
            {t('patients:clear')}
          </Button>
        </p>
      )}
    </search>
  )
}

/** One way to narrow the list; with counts. Not shown where there is no choice. */
function Facet({
  label,
  list,
  value,
  onChange,
}: {
  readonly label: string
  readonly list: readonly WorkspaceFacet[] | undefined
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
}) {
  const language = useLanguage()
  const words = useFactTranslations()
  if (value === undefined && (list === undefined || list.length < 2)) return null
  const number = new Intl.NumberFormat(language)
  const named = (label: string): string => (words === undefined ? label : (translated(label, words) ?? label))
  const known = (list ?? []).map((one) => ({ value: one.id, label: `${named(one.label)} · ${number.format(one.count)}` }))
  const data = value === undefined || known.some((one) => one.value === value) ? known : [{ value, label: value }, ...known]
  return (
    <NativeSelect
      className={classes.facet}
      aria-label={label}
      data={[{ value: '', label }, ...data]}
      value={value ?? ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? undefined : currentTarget.value)}
    />
  )
}

const SORTS: readonly WorkspaceSort[] = ['pressing', 'waiting', 'changed', 'name']

function Sort({
  narrowing,
  narrow,
  sees,
}: Pick<Parameters<typeof Toolbar>[0], 'narrowing' | 'narrow'> & { readonly sees: Summary['sees'] | undefined }) {
  const t = useWords('patients')
  const open = SORTS.filter((sort) => (sort !== 'name' || sees?.identity !== false) && (sort !== 'changed' || sees?.clinical !== false))
  return (
    <NativeSelect
      className={classes.facet}
      aria-label={t('patients:sort')}
      data={open.map((sort) => ({ value: sort, label: t(`patients:sort.${sort}`) }))}
      value={narrowing.sort ?? 'pressing'}
      onChange={({ currentTarget: { value: sort } }) => narrow({ sort: sort === 'pressing' ? undefined : (sort as WorkspaceSort) })}
    />
  )
}

/** What somebody must do something about: one press narrows the list to it. */
function Needs({ narrowing, narrow, summary }: Pick<Parameters<typeof Toolbar>[0], 'narrowing' | 'narrow' | 'summary'>) {
  const t = useWords('patients')
  const language = useLanguage()
  if (summary === undefined) return <div className={classes.needs} />
  const number = new Intl.NumberFormat(language)
  const isAll = narrowing.need === undefined && narrowing.closed === undefined
  return (
    <ul className={classes.needs} aria-label={t('patients:needs')}>
      <li>
        <button type="button" className={classes.need} aria-pressed={isAll} onClick={() => narrow({ need: undefined, closed: undefined })}>
          {t('patients:all')}
        </button>
      </li>
      {summary.needs.map(({ need, count }) => (
        <li key={need}>
          <button
            type="button"
            className={classes.need}
            aria-pressed={narrowing.need === need}
            data-none={count === 0 || undefined}
            data-need={need}
            onClick={() => narrow({ need: narrowing.need === need ? undefined : need, closed: undefined })}
          >
            <NeedSign need={need} />
            {t(`patients:need.${need}`)}
            <span className={classes.count}>{number.format(count)}</span>
          </button>
        </li>
      ))}
      {summary.closed > 0 && (
        <li>
          <button
            type="button"
            className={classes.need}
            aria-pressed={narrowing.closed === true}
            onClick={() => narrow({ closed: narrowing.closed === true ? undefined : true, need: undefined })}
          >
            {t('patients:closed')}
            <span className={classes.count}>{number.format(summary.closed)}</span>
          </button>
        </li>
      )}
    </ul>
  )
}
