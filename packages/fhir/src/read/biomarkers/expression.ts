import { type Ledger, note, type Origin } from './ledger.ts'
import { sentencesOf } from './statements.ts'
import { genesIn, type Tables } from './tables.ts'

/** A percentage as text gives it: one number, a range, or a bound. */
export interface Percent {
  readonly low: number
  readonly high: number
}

const BOUND =
  /(>=|≥|=>|>|<=|≤|<|at least|not less than|no less than|not more than|no more than|at most|more than|less than|greater than|lower than|fewer than|up to|over|under|below|above|exceeds|exceeding)\s*(?:the\s+)?(\d{1,3}(?:[.,]\d+)?)\s*%?/i
const RANGE = /(\d{1,3}(?:[.,]\d+)?)\s*%?\s*(?:-|–|—|to)\s*(\d{1,3}(?:[.,]\d+)?)\s*%/i
const PLAIN = /(\d{1,3}(?:[.,]\d+)?)\s*(?:%|percent|per cent)/i
const BARE = /^\W*(?:score|is|was|of|:|=)*\W*(\d{1,3}(?:[.,]\d+)?)(?![\d.]*\s?(?:[A-Za-z+/]))/i

const number = (text: string | undefined): number => Number((text ?? '').replace(',', '.'))

/** Percentages of 0 to 100. A bound reaches to the end of the scale; `<1%` is 0 up to (not including) 1. */
export function percentIn(text: string, allowBare = false): Percent | undefined {
  const range = RANGE.exec(text)
  if (range) return within({ low: number(range[1]), high: number(range[2]) })
  const bound = BOUND.exec(text)
  if (bound) {
    const limit = number(bound[2])
    const isFloor = /^(?:>=|≥|=>|>|at least|not less than|no less than|more than|greater than|over|above|exceeds|exceeding)$/i.test(
      bound[1] ?? '',
    )
    const isOpen = /^(?:<|less than|lower than|fewer than|under|below)$/i.test(bound[1] ?? '')
    return within(isFloor ? { low: limit, high: 100 } : { low: 0, high: isOpen ? Math.max(0, limit - 0.001) : limit })
  }
  const plain = PLAIN.exec(text) ?? (allowBare ? BARE.exec(text) : null)
  return plain ? within({ low: number(plain[1]), high: number(plain[1]) }) : undefined
}

const within = (percent: Percent): Percent | undefined =>
  percent.low >= 0 && percent.high <= 100 && percent.low <= percent.high ? percent : undefined

/** The value that stands for a range lying wholly in one band: its lower bound. A range over two bands stands for nothing. */
export function inOneBand(percent: Percent, bands: readonly number[]): number | undefined {
  const band = (value: number): number => bands.filter((floor) => value >= floor).length
  return band(percent.low) === band(percent.high) ? percent.low : undefined
}

/** An assay whose percentage is no tumour proportion score unless it says so. */
const WITHOUT_TPS = 'without-tps'

type Score = 'pd-l1-tps' | 'pd-l1-cps' | 'pd-l1-ic'

/** PD-L1 in words. TPS, CPS and immune-cell scores are never taken for one another; a clone that scores other cells gives no TPS without a label. */
export function readPdl1(ledger: Ledger, text: string, origin: Origin, clone?: string): boolean {
  const { tables } = ledger
  const pieces = splitScores(text, tables)
  const assay = clone ?? (tables.says('cloneWithoutTps', text) ? WITHOUT_TPS : undefined)
  let read = false
  for (const piece of pieces) {
    const score = scoreOf(piece, tables, assay)
    if (score === undefined) continue
    const words = piece.trim()
    const here = { ...origin, words: origin.words ?? words }
    read = true
    const labelled = piece.replace(tables.pattern('pdl1'), ' ').replace(tables.pattern('clones'), ' ')
    const after =
      score === 'pd-l1-tps'
        ? labelled.replace(/^.*?(?:\bTPS\b|proportion score)(?:\s?\([^)]*\))?/i, '')
        : labelled.replace(/^.*?(?:\bCPS\b|combined positive score|\bICs?\b|immune cells?)/i, '')
    const percent = percentIn(after, true) ?? percentIn(labelled)
    const value =
      percent === undefined
        ? wordValue(labelled, score, tables)
        : score === 'pd-l1-tps'
          ? inOneBand(percent, tables.thresholds.pdl1Bands)
          : percent.low === percent.high
            ? percent.low
            : undefined
    push(ledger, score, value, here, words)
    if (value === undefined)
      note(
        ledger,
        'read-from-text',
        'warning',
        here,
        `PD-L1 "${words}" does not say which band it is in`,
        'ask for the tumour proportion score in percent',
      )
  }
  return read
}

/** Cuts a text where a new score begins, so that `TPS 60%, CPS 65` gives two. */
function splitScores(text: string, tables: Tables): readonly string[] {
  const pieces: string[] = []
  for (const sentence of sentencesOf(text)) {
    const label = new RegExp(
      `(?:${tables.pattern('tps').source})|(?:${tables.pattern('cps').source})|(?:${tables.pattern('ic').source})`,
      'gi',
    )
    const starts = [...sentence.matchAll(label)].map((match) => match.index)
    const cuts = starts.filter(
      (start, index) => index === 0 || /\d|negative|positive|high|low/i.test(sentence.slice(starts[index - 1], start)),
    )
    if (cuts.length <= 1) pieces.push(untilGene(sentence, tables))
    else
      for (const [index, start] of cuts.entries())
        pieces.push(untilGene(`PD-L1 ${sentence.slice(start, cuts[index + 1] ?? sentence.length)}`, tables))
  }
  return pieces
}

