import { type Cross, type Mention, PAGES, type Population } from './cross.ts'
import { type Html, html, nothing, upperFirst } from './html.ts'

/** How an entry is called on a page: its title, label or statement, else its id. */
export function nameOf(cross: Cross, { kind, id }: Mention): string {
  const value = cross.entries.get(`${kind}/${id}`)?.value
  if (!value) return id
  if (kind === 'testRules') return `${nameOf(cross, { kind: 'tests', id: String(value.test) })}: ${value.say}`
  if (kind === 'dosing') return `${labelOf(cross, String(value.drug))}: ${value.say}`
  if (kind === 'outlook') return `${value.population}: ${value.endpoint}`
  return String(value.title ?? value.label ?? value.name ?? id)
}

const labelOf = (cross: Cross, drug: string): string => upperFirst(cross.drugs.get(drug)?.label ?? drug)

/** A link to the page of an entry, from a page at `root`. */
export function entryLink(cross: Cross, mention: Mention, root: string, text?: string): Html {
  const page = PAGES[mention.kind]
  const name = text ?? nameOf(cross, mention)
  return page && cross.entries.has(`${mention.kind}/${mention.id}`)
    ? html`<a href="${root}${page.folder}/${mention.id}.html">${name}</a>`
    : html`${name}`
}

export const drugLink = (cross: Cross, drug: string, root: string): Html =>
  cross.drugs.get(drug)?.anticancer
    ? html`<a href="${root}drug/${drug}.html">${cross.drugs.get(drug)!.label}</a>`
    : html`${cross.drugs.get(drug)?.label ?? drug}`

export const populationLink = ({ id, title }: Population, root: string): Html => html`<a href="${root}population/${id}.html">${title}</a>`

export const reviewBadge = (review: unknown): Html =>
  review === 'unconfirmed' ? html` <span class="badge open" title="Nobody has seen this in its source yet">unconfirmed</span>` : nothing

export const idLine = (id: string): Html => html`<code class="id">${id}</code>`

/** Entries that use something, by kind, each a link; long lists fold. */
export function mentions(cross: Cross, list: readonly Mention[], root: string): Html {
  if (list.length === 0) return html`<p class="quiet">Nothing uses it.</p>`
  const kinds = [...Map.groupBy(list, (m) => m.kind)].filter(([kind]) => PAGES[kind])
  return html`${kinds.map(([kind, own]) => {
    const items = html`<ul class="uses">${own.map((m) => html`<li>${entryLink(cross, m, root)}${reviewBadge(cross.entries.get(`${m.kind}/${m.id}`)?.value.review)} ${idLine(m.id)}</li>`)}</ul>`
    const title = upperFirst(own.length === 1 ? PAGES[kind]!.one : PAGES[kind]!.many)
    return own.length > 12
      ? html`<details><summary>${title} <span class="count">${own.length}</span></summary>${items}</details>`
      : html`<h3>${title} <span class="count">${own.length}</span></h3>${items}`
  })}`
}
