import type { Criterion, FactDefinition, Regimen, ScoreRule, Source, Target, TrialRule } from '@secondwind/core'
import type { CheckedEntry } from '../../compile.ts'
import { criterionList } from './criterion.ts'
import { type Cross, type Mention, PAGES } from './cross.ts'
import { counted, type Html, html, SCROLL, upperFirst } from './html.ts'
import { drugLink, entryLink, idLine, mentions, nameOf } from './links.ts'
import { type Page, section, sectionsOf } from './page.ts'
import { changes, chips, evidence, examples, facts, outside, reviewText, whereText } from './parts.ts'
import { adjustments, regimenBlock } from './regimen.ts'
import { scoreBody } from './score-page.ts'

export const ROOT = '../'

const LIST_PAGE: { readonly [kind: string]: { readonly title: string; readonly href: string; readonly nav: string } } = {
  safety: { title: 'Safety', href: 'safety.html', nav: 'safety' },
  alerts: { title: 'Emergencies', href: 'emergencies.html', nav: 'alerts' },
  facts: { title: 'Facts', href: 'facts.html', nav: 'facts' },
  criteria: { title: 'Facts', href: 'facts.html', nav: 'facts' },
  sources: { title: 'Sources', href: 'sources.html', nav: 'sources' },
  regimens: { title: 'Drugs', href: 'drugs.html', nav: 'drugs' },
}

export function frame(cross: Cross, entry: CheckedEntry, title: string, parts: readonly ReturnType<typeof section>[], head: Html): Page {
  const page = PAGES[entry.kind]!
  const list = LIST_PAGE[entry.kind] ?? { title: 'All rules', href: 'rules.html', nav: '' }
  const { sections, body } = sectionsOf([...parts, section('changes', 'What changed', changes(cross, entry))])
  const isOpen = entry.value.review === 'unconfirmed'
  return {
    path: `${page.folder}/${entry.value.id}.html`,
    title,
    kind: upperFirst(page.one),
    nav: list.nav,
    crumbs: [{ title: list.title, href: list.href }],
    sections,
    body: html`${isOpen && html`<p class="notice open"><strong>Unconfirmed.</strong> Nobody has yet seen this in its source. Where a plan uses it, the plan says so.</p>`}${head}${body}`,
  }
}

const ABSENCE = {
  witnessed: 'Witnessed: only a test, panel or scan that looked can say no. Silence is unknown.',
  listed: 'Listed: a chart that does not name it counts as no, and the plan says that no list named it.',
  asked: 'Asked: unknown until somebody asks or measures. Silence is unknown.',
} as const

const TYPES = {
  truth: 'yes or no',
  integer: 'a whole number',
  quantity: 'a measured number',
  code: 'one value of a list',
  codes: 'several values of a list',
  date: 'a date',
  text: 'a text',
  list: 'a table of rows',
} as const