/** A sentence may go on with other markers: PD-L1 ends where the next gene is named, and starts at its own name. */
function untilGene(sentence: string, tables: Tables): string {
  const at = sentence.search(tables.pattern('pdl1'))
  const own = at < 0 ? sentence : sentence.slice(at)
  const next = genesIn(own, tables).find((gene) => gene.start > 0)
  return next === undefined ? own : own.slice(0, next.start)
}

function scoreOf(piece: string, tables: Tables, clone: string | undefined): Score | undefined {
  if (!tables.says('pdl1', piece) && clone === undefined && !tables.says('tps', piece)) return undefined
  if (tables.says('untested', piece) || tables.says('pending', piece) || tables.says('insufficient', piece)) return undefined
  if (tables.says('cps', piece)) return 'pd-l1-cps'
  const isWithout = clone !== undefined && (clone === WITHOUT_TPS || tables.says('cloneWithoutTps', clone))
  if (/\bTPS\b|proportion score/i.test(piece)) return 'pd-l1-tps'
  if (tables.says('ic', piece)) return 'pd-l1-ic'
  if (isWithout) return undefined
  if (tables.says('tps', piece) || clone !== undefined) return 'pd-l1-tps'
  return percentIn(piece) || /negative|no expression|high/i.test(piece) ? 'pd-l1-tps' : undefined
}

const wordValue = (text: string, score: Score, tables: Tables): number | undefined => {
  if (score !== 'pd-l1-tps') return undefined
  const bands = tables.thresholds.pdl1Bands
  if (/\bnegative\b|\bno (?:pd-?l1 )?expression\b|\bnot expressed\b/i.test(text)) return bands[0]
  if (/\bhigh\b/i.test(text)) return bands[2]
  if (/\blow\b/i.test(text)) return bands[1]
  return undefined
}

export function push(ledger: Ledger, fact: string, value: number | undefined, origin: Origin, words?: string): void {
  ledger.numbers.push({
    fact,
    ...(value === undefined ? { unknown: 'not-informative' as const } : { value }),
    assay: origin.assay,
    source: origin.source,
    coded: origin.coded,
    ...((words ?? origin.words) === undefined ? {} : { words: words ?? origin.words ?? '' }),
  })
}

/** Gene names hold digits that are no grades. */
function withoutGenes(text: string, tables: Tables): string {
  let plain = text
  for (const { start, end } of [...genesIn(text, tables)].reverse()) plain = `${plain.slice(0, start)}gene${plain.slice(end)}`
  return plain
}

/** HER2 stain 0 to 3; `positive` alone is 3+, `negative` alone may be 0 or 1+. */
export function readHer2Grade(ledger: Ledger, text: string, origin: Origin): boolean {
  const grade = /(?<![\d.])([0-3])\s?\+|(?:\bscore|\bIHC|gene)[^0-9.;,]{0,14}(?<![\d.])([0-3])(?![\d.%+])/i.exec(
    withoutGenes(text, ledger.tables),
  )
  const value = grade ? Number(grade[1] ?? grade[2]) : /\bpositive\b/i.test(text) && !/\bnot\b/i.test(text) ? 3 : undefined
  if (value === undefined && !/\bnegative\b|equivocal|\b0\b/i.test(text)) return false
  push(ledger, 'her2-ihc', value ?? (/(?:^|[^\d.])0(?![\d.])/.test(text) && !/\bnegative\b/i.test(text) ? 0 : undefined), origin, text)
  return true
}

/** Share of tumour cells with c-Met 3+. Weaker staining alone says nothing of it unless it covers all cells. */
export function readMetStain(ledger: Ledger, text: string, origin: Origin): boolean {
  const strong = /3\s?\+[^0-9<>≥≤]{0,40}((?:>=|≥|>|<|≤|at least|more than)?\s*\d{1,3}(?:[.,]\d+)?\s*(?:-|–)?\s*\d{0,3}\s*%)/i.exec(text)
  const before = /((?:>=|≥|>|<|≤|at least|more than)?\s*\d{1,3}(?:[.,]\d+)?\s*%)[^0-9;,]{0,50}(?<!\d)3\s?\+/i.exec(text)
  const percent = percentIn((strong ?? before)?.[1] ?? '')
  if (percent) {
    push(ledger, 'met-ihc-3plus-percent', percent.low, origin, text)
    return true
  }
  if (/\bnegative\b|\bno (?:staining|expression)\b/i.test(text)) {
    push(ledger, 'met-ihc-3plus-percent', 0, origin, text)
    return true
  }
  if (!/[123]\s?\+|\bpositive\b|overexpress|\bhigh\b/i.test(text)) return false
  push(ledger, 'met-ihc-3plus-percent', undefined, origin, text)
  return true
}

/** Mutations per megabase in words. */
export function readTmb(ledger: Ledger, text: string, origin: Origin): boolean {
  const value = /(\d{1,3}(?:[.,]\d+)?)\s*(?:mut(?:ation)?s?\.?)?\s*(?:\/|per)\s*(?:Mb|mega)/i.exec(text)?.[1]
  if (value === undefined) return false
  push(ledger, 'tmb', number(value), origin, text)
  return true
}

/** Microsatellite state in words; a contradiction within one text settles nothing. */
export function msiIn(text: string, tables: Tables): boolean | undefined {
  const stable = tables.says('msiStable', text)
  const high = tables.says('msiHigh', stable ? text.replace(tables.pattern('msiStable'), ' ') : text)
  return stable === high ? undefined : high
}
