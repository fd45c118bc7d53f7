import { type Html, html, nothing } from './html.ts'

export interface Page {
  /** Path from the root of the site, as `option/x.html`. */
  readonly path: string
  readonly title: string
  /** What kind of page it is, above the title. */
  readonly kind?: string
  readonly crumbs?: readonly { readonly title: string; readonly href: string }[]
  /** Which entry of the navigation is marked. */
  readonly nav?: string
  readonly body: Html
  /** Sections of the page, for the list beside it. */
  readonly sections?: readonly { readonly id: string; readonly title: string }[]
  readonly wide?: true
}

export const NAV = [
  { id: 'populations', title: 'Populations', href: 'populations.html' },
  { id: 'options', title: 'Options', href: 'options.html' },
  { id: 'drugs', title: 'Drugs', href: 'drugs.html' },
  { id: 'safety', title: 'Safety', href: 'safety.html' },
  { id: 'alerts', title: 'Emergencies', href: 'emergencies.html' },
  { id: 'facts', title: 'Facts', href: 'facts.html' },
  { id: 'sources', title: 'Sources', href: 'sources.html' },
  { id: 'patients', title: 'Examples', href: 'patients.html' },
  { id: 'review', title: 'Review', href: 'review.html' },
] as const

export interface SiteFacts {
  readonly version: string
  readonly digest: string
  readonly asOf: string
}

/** The prefix that leads from a page to the root: pages lie at most one folder deep, and every link is relative, so that the site works from a disk. */
export const rootOf = (path: string): string => (path.includes('/') ? '../' : '')

export function pageText(page: Page, site: SiteFacts): string {
  const root = rootOf(page.path)
  const { crumbs = [], sections = [] } = page
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} · Second Wind knowledge ${site.version}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}site.css">
</head>
<body data-root="${root}">
<a class="skip" href="#main">Skip to the text</a>
<header class="top">
<div class="bar">
<a class="brand" href="${root}index.html"><span class="mark" aria-hidden="true"></span>Second Wind <small>knowledge</small></a>
<form class="search" role="search" action="${root}search.html">
<label class="hidden" for="q">Search the knowledge</label>
<input id="q" name="q" type="search" placeholder="Search drug, gene, option id, source …" autocomplete="off">
<div id="found" class="found" aria-live="polite" hidden></div>
</form>
</div>
<nav aria-label="Main"><ul>${NAV.map((n) => html`<li><a href="${root}${n.href}"${page.nav === n.id ? html` aria-current="page"` : nothing}>${n.title}</a></li>`)}</ul></nav>
</header>
<div class="frame${page.wide ? ' wide' : ''}">
<main id="main">
${
  crumbs.length > 0 &&
  html`<nav class="crumbs" aria-label="Where you are"><ol>${crumbs.map((c) => html`<li><a href="${root}${c.href}">${c.title}</a></li>`)}</ol></nav>`
}
${page.kind && html`<p class="kind">${page.kind}</p>`}
<h1>${page.title}</h1>
${page.body}
</main>
${
  sections.length > 2 &&
  html`<nav class="sections" aria-label="On this page"><p>On this page</p><ul>${sections.map((s) => html`<li><a href="#${s.id}">${s.title}</a></li>`)}</ul></nav>`
}
</div>
<footer><p>Second Wind knowledge ${site.version}, digest ${site.digest.slice(0, 12)}, site of ${site.asOf}. Decision support under construction: the software proposes, a clinician signs. Not cleared by any authority, and not to be used alone.</p></footer>
<script src="${root}site.js" defer></script>
</body>
</html>
`.text
}

/** A section of a page with its anchor; nothing when it has nothing to say. */
export function section(
  id: string,
  title: string,
  body: Html | false | undefined,
): { readonly id: string; readonly title: string; readonly body: Html } | undefined {
  if (!body || body.text.trim() === '') return undefined
  return { id, title, body: html`<section id="${id}"><h2>${title}</h2>${body}</section>` }
}

type Section = ReturnType<typeof section>
export const sectionsOf = (
  list: readonly Section[],
): { readonly sections: readonly { id: string; title: string }[]; readonly body: Html } => {
  const there = list.filter((s) => s !== undefined)
  return { sections: there.map(({ id, title }) => ({ id, title })), body: html`${there.map((s) => s.body)}` }
}
