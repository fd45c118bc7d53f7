import { type Cross, PAGES } from './cross.ts'
import { anticancerDrugs } from './drug-page.ts'
import { nameOf } from './links.ts'

/** One line of the search: what it is, where, its title, and further words by which it may be looked for. */
export type SearchLine = readonly [kind: string, path: string, title: string, more: string]

/** The prebuilt index. Options and drugs stand first: of equal hits the earlier line wins. */
export function searchLines(cross: Cross): readonly SearchLine[] {
  const lines: SearchLine[] = []
  for (const p of cross.populations) lines.push(['population', `population/${p.id}.html`, p.title, `${p.id} ${p.chapter}`])
  for (const d of anticancerDrugs(cross))
    lines.push(['drug', `drug/${d.id}.html`, d.label, `${d.id} ${(d.names ?? []).join(' ')} ${d.classes.join(' ')}`])
  for (const o of cross.input.compilation.knowledge.options) {
    const drugs = o.regimens.flatMap((r) => cross.regimens.get(r)?.components.map((c) => c.drug) ?? [])
    const population = cross.populations.find((p) => p.id === o.group)?.title ?? ''
    lines.push([
      'option',
      `option/${o.id}.html`,
      o.title,
      `${o.id} ${o.regimens.join(' ')} ${[...new Set(drugs)].join(' ')} ${population} ${o.technique ?? ''} ${o.procedure ?? ''} ${o.site ?? ''}`,
    ])
  }
  const codes = codesByFact(cross)
  for (const kind of [
    'regimens',
    'alerts',
    'safety',
    'facts',
    'tests',
    'interactions',
    'support',
    'trials',
    'criteria',
    'dosing',
    'outlook',
    'testRules',
    'sources',
    'scores',
    'quality',
  ] as const) {
    const { folder, one } = PAGES[kind]!
    for (const { value } of cross.of(kind))
      lines.push([
        one,
        `${folder}/${value.id}.html`,
        nameOf(cross, { kind, id: value.id }),
        [moreOf(value), ...(kind === 'facts' ? (codes.get(value.id) ?? []) : [])].join(' '),
      ])
  }
  for (const p of cross.input.patients) lines.push(['example patient', `patient/${p.id}.html`, p.id.replace(/-/g, ' '), p.story])
  return lines
}

const CODE_FIELDS = ['loinc', 'code', 'snomed', 'icd10'] as const

/** The codes of charts that set each fact, from the terminology: whoever has a LOINC code in hand finds what it is read as. */
function codesByFact(cross: Cross): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) walk(item)
    else if (typeof node === 'object' && node !== null) {
      const record = node as Record<string, unknown>
      const facts = [record.fact, record.about, ...['sets', 'adds'].flatMap((f) => Object.keys((record[f] as object | undefined) ?? {}))]
      const codes = CODE_FIELDS.flatMap((field) => [record[field] ?? []].flat()).filter((c) => typeof c === 'string')
      for (const fact of facts.filter((f) => typeof f === 'string')) found.set(fact, new Set([...(found.get(fact) ?? []), ...codes]))
      for (const item of Object.values(record)) walk(item)
    }
  }
  walk(cross.input.compilation.knowledge.terminology)
  for (const { value } of cross.of('facts'))
    for (const { code } of (value.codes as readonly { code: string }[] | undefined) ?? [])
      found.set(value.id, new Set([...(found.get(value.id) ?? []), code]))
  return found
}

function moreOf(value: Record<string, unknown>): string {
  const applies = value.applies as Record<string, unknown> | undefined
  return [value.id, value.nct, value.pmid, value.doi, ...[applies?.drugs, applies?.classes].flat()]
    .filter((w) => typeof w === 'string')
    .join(' ')
}

/** The index as a script: a page opened from a disk may load a script, and may not fetch a file. */
export const searchScript = (cross: Cross): string =>
  `window.SECOND_WIND_SEARCH = ${JSON.stringify(searchLines(cross)).replace(/</g, '\\u003c')}\n`
