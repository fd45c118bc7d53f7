import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { KnowledgeFound, ReleaseListed } from '@secondwind/server/contract'
import { IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi } from '../../shared/api.ts'
import { useMe } from '../../shared/me.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page, Panel } from '../../shared/parts/page.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import classes from './knowledge.module.css'
import { RuleLink } from './parts.tsx'

interface Applied {
  readonly version: string
  readonly digest: string
  readonly counts: { readonly [kind: string]: number }
}

/** The knowledge: find a rule, see which release is in use and what each one changed. */
export function KnowledgeScreen() {
  const t = useWords('knowledge')
  const { may } = useMe()
  return (
    <Page
      title={t('knowledge:title')}
      windowTitle={t('knowledge:title')}
      lead={t('knowledge:english')}
      actions={
        may('read', 'cds-report') && (
          <Link to={'/knowledge/governor' as '/about'} className={classes.door}>
            {t('knowledge:governor')}
          </Link>
        )
      }
    >
      <Search />
      <Releases />
    </Page>
  )
}

function Search() {
  const t = useWords('knowledge')
  const [typed, setTyped] = useState('')
  const [query] = useDebouncedValue(typed.trim(), 200)
  const { data, error, isFetching } = useApi<KnowledgeFound>(
    query === '' ? undefined : `/knowledge/search?q=${encodeURIComponent(query)}`,
    { keep: true },
  )
  return (
    <section className={classes.search} aria-label={t('knowledge:search')}>
      <TextInput
        type="search"
        label={t('knowledge:search')}
        description={t('knowledge:search-what')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        maxLength={200}
        autoComplete="off"
      />
      {error !== null && <Fault error={error} />}
      <div aria-live="polite">
        {query !== '' && data !== undefined && !isFetching && (
          <p className="quiet">
            {data.total === 0
              ? t('knowledge:found-none', { query: data.query })
              : t('knowledge:found', { count: data.total, shown: data.hits.length })}
          </p>
        )}
      </div>
      {query !== '' && data !== undefined && data.hits.length > 0 && (
        <ul className={classes.hits}>
          {data.hits.map((hit) => (
            <li key={`${hit.kind}/${hit.id}`}>
              <RuleLink of={hit} />
              {hit.line !== undefined && (
                <div className={classes.line} lang="en">
                  {hit.line}
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Releases() {
  const t = useWords('knowledge')
  const language = useLanguage()
  const applied = useApi<Applied>('/knowledge')
  const kept = useApi<readonly ReleaseListed[]>('/knowledge/releases')
  const error = applied.error ?? kept.error
  if (error !== null) return <Fault error={error} again={() => void Promise.all([applied.refetch(), kept.refetch()])} />
  if (applied.data === undefined || kept.data === undefined) return <Waiting lines={5} />
  const isKept = kept.data.some(({ isApplied }) => isApplied)
  // work that goes on after a release carries its version: it has a name of its own
  const own = kept.data.some(({ version }) => version === applied.data.version) ? 'working' : applied.data.version
  const all: readonly ReleaseListed[] = isKept
    ? kept.data
    : [...kept.data, { version: own, digest: applied.data.digest, isApplied: true, problems: [] }]
  const number = new Intl.NumberFormat(language)
  return (
    <Panel title={t('knowledge:releases')} aside={<span className="quiet">{t('knowledge:releases-why')}</span>}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label={t('knowledge:releases')}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('knowledge:release')}</th>
              <th scope="col">{t('knowledge:state')}</th>
              <th scope="col">{t('knowledge:digest')}</th>
            </tr>
          </thead>
          <tbody>
            {[...all].reverse().map(({ version, digest, isApplied, problems }) => (
              <tr key={version}>
                <th scope="row">
                  <Link to={'/knowledge/releases/$version' as '/about'} params={{ version } as never}>
                    {version === 'working' ? t('knowledge:working') : version}
                  </Link>
                </th>
                <td>
                  {isApplied ? <strong>{t('knowledge:applied')}</strong> : t('knowledge:kept')}
                  {problems.map(({ message, remedy }) => (
                    <div key={message} className={classes.problem} lang="en">
                      {message}
                      {remedy === undefined ? '' : `: ${remedy}`}
                    </div>
                  ))}
                </td>
                <td>
                  <code>{digest?.slice(0, 12) ?? ''}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <dl className={classes.counts}>
        {Object.entries(applied.data.counts).map(([kind, count]) => (
          <div key={kind}>
            <dt>{t(`knowledge:count.${kind}`)}</dt>
            <dd>{number.format(count)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
