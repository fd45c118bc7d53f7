import type { Resource } from '../context.ts'
import { conceptOf, conceptsOf, elementValue, notesOf, numberOf, objectOf, quantityOf, stringOf, wordsOf } from '../shapes.ts'
import { assayOf } from './assay.ts'
import { inOneBand, msiIn, type Percent, push, readHer2Grade, readPdl1, readTmb } from './expression.ts'
import { broad, concernsBiomarkers, readFreeText, readTumourFraction } from './free-text.ts'
import { find, type Ledger, note, type Origin, type Verdict } from './ledger.ts'
import { isOneTest, withSubject } from './one-test.ts'
import { recordGene, recordStain, recordVariant } from './record.ts'
import type { Tables, TestCode } from './tables.ts'
import { type Answer, answerOf } from './variant-observation.ts'

export type Status = 'final' | 'pending' | 'insufficient'

const join = (texts: readonly (string | undefined)[]): string => texts.filter((text) => text !== undefined && text !== '').join(' ; ')

/** Everything the value, the interpretation and the notes say, in words. */
function valueWords(resource: Resource): string {
  const value = elementValue(resource)
  const quantity = quantityOf(value?.value)
  const range = value?.name === 'valueRange' ? objectOf(value.value) : undefined
  const text =
    quantity !== undefined
      ? `${quantity.comparator ?? ''}${quantity.value} ${quantity.unit ?? quantity.code ?? ''}`
      : range !== undefined
        ? `${quantityOf(range.low)?.value ?? ''}-${quantityOf(range.high)?.value ?? ''}%`
        : typeof value?.value === 'boolean'
          ? value.value
            ? 'positive'
            : 'negative'
          : (stringOf(value?.value) ?? numberOf(value?.value)?.toString() ?? join(wordsOf(conceptOf(value?.value))))
  return join([text, ...conceptsOf(resource.interpretation).flatMap((concept) => wordsOf(concept))])
}

function answer(resource: Resource, ledger: Ledger): Answer {
  const value = elementValue(resource)
  if (typeof value?.value === 'boolean') return value.value ? 'present' : 'absent'
  const own = answerOf(conceptOf(value?.value), ledger.tables)
  if (own !== undefined) return own
  for (const concept of conceptsOf(resource.interpretation)) {
    const interpreted = answerOf(concept, ledger.tables)
    if (interpreted !== undefined) return interpreted
  }
  return undefined
}

const verdictOf = (status: Status, said: Answer): Verdict | undefined =>
  status !== 'final'
    ? status
    : said === 'present'
      ? 'positive'
      : said === 'absent'
        ? 'negative'
        : said === undefined
          ? undefined
          : 'equivocal'

/** A test with a code we know. Answers whether it was understood. */
export function readCodedTest(resource: Resource, test: TestCode, ledger: Ledger, status: Status): boolean {
  const words = ledger.tables.english(valueWords(resource))
  const { context } = ledger
  const assay = assayOf(resource, ledger, test)
  const origin: Origin = { assay, source: context.source(resource, 'value'), coded: true, ...(words === '' ? {} : { words }) }
  for (const [index, text] of notesOf(resource).entries()) {
    readFreeText(
      ledger,
      text,
      { assay, source: context.source(resource, `note[${index}]`), coded: false, words: text },
      test.genes?.[0] ? { gene: test.genes[0] } : {},
    )
  }
  if (test.measure) return readMeasure(resource, test, test.measure, ledger, status, words, origin)
  const verdict = verdictOf(status, answer(resource, ledger))
  if (test.covers === 'tested-list') return true
  if (test.about) {
    if (verdict === undefined) return readGeneText(ledger, words, origin, test)
    if (test.method === 'ihc' && test.genes?.[0]) {
      const gene = ledger.tables.genes.get(test.genes[0])
      if (gene) recordStain(ledger, gene, verdict, origin)
      return true
    }
    if (!(test.part && verdict === 'negative')) find(ledger, origin, test.about, verdict)
    return true
  }
  const isSpecific = /\d/.test(words) || /::|deletion|insertion|skipping|fusion/i.test(words)
  if (verdict === undefined || (verdict === 'positive' && isSpecific)) return readGeneText(ledger, words, origin, test)
  for (const symbol of test.genes ?? []) {
    const gene = ledger.tables.genes.get(symbol)
    if (!gene) continue
    if (test.covers === 'expression' || test.method === 'ihc') recordStain(ledger, gene, verdict, origin)
    else if (verdict === 'positive') recordPresence(ledger, test, symbol, origin)
    else if (!(test.part && verdict === 'negative')) recordGene(ledger, symbol, test.covers ?? 'unstated', verdict, origin)
  }
  return true
}

