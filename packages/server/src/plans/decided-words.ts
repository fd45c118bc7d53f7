import type { KnowledgeBase } from '@secondwind/core'
import { drugLookup } from '@secondwind/fhir'
import { readerFor } from '../compose.ts'

/** `knowledge/terminology/decision-words.yaml`. */
interface DecisionWords {
  readonly classes: { readonly [id: string]: readonly string[] }
  readonly withheld: readonly string[]
  readonly given: readonly string[]
  readonly denied: readonly string[]
  readonly joins: readonly string[]
}

/** Drugs and classes of them, by id, each once and in order. */
export interface Named {
  readonly drugs: readonly string[]
  readonly classes: readonly string[]
}

const NOTHING: Named = { drugs: [], classes: [] }
/** No letter of any word: it stands where a drug or a class was named. */
const MARK = '§'
/** Words between a drug and the verb behind it: "osimertinib wird ab heute pausiert". */
const MOST_BETWEEN = 4

/**
 * Drugs and classes that a decision in free words speaks of as given. Words are read by the names, brands and classes of the knowledge base. What is only held
 * or stopped is not given; whatever leaves a doubt (not held after all, held and then started again, a dose, a second drug of which it is not said) is.
 */
export function givenIn(words: string, knowledge: KnowledgeBase): Named {
  const said = knowledge.terminology['decision-words'] as DecisionWords
  const mentions = drugLookup(readerFor(knowledge)).find(words)
  let text = words
  for (const { at, end } of mentions.toReversed()) text = `${text.slice(0, at)} ${MARK} ${text.slice(end)}`
  text = plain(text)
  const classes: string[] = []
  for (const [name, id] of classNames(said, knowledge)) {
    // a class that is part of a longer name of one is named by that one
    if (!` ${text} `.includes(` ${name} `)) continue
    text = ` ${text} `.replaceAll(` ${name} `, ` ${MARK} `).trim()
    classes.push(id)
  }
  const named = { drugs: once(mentions.map(({ drug }) => drug)), classes: once(classes) }
  return isOnlyWithheld(text, said) ? NOTHING : named
}

/** Whether everything that is named stands beside a verb of holding, and nothing in the text speaks of giving. */
function isOnlyWithheld(text: string, said: DecisionWords): boolean {
  if (!text.includes(MARK) || has(text, said.given)) return false
  const verb = `(?:${said.withheld.map(plain).join('|')})`
  const join = `(?:(?: ,)? (?:${said.joins.map(plain).join('|')}))`
  // a comma alone joins nothing: "stop this, that from tomorrow"
  const list = `${MARK}(?:${join}+ ${MARK})*`
  const left = text
    .replace(new RegExp(`(?<![^ ])${verb}${join}* ${list}(?![^ ])`, 'gu'), '.')
    .replace(new RegExp(`${list}(?: (?!${verb}(?![^ ]))[\\p{L}\\p{N}]+){0,${MOST_BETWEEN}} ${verb}(?= [.,]|$)`, 'gu'), '.')
  return !left.includes(MARK) && !has(text, said.denied)
}

const has = (text: string, words: readonly string[]): boolean => words.some((word) => ` ${text} `.includes(` ${plain(word)} `))

/** Every way to name a class, the longest first: by its id, and in the words of the table. */
function classNames(said: DecisionWords, knowledge: KnowledgeBase): readonly (readonly [name: string, id: string])[] {
  const all = new Set(knowledge.drugs.filter(({ anticancer }) => anticancer).flatMap((drug) => drug.classes))
  return [...all]
    .flatMap((id) => [id, `${id}s`, ...(said.classes[id] ?? [])].map((name) => [plain(name), id] as const))
    .sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1))
}

/** Lower case, words and the marks that part them, each with a space around. */
const plain = (text: string): string =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+|[.,;:!?()]|§/gu) ?? []).map((one) => (/[.;:!?()]/.test(one) ? '.' : one)).join(' ')

const once = (ids: readonly string[]): readonly string[] => [...new Set(ids)].sort()
