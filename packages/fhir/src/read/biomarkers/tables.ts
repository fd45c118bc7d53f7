import type { ReaderKnowledge } from '../context.ts'
import { englishReader, type LanguagesFile } from '../other-languages.ts'
import { remember, rememberWith } from '../remember.ts'

/** One class of alteration: the first rule of a gene that fits a change decides which fact it is. Positions are codons. */
export interface VariantRule {
  readonly fact: string
  /** Member of a `codes` fact. */
  readonly value?: string
  /** Further truth facts that hold with it. */
  readonly also?: readonly string[]
  readonly kinds: readonly string[]
  readonly from?: number
  readonly to?: number
  readonly codons?: readonly number[]
  readonly exon?: number
  readonly ref?: string
  /** Allowed new residues, one letter each. */
  readonly alt?: string
  readonly inserted?: string
  readonly note?: string
}

export interface Gene {
  readonly symbol: string
  readonly ids: readonly string[]
  /** Regular expressions; those without a capital letter are compared without case. */
  readonly names: readonly string[]
  readonly family?: string
  readonly core?: true
  /** Driver facts that a mutation test of the gene answers. */
  readonly mutation?: readonly string[]
  readonly resistance?: readonly string[]
  readonly resistanceCodes?: string
  readonly fusion?: string
  readonly amplification?: string
  readonly anyAlteration?: string
  readonly unclassified?: string
  readonly listed?: string
  readonly acquired?: string
  /** Changes that name their gene without it being written beside them. */
  readonly standalone?: readonly string[]
  /** What a protein stain says of the driver fact. */
  readonly ihc?: 'confirms' | 'screens' | 'expression' | 'not-a-mutation'
  readonly ihcFact?: string
  /** The number fact that a stain of the protein gives: a grade 0 to 3, or the share of cells with 3+. */
  readonly stain?: 'her2-ihc' | 'met-ihc-3plus-percent'
  readonly ihcLoss?: true
  readonly haematopoiesis?: true
  readonly partners?: readonly string[]
  readonly rules: readonly VariantRule[]
  readonly compound?: { readonly fact: string; readonly value: string }
  readonly positions?: {
    readonly fact: string
    readonly of: string
    readonly ranges: readonly { readonly value: string; readonly from: number; readonly to: number }[]
  }
  readonly spliceSites?: readonly {
    readonly fact: string
    readonly acceptor: number
    readonly upTo: number
    readonly donor: number
    readonly downTo: number
  }[]
  readonly exonFusions?: readonly { readonly fact: string; readonly from: number; readonly to: number }[]
  readonly dna?: { readonly [change: string]: string }
  readonly genomic?: { readonly [change: string]: string }
}

export interface Thresholds {
  readonly metAmplification: Amplification
  readonly erbb2Amplification: Amplification
  readonly tumourFractionPercent: number
  /** Share of nuclei with split signals from which break-apart FISH is positive. */
  readonly splitSignalPercent: number
  /** Grade (0 to 3) from which a stain stands for a fusion; between 0 and it the stain is in doubt. */
  readonly stainPositiveGrade: number
  /** Days within which two samples that disagree on a driver are a contradiction, not a course of disease. */
  readonly contradictionDays: number
  /** Lower bounds of the PD-L1 bands, in percent. */
  readonly pdl1Bands: readonly number[]
}

export interface Amplification {
  readonly ratio: number
  readonly copies: number
  readonly lowRatio?: number
  readonly lowCopies?: number
}

export interface VariantsFile {
  readonly genes: readonly Gene[]
  readonly families: readonly { readonly name: string; readonly family: string }[]
  readonly familyFacts: { readonly [fact: string]: readonly string[] }
  readonly thresholds: Thresholds
  readonly benign: readonly { readonly gene: string; readonly change: string }[]
}

export interface TestCode {
  readonly code: string
  readonly genes?: readonly string[]
  readonly covers?: 'mutation' | 'fusion' | 'amplification' | 'expression' | 'tested-list'
  /** A presence test of one fact only. */
  readonly about?: string
  /** Looks at some members of the class: a negative settles nothing. */
  readonly part?: true
  readonly method?: 'fish' | 'ihc'
  readonly sample?: 'plasma'
  readonly measure?: 'copies' | 'ratio' | 'her2-grade' | 'tps' | 'pd-l1' | 'tmb' | 'msi'
  readonly percent?: true
  readonly clone?: string
}

