import type { Evidence as Cited } from '@secondwind/core'
import { IconExternalLink } from '@tabler/icons-react'
import { Unconfirmed } from './badges.tsx'
import classes from './small.module.css'

/** One citation: what it says, where exactly, and the way there. */
export function Evidence({ source, at, says, url, review }: Cited) {
  return (
    <span className={classes.evidence} lang="en">
      <cite>
        {url === undefined ? (
          source
        ) : (
          <a href={url} target="_blank" rel="noreferrer">
            {source}
            <IconExternalLink size={12} aria-hidden />
          </a>
        )}
      </cite>
      <span className="quiet"> {at}</span>
      <span> {says}</span>
      {review === 'unconfirmed' && <Unconfirmed />}
    </span>
  )
}
