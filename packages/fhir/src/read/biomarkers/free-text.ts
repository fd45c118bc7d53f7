import { msiIn, percentIn, readHer2Grade, readMetStain, readPdl1, readTmb } from './expression.ts'
import { addGap, find, type Ledger, note, type Origin } from './ledger.ts'
import { recordGene, recordStatement } from './record.ts'
import { type Statement, sentencesOf, statementsIn } from './statements.ts'
import { genesIn, type Tables } from './tables.ts'
import { phaseIn } from './variant.ts'

export interface TextOptions {
  readonly gene?: string
  /** The text belongs to a genomic test, so that sentences without a gene count. */
  readonly isGenomic?: boolean
  /** The result is not final: what it names is pending. */
  readonly isPending?: boolean
}

/**
 * Everything a report text says of biomarkers. Answers whether anything was read.
 * Broad statements ("no other driver alterations") cover the core genes only where the text names a panel.
 */
export function readFreeText(ledger: Ledger, written: string, origin: Origin, options: TextOptions = {}): boolean {
  const { tables } = ledger
  const text = tables.english(written)
  // a panel that failed or is on its way lends its method to nothing
  const isDone = (sentence: string): boolean =>
    !tables.says('insufficient', sentence.replace(tables.pattern('noRna'), ' ')) && !tables.says('pending', sentence)
  const isPanel =
    !tables.says('smallPanel', text) && sentencesOf(text).some((sentence) => tables.says('panel', sentence) && isDone(sentence))
  const isSequencing = isPanel || sentencesOf(text).some((sentence) => /sequenc/i.test(sentence) && isDone(sentence))
  const assay = isSequencing && origin.assay.method === undefined ? { ...origin.assay, method: 'sequencing' as const } : origin.assay
  const here: Origin = { ...origin, assay, ...(options.isGenomic || isPanel ? { isGenomic: true as const } : {}) }
  let read = readMarkers(ledger, text, origin)
  const statements = joinAmplification(statementsIn(text, tables, options.gene))
  for (const statement of statements) {
    // a stain beside a panel in one report is a stain all the same; a panel's method holds for the rest
    const method = statement.method ?? assay.method
    const place: Origin = { ...here, words: statement.words, assay: method === undefined ? assay : { ...assay, method } }
    recordStatement(ledger, options.isPending ? pendingOf(statement) : statement, place)
    read = true
  }
  const isFinal = options.isPending !== true
  if (isPanel && isFinal && hasResult(statements)) ledger.sequenced.push({ assay, source: origin.source })
  for (const sentence of sentencesOf(text)) if (readSentence(ledger, sentence, text, here, options, isPanel, statements)) read = true
  return read
}

/** Ratio, copy number and "not amplified" stand in one sentence but are one finding; a stated verdict outweighs an assumed one. */
function joinAmplification(statements: readonly Statement[]): readonly Statement[] {
  const isCopies = (one: Statement): boolean => one.variants.length > 0 && one.variants.every((variant) => variant.kind === 'amplification')
  const hasNumbers = (one: Statement): boolean =>
    one.variants.some((variant) => variant.copies !== undefined || variant.ratio !== undefined)
  const joined: Statement[] = []
  for (const statement of statements) {
    const at = joined.findIndex(
      (one) =>
        one.gene === statement.gene &&
        one.words === statement.words &&
        isCopies(one) &&
        isCopies(statement) &&
        (hasNumbers(one) || hasNumbers(statement)),
    )
    const known = joined[at]
    if (!known) joined.push(statement)
    else {
      const polarity =
        known.polarity === 'negative' || statement.polarity === 'negative'
          ? 'negative'
          : statement.polarity === 'equivocal'
            ? known.polarity
            : statement.polarity
      joined[at] = { ...known, polarity, variants: [...known.variants, ...statement.variants] }
    }
  }
  return joined
}

const pendingOf = (statement: Statement): Statement => ({ ...statement, polarity: 'pending' })
const hasResult = (statements: readonly Statement[]): boolean =>
  statements.some((one) => one.polarity === 'positive' || one.polarity === 'negative' || one.polarity === 'tested')

