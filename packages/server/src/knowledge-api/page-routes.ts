import type { KnowledgeBase } from '@secondwind/core'
import { recordAudit } from '../access/index.ts'
import { type ApiRequest, contextOf, json, type Route } from '../api/index.ts'
import type { ReleaseChanges } from '../contract/knowledge.ts'
import { Refused, refusal } from '../issue.ts'
import { countIn, queryOf } from '../plans/requests.ts'
import type { Database, Transaction } from '../store/index.ts'
import { affectedPage, handleCoded, releaseReviews, reviewRelease } from './affected.ts'
import { entryIndex, isKind } from './entries.ts'
import { handlingOf } from './handling.ts'
import { releaseChanges, releaseNamed } from './release-changes.ts'
import { rulePage } from './rule-page.ts'
import { searchKnowledge } from './search.ts'
import { countShown, shownKeyOf } from './shown.ts'

export interface KnowledgePagesConfig {
  readonly knowledge: () => KnowledgeBase
  /** The folder of the kept releases, and that of the YAML. */
  readonly releases: string
  readonly root: string
  readonly database: Database
  readonly today: () => string
  readonly now: () => Date
}

const MOST_HITS = 100
const LONGEST_QUERY = 200

/** The knowledge for readers: pages of rules, search, what a release changed and for whom, and what a site says of it. */
export function knowledgePages({ knowledge, releases, root, database, today, now }: KnowledgePagesConfig): readonly Route[] {
  const seen = (request: ApiRequest, id: string) => request.seen({ interaction: 'read', type: 'knowledge', id }, [])

  const rule: Route = {
    id: 'knowledge.rule',
    method: 'GET',
    path: '/knowledge/rules/:id',
    rule: { interaction: 'read', about: 'knowledge', idFrom: 'id' },
    summary: 'One entry of the knowledge in plain words, with its sources, examples and the number of plans that show it',
    schema: { query: { kind: { type: 'string', description: 'where an id stands in several kinds' } } },
    handle: async (request) => {
      const kind = queryOf(request.query, ['kind']).get('kind')
      const id = request.params.id!
      const base = knowledge()
      // a plan names one regimen of an option behind a colon
      const named = [...entryIndex(base).named(id), ...entryIndex(base).named(id.split(':')[0]!)]
      const entry = named.find((one) => kind === undefined || one.kind === kind)
      if (entry === undefined || (kind !== undefined && !isKind(kind)))
        throw new Refused([
          refusal('not-found', 'id', 'the knowledge has no such entry', 'GET /knowledge/search?q= finds entries by their words'),
        ])
      const page = rulePage({ knowledge: base, entry, root, today: today(), affected: await affectedBy(request, shownKeyOf(entry)) })
      await seen(request, id)
      return json(page)
    },
  }

  /** Only of patients whom the caller may see; null where that is nobody. */
  const affectedBy = async (request: ApiRequest, key: string | undefined) => {
    if (key === undefined) return null
    const decision = await request.decide({ interaction: 'search', type: 'worklist' })
    return decision.allowed ? countShown(database, key, decision.sight?.within) : null
  }

  const search: Route = {
    id: 'knowledge.search',
    method: 'GET',
    path: '/knowledge/search',
    rule: { interaction: 'search', about: 'knowledge' },
    summary: 'Entries of the knowledge that hold all words of the query',
    schema: { query: { q: { type: 'string' }, count: { type: 'integer', minimum: 1, maximum: MOST_HITS } } },
    handle: async (request) => {
      const query = queryOf(request.query, ['q', 'count'])
      const words = query.get('q') ?? ''
      if (words.trim() === '' || words.length > LONGEST_QUERY)
        throw new Refused([
          refusal('invalid-parameter', 'q', `needs 1 to ${LONGEST_QUERY} characters`, 'give words of a title, a drug, a source'),
        ])
      const found = searchKnowledge(knowledge(), words, countIn(query, 30, MOST_HITS))
      await seen(request, 'search')
      return json(found)
    },
  }

  const changes: Route = {
    id: 'knowledge.changes',
    method: 'GET',
    path: '/knowledge/releases/:version/changes',
    rule: { interaction: 'read', about: 'knowledge', idFrom: 'version' },
    summary: 'What a release changed against the one before it, in plain words',
    schema: {
      query: {
        weight: { type: 'string', enum: ['substance', 'evidence', 'wording'] },
        count: { type: 'integer', minimum: 1, maximum: 200 },
        cursor: { type: 'string', description: '`next` of the page before' },
      },
    },
    handle: async (request) => {
      const query = queryOf(request.query, ['weight', 'count', 'cursor'])
      const [weight, cursor] = [query.get('weight'), query.get('cursor') ?? '0']
      if (weight !== undefined && !['substance', 'evidence', 'wording'].includes(weight))
        throw new Refused([refusal('invalid-parameter', 'weight', 'is none of substance, evidence, wording', 'give one of them')])
      if (!/^\d{1,6}$/.test(cursor))
        throw new Refused([refusal('invalid-parameter', 'cursor', 'is no cursor', 'give `next` of the page before')])
      const all = releaseChanges(releases, knowledge(), request.params.version!)
      const wanted = weight === undefined ? all.changes : all.changes.filter((change) => change.weight === weight)
      const [from, count] = [Number(cursor), countIn(query, 50, 200)]
      const page: ReleaseChanges = {
        ...all,
        changes: wanted.slice(from, from + count),
        ...(wanted.length > from + count ? { next: String(from + count) } : {}),
      }
      await seen(request, request.params.version!)
      return json(page)
    },
  }

  const affected: Route = {
    id: 'knowledge.affected',
    method: 'GET',
    path: '/knowledge/releases/:version/affected',
    rule: { interaction: 'search', about: 'worklist', idFrom: 'version' },
    summary: 'Whose plan a release changed, the most pressing first, and what became of it',
    schema: {
      query: {
        open: { type: 'boolean', description: 'only those that nobody has handled' },
        count: { type: 'integer', minimum: 1, maximum: 200 },
        cursor: { type: 'string', description: '`next` of the page before' },
      },
    },
    handle: async (request) => {
      const query = queryOf(request.query, ['open', 'count', 'cursor'])
      const release = releaseNamed(releases, knowledge(), request.params.version!)
      const sight = await request.authorize({ interaction: 'search', type: 'worklist', id: request.params.version! })
      const [cursor, within] = [query.get('cursor'), sight.within]
      const page = await affectedPage(database, release, {
        count: countIn(query, 50, 200),
        onlyOpen: query.get('open') === 'true',
        today: today(),
        ...(cursor === undefined ? {} : { cursor }),
        ...(within === undefined ? {} : { within }),
      })
      await request.seen({ interaction: 'search', type: 'worklist', id: release.version }, [])
      return json(page)
    },
  }

  const reviews: Route = {
    id: 'knowledge.reviews',
    method: 'GET',
    path: '/knowledge/releases/:version/reviews',
    rule: { interaction: 'read', about: 'knowledge', idFrom: 'version' },
    summary: 'What each site says of a release, newest first, and the reasons there are',
    handle: async (request) => {
      queryOf(request.query, [])
      const release = releaseNamed(releases, knowledge(), request.params.version!)
      const found = await releaseReviews(database, release)
      await seen(request, release.version)
      return json(found)
    },
  }

  const body = {
    type: 'object',
    required: ['as', 'reason'],
    properties: {
      as: { type: 'string', enum: ['approved', 'snoozed', 'dismissed', 'to-board'] },
      reason: { type: 'string', description: 'a code of `reasons`' },
      comment: { type: 'string' },
      until: { type: 'string', format: 'date', description: 'of a snooze: the day on which it comes back' },
    },
  }
  const review: Route = {
    id: 'knowledge.review',
    method: 'POST',
    path: '/knowledge/releases/:version/reviews',
    rule: { interaction: 'create', about: 'release-review', idFrom: 'version' },
    summary: 'A site approves, snoozes or dismisses a release, with a coded reason',
    schema: { body },
    handle: async (request) => {
      queryOf(request.query, [])
      const asked = orThrow(handlingOf(request.body, today()))
      const release = releaseNamed(releases, knowledge(), request.params.version!)
      const { who, site } = contextOf(request)
      const at = now().toISOString()
      await database.transaction(async (tx) => {
        await reviewRelease(tx, release.digest, asked, site, who, at)
        await written(tx, request, at, 'create')
      })
      return { ...json(await releaseReviews(database, release)), status: 201 }
    },
  }

  const handle: Route = {
    id: 'knowledge.handle',
    method: 'POST',
    path: '/knowledge/affected/:patient/:seq',
    rule: { interaction: 'update', about: 'worklist', patientFrom: 'patient', idFrom: 'seq' },
    summary: 'A changed plan was looked at: approve, snooze, dismiss or take to the board, with a coded reason',
    schema: { body },
    handle: async (request) => {
      queryOf(request.query, [])
      const asked = orThrow(handlingOf(request.body, today()))
      const seq = /^\d{1,15}$/.test(request.params.seq!) ? Number(request.params.seq) : 0
      const at = now().toISOString()
      const patient = request.params.patient!
      const isDone = await database.transaction(async (tx) => {
        const done = await handleCoded(tx, patient, seq, asked, contextOf(request).who, at)
        if (done) await written(tx, request, at, 'update', patient)
        return done
      })
      if (!isDone)
        throw new Refused([
          refusal('not-found', 'seq', 'there is no such open change', 'it may have been handled already: read the list again'),
        ])
      return { status: 204 }
    },
  }

  return [rule, search, changes, affected, reviews, review, handle]
}

const orThrow = <T>(result: { ok: true; value: T } | { ok: false; error: ConstructorParameters<typeof Refused>[0] }): T => {
  if (result.ok) return result.value
  throw new Refused(result.error)
}

/** What is written is told in the same transaction. */
async function written(
  tx: Transaction,
  request: ApiRequest,
  at: string,
  interaction: 'create' | 'update',
  patient?: string,
): Promise<void> {
  const { who, role, site, purpose, requestId } = contextOf(request)
  await recordAudit(tx, [
    {
      recordedAt: at,
      who,
      role,
      site,
      purpose,
      requestId,
      interaction,
      route: request.route.id,
      ...(patient === undefined ? {} : { patient }),
      what: [],
      outcome: 'done',
    },
  ])
}
