import { type Cross, ruleOf } from './cross.ts'
import { html, SCROLL, upperFirst } from './html.ts'
import type { ExamplePatient } from './input.ts'
import { type Page, section, sectionsOf } from './page.ts'
import { chips, standingChip } from './parts.ts'

/** The name of the chart in words, written as the base writes them (a gene in capitals). */
export function patientName(cross: Cross, { id }: ExamplePatient): string {
  const known = new Map<string, string>()
  for (const { label } of cross.facts.values())
    for (const word of label.match(/[A-Za-z0-9]+/g) ?? []) if (/[A-Z].*[A-Z]/.test(word)) known.set(word.toLowerCase(), word)
  return upperFirst(
    id
      .split('-')
      .map((word) => known.get(word) ?? word)
      .join(' '),
  )
}

/** The plan of an invented patient, so that a reader sees the rules at work; every option leads to its page. */
export function patientPage(cross: Cross, patient: ExamplePatient): Page {
  const { sections, body } = sectionsOf([
    section(
      'alerts',
      'Alerts',
      patient.alerts.length > 0 &&
        html`<ul>${patient.alerts.map((a) => html`<li>${chips([a.urgency], `urgency-${a.urgency}`)} ${a.title}</li>`)}</ul>`,
    ),
    section(
      'options',
      'Options, best first',
      patient.options.length > 0 &&
        html`${SCROLL}<table><thead><tr><th>Rank</th><th>Option</th><th>Standing</th><th>Because</th></tr></thead><tbody>${patient.options.map(
          (o) => {
            const rule = ruleOf(o.id)
            const regimen = o.id.includes(':') ? `#${o.id.split(':')[1]}` : ''
            const folder = cross.entries.has(`treatment/${rule}`) ? 'option' : 'trial'
            return html`<tr><td>${o.rank}</td><th scope="row"><a href="../${folder}/${rule}.html${regimen}">${o.title}</a><br><code class="id">${o.id}</code></th><td>${standingChip(o.standing)}</td><td>${upperFirst(o.because)}</td></tr>`
          },
        )}</tbody></table></div>`,
    ),
    section(
      'not',
      'Not to be given',
      patient.notAdvised.length > 0 &&
        html`<ul>${patient.notAdvised.map((n) => html`<li><strong>${n.treatment}</strong> <span class="badge">${n.reason.replace('-', ' ')}</span> ${n.claim}</li>`)}</ul>`,
    ),
    section(
      'tests',
      'Find out',
      patient.tests.length > 0 &&
        html`<ul>${patient.tests.map((t) => html`<li>${chips([t.urgency], `urgency-${t.urgency}`)} <a href="../test/${t.id}.html">${t.title}</a></li>`)}</ul>`,
    ),
  ])
  return {
    path: `patient/${patient.id}.html`,
    title: patientName(cross, patient),
    kind: 'Example patient, invented',
    nav: 'patients',
    crumbs: [{ title: 'Examples', href: 'patients.html' }],
    sections,
    body: html`<p class="lead"><span>${patient.story}</span></p>${patient.status === 'refused' && html`<p class="notice open"><strong>No plan.</strong> ${patient.why}</p>`}${body}`,
  }
}
