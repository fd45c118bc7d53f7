import type { ConditionalText, FactDefinition, InteractionRule, OptionRule, Regimen, RestsOn, SafetyRule } from '@secondwind/core'
import { factsOf } from '@secondwind/core'
import type { CheckedEntry } from '../../compile.ts'
import { bullets, criterionList, split } from './criterion.ts'
import { anchorOf, type Cross, type Mention, ruleOf } from './cross.ts'
import { type Html, html, listed, nothing, SCROLL } from './html.ts'
import type { Aim } from './input.ts'
import { drugLink, entryLink, idLine, mentions, populationLink, reviewBadge } from './links.ts'
import { type Page, section, sectionsOf } from './page.ts'
import {
  approvals,
  changes,
  chips,
  evidence,
  evidenceText,
  examples,
  facts,
  reasonOf,
  reviewText,
  standingChip,
  standingsOf,
  whereText,
} from './parts.ts'
import { adjustments, regimenBlock, schedules } from './regimen.ts'

const ROOT = '../'
const ABSENCE = {
  witnessed: 'only a test that looked says no',
  listed: 'a chart that does not name it says no',
  asked: 'unknown until somebody asks',
} as const

type AimedRule = SafetyRule & Pick<Aim, 'regimens'>

/** The protocol page of an option: for whom, for whom not, how, what to watch, on what it rests. Its name is the option's id in a plan. */
export function optionPage(cross: Cross, entry: CheckedEntry): Page {
  const option = entry.value as unknown as OptionRule
  const { knowledge } = cross.input.compilation
  const regimens = option.regimens.map((id) => cross.regimens.get(id)).filter((r) => r !== undefined)
  const drugs = [...new Set(regimens.flatMap((r) => r.components.map((c) => c.drug)))]
  const population = cross.populations.find((p) => p.id === option.group)
  const aimed = cross.input.aimed.get(option.id) ?? { safety: [], interactions: [] }
  const rules = aimed.safety.flatMap(({ rule, regimens }): AimedRule[] => {
    const found = cross.safety.get(rule)
    return found ? [{ ...found, ...(regimens ? { regimens } : {}) }] : []
  })
  const interactions = knowledge.interactions.filter((i) => aimed.interactions.some((a) => a.rule === i.id))
  const { must, mustNot } = split(option.when)
  const { sections, body } = sectionsOf([
    section('who', 'Who it is for', whoFor(cross, must)),
    section('who-not', 'Who it is not for', whoNot(cross, mustNot, rules)),
    section('standing', 'How strongly it is offered', standing(cross, option)),
    section('dose', 'Dose and schedule', dose(cross, option, regimens, drugs)),
    section('cautions', 'Cautions', cautions(cross, option, rules)),
    section('first', 'Before the first dose', beforeFirst(cross, rules)),
    section('interactions', 'Interactions and waiting times', waiting(cross, interactions)),
    section('monitoring', 'Monitoring', monitoring(cross, drugs, rules)),
    section('emergencies', 'Emergencies and reasons for tests', spoken(cross, drugs)),
    section('supportive', 'Goes with it', withIt(cross, option, drugs)),
    section('evidence', 'Evidence', evidence(cross, option.cites, ROOT)),
    section('approval', 'Approval', approvals(option.availability)),
    section('instead', 'Other options for this population', others(cross, option)),
    section('known', 'What must be known', known(cross, option)),
    section('examples', 'Examples', examples(cross, entry.value, ROOT)),
    section('patients', 'Example patients', patients(cross, option)),
    section('changes', 'What changed', changes(cross, entry)),
  ])
  const summary = facts([
    ['Option id', idLine(option.id)],
    ['Population', population ? populationLink(population, ROOT) : option.group],
    ['Approach', chips(option.approaches)],
    [
      'Drugs',
      drugs.length > 0
        ? html`${drugs.map((d, i) => html`${i > 0 && ', '}${drugLink(cross, d, ROOT)}`)}`
        : option.drugsFrom
          ? 'those that run now'
          : undefined,
    ],
    ['Rests on', option.restsOn && `${restsText(option.restsOn)}: it stands no higher than the best of those open to the patient`],
    ['Technique', option.technique && chips([option.technique])],
    ['Procedure', option.procedure && chips([option.procedure])],
    ['Site', option.site && chips([option.site])],
    ['Evidence', evidenceText(option)],
    ['Toxicity', option.toxicity],
    ['Acts in the brain', option.brainActivity],
    ['Valid since', option.effective],
    ['Review', reviewText(cross, entry.value)],
    ['Written in', whereText(entry)],
  ])
  return {
    path: `option/${option.id}.html`,
    title: option.title,
    kind: 'Protocol',
    nav: 'options',
    crumbs: [
      { title: 'Populations', href: 'populations.html' },
      ...(population ? [{ title: population.chapter, href: `populations.html#${anchorOf(population.chapter)}` }] : []),
      ...(population ? [{ title: population.title, href: `population/${population.id}.html` }] : []),
    ],
    sections,
    body: html`${option.review === 'unconfirmed' && html`<p class="notice open"><strong>Unconfirmed.</strong> Nobody has yet seen the claim of this page in its source. A plan says so beside the option.</p>`}
<div class="lead"><p>${standingsOf(option).map((s) => html`${standingChip(s)} `)}<span>${reasonOf(cross, option)}</span></p><p class="contra"><strong>Against:</strong> ${option.against.at(-1)!.say}.</p></div>
${summary}
${body}`,
  }
}

