import type { Drug, Regimen } from '@secondwind/core'
import type { CheckedEntry } from '../../compile.ts'
import type { Cross, Mention } from './cross.ts'
import { type Html, html, upperFirst } from './html.ts'
import { idLine, mentions } from './links.ts'
import { type Page, section, sectionsOf } from './page.ts'
import { chips, facts } from './parts.ts'
import { adjustments, regimenBlock } from './regimen.ts'

const ROOT = '../'

interface WrittenDrug extends Drug {
  readonly names?: readonly string[]
  readonly rxnorm?: readonly string[]
  readonly ncit?: readonly string[]
  readonly snomed?: readonly string[]
  readonly atc?: readonly string[]
}

/** Everything the base says of an anticancer drug, in one place: regimens, options, what bars it, doses, what its name stands for in charts. */
export function drugPage(cross: Cross, drug: WrittenDrug): Page {
  const { knowledge } = cross.input.compilation
  const regimens = knowledge.regimens.filter((r) => [...r.components, ...(r.maintenance?.components ?? [])].some((c) => c.drug === drug.id))
  const uses = (r: Regimen): number => cross.regimenOptions.get(r.id)?.length ?? 0
  regimens.sort((a, b) => uses(b) - uses(a) || (a.id < b.id ? -1 : 1))
  const options = new Set(regimens.flatMap((r) => cross.regimenOptions.get(r.id) ?? []).map((o) => o.id))
  const aims = ({ value }: CheckedEntry): boolean => {
    const applies = value.applies as Record<string, readonly string[] | undefined> | undefined
    if (applies?.exceptDrugs?.includes(drug.id)) return false
    return ['drugs', 'set', 'together', 'classes'].some((f) => applies?.[f]?.some((n) => n === drug.id || drug.classes.includes(n)))
  }
  const rules: Mention[] = [...cross.of('safety'), ...cross.of('interactions')].filter(aims).map((e) => ({ kind: e.kind, id: e.value.id }))
  const words: Mention[] = cross
    .of('patient')
    .filter(({ value }) => {
      const about = value.about as { readonly drugs?: readonly string[]; readonly classes?: readonly string[] }
      return about.drugs?.includes(drug.id) || about.classes?.some((c) => drug.classes.includes(c))
    })
    .map((e) => ({ kind: e.kind, id: e.value.id }))
  const naming = (cross.naming.get(drug.id) ?? []).filter((m) => m.kind === 'alerts' || m.kind === 'testRules' || m.kind === 'support')
  const { sections, body } = sectionsOf([
    section(
      'regimens',
      'Regimens',
      regimens.length > 0 &&
        html`${regimens.slice(0, 4).map((r) => regimenBlock(cross, r, ROOT))}${
          regimens.length > 4 &&
          mentions(
            cross,
            regimens.slice(4).map((r) => ({ kind: 'regimens', id: r.id })),
            ROOT,
          )
        }`,
    ),
    section('adjust', 'Dose by organ function and other facts', adjustments(cross, [drug.id], ROOT)),
    section(
      'options',
      'Options',
      options.size > 0 &&
        mentions(
          cross,
          [...options].map((id) => ({ kind: 'treatment', id })),
          ROOT,
        ),
    ),
    section('safety', 'Safety and waiting times', rules.length > 0 && mentions(cross, rules, ROOT)),
    section('monitoring', 'Monitoring, emergencies, support', naming.length > 0 && mentions(cross, naming, ROOT)),
    section('words', 'Words for patients', words.length > 0 && mentions(cross, words, ROOT)),
  ])
  const codes: readonly (readonly [string, Html | undefined])[] = (['rxnorm', 'ncit', 'snomed', 'atc'] as const).map((system) => [
    { rxnorm: 'RxNorm', ncit: 'NCI Thesaurus', snomed: 'SNOMED CT', atc: 'ATC' }[system],
    drug[system] && html`${drug[system].map((c) => html`<code>${c}</code> `)}`,
  ])
  return {
    path: `drug/${drug.id}.html`,
    title: upperFirst(drug.label),
    kind: 'Drug',
    nav: 'drugs',
    crumbs: [{ title: 'Drugs', href: 'drugs.html' }],
    sections,
    body: html`${facts([
      ['Drug id', idLine(drug.id)],
      ['Classes', chips(drug.classes)],
      ['Routes', drug.routes.join(', ')],
      ['Other names', drug.names?.join(', ')],
      ...codes,
    ])}${body}`,
  }
}

export const anticancerDrugs = (cross: Cross): readonly WrittenDrug[] =>
  cross.input.compilation.knowledge.drugs.filter((d) => d.anticancer).toSorted((a, b) => (a.label < b.label ? -1 : 1))
