/**
 * The part of FHIRPath in which R4 writes its search parameters, compiled to walkers of JSON: dotted elements, `.ofType(T)`, `.where(name='text')`,
 * `.where(resolve() is T)`, and the one test of existence (`Patient.deceased`). A parameter written otherwise is not offered, and the
 * CapabilityStatement does not list it.
 */
export type Walker = (resource: unknown) => readonly unknown[]

type Json = { readonly [key: string]: unknown }

/** Data types that a choice element can end in (`value[x]`). `statusReason` is no choice of `status`. */
const CHOICES: ReadonlySet<string> = new Set(
  [
    'Address Age Annotation Attachment Boolean Canonical Code CodeableConcept Coding ContactPoint Count Date DateTime Decimal Distance Duration',
    'HumanName Identifier Instant Integer Markdown Money Oid Period PositiveInt Quantity Range Ratio Reference SampledData Signature String',
    'Time Timing UnsignedInt Uri Url Uuid',
  ]
    .join(' ')
    .split(' '),
)

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const many = (value: unknown): readonly unknown[] => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value])

type Step = (value: unknown) => readonly unknown[]

/** The walker of one alternative of an expression, or undefined where it is beyond this part of the language. */
export function compilePath(expression: string, type: string): Walker | undefined {
  const text = unwrapped(expression.trim())
  const exists = /^(\w+)\.(\w+)\.exists\(\) and \1\.\2 != false$/.exec(text)
  if (exists) {
    const read = element(exists[2]!)
    return (resource) => [read(resource).some((value) => value !== false)]
  }
  const steps: Step[] = []
  const parts = segments(text)
  if (parts === undefined) return undefined
  const start = parts[0] === type || parts[0] === 'Resource' || parts[0] === 'DomainResource' ? 1 : 0
  if (start === 0 && /^[A-Z]/.test(parts[0] ?? '')) return undefined
  for (let at = start; at < parts.length; at += 1) {
    const part = parts[at]!
    const next = parts[at + 1]
    const asType = next === undefined ? undefined : /^ofType\((\w+)\)$/.exec(next)?.[1]
    if (/^\w+$/.test(part)) {
      if (asType !== undefined) {
        steps.push(choice(part, asType))
        at += 1
      } else steps.push(element(part))
      continue
    }
    const step = condition(part)
    if (step === undefined) return undefined
    steps.push(step)
  }
  return (resource) => {
    let values: readonly unknown[] = [resource]
    for (const step of steps) values = values.length === 1 ? step(values[0]) : values.flatMap(step)
    return values
  }
}

/** `(X.y.ofType(Z)).text` and `(X.y)` lose the brackets around a whole path. */
const unwrapped = (text: string): string => text.replace(/^\(((?:[^()]|\([^()]*\))*)\)/, '$1')

/** Splits at dots outside brackets. */
function segments(text: string): readonly string[] | undefined {
  const parts: string[] = []
  let depth = 0
  let current = ''
  for (const sign of text) {
    if (sign === '(') depth += 1
    if (sign === ')') depth -= 1
    if (sign === '.' && depth === 0) {
      parts.push(current)
      current = ''
    } else current += sign
  }
  parts.push(current)
  return depth === 0 && parts.every((part) => part !== '' && !/\s(and|or|as|is)\s/.test(part.replace(/\(.*\)/, ''))) ? parts : undefined
}

function element(name: string): Step {
  const bare = /^(\w+)\[(\d+)\]$/.exec(name)
  if (bare) {
    const inner = element(bare[1]!)
    return (value) => inner(value).slice(Number(bare[2]), Number(bare[2]) + 1)
  }
  return (value) => {
    if (!isObject(value)) return []
    const direct = value[name]
    if (direct !== undefined) return many(direct)
    // most elements are absent from most resources: only a name that goes on with a capital can be its choice
    for (const key in value)
      if (key.length > name.length && key.startsWith(name) && CHOICES.has(key.slice(name.length))) return many(value[key])
    return []
  }
}

function choice(name: string, asType: string): Step {
  const key = name + asType[0]!.toUpperCase() + asType.slice(1)
  return (value) => (isObject(value) ? many(value[key]) : [])
}

function condition(part: string): Step | undefined {
  const index = /^(\w+)\[(\d+)\]$/.test(part)
  if (index) return element(part)
  const inner = /^where\((.*)\)$/.exec(part)?.[1]
  if (inner === undefined) return undefined
  const equals = /^(\w+)\s*=\s*'([^']*)'$/.exec(inner)
  if (equals) return (value) => (isObject(value) && value[equals[1]!] === equals[2] ? [value] : [])
  const target = /^resolve\(\) is (\w+)$/.exec(inner)?.[1]
  if (target !== undefined)
    return (value) => (isObject(value) && typeof value.reference === 'string' && refersTo(value.reference, target) ? [value] : [])
  return undefined
}

const refersTo = (reference: string, type: string): boolean => reference.startsWith(`${type}/`) || reference.includes(`/${type}/`)