const restsText = ({ drugs, classes, approaches, options, brainActivity }: RestsOn): string =>
  [
    drugs?.join(', '),
    classes && `class ${classes.join(', ')}`,
    approaches?.join(', '),
    options && `option ${options.join(', ')}`,
    brainActivity && `activity in the brain ${brainActivity.join(' or ')}`,
  ]
    .filter((part) => part !== undefined)
    .join('; ')

function whoFor(cross: Cross, must: readonly OptionRule['when'][]): Html {
  return html`<p>All of these hold. Where one of them is unknown, the plan keeps the option open and asks for what is missing; where one is false, the option is not listed.</p>${bullets(cross, must, ROOT)}`
}

function whoNot(cross: Cross, mustNot: readonly OptionRule['when'][], rules: readonly AimedRule[]): Html | undefined {
  const bars = rules.filter((r) => r.effect === 'bar')
  if (mustNot.length === 0 && bars.length === 0) return undefined
  const group = (title: string, reason: string, isFolded = false): Html | false => {
    const own = bars.filter((b) => b.reason === reason)
    if (own.length === 0) return false
    return isFolded && own.length > 3
      ? html`<details><summary>${title} <span class="count">${own.length}</span></summary>${ruleTable(cross, own)}</details>`
      : html`<h3>${title}</h3>${ruleTable(cross, own)}`
  }
  return html`${mustNot.length > 0 && html`<h3>Another population</h3>${bullets(cross, mustNot, ROOT)}`}
${group('Not safe', 'unsafe')}${group('Other reasons', 'caution')}${group('Not expected to work', 'ineffective', true)}${group('Something better is open', 'displaces-better', true)}`
}

const UNKNOWN = {
  'needs-data': 'must be known before it is offered',
  conditional: 'offered on condition',
  check: 'settled before the first dose',
  ignore: 'silence counts as no',
} as const

function ruleTable(cross: Cross, rules: readonly AimedRule[]): Html {
  return html`${SCROLL}<table class="rules"><thead><tr><th>When</th><th>Reason</th><th>If unknown</th></tr></thead><tbody>${rules.map(
    (r) =>
      html`<tr><td>${ruleHead(cross, r)}</td><td>${r.say}${reviewBadge(r.review)}${onlyWith(r)}</td><td>${UNKNOWN[r.whenUnknown]}</td></tr>`,
  )}</tbody></table></div>`
}

const ruleHead = (cross: Cross, r: SafetyRule): Html =>
  html`<strong class="rule">${entryLink(cross, { kind: 'safety', id: r.id }, ROOT)}</strong>${criterionList(cross, r.when, ROOT)}`

/** Said where a rule concerns some regimens of the option and not the others. */
const onlyWith = ({ regimens }: AimedRule): Html =>
  regimens ? html` <span class="badge only">only ${listed(regimens, 'or')}</span>` : nothing

function standing(cross: Cross, option: OptionRule): Html {
  return html`<p class="quiet">The first row that is true decides. A row that is unknown is passed over, and its facts are asked for. Emergencies, cautions and wishes may lower the standing in a plan.</p>
${SCROLL}<table><thead><tr><th>Standing</th><th>When</th><th>Because</th></tr></thead><tbody>${option.standing.map(
    (row) =>
      html`<tr><th scope="row">${standingChip(row.as)}</th><td>${row.when ? criterionList(cross, row.when, ROOT) : option.standing.length > 1 ? 'otherwise' : 'always'}</td><td>${row.because}</td></tr>`,
  )}</tbody></table></div>${option.priorityBecause && html`<p>Among equals: ${option.priorityBecause}.</p>`}`
}

