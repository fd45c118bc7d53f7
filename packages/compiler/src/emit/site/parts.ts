import type { Availability, Citation, OptionRule, Source } from '@secondwind/core'
import { daysBetween, lastDay } from '../../check/dates.ts'
import type { Kind } from '../../check/schema.ts'
import type { CheckedEntry } from '../../compile.ts'
import { sentence } from './criterion.ts'
import type { Cross } from './cross.ts'
import { counted, type Html, html, nothing, SCROLL, upperFirst } from './html.ts'
import { entryLink, reviewBadge } from './links.ts'

/** The outside addresses of a source: as written, and by its registry numbers. */
export function addresses(source: Source | undefined): readonly { readonly href: string; readonly title: string }[] {
  if (!source) return []
  return [
    ...(source.url ? [{ href: source.url, title: 'page read' }] : []),
    ...(source.doi ? [{ href: `https://doi.org/${source.doi}`, title: `doi ${source.doi}` }] : []),
    ...(source.pmid ? [{ href: `https://pubmed.ncbi.nlm.nih.gov/${source.pmid}/`, title: `PubMed ${source.pmid}` }] : []),
    ...(source.nct ? [{ href: `https://clinicaltrials.gov/study/${source.nct}`, title: source.nct }] : []),
  ].filter((a, i, all) => all.findIndex((b) => b.href.replace(/\/$/, '') === a.href.replace(/\/$/, '')) === i)
}

export const outside = (source: Source | undefined): Html =>
  html`${addresses(source).map((a) => html`<a class="out" href="${a.href}" rel="noreferrer">${a.title}</a> `)}`

/** Every citation with what it says, where, and the links that lead there. */
export function evidence(cross: Cross, cites: readonly Citation[], root: string): Html {
  const { sources } = cross.input.compilation.knowledge
  return html`<ol class="evidence">${cites.map((cite) => {
    const source = sources[cite.source]
    const isOpen = cite.review === 'unconfirmed' || source?.review === 'unconfirmed'
    return html`<li><blockquote>${upperFirst(cite.says)}</blockquote><p>${entryLink(cross, { kind: 'sources', id: cite.source }, root, source?.title ?? cite.source)}, ${cite.at}${source && html` <span class="badge">${source.kind}${source.year ? ` ${source.year}` : ''}</span>`}${reviewBadge(isOpen ? 'unconfirmed' : '')} ${outside(source)}</p></li>`
  })}</ol>`
}

const AUTHORITIES = { fda: 'FDA, United States', ema: 'EMA, European Union' } as const

export function approvals(availability: Availability | undefined): Html | undefined {
  if (!availability) return undefined
  const rows = (['fda', 'ema'] as const).flatMap((who) => {
    const one = availability[who]
    return one
      ? [
          html`<tr><th scope="row">${AUTHORITIES[who]}</th><td>${one.status.replace(/-/g, ' ')}${reviewBadge(one.review)}</td><td>${one.date ?? '–'}</td><td>${one.kind ?? '–'}</td></tr>`,
        ]
      : []
  })
  return rows.length > 0
    ? html`${SCROLL}<table><thead><tr><th>Authority</th><th>Status</th><th>Since</th><th>Kind</th></tr></thead><tbody>${rows}</tbody></table></div>`
    : undefined
}

/** Review state and date of an entry in words, as of the day of the site. */
export function reviewText(cross: Cross, value: Record<string, unknown>): Html {
  const due = value.reviewBy as string | undefined
  const { asOf } = cross.input
  const isLate = due !== undefined && lastDay(due) < asOf
  const when =
    due === undefined
      ? html`no date set`
      : isLate
        ? html`<span class="late">was due ${due}</span>`
        : html`next by <time>${due}</time> <span class="quiet">(in ${counted(daysBetween(asOf, lastDay(due)), 'day')})</span>`
  return html`${value.review === 'unconfirmed' ? html`<span class="badge open">unconfirmed</span>` : html`<span class="badge done">confirmed</span>`} ${when}`
}

/** Age of an unconfirmed claim in days, where the repository knows. */
export function openSince(cross: Cross, kind: Kind, id: string): { readonly since: string; readonly days: number } | undefined {
  const since = cross.history(kind, id)?.unconfirmedSince
  return since === undefined ? undefined : { since, days: Math.max(0, daysBetween(since, cross.input.asOf)) }
}

interface Example {
  readonly name: string
  readonly given: { readonly [fact: string]: unknown }
  /** Of a measure that counts items: the fields of the item. */
  readonly item?: { readonly [field: string]: unknown }
  readonly expect: string
  readonly missing?: readonly string[]
}

const EXPECT: { readonly [expect: string]: string } = {
  true: 'holds',
  false: 'does not hold',
  unknown: 'cannot be said yet',
  met: 'reached',
  'not-met': 'not reached',
  'not-known': 'not known: counted apart',
  excluded: 'left out',
  excepted: 'left out for a reason',
  outside: 'not asked about',
  perhaps: 'not known whether asked about',
}

