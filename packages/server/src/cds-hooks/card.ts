import { createHash } from 'node:crypto'
import type { Evidence } from '@secondwind/core'
import type { RuledCard } from './governor.ts'
import type { CdsCard, CdsSuggestion } from './protocol.ts'
import { bullets, OVERRIDE_REASONS, plainWords, SYSTEM, summaryOf } from './words.ts'

/** What every card of one answer shares. */
export interface CardContext {
  /** Of the hook's call: two calls never share a card. */
  readonly hookInstance: string
  /** Where the whole plan of this patient can be read, if there is a page for it. */
  readonly planUrl?: string
  readonly knowledge: { readonly version: string; readonly digest: string }
}

export interface Draft {
  readonly rule: string
  /** Makes the card one of several of its rule. */
  readonly about?: string
  readonly summary: string
  readonly lines: readonly string[]
  readonly indicator: CdsCard['indicator']
  readonly evidence?: readonly Evidence[]
  readonly suggestions?: readonly Omit<CdsSuggestion, 'uuid'>[]
  readonly selection?: 'at-most-one' | 'any'
  readonly isKept?: true
  readonly review?: 'unconfirmed'
}

/** A card as the specification wants it. Its uuid is made from the call and what it says, so that the same call answered twice gives the same cards. */
export function cardOf(draft: Draft, context: CardContext): RuledCard {
  const seed = `${context.hookInstance}|${draft.rule}|${draft.about ?? ''}|${draft.summary}`
  const sources = (draft.evidence ?? []).map(
    ({ says, at, url, review }) =>
      `${plainWords(says)} (${url && /^https:\/\/\S+$/.test(url) ? `[${plainWords(at)}](${url})` : plainWords(at)})${review ? ' – not confirmed' : ''}`,
  )
  const detail = [
    bullets(draft.lines),
    draft.review ? 'This rule has not been confirmed against its source.' : '',
    sources.length > 0 ? `Sources:\n${bullets(sources)}` : '',
    `Second Wind proposes; a clinician decides. Knowledge ${context.knowledge.version}.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
  const suggestions = draft.suggestions?.map((one, i) => ({ ...one, uuid: uuidFrom(`${seed}|suggestion ${i}`) }))
  return {
    rule: draft.rule,
    ...(draft.isKept ? { isKept: true } : {}),
    card: {
      uuid: uuidFrom(seed),
      summary: summaryOf(draft.summary),
      detail,
      indicator: draft.indicator,
      source: {
        label: 'Second Wind',
        ...(draft.evidence?.[0]?.url && /^https:\/\/\S+$/.test(draft.evidence[0].url) ? { url: draft.evidence[0].url } : {}),
        topic: { system: `${SYSTEM}/rules`, code: draft.rule },
      },
      ...(suggestions && suggestions.length > 0 ? { suggestions, selectionBehavior: draft.selection ?? 'at-most-one' } : {}),
      ...(draft.indicator === 'info' ? {} : { overrideReasons: OVERRIDE_REASONS }),
      ...(context.planUrl
        ? { links: [{ label: 'The whole plan, with reasons and sources', url: context.planUrl, type: 'absolute' as const }] }
        : {}),
    },
  }
}

/** A version 8 UUID (RFC 9562): our own bits, here a digest. */
function uuidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
