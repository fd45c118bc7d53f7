import type { Citation } from '@secondwind/core'
import { lastDay } from '../../check/dates.ts'
import type { CheckedEntry } from '../../compile.ts'
import { anchorOf, type Cross, PAGES } from './cross.ts'
import { counted, type Html, html, SCROLL, upperFirst } from './html.ts'
import { entryLink, idLine } from './links.ts'
import type { Page } from './page.ts'
import { openSince } from './parts.ts'
import { SETTINGS } from './population-page.ts'

const RULES = [
  'treatment',
  'safety',
  'alerts',
  'testRules',
  'support',
  'interactions',
  'dosing',
  'outlook',
  'trials',
  'regimens',
  'patient',
  'scores',
  'quality',
] as const

/** State of the review: shares, what is due, what nobody has seen in its source, the coverage map, what changed lately. */
export function reviewPages(cross: Cross): readonly Page[] {
  return [review(cross), coverage(cross), home(cross), about()]
}

const rulesOf = (cross: Cross): readonly CheckedEntry[] =>
  RULES.flatMap((kind) => cross.of(kind)).filter((e) => e.value.kind !== 'not-computed')

function review(cross: Cross): Page {
  const all = rulesOf(cross)
  const open = all.filter((e) => e.value.review === 'unconfirmed')
  const { asOf } = cross.input
  const due = all.filter((e) => typeof e.value.reviewBy === 'string')
  const late = due.filter((e) => lastDay(String(e.value.reviewBy)) < asOf)
  const months = [...Map.groupBy(due, (e) => String(e.value.reviewBy).slice(0, 7))].sort(([a], [b]) => (a < b ? -1 : 1))
  const aged = open
    .map((entry) => ({ entry, age: openSince(cross, entry.kind, entry.value.id) }))
    .sort((a, b) => (b.age?.days ?? -1) - (a.age?.days ?? -1))
  const unseen = cross.of('sources').filter((e) => e.value.review === 'unconfirmed')
  const beside = all
    .filter((e) => e.value.review !== 'unconfirmed')
    .flatMap((entry) =>
      ((entry.value.cites as readonly Citation[] | undefined) ?? [])
        .filter((c) => c.review === 'unconfirmed')
        .map((cite) => ({ entry, cite })),
    )
  const most = Math.max(1, ...months.map(([, list]) => list.length))
  return {
    path: 'review.html',
    title: 'Review',
    nav: 'review',
    wide: true,
    sections: [
      { id: 'share', title: 'How much is confirmed' },
      { id: 'due', title: 'When reviews are due' },
      { id: 'unconfirmed', title: 'Unconfirmed claims' },
      { id: 'citations', title: 'Unseen citations' },
      { id: 'unseen', title: 'Sources nobody opened' },
      { id: 'recent', title: 'Changed lately' },
    ],
    body: html`<p>What stands on seen sources, what does not yet, and when somebody must look again. The <a href="coverage.html">coverage map</a> shows which populations have what.</p>
<section id="share"><h2>How much is confirmed</h2>
<p class="bignumber">${Math.round((100 * (all.length - open.length)) / Math.max(1, all.length))}% <small>of ${all.length} rules are confirmed in a source that somebody opened</small></p>
${SCROLL}<table><thead><tr><th>Kind</th><th>Rules</th><th>Confirmed</th><th class="barcell">Share</th></tr></thead><tbody>${RULES.map(
      (kind) => {
        const list = cross.of(kind)
        const n = list.filter((e) => e.value.review !== 'unconfirmed').length
        const percent = list.length === 0 ? 0 : Math.round((100 * n) / list.length)
        return list.length > 0
          ? html`<tr><th scope="row">${upperFirst(PAGES[kind]!.many)}</th><td>${list.length}</td><td>${n}</td><td class="barcell"><span class="meter"><i style="width:${percent}%"></i></span> ${percent}%</td></tr>`
          : ''
      },
    )}</tbody></table></div></section>
<section id="due"><h2>When reviews are due</h2>${late.length > 0 ? html`<p class="notice open"><strong>${counted(late.length, 'rule is', 'rules are')} overdue.</strong></p><ul class="uses">${late.map((e) => html`<li>${link(cross, e)} due ${String(e.value.reviewBy)}</li>`)}</ul>` : html`<p>Nothing is overdue on ${asOf}.</p>`}
${SCROLL}<table><tbody>${months.map(([month, list]) => html`<tr><th scope="row">${month}</th><td class="barcell"><span class="meter"><i style="width:${Math.round((100 * list.length) / most)}%"></i></span> ${list.length}</td></tr>`)}</tbody></table></div>
<p class="quiet">${counted(all.length - due.length, 'rule carries', 'rules carry')} no date of their own: they are reviewed with what uses them.</p></section>
<section id="unconfirmed"><h2>Unconfirmed claims <span class="count">${open.length}</span></h2><p>Each is used with its mark, or not at all: an unsafe bar must be confirmed, and so must whatever makes an option recommended in first line. Age counts from the day on which the claim was last written as unconfirmed${!cross.input.history && ' (not known in this copy, which has no history)'}.</p>
<p class="filter"><label>Narrow <input type="search" data-filter="rows"></label> <span data-count>${open.length}</span></p>
${SCROLL}<table id="rows"><thead><tr><th>Claim</th><th>Kind</th><th>Age</th><th>Rests on</th></tr></thead><tbody>${aged.map(
      ({ entry, age }) =>
        html`<tr><th scope="row">${link(cross, entry)}<br>${idLine(entry.value.id)}</th><td>${PAGES[entry.kind]!.one}</td><td>${age ? html`${age.days === 0 ? 'today' : counted(age.days, 'day')}<br><small>${age.since}</small>` : '–'}</td><td><small>${((entry.value.cites as readonly { source: string }[] | undefined) ?? []).map((c, i) => html`${i > 0 && ', '}${entryLink(cross, { kind: 'sources', id: c.source }, '')}`)}</small></td></tr>`,
    )}</tbody></table></div></section>
<section id="citations"><h2>Citations nobody has seen, in rules that stand on others <span class="count">${beside.length}</span></h2>${
      beside.length > 0
        ? html`<details><summary>All ${beside.length}</summary><ul class="uses">${beside.map(({ entry, cite }) => html`<li>${link(cross, entry)}: ${cite.says} <small>${entryLink(cross, { kind: 'sources', id: cite.source }, '')}, ${cite.at}</small></li>`)}</ul></details>`
        : html`<p>None.</p>`
    }</section>
<section id="unseen"><h2>Sources nobody opened <span class="count">${unseen.length}</span></h2>${unseen.length > 0 ? html`<ul class="uses">${unseen.map((e) => html`<li>${link(cross, e)}</li>`)}</ul>` : html`<p>None.</p>`}</section>
<section id="recent"><h2>Changed lately</h2>${recent(cross)}</section>`,
  }
}