export function factPage(cross: Cross, entry: CheckedEntry): Page {
  const fact = entry.value as unknown as FactDefinition & { readonly note?: string }
  const link = (id: string): Html => entryLink(cross, { kind: 'facts', id }, ROOT)
  const list = (ids: readonly string[]): Html => html`${ids.map((id, i) => html`${i > 0 && ', '}${link(id)}`)}`
  const codes = codesOf(cross, fact)
  const head = facts([
    ['Fact id', idLine(fact.id)],
    ['Kind', `${TYPES[fact.type]}${fact.unit ? `, in ${fact.unit}` : ''}`],
    [
      'Possible',
      fact.plausible && `${fact.plausible[0]} to ${fact.plausible[1]} ${fact.unit ?? ''}; outside it a value is asked for again`,
    ],
    ['How absence counts', ABSENCE[fact.absence]],
    [
      'Fresh for',
      fact.freshDays === undefined
        ? 'always'
        : `${counted(fact.freshDays, 'day')}; an older value is marked old, and counts as unknown for doses and organ function`,
    ],
    ['Settled by', fact.test && entryLink(cross, { kind: 'tests', id: fact.test }, ROOT)],
    ['What to ask', fact.ask],
    ['Computed from', fact.derivedFrom && list(fact.derivedFrom)],
    ['May be replaced by', fact.standIns && list(fact.standIns)],
    ['Resistance', fact.needsLaterSample && 'an absence in a sample taken before the latest line says nothing'],
    ['Note', fact.note],
    [
      'Enter by hand',
      html`<code>--set ${fact.id}=${fact.type === 'truth' ? 'true' : fact.type === 'code' || fact.type === 'codes' ? (Object.keys(fact.values ?? {})[0] ?? '…') : '…'}</code>`,
    ],
    ['Written in', whereText(entry)],
  ])
  return frame(
    cross,
    entry,
    upperFirst(fact.label),
    [
      section(
        'values',
        'Values',
        fact.values &&
          html`${SCROLL}<table><thead><tr><th>Value</th><th>Meaning</th></tr></thead><tbody>${Object.entries(fact.values).map(([v, label]) => html`<tr id="${v}"><th scope="row"><code>${v}</code></th><td>${label}</td></tr>`)}</tbody></table></div>`,
      ),
      section(
        'fields',
        'Fields of a row',
        fact.fields &&
          html`${SCROLL}<table><tbody>${Object.entries(fact.fields).map(([f, type]) => html`<tr><th scope="row"><code>${f}</code></th><td>${type}</td></tr>`)}</tbody></table></div>`,
      ),
      section('codes', 'How charts send it', codes),
      section('used', 'Where it is used', mentions(cross, cross.looking.get(fact.id) ?? [], ROOT)),
    ],
    head,
  )
}

/** Lines of the terminology that lead to a fact: codes by system, and whether phrases are read too. */
function codesOf(cross: Cross, fact: FactDefinition): Html | undefined {
  const { terminology } = cross.input.compilation.knowledge
  const rows: Html[] = (fact.codes ?? []).map(
    (c) => html`<tr><th scope="row">${c.system}</th><td><code>${c.code}</code></td><td>registry</td></tr>`,
  )
  const collect = (file: string, node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) collect(file, item)
    else if (typeof node === 'object' && node !== null) {
      const record = node as Record<string, unknown>
      const isOurs =
        record.fact === fact.id ||
        record.about === fact.id ||
        ['sets', 'adds'].some((f) => fact.id in ((record[f] as object | undefined) ?? {}))
      if (isOurs) {
        for (const system of ['loinc', 'code', 'snomed', 'icd10', 'icdo3', 'rxnorm']) {
          const codes = [record[system] ?? []].flat().filter((c) => typeof c === 'string')
          if (codes.length > 0)
            rows.push(
              html`<tr><th scope="row">${SYSTEMS[system] ?? system}</th><td>${codes.map((c) => html`<code>${c}</code> `)}</td><td>${file}</td></tr>`,
            )
        }
        const words = [record.phrases ?? [], record.names ?? [], record.words ?? []].flat().filter((w) => typeof w === 'string')
        if (words.length > 0)
          rows.push(
            html`<tr><th scope="row">Words</th><td>${words.slice(0, 8).join('; ')}${words.length > 8 && ` … (${words.length} in all)`}</td><td>${file}</td></tr>`,
          )
      } else for (const item of Object.values(record)) collect(file, item)
    }
  }
  for (const [file, content] of Object.entries(terminology)) collect(file, content)
  return rows.length > 0
    ? html`${SCROLL}<table><thead><tr><th>System</th><th>Codes or words</th><th>From</th></tr></thead><tbody>${rows}</tbody></table></div>`
    : undefined
}

const SYSTEMS: { readonly [system: string]: string } = {
  loinc: 'LOINC',
  code: 'LOINC',
  snomed: 'SNOMED CT',
  icd10: 'ICD-10-CM',
  icdo3: 'ICD-O-3',
  rxnorm: 'RxNorm',
}