export interface CodesFile {
  readonly tests: readonly TestCode[]
  readonly variant: readonly string[]
  readonly regionStudied: readonly string[]
  readonly report: readonly string[]
  readonly phaseRelation: readonly string[]
  readonly components: { readonly [name: string]: readonly string[] }
  readonly answers: { readonly [name: string]: readonly string[] } & {
    readonly her2Grade: { readonly [code: string]: number }
    readonly sequenceChange: { readonly [code: string]: string }
  }
  readonly disorders: { readonly [code: string]: { readonly fact: string; readonly positive: boolean } }
  readonly broadPanel: readonly string[]
  readonly otherGenes: string
  readonly words: { readonly [name: string]: string }
}

export interface GeneMention {
  readonly symbols: readonly string[]
  readonly start: number
  readonly end: number
}

/** Both files, compiled once per knowledge base. */
export interface Tables {
  readonly genes: ReadonlyMap<string, Gene>
  readonly geneOfId: ReadonlyMap<string, string>
  readonly symbolsOf: readonly { readonly pattern: RegExp; readonly symbols: readonly string[] }[]
  /** Matches where one of the patterns of `symbolsOf` does: most texts name no gene. */
  readonly anyGene: RegExp
  readonly partners: ReadonlySet<string>
  readonly familyFacts: ReadonlyMap<string, readonly string[]>
  readonly thresholds: Thresholds
  readonly benign: ReadonlySet<string>
  readonly tests: ReadonlyMap<string, TestCode>
  readonly componentOf: ReadonlyMap<string, string>
  readonly codes: CodesFile
  readonly answers: { readonly [name: string]: ReadonlySet<string> }
  /** Does the text say this? Case is ignored. */
  says(name: string, text: string): boolean
  /** A global pattern, for `matchAll`, `replace` and `search` only: it keeps no place between calls. */
  pattern(name: string): RegExp
  /** Genes that are not ours. */
  readonly otherGenes: RegExp
  /** Writes a blank between a gene and what is glued to it (`METex14`, `EGFRdel19`), and signs as words (`EGFR-/ALK+`, `ROS1 (-)`). */
  unglue(text: string): string
  /** Words of other languages that decide a result, in English; what is written in a language that is not read ends in a doubt. */
  english(text: string): string
}

const compiled = new WeakMap<VariantsFile, Tables>()

export function tablesOf(knowledge: ReaderKnowledge): Tables {
  const variants = knowledge.terminology<VariantsFile>('variants')
  const known = compiled.get(variants)
  if (known) return known
  const tables = compileTables(
    variants,
    knowledge.terminology<CodesFile>('biomarker-codes'),
    knowledge.terminology<LanguagesFile>('other-languages'),
  )
  compiled.set(variants, tables)
  return tables
}