function readSentence(
  ledger: Ledger,
  sentence: string,
  whole: string,
  origin: Origin,
  options: TextOptions,
  isPanel: boolean,
  statements: readonly Statement[],
): boolean {
  const { tables } = ledger
  const here = { ...origin, words: sentence }
  const namesGene = genesIn(sentence, tables).length > 0
  let read = false
  if (
    tables.says('tumourFraction', sentence) ||
    (origin.assay.kind === 'plasma' && (tables.says('lowShedding', sentence) || tables.says('enoughShedding', sentence)))
  ) {
    readTumourFraction(ledger, sentence, here)
    read = true
  }
  if (tables.says('rna', sentence)) {
    ledger.rna.push({
      done: !tables.says('noRna', sentence) && !tables.says('pending', sentence) && options.isPending !== true,
      assay: origin.assay,
      source: origin.source,
      words: sentence,
    })
  } else if (tables.says('noRna', sentence)) ledger.rna.push({ done: false, assay: origin.assay, source: origin.source, words: sentence })
  const phase = phaseIn(sentence, tables)
  if (phase && /\d/.test(whole))
    ledger.phases.push({
      value: phase,
      source: origin.source,
      words: sentence,
      ...(origin.assay.on === undefined ? {} : { on: origin.assay.on }),
    })
  const state = stateIn(sentence, tables, here)
  const saysRna = state !== 'untested' && tables.says('rna', sentence)
  if (state !== undefined && (saysRna || (tables.says('allFusions', sentence) && !isOfNamedFusions(sentence, tables)))) {
    readOpenFusions(ledger, here, state)
    if (!namesGene) return true
  }
  if (namesGene) return read
  const isMolecular = options.isGenomic === true || tables.says('broadTest', sentence) || tables.says('panel', sentence)
  if (!isMolecular || tables.says('pdl1', sentence) || tables.says('notTumour', sentence)) return read
  if (tables.says('pending', sentence) || (options.isPending === true && statements.length === 0)) {
    failed(ledger, here, sentence)
    broad(ledger, 'pending', here)
    return true
  }
  if ((tables.says('insufficient', sentence) || isUnreliable(sentence, tables, here)) && !tables.says('rna', sentence)) {
    failed(ledger, here, sentence)
    broad(ledger, 'insufficient', here)
    return true
  }
  const covers = (isPanel || options.isGenomic === true) && !/\bgerm-?line\b/i.test(sentence)
  if (covers && (tables.says('noOther', sentence) || tables.says('nothingFound', sentence))) {
    if (isPanel) {
      for (const symbol of tables.codes.broadPanel)
        recordGene(ledger, symbol, 'any', 'covered', { ...here, assay: { ...here.assay, method: 'sequencing' } })
      ledger.sequenced.push({ assay: origin.assay, source: origin.source })
    } else
      note(
        ledger,
        'read-from-text',
        'warning',
        here,
        `"${sentence}" does not name the genes that were looked at`,
        'ask for the list of genes tested',
      )
    return true
  }
  return read
}

/** "NTRK fusions are not covered": said of the genes that are named, which the statements about them tell. */
function isOfNamedFusions(sentence: string, tables: Tables): boolean {
  const symbols = genesIn(sentence, tables).flatMap((mention) => mention.symbols)
  return symbols.length > 0 && symbols.every((symbol) => tables.genes.get(symbol)?.fusion !== undefined)
}

/** What a sentence says of a test that is not done. */
const stateIn = (sentence: string, tables: Tables, origin: Origin): 'insufficient' | 'pending' | 'untested' | undefined =>
  tables.says('hypothetical', sentence)
    ? undefined
    : tables.says('insufficient', sentence) || isUnreliable(sentence, tables, origin)
      ? 'insufficient'
      : tables.says('pending', sentence)
        ? 'pending'
        : tables.says('untested', sentence)
          ? 'untested'
          : undefined

/** Too few tumour cells, or a result that the laboratory itself does not rely on. Plasma has its own measure, the share of tumour DNA. */
const isUnreliable = (sentence: string, tables: Tables, { assay }: Origin): boolean =>
  assay.kind !== 'plasma' && tables.says('unreliable', sentence) && !tables.says('stillReliable', sentence)

/** The whole test failed or is not finished: whatever it did not find, and the list of genes it was to look at, is no witness. */
function failed(ledger: Ledger, origin: Origin, sentence: string): void {
  const { tables } = ledger
  if (!tables.says('partOfTest', sentence) && !tables.says('hypothetical', sentence))
    addGap(ledger, origin, tables.says('panel', sentence) || /sequenc/i.test(sentence))
}

