import { err, latestDay, ok, type Result } from '@secondwind/core'
import { Refused, refusal, type ServerIssue } from '../issue.ts'
import type { Decision } from '../store/index.ts'

type Json = { readonly [key: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

/** Values of a query by name. A name that the route does not know is refused: to pass over it would answer another question. */
export function queryOf(query: readonly (readonly [string, string])[], known: readonly string[]): ReadonlyMap<string, string> {
  const issues = query
    .filter(([name], i) => !known.includes(name) || query.findIndex(([other]) => other === name) !== i)
    .map(([name]) =>
      known.includes(name)
        ? refusal('invalid-parameter', name, 'is given twice', 'give it once')
        : refusal('unknown-parameter', name, 'is not a parameter of this address', `it takes ${known.join(', ') || 'none'}`),
    )
  if (issues.length > 0) throw new Refused(issues)
  return new Map(query)
}

export function dayIn(query: ReadonlyMap<string, string>, name: string): string | undefined {
  const text = query.get(name)
  if (text === undefined) return undefined
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && latestDay(text) !== undefined && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))
  if (!isDay)
    throw new Refused([refusal('invalid-parameter', name, `${JSON.stringify(text.slice(0, 40))} is no day`, 'give it as 2026-11-23')])
  return text
}

export function instantIn(query: ReadonlyMap<string, string>, name: string): string | undefined {
  const text = query.get(name)
  if (text === undefined) return undefined
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at))
    throw new Refused([
      refusal('invalid-parameter', name, `${JSON.stringify(text.slice(0, 40))} is no instant`, 'give it as 2026-11-23T08:00:00Z'),
    ])
  return new Date(at).toISOString()
}

export function countIn(query: ReadonlyMap<string, string>, fallback: number, most: number): number {
  const text = query.get('count')
  if (text === undefined) return fallback
  if (!/^\d{1,6}$/.test(text) || Number(text) < 1)
    throw new Refused([refusal('invalid-parameter', 'count', 'is no positive whole number', `give 1 to ${most}`)])
  return Math.min(Number(text), most)
}

const MOST_CHANGES = 200

/** The body of a what-if: `{ "set": ["ecog=3", "creatinine=88 umol/L"] }`. */
export function whatIfOf(body: unknown): Result<readonly string[], readonly ServerIssue[]> {
  const set = isObject(body) ? body.set : undefined
  if (!Array.isArray(set) || set.length === 0 || set.length > MOST_CHANGES || !set.every((one) => isText(one) && one.includes('=')))
    return err([refusal('invalid-request', 'set', 'is no list of FACT=VALUE', 'send { "set": ["ecog=3"] }, with the unit in the value')])
  return ok(set as readonly string[])
}

/** The body of a decision. What lay on the table (options, digest, revision) is taken from the plan it names, not from the caller. */
export interface DecisionRequest {
  readonly planDigest: string
  readonly chosen: string | null
  readonly reason: string
  readonly dissent: Decision['dissent']
  readonly asOf: string
  readonly againstPlan?: { readonly reason: string }
}

const MOST_TEXT = 10_000

export function decisionOf(body: unknown): Result<DecisionRequest, readonly ServerIssue[]> {
  if (!isObject(body)) return err([refusal('invalid-request', 'body', 'is no object', 'send planDigest, asOf, chosen, reason and dissent')])
  const issues: ServerIssue[] = []
  const refuse = (path: string, message: string, remedy: string): void =>
    void issues.push(refusal('invalid-request', path, message, remedy))
  const { planDigest, chosen, reason, asOf, dissent = [], againstPlan } = body
  if (!isText(planDigest) || !/^[0-9a-f]{64}$/.test(planDigest))
    refuse('planDigest', 'is no digest of a plan', 'send the ETag of the plan that was looked at, without quotes')
  if (chosen !== null && !isText(chosen))
    refuse('chosen', 'is neither an option nor null', 'send the id of the option, or null for another way')
  if (!isText(reason) || reason.length > MOST_TEXT) refuse('reason', 'is missing or too long', 'say in a sentence why')
  if (!isText(asOf) || !/^\d{4}-\d{2}-\d{2}$/.test(asOf)) refuse('asOf', 'is no day', 'send the clinical day of the plan')
  const voices = Array.isArray(dissent) ? (dissent as readonly unknown[]) : undefined
  const isFine = voices?.every((d) => isObject(d) && isText(d.who) && isText(d.reason) && d.reason.length <= MOST_TEXT)
  if (!voices || !isFine) refuse('dissent', 'is no list of who and reason', 'send [] where nobody thought otherwise')
  const against = isObject(againstPlan) ? againstPlan.reason : undefined
  if (againstPlan !== undefined && (!isText(against) || against.trim() === '' || against.length > MOST_TEXT))
    refuse('againstPlan', 'has no reason, or one that is too long', 'say in againstPlan.reason why it is decided against the plan')
  if (issues.length > 0) return err(issues)
  return ok({
    planDigest: planDigest as string,
    chosen: chosen as string | null,
    reason: reason as string,
    asOf: asOf as string,
    dissent: (voices as readonly Json[]).map((d) => ({ who: d.who as string, reason: d.reason as string })),
    ...(isText(against) ? { againstPlan: { reason: against } } : {}),
  })
}
