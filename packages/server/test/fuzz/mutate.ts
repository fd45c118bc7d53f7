import type { Random } from './random.ts'

type Json = unknown
type Holder = Record<string, Json> | Json[]

/** A chart as text after one to five changes of the kinds that real interfaces, careless exports and attackers make. */
export function mutated(bundle: Json, others: readonly Json[], r: Random): string {
  const root = structuredClone(bundle) as Record<string, Json>
  const changes = 1 + r.below(5)
  for (let i = 0; i < changes; i++) r.pick(CHANGES)(root, r, others)
  return asText(root, r)
}

type Change = (root: Record<string, Json>, r: Random, others: readonly Json[]) => void

interface Place {
  readonly holder: Holder
  readonly key: string | number
}

/** Every place in the tree; a bundle of this size is walked in microseconds. */
function places(root: Holder, wanted: (value: Json, key: string | number) => boolean = () => true): readonly Place[] {
  const found: Place[] = []
  const walk = (holder: Holder): void => {
    for (const [name, value] of Object.entries(holder)) {
      const key = Array.isArray(holder) ? Number(name) : name
      if (wanted(value, key)) found.push({ holder, key })
      if (typeof value === 'object' && value !== null) walk(value as Holder)
    }
  }
  walk(root)
  return found
}

const get = ({ holder, key }: Place): Json => (holder as Record<string | number, Json>)[key]
const set = ({ holder, key }: Place, value: Json): void => {
  ;(holder as Record<string | number, Json>)[key] = value
}

/** Changes one random place for which `wanted` holds; nothing when there is none. */
const at =
  (wanted: (value: Json, key: string | number) => boolean, change: (place: Place, r: Random) => void): Change =>
  (root, r) => {
    const found = places(root, wanted)
    if (found.length > 0) change(r.pick(found), r)
  }

const any = (): boolean => true
const isNumber = (v: Json): boolean => typeof v === 'number'
const isText = (v: Json): boolean => typeof v === 'string'
const isDate = (v: Json): boolean => typeof v === 'string' && /^\d{4}(-\d\d)?/.test(v)
const isHolder = (v: Json): boolean => typeof v === 'object' && v !== null
const named =
  (...names: readonly string[]) =>
  (_: Json, key: string | number): boolean =>
    names.includes(String(key))

const entries = (root: Record<string, Json>): { resource: Record<string, Json> }[] =>
  (Array.isArray(root.entry) ? root.entry : []).filter(
    (e): e is { resource: Record<string, Json> } =>
      typeof (e as { resource?: Json } | null)?.resource === 'object' && (e as { resource: Json }).resource !== null,
  )

const NUMBERS = [0, -1, -0, 1e-320, 1e308, 9007199254740992, 0.1 + 0.2, 999999, 1e21, 2147483648, 4.999999999, 100000]
const DATES = [
  '',
  '2026',
  '2026-11',
  '2026-13-45',
  '2026-02-30',
  '0000-00-00',
  '9999-12-31',
  '1800-01-01',
  '2026-11-23T24:00:00Z',
  '2026-11-16T10:00:00+14:00',
  '2026-11-16T23:59:60.123456789-12:00',
  '16/11/2026',
  'yesterday',
  '2031-01-01',
  '-2026-01-01',
  '2026-11-16 10:00',
]
const UNITS = [
  '',
  'mg/dL',
  'umol/L',
  'g/L',
  '10*9/L',
  '%',
  'kg',
  '[lb_av]',
  'furlong',
  '{score}',
  'µmol/l',
  '10^3/µL',
  'ug/m3',
  '1',
  'mm[Hg]',
]
const WORDS = [
  '<script>alert(1)</script>',
  '</p><b>',
  "'; DROP TABLE chart; --",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an injection that must stay text
  '${process.exit(1)}',
  '__proto__',
  'constructor',
  'ALK not rearranged; EGFR: no mutation detected',
  'no metastasis, no effusion, cannot exclude progression',
  'Stage IV? previously IIIA, metastatic recurrence not confirmed',
  '\u202eevitagen',
  'ﬁ\u0000\u0007',
  '\ud83d',
  'e\u0301'.repeat(200),
  'ناسرطان الرئة النقيلي',
  '肺腺癌 IVB期',
  ' ',
  '\n\t\r',
  'a'.repeat(20_000),
  '(((((((((((((((((((((((((((((('.repeat(20),
  'EGFR '.repeat(2000),
  'p.(L858R);p.(T790M);c.2573T>G;p.E746_A750del;p.?;p.(=)',
  'EML4-ALK '.repeat(300),
  '1e999',
  'NaN',
  '3 lesions; largest -15 mm; '.repeat(50),
  'PD-L1 TPS ≥ 50 % (was <1%), CPS 0, IC3',
]
const REFERENCES = [
  'Patient/p',
  'Patient/q',
  '#',
  '#x',
  'Observation/stage',
  'Condition/primary',
  'urn:uuid:0',
  '../../etc/passwd',
  '',
  '//',
  '?identifier=1',
]
const TYPES = [
  'Patient',
  'Observation',
  'Condition',
  'Bundle',
  'MedicationRequest',
  'Procedure',
  'DiagnosticReport',
  'Nonsense',
  '',
  'toString',
]
const STATUSES = [
  'entered-in-error',
  'preliminary',
  'cancelled',
  'registered',
  'unknown',
  'active',
  'completed',
  'stopped',
  'on-hold',
  '',
  'Final',
]

