import { useLanguage, useWords } from '../../shared/words.ts'

/** A role in the words of the page; one that is not known here as the log has it. */
export function Role({ of }: { readonly of: string }) {
  const t = useWords('patients')
  return <>{t(`patients:role.${of}`, { defaultValue: of })}</>
}

export const thingOf = (route: string): string => /^(?:own-plan|[a-z]+)/.exec(route)?.[0] ?? ''

/** What a request was about, by the name of its route: `plan.read` is about a plan. The name itself stands beside it where the words do not say what was done. */
export function About({ route, isNamed }: { readonly route: string; readonly isNamed: boolean }) {
  const t = useWords('privacy')
  const words = t(`privacy:thing.${thingOf(route)}`, { defaultValue: '' })
  return (
    <>
      {words} {(isNamed || words === '') && <code lang="en">{route}</code>}
    </>
  )
}

/** A reference of the log: things of ours in words, resources of the chart by their FHIR name. */
export function Thing({ of }: { readonly of: string }) {
  const t = useWords('privacy')
  const language = useLanguage()
  const [kind = '', ...rest] = of.split('/')
  const words = t(`privacy:thing.${kind}`, { defaultValue: '' })
  if (words === '') return <span lang={language === 'en' ? undefined : 'en'}>{of}</span>
  return <>{[words, ...rest].join(' ')}</>
}
