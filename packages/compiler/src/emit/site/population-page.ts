import { anchorOf, type Cross, type Population } from './cross.ts'
import { decisionDiagram } from './diagram.ts'
import { type Html, html, SCROLL, upperFirst } from './html.ts'
import { idLine, reviewBadge } from './links.ts'
import { type Page, section, sectionsOf } from './page.ts'
import { chips, evidenceText, facts, reasonOf, standingChip, standingsOf } from './parts.ts'

export const SETTINGS: { readonly [setting: string]: string } = {
  first: 'First treatment',
  relapse: 'Relapse after curative treatment',
  running: 'While treatment runs',
  later: 'After progression',
  local: 'Local treatment',
  any: 'At any time',
}

/** A population: how its options are told apart, and what each is, in the order of their priority. */
export function populationPage(cross: Cross, population: Population): Page {
  const trials = cross.of('trials').filter((e) => e.value.group === population.id)
  const { body } = sectionsOf([
    section('overview', 'Decision overview', decisionDiagram(cross, population)),
    section('options', 'Options', optionTable(cross, population, '../')),
    section(
      'trials',
      'Trials',
      trials.length > 0 &&
        html`<ul>${trials.map((t) => html`<li><a href="../trial/${t.value.id}.html">${String(t.value.title)}</a></li>`)}</ul>`,
    ),
    section('near', `Also in the chapter ${population.chapter}`, near(cross, population)),
  ])
  return {
    path: `population/${population.id}.html`,
    title: population.title,
    kind: 'Population',
    nav: 'populations',
    crumbs: [
      { title: 'Populations', href: 'populations.html' },
      { title: population.chapter, href: `populations.html#${anchorOf(population.chapter)}` },
    ],
    wide: true,
    body: html`${facts([
      ['Population id', idLine(population.id)],
      ['Chapter', population.chapter],
      ['Setting', SETTINGS[population.setting]],
    ])}${body}`,
  }
}

function near(cross: Cross, population: Population): Html | undefined {
  const list = cross.populations.filter((p) => p.chapter === population.chapter && p.id !== population.id)
  return list.length > 0
    ? html`<ul>${list.map((p) => html`<li><a href="${p.id}.html">${p.title}</a> <span class="quiet">${SETTINGS[p.setting]}</span></li>`)}</ul>`
    : undefined
}

function optionTable(cross: Cross, population: Population, root: string): Html {
  return html`${SCROLL}<table><thead><tr><th>Option</th><th>Standing, at most</th><th>Evidence</th><th>For</th><th>Against</th></tr></thead><tbody>${population.options.map(
    (o) =>
      html`<tr><th scope="row"><a href="${root}option/${o.id}.html">${o.title}</a>${reviewBadge(o.review)}<br>${chips(o.approaches)}</th><td>${standingChip(standingsOf(o)[0]!)}</td><td>${evidenceText(o)}</td><td>${reasonOf(cross, o)}</td><td>${upperFirst(o.against.at(-1)!.say)}</td></tr>`,
  )}</tbody></table></div>`
}
