import type { Resource } from '../context.ts'
import { rememberConcept } from '../remember.ts'
import {
  type Concept,
  codeKeysOf,
  conceptOf,
  conceptsOf,
  elementValue,
  type Json,
  notesOf,
  numberOf,
  objectOf,
  objectsOf,
  quantityOf,
  referencesOf,
  stringOf,
  wordsOf,
} from '../shapes.ts'
import { assayOf } from './assay.ts'
import { classifyVariant } from './classify.ts'
import { readFreeText } from './free-text.ts'
import { find, type Ledger, note, type Origin, type Verdict } from './ledger.ts'
import { germline, recordClass, recordGene, recordVariant, type Significance } from './record.ts'
import { genesIn, type Tables } from './tables.ts'
import { type ParsedVariant, parseVariant, phaseIn, type VariantParts } from './variant.ts'

export type Answer = 'present' | 'absent' | 'noCall' | 'equivocal' | undefined

const codesOf = (concept: Concept): readonly string[] => concept.codings.map((coding) => coding.code)
const join = (texts: readonly (string | undefined)[]): string => texts.filter((text) => text !== undefined && text !== '').join(' ; ')

/** A coded or worded yes, no, or neither. */
export function answerOf(concept: Concept, tables: Tables): Answer {
  for (const answer of ['present', 'absent', 'noCall', 'equivocal'] as const) {
    if (codesOf(concept).some((code) => tables.answers[answer]?.has(code))) return answer
  }
  const words = tables.english(join(wordsOf(concept)))
  if (words === '') return undefined
  if (tables.says('equivocal', words)) return 'equivocal'
  if (tables.says('negative', words)) return 'absent'
  return tables.says('positive', words) ? 'present' : undefined
}

export interface Parts extends VariantParts {
  readonly germline: boolean
  readonly significance: Significance
  readonly words: string
}

/** The components of a variant, of either the mCODE or the genomics-reporting profile. Strings stand where codes should be, too. */
export function partsOf(resource: Resource, ledger: Ledger): Parts {
  const { tables } = ledger
  const texts = new Map<string, string[]>()
  const genes: string[] = []
  let copies: number | undefined
  let isGermline = false
  let significance: Significance
  for (const component of objectsOf(resource.component)) {
    const code = conceptOf(component.code)
    const name =
      codesOf(code)
        .map((one) => tables.componentOf.get(one))
        .find((one) => one !== undefined) ?? componentByWords(join(wordsOf(code)))
    if (name === undefined) continue
    const value = elementValue(component)
    const concept = conceptOf(value?.value)
    if (name === 'gene') genes.push(...symbolsOf(concept, tables))
    else if (name === 'copies') copies = quantityOf(value?.value)?.value ?? numberOf(value?.value)
    else if (name === 'source')
      isGermline = codesOf(concept).some((one) => tables.answers.germline?.has(one)) || tables.says('germline', join(wordsOf(concept)))
    else if (name === 'significance') significance = significanceOf(concept, tables)
    else texts.set(name, [...(texts.get(name) ?? []), ...valueTexts(value?.value, concept, tables)])
  }
  const value = elementValue(resource)
  const valueConcept = conceptOf(value?.value)
  const valueText =
    answerOf(valueConcept, tables) === undefined ||
    wordsOf(valueConcept).some((text) => genesIn(text, tables).length > 0 || /\d/.test(text))
      ? join([...valueTexts(value?.value, valueConcept, tables)])
      : ''
  const interpretation = join(conceptsOf(resource.interpretation).flatMap((concept) => wordsOf(concept)))
  const named = join([...(texts.get('name') ?? []), valueText, conceptOf(resource.code).text])
  const hgvs = join([...(texts.get('protein') ?? []), ...(texts.get('cdna') ?? []), named])
  for (const id of hgvs.matchAll(/\b(N[MP]_\d+|ENS[GT]\d{11})/g)) {
    const symbol = tables.geneOfId.get(id[1] ?? '')
    if (symbol) genes.push(symbol)
  }
  if (genes.length === 0)
    genes.push(...genesIn(join([hgvs]), tables).flatMap((mention) => (mention.symbols.length === 1 ? mention.symbols : [])))
  const notes = notesOf(resource).join(' ; ')
  return {
    genes: [...new Set(genes)],
    protein: join(texts.get('protein') ?? []),
    coding: join(texts.get('cdna') ?? []),
    name: named,
    change: join([...(texts.get('change') ?? []), interpretation]),
    ...(copies === undefined ? {} : { copies }),
    germline: isGermline,
    significance: significance ?? significanceWords(join([named, interpretation, notes]), tables),
    words: join([named, ...(texts.get('protein') ?? []), ...(texts.get('cdna') ?? []), ...(texts.get('phase') ?? []), notes]),
  }
}