const drop = ({ holder, key }: Place): void => {
  if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else delete holder[key]
}

const CHANGES: readonly Change[] = [
  at(any, drop),
  at(any, drop),
  // values of another type
  at(any, (p, r) => set(p, r.pick([null, [], {}, '', 0, true, false, [null], [[]], { '': '' }, 'x', -1]))),
  at(isHolder, (p) => set(p, Array.isArray(get(p)) ? (get(p) as Json[])[0] : [get(p)])),
  at(any, (p) => set(p, String(get(p)))),
  at(any, (p) => set(p, [get(p), get(p)])),
  // numbers, units, dates, words
  at(isNumber, (p, r) => set(p, r.pick(NUMBERS))),
  at(isNumber, (p, r) => set(p, (get(p) as number) * r.pick([-1, 0.001, 1000, 10, 0.5]))),
  at(named('unit', 'code', 'comparator'), (p, r) => set(p, r.pick([...UNITS, '<', '>', '<=']))),
  at(isDate, (p, r) => set(p, r.pick(DATES))),
  at(isText, (p, r) => set(p, r.pick(WORDS))),
  at(isText, (p, r) => set(p, `${get(p) as string}${r.pick(WORDS)}`)),
  at(isText, (p, r) => set(p, (get(p) as string).slice(0, r.below((get(p) as string).length + 1)))),
  at(named('status', 'lifecycleStatus', 'clinicalStatus', 'verificationStatus'), (p, r) => set(p, r.pick(STATUSES))),
  at(named('resourceType'), (p, r) => set(p, r.pick(TYPES))),
  at(named('reference', 'fullUrl', 'id'), (p, r) => set(p, r.pick(REFERENCES))),
  at(named('code', 'system', 'value'), (p, r) =>
    set(p, r.pick(['http://loinc.org', 'http://snomed.info/sct', 'LA9634-2', '1222837003', '69548-6'])),
  ),
  // whole resources
  (root, r) => {
    const all = entries(root)
    if (all.length > 0) (root.entry as Json[]).push(structuredClone(r.pick(all)))
  },
  (root, r, others) => {
    const foreign = entries(r.pick(others) as Record<string, Json>)
    if (foreign.length > 0 && Array.isArray(root.entry)) root.entry.push(structuredClone(r.pick(foreign)))
  },
  (root, r) => {
    const all = entries(root)
    if (all.length > 0 && Array.isArray(root.entry)) {
      const copy = structuredClone(r.pick(all))
      copy.resource.id = `copy-${r.below(1000)}`
      copy.resource.subject = { reference: r.pick(['Patient/q', 'Patient/p', '']) }
      root.entry.push(copy)
    }
  },
  (root) => {
    if (Array.isArray(root.entry)) root.entry.push({ resource: { resourceType: 'Patient', id: 'q', birthDate: '1990-01-01' } })
  },
  (root, r) => {
    const all = entries(root)
    if (all.length > 1) {
      const [a, b] = [r.pick(all), r.pick(all)]
      const type = a.resource.resourceType
      a.resource.resourceType = b.resource.resourceType
      b.resource.resourceType = type
    }
  },
  // references in a circle
  (root, r) => {
    const all = entries(root)
    if (all.length > 1) {
      const [a, b] = [r.pick(all).resource, r.pick(all).resource]
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        const reference = { reference: `${String(to.resourceType)}/${String(to.id)}` }
        for (const name of ['focus', 'hasMember', 'partOf', 'basedOn', 'result', 'reasonReference', 'derivedFrom']) from[name] = [reference]
      }
    }
  },
  // nesting
  at(isHolder, (p, r) => {
    let value = get(p)
    for (let i = 0; i < r.pick([3, 50, 190, 600]); i++) value = i % 2 ? [value] : { extension: value }
    set(p, value)
  }),
  (root, r) => {
    const all = entries(root)
    if (all.length > 0)
      r.pick(all).resource.contained = [
        structuredClone(r.pick(all).resource),
        { resourceType: 'Bundle', entry: [structuredClone(r.pick(all))] },
      ]
  },
  // names that JavaScript treats specially
  at(isHolder, (p, r) => {
    const value = get(p)
    if (!Array.isArray(value))
      Object.defineProperty(value, r.pick(['__proto__', 'constructor', 'toString', 'length', 'then']), {
        value: { polluted: true },
        enumerable: true,
        configurable: true,
        writable: true,
      })
  }),
]

/** Most runs as one JSON text; the rest as NDJSON, cut, spoilt, marked or as a bare list. */
function asText(root: Record<string, Json>, r: Random): string {
  const text = JSON.stringify(root)
  const form = r.below(20)
  if (form === 0) return text.slice(0, r.below(text.length))
  if (form === 1) {
    const at = r.below(text.length)
    return `${text.slice(0, at)}${r.pick(['\u0000', '}', '"', ',', '\ufffd', '[', 'é'])}${text.slice(at + 1)}`
  }
  if (form === 2)
    return entries(root)
      .map((e) => JSON.stringify(e.resource))
      .join(r.pick(['\n', '\r\n', '\n\n']))
  if (form === 3) return JSON.stringify(entries(root).map((e) => e.resource))
  if (form === 4) return `\ufeff${text}`
  if (form === 5) return JSON.stringify(root, null, 1)
  return text
}