export function sourcePage(cross: Cross, entry: CheckedEntry): Page {
  const source = entry.value as unknown as Source & { readonly note?: string }
  const citing = cross.citing.get(source.id) ?? []
  const claims = citing.flatMap((m) => {
    const cites = cross.entries.get(`${m.kind}/${m.id}`)?.value.cites as readonly {
      source: string
      at: string
      says: string
      review?: string
    }[]
    return cites.filter((c) => c.source === source.id).map((c) => ({ ...c, by: m }))
  })
  const said = [...Map.groupBy(claims, (c) => `${c.at}\n${c.says}`).values()]
  return frame(
    cross,
    entry,
    source.title,
    [
      section(
        'claims',
        'What is taken from it',
        said.length > 0 &&
          html`<ol class="evidence">${said.map((same) => html`<li><blockquote>${upperFirst(same[0]!.says)}</blockquote><p>${same[0]!.at}${same.some((c) => c.review === 'unconfirmed') && html` <span class="badge open">unconfirmed</span>`} · for ${same.map((c, i) => html`${i > 0 && ', '}${entryLink(cross, c.by, ROOT)}`)}</p></li>`)}</ol>`,
      ),
      section('used', 'Rules that rest on it', mentions(cross, citing, ROOT)),
    ],
    html`<p class="outlinks">${outside(source)}</p>${facts([
      ['Source id', idLine(source.id)],
      ['Kind', source.kind.replace('-', ' ')],
      ['Year', source.year === undefined ? undefined : String(source.year)],
      ['Read on', source.accessed],
      [
        'Seen',
        source.review === 'confirmed'
          ? html`<span class="badge done">confirmed</span> somebody opened it`
          : html`<span class="badge open">unconfirmed</span> nobody has opened it yet`,
      ],
      ['Note', source.note],
      ['Written in', whereText(entry)],
    ])}`,
  )
}

export function criterionPage(cross: Cross, entry: CheckedEntry): Page {
  const { id, label, when } = entry.value as unknown as { id: string; label: string; when: Criterion }
  return frame(
    cross,
    entry,
    upperFirst(label),
    [
      section('definition', 'Definition', criterionList(cross, when, ROOT)),
      section('used', 'Where it is used', mentions(cross, cross.referring.get(id) ?? [], ROOT)),
    ],
    facts([
      ['Criterion id', idLine(id)],
      ['Written in', whereText(entry)],
    ]),
  )
}

export function regimenPage(cross: Cross, entry: CheckedEntry): Page {
  const regimen = entry.value as unknown as Regimen
  const drugs = [...new Set(regimen.components.map((c) => c.drug))]
  const options: Mention[] = (cross.regimenOptions.get(regimen.id) ?? []).map((o) => ({ kind: 'treatment', id: o.id }))
  return frame(
    cross,
    entry,
    regimen.title,
    [
      section('dose', 'Dose and schedule', regimenBlock(cross, regimen, ROOT, false)),
      section('adjust', 'Dose by organ function and other facts', adjustments(cross, drugs, ROOT)),
      section('evidence', 'Evidence', evidence(cross, regimen.cites, ROOT)),
      section('used', 'Options that use it', mentions(cross, options, ROOT)),
    ],
    facts([
      ['Regimen id', idLine(regimen.id)],
      ['Drugs', html`${drugs.map((d, i) => html`${i > 0 && ', '}${drugLink(cross, d, ROOT)}`)}`],
      ['Review', reviewText(cross, entry.value)],
      ['Written in', whereText(entry)],
    ]),
  )
}