/** Components sent with text only. */
const componentByWords = (words: string): string | undefined => {
  if (/gene studied|^gene\b/i.test(words)) return 'gene'
  if (/amino acid|protein change|p\.?\s?hgvs/i.test(words)) return 'protein'
  if (/dna change|c\.?\s?hgvs|coding/i.test(words)) return 'cdna'
  if (/source class|germline|somatic/i.test(words)) return 'source'
  if (/copy number/i.test(words)) return 'copies'
  if (/significance|pathogenic/i.test(words)) return 'significance'
  if (/phase|allelic/i.test(words)) return 'phase'
  return /variant|mutation|fusion|consequence|alteration/i.test(words) ? 'name' : undefined
}

function valueTexts(value: unknown, concept: Concept, tables: Tables): readonly string[] {
  const text = stringOf(value)
  if (text !== undefined) return [text]
  const quantity = quantityOf(value)
  if (quantity) return [`${quantity.comparator ?? ''}${quantity.value} ${quantity.unit ?? quantity.code ?? ''}`]
  const ontology = concept.codings.map((coding) => tables.codes.answers.sequenceChange[coding.code]).filter((one) => one !== undefined)
  const codes = concept.codings
    .map((coding) => coding.code)
    .filter((code) => /[.:>_]|[A-Za-z]\d+[A-Za-z*=]/.test(code) && !/^(?:SO|HGNC|LA\d)/.test(code))
  return [...new Set([...wordsOf(concept), ...codes, ...ontology])]
}

/** Gene symbols of a concept, known to us or not: by HGNC or NCBI id, else by the printed symbol. */
export function symbolsOf(concept: Concept, tables: Tables): readonly string[] {
  const symbols: string[] = []
  for (const { system, code, display } of concept.codings) {
    const id =
      /genenames/i.test(system) && /^\d+$/.test(code) ? `${code}@hgnc` : /ncbi/i.test(system) && /^\d+$/.test(code) ? `${code}@ncbi` : code
    const known =
      tables.geneOfId.get(id) ??
      (tables.genes.has(code) ? code : undefined) ??
      (display && tables.genes.has(display.trim().toUpperCase()) ? display.trim().toUpperCase() : undefined)
    const named = known === undefined && display ? genesIn(display, tables).flatMap((mention) => mention.symbols) : []
    symbols.push(...(known === undefined ? (named.length > 0 ? named : [(display ?? code).trim().toUpperCase()]) : [known]))
  }
  if (symbols.length === 0 && concept.text !== undefined) {
    const named = genesIn(concept.text, tables).flatMap((mention) => mention.symbols)
    symbols.push(...(named.length > 0 ? named : concept.text.split(/[,;/\s]+/).filter((word) => /^[A-Z][A-Z0-9]{1,9}$/.test(word))))
  }
  return [...new Set(symbols)]
}

function significanceOf(concept: Concept, tables: Tables): Significance {
  const codes = codesOf(concept)
  for (const one of ['benign', 'uncertain', 'pathogenic'] as const) if (codes.some((code) => tables.answers[one]?.has(code))) return one
  return significanceWords(join(wordsOf(concept)), tables)
}

const significanceWords = (words: string, tables: Tables): Significance =>
  tables.says('uncertain', words)
    ? 'uncertain'
    : tables.says('benign', words)
      ? 'benign'
      : tables.says('pathogenic', words)
        ? 'pathogenic'
        : undefined

/** A genetic variant assessment (LOINC 69548-6): present, absent, no call or indeterminate. Answers whether it concerns a gene we know. */
export function readVariantObservation(
  resource: Resource,
  ledger: Ledger,
  status: 'final' | 'pending' | 'insufficient',
  implied: Significance,
): boolean {
  const { tables, context } = ledger
  const parts = partsOf(resource, ledger)
  const tested = assayOf(resource, ledger)
  const assay = { ...tested, method: tested.method ?? ('sequencing' as const) }
  const origin: Origin = {
    assay,
    source: context.source(resource, 'component'),
    coded: true,
    ...(parts.words === '' ? {} : { words: parts.words }),
  }
  const variants = parseVariant(parts, tables)
  const genes = [...new Set([...(parts.genes ?? []), ...variants.map((variant) => variant.gene).filter((gene) => gene !== undefined)])]
  const known = genes.filter((gene) => tables.genes.has(gene))
  if (known.length === 0) return false
  const answer = answerOf(conceptOf(elementValue(resource)?.value), tables)
  const verdict: Verdict | undefined =
    status !== 'final' ? status : answer === 'absent' ? 'negative' : answer === 'noCall' || answer === 'equivocal' ? 'equivocal' : undefined
  readNotes(resource, ledger, origin, known[0])
  if (parts.germline) {
    if (verdict === undefined) germline(ledger, known.join(', '), origin)
    return true
  }
  if (verdict !== undefined) {
    if (variants.length > 0) for (const variant of variants) recordClass(ledger, variant, verdict, origin)
    else for (const gene of known) recordGene(ledger, gene, 'any', verdict, origin)
    return true
  }
  const significance = parts.significance ?? implied
  if (variants.length === 0) for (const gene of known) recordUnspecified(ledger, gene, significance, parts.change ?? '', origin)
  const isUnknownPartner = tables.says('unspecifiedPartner', parts.words)
  for (const variant of foldCopies(variants)) {
    const isOpen = isUnknownPartner && variant.kind === 'fusion' && variant.partner === undefined
    recordVariant(ledger, isOpen ? { ...variant, unknownPartner: true } : variant, significance, origin)
  }
  return true
}