/** RNA or fusions that were not read: what the same test says of DNA is no witness that there is no fusion. */
function readOpenFusions(ledger: Ledger, origin: Origin, state: 'insufficient' | 'pending' | 'untested'): void {
  for (const gene of ledger.tables.genes.values()) {
    if (!gene.fusion) continue
    ledger.uncovered.add(`${origin.assay.key}|${gene.fusion}`)
    if (state !== 'untested') find(ledger, origin, gene.fusion, state, { gene: gene.symbol })
  }
}

/** A broad test that is on its way, or failed: it speaks for every core gene. */
export function broad(ledger: Ledger, verdict: 'pending' | 'insufficient', origin: Origin): void {
  const entry = {
    source: origin.source,
    ...(origin.assay.on === undefined ? {} : { on: origin.assay.on }),
    ...(origin.words === undefined ? {} : { words: origin.words }),
  }
  ledger[verdict].push(entry)
  const place: Origin = { ...origin, assay: { ...origin.assay, method: 'sequencing' } }
  for (const symbol of ledger.tables.genes.keys()) recordGene(ledger, symbol, 'any', verdict, place)
}

/** Share of tumour DNA in plasma: below the threshold, or said to be low, a negative result is no result. */
export function readTumourFraction(ledger: Ledger, sentence: string, origin: Origin): void {
  const { tables } = ledger
  const percent = percentIn(sentence)
  const limit = tables.thresholds.tumourFractionPercent
  const byNumber = percent === undefined ? undefined : percent.low >= limit ? true : percent.high <= limit ? false : undefined
  const byWords = tables.says('lowShedding', sentence)
    ? false
    : tables.says('enoughShedding', sentence)
      ? true
      : /undetect|not detected/i.test(sentence)
        ? false
        : undefined
  // said to be uninformative wins over every number
  const enough = byWords === false ? false : (byNumber ?? byWords)
  ledger.plasma.push({
    assay: { ...origin.assay, kind: 'plasma' },
    source: origin.source,
    enough,
    ...(origin.words === undefined ? {} : { words: origin.words }),
  })
}

/** PD-L1, TMB, MSI and protein stains named in a text. */
function readMarkers(ledger: Ledger, text: string, origin: Origin): boolean {
  const { tables } = ledger
  let read = false
  if (tables.says('pdl1', text))
    for (const sentence of sentencesOf(text))
      if (tables.says('pdl1', sentence)) read = pdl1Sentence(ledger, sentence, { ...origin, words: sentence }) || read
  for (const sentence of sentencesOf(text)) {
    const here = { ...origin, words: sentence }
    if (tables.says('tmb', sentence)) read = readTmb(ledger, sentence, here) || read
    if (tables.says('msi', sentence)) {
      const high = msiIn(sentence, tables)
      if (high !== undefined) find(ledger, here, 'msi-high', high ? 'positive' : 'negative')
      else if (tables.says('pending', sentence)) find(ledger, here, 'msi-high', 'pending')
      read = read || high !== undefined
    }
    if (tables.says('ihc', sentence) || /\d\s?\+/.test(sentence)) {
      for (const clause of sentence.split(/,\s(?=[A-Za-z-]*[A-Z])/)) {
        const place = { ...here, words: clause }
        for (const symbol of genesIn(clause, tables).flatMap((mention) => mention.symbols)) {
          const stain = tables.genes.get(symbol)?.stain
          if (stain === 'her2-ihc') read = readHer2Grade(ledger, clause, place) || read
          else if (stain !== undefined) read = readMetStain(ledger, clause, place) || read
        }
      }
    }
  }
  return read
}

function pdl1Sentence(ledger: Ledger, sentence: string, origin: Origin): boolean {
  const { tables } = ledger
  const own = sentence.slice(Math.max(0, sentence.search(tables.pattern('pdl1'))))
  const unknown = tables.says('pending', own) ? 'pending' : tables.says('insufficient', own) ? 'insufficient-sample' : undefined
  if (unknown && percentIn(own) === undefined) {
    ledger.numbers.push({ fact: 'pd-l1-tps', unknown, assay: origin.assay, source: origin.source, words: sentence, coded: false })
    return true
  }
  return readPdl1(ledger, sentence, origin)
}

/** Does a text concern biomarkers at all? */
export const concernsBiomarkers = (text: string, tables: Tables): boolean =>
  genesIn(text, tables).length > 0 ||
  tables.says('pdl1', text) ||
  tables.says('tmb', text) ||
  tables.says('msi', text) ||
  tables.says('tumourFraction', text)