export function compileTables(variants: VariantsFile, codes: CodesFile, languages: LanguagesFile): Tables {
  const genes = new Map(variants.genes.map((gene) => [gene.symbol, gene]))
  const words = new Map(Object.entries(codes.words).map(([name, source]) => [name, new RegExp(source, 'i')]))
  // a sentence is asked many things in a row: its answers are at hand until the next one is asked
  const answersTo = remember((_text) => new Map<string, boolean>())
  let lastText = ''
  let last = answersTo(lastText)
  const says = (name: string, text: string): boolean => {
    if (text !== lastText) {
      last = answersTo(text)
      lastText = text
    }
    let answer = last.get(name)
    if (answer === undefined) {
      answer = word(name).test(text)
      last.set(name, answer)
    }
    return answer
  }
  const word = (name: string): RegExp => {
    const found = words.get(name)
    if (!found) throw new Error(`invariant: biomarker-codes has no words '${name}'`)
    return found
  }
  const scanners = new Map<string, RegExp>()
  const symbols = variants.genes.map((gene) => gene.symbol).join('|')
  const glued = new RegExp(`(?<![A-Za-z0-9])(${symbols}|HER2)[Δ ]?(?=(?:ex|del|dup|ins|Δ)[a-z]*[ -]?\\d)`, 'g')
  const gene = `(?<![A-Za-z0-9-])(${symbols}|HER2|NTRK(?:1/2/3)?)`
  // "ALK-, ROS1-, RET-fusion": the hyphens wait for the word at the end of the list
  const next = '(?:\\s*[,/]\\s*(?:(?:and|or|nor)\\s+)?|\\s+(?:and|or|nor|&)\\s+)'
  const shared = `${next}(?:[A-Za-z0-9]+-${next})*[A-Za-z0-9]+-(?:[Ff]usion|[Tt]ranslocation|[Rr]earrangement|[Mm]utation|[Aa]mplification|[Aa]lteration)`
  // a bare sign after a gene; "EGFR- or ALK-mutated" is a hyphen, "EGFR - exon 19" a dash
  const signed = new RegExp(
    `\\s?\\(([-\u2212\u2013+])\\)|${gene}(?:([-\u2212\u2013+])(?!\\s+(?:and|or|&)\\s+[A-Za-z0-9]+[- ][A-Za-z])(?!${shared})(?=[\\s,;/.)]|$)|\\s([-\u2212\u2013+])(?=\\s*(?:[,;/.)]|$)))`,
    'g',
  )
  const symbolsOf = [
    ...variants.genes.map((gene) => ({ pattern: namePattern(gene.names.join('|')), symbols: [gene.symbol] })),
    ...variants.families.map(({ name, family }) => ({
      pattern: namePattern(name),
      symbols: variants.genes.filter((gene) => gene.family === family).map((gene) => gene.symbol),
    })),
  ]
  return {
    genes,
    geneOfId: new Map(variants.genes.flatMap((gene) => gene.ids.map((id) => [id, gene.symbol] as const))),
    symbolsOf,
    anyGene: new RegExp(symbolsOf.map(({ pattern }) => pattern.source).join('|')),
    partners: new Set(variants.genes.flatMap((gene) => gene.partners ?? [])),
    familyFacts: new Map(Object.entries(variants.familyFacts)),
    thresholds: variants.thresholds,
    benign: new Set(variants.benign.map(({ gene, change }) => `${gene} ${change}`)),
    tests: new Map(codes.tests.map((test) => [test.code, test])),
    componentOf: new Map(Object.entries(codes.components).flatMap(([name, list]) => list.map((code) => [code, name] as const))),
    codes,
    answers: Object.fromEntries(Object.entries(codes.answers).map(([name, list]) => [name, new Set(Array.isArray(list) ? list : [])])),
    says,
    otherGenes: new RegExp(`(?<![A-Za-z0-9])(?:${codes.otherGenes})(?![A-Za-z0-9])`, 'g'),
    pattern: (name) => {
      const known = scanners.get(name) ?? new RegExp(word(name).source, 'gi')
      scanners.set(name, known)
      return known
    },
    english: englishReader(languages),
    unglue: remember((text) =>
      text
        .replace(glued, '$1 ')
        .replace(
          signed,
          (_all, alone?: string, name?: string, glue?: string, apart?: string) =>
            `${name ?? ''} ${[alone, glue, apart].includes('+') ? 'positive' : 'negative'}`,
        ),
    ),
  }
}

/** Names stand alone: no letter or digit on either side. A name without a capital is compared without case. */
function namePattern(source: string): RegExp {
  const parts = source.split('|')
  const exact = /[A-Z]/.test(source) ? source : undefined
  const loose = parts.filter((part) => !/[A-Z]/.test(part) && /^[a-z0-9 [\]?-]+$/.test(part))
  const body = [exact, ...loose.map((part) => `[${part[0]}${part[0]?.toUpperCase()}]${part.slice(1)}`)].filter((part) => part !== undefined)
  return new RegExp(`(?<![A-Za-z0-9])(?:${body.join('|')})(?![A-Za-z0-9])`, 'g')
}

/** Genes named in a text, in order, longest first where names overlap. */
export const genesIn = (text: string, tables: Tables): readonly GeneMention[] => genesBy(tables, text)

const genesBy = rememberWith((tables: Tables, text): readonly GeneMention[] => {
  if (!tables.anyGene.test(text)) return []
  const found: GeneMention[] = []
  for (const { pattern, symbols } of tables.symbolsOf) {
    for (const match of text.matchAll(pattern)) found.push({ symbols, start: match.index, end: match.index + match[0].length })
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end || a.symbols.length - b.symbols.length)
  const kept: GeneMention[] = []
  for (const mention of found) if (mention.start >= (kept.at(-1)?.end ?? 0)) kept.push(mention)
  return kept
})

/** Genes named in a text that are not ours. */
export const otherGenesIn = (text: string, tables: Tables): readonly GeneMention[] => otherGenesBy(tables, text)

const otherGenesBy = rememberWith((tables: Tables, text): readonly GeneMention[] => {
  const ours = genesIn(text, tables)
  return [...text.matchAll(tables.otherGenes)]
    .map((match) => ({ symbols: [], start: match.index, end: match.index + match[0].length }))
    .filter(
      (other) =>
        !ours.some((gene) => other.start < gene.end && other.end > gene.start) && !tables.partners.has(text.slice(other.start, other.end)),
    )
})