const link = (cross: Cross, e: CheckedEntry): Html => entryLink(cross, { kind: e.kind, id: e.value.id }, '')

function recent(cross: Cross): Html {
  if (!cross.input.history) return html`<p class="quiet">This copy of the knowledge is kept without its history.</p>`
  const all = [...cross.input.history].flatMap(([key, { changes }]) => changes.map((c) => ({ key, ...c })))
  const commits = [...Map.groupBy(all, (c) => c.order).values()].sort((a, b) => b[0]!.order - a[0]!.order).slice(0, 25)
  return html`<ul class="changes">${commits.map((list) => {
    const { on, subject } = list[0]!
    const items = list.slice(0, 40).map((c) => {
      const [kind, id] = c.key.split('/') as [CheckedEntry['kind'], string]
      return html`<li>${entryLink(cross, { kind, id }, '')} <span class="quiet">${c.kind === 'added' ? 'new' : c.fields.join(', ')}</span></li>`
    })
    return html`<li><time>${on}</time> ${subject}<details><summary>${counted(list.length, 'entry', 'entries')}</summary><ul class="uses">${items}</ul></details></li>`
  })}</ul>`
}

/** Chapters × settings: how many options, how many of them can be recommended, how much is confirmed. An empty cell is a gap or a question that does not arise. */
function coverage(cross: Cross): Page {
  const settings = ['first', 'relapse', 'running', 'later', 'local', 'any']
  const chapters = [...Map.groupBy(cross.populations, (p) => p.chapter)]
  const cell = (list: readonly (typeof cross.populations)[number][]): Html => {
    const options = list.flatMap((p) => p.options)
    if (options.length === 0) return html`<td class="none" title="No option of this kind">·</td>`
    const confirmed = options.filter((o) => o.review === 'confirmed').length
    const strong = options.filter((o) => o.standing.some((s) => s.as === 'recommended')).length
    const share = confirmed / options.length
    const level = share === 1 ? 4 : share >= 0.8 ? 3 : share >= 0.5 ? 2 : 1
    const href = list.length === 1 ? `population/${list[0]!.id}.html` : `populations.html#${anchorOf(list[0]!.chapter)}`
    return html`<td class="level${level}"><a href="${href}"><strong>${options.length}</strong> ${options.length === 1 ? 'option' : 'options'}<br><small>${strong} may be recommended<br>${Math.round(share * 100)}% confirmed</small></a></td>`
  }
  const unused = cross.of('facts').filter((e) => (cross.looking.get(e.value.id)?.length ?? 0) === 0)
  return {
    path: 'coverage.html',
    title: 'Coverage map',
    nav: 'review',
    wide: true,
    crumbs: [{ title: 'Review', href: 'review.html' }],
    body: html`<p>What the base has an option for. Rows are chapters, columns where in the course of the disease. The darker a cell, the more of it is confirmed. An empty cell means that the base offers nothing of its own there: the general options of the chapter <em>Non-small cell without a first-line driver</em> or supportive care stand in.</p>
${SCROLL}<table class="coverage"><thead><tr><th>Chapter</th>${settings.map((s) => html`<th>${SETTINGS[s]}</th>`)}</tr></thead><tbody>${chapters.map(
      ([chapter, list]) => html`<tr><th scope="row">${chapter}</th>${settings.map((s) => cell(list.filter((p) => p.setting === s)))}</tr>`,
    )}</tbody></table></div>
<section id="facts"><h2>Facts that no rule asks about <span class="count">${unused.length}</span></h2><p>Read from charts for the story, for doses or for what follows from them.</p><p>${unused.map((e, i) => html`${i > 0 && ', '}${link(cross, e)}`)}</p></section>`,
  }
}

