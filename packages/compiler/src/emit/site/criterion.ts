import { type Criterion, criterionText, define } from '@secondwind/core'
import type { Cross } from './cross.ts'
import { type Html, html, upperFirst } from './html.ts'
import { entryLink } from './links.ts'

/** A criterion as a nested list in plain words; every fact and every named criterion is a link to its definition. */
export function criterionList(cross: Cross, criterion: Criterion, root: string): Html {
  const range = rangeText(cross, criterion)
  if (range !== undefined) return html`<a class="fact" href="${root}fact/${range.fact}.html">${range.text}</a>`
  switch (criterion.op) {
    case 'all':
    case 'any':
    case 'atLeast': {
      const items = criterion.of.map((c) => html`<li>${criterionList(cross, c, root)}</li>`)
      return html`<span class="join">${JOIN(criterion)}</span><ul class="criterion ${criterion.op}">${items}</ul>`
    }
    case 'not':
      return isSimple(criterion.of)
        ? html`<span class="join">not:</span> ${criterionList(cross, criterion.of, root)}`
        : html`<span class="join">not:</span><ul class="criterion not"><li>${criterionList(cross, criterion.of, root)}</li></ul>`
    case 'const':
      return html`${criterion.value === 'true' ? 'every patient in scope' : criterion.value === 'false' ? 'nobody' : 'cannot be known'}`
    case 'ref':
      return entryLink(cross, { kind: 'criteria', id: criterion.id }, root)
    case 'some':
    case 'count':
    case 'known':
    case 'is':
    case 'compare':
    case 'within':
      return leafLink(cross, criterion, root)
  }
}

/** `from` and `to` of one fact, which the compiler makes two comparisons of, as one sentence again. */
function rangeText(cross: Cross, criterion: Criterion): { readonly fact: string; readonly text: string } | undefined {
  if (criterion.op !== 'all' || criterion.of.length !== 2) return undefined
  const [low, high] = criterion.of
  if (low?.op !== 'compare' || high?.op !== 'compare' || low.fact !== high.fact || low.cmp !== '>=' || high.cmp !== '<=') return undefined
  const end = criterionText(high, cross.words).split(' at most ')[1]
  return end === undefined
    ? undefined
    : { fact: low.fact, text: `${upperFirst(define(cross.words, low.fact).label)} ${low.value} to ${end}` }
}

/** A criterion in one sentence, as `criterionText`, with ranges as an author writes them. */
export function sentence(cross: Cross, criterion: Criterion): string {
  const range = rangeText(cross, criterion)
  if (range !== undefined) return range.text
  return criterion.op === 'all'
    ? criterion.of.map((c) => (c.op === 'any' ? `(${sentence(cross, c)})` : sentence(cross, c))).join(' and ')
    : criterionText(criterion, cross.words)
}

const JOIN = (criterion: Extract<Criterion, { op: 'all' | 'any' | 'atLeast' }>): string =>
  criterion.op === 'all' ? 'all of:' : criterion.op === 'any' ? 'any of:' : `at least ${criterion.min} of:`

const isSimple = (criterion: Criterion): boolean => !['all', 'any', 'atLeast', 'not'].includes(criterion.op)

function leafLink(cross: Cross, criterion: Extract<Criterion, { fact: string }>, root: string): Html {
  const definition = define(cross.words, criterion.fact)
  return html`<a class="fact" href="${root}fact/${definition.id}.html">${upperFirst(criterionText(criterion, cross.words))}</a>`
}

/** The parts of a condition that must all hold, those that must not hold apart from the others. */
export function split(criterion: Criterion): { readonly must: readonly Criterion[]; readonly mustNot: readonly Criterion[] } {
  const parts = criterion.op === 'all' ? criterion.of : [criterion]
  return {
    must: parts.filter((c) => c.op !== 'not'),
    mustNot: parts.flatMap((c) => (c.op === 'not' ? (c.of.op === 'any' ? c.of.of : [c.of]) : [])),
  }
}

export const bullets = (cross: Cross, list: readonly Criterion[], root: string): Html =>
  html`<ul class="criterion main">${list.map((c) => html`<li>${criterionList(cross, c, root)}</li>`)}</ul>`