export function trialPage(cross: Cross, entry: CheckedEntry): Page {
  const trial = entry.value as unknown as TrialRule
  const criteria = (kind: string): Html | undefined => {
    const own = trial.criteria.filter((c) => c.kind === kind)
    return own.length > 0
      ? html`<ul>${own.map((c) => html`<li>${upperFirst(c.say)}<div class="when">${criterionList(cross, c.when, ROOT)}</div></li>`)}</ul>`
      : undefined
  }
  return frame(
    cross,
    entry,
    trial.title,
    [
      section('who', 'Inclusion', criteria('inclusion')),
      section('who-not', 'Exclusion', criteria('exclusion')),
      section('check', 'For a person to check', html`<ul>${trial.check.map((c) => html`<li>${upperFirst(c)}</li>`)}</ul>`),
      section('arms', 'Arms', html`<ul>${trial.arms.map((a) => html`<li>${upperFirst(a.say)}</li>`)}</ul>`),
      section('evidence', 'Registry record', evidence(cross, trial.cites, ROOT)),
      section('examples', 'Examples', examples(cross, entry.value, ROOT)),
    ],
    html`<p class="contra"><strong>Against:</strong> ${trial.against}.</p>${facts([
      ['Trial', html`<a class="out" href="https://clinicaltrials.gov/study/${trial.nct}" rel="noreferrer">${trial.nct}</a>`],
      ['Phase', trial.phase],
      [
        'Status',
        `${trial.status}, as of ${trial.asOf}${trial.until ? `; expected end ${trial.until}` : ''}. Ask whether it still recruits.`,
      ],
      ['Countries', trial.regions.join(', ')],
      ['Review', reviewText(cross, entry.value)],
      ['Written in', whereText(entry)],
    ])}`,
  )
}

/** Every other kind of rule: what it says, when, what it does, on what it rests. */
export function rulePage(cross: Cross, entry: CheckedEntry): Page {
  const { kind, value } = entry
  const when = value.when as Criterion | undefined
  const suspect = value.suspect as { readonly when: Criterion; readonly title: string; readonly actions: readonly string[] } | undefined
  const actions = value.actions as readonly (string | { readonly say: string; readonly when?: Criterion })[] | undefined
  const action = (a: string | { readonly say: string; readonly when?: Criterion }): Html =>
    typeof a === 'string'
      ? html`<li>${a}</li>`
      : html`<li>${a.say}${a.when && html`<div class="when">when ${criterionList(cross, a.when, ROOT)}</div>`}</li>`
  const target = value.applies as Target | undefined
  const options = kind === 'safety' || kind === 'interactions' ? optionsAimedAt(cross, kind, value.id) : []
  const used: readonly Mention[] =
    kind === 'tests'
      ? cross
          .of('testRules')
          .filter((e) => e.value.test === value.id)
          .map((e) => ({ kind: 'testRules', id: e.value.id }))
      : []
  const avoid = value.avoid as readonly string[] | undefined
  const settles = kind === 'tests' ? (value.settles as readonly string[]) : []
  return frame(
    cross,
    entry,
    upperFirst(nameOf(cross, { kind, id: value.id })),
    [
      section('says', 'What it says', typeof value.say === 'string' && html`<p class="say">${value.say}</p>`),
      section('words', 'The words', kind === 'patient' && wordsOf(value)),
      section('score', 'How it is worked out', kind === 'scores' && scoreBody(value as unknown as ScoreRule)),
      section('when', 'When', when && criterionList(cross, when, ROOT)),
      section('actions', 'What to do', actions && html`<ul>${actions.map(action)}</ul>`),
      section(
        'suspect',
        'When it is only suspected',
        suspect &&
          html`<p class="say">${suspect.title}</p><div class="when">when ${criterionList(cross, suspect.when, ROOT)}</div><ul>${suspect.actions.map(action)}</ul>`,
      ),
      section(
        'figures',
        'Figures',
        kind === 'outlook' &&
          html`<p>Median ${String(value.endpoint)} ${String(value.medianMonths)} months${(value.alive as readonly { years: number; percent: number }[]).map((a) => html`; alive at ${a.years} years ${a.percent} in 100`)}.</p><ul>${(value.limits as readonly string[]).map((l) => html`<li>${l}</li>`)}</ul>`,
      ),
      section(
        'settles',
        'Facts it settles',
        settles.length > 0 && html`<ul>${settles.map((f) => html`<li>${entryLink(cross, { kind: 'facts', id: f }, ROOT)}</li>`)}</ul>`,
      ),
      section('used', 'Reasons for it', used.length > 0 && mentions(cross, used, ROOT)),
      section('aimed', 'Options it is aimed at', options.length > 0 && mentions(cross, options, ROOT)),
      section('evidence', 'Evidence', value.cites !== undefined && evidence(cross, value.cites as never, ROOT)),
      section('examples', 'Examples', examples(cross, value, ROOT)),
    ],
    facts([
      ['Id', idLine(value.id)],
      ['Drug', typeof value.drug === 'string' ? drugLink(cross, value.drug, ROOT) : undefined],
      ['Aimed at', target && targetText(target)],
      ['Does', EFFECTS[String(value.effect)]],
      ['Reason', typeof value.reason === 'string' ? value.reason.replace(/-/g, ' ') : undefined],
      ['While unknown', value.effect === 'bar' ? UNKNOWN[String(value.whenUnknown)] : undefined],
      ['Lowers to', value.lowersTo as string | undefined],
      ['Dose', doseText(value)],
      ['Urgency', typeof value.urgency === 'string' ? chips([value.urgency], `urgency-${value.urgency}`) : undefined],
      ['Test', typeof value.test === 'string' ? entryLink(cross, { kind: 'tests', id: value.test }, ROOT) : undefined],
      ['Before', value.before as string | undefined],
      ['Not to be given', avoid && avoid.length > 0 ? avoid.join(', ') : undefined],
      ['Puts off', value.defersSystemic ? 'every new systemic treatment waits until this is handled' : undefined],
      ['Window', (value.window as { text?: string } | undefined)?.text],
      ['Due', value.dueInDays === undefined ? undefined : `within ${counted(Number(value.dueInDays), 'day')}`],
      ['Review', 'review' in value ? reviewText(cross, value) : undefined],
      ['Written in', whereText(entry)],
    ]),
  )
}

