import type { FactWords, KnowledgeWords } from '@secondwind/server/contract'

/** A change of a fact as it may be meant. `set` absent: the fact is clear, its value still to be given. */
export interface Suggestion {
  readonly fact: string
  readonly set?: string
  /** The value in words: the label of a code, the name of a drug, the number as typed. */
  readonly value?: string
}

const YES = new Set([
  'yes',
  'positive',
  'pos',
  'present',
  'detected',
  'found',
  'true',
  '+',
  'ja',
  'positiv',
  'sí',
  'si',
  'positivo',
  'positiva',
])
const NO = new Set([
  'no',
  'not',
  'negative',
  'neg',
  'absent',
  'without',
  'false',
  'nein',
  'kein',
  'keine',
  'negativ',
  'negativo',
  'negativa',
  'sin',
])
const UNKNOWN = new Set(['unknown', 'untested', '?', 'unbekannt', 'desconocido', 'desconocida'])
const FILLER = new Set(['is', 'on', 'with', 'has', 'had', 'the', 'a', 'an', 'of', 'takes', 'taking', 'now', 'unter', 'con', 'mit'])
const NUMBER_LAST = /^(.*?)(?:^|[\s=:])([<>]?-?\d+(?:[.,]\d+)?)\s*([^\d\s][^\s]*(?:\s[^\s]+)?)?$/
/** Facts about how care was given, not about the patient now: nobody asks what if of them. */
const ASIDE: readonly string[] = ['quality']
const MOST = 8

interface Asked {
  readonly names: readonly string[]
  readonly number?: string
  readonly truth?: 'yes' | 'no' | 'unknown'
}

/** The changes that some words may mean, likeliest first: "ROS1 positive", "ECOG 3", "creatinine 130 umol/L", "on apixaban", "pregnant", "ecog=3". */
export function suggestionsFor(text: string, words: KnowledgeWords): readonly Suggestion[] {
  const typed = text.trim()
  if (typed === '') return []
  const raw = /^([a-z0-9-]+)\s*=\s*(.+)$/i.exec(typed)
  if (raw && words.facts.some(({ id }) => id === raw[1]!.toLowerCase()))
    return [{ fact: raw[1]!.toLowerCase(), set: `${raw[1]!.toLowerCase()}=${raw[2]}`, value: raw[2]! }]
  const readings = readingsOf(typed)
  const found = new Map<string, { readonly suggestion: Suggestion; readonly score: number }>()
  const add = (suggestion: Suggestion, score: number): void => {
    const key = suggestion.set ?? suggestion.fact
    if ((found.get(key)?.score ?? 0) < score) found.set(key, { suggestion, score })
  }
  for (const reading of readings) {
    for (const about of words.facts) if (!ASIDE.includes(about.group)) suggestFact(about, reading, words.units[about.id] ?? [], add)
    for (const drug of words.drugs) suggestDrug(drug, reading, add)
  }
  return [...found.values()]
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST)
    .map(({ suggestion }) => suggestion)
}

/** Words may hold a number as a value ("ECOG 3") or as part of a name ("exon 19 deletion"): both are tried. */
function readingsOf(text: string): readonly Asked[] {
  const split = NUMBER_LAST.exec(text)
  const whole = namesAndTruth(text)
  return split === null
    ? [whole]
    : [whole, { names: namesAndTruth(split[1]!).names, number: `${split[2]}${split[3] === undefined ? '' : ` ${split[3]}`}` }]
}

function namesAndTruth(text: string): Asked {
  const all = text
    .toLowerCase()
    .split(/\s+/)
    .filter((one) => one !== '')
  const truth = all.some((one) => UNKNOWN.has(one))
    ? 'unknown'
    : all.some((one) => NO.has(one))
      ? 'no'
      : all.some((one) => YES.has(one))
        ? 'yes'
        : undefined
  const names = all.filter((one) => !YES.has(one) && !NO.has(one) && !UNKNOWN.has(one) && !FILLER.has(one)).flatMap(tokensOf)
  return { names, ...(truth === undefined ? {} : { truth }) }
}

