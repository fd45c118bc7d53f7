import type { Chapter, Counted } from './counted.ts'
import { ENDS, type End } from './worked-cases.ts'

const BEGIN = '<!-- counted: npm test compares this part with the files -->'
const END = '<!-- measured: from the last run of npm run scorecard -->'

/** The whole page: what is counted, then what was measured. */
export const page = (counted: string, measured: string): string =>
  `# Scorecard

What can be counted and measured about Second Wind, the bad with the good. \`npm run scorecard\` writes this page. Every number is about the software and its
knowledge base on invented patients. None of them says how well a person was treated: *the software proposes; a clinician signs.*

${BEGIN}
${counted.trim()}
${END}
${measured.trim()}
`

/** The two parts of a page as it was written; undefined when it is not such a page. */
export function partsOf(text: string): { readonly counted: string; readonly measured: string } | undefined {
  const [head, rest] = text.split(BEGIN)
  const [counted, measured] = (rest ?? '').split(END)
  return head !== undefined && counted !== undefined && measured !== undefined
    ? { counted: counted.trim(), measured: measured.trim() }
    : undefined
}

const percent = (part: number, all: number): string => (all === 0 ? '–' : `${((100 * part) / all).toFixed(1).replace(/\.0$/, '')}%`)
const of = (part: number, all: number, what = ''): string => `${part} of ${all}${what === '' ? '' : ` ${what}`} (${percent(part, all)})`
/** A Markdown table: the first column to the left, numbers to the right. */
export const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const END_WORDS: { readonly [end in End]: string } = {
  sound: 'a recommended or alternative option',
  conditional: 'an option on a condition at best',
  'needs-data': 'only options that wait for a fact, which the plan names',
  refused: 'a refusal with its reason',
  nothing: 'no option at all',
}

/** The counted part, in plain words. */
export function countedText(c: Counted): string {
  const { fixtures: f } = c
  const sum = (key: 'all' | 'confirmed' | 'dated' | 'inDate' | 'examples'): number => c.rules.reduce((n, rule) => n + rule[key], 0)
  const caseCount = ENDS.reduce((n, end) => n + c.cases[end], 0)
  const judged = f.verdicts.true + f.verdicts.false + f.verdicts.unknown
  const ends = (counts: { readonly [end in End]: number }): string =>
    ENDS.filter((end) => counts[end] > 0 || end === 'nothing')
      .map((end) => `- ${counts[end]} ${END_WORDS[end]}`)
      .join('\n')
  const chapter = (x: Chapter): readonly (string | number)[] => {
    const all = ENDS.reduce((n, end) => n + x.cases[end], 0)
    return [x.title, x.populations, x.options, x.recommended, x.confirmed, `${x.cases.sound} of ${all}`]
  }
  return `## Whom it covers

${c.chapters.reduce((n, x) => n + x.populations, 0)} populations in ${c.chapters.length} chapters. *Recommended*: options that somebody can be recommended. *Confirmed*: somebody has seen the claim in its source.
*Textbook cases*: what the authors wrote as an example of whom an option is for, planned as a whole patient; how many get a recommended or alternative option.

${table(['chapter', 'populations', 'options', 'recommended', 'confirmed', 'textbook cases'], c.chapters.map(chapter))}

Of all ${caseCount} textbook cases:

${ends(c.cases)}

A textbook case says only what decides one option; where it is silent the patient has stage IV adenocarcinoma and an otherwise empty chart, so that many options wait for what a real chart would hold.

## Is it confirmed, and in date

${of(sum('confirmed'), sum('all'), 'rules')} are confirmed in a source that somebody has seen; the others are marked wherever they are used.
${of(sum('inDate'), sum('dated'), 'that carry a review date')} are in date on ${c.day}; ${c.overdue} overdue${c.nextReview ? `, the next review falls due on ${c.nextReview}` : ''}. ${sum('examples')} examples run with every check.

${table(
  ['rules', 'number', 'confirmed', 'share', 'with a review date', 'in date', 'examples'],
  c.rules.map((r) => [r.kind, r.all, r.confirmed, percent(r.confirmed, r.all), r.dated, r.inDate, r.examples]),
)}

${of(c.citations.unconfirmed, c.citations.all, 'citations')} have been seen by nobody yet; ${of(c.sources.unconfirmed, c.sources.all, 'sources')} were never opened.

## What it does not know, on the example patients

${f.patients} invented patients, planned as of ${c.day}. They get:

${ends(f.ends)}

How well that fits, and what stays open:

- Statements written down beforehand, of what a tumour board would expect: ${of(f.statements - f.unmet, f.statements)} met.
- Whom an option is for, asked of every patient in scope and every option: ${judged} answers, ${percent(f.verdicts.true, judged)} yes, ${percent(f.verdicts.false, judged)} no, ${percent(f.verdicts.unknown, judged)} unknown. *Unknown is not no.*
- Options on the plans: ${f.options}, of which ${of(f.needsData, f.options)} wait for a fact.
- Facts of the registry known per patient: ${Math.round(f.facts.known / f.patients)} of ${f.facts.all / f.patients}; facts that a plan asks for: ${(f.openFacts / f.patients).toFixed(1)}.

## Releases of the knowledge

${releasesText(c.releases)}`
}

function releasesText({ kept, since }: Counted['releases']): string {
  if (kept.length === 0) return 'None is kept yet: `secondwind knowledge release`.'
  const rows = kept.map((r) => [
    r.version,
    `\`${r.digest}\``,
    `${Math.round(r.bytes / 1000)} kB`,
    r.isTrue ? 'as its manifest says' : 'NOT what its manifest says',
  ])
  const changed = since ? since.substance + since.evidence + since.wording : 0
  const now = !since
    ? 'The newest cannot be opened.'
    : changed === 0
      ? 'The files as they stand are the newest release.'
      : 'The files have changed since the newest one: `secondwind knowledge diff latest` says in what.'
  return `Each is kept whole, so that a plan made with it can be made again byte for byte (\`secondwind replay\`). ${now}

${table(['version', 'digest', 'size', 'checked'], rows)}`
}