const EFFECTS: { readonly [effect: string]: string } = {
  bar: 'bars: not advised while it holds',
  caution: 'cautions: shown, and may lower the standing',
  check: 'asks: to be settled before the first dose',
}
const UNKNOWN: { readonly [policy: string]: string } = {
  'needs-data': 'the option waits for the fact',
  conditional: 'offered on condition that it is settled',
  check: 'offered, and settled before the first dose',
  ignore: 'silence counts as no',
}

const doseText = (value: CheckedEntry['value']): string | undefined =>
  value.omit
    ? 'omitted'
    : typeof value.factor === 'number'
      ? `${Math.round(value.factor * 100)}% of the protocol dose`
      : typeof value.dose === 'number'
        ? `${value.dose}, in the unit of the protocol`
        : undefined

function optionsAimedAt(cross: Cross, kind: 'safety' | 'interactions', id: string): readonly Mention[] {
  return [...cross.input.aimed]
    .filter(([, aimed]) => aimed[kind].some((a) => a.rule === id))
    .map(([option]) => ({ kind: 'treatment', id: option }))
}

function targetText(target: Target): string {
  const words = (list: readonly string[] | undefined): string => (list ?? []).join(', ')
  return [
    target.drugs && words(target.drugs),
    target.classes && `class ${words(target.classes)}`,
    target.set && `${words(target.set)} together${target.exact ? ' and nothing else' : ''}`,
    target.together && `${words(target.together)} in one option`,
    target.approaches && words(target.approaches),
    target.procedures && words(target.procedures),
    target.techniques && words(target.techniques),
    target.sites && `site ${words(target.sites)}`,
    target.options && `option ${words(target.options)}`,
    target.exceptDrugs && `not ${words(target.exceptDrugs)}`,
    target.exceptOptions && `not option ${words(target.exceptOptions)}`,
  ]
    .filter((t) => t !== undefined)
    .join('; ')
}

const WORDS = [
  'what',
  'how',
  'gives',
  'costs',
  'expected',
  'call',
  'emergency',
  'flat',
  'upright',
  'now',
  'tips',
  'lines',
  'driving',
] as const

function wordsOf(value: CheckedEntry['value']): Html {
  return facts([
    [
      'About',
      JSON.stringify(value.about)
        .replace(/[{}[\]"]/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    ],
    ...WORDS.map((field) => [upperFirst(field), [value[field] ?? []].flat().join(' ')] as const),
    [
      'Values',
      Object.entries((value.values as object | undefined) ?? {})
        .map(([v, w]) => `${v}: ${w}`)
        .join('; '),
    ],
  ])
}
