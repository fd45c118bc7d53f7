import { statementsOf } from './assertion.ts'
import { cancerIndexOf } from './cancers.ts'
import type { Reader } from './context.ts'
import { isAboutOther, primariesOf } from './primary-cancer.ts'
import { nameOf } from './shapes.ts'
import { textsOf } from './texts.ts'

/**
 * Pathology reports whose diagnosis is suspected only ("suspicious for", "favour") say so as an issue: they never become a histology.
 * What they assert is read by `primary-cancer.ts`.
 */
export const readPathology: Reader = (context) => {
  const { lung } = primariesOf(context)
  const lexicon = cancerIndexOf(context.knowledge).histologyWords
  for (const text of textsOf(context)) {
    if (text.kind !== 'pathology' || isAboutOther(context, text.resource, lung)) continue
    const statements = statementsOf(context.knowledge, lexicon, text.text)
    const first = statements.find(({ polarity }) => polarity === 'uncertain')
    if (first === undefined || statements.some(({ polarity }) => polarity === 'present')) continue
    context.issue({
      code: 'histology-unconfirmed',
      severity: 'warning',
      path: `${nameOf(text.resource)}.${text.path}`,
      message: `the pathology report suspects a diagnosis and does not make it: "${first.words}"`,
      remedy: 'ask pathology for a final diagnosis, or repeat the biopsy',
    })
    context.understood(text.resource, text.path)
  }
}
