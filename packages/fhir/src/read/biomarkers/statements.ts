import { remember, rememberWithHint } from '../remember.ts'
import { classifyVariant } from './classify.ts'
import { type GeneMention, genesIn, otherGenesIn, type Tables } from './tables.ts'
import { type ParsedVariant, parseVariant } from './variant.ts'

export type Polarity = 'positive' | 'negative' | 'equivocal' | 'pending' | 'insufficient' | 'untested' | 'tested'
export type About = 'mutation' | 'fusion' | 'amplification' | 'expression' | 'any' | 'unstated'

/** One claim of a text about one gene. Without variants it is about the whole gene. */
export interface Statement {
  readonly gene: string
  readonly about: About
  readonly polarity: Polarity
  readonly variants: readonly ParsedVariant[]
  readonly method?: 'ihc' | 'fish'
  readonly germline?: true
  readonly significance?: 'benign' | 'uncertain' | 'pathogenic'
  /** The sentence it was read from. */
  readonly words: string
}

interface Segment {
  readonly text: string
  readonly genes: readonly string[]
  readonly variants: readonly ParsedVariant[]
  readonly polarity?: Polarity
  /** The polarity stands before the first gene or change: it reaches over the list that follows. */
  readonly isPrefix: boolean
  readonly joinedBy: 'and' | 'comma' | 'except' | 'start'
  /** The word that joins it: `or` carries a denial on, `but` and `however` end it. */
  readonly joint?: 'or' | 'and' | 'but'
  /** It names only genes that are not ours: nothing in it, nor after it, belongs to the gene before. */
  readonly isForeign: boolean
  readonly words: string
}

const PRECEDENCE: readonly Polarity[] = ['untested', 'insufficient', 'pending', 'equivocal', 'negative', 'positive', 'tested']

/**
 * Claims about genes in plain report language. A small reader of phrase families, not of free language: lists with a shared verdict
 * before or after them, one gene a line, a verdict per change. Advice, background and family history are passed over.
 * Where a list leaves two readings the claim is `equivocal`, never the convenient one.
 */
export const statementsIn = (text: string, tables: Tables, hint?: string): readonly Statement[] => statementsBy(tables, text, hint)

const statementsBy = rememberWithHint((tables: Tables, text, hint): readonly Statement[] => {
  const statements: Statement[] = []
  let heading: Polarity | undefined
  let before: string | undefined
  for (const sentence of sentencesOf(tables.unglue(text))) {
    if (isBackground(sentence, tables)) continue
    const about = hint ?? amplifiedBefore(sentence, before, tables)
    const segments = segmentsOf(sentence, tables, about)
    const isHeading = sentence.trimEnd().endsWith(':') && segments.every((one) => one.genes.length === 0 && one.variants.length === 0)
    if (isHeading) {
      heading = segments.find((one) => one.polarity !== undefined)?.polarity
      continue
    }
    const own = segments.some((one) => one.polarity !== undefined)
    if (own) heading = undefined
    statements.push(
      ...claimsOf(
        withSharedLoss(withGeneBefore(segments, before, tables), tables),
        sentence.trim(),
        tables,
        own ? undefined : heading,
        about,
      ),
    )
    before = segments.some((one) => one.isForeign) ? undefined : (segments.findLast((one) => one.genes.length === 1)?.genes[0] ?? before)
  }
  return withoutSelfContradiction(statements)
})

/** `MET/CEN7 ratio 1.3; no amplification`: an amplification without a gene is that of the gene before, never of others in general. */
function amplifiedBefore(sentence: string, before: string | undefined, tables: Tables): string | undefined {
  if (before === undefined || tables.genes.get(before)?.amplification === undefined || !tables.says('amplification', sentence))
    return undefined
  const namesGene = genesIn(sentence, tables).length > 0 || otherGenesIn(sentence, tables).length > 0
  return namesGene || /\b(?:other|further|additional|any)\b/i.test(sentence) ? undefined : before
}

