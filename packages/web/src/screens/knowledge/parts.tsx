import type { KnowledgeName, KnowledgeSource } from '@secondwind/server/contract'
import { IconExternalLink } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Unconfirmed } from '../../shared/parts/badges.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './knowledge.module.css'

/** The way to the page of an entry, with what kind it is and whether somebody has checked it. */
export function RuleLink({ of }: { readonly of: KnowledgeName }) {
  const t = useWords('knowledge')
  return (
    <span className={classes.name}>
      <Link to={'/knowledge/rules/$id' as '/about'} params={{ id: of.id } as never} search={{ kind: of.kind } as never} lang="en">
        {of.title}
      </Link>{' '}
      <span className="quiet">{t(`knowledge:kind.${of.kind}`)}</span> {of.review === 'unconfirmed' && <Unconfirmed />}
    </span>
  )
}

/** One source with every way to find it. */
export function SourceLine({ of }: { readonly of: KnowledgeSource }) {
  const { title, year, pmid, doi, nct, url } = of
  return (
    <span lang="en">
      {url === undefined ? (
        title
      ) : (
        <a href={url} target="_blank" rel="noreferrer">
          {title} <IconExternalLink size={12} aria-hidden />
        </a>
      )}
      <span className="quiet">
        {year === undefined ? '' : ` · ${year}`}
        {pmid === undefined ? '' : ` · PMID ${pmid}`}
        {doi === undefined ? '' : ` · doi:${doi}`}
        {nct === undefined ? '' : ` · ${nct}`}
      </span>
    </span>
  )
}
