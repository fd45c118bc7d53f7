import { DRAFT } from '../check/draft-mark.ts'

/** What can be made with `knowledge new`, by the word a clinician uses. */
export type NewKind =
  | 'option'
  | 'safety'
  | 'retirement'
  | 'source'
  | 'fact'
  | 'criterion'
  | 'regimen'
  | 'dose'
  | 'test-rule'
  | 'alert'
  | 'support'
  | 'interaction'
  | 'drug'

/** Values given on the command line; what is missing is left to fill in. */
export interface Given {
  readonly [field: string]: string | undefined
}

const draft = (what: string): string => `'${DRAFT}: ${what}'`
/** A value as YAML: quoted where it must be. */
const quoted = (value: string): string =>
  /^[A-Za-z][A-Za-z0-9 ,;()/%.-]*$/.test(value) && !/^(true|false|null|yes|no|on|off)$/i.test(value)
    ? value
    : `'${value.replace(/'/g, "''")}'`
const or = (value: string | undefined, what: string): string => (value === undefined ? draft(what) : quoted(value))

const cite = (g: Given): string =>
  `  cites:\n    - { source: ${g.source ?? draft('id of knowledge/sources (secondwind knowledge new source …)')}, at: ${or(g.at, 'place in the source')}, says: ${or(g.says, 'own words, with figures')} }\n`

const examples = `  examples:
    - { name: ${draft('for whom it holds')}, given: {}, expect: 'true' }
    - { name: ${draft('for whom it does not')}, given: {}, expect: 'false' }
    - { name: ${draft('what is missing here')}, given: {}, expect: unknown }
`
const state = (g: Given): string => `  review: unconfirmed\n  reviewBy: '${g.reviewBy}'\n`
const when = (g: Given): string => `  when: ${g.when ?? draft('criterion, such as { fact: ecog, atMost: 1 }')}\n`