function home(cross: Cross): Page {
  const { knowledge } = cross.input.compilation
  const all = rulesOf(cross)
  const open = all.filter((e) => e.value.review === 'unconfirmed').length
  const chapters = [...Map.groupBy(cross.populations, (p) => p.chapter)]
  const number = (n: number, what: string, href: string): Html => html`<li><a href="${href}"><strong>${n}</strong> ${what}</a></li>`
  return {
    path: 'index.html',
    title: 'What Second Wind knows',
    wide: true,
    body: html`<p class="lead"><span>Treatment of stage IV lung cancer as rules that a clinician can read: who each option is for, who it is not for, how it is given, what to watch, and on which source every claim rests. A plan names options by id; the id is the name of the page here.</span></p>
<ul class="numbers">${number(knowledge.options.length, 'options', 'options.html')}${number(cross.populations.length, 'populations', 'populations.html')}${number(knowledge.regimens.length, 'regimens', 'rules.html#regimens')}${number(knowledge.safety.length, 'safety rules', 'safety.html')}${number(knowledge.alerts.length, 'emergencies', 'emergencies.html')}${number(Object.keys(knowledge.sources).length, 'sources', 'sources.html')}${number(knowledge.facts.length, 'facts', 'facts.html')}${number(knowledge.trials.length, 'trials', 'rules.html#trials')}</ul>
<div class="cards">
<section><h2>Find by population</h2><ul class="columns">${chapters.map(([chapter, list]) => html`<li><a href="populations.html#${anchorOf(chapter)}">${chapter}</a> <span class="count">${list.reduce((n, p) => n + p.options.length, 0)}</span></li>`)}</ul></section>
<section><h2>State of the review</h2><p>${all.length - open} of ${all.length} rules are confirmed in their source; <a href="review.html#unconfirmed">${open} are not yet</a>, and say so wherever they are used.</p><p><a href="review.html#due">When reviews are due</a> · <a href="coverage.html">Coverage map</a> · <a href="review.html#recent">Changed lately</a></p></section>
<section><h2>How to read it</h2><p><a href="about.html">Standings, strength, absence, review</a>: what the words of a page mean. <a href="patients.html">Example patients</a> show the rules at work.</p></section>
</div>`,
  }
}

function about(): Page {
  const rows = (list: readonly (readonly [string, string])[]): Html =>
    html`<dl class="glossary">${list.map(([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>`)}</dl>`
  return {
    path: 'about.html',
    title: 'How to read these pages',
    sections: [
      { id: 'standing', title: 'Standing' },
      { id: 'unknown', title: 'Unknown is not no' },
      { id: 'evidence', title: 'Evidence' },
      { id: 'review', title: 'Review' },
      { id: 'use', title: 'Use' },
    ],
    body: html`<section id="standing"><h2>Standing</h2>${rows([
      ['recommended', 'offer it'],
      ['alternative', 'sound; a reason says when to prefer it'],
      ['conditional', 'only if a named condition is met or a warning is handled'],
      ['needs data', 'a missing fact decides; never ranked above a sound option'],
    ])}<p>The standing on these pages is the best an option can have. In a plan, safety rules, emergencies and the patient's wishes may lower or bar it.</p></section>
<section id="unknown"><h2>Unknown is not no</h2><p>Every question has three answers: true, false, unknown. An unknown that could change the plan is asked for, with the test that settles it.</p>${rows(
      [
        ['witnessed', 'only a test, panel or scan that looked can say no'],
        ['listed', 'a chart that does not name it counts as no, and the plan says that no list named it'],
        ['asked', 'unknown until somebody asks or measures'],
        ['in date', 'a value older than its days counts as unknown here'],
      ],
    )}</section>
<section id="evidence"><h2>Evidence</h2>${rows([
      ['randomised survival', 'a randomised trial showed longer survival'],
      ['randomised progression', 'a randomised trial showed longer time without progression'],
      ['randomised other', 'a randomised trial showed another benefit'],
      ['single arm', 'one group, no comparison'],
      ['retrospective', 'looked back over records'],
      ['consensus', 'agreed by those who know, without a trial'],
      ['strong, moderate, weak', 'how firmly the sources advise it'],
    ])}</section>
<section id="review"><h2>Review</h2>${rows([
      ['confirmed', 'somebody opened the source and saw the claim there'],
      ['unconfirmed', 'nobody has yet; a plan that uses it says so, and no unsafe bar or first-line recommendation may rest on it'],
      ['review by', 'the day by which somebody must read it against its sources again'],
    ])}</section>
<section id="use"><h2>Use</h2><p>These pages are made from <code>knowledge/</code> by <code>npm run knowledge:site</code>. They need no server and ask nothing of the network; links to sources leave this disk. Every page prints. Decision support under construction: the software proposes, a clinician signs.</p></section>`,
  }
}