/** The rule's own examples: they run at every check. */
export function examples(cross: Cross, value: Record<string, unknown>, root: string): Html | undefined {
  const list = value.examples as readonly Example[] | undefined
  if (!list || list.length === 0) return undefined
  return html`<p class="quiet">These run at every check of the knowledge; all of them pass.</p>${SCROLL}<table class="examples"><thead><tr><th>Patient</th><th>Given</th><th>The condition</th></tr></thead><tbody>${list.map(
    (e) =>
      html`<tr><th scope="row">${upperFirst(e.name)}</th><td>${givenText(cross, { ...e.given, ...e.item }, root)}</td><td><span class="badge truth-${e.expect}">${EXPECT[e.expect] ?? e.expect}</span>${e.missing && html`<br><small>missing: ${e.missing.map((f, i) => html`${i > 0 && ', '}${entryLink(cross, { kind: 'facts', id: f }, root)}`)}</small>`}</td></tr>`,
  )}</tbody></table></div>`
}

function givenText(cross: Cross, given: { readonly [fact: string]: unknown }, root: string): Html {
  const parts = Object.entries(given)
  if (parts.length === 0) return html`an empty chart`
  return html`<ul class="given">${parts.map(([fact, value]) =>
    fact === 'preset'
      ? html`<li>begins as: ${[value]
          .flat()
          .map((v) => String(v).replace(/-/g, ' '))
          .join(', ')}</li>`
      : html`<li>${entryLink(cross, { kind: 'facts', id: fact }, root)}: ${
          value === null
            ? 'unknown'
            : value === true
              ? 'yes'
              : value === false
                ? 'no'
                : typeof value === 'object'
                  ? JSON.stringify(value)
                      .replace(/[{}[\]"]/g, ' ')
                      .trim() || 'none'
                  : `${value}${cross.facts.get(fact)?.unit ? ` ${cross.facts.get(fact)!.unit}` : ''}`
        }</li>`,
  )}</ul>`
}

/** What the repository says became of an entry, newest first. */
export function changes(cross: Cross, { kind, value }: CheckedEntry): Html | undefined {
  if (!cross.input.history) return html`<p class="quiet">This copy of the knowledge is kept without its history.</p>`
  const list = cross.history(kind, value.id)?.changes ?? []
  if (list.length === 0) return html`<p class="quiet">Not yet in the history of the repository.</p>`
  const newest = [...list].reverse()
  const item = (c: (typeof newest)[number]): Html =>
    html`<li><time>${c.on}</time> ${c.kind === 'added' ? html`<span class="badge">first written</span>` : html`<span class="fields">${c.fields.map((f) => html`<code>${f}</code> `)}</span>`} ${c.subject}</li>`
  return html`<ul class="changes">${newest.slice(0, 6).map(item)}</ul>${newest.length > 6 && html`<details><summary>All ${counted(newest.length, 'change')}</summary><ul class="changes">${newest.slice(6).map(item)}</ul></details>`}`
}

/** Where an entry stands in the knowledge, for those who change it. */
export const whereText = ({ raw }: CheckedEntry): Html => html`<code>knowledge/${raw.file}:${raw.line}</code>`

/** Name and value, side by side. */
export function facts(rows: readonly (readonly [string, Html | string | undefined])[]): Html {
  const there = rows.filter(([, value]) => value !== undefined && (typeof value === 'string' ? value !== '' : value.text !== ''))
  return there.length > 0
    ? html`<dl class="facts">${there.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
    : nothing
}

export const chips = (list: readonly string[], kind = ''): Html =>
  html`${list.map((c) => html`<span class="badge ${kind}">${c.replace(/-/g, ' ')}</span> `)}`

const STANDINGS = ['recommended', 'alternative', 'conditional']

/** Standings an option can have, best first, each once. */
export const standingsOf = ({ standing }: Pick<OptionRule, 'standing'>): readonly string[] =>
  STANDINGS.filter((s) => standing.some((row) => row.as === s))

/** Why the option is offered at its best, and when: the reason of the row that gives its best standing, the plainest of them last. */
export function reasonOf(cross: Cross, { standing }: Pick<OptionRule, 'standing'>): Html {
  const [top] = standingsOf({ standing })
  const row = standing.findLast((r) => r.as === top)!
  return html`${upperFirst(row.because)}.${row.when && html` <span class="when">${upperFirst(top!)} when: ${sentence(cross, row.when)}.</span>`}`
}

export const standingChip = (standing: string): Html => html`<span class="standing ${standing}">${standing.replace('-', ' ')}</span>`

/** How strong, and of what kind; said once where both are the same word. */
export const evidenceText = ({ strength, evidenceKind }: OptionRule): Html =>
  String(strength) === String(evidenceKind) ? html`${strength}` : html`${strength}<br><small>${evidenceKind.replace(/-/g, ' ')}</small>`