function dose(cross: Cross, option: OptionRule, regimens: readonly Regimen[], drugs: readonly string[]): Html | undefined {
  const adjusted = adjustments(cross, drugs, ROOT)
  if (regimens.length === 0 && !option.fractionations) {
    return undefined
  }
  return html`${regimens.length > 1 && html`<p>One option for each regimen below, the preferred first: in a plan its id is <code>${option.id}:</code> and the regimen's id.</p>`}
${regimens.map((r) => regimenBlock(cross, r, ROOT))}
${option.fractionations && schedules(option.fractionations)}
${adjusted && html`<h3>Dose by organ function and other facts</h3>${adjusted}`}`
}

function cautions(cross: Cross, option: OptionRule, rules: readonly AimedRule[]): Html | undefined {
  const own = rules.filter((r) => r.effect === 'caution')
  const lines = (title: string, list: readonly ConditionalText[]): Html | false =>
    list.length > 0 &&
    html`<h3>${title}</h3><ul>${list.map((c) => html`<li>${c.say}${c.when && html`<div class="when">when ${criterionList(cross, c.when, ROOT)}</div>`}</li>`)}</ul>`
  return html`${lines('The strongest reason against', option.against)}${lines('To watch', option.cautions)}${
    own.length > 0 &&
    html`<h3>Depending on the patient</h3>${SCROLL}<table class="rules"><thead><tr><th>When</th><th>Say and do</th></tr></thead><tbody>${own.map(
      (r) =>
        html`<tr><td>${ruleHead(cross, r)}</td><td>${r.say}${reviewBadge(r.review)}${onlyWith(r)}${r.lowersTo && html` <span class="badge">at most ${r.lowersTo}</span>`}</td></tr>`,
    )}</tbody></table></div>`
  }`
}

function beforeFirst(cross: Cross, rules: readonly AimedRule[]): Html | undefined {
  const checks = rules.filter((r) => r.effect === 'check')
  const settle = rules.filter((r) => r.effect === 'bar' && r.whenUnknown === 'check')
  if (checks.length === 0 && settle.length === 0) return undefined
  const wanted = new Set(settle.flatMap((r) => [...factsOf(r.when, cross.words)]))
  return html`${checks.length > 0 && html`<ul>${checks.map((r) => html`<li>${r.say}${reviewBadge(r.review)}${onlyWith(r)}<div class="when">when ${criterionList(cross, r.when, ROOT)} · ${entryLink(cross, { kind: 'safety', id: r.id }, ROOT)}</div></li>`)}</ul>`}
${wanted.size > 0 && html`<p>To be known by then: ${[...wanted].map((f, i) => html`${i > 0 && ', '}${entryLink(cross, { kind: 'facts', id: f }, ROOT)}`)}.</p>`}`
}

function waiting(cross: Cross, rules: readonly InteractionRule[]): Html | undefined {
  if (rules.length === 0) return undefined
  return html`<ul>${rules.map((r) => html`<li><strong>${entryLink(cross, { kind: 'interactions', id: r.id }, ROOT, r.title)}</strong>${reviewBadge(r.review)}: ${r.say}${r.window && html` <span class="badge">${r.window.text}</span>`}<div class="when">when ${criterionList(cross, r.when, ROOT)}</div></li>`)}</ul><p class="quiet">Interactions with the patient's own medicines that bar or caution stand above.</p>`
}

/** What the safety and dose rules of this option want to see measured, and how recent it must be: the facts that grow old, by the test that settles them. */
function monitoring(cross: Cross, drugs: readonly string[], rules: readonly AimedRule[]): Html | undefined {
  const { dosing } = cross.input.compilation.knowledge
  const asking = [
    ...rules.map((r) => ({ when: r.when, link: entryLink(cross, { kind: 'safety', id: r.id }, ROOT) })),
    ...dosing
      .filter((d) => drugs.includes(d.drug))
      .map((d) => ({ when: d.when, link: entryLink(cross, { kind: 'dosing', id: d.id }, ROOT, `dose of ${d.drug}`) })),
  ]
  const rows = new Map<string, { readonly fact: FactDefinition; readonly links: Html[] }>()
  for (const { when, link } of asking) {
    for (const id of factsOf(when, cross.words)) {
      const fact = cross.facts.get(id)
      if (fact?.freshDays === undefined) continue
      const row = rows.get(id) ?? { fact, links: [] }
      if (!row.links.some((l) => l.text === link.text)) row.links.push(link)
      rows.set(id, row)
    }
  }
  if (rows.size === 0) return undefined
  const tests = [...Map.groupBy(rows.values(), ({ fact }) => fact.test ?? '')].sort(([, a], [, b]) => freshest(a) - freshest(b))
  return html`<p class="quiet">What the safety and dose rules of this option read, and how recent a value must be to count.</p>${SCROLL}<table><thead><tr><th>Test</th><th>Value</th><th>Not older than</th><th>Read by</th></tr></thead><tbody>${tests.map(
    ([test, own]) =>
      own.map(
        ({ fact, links }, i) =>
          html`<tr>${i === 0 && html`<th scope="rowgroup" rowspan="${own.length}">${test === '' ? 'asked or measured at the visit' : entryLink(cross, { kind: 'tests', id: test }, ROOT)}</th>`}<td>${entryLink(cross, { kind: 'facts', id: fact.id }, ROOT)}</td><td>${fact.freshDays} days</td><td><small>${links.slice(0, 4).map((l, n) => html`${n > 0 && '; '}${l}`)}${links.length > 4 && ` and ${links.length - 4} more`}</small></td></tr>`,
      ),
  )}</tbody></table></div>`
}

