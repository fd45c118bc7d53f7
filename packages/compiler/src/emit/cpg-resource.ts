import { createHash } from 'node:crypto'
import type { Citation, Entry, KnowledgeBase, Review } from '@secondwind/core'
import { definitionOf, libraryOf } from './cql.ts'
import type { RuleKind } from './rules.ts'

/** What all resources of the published knowledge share: addresses, ids, the state of review, citations, conditions. */
export type Json = { readonly [key: string]: unknown }

export const BASE = 'https://second-wind.example.org/fhir'

/** A legal id, at most 64 characters: a longer one is cut and told apart by a digest of the whole. */
export function fhirId(...parts: readonly string[]): string {
  const whole = parts.join('-').replace(/[^A-Za-z0-9.-]/g, '-')
  if (whole.length <= 64) return whole
  return `${whole.slice(0, 55)}-${createHash('sha256').update(whole).digest('hex').slice(0, 8)}`
}

/** A name for programs: letters and digits, the first an upper-case letter. */
export const machineName = (text: string): string =>
  text
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('')
    .replace(/^(?=\d)/, 'No')

export const canonicalOf = (type: string, id: string, version: string): string => `${BASE}/${type}/${id}|${version}`

/** Nothing is published as active: that takes a person who signs it. */
export function header(type: string, id: string, title: string, knowledge: Pick<KnowledgeBase, 'version'>): Json {
  const isDay = /^\d{4}-\d{2}-\d{2}/.test(knowledge.version)
  return {
    resourceType: type,
    id,
    url: `${BASE}/${type}/${id}`,
    version: knowledge.version,
    name: machineName(id),
    title,
    status: 'draft',
    experimental: false,
    ...(isDay ? { date: knowledge.version.slice(0, 10) } : {}),
    publisher: 'Second Wind',
  }
}

const REVIEWS: { readonly [review in Review]: string } = {
  confirmed: 'Each rule was compared with its cited source; no clinician has signed it for use.',
  unconfirmed: 'UNCONFIRMED: nobody has seen this in its cited source yet.',
}

/** Usage, dates and citations of an entry. */
export function provenance(entry: Pick<Entry, 'cites' | 'review'> & Partial<Entry>, knowledge: KnowledgeBase): Json {
  const until = entry.reviewBy === undefined ? '' : ` To be reviewed by ${entry.reviewBy}.`
  return {
    usage: `${REVIEWS[entry.review]}${until}`,
    ...(entry.effective === undefined ? {} : { effectivePeriod: { start: entry.effective } }),
    relatedArtifact: entry.cites.map((cite) => citation(cite, knowledge)),
  }
}

export function citation(cite: Citation, knowledge: KnowledgeBase): Json {
  const source = knowledge.sources[cite.source]
  const year = source?.year === undefined ? '' : ` (${source.year})`
  return {
    type: 'citation',
    label: cite.source,
    citation: `${source?.title ?? cite.source}${year}, ${cite.at}: ${cite.says}`,
    ...(source?.url === undefined ? {} : { url: source.url }),
  }
}

/** That a criterion of the printed libraries holds. CQL's null (unknown) is not true: what the base does then is said in words. */
export function condition(kind: RuleKind, entry: string, part: string, version: string): Json {
  return {
    kind: 'applicability',
    expression: {
      language: 'text/cql-identifier',
      expression: definitionOf({ entry, part }),
      reference: canonicalOf('Library', libraryOf(kind), version),
    },
  }
}

export const planType = (code: 'eca-rule' | 'clinical-protocol'): Json => ({
  type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/plan-definition-type', code }] },
})