/** `EML4-ALK fusion. G1202R in plasma`: a change without a gene belongs to the gene before only where that gene has a class for it. */
function withGeneBefore(segments: readonly Segment[], before: string | undefined, tables: Tables): readonly Segment[] {
  if (before === undefined || segments.some((one) => one.genes.length > 0 || one.isForeign)) return segments
  return segments.map((segment) => ({
    ...segment,
    variants: segment.variants.map((variant) => {
      const gene = variant.gene === undefined ? tables.genes.get(before) : undefined
      const at = variant.change?.from
      const rules = at !== undefined && gene?.rules.some((rule) => rule.from === at && rule.to === at) === true
      return gene && rules ? { ...variant, gene: gene.symbol } : variant
    }),
  }))
}

/** `RB1 and TP53 loss`, `loss of RB1 and TP53`, `RB1/TP53 loss`: the genes of a list share the loss that stands at either end of it. */
function withSharedLoss(segments: readonly Segment[], tables: Tables): readonly Segment[] {
  const isLoss = (segment: Segment | undefined): segment is Segment =>
    segment !== undefined && segment.variants.length > 0 && segment.variants.every(({ kind }) => kind === 'loss' || kind === 'truncation')
  const isBare = (segment: Segment): boolean =>
    segment.genes.length > 0 && segment.variants.length === 0 && segment.polarity === undefined && !/[a-z]{3,}/.test(segment.text)
  const given = (segment: Segment, from: Segment): Segment => {
    const variants = segment.genes
      .filter((gene) => !segment.variants.some((variant) => variant.gene === gene) && tables.genes.get(gene)?.anyAlteration !== undefined)
      .flatMap((gene) => from.variants.slice(0, 1).map((variant) => ({ ...variant, gene, label: variant.label.replace(/^\S+/, gene) })))
    return { ...segment, variants: [...variants, ...segment.variants] }
  }
  const shared = [...segments]
  for (let index = shared.length - 1; index >= 0; index--) {
    const [segment, next] = [shared[index], shared[index + 1]]
    if (!segment) continue
    if (isLoss(segment) && segment.polarity === undefined) shared[index] = given(segment, segment)
    else if (isBare(segment) && isLoss(next) && next.polarity === undefined && next.joinedBy !== 'except')
      shared[index] = given(segment, next)
  }
  for (let index = 1; index < shared.length; index++) {
    const [segment, previous] = [shared[index], shared[index - 1]]
    const isLed =
      isLoss(previous) && previous.polarity === undefined && /\b(?:loss|deletion|inactivation) of\b/i.test(segments[0]?.text ?? '')
    if (segment && isLed && isBare(segment) && segment.joinedBy !== 'except') shared[index] = given(segment, previous)
  }
  return shared
}

/** `No EGFR mutation other than L858R`, `no other EGFR mutation`: the gene was looked at and has just what is named. */
function withoutSelfContradiction(statements: readonly Statement[]): readonly Statement[] {
  const found = (gene: string, words?: string): boolean =>
    statements.some(
      (one) => one.gene === gene && one.polarity === 'positive' && one.variants.length > 0 && (words === undefined || one.words === words),
    )
  return statements.map((one) => {
    if (one.polarity !== 'negative' || one.variants.length > 0) return one
    const isRest = found(one.gene, one.words) || (/\b(?:other|additional|further)\b/i.test(one.words) && found(one.gene))
    return isRest ? { ...one, polarity: 'tested' as const } : one
  })
}

/** Sentences end at line breaks, semicolons outside brackets, bullets, and full stops followed by a capital or the end. */
export const sentencesOf = remember((text): readonly string[] =>
  text
    .slice(0, 50_000)
    .split(/\r?\n|[•·]|(?<=[^\d\s.][)\]]?|\d[)\]%]|\d)\.(?=\s+[A-Z0-9(]|\s*$)|;(?![^(]{0,30}\))/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== ''),
)

const isBackground = (sentence: string, tables: Tables): boolean =>
  tables.says('boilerplate', sentence) && !tables.says('keepDespiteBoilerplate', sentence)