/** The entry as YAML text, one list item. `reviewBy` and `accessed` are always given. */
export const TEMPLATES: { readonly [kind in NewKind]: (id: string, g: Given) => string } = {
  option: (id, g) => `- id: ${id}
  title: ${or(g.title, 'as a colleague would say it')}
  group: ${g.group ?? draft('population of policy/populations.yaml')}
  approaches: [${g.approach ?? draft('chemotherapy, targeted-therapy, immunotherapy, radiation, …')}]
  regimens: [${g.regimen ?? draft('id of knowledge/regimens')}]
${when(g)}  standing:
    - { as: alternative, because: ${or(g.because, 'why it is sound')} }
  strength: weak
  evidenceKind: single-arm
  toxicity: moderate
  priority: 50
  against:
    - { say: ${or(g.against, 'the strongest reason against')} }
${cite(g)}${state(g)}${examples}`,
  safety: (id, g) => `- id: ${id}
  title: ${or(g.title, 'drug and hazard')}
  applies: { drugs: [${g.drug ?? draft('drug')}] }
${when(g)}  effect: caution
  reason: caution
  say: ${or(g.say, 'the reason, one plain sentence')}
${cite(g)}${state(g)}${examples}`,
  retirement: (id, g) => `- id: retired-${id}
  title: ${quoted(g.title ?? `${id[0]!.toUpperCase()}${id.slice(1)} is no longer given`)}
  applies: { drugs: [${id}] }
  when: always
  effect: bar
  reason: displaces-better
  show: when-blocking
  notAdvised: { treatment: ${quoted(id)}, drugs: [${id}], match: contains }
  say: ${or(g.because ?? g.say, 'why it is no longer given, and what stands in')}
${cite(g)}${state(g)}  examples: []
`,
  source: (id, g) => `- id: ${id}
  title: ${or(g.title, 'title of the work')}
  kind: ${g.kind ?? draft('trial, label, guideline, review, cohort, regimen-library, standard or other')}
${['year', 'url', 'pmid', 'doi', 'nct'].flatMap((f) => (g[f] === undefined ? [] : [`  ${f}: ${f === 'year' ? g[f] : `'${g[f]}'`}\n`])).join('')}  accessed: ${g.accessed}
  review: ${g.review ?? 'unconfirmed'}
`,
  fact: (id, g) => `- id: ${id}
  label: ${or(g.title, 'as a plan prints it')}
  type: ${g.type ?? draft('truth, integer, quantity, code, codes, date, text or list')}
  absence: ${g.absence ?? draft('witnessed (only a test says no), listed (silence is no) or asked (silence is unknown)')}
${g.unit === undefined ? '' : `  unit: '${g.unit}'\n`}`,
  criterion: (id, g) => `- id: ${id}
  label: ${or(g.title, 'as a plan prints it')}
${when(g)}`,
  regimen: (id, g) => `- id: ${id}
  title: ${or(g.title, 'drugs and schedule')}
  cycleDays: 21
  components:
    - { drug: ${g.drug ?? draft('drug')}, dose: ${g.dose ?? draft('number')}, unit: ${g.unit ?? draft('mg, mg/m2, mg/kg or AUC')}, route: ${g.route ?? draft('iv, oral, sc or im')}, days: [1] }
${cite(g)}  review: unconfirmed
`,
  dose: (id, g) => `- id: ${id}
  drug: ${g.drug ?? draft('drug')}
${when(g)}  factor: ${g.factor ?? draft('share of the protocol dose, or use dose: or omit: true')}
  say: ${or(g.say, 'the reason, printed with the dose')}
${cite(g)}${state(g)}${examples}`,
  'test-rule': (id, g) => `- id: ${id}
  test: ${g.test ?? draft('id of monitoring/tests.yaml')}
${when(g)}  urgency: soon
  say: ${or(g.say, 'why the test is due')}
${cite(g)}${state(g)}${examples}`,
  alert: (id, g) => `- id: ${id}
  alert: ${g.alert ?? id}
  urgency: urgent
  title: ${or(g.title, 'what it is')}
${when(g)}  actions:
    - ${draft('first this')}
${cite(g)}${state(g)}${examples}`,
  support: (id, g) => `- id: ${id}
  service: ${g.service ?? id}
  title: ${or(g.title, 'what the service is called')}
${when(g)}  actions:
    - { say: ${draft('what to do')} }
${cite(g)}${state(g)}${examples}`,
  interaction: (id, g) => `- id: ${id}
  title: ${or(g.title, 'what clashes')}
  between: [${g.drug ?? draft('drug or class')}]
  applies: { drugs: [${g.drug ?? draft('drug')}] }
${when(g)}  say: ${or(g.say, 'what happens, and what to do')}
${cite(g)}${state(g)}${examples}`,
  drug: (id, g) => `- id: ${id}
  label: ${or(g.title, id)}
  classes: [${g.classes ?? draft('classes, as other drugs have them')}]
  routes: [${g.route ?? draft('iv, oral, sc or im')}]
  anticancer: true
`,
}

/** Where entries of a kind stand, and the file that takes those for which nobody names one. */
export const FOLDERS: { readonly [kind in NewKind]: { readonly folder: string; readonly file: string } } = {
  option: { folder: 'treatment', file: 'treatment/additions.yaml' },
  safety: { folder: 'safety', file: 'safety/additions.yaml' },
  retirement: { folder: 'safety', file: 'safety/retired.yaml' },
  source: { folder: 'sources', file: 'sources/additions.yaml' },
  fact: { folder: 'facts', file: 'facts/additions.yaml' },
  criterion: { folder: 'criteria', file: 'criteria/additions.yaml' },
  regimen: { folder: 'regimens', file: 'regimens/additions.yaml' },
  dose: { folder: 'dosing', file: 'dosing/additions.yaml' },
  'test-rule': { folder: 'monitoring', file: 'monitoring/test-rules.yaml' },
  alert: { folder: 'emergencies', file: 'emergencies/additions.yaml' },
  support: { folder: 'supportive', file: 'supportive/additions.yaml' },
  interaction: { folder: 'interactions', file: 'interactions/additions.yaml' },
  drug: { folder: 'terminology', file: 'terminology/drugs.yaml' },
}
