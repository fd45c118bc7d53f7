import { remember } from '../remember.ts'

/**
 * A parser of sequence changes as reports write them: HGVS protein and coding descriptions and the older names beside them.
 * It knows the grammar, not the medicine: which change means what is data (`knowledge/terminology/variants.yaml`).
 * It never throws; what it does not understand it does not return. Source: HGVS nomenclature, recommendations for protein and DNA variants.
 */

export type ChangeKind =
  | 'substitution'
  | 'deletion'
  | 'insertion'
  | 'duplication'
  | 'frameshift'
  | 'nonsense'
  | 'synonymous'
  | 'splice'
  | 'exon-deletion'
  | 'exon-insertion'
  | 'exon-skipping'
  | 'exon-splice'
  | 'exon-mutation'
  | 'unclear'

export interface SequenceChange {
  readonly kind: ChangeKind
  /** Codons. An insertion stands after `from`; a duplication stands after its last codon. */
  readonly from?: number
  readonly to?: number
  readonly ref?: string
  /** New residue (one letter) of a substitution. */
  readonly alt?: string
  readonly inserted?: string
  readonly exon?: number
  /** Where a coding change touches an intron: first and last base with their offsets. */
  readonly bases?: { readonly from: number; readonly fromOffset: number; readonly to: number; readonly toOffset: number }
  /** One way of writing it: `E746_A750del`, `c.3028+1G>T`, `exon 19 deletion`. */
  readonly label: string
  readonly start: number
  readonly end: number
}

const THREE: { readonly [three: string]: string } = {
  ala: 'A', arg: 'R', asn: 'N', asp: 'D', cys: 'C', gln: 'Q', glu: 'E', gly: 'G', his: 'H', ile: 'I', leu: 'L', lys: 'K',
  met: 'M', phe: 'F', pro: 'P', ser: 'S', thr: 'T', trp: 'W', tyr: 'Y', val: 'V', ter: '*', xxx: 'X', xaa: 'X',
} // biome-ignore format: a table reads better in rows
const NAMES = Object.keys(THREE)
const three = NAMES.map((name) => `${name[0]?.toUpperCase()}${name.slice(1)}|${name.toUpperCase()}`).join('|')
const AA = `(?:${three}|[ACDEFGHIKLMNPQRSTVWY])`
const SEQUENCE = `(?:(?:${three})+|[ACDEFGHIKLMNPQRSTVWY]{1,30})`
const OPEN = '(?<![A-Za-z0-9])(?:p\\.\\s?)?[([]?(?:p\\.)?'
const CLOSE = '(?![A-Za-z0-9])'
const JOIN = '\\s?(?:_|-|–|to)\\s?'

const one = (residue: string): string => THREE[residue.toLowerCase()] ?? residue.toUpperCase()

function ones(sequence: string): string {
  if (!/^(?:[A-Z][a-z]{2})+$/.test(sequence)) return sequence.toUpperCase()
  return (sequence.match(/.{3}/g) ?? []).map(one).join('')
}

type Build = (groups: { readonly [name: string]: string | undefined }) => Omit<SequenceChange, 'start' | 'end'> | undefined
interface Pattern {
  readonly pattern: RegExp
  readonly build: Build
}

const at = (text: string | undefined): number => Number(text)

/** Deletion, insertion, duplication or both at once between two codons, settled by the net change of length. */
function indel(
  ref: string,
  from: number,
  toRef: string | undefined,
  to: number,
  op: string,
  inserted: string | undefined,
): ReturnType<Build> {
  if (to < from) return undefined
  const span = toRef === undefined && to === from ? `${ref}${from}` : `${ref}${from}_${toRef ?? ''}${to}`
  if (op === 'del') return { kind: 'deletion', from, to, ref, label: `${span}del` }
  if (op === 'dup') return { kind: 'duplication', from: to, to, ref, label: `${span}dup` }
  if (op === 'ins') return { kind: 'insertion', from, to, ref, ...(inserted ? { inserted } : {}), label: `${span}ins${inserted ?? ''}` }
  const removed = to - from + 1
  const added = inserted === undefined ? 0 : /^\d+$/.test(inserted) ? Number(inserted) : inserted.length
  const label = `${span}delins${inserted ?? ''}`
  if (added > removed) return { kind: 'insertion', from, to, ref, ...(inserted ? { inserted } : {}), label }
  if (added < removed) return { kind: 'deletion', from, to, ref, label }
  if (removed === 1 && inserted !== undefined)
    return { kind: 'substitution', from, to, ref, alt: inserted, label: `${ref}${from}${inserted}` }
  return { kind: 'unclear', from, to, ref, label }
}