function segmentsOf(sentence: string, tables: Tables, hint: string | undefined): readonly Segment[] {
  const pieces: Piece[] = []
  let current: Segment['joinedBy'] = 'start'
  let joint: Segment['joint']
  for (const chunk of splitKeeping(sentence, tables)) {
    if (chunk.separator !== undefined) {
      current = chunk.separator
      joint = chunk.joint ?? (joint === 'but' ? joint : undefined)
    } else if (chunk.text.trim() !== '') {
      for (const [index, text] of splitAtGenes(chunk.text, tables).entries())
        pieces.push({ text, joinedBy: index === 0 ? current : 'comma', ...(index > 0 || joint === undefined ? {} : { joint }) })
      joint = undefined
    }
  }
  let last = hint
  return pieces.map(({ text, joinedBy, joint: word }) => {
    const segment = { ...segmentOf(text, joinedBy, tables, last), ...(word === undefined ? {} : { joint: word }) }
    last = segment.isForeign ? undefined : (segment.genes.at(-1) ?? last)
    return segment
  })
}

type Piece = Pick<Segment, 'text' | 'joinedBy' | 'joint'>

/** Splits at commas, `and`, `or`, `nor`, `but`, `other than` outside brackets. */
function splitKeeping(
  sentence: string,
  tables: Tables,
): readonly { text: string; separator?: Segment['joinedBy']; joint?: Segment['joint'] }[] {
  const pattern = new RegExp(`(${tables.pattern('except').source})|(\\band\\b|\\bor\\b|\\bnor\\b|&|\\+(?=\\s))|,|\\s[|–—-]\\s`, 'gi')
  const parts: { text: string; separator?: Segment['joinedBy']; joint?: Segment['joint'] }[] = []
  let last = 0
  for (const match of sentence.matchAll(pattern)) {
    if (depthAt(sentence, match.index) > 0) continue
    parts.push({ text: sentence.slice(last, match.index) })
    const word = match[0].trim()
    const separator =
      match[1] !== undefined ? (tables.says('onlyExcept', word) ? 'except' : 'comma') : match[2] !== undefined ? 'and' : 'comma'
    const joint =
      match[1] !== undefined && separator === 'comma' ? 'but' : /^n?or$/i.test(word) ? 'or' : match[2] !== undefined ? 'and' : undefined
    parts.push({ text: '', separator, ...(joint === undefined ? {} : { joint }) })
    last = match.index + match[0].length
  }
  parts.push({ text: sentence.slice(last) })
  return parts
}

function depthAt(text: string, index: number): number {
  let depth = 0
  for (let i = 0; i < index; i++) depth += text[i] === '(' ? 1 : text[i] === ')' ? -1 : 0
  return depth
}

/** `ALK negative ROS1 negative`: a new gene after a verdict on the gene before it starts a new segment. */
function splitAtGenes(text: string, tables: Tables): readonly string[] {
  const genes = genesIn(text, tables)
  const cuts: number[] = []
  for (const [index, gene] of genes.entries()) {
    const previous = genes[index - 1]
    if (!previous || depthAt(text, gene.start) > 0) continue
    const between = text.slice(cuts.at(-1) ?? 0, gene.start).slice(previous.end - (cuts.at(-1) ?? 0))
    if (polarityOf(between, tables) !== undefined || /\d/.test(between)) if (!/::|[-–]$/.test(between)) cuts.push(gene.start)
  }
  return [0, ...cuts].map((start, index) => text.slice(start, cuts[index] ?? text.length))
}

interface Found {
  readonly polarity: Polarity
  readonly at: number
}

function polarityOf(text: string, tables: Tables): Found | undefined {
  let rest = text
  const found = new Map<Polarity, number>()
  for (const polarity of PRECEDENCE) {
    for (const match of rest.matchAll(tables.pattern(polarity))) {
      if (!found.has(polarity)) found.set(polarity, match.index)
      rest = `${rest.slice(0, match.index)}${' '.repeat(match[0].length)}${rest.slice(match.index + match[0].length)}`
    }
  }
  for (const polarity of PRECEDENCE) {
    const at = found.get(polarity)
    if (at !== undefined) return { polarity, at }
  }
  return undefined
}

function segmentOf(text: string, joinedBy: Segment['joinedBy'], tables: Tables, hint: string | undefined): Segment {
  const mentions = genesIn(text, tables)
  const others = otherGenesIn(text, tables)
  const isForeign = mentions.length === 0 && others.length > 0
  const plain = withoutFewSplits(text, tables)
  const parsed = isForeign ? [] : parseVariant(plain, tables, mentions.length === 0 ? hint : undefined)
  const variants = plain === text ? parsed : parsed.filter((one) => one.kind !== 'fusion' || one.partner !== undefined)
  const found = polarityOf(plain, tables) ?? stainGrade(plain, mentions, tables)
  const first = Math.min((mentions[0] ?? others[0])?.start ?? text.length, ...variants.map((variant) => variant.start))
  return {
    text,
    words: text.trim(),
    genes: [...new Set(mentions.flatMap((mention) => mention.symbols))],
    variants,
    ...(found === undefined ? {} : { polarity: found.polarity }),
    isPrefix: found !== undefined && found.at < first,
    joinedBy,
    isForeign,
  }
}

