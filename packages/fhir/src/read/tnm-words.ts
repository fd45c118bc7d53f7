import type { ReadContext, Resource } from './context.ts'
import { categoryOfToken, stageTermsOf } from './stage-terms.ts'
import { saidInText, textsOf } from './texts.ts'
import { tokensOf } from './words.ts'

/** T, N and M categories among words that were recorded as a stage ("cT4 N3 M1b", "M1a (pleural effusion)"); whether there were any. */
export function readTnmWords(
  context: ReadContext,
  texts: readonly string[],
  edition: string | undefined,
  resource: Resource,
  path: string,
  on: string | undefined,
): boolean {
  const { file } = stageTermsOf(context.knowledge)
  const base = { source: context.source(resource, path), ...(on === undefined ? {} : { on }) }
  const found = new Map(
    texts
      .flatMap((text) => tokensOf(text))
      .map((token) => categoryOfToken(token))
      .flatMap((category) => {
        const fact = category === undefined ? undefined : file.categories[category.letter]?.fact
        return category === undefined || fact === undefined ? [] : [[fact, category.value] as const]
      })
      .reverse(),
  )
  for (const [fact, value] of found) context.read(fact, { ...base, value })
  const m = found.get('m-category')
  const said = m === undefined ? undefined : (edition ?? (file.ninthOnly.includes(m) ? '9' : undefined))
  if (said !== undefined) context.read('m-edition', { ...base, value: said })
  return found.size > 0
}

const TNM = /\b[cpyra]{0,3}(T(?:is|x|[0-4])[a-d]?)\s*[cp]?(N(?:x|[0-3])[a-c]?)\s*[cp]?(M[01][a-c]?[12]?)\b/gi

/** "M1c2" alone: only M1 with its letter, which is nothing else in a note on lung cancer. */
const M_ALONE = /\b[cpyra]{0,3}(M1[abc][12]?)\b/g

/** "cT3 N2 M1c" in a note; the weight of words leaves a coded category in charge. */
export function readTnmInText(context: ReadContext): void {
  const { file } = stageTermsOf(context.knowledge)
  for (const { resource, path, text, on, kind } of textsOf(context)) {
    if (kind === 'pathology') continue
    const whole = [...text.matchAll(TNM)]
    for (const match of whole.length > 0 ? whole : text.matchAll(M_ALONE)) {
      const words = match[0]
      for (const token of match.slice(1)) {
        const category = categoryOfToken(token.toLowerCase())
        const fact = category === undefined ? undefined : file.categories[category.letter]?.fact
        if (category === undefined || fact === undefined) continue
        context.read(fact, {
          value: category.value,
          words,
          weight: -1,
          source: context.source(resource, path),
          ...(on === undefined ? {} : { on }),
        })
      }
      context.understood(resource, path)
      saidInText(context, resource, path, words)
    }
  }
}