/** Amplification words and a copy number in one observation are one finding. */
function foldCopies(variants: readonly ParsedVariant[]): readonly ParsedVariant[] {
  const numbered = variants.filter(
    (variant) => variant.kind === 'amplification' && (variant.copies !== undefined || variant.ratio !== undefined),
  )
  if (numbered.length === 0) return variants
  const [first] = numbered
  if (!first) return variants
  const copies = numbered.find((variant) => variant.copies !== undefined)?.copies
  const ratio = numbered.find((variant) => variant.ratio !== undefined)?.ratio
  const folded: ParsedVariant = { ...first, ...(copies === undefined ? {} : { copies }), ...(ratio === undefined ? {} : { ratio }) }
  return [
    folded,
    ...variants.filter((variant) => variant.kind !== 'amplification' && !(variant.kind === 'fusion' && variant.partner === undefined)),
  ]
}

/** A variant of a known gene whose change is not said. */
function recordUnspecified(ledger: Ledger, symbol: string, significance: Significance, change: string, origin: Origin): void {
  const gene = ledger.tables.genes.get(symbol)
  if (!gene) return
  if (gene.anyAlteration && significance !== 'uncertain' && significance !== 'benign') {
    find(ledger, origin, gene.anyAlteration, 'positive', { gene: symbol })
    return
  }
  const facts = /gain|duplication/i.test(change)
    ? gene.amplification
      ? [gene.amplification]
      : []
    : [...(gene.mutation ?? []), ...(gene.fusion ? [gene.fusion] : [])]
  for (const fact of facts) find(ledger, origin, fact, significance === 'benign' ? 'covered' : 'equivocal', { gene: symbol })
  note(
    ledger,
    'unclassified-variant',
    'warning',
    origin,
    `${symbol}: a variant is present but not which one`,
    'ask the laboratory for the exact change',
  )
}

function readNotes(resource: Resource, ledger: Ledger, origin: Origin, gene: string | undefined): void {
  const { tables, context } = ledger
  for (const [index, text] of notesOf(resource).entries()) {
    const source = context.source(resource, `note[${index}]`)
    readFreeText(ledger, text, { assay: origin.assay, source, coded: false, words: text }, gene === undefined ? {} : { gene })
  }
  for (const component of objectsOf(resource.component)) {
    const value = elementValue(component)
    const words = join(wordsOf(conceptOf(value?.value)))
    const codes = codesOf(conceptOf(component.code))
    const isPhase =
      codes.some((code) => tables.codes.components.phase?.includes(code)) || /phase|allelic/i.test(join(wordsOf(conceptOf(component.code))))
    const phase = isPhase ? phaseIn(words, tables) : undefined
    if (phase)
      ledger.phases.push({ value: phase, source: origin.source, words, ...(origin.assay.on === undefined ? {} : { on: origin.assay.on }) })
  }
}

/** Cis or trans between two variants (genomics-reporting sequence phase relationship). */
export function readPhase(resource: Resource, ledger: Ledger): boolean {
  const concept = conceptOf(elementValue(resource)?.value)
  const words = join([...wordsOf(concept), ...codesOf(concept)])
  const phase = phaseIn(words, ledger.tables)
  const linked = referencesOf(resource.derivedFrom).map((reference) => ledger.context.chart.resolve(reference, resource))
  const variants = linked.flatMap((target) => (target ? parseVariant(partsOf(target, ledger), ledger.tables) : []))
  const facts = variants.flatMap((variant) => classifyVariant(variant, ledger.tables).truths)
  const resistance = [...ledger.tables.genes.values()].map((gene) => gene.resistance ?? []).filter((list) => list.length > 0)
  const isOurs = linked.length === 0 || resistance.some((list) => list.every((fact) => facts.includes(fact)))
  if (!phase || !isOurs) return false
  const on = assayOf(resource, ledger).on
  ledger.phases.push({ value: phase, source: ledger.context.source(resource, 'value'), words, ...(on === undefined ? {} : { on }) })
  return true
}