/** Split signals in fewer nuclei than make break-apart FISH positive are no finding: they are blanked out. */
function withoutFewSplits(text: string, tables: Tables): string {
  if (!tables.says('splitSignals', text)) return text
  const share = /(\d{1,3}(?:[.,]\d+)?)\s?%/.exec(text)?.[1]
  if (share === undefined || Number(share.replace(',', '.')) >= tables.thresholds.splitSignalPercent) return text
  return text.replace(tables.pattern('splitSignals'), (words) => ' '.repeat(words.length))
}

/** `ROS1 IHC: score 0`: the grade of a stain that stands for a fusion. A weak stain is neither yes nor no. */
function stainGrade(text: string, mentions: readonly GeneMention[], tables: Tables): Found | undefined {
  if (!tables.says('ihc', text)) return undefined
  const isStain = mentions.some(({ symbols }) =>
    symbols.some((symbol) => /^(?:confirms|screens)$/.test(tables.genes.get(symbol)?.ihc ?? '')),
  )
  const grade =
    /(?<!H-?)(?:\b(?:score|grade|intensity)\b\W*(?:(?:of|is)\W+)?|:\W*)([0-3])(?![\d.,]*\s?%|\d|\.\d)|(?<![\d.])([1-3])\s?\+/i.exec(text)
  if (!isStain || !grade) return undefined
  const value = Number(grade[1] ?? grade[2])
  return {
    polarity: value === 0 ? 'negative' : value < tables.thresholds.stainPositiveGrade ? 'equivocal' : 'positive',
    at: grade.index,
  }
}

interface Draft {
  readonly segment: Segment
  readonly genes: readonly string[]
  readonly variants: readonly ParsedVariant[]
  polarity?: Polarity
}

/** Shares the verdicts of a sentence out over its segments. */
function claimsOf(
  segments: readonly Segment[],
  sentence: string,
  tables: Tables,
  heading: Polarity | undefined,
  hint?: string,
): readonly Statement[] {
  const drafts: Draft[] = []
  let carried = heading
  let carriedGenes: readonly string[] = []
  let lastGenes: readonly string[] = hint === undefined ? [] : [hint]
  for (const segment of segments) {
    const own = segment.genes.length > 0
    if (segment.isForeign) lastGenes = []
    const genes = own ? segment.genes : lastGenes
    if (own) lastGenes = segment.genes
    if (segment.joinedBy === 'except') {
      drafts.push({
        segment,
        genes,
        variants: attach(segment, genes),
        polarity: segment.polarity ?? (carried === 'negative' ? 'positive' : 'equivocal'),
      })
      carried = undefined
      continue
    }
    const draft: Draft = { segment, genes, variants: attach(segment, genes) }
    if (segment.joint === 'but') carried = undefined
    const denied = carried === 'negative' && own ? endsDenial(segment, tables) : undefined
    if (denied !== undefined) draft.polarity = denied
    else if (segment.polarity !== undefined) {
      draft.polarity = segment.polarity
      const isEmpty = !own && segment.variants.length === 0 && !segment.isForeign
      if (segment.isPrefix || isEmpty) {
        if (isEmpty) applyBack(drafts, segment, tables)
        carried = segment.polarity
        carriedGenes = segment.genes
      } else {
        carried = undefined
        applyBack(drafts, segment, tables)
      }
    } else if (carried !== undefined && (own || segment.variants.length > 0)) {
      const isNewFinding =
        carried === 'negative' && own && segment.variants.some(isExact) && !segment.genes.some((gene) => carriedGenes.includes(gene))
      draft.polarity = isNewFinding ? 'equivocal' : carried
    }
    drafts.push(draft)
  }
  return drafts.flatMap((draft) => statementsOf(draft, sentence, tables, segments))
}