function recordPresence(ledger: Ledger, test: TestCode, symbol: string, origin: Origin): void {
  const gene = ledger.tables.genes.get(symbol)
  if (!gene) return
  if (test.covers === 'fusion')
    recordVariant(ledger, { gene: symbol, kind: 'fusion', label: `${symbol} fusion`, start: 0, end: 0 }, undefined, origin)
  else if (test.covers === 'amplification')
    recordVariant(ledger, { gene: symbol, kind: 'amplification', label: `${symbol} amplification`, start: 0, end: 0 }, undefined, origin)
  else if (gene.anyAlteration) find(ledger, origin, gene.anyAlteration, 'positive', { gene: symbol })
  else {
    for (const fact of gene.mutation ?? []) find(ledger, origin, fact, 'equivocal', { gene: symbol })
    note(
      ledger,
      'unclassified-variant',
      'warning',
      origin,
      `${symbol} is reported as mutated without the change`,
      'ask the laboratory for the exact change',
    )
  }
}

function readGeneText(ledger: Ledger, words: string, origin: Origin, test: TestCode): boolean {
  const gene = test.genes?.[0]
  return gene !== undefined && readFreeText(ledger, `${gene}: ${words}`, { ...origin, words }, { gene })
}

function readMeasure(
  resource: Resource,
  test: TestCode,
  measure: NonNullable<TestCode['measure']>,
  ledger: Ledger,
  status: Status,
  words: string,
  origin: Origin,
): boolean {
  const factOf = {
    copies: 'met-copy-number',
    ratio: 'met-cep7-ratio',
    'her2-grade': 'her2-ihc',
    tps: 'pd-l1-tps',
    'pd-l1': 'pd-l1-tps',
    tmb: 'tmb',
    msi: 'msi-high',
  } as const
  const value = elementValue(resource)
  const quantity = quantityOf(value?.value)
  const amount = quantity?.value ?? numberOf(value?.value)
  if (status !== 'final') {
    if (measure === 'msi') find(ledger, origin, 'msi-high', status)
    else if (test.genes && (measure === 'copies' || measure === 'ratio'))
      for (const gene of test.genes) recordGene(ledger, gene, 'amplification', status, origin)
    else
      ledger.numbers.push({
        fact: factOf[measure],
        unknown: status === 'pending' ? 'pending' : 'insufficient-sample',
        assay: origin.assay,
        source: origin.source,
        coded: true,
        ...(words === '' ? {} : { words }),
      })
    return true
  }
  switch (measure) {
    case 'copies':
    case 'ratio': {
      const symbol = test.genes?.[0]
      if (amount === undefined || symbol === undefined) return readGeneText(ledger, words, origin, test)
      recordVariant(
        ledger,
        {
          gene: symbol,
          kind: 'amplification',
          [measure]: amount,
          label: `${measure === 'copies' ? 'copy number' : 'ratio'} ${amount}`,
          start: 0,
          end: 0,
        },
        undefined,
        origin,
      )
      return true
    }
    case 'her2-grade':
      return readHer2(resource, ledger, words, amount, origin)
    case 'tmb': {
      if (amount === undefined) return readTmb(ledger, words, origin)
      push(ledger, 'tmb', amount, origin)
      return true
    }
    case 'msi':
      return readMsi(resource, ledger, words, origin)
    default:
      return readTps(resource, test, ledger, words, amount, origin)
  }
}

function readHer2(resource: Resource, ledger: Ledger, words: string, amount: number | undefined, origin: Origin): boolean {
  const codes = conceptOf(elementValue(resource)?.value).codings.map((coding) => coding.code)
  const graded = codes.map((code) => ledger.tables.codes.answers.her2Grade[code]).find((grade) => grade !== undefined) ?? amount
  if (graded !== undefined && Number.isInteger(graded) && graded >= 0 && graded <= 3) {
    push(ledger, 'her2-ihc', graded, origin)
    return true
  }
  const said = answer(resource, ledger)
  return readHer2Grade(
    ledger,
    /\d/.test(words) || said === undefined ? words : said === 'present' ? 'positive' : said === 'absent' ? 'negative' : 'equivocal',
    origin,
  )
}

function readMsi(resource: Resource, ledger: Ledger, words: string, origin: Origin): boolean {
  const { tables } = ledger
  const codes = conceptOf(elementValue(resource)?.value).codings.map((coding) => coding.code)
  const byCode = codes.some((code) => tables.answers.msiHigh?.has(code))
    ? true
    : codes.some((code) => tables.answers.msiStable?.has(code))
      ? false
      : undefined
  const said = answer(resource, ledger)
  const high = byCode ?? msiIn(words, tables) ?? (said === 'present' ? true : said === 'absent' ? false : undefined)
  find(ledger, origin, 'msi-high', high === undefined ? 'equivocal' : high ? 'positive' : 'negative')
  return true
}