type Units = KnowledgeWords['units'][string]
type Add = (suggestion: Suggestion, score: number) => void

function suggestFact(about: FactWords, { names, number, truth }: Asked, units: Units, add: Add): void {
  if (names.length === 0) return
  const { id: fact, type, values, label } = about
  const own = fit(names, [tokensOf(label), tokensOf(fact), ...(about.aliases ?? []).map(tokensOf)])
  if (truth === 'unknown' && own > 0) add({ fact, set: `${fact}=unknown` }, own)
  switch (type) {
    case 'truth':
      if (own > 0 && number === undefined && truth !== 'unknown')
        for (const value of truth === undefined ? (['yes', 'no'] as const) : [truth])
          add({ fact, set: `${fact}=${value}` }, truth === undefined && value === 'no' ? own * 0.9 : own)
      break
    case 'integer':
    case 'quantity':
      if (own === 0 || truth !== undefined) break
      if (number === undefined) add({ fact }, own * 0.8)
      else for (const value of numbersFor(number, about, units)) add({ fact, set: `${fact}=${value}`, value }, own * 1.2)
      break
    case 'code':
    case 'codes':
      for (const [value, words] of Object.entries(values ?? {})) {
        const score = fit(names, [[...tokensOf(label), ...tokensOf(words)], [...tokensOf(fact), ...tokensOf(value)], tokensOf(words)])
        const isNamed = fit(names, [tokensOf(words), tokensOf(value)]) > 0 || score > own
        // yes and no are said of things that are or are not, seldom of one value among several
        if (isNamed && score > 0 && number === undefined && truth !== 'no' && truth !== 'unknown')
          add({ fact, set: `${fact}=${value}`, value: words }, truth === undefined ? score : score * 0.5)
      }
      if (own > 0 && number === undefined && truth === undefined) add({ fact }, own * 0.7)
      break
    case 'date':
    case 'text':
      if (own > 0 && number === undefined && truth === undefined) add({ fact }, own * 0.5)
      break
    case 'list':
      break
  }
}

/** A number with its unit, or, where several units are in use and none was written, with each in which it is possible. */
function numbersFor(number: string, { plausible }: FactWords, units: Units): readonly string[] {
  if (/[^\d.,<>-]/.test(number)) return [number]
  const value = Number(number.replace(/^[<>]/, '').replace(',', '.'))
  const isPossible = (inUnit: number): boolean => plausible === undefined || (inUnit >= plausible[0] && inUnit <= plausible[1])
  if (units.length === 0) return isPossible(value) ? [number] : []
  return units.filter(({ factor, offset }) => isPossible((value + offset) * factor)).map(({ unit }) => `${number} ${unit}`)
}

function suggestDrug(drug: KnowledgeWords['drugs'][number], { names, number, truth }: Asked, add: Add): void {
  if (number !== undefined || truth === 'no' || truth === 'unknown' || names.join('').length < 4) return
  const score = fit(names, [tokensOf(drug.label), tokensOf(drug.id), ...drug.names.map(tokensOf)])
  if (score === 0) return
  const { fact, set } = drug.anticancer
    ? { fact: 'current-drugs', set: `current-drugs=${drug.id}` }
    : { fact: 'medicines', set: `medicines=+${drug.id}` }
  add({ fact, set, value: drug.label }, score)
}

/** How well names fit one of some word lists: every name must be found there; whole words and short lists count more. 0: not at all. */
function fit(names: readonly string[], lists: readonly (readonly string[])[]): number {
  return Math.max(0, ...lists.map((list) => fitOne(names, list)))
}

function fitOne(names: readonly string[], list: readonly string[]): number {
  let sum = 0
  for (const name of names) {
    const best = list.reduce((most, word) => Math.max(most, word === name ? 1 : name.length >= 2 && word.startsWith(name) ? 0.7 : 0), 0)
    if (best === 0) return 0
    sum += best
  }
  return (sum / names.length) * (0.6 + (0.4 * Math.min(names.length, list.length)) / Math.max(1, list.length))
}

const tokensOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
