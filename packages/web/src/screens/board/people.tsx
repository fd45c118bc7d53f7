import { Select } from '@mantine/core'
import type { BoardDirectory, BoardPerson } from '@secondwind/server/contract'
import { useApi } from '../../shared/api.ts'
import { useMe } from '../../shared/me.ts'
import { useWords } from '../../shared/words.ts'

const useDirectory = () => useApi<BoardDirectory>('/board/people', { staleMs: 60_000 })

/** What a site is called, as far as its hospital is recorded. */
export function useSites(): { readonly sites: BoardDirectory['sites']; readonly siteName: (site: string) => string } {
  const { data } = useDirectory()
  const sites = data?.sites ?? []
  return { sites, siteName: (site) => sites.find(({ id }) => id === site)?.name ?? site }
}

/** Who can be asked: the directory, and oneself. */
export function usePeople(): readonly BoardPerson[] {
  const { me } = useMe()
  const { data } = useDirectory()
  const items = data?.items ?? []
  if (me?.who === undefined || items.some(({ who }) => who === me.who)) return items
  return [{ who: me.who, name: me.title ?? me.who, roles: [], sites: me.site === undefined ? [] : [me.site] }, ...items]
}

/** A name for a reference, as far as the directory knows one. */
export function useNames(): (who: string) => string {
  const people = usePeople()
  return (who) => people.find((one) => one.who === who)?.name ?? who.replace(/^[A-Za-z]+\//, '')
}

/** Chooses one person by name. `isInPopover`: its list stands inside, since a popover closes at a click outside of it. */
export function PersonSelect({
  label,
  value,
  onChange,
  isRequired = false,
  isInPopover = false,
}: {
  readonly label: string
  readonly value: string | null
  readonly onChange: (who: string | null, name: string) => void
  readonly isRequired?: boolean
  readonly isInPopover?: boolean
}) {
  const t = useWords('board')
  const { me } = useMe()
  const people = usePeople()
  const data = people.map(({ who, name, roles, sites }) => ({
    value: who,
    label: [who === me?.who ? t('board:person.me', { name }) : name, ...roles, ...sites].join(' · '),
  }))
  return (
    <Select
      label={label}
      data={data}
      value={value}
      onChange={(who) => onChange(who, people.find((one) => one.who === who)?.name ?? who ?? '')}
      searchable
      clearable={!isRequired}
      required={isRequired}
      nothingFoundMessage={t('board:person.none')}
      comboboxProps={{ withinPortal: !isInPopover }}
      limit={50}
    />
  )
}