/**
 * "No alteration of A, B or C was found": the verb at the end belongs to the "no", so the last member is denied like the rest.
 * "No A mutation and C fusion was found" can be read either way; a member with a finding of its own after a comma is one.
 */
function endsDenial(segment: Segment, tables: Tables): Polarity | undefined {
  if (segment.polarity !== 'positive' || segment.isPrefix || !tables.says('verbOfDenial', segment.text.trim())) return undefined
  const isBare = segment.variants.length === 0 && aboutText(segment.text, tables) === 'unstated'
  if (segment.joint === 'or' || isBare) return 'negative'
  if (segment.joint !== 'and' || segment.variants.some(isExact)) return undefined
  return /\bwere\b/i.test(segment.text) ? 'negative' : 'equivocal'
}

const isExact = (variant: ParsedVariant): boolean => variant.kind !== 'amplification' && variant.kind !== 'fusion'

const attach = (segment: Segment, genes: readonly string[]): readonly ParsedVariant[] =>
  segment.variants.map((variant) => (variant.gene === undefined && genes.length > 0 ? reparsed(variant, genes.at(-1) ?? '') : variant))

const reparsed = (variant: ParsedVariant, gene: string): ParsedVariant => ({ ...variant, gene })

/** A verdict at the end of a list reaches back over members that have none: `EGFR, ALK and ROS1 were negative`. */
function applyBack(drafts: Draft[], segment: Segment, tables: Tables): void {
  const polarity = segment.polarity
  let joint = segment.joinedBy
  for (let index = drafts.length - 1; index >= 0 && polarity !== undefined; index--) {
    const draft = drafts[index]
    if (!draft || draft.polarity !== undefined || joint === 'except' || joint === 'start') return
    if (polarity === 'negative' && isOwnVerdict(segment, draft, tables)) draft.polarity = 'positive'
    else if (draft.variants.length === 0) draft.polarity = polarity
    else if (polarity === 'negative' || polarity === 'positive') draft.polarity = sharedVerdict(draft, segment, polarity, joint, tables)
    else if (segment.genes.length === 0) draft.polarity = 'equivocal'
    if (draft.segment.joinedBy !== 'start') joint = draft.segment.joinedBy
    else return
  }
}

/** `STK11 mutation, RB1 intact`: intact and wild type are said of a gene, never of the mutation that is named before it. */
const isOwnVerdict = (segment: Segment, draft: Draft, tables: Tables): boolean =>
  segment.genes.length > 0 &&
  draft.segment.genes.length > 0 &&
  tables.says('geneVerdict', segment.text) &&
  tables.says('namedAlteration', draft.segment.text)

/**
 * `exon 19 deletion and L858R not detected` denies both; `exon 19 deletion, T790M not detected` states the first and denies the second.
 * A driver and its resistance change joined by `and` can be read either way.
 */
function sharedVerdict(draft: Draft, segment: Segment, polarity: Polarity, joint: Segment['joinedBy'], tables: Tables): Polarity {
  if (polarity === 'positive') return 'positive'
  if (segment.genes.length > 0 && draft.segment.genes.length > 0 && segment.variants.length === 0)
    return joint === 'and' ? 'equivocal' : 'positive'
  const isResistance = (variants: readonly ParsedVariant[]): boolean =>
    variants.some((variant) => {
      const gene = tables.genes.get(variant.gene ?? draft.genes.at(-1) ?? '')
      const { truths, codes } = classifyVariant({ ...variant, ...(gene ? { gene: gene.symbol } : {}) }, tables)
      return codes.length > 0 || truths.some((fact) => gene?.resistance?.includes(fact))
    })
  const mixed = isResistance(segment.variants) && !isResistance(draft.variants)
  if (mixed) return joint === 'comma' ? 'positive' : 'equivocal'
  if (segment.variants.length > 0 && segment.genes.length > 0 && joint === 'comma') return 'positive'
  return joint === 'and' ? 'negative' : 'equivocal'
}