const isWithoutTps = (test: TestCode, tables: Tables): boolean => test.clone !== undefined && tables.says('cloneWithoutTps', test.clone)

/** A coded PD-L1 result. The tumour proportion score needs a percent sign, its own code, or the words. */
function readTps(resource: Resource, test: TestCode, ledger: Ledger, words: string, amount: number | undefined, origin: Origin): boolean {
  const { tables } = ledger
  const quantity = quantityOf(elementValue(resource)?.value)
  const label = join([conceptOf(resource.code).text, words])
  if (tables.says('cps', label) || (tables.says('ic', label) && test.measure === 'pd-l1'))
    return readPdl1(ledger, `PD-L1 ${label}`, origin, test.clone)
  if (amount === undefined) {
    const said = answer(resource, ledger)
    const text = /\d/.test(words) || said === undefined ? words : said === 'absent' ? 'TPS negative' : 'TPS positive'
    if (isWithoutTps(test, tables) && said !== undefined && !/\d/.test(words)) return true
    return readPdl1(ledger, `PD-L1 ${test.measure === 'tps' ? 'TPS ' : ''}${text}`, origin, test.clone ?? 'TPS')
  }
  if (isWithoutTps(test, tables)) {
    note(
      ledger,
      'read-from-text',
      'information',
      origin,
      `a percentage by ${test.clone} without saying which cells is no tumour proportion score`,
    )
    return true
  }
  const isFraction =
    quantity !== undefined &&
    quantity.code !== '%' &&
    quantity.unit?.includes('%') !== true &&
    amount > 0 &&
    amount <= 1 &&
    (quantity.code === '1' || quantity.unit !== undefined)
  if (isFraction || amount < 0 || amount > 100) {
    note(
      ledger,
      isFraction ? 'implausible-unit' : 'implausible-value',
      'warning',
      origin,
      `PD-L1 of ${amount} ${quantity?.unit ?? quantity?.code ?? ''}`.trim(),
      'give it in percent of tumour cells',
    )
    push(ledger, 'pd-l1-tps', undefined, origin)
    return true
  }
  const range: Percent = quantity?.comparator?.startsWith('>')
    ? { low: amount, high: 100 }
    : quantity?.comparator === '<'
      ? { low: 0, high: Math.max(0, amount - 0.001) }
      : quantity?.comparator === '<='
        ? { low: 0, high: amount }
        : { low: amount, high: amount }
  push(ledger, 'pd-l1-tps', inOneBand(range, tables.thresholds.pdl1Bands), origin)
  return true
}

/** A test of the tumour's genes at large: no infection, no inherited disease, no single foreign gene. */
export const isBroadTest = (name: string, tables: Tables): boolean =>
  (tables.says('broadTest', name) || tables.says('panel', name)) && !tables.says('notTumour', name)

/** A test named in words only: `ALK immunohistochemistry (D5F3)`, `NGS panel`, `ctDNA tumour fraction`, `PD-L1 TPS`. */
export function readNamedTest(resource: Resource, ledger: Ledger, status: Status): boolean {
  const { tables, context } = ledger
  const code = conceptOf(resource.code)
  const name = join(wordsOf(code))
  const words = ledger.tables.english(valueWords(resource))
  const isBroad = isBroadTest(name, tables)
  // a code that says no more than "fusion" is about whatever its value names
  const isBare = !isBroad && !concernsBiomarkers(name, tables)
  if (isBare && !(tables.says('bareAlteration', name) && concernsBiomarkers(words, tables))) return false
  const assay = assayOf(resource, ledger, undefined, name)
  const subject = name.replace(/\s*;\s*/g, ', ').replace(/[:.]\s*$/, '')
  const text = isOneTest(subject, tables) && words !== '' ? withSubject(subject, words, tables) : `${subject}: ${words}`
  const origin: Origin = {
    assay,
    source: context.source(resource, 'value'),
    coded: false,
    words: words === '' ? name : `${name}: ${words}`,
  }
  if (status !== 'final') {
    if (isBroad && !concernsBiomarkers(name, tables)) broad(ledger, status, origin)
    else readFreeText(ledger, `${name} ${status}`, origin, {})
    return true
  }
  let read = false
  if (tables.says('tumourFraction', name)) {
    readTumourFraction(ledger, text, origin)
    read = true
  } else if (words !== '' && tables.says('pdl1', name)) read = readPdl1(ledger, text, origin)
  else if (words !== '') read = readFreeText(ledger, text, origin, isBroad ? { isGenomic: true } : {})
  for (const [index, said] of notesOf(resource).entries()) {
    const here: Origin = { assay, source: context.source(resource, `note[${index}]`), coded: false, words: said }
    read = readFreeText(ledger, said, here, isBroad ? { isGenomic: true } : {}) || read
  }
  return read
}
