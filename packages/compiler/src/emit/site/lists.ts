import type { Kind } from '../../check/schema.ts'
import type { CheckedEntry } from '../../compile.ts'
import { anchorOf, type Cross, PAGES } from './cross.ts'
import { anticancerDrugs } from './drug-page.ts'
import { type Html, html, SCROLL, upperFirst } from './html.ts'
import { entryLink, idLine, nameOf, reviewBadge } from './links.ts'
import type { Page } from './page.ts'
import { chips, evidenceText, standingChip, standingsOf } from './parts.ts'
import { patientName } from './patient-page.ts'
import { SETTINGS } from './population-page.ts'

/** A table that the reader narrows by typing; without scripts it is simply whole. */
const filtered = (label: string, head: readonly string[], rows: readonly Html[]): Html =>
  html`<p class="filter"><label>${label} <input type="search" data-filter="rows"></label> <span data-count>${rows.length}</span></p>${SCROLL}<table id="rows"><thead><tr>${head.map((h) => html`<th>${h}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`

export function listPages(cross: Cross): readonly Page[] {
  return [
    populations(cross),
    options(cross),
    drugs(cross),
    safety(cross),
    emergencies(cross),
    factList(cross),
    sources(cross),
    rules(cross),
    patients(cross),
    search(cross),
  ]
}

function populations(cross: Cross): Page {
  const chapters = [...Map.groupBy(cross.populations, (p) => p.chapter)]
  return {
    path: 'populations.html',
    title: 'Populations',
    nav: 'populations',
    wide: true,
    sections: chapters.map(([chapter]) => ({ id: anchorOf(chapter), title: chapter })),
    body: html`<p>Who the options are for, by chapter and by where in the course of the disease they stand. Each population has an overview of how its options are told apart.</p>
