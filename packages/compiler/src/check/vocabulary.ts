import type { CheckedEntry } from '../compile.ts'
import type { Finding } from './finding.ts'
import { meant } from './suggest.ts'

/** Lists of names that a fact may hold although it does not carry them as `values`: they stand in the terminology. */
export const VOCABULARIES = ['drugs', 'drug-classes', 'immune-organs'] as const
type VocabularyName = (typeof VOCABULARIES)[number]
export type Vocabularies = { readonly [name in VocabularyName]?: ReadonlySet<string> }

const WHERE: { readonly [name in VocabularyName]: { readonly one: string; readonly file: string } } = {
  drugs: { one: 'drug', file: 'terminology/drugs.yaml' },
  'drug-classes': { one: 'class of drugs', file: 'terminology/drugs.yaml' },
  'immune-organs': { one: 'organ of immune events', file: 'terminology/toxicity-terms.yaml' },
}

/** The names of each list. A list whose file could not be read is absent, and nothing is checked against it. */
export function vocabulariesOf(terminology: Record<string, unknown>): Vocabularies {
  const drugs = Array.isArray(terminology.drugs) ? (terminology.drugs as readonly { id: string; classes?: readonly string[] }[]) : undefined
  const organs = new Set<string>()
  const collect = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) collect(item)
    else if (typeof node === 'object' && node !== null)
      for (const [field, item] of Object.entries(node)) {
        if ((field === 'organ' || field === 'mark') && typeof item === 'string') organs.add(item)
        else collect(item)
      }
  }
  collect(terminology['toxicity-terms'])
  return {
    ...(drugs ? { drugs: new Set(drugs.map((d) => d.id)), 'drug-classes': new Set(drugs.flatMap((d) => d.classes ?? [])) } : {}),
    ...(organs.size > 0 ? { 'immune-organs': organs } : {}),
  }
}

/** What a fact, or a field of a list fact, may hold by name. */
const vocabularyOf = (fact: object | undefined, field: string | undefined): VocabularyName | undefined => {
  const { vocabulary } = (fact ?? {}) as { readonly vocabulary?: VocabularyName | { readonly [field: string]: VocabularyName } }
  return typeof vocabulary === 'string' ? vocabulary : field === undefined ? undefined : vocabulary?.[field]
}

/** Why one of the names cannot be what the fact holds; undefined when all can. A name that nothing carries makes a question that is never true. */
export function nameProblem(
  names: readonly string[],
  fact: { readonly id: string } | undefined,
  field: string | undefined,
  vocabularies: Vocabularies | undefined,
): { readonly message: string; readonly remedy: string } | undefined {
  const vocabulary = vocabularyOf(fact, field)
  const known = vocabulary && vocabularies?.[vocabulary]
  const strange = known && names.find((name) => name !== 'none' && !known.has(name))
  if (!fact || !vocabulary || strange === undefined) return undefined
  const { one, file } = WHERE[vocabulary]
  return {
    message: `${field ?? fact.id}: there is no ${one} ${strange}, so this is never true`,
    remedy: meant(strange, known ?? [], `correct the name, or add it to ${file}`),
  }
}

/** The same for what the examples of rules and the presets give. */
export function checkVocabularies(entries: readonly CheckedEntry[], vocabularies: Vocabularies): readonly Finding[] {
  const facts = new Map(entries.filter((e) => e.kind === 'facts').map((e) => [e.value.id, e.value]))
  return entries.flatMap(({ kind, raw, value }) => {
    const given =
      kind === 'presets'
        ? [{ at: ['given'] as readonly (string | number)[], facts: value.given as object }]
        : ((value.examples as readonly { given?: object }[] | undefined) ?? []).map((e, i) => ({
            at: ['examples', i, 'given'] as readonly (string | number)[],
            facts: e.given ?? {},
          }))
    return given.flatMap(({ at, facts: own }) =>
      Object.entries(own).flatMap(([id, names]): readonly Finding[] => {
        const isNames = Array.isArray(names) && names.every((n) => typeof n === 'string')
        const problem = isNames ? nameProblem(names, facts.get(id), undefined, vocabularies) : undefined
        return problem ? [{ code: 'example', file: raw.file, line: raw.lineOf([...at, id]), entry: value.id, ...problem }] : []
      }),
    )
  })
}
