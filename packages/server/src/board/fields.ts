import { Refused, refusal, type ServerIssue } from '../issue.ts'

type Json = { readonly [key: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const REFERENCE = /^[A-Z][A-Za-z]{2,40}\/[A-Za-z0-9.-]{1,64}$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
const DIGEST = /^[0-9a-f]{64}$/

/** Reads the fields of a body, keeps all that is wrong with it, and refuses it as a whole. A name that is not asked for is refused too. */
export class Fields {
  private readonly body: Json
  private readonly issues: ServerIssue[] = []
  private readonly asked = new Set<string>()

  constructor(body: unknown) {
    if (!isObject(body)) throw new Refused([refusal('invalid-request', 'body', 'is no object', 'send a JSON object')])
    this.body = body
  }

  has(name: string): boolean {
    this.asked.add(name)
    return this.body[name] !== undefined
  }

  text(name: string, most: number): string {
    const value = this.get(name)
    if (typeof value === 'string' && value.trim() !== '' && value.length <= most) return value.trim()
    return this.wrong(name, `is no text of at most ${most} characters`, 'say it in words', '')
  }

  optionalText(name: string, most: number): string | undefined {
    const value = this.get(name)
    return value === undefined || value === null || value === '' ? undefined : this.text(name, most)
  }

  textOrNull(name: string, most: number): string | null {
    return this.get(name) === null ? null : this.text(name, most)
  }

  oneOf<Of extends string>(name: string, of: readonly Of[]): Of {
    const value = this.get(name)
    if (of.includes(value as Of)) return value as Of
    return this.wrong(name, `is none of ${of.join(', ')}`, 'send one of them', of[0]!)
  }

  whole(name: string, least: number, most: number): number {
    const value = this.get(name)
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
    return this.wrong(name, `is no whole number from ${least} to ${most}`, 'send a number', least)
  }

  instant(name: string): string {
    const value = this.get(name)
    const at = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value) ? Date.parse(value) : Number.NaN
    if (!Number.isNaN(at)) return new Date(at).toISOString()
    return this.wrong(name, 'is no instant', 'give it as 2026-11-23T08:00:00Z', '')
  }

  day(name: string): string {
    const value = this.get(name)
    const at = typeof value === 'string' && DAY.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN
    if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(value as string)) return value as string
    return this.wrong(name, 'is no day', 'give it as 2026-11-23', '')
  }

  reference(name: string): string {
    const value = this.get(name)
    if (typeof value === 'string' && REFERENCE.test(value)) return value
    return this.wrong(name, 'is no reference to a person', 'send it as Practitioner/ID', '')
  }

  digest(name: string): string {
    const value = this.get(name)
    if (typeof value === 'string' && DIGEST.test(value)) return value
    return this.wrong(name, 'is no digest of a plan', 'send the ETag of the plan that was looked at, without quotes', '')
  }

  texts(name: string, most: number): readonly string[] {
    const value = this.get(name)
    const isFine =
      Array.isArray(value) && value.length <= most && value.every((one) => typeof one === 'string' && /^[\w.:-]{1,128}$/.test(one))
    if (isFine && new Set(value).size === value.length) return value as readonly string[]
    return this.wrong(name, `is no list of at most ${most} different names`, 'send a list of texts', [])
  }

  list(name: string, most: number, read: (one: Fields) => void): void {
    const value = this.get(name)
    if (value === undefined) return
    if (!Array.isArray(value) || value.length > most) {
      this.wrong(name, `is no list of at most ${most}`, 'send a list', undefined)
      return
    }
    for (const [i, one] of value.entries()) {
      if (!isObject(one)) {
        this.wrong(`${name}[${i}]`, 'is no object', 'send an object', undefined)
        continue
      }
      const inner = new Fields(one)
      read(inner)
      for (const issue of inner.found()) this.issues.push({ ...issue, path: `${name}[${i}].${issue.path}` })
    }
  }

  /** An object inside the body, where there is one. */
  one(name: string, read: (one: Fields) => void): void {
    const value = this.get(name)
    if (value === undefined) return
    if (!isObject(value)) {
      this.wrong(name, 'is no object', 'send an object', undefined)
      return
    }
    const inner = new Fields(value)
    read(inner)
    for (const issue of inner.found()) this.issues.push({ ...issue, path: `${name}.${issue.path}` })
  }

  /** To be called when everything was read. */
  done(): void {
    const issues = this.found()
    if (issues.length > 0) throw new Refused(issues)
  }

  private found(): readonly ServerIssue[] {
    const unknown = Object.keys(this.body).filter((name) => !this.asked.has(name))
    return [
      ...this.issues,
      ...unknown.map((name) =>
        refusal('invalid-request', name.slice(0, 80), 'is not asked for here', `send ${[...this.asked].join(', ')}`),
      ),
    ]
  }

  private get(name: string): unknown {
    this.asked.add(name)
    return this.body[name]
  }

  private wrong<T>(name: string, message: string, remedy: string, instead: T): T {
    this.issues.push(refusal('invalid-request', name, message, remedy))
    return instead
  }
}