const RANGE = `(?<a>${AA})(?<n>\\d{1,4})(?:${JOIN}(?<b>${AA})(?<m>\\d{1,4}))?[)\\]]?`

const PROTEIN: readonly Pattern[] = [
  {
    pattern: new RegExp(`(?<![A-Za-z0-9])(?:X|${AA})(?<n>\\d{1,4})_?\\s?splice`, 'g'),
    build: ({ n }) => ({ kind: 'splice', from: at(n), to: at(n), label: `X${n}_splice` }),
  },
  {
    pattern: new RegExp(`${OPEN}(?<a>${AA})(?<n>\\d{1,4})(?:${AA})?(?:fs|Fs)(?:\\s?(?:\\*|Ter|X)?\\s?\\d*)`, 'g'),
    build: ({ a, n }) => ({ kind: 'frameshift', from: at(n), to: at(n), ref: one(a ?? ''), label: `${one(a ?? '')}${n}fs` }),
  },
  {
    pattern: new RegExp(
      `${OPEN}${RANGE}\\s?(?:del(?:etion)?(?:${SEQUENCE}|\\d+)?[- ]?(?:/|and )?[- ]?ins(?:ertion)?(?: of)?|>)\\s?\\(?(?<s>${SEQUENCE}|\\d{1,2})\\)?${CLOSE}`,
      'g',
    ),
    build: ({ a, n, b, m, s }) => indel(one(a ?? ''), at(n), b && one(b), at(m ?? n), 'delins', s && ones(s)),
  },
  {
    pattern: new RegExp(`${OPEN}${RANGE}\\s?ins(?:ertion)?(?: of)?\\s?\\(?(?<s>${SEQUENCE}|\\d{1,2})?\\)?${CLOSE}`, 'g'),
    build: ({ a, n, b, m, s }) => indel(one(a ?? ''), at(n), b && one(b), at(m ?? n), 'ins', s && ones(s)),
  },
  {
    pattern: new RegExp(`${OPEN}${RANGE}\\s?del(?:etion)?(?:${SEQUENCE}|\\d{1,2})?${CLOSE}`, 'g'),
    build: ({ a, n, b, m }) => indel(one(a ?? ''), at(n), b && one(b), at(m ?? n), 'del', undefined),
  },
  {
    pattern: new RegExp(`${OPEN}${RANGE}\\s?dup(?:lication)?(?:${SEQUENCE}|\\d{1,2})?${CLOSE}`, 'g'),
    build: ({ a, n, b, m }) => indel(one(a ?? ''), at(n), b && one(b), at(m ?? n), 'dup', undefined),
  },
  {
    pattern: new RegExp(`(?:\\bdel(?:etion)?(?: of)?|Δ)\\s?-?${RANGE}(?:\\s?ins\\s?(?<s>${SEQUENCE}))?${CLOSE}`, 'g'),
    build: ({ a, n, b, m, s }) => indel(one(a ?? ''), at(n), b && one(b), at(m ?? n), s ? 'delins' : 'del', s && ones(s)),
  },
  {
    pattern:
      /(?<![A-Za-z0-9.])(?<n>\d{3,4})[_-](?<m>\d{3,4})\s?(?<op>del|ins|dup)(?:etion|ertion|lication)?(?<s>[A-Z]{1,30})?(?![A-Za-z0-9>])/g,
    build: ({ n, m, op, s }) => indel('', at(n), '', at(m), op ?? 'del', s),
  },
  {
    pattern: new RegExp(`${OPEN}(?<a>${AA})(?<n>\\d{1,4})(?<z>=|\\(=\\))`, 'g'),
    build: ({ a, n }) => ({ kind: 'synonymous', from: at(n), to: at(n), ref: one(a ?? ''), label: `${one(a ?? '')}${n}=` }),
  },
  {
    pattern: /(?<![A-Za-z])p\.\s?(?:\(=\)|=)/g,
    build: () => ({ kind: 'synonymous', label: 'p.(=)' }),
  },
  {
    pattern: new RegExp(`${OPEN}(?<a>${AA})(?<n>\\d{1,4})(?<z>${AA}|\\*|X)(?![A-Za-z0-9_*=])`, 'g'),
    build: ({ a, n, z }) => substitution(one(a ?? ''), at(n), one(z ?? '')),
  },
]