/** What the code of a component of a region studied says. */
const partStudied = rememberConcept((tables: Tables, code: Concept) => {
  const words = join(wordsOf(code))
  return {
    isSource: codesOf(code).some((one) => tables.codes.components.source?.includes(one)),
    isGene: codesOf(code).some((one) => tables.codes.components.gene?.includes(one)) || /gene/i.test(words),
    isOut: tables.says('untested', words) || tables.says('insufficient', words),
  }
})

/** The genes that the value of such a component names, and whether it says that they were not looked at. */
const genesNamed = rememberConcept((tables: Tables, value: Concept) => ({
  symbols: symbolsOf(value, tables),
  isOut: tables.says('untested', join(wordsOf(value))),
}))

/** What a panel looked at (LOINC 53041-0): the witness of absence. Genes it could not read are no witnesses. */
export function readRegionStudied(resource: Resource, ledger: Ledger, status: 'final' | 'pending' | 'insufficient'): boolean {
  const { tables, context } = ledger
  const base = assayOf(resource, ledger)
  const origin: Origin = { assay: { ...base, method: 'sequencing' }, source: context.source(resource, 'component'), coded: true }
  const covered = new Set<string>()
  const excluded = new Set<string>()
  let isGermline = false
  for (const component of objectsOf(resource.component)) {
    const part = partStudied(tables, conceptOf(component.code))
    const value = conceptOf(elementValue(component)?.value)
    if (part.isSource) isGermline = codesOf(value).some((one) => tables.answers.germline?.has(one))
    const named = genesNamed(tables, value)
    const isOut = part.isOut || named.isOut || conceptOf(component.dataAbsentReason).codings.length > 0
    if (!part.isGene && !isOut) continue
    for (const symbol of named.symbols) (isOut ? excluded : covered).add(symbol)
  }
  const text = stringOf(elementValue(resource)?.value) ?? join(wordsOf(conceptOf(elementValue(resource)?.value)))
  if (text !== '')
    for (const mention of genesIn(text, tables))
      for (const symbol of mention.symbols) (tables.says('untested', text) ? excluded : covered).add(symbol)
  for (const [index, words] of notesOf(resource).entries()) {
    readFreeText(ledger, words, { ...origin, coded: false, source: context.source(resource, `note[${index}]`), words }, { isGenomic: true })
  }
  const method = `${join(wordsOf(conceptOf(resource.method)))} ${conceptOf(resource.code).text ?? ''}`
  if (tables.says('rna', method))
    ledger.rna.push({ done: !tables.says('noRna', method), assay: base, source: origin.source, words: method.trim() })
  else if (tables.says('dna', method)) ledger.rna.push({ done: false, assay: base, source: origin.source, words: method.trim() })
  if (isGermline) return true
  for (const symbol of excluded) ledger.uncovered.add(`${base.key}|${symbol}`)
  const verdict: Verdict = status === 'final' ? 'covered' : status
  for (const symbol of covered) if (!excluded.has(symbol)) recordGene(ledger, symbol, 'any', verdict, origin)
  if (status === 'final') ledger.sequenced.push({ assay: base, source: origin.source })
  return covered.size > 0 || excluded.size > 0
}

/** Clinical significance stated in a separate implication that points at the variant. */
export function impliedSignificance(resources: readonly Resource[], ledger: Ledger): ReadonlyMap<Resource, Significance> {
  const implied = new Map<Resource, Significance>()
  for (const resource of resources) {
    if (resource.derivedFrom === undefined) continue
    const targets = referencesOf(resource.derivedFrom)
    if (
      targets.length === 0 ||
      codeKeysOf(conceptOf(resource.code)).some((key) => ledger.tables.codes.variant.includes(key.split('|')[1] ?? ''))
    )
      continue
    for (const component of objectsOf(resource.component)) {
      const isSignificance = codesOf(conceptOf(component.code)).some((code) => ledger.tables.codes.components.significance?.includes(code))
      const significance = isSignificance ? significanceOf(conceptOf(elementValue(component)?.value), ledger.tables) : undefined
      if (significance === undefined) continue
      for (const target of targets) {
        const variant = ledger.context.chart.resolve(target, resource)
        if (variant) implied.set(variant, significance)
      }
    }
  }
  return implied
}

export const absentReasonOf = (resource: Json): string => {
  if (resource.dataAbsentReason === undefined) return ''
  const reason = conceptOf(objectOf(resource.dataAbsentReason))
  return join([...wordsOf(reason), ...codesOf(reason)])
}
