import fs from 'node:fs'
import { crossOf } from './cross.ts'
import { anticancerDrugs, drugPage } from './drug-page.ts'
import { criterionPage, factPage, regimenPage, rulePage, sourcePage, trialPage } from './entry-pages.ts'
import type { SiteInput } from './input.ts'
import { listPages } from './lists.ts'
import { measurePage } from './measure-page.ts'
import { optionPage } from './option-page.ts'
import { type Page, pageText } from './page.ts'
import { patientPage } from './patient-page.ts'
import { populationPage } from './population-page.ts'
import { reviewPages } from './review-pages.ts'
import { searchScript } from './search.ts'

export type { Aim, EntryChange, EntryHistory, ExamplePatient, SiteInput } from './input.ts'

/**
 * The knowledge as a site of static pages: path → content. Links are relative and nothing is asked of a network, so that it works from a disk.
 * The same input gives the same bytes; nothing is written here.
 */
export function buildSite(input: SiteInput): ReadonlyMap<string, string> {
  const cross = crossOf(input)
  const { knowledge } = input.compilation
  const pages: Page[] = [
    ...reviewPages(cross),
    ...listPages(cross),
    ...cross.populations.map((p) => populationPage(cross, p)),
    ...cross.of('treatment').map((e) => optionPage(cross, e)),
    ...cross.of('facts').map((e) => factPage(cross, e)),
    ...cross.of('sources').map((e) => sourcePage(cross, e)),
    ...cross.of('criteria').map((e) => criterionPage(cross, e)),
    ...cross.of('regimens').map((e) => regimenPage(cross, e)),
    ...cross.of('trials').map((e) => trialPage(cross, e)),
    ...cross.of('quality').map((e) => measurePage(cross, e)),
    ...(['safety', 'alerts', 'support', 'interactions', 'tests', 'testRules', 'dosing', 'outlook', 'scores', 'patient'] as const).flatMap(
      (kind) => cross.of(kind).map((e) => rulePage(cross, e)),
    ),
    ...anticancerDrugs(cross).map((d) => drugPage(cross, d)),
    ...input.patients.map((p) => patientPage(cross, p)),
  ]
  const facts = { version: knowledge.version, digest: knowledge.digest, asOf: input.asOf }
  const asset = (name: string): string => fs.readFileSync(new URL(name, import.meta.url), 'utf8')
  return new Map([
    ...pages.map((page) => [page.path, pageText(page, facts)] as const),
    ['site.css', asset('site.css')],
    ['site.js', asset('site.js')],
    ['search-index.js', searchScript(cross)],
  ])
}