function substitution(ref: string, position: number, alt: string): ReturnType<Build> {
  const label = `${ref}${position}${alt}`
  if (alt === '*') return { kind: 'nonsense', from: position, to: position, ref, label }
  if (alt === ref) return { kind: 'synonymous', from: position, to: position, ref, label: `${ref}${position}=` }
  return { kind: 'substitution', from: position, to: position, ref, alt, label }
}

const CODING: readonly Pattern[] = [
  {
    pattern:
      /(?:(?<![A-Za-z])c\.\s?[([]?|(?<![A-Za-z0-9_.+-])(?=\d{2,5}[+-]\d))(?<n>\d{1,5})(?<no>[+-]\d{1,5})?(?:_(?<m>\d{1,5})(?<mo>[+-]\d{1,5})?)?\s?(?<op>del[ACGTacgt]*\d*\s?ins[ACGTacgt\d]+|del[ACGTacgt]*\d*|ins\s?(?:[ACGTacgt]+|\d+)|dup[ACGTacgt]*\d*|[ACGTacgt]+>[ACGTacgt]+|=)/g,
    build: (groups) => coding(groups),
  },
]

/** A coding change as codons. Lengths decide the frame; a change that touches an intron is `splice` with its bases. */
function coding({ n, no, m, mo, op }: { readonly [name: string]: string | undefined }): ReturnType<Build> {
  const from = at(n)
  const to = m === undefined ? from : at(m)
  const fromOffset = no === undefined ? 0 : at(no)
  const toOffset = m === undefined ? fromOffset : mo === undefined ? 0 : at(mo)
  const change = (op ?? '').replace(/\s/g, '')
  const span = m === undefined ? `${n}${no ?? ''}` : `${n}${no ?? ''}_${m}${mo ?? ''}`
  const label = `c.${span}${change}`
  const bases = { from, fromOffset, to, toOffset }
  if (to < from || from === 0) return undefined
  if (fromOffset !== 0 || toOffset !== 0) return { kind: 'splice', bases, label }
  const codon = (base: number): number => Math.ceil(base / 3)
  const whole = to - from + 1
  if (change === '=') return { kind: 'synonymous', from: codon(from), to: codon(from), label }
  if (change.includes('>')) return { kind: 'unclear', from: codon(from), to: codon(to), bases, label }
  const added = lengthOf(/ins(.+)$/.exec(change)?.[1])
  if (change.startsWith('ins')) {
    if (added !== undefined && added % 3 !== 0) return { kind: 'frameshift', from: codon(from), to: codon(to), label }
    return { kind: 'insertion', from: Math.floor(from / 3), to: Math.floor(from / 3) + 1, bases, label }
  }
  if (change.startsWith('dup')) {
    if (whole % 3 !== 0) return { kind: 'frameshift', from: codon(from), to: codon(to), label }
    return { kind: 'duplication', from: Math.floor(to / 3), to: Math.floor(to / 3), bases, label }
  }
  const net = (added ?? 0) - whole
  if (net % 3 !== 0) return { kind: 'frameshift', from: codon(from), to: codon(to), bases, label }
  if (net === 0) return { kind: 'unclear', from: codon(from), to: codon(to), bases, label }
  return { kind: net > 0 ? 'insertion' : 'deletion', from: codon(from), to: codon(to), bases, label }
}

const lengthOf = (inserted: string | undefined): number | undefined =>
  inserted === undefined ? undefined : /^\d+$/.test(inserted) ? Number(inserted) : inserted.length

const EXON = '(?:ex(?:on)?s?\\.?[ -]{0,2}|E(?=\\d\\d))'
const exonOf =
  (kind: ChangeKind, words: string): Build =>
  (groups) => ({ kind, exon: at(groups.n), label: `exon ${groups.n} ${words}` })

const EXONS: readonly Pattern[] = [
  {
    pattern: new RegExp(`\\b${EXON}(?<n>\\d{1,2})[ :-]*(?:Δ|skip(?:ping|ped)?\\b)`, 'gi'),
    build: exonOf('exon-skipping', 'skipping'),
  },
  { pattern: new RegExp(`\\bskip(?:ping|ped)?(?: of)? ${EXON}(?<n>\\d{1,2})\\b`, 'gi'), build: exonOf('exon-skipping', 'skipping') },
  {
    pattern: new RegExp(`\\b${EXON}(?<n>\\d{1,2})[ :-]*splice(?:[- ]site|[- ]region|[- ]donor|[- ]acceptor)?\\b`, 'gi'),
    build: exonOf('exon-splice', 'splice-site change'),
  },
  {
    pattern: new RegExp(`\\b${EXON}(?<n>\\d{1,2})[ :-]*(?:in-?frame )?(?:del(?:s|etions?|ins)?|Δ)(?![a-z0-9])`, 'gi'),
    build: exonOf('exon-deletion', 'deletion'),
  },
  { pattern: /(?<![A-Za-z0-9._])(?<n>1[89]|2[01])[ -]?del(?:s|etions?)?\b/gi, build: exonOf('exon-deletion', 'deletion') },
  {
    pattern: new RegExp(
      `\\b(?:in-?frame )?del(?:s|etions?)?(?: mutations?)?(?: (?:in|of|within|at|on))?[ -]*${EXON}(?<n>\\d{1,2})\\b`,
      'gi',
    ),
    build: exonOf('exon-deletion', 'deletion'),
  },
  { pattern: /\bdel(?:etion)?[ -]?(?<n>1[89])\b(?![ _-]?\d)/gi, build: exonOf('exon-deletion', 'deletion') },
  {
    pattern: new RegExp(`\\b${EXON}(?<n>\\d{1,2})[ :-]*(?:in-?frame )?(?:ins(?:s|ertions?)?|dup(?:s|lications?)?)(?![a-z0-9])`, 'gi'),
    build: exonOf('exon-insertion', 'insertion'),
  },
  {
    pattern: new RegExp(
      `\\b(?:in-?frame )?(?:ins(?:ertions?)?|dup(?:lications?)?)(?: mutations?)?(?: (?:in|of|within|at|on))?[ -]*${EXON}(?<n>\\d{1,2})\\b`,
      'gi',
    ),
    build: exonOf('exon-insertion', 'insertion'),
  },
  { pattern: /(?<![A-Za-z0-9._])(?<n>20)[ -]?ins(?:ertions?)?\b/gi, build: exonOf('exon-insertion', 'insertion') },
  {
    pattern: new RegExp(`\\b${EXON}(?<n>\\d{1,2})[ :-]*(?:mutations?|variants?|mutated|alterations?)\\b`, 'gi'),
    build: exonOf('exon-mutation', 'mutation'),
  },
]

/** `E19del` is the exon in every laboratory's shorthand, not residue 19. */
const SHORTHAND: readonly Pattern[] = [
  { pattern: /(?<![A-Za-z0-9])E(?<n>1[89]|2[01])[ -]?del(?:etion)?(?![A-Za-z0-9])/g, build: exonOf('exon-deletion', 'deletion') },
  { pattern: /(?<![A-Za-z0-9])E(?<n>1[89]|2[01])[ -]?ins(?:ertion)?(?![A-Za-z0-9])/g, build: exonOf('exon-insertion', 'insertion') },
]

const scan = (patterns: readonly Pattern[], text: string, taken: (readonly [number, number])[]): SequenceChange[] => {
  const found: SequenceChange[] = []
  for (const { pattern, build } of patterns) {
    for (const match of text.matchAll(pattern)) {
      const start = match.index
      const end = start + match[0].length
      if (taken.some(([from, to]) => start < to && end > from)) continue
      const change = build(match.groups ?? {})
      if (change === undefined) continue
      taken.push([start, end])
      found.push({ ...change, start, end })
    }
  }
  return found
}

const LONGEST = 20_000

/** Every sequence change in a text, in order of appearance. Text beyond 20,000 characters is cut. */
export const changesIn = remember((text): readonly SequenceChange[] => {
  const source = text.length > LONGEST ? text.slice(0, LONGEST) : text
  if (!/[\d=]/.test(source)) return [] // every way of writing a change has a position, or says that there is none
  const taken: (readonly [number, number])[] = []
  const found = [
    ...scan(SHORTHAND, source, taken),
    ...scan(CODING, source, taken),
    ...scan(PROTEIN, source, taken),
    ...scan(EXONS, source, taken),
  ]
  return found.sort((a, b) => a.start - b.start)
})