<div class="chapters">${chapters.map(
      ([chapter, list]) =>
        html`<section class="chapter" id="${anchorOf(chapter)}"><h2>${chapter}</h2>${[...Map.groupBy(list, (p) => p.setting)].map(
          ([setting, own]) =>
            html`<div class="setting"><h3>${SETTINGS[setting]}</h3><ul>${own.map((p) => html`<li><a href="population/${p.id}.html">${p.title}</a> <span class="count">${p.options.length}</span></li>`)}</ul></div>`,
        )}</section>`,
    )}</div>`,
  }
}

function options(cross: Cross): Page {
  const rows = cross.populations.flatMap((p) =>
    p.options.map(
      (o) =>
        html`<tr><th scope="row"><a href="option/${o.id}.html">${o.title}</a>${reviewBadge(o.review)}<br>${idLine(o.id)}</th><td><a href="population/${p.id}.html">${p.title}</a></td><td>${standingChip(standingsOf(o)[0]!)}</td><td>${chips(o.approaches)}</td><td>${evidenceText(o)}</td></tr>`,
    ),
  )
  return {
    path: 'options.html',
    title: 'Options',
    nav: 'options',
    wide: true,
    body: html`<p>Every option a plan can hold. The option id in a plan is the name of its page; after a colon stands the regimen.</p>${filtered('Narrow', ['Option', 'Population', 'At most', 'Approach', 'Evidence'], rows)}`,
  }
}

function drugs(cross: Cross): Page {
  const { regimens } = cross.input.compilation.knowledge
  const rows = anticancerDrugs(cross).map((d) => {
    const own = regimens.filter((r) => r.components.some((c) => c.drug === d.id))
    return html`<tr><th scope="row"><a href="drug/${d.id}.html">${upperFirst(d.label)}</a></th><td>${chips(d.classes)}</td><td>${d.routes.join(', ')}</td><td>${own.length > 0 ? own.length : '–'}</td><td><small>${(d.names ?? []).slice(0, 3).join(', ')}</small></td></tr>`
  })
  return {
    path: 'drugs.html',
    title: 'Drugs',
    nav: 'drugs',
    wide: true,
    body: html`<p>Anticancer drugs with their regimens, options, dose rules and what bars them.</p>${filtered('Narrow', ['Drug', 'Classes', 'Routes', 'Regimens', 'Other names'], rows)}`,
  }
}

function safety(cross: Cross): Page {
  const rows = cross
    .of('safety')
    .map(
      ({ value, raw }) =>
        html`<tr><th scope="row"><a href="safety/${value.id}.html">${String(value.title)}</a>${reviewBadge(value.review)}</th><td><span class="badge effect-${String(value.effect)}">${String(value.effect)}</span></td><td>${String(value.say)}</td><td><small>${raw.file.replace(/^safety\/|\.yaml$/g, '').replace(/-/g, ' ')}</small></td></tr>`,
    )
  return {
    path: 'safety.html',
    title: 'Safety rules',
    nav: 'safety',
    wide: true,
    body: html`<p>What bars, cautions or must be settled first, once for every drug, whatever the option. Waiting times between treatments are among <a href="rules.html#interactions">all rules</a>.</p>${filtered('Narrow', ['Rule', 'Does', 'Says', 'Theme'], rows)}`,
  }
}

function emergencies(cross: Cross): Page {
  const order = ['emergency', 'urgent', 'soon']
  const list = [...cross.of('alerts')].sort((a, b) => order.indexOf(String(a.value.urgency)) - order.indexOf(String(b.value.urgency)))
  const rows = list.map(
    ({ value }) =>
      html`<tr><td>${chips([String(value.urgency)], `urgency-${String(value.urgency)}`)}</td><th scope="row"><a href="alert/${value.id}.html">${String(value.title)}</a>${reviewBadge(value.review)}</th><td><ul>${(value.actions as readonly string[]).slice(0, 2).map((a) => html`<li>${a}</li>`)}</ul></td></tr>`,
  )
  return {
    path: 'emergencies.html',
    title: 'Emergencies',
    nav: 'alerts',
    wide: true,
    body: html`<p>What comes before or beside systemic treatment, most urgent first.</p>${filtered('Narrow', ['Urgency', 'Alert', 'First'], rows)}`,
  }
}

function factList(cross: Cross): Page {
  const rows = cross.of('facts').map(({ value }) => {
    const n = cross.looking.get(value.id)?.length ?? 0
    return html`<tr><th scope="row"><a href="fact/${value.id}.html">${String(value.label)}</a><br>${idLine(value.id)}</th><td>${String(value.type)}${value.unit ? html`, ${String(value.unit)}` : ''}</td><td>${String(value.absence)}</td><td>${value.freshDays ? `${value.freshDays} d` : '–'}</td><td>${n}</td></tr>`
  })
  const criteria = cross
    .of('criteria')
    .map(({ value }) => html`<li><a href="criterion/${value.id}.html">${String(value.label)}</a> ${idLine(value.id)}</li>`)
  return {
    path: 'facts.html',
    title: 'Facts',
    nav: 'facts',
    wide: true,
    body: html`<p>Everything a rule can ask about a patient. <em>Witnessed</em>: only a test that looked says no. <em>Listed</em>: a chart that does not name it says no. <em>Asked</em>: unknown until asked.</p>${filtered('Narrow', ['Fact', 'Kind', 'Absence', 'Fresh for', 'Rules'], rows)}<section id="criteria"><h2>Named criteria</h2><p>Questions that many rules share, made of facts.</p><details><summary>All ${criteria.length}</summary><ul class="uses">${criteria}</ul></details></section>`,
  }
}

function sources(cross: Cross): Page {
  const rows = [...cross.of('sources')]
    .sort(
      (a, b) =>
        (cross.citing.get(b.value.id)?.length ?? 0) - (cross.citing.get(a.value.id)?.length ?? 0) || (a.value.id < b.value.id ? -1 : 1),
    )
    .map(
      ({ value }) =>
        html`<tr><th scope="row"><a href="source/${value.id}.html">${String(value.title)}</a>${reviewBadge(value.review)}</th><td>${String(value.kind).replace('-', ' ')}</td><td>${value.year ? String(value.year) : '–'}</td><td>${cross.citing.get(value.id)?.length ?? 0}</td></tr>`,
    )
  return {
    path: 'sources.html',
    title: 'Sources',
    nav: 'sources',
    wide: true,
    body: html`<p>Trials, labels, guidelines and other works, with the rules that rest on each. Most cited first.</p>${filtered('Narrow', ['Source', 'Kind', 'Year', 'Rules'], rows)}`,
  }
}

const OTHER: readonly Kind[] = [
  'interactions',
  'testRules',
  'tests',
  'support',
  'dosing',
  'outlook',
  'trials',
  'quality',
  'scores',
  'patient',
  'regimens',
]

function rules(cross: Cross): Page {
  const line = (e: CheckedEntry): Html =>
    html`<li>${entryLink(cross, { kind: e.kind, id: e.value.id }, '', nameOf(cross, { kind: e.kind, id: e.value.id }))}${reviewBadge(e.value.review)} ${idLine(e.value.id)}</li>`
  return {
    path: 'rules.html',
    title: 'All other rules',
    nav: '',
    sections: OTHER.map((kind) => ({ id: kind, title: upperFirst(PAGES[kind]!.many) })),
    body: html`${OTHER.map((kind) => html`<section id="${kind}"><h2>${upperFirst(PAGES[kind]!.many)} <span class="count">${cross.of(kind).length}</span></h2><ul class="uses">${cross.of(kind).map(line)}</ul></section>`)}`,
  }
}

function patients(cross: Cross): Page {
  const rows = cross.input.patients.map(
    (p) =>
      html`<tr><th scope="row"><a href="patient/${p.id}.html">${patientName(cross, p)}</a></th><td>${p.story}</td><td>${p.status === 'refused' ? html`<span class="badge open">no plan</span>` : p.options[0]?.title}</td></tr>`,
  )
  return {
    path: 'patients.html',
    title: 'Example patients',
    nav: 'patients',
    wide: true,
    body: html`<p>Invented people. Their plans show the rules at work; every option leads to its page.</p>${rows.length > 0 ? filtered('Narrow', ['Patient', 'Story', 'First option'], rows) : html`<p class="quiet">This copy was built without example patients.</p>`}`,
  }
}

function search(_cross: Cross): Page {
  return {
    path: 'search.html',
    title: 'Search',
    body: html`<div id="results" data-results><p class="quiet">Type in the box above. The search works on this disk, without a server; it needs scripts to be allowed. Without them use the lists in the navigation and the search of your browser.</p></div>`,
  }
}
