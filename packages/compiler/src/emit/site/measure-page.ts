import { criterionText, itemWords, type MeasureGroup, type QualityMeasure } from '@secondwind/core'
import type { CheckedEntry } from '../../compile.ts'
import { criterionList } from './criterion.ts'
import type { Cross } from './cross.ts'
import { frame, ROOT } from './entry-pages.ts'
import { type Html, html, upperFirst } from './html.ts'
import { entryLink, idLine } from './links.ts'
import { type Page, section } from './page.ts'
import { evidence, examples, facts, reviewText, whereText } from './parts.ts'

const STATUS: { readonly [status in QualityMeasure['status']]: string } = {
  endorsed: 'in a national programme',
  published: 'used in a published study',
  concept: 'a concept under development',
  internal: 'our own proposal, endorsed by nobody',
}

/** A quality measure: for whom it asks, who is left out, who has what it asks for, and what it cannot see. */
export function measurePage(cross: Cross, entry: CheckedEntry): Page {
  const measure = entry.value as unknown as QualityMeasure
  const list = measure.each === undefined ? undefined : cross.facts.get(measure.each)
  const words = list && itemWords(list)
  const group = (one: MeasureGroup): Html =>
    html`<p class="say">${upperFirst(one.say)}</p><div class="when">${words ? upperFirst(criterionText(one.when, words)) : criterionList(cross, one.when, ROOT)}</div>`
  return frame(
    cross,
    entry,
    measure.title,
    [
      section(
        'patients',
        'Of which patients',
        measure.patients &&
          html`<p class="say">${upperFirst(measure.patients.say)}</p><div class="when">${criterionList(cross, measure.patients.when, ROOT)}</div>`,
      ),
      section('population', list ? `Which of the items (${list.label.toLowerCase()})` : 'For whom', group(measure.population)),
      section('exclusions', 'Left out whatever was done', measure.exclusions.length > 0 && html`${measure.exclusions.map(group)}`),
      section('numerator', 'Counted as reached', group(measure.numerator)),
      section('exceptions', 'Left out where it was not reached', measure.exceptions.length > 0 && html`${measure.exceptions.map(group)}`),
      section(
        'limits',
        'What it cannot see',
        measure.limits.length > 0 && html`<ul>${measure.limits.map((l) => html`<li>${upperFirst(l)}</li>`)}</ul>`,
      ),
      section('evidence', 'Evidence', evidence(cross, measure.cites, ROOT)),
      section('examples', 'Examples', examples(cross, entry.value, ROOT)),
    ],
    html`<p>${measure.because}</p>${facts([
      ['Id', idLine(measure.id)],
      ['Known as', measure.identifiers.join(', ')],
      ['Standing', STATUS[measure.status]],
      ['Better is', measure.direction],
      ['Counts', list ? html`each item of ${entryLink(cross, { kind: 'facts', id: list.id }, ROOT)}` : 'patients'],
      [
        'Period by',
        list
          ? upperFirst(itemLabel(words?.facts.find((f) => f.id === measure.anchor)?.label, measure.anchor))
          : entryLink(cross, { kind: 'facts', id: measure.anchor }, ROOT),
      ],
      ['Review', reviewText(cross, entry.value)],
      ['Written in', whereText(entry)],
    ])}`,
  )
}

const itemLabel = (label: string | undefined, id: string): string => (label === 'on' ? 'the day of the item' : (label ?? id))
