import { Button, Drawer } from '@mantine/core'
import type { Explanation } from '@secondwind/core'
import { IconArrowLeft, IconExternalLink } from '@tabler/icons-react'
import { useState } from 'react'
import { useWords } from '../../shared/words.ts'
import { Because } from './because.tsx'
import { ResourceView } from './resource-view.tsx'
import { RuleLink } from './rule-link.tsx'
import { useView } from './view.ts'
import classes from './why-drawer.module.css'

export interface Asked {
  readonly title: string
  readonly because: Explanation
  readonly rules: readonly string[]
}

/** Why, in full, and one step further the very resource of the chart or the source of the claim. */
export function WhyDrawer({ asked, onClose }: { readonly asked: Asked | undefined; readonly onClose: () => void }) {
  const t = useWords('plan')
  const { named, patient } = useView()
  const [resource, setResource] = useState<{ readonly fact: string; readonly reference: string }>()
  const close = (): void => {
    setResource(undefined)
    onClose()
  }
  return (
    <Drawer
      opened={asked !== undefined}
      onClose={close}
      position="right"
      size="min(46rem, 100vw)"
      title={<span lang="en">{asked?.title}</span>}
      closeButtonProps={{ 'aria-label': t('plan:close') }}
      classNames={{ title: classes.title ?? '' }}
    >
      {asked !== undefined && resource !== undefined && patient !== undefined && (
        <>
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconArrowLeft size={16} aria-hidden />}
            onClick={() => setResource(undefined)}
          >
            {t('plan:why.back')}
          </Button>
          <ResourceView reference={resource.reference} fact={resource.fact} />
        </>
      )}
      {asked !== undefined && resource === undefined && (
        <>
          <Because of={asked.because} onOpen={(fact, reference) => setResource({ fact, reference })} />
          {(asked.because.cites ?? []).length > 0 && (
            <>
              <h3 className={classes.part}>{t('plan:why.sources')}</h3>
              <ul className={classes.sources} lang="en">
                {(asked.because.cites ?? []).map((id) => {
                  const source = named.words.sources[id]
                  return (
                    <li key={id}>
                      {source?.url === undefined ? (
                        (source?.title ?? id)
                      ) : (
                        <a href={source.url} target="_blank" rel="noreferrer">
                          {source.title} <IconExternalLink size={12} aria-hidden />
                        </a>
                      )}
                      <span className="quiet">
                        {' '}
                        {source?.year ?? ''} {id}
                      </span>
                    </li>
                  )
                })}
              </ul>
            </>
          )}
          {asked.rules.length > 0 && (
            <p className={classes.part}>
              {t('plan:why.rule')}{' '}
              {asked.rules.map((rule) => (
                <RuleLink key={rule} rule={rule} />
              ))}
            </p>
          )}
        </>
      )}
    </Drawer>
  )
}