function statementsOf(draft: Draft, sentence: string, tables: Tables, all: readonly Segment[]): readonly Statement[] {
  const { segment, variants } = draft
  const about = aboutOf(segment, all, tables)
  const method = tables.says('ihc', sentence) && about !== 'amplification' ? 'ihc' : tables.says('fish', sentence) ? 'fish' : undefined
  const shared = {
    words: sentence,
    ...(method === undefined ? {} : { method: method as 'ihc' | 'fish' }),
    ...(tables.says('germline', sentence) ? { germline: true as const } : {}),
    ...significanceOf(segment.text, sentence, tables),
  }
  const statements: Statement[] = []
  const named = new Set<string>()
  for (const variant of variants) {
    if (variant.gene === undefined) continue
    named.add(variant.gene)
    const polarity = draft.polarity ?? 'positive'
    if (polarity === 'tested' || polarity === 'untested') statements.push({ gene: variant.gene, about, polarity, variants: [], ...shared })
    else statements.push({ gene: variant.gene, about, polarity, variants: [variant], ...shared })
  }
  if (draft.polarity === undefined || (segment.genes.length === 0 && variants.length > 0)) return statements
  const isBare = segment.genes.length === 0
  if (isBare && aboutOf(segment, [], tables) === 'unstated') return statements
  const exon = draft.polarity === 'negative' ? soleExon(sentence) : undefined
  for (const gene of draft.genes) {
    if (named.has(gene)) continue
    const classOf = exon === undefined ? 'whole' : exonClass(gene, exon, tables)
    if (classOf === 'whole') statements.push({ gene, about, polarity: draft.polarity, variants: [], ...shared })
    else if (classOf !== undefined) statements.push({ gene, about, polarity: draft.polarity, variants: [classOf], ...shared })
  }
  return statements
}

/** The one exon that a sentence speaks of; none for a list or a range of exons. */
function soleExon(sentence: string): number | undefined {
  const found = [...sentence.matchAll(/\bexons?\s?(\d{1,2})\b(?!\s?(?:,|-|–|\/|&|to\b|and\b|through\b)\s?(?:exon\s?)?\d)/gi)]
  const all = [...sentence.matchAll(/\bexons?\s?\d{1,2}\b/gi)]
  return found.length === 1 && all.length === 1 ? Number(found[0]?.[1]) : undefined
}

/**
 * What "exon 20: not detected" denies: the one class of change that lies in this exon alone. `whole` for a gene whose classes do not go by
 * exons; undefined where the classes of the gene lie in other exons, too.
 */
function exonClass(symbol: string, exon: number, tables: Tables): ParsedVariant | 'whole' | undefined {
  const gene = tables.genes.get(symbol)
  const byExon = gene?.rules.filter((rule) => rule.exon !== undefined) ?? []
  if (!gene || byExon.length === 0 || (gene.mutation?.length ?? 0) < 2) return 'whole'
  const isOwn = (fact: string): boolean =>
    gene.rules.every((rule) => rule.fact !== fact || ((rule.exon ?? exon) === exon && !rule.kinds.includes('substitution')))
  const rule = byExon.find((one) => one.exon === exon && isOwn(one.fact))
  const kind = rule?.kinds.find((one) => one.startsWith('exon-'))
  if (kind === undefined) return undefined
  return parseVariant(`${symbol} exon ${exon} ${kind.slice('exon-'.length)}`, tables)[0]
}

function aboutOf(segment: Segment, all: readonly Segment[], tables: Tables): About {
  const own = aboutText(segment.text, tables)
  if (own !== 'unstated') return own
  const others = [...new Set(all.map((one) => aboutText(one.text, tables)).filter((about) => about !== 'unstated'))]
  return others.length === 1 && others[0] !== undefined ? others[0] : 'unstated'
}

function aboutText(text: string, tables: Tables): About {
  if (/alteration|aberration|abnormalit/i.test(text)) return 'any'
  if (tables.says('amplification', text)) return 'amplification'
  if (tables.says('fusion', text)) return 'fusion'
  if (tables.says('mutation', text) || /\bexon\b|wild[- ]?type|\bwt\b/i.test(text)) return 'mutation'
  return tables.says('expression', text) ? 'expression' : 'unstated'
}

function significanceOf(own: string, sentence: string, tables: Tables): Pick<Statement, 'significance'> {
  for (const text of [own, sentence]) {
    if (tables.says('uncertain', text)) return { significance: 'uncertain' }
    if (tables.says('benign', text)) return { significance: 'benign' }
    if (tables.says('pathogenic', text)) return { significance: 'pathogenic' }
  }
  return {}
}