const freshest = (rows: readonly { readonly fact: FactDefinition }[]): number => Math.min(...rows.map((r) => r.fact.freshDays ?? 0))

/** Rules that speak of these drugs or their classes while they run, found by the values that their conditions name. */
function spoken(cross: Cross, drugs: readonly string[]): Html | undefined {
  const names = new Set([...drugs, ...drugs.flatMap((d) => cross.drugs.get(d)?.classes ?? [])])
  const found: Mention[] = []
  for (const name of names)
    for (const m of cross.naming.get(name) ?? [])
      if ((m.kind === 'testRules' || m.kind === 'alerts') && !found.some((f) => f.kind === m.kind && f.id === m.id)) found.push(m)
  return found.length > 0
    ? html`<p class="quiet">Rules that speak of these drugs or their classes.</p>${mentions(cross, found, ROOT)}`
    : undefined
}

function withIt(cross: Cross, option: OptionRule, drugs: readonly string[]): Html | undefined {
  const texts = cross
    .of('patient')
    .filter(({ value }) => {
      const about = value.about as { readonly options?: readonly string[]; readonly drugs?: readonly string[] }
      return about.options?.includes(option.id) || about.drugs?.some((d) => drugs.includes(d))
    })
    .slice(0, 6)
  if (option.concurrent.length === 0 && texts.length === 0) return undefined
  return html`${option.concurrent.length > 0 && html`<ul>${option.concurrent.map((c) => html`<li>${c.say} <span class="because">because ${c.because}</span>${c.when && html`<div class="when">when ${criterionList(cross, c.when, ROOT)}</div>`}</li>`)}</ul>`}
${texts.length > 0 && html`<h3>In plain words, for the patient</h3><ul>${texts.map(({ value }) => html`<li>${entryLink(cross, { kind: 'patient', id: value.id }, ROOT, String(value.what ?? value.name ?? value.gives ?? value.id))}${reviewBadge(value.review)}</li>`)}</ul>`}`
}

function others(cross: Cross, option: OptionRule): Html | undefined {
  const list = cross.populations.find((p) => p.id === option.group)?.options.filter((o) => o.id !== option.id) ?? []
  if (list.length === 0) return undefined
  return html`<ul class="options">${list.map((o) => html`<li><a href="${o.id}.html">${o.title}</a> ${standingsOf(o).map((s) => html`${standingChip(s)} `)}${reviewBadge(o.review)}<br><small>${reasonOf(cross, o)}</small></li>`)}</ul>`
}

function known(cross: Cross, option: OptionRule): Html {
  const ids = [...factsOf(option.when, cross.words)]
  return html`<p class="quiet">The facts that decide whether the option is a question at all. The facts of the safety rules stand with them.</p>${SCROLL}<table><thead><tr><th>Fact</th><th>How absence counts</th><th>Test that settles it</th><th>Fresh for</th></tr></thead><tbody>${ids.map(
    (id) => {
      const fact = cross.facts.get(id)
      return html`<tr><th scope="row">${entryLink(cross, { kind: 'facts', id }, ROOT)}</th><td>${fact && ABSENCE[fact.absence]}</td><td>${fact?.test ? entryLink(cross, { kind: 'tests', id: fact.test }, ROOT) : '–'}</td><td>${fact?.freshDays ? `${fact.freshDays} days` : '–'}</td></tr>`
    },
  )}</tbody></table></div>`
}

function patients(cross: Cross, option: OptionRule): Html | undefined {
  const list = cross.seenIn.get(option.id) ?? []
  if (list.length === 0) return undefined
  return html`<ul>${list.slice(0, 12).map((p) => {
    const own = p.options.filter((o) => ruleOf(o.id) === option.id)
    return html`<li><a href="${ROOT}patient/${p.id}.html">${p.story}</a><br><small>${listed(own.map((o) => `rank ${o.rank}, ${o.standing.replace('-', ' ')}`))}</small></li>`
  })}</ul>`
}
