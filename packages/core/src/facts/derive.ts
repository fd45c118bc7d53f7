import { ageOn, earliestDay, isoDay, latestDay } from '../time/index.ts'
import { or, type Truth, truthOf } from '../truth/index.ts'
import { daysBetweenFacts } from './days-between.ts'
import {
  type Fact,
  type FactDefinition,
  type FactSource,
  type FactValue,
  isKnown,
  type KnownFact,
  type ListItem,
  type UnknownFact,
} from './fact.ts'
import { bodyMassIndex, bodySurfaceArea, cockcroftGault, correctedCalcium, idealBodyWeight } from './formulas.ts'

/** Facts while they are being derived. */
type Facts = Record<string, Fact>
type Compute = (facts: Facts, asOf: string, from: readonly string[]) => FactValue | undefined | typeof CONFLICT

/** The inputs contradict each other: what follows from them is unknown until that is settled. */
const CONFLICT = Symbol('conflict')

/**
 * Adds the facts that follow from others (age, clearance, "a driver is known"). Run after reading and again after every change by hand.
 *
 * A derived fact never overrides one that was read or entered: it fills what is unknown, absent by silence, or derived before.
 * An input that is unknown leaves the result unknown, for the input's own reason where that is a contradiction or a result on its way;
 * a stale input makes it stale. `explicit` names facts that must be left as they are.
 */
export function deriveFacts(
  facts: { readonly [id: string]: Fact },
  asOf: string,
  registry: Iterable<FactDefinition>,
  explicit: ReadonlySet<string> = new Set(),
): Facts {
  const derived: Facts = { ...facts }
  for (const definition of orderOf(registry)) if (!explicit.has(definition.id)) deriveOne(derived, definition, asOf)
  return derived
}

/** Which derived facts hang on which, worked out once per registry, so that a change re-derives only what it touches. */
export interface Dependencies {
  readonly of: ReadonlyMap<string, readonly FactDefinition[]>
}

export function dependencies(registry: Iterable<FactDefinition>): Dependencies {
  const order = inDependencyOrder(registry)
  const of = new Map<string, FactDefinition[]>()
  // in dependency order, so that what hangs on a derived fact is added after it
  for (const definition of order) {
    for (const input of [
      ...(definition.derivedFrom ?? []),
      ...(definition.standIns ?? []),
      ...(definition.needsLaterSample ? SAMPLE_INPUTS : []),
      ...rnaInputs(definition),
    ]) {
      for (const [from, hanging] of of)
        if (hanging.some((d) => d.id === input) && !hanging.includes(definition)) of.get(from)!.push(definition)
      const direct = of.get(input) ?? []
      if (!direct.includes(definition)) direct.push(definition)
      of.set(input, direct)
    }
  }
  return { of }
}

/**
 * The facts that differ once some are changed: the changes themselves and everything derived from them. `facts` is not touched.
 * `room` is a copy of the facts to derive in; it is as before afterwards.
 */
export function deriveChanges(
  facts: { readonly [id: string]: Fact },
  changes: ReadonlyMap<string, Fact>,
  asOf: string,
  hang: Dependencies,
  room: { [id: string]: Fact },
): ReadonlyMap<string, Fact> {
  const changed = new Map(changes)
  for (const [id, fact] of changes) room[id] = fact
  for (const id of changes.keys()) {
    for (const definition of hang.of.get(id) ?? []) {
      if (changes.has(definition.id)) continue
      deriveOne(room, definition, asOf)
      const derived = room[definition.id]!
      if (derived !== facts[definition.id]) changed.set(definition.id, derived)
    }
  }
  for (const id of changed.keys()) {
    const before = facts[id]
    if (before === undefined) delete room[id]
    else room[id] = before
  }
  return changed
}

const orders = new WeakMap<object, readonly FactDefinition[]>()

/** Worked out once for a registry that is kept as a list. */
function orderOf(registry: Iterable<FactDefinition>): readonly FactDefinition[] {
  if (!Array.isArray(registry)) return inDependencyOrder(registry)
  const known = orders.get(registry)
  if (known !== undefined) return known
  const order = inDependencyOrder(registry)
  orders.set(registry, order)
  return order
}

function inDependencyOrder(registry: Iterable<FactDefinition>): readonly FactDefinition[] {
  const waiting = new Map<string, FactDefinition>()
  for (const definition of registry)
    if (definition.needsLaterSample || definition.needsRna || computeOf(definition)) waiting.set(definition.id, definition)
  const order: FactDefinition[] = []
  /** Inputs first: a clearance needs the age, which needs the birth date. */
  const place = (definition: FactDefinition): void => {
    waiting.delete(definition.id)
    for (const input of [...(definition.derivedFrom ?? []), ...(definition.standIns ?? []), ...rnaInputs(definition)]) {
      const before = waiting.get(input)
      if (before) place(before)
    }
    order.push(definition)
  }
  for (const definition of [...waiting.values()]) if (waiting.has(definition.id)) place(definition)
  return order
}

function deriveOne(facts: Facts, definition: FactDefinition, asOf: string): void {
  if (definition.needsLaterSample) forgetEarlySample(facts, definition)
  if (definition.needsRna) forgetDnaOnly(facts, definition)
  const compute = computeOf(definition)
  if (compute && isOpen(facts[definition.id])) fill(facts, definition, compute, asOf)
}

const computeOf = ({ id, daysBetween }: FactDefinition): Compute | undefined =>
  daysBetween ? (facts, _asOf, [from, to]) => daysBetweenFacts(facts, from, to) : COMPUTE[id]

/** What decides whether a sample was late enough. */
const SAMPLE_INPUTS = ['current-line-start-on', 'biomarker-sample-on', 'progressing-now', 'relapse-on-curative-tki']

/** What decides whether DNA alone was enough. */
const RNA_INPUTS = ['rna-tested', 'light-or-never-smoker']
const rnaInputs = ({ needsRna }: FactDefinition): readonly string[] => (needsRna === undefined ? [] : [...RNA_INPUTS, ...needsRna])

const isOpen = (fact: Fact | undefined): boolean =>
  fact === undefined ||
  fact.derived === true ||
  (isKnown(fact)
    ? fact.absence === 'listed' && fact.sources.length === 0
    : fact.unknown === 'not-recorded' || fact.unknown === 'not-tested')

function fill(facts: Facts, definition: FactDefinition, compute: Compute, asOf: string): void {
  const from = definition.derivedFrom ?? []
  const computed = compute(facts, asOf, from)
  // a division by an impossible zero says nothing
  const value = typeof computed === 'number' && !Number.isFinite(computed) ? undefined : computed
  const previous = facts[definition.id]
  if (value === CONFLICT) {
    const sources = from.flatMap((id) => facts[id]?.sources ?? [])
    facts[definition.id] = { unknown: 'conflicting', ...(definition.test ? { would: definition.test } : {}), sources, derived: true }
    return
  }
  if (value === undefined) {
    const open = openInput(facts, from)
    if (open !== undefined && (previous === undefined || !isKnown(previous) || previous.derived)) {
      const would = open.would ?? definition.test
      const { unknown, words, sources } = open
      facts[definition.id] = {
        unknown,
        ...(would ? { would } : {}),
        ...(words ? { words } : {}),
        ...(sources ? { sources } : {}),
        derived: true,
      }
      return
    }
    // an earlier derivation no longer holds; what silence stands for does
    if (previous?.derived)
      facts[definition.id] = { unknown: 'not-recorded', ...(definition.test ? { would: definition.test } : {}), derived: true }
    return
  }
  // what was really used: the inputs of the formula when all are there, else the value that stands in for it
  const stood = definition.standIns?.find((id) => isKnown(facts[id]) && (facts[id] as KnownFact).value === value)
  const used = inputsOf(facts, stood === undefined ? from : [stood])
  const derived: { -readonly [K in keyof KnownFact]?: KnownFact[K] } = { value }
  if (definition.unit !== undefined) derived.unit = definition.unit
  if (used.oldest !== undefined) derived.on = used.oldest
  if (used.isStale && definition.freshDays !== undefined) derived.stale = true
  if (used.isListed) derived.absence = 'listed'
  if (used.isByHand) derived.enteredByHand = true
  derived.sources = used.sources
  derived.derived = true
  facts[definition.id] = derived as KnownFact
}

/** What the known inputs of a derivation hand on to its result. */
function inputsOf(facts: Facts, from: readonly string[]) {
  const sources: FactSource[] = []
  let known = 0
  let listed = 0
  let oldest: string | undefined
  let isStale = false
  let isByHand = false
  for (const id of from) {
    const fact = facts[id]
    if (!isKnown(fact)) continue
    known++
    if (fact.absence === 'listed') listed++
    if (fact.on !== undefined && (oldest === undefined || fact.on < oldest)) oldest = fact.on
    if (fact.stale) isStale = true
    if (fact.enteredByHand) isByHand = true
    for (const source of fact.sources) sources.push(source)
  }
  return { sources, oldest, isStale, isByHand, isListed: known > 0 && listed === known }
}

/** The input that a person must settle first: one that is contradictory, else one that is on its way. */
function openInput(facts: Facts, from: readonly string[]): UnknownFact | undefined {
  const unknowns = from.map((id) => facts[id]).filter((fact): fact is UnknownFact => fact !== undefined && !isKnown(fact))
  return unknowns.find((fact) => fact.unknown === 'conflicting') ?? unknowns.find((fact) => fact.unknown === 'pending')
}

/** "No T790M" in the diagnostic biopsy says nothing once the disease has grown on treatment: only a later sample can. */
function forgetEarlySample(facts: Facts, definition: FactDefinition): void {
  const fact = facts[definition.id]
  if (!isKnown(fact) || fact.enteredByHand || fact.value === true || (Array.isArray(fact.value) && fact.value.length > 0)) return
  const lineStart = latestDay(text(facts, 'current-line-start-on') ?? '')
  const sample = latestDay(fact.on ?? text(facts, 'biomarker-sample-on') ?? '')
  const failed = truth(facts, 'progressing-now') === 'true' || truth(facts, 'relapse-on-curative-tki') === 'true'
  if (!failed || (lineStart !== undefined && sample !== undefined && sample > lineStart)) return
  facts[definition.id] = {
    unknown: 'not-tested',
    ...(definition.test ? { would: definition.test } : {}),
    words: 'absent in a sample taken before the latest line of treatment',
    sources: fact.sources,
  }
}

/** "No fusion" by DNA alone says little where fusions are likeliest: only RNA shows that there is none. Who smoked is judged by DNA. */
function forgetDnaOnly(facts: Facts, definition: FactDefinition): void {
  const fact = facts[definition.id]
  if (!isKnown(fact) || fact.enteredByHand || fact.value !== false) return
  if (truth(facts, 'rna-tested') !== 'false' || truth(facts, 'light-or-never-smoker') === 'false') return
  if (definition.needsRna?.some((id) => truth(facts, id) === 'true')) return
  facts[definition.id] = {
    unknown: 'not-tested',
    ...(definition.test ? { would: definition.test } : {}),
    words: 'looked for in DNA alone, which does not exclude it',
    sources: fact.sources,
  }
}

const number = (facts: Facts, id: string): number | undefined => {
  const fact = facts[id]
  return isKnown(fact) && typeof fact.value === 'number' ? fact.value : undefined
}
const text = (facts: Facts, id: string): string | undefined => {
  const fact = facts[id]
  return isKnown(fact) && typeof fact.value === 'string' && fact.value !== 'never' && fact.value !== 'none' ? fact.value : undefined
}
const truth = (facts: Facts, id: string): Truth => {
  const fact = facts[id]
  return isKnown(fact) && typeof fact.value === 'boolean' ? truthOf(fact.value) : 'unknown'
}
const known = (facts: Facts, id: string): KnownFact | undefined => {
  const fact = facts[id]
  return isKnown(fact) ? fact : undefined
}
const settled = (t: Truth): boolean | undefined => (t === 'unknown' ? undefined : t === 'true')
const contains = (facts: Facts, id: string, code: string): Truth => {
  const fact = known(facts, id)
  return fact && Array.isArray(fact.value) ? truthOf((fact.value as readonly unknown[]).includes(code)) : 'unknown'
}

/** Days from a recorded day to the plan's date; a partial day that leaves a choice counts from its end (the shorter interval: the more careful answer for wash-outs). */
function daysSince(facts: Facts, id: string, until: string): FactValue | undefined {
  const fact = known(facts, id)
  if (fact?.value === 'never') return 'never'
  const from = typeof fact?.value === 'string' ? latestDay(fact.value) : undefined
  const to = earliestDay(until)
  return from === undefined || to === undefined ? undefined : Math.max(0, to - from)
}

/** Stage group and M category of one work-up belong together; what is recorded later than this stands for a new finding. */
const WORK_UP_DAYS = 56

/**
 * Stage IV beside M0, or an earlier stage beside M1, with no metastasis to decide between them: neither can be planned by.
 * Extensive small-cell cancer may be M0 (a field too large for radiation). A later record replaces an earlier one.
 */
function isStageMismatch(facts: Facts, group: string, m: string): boolean {
  const isFour = TNM_IV_GROUPS.includes(group)
  const isEarly = !IV_GROUPS.includes(group)
  if (!(isFour && m === 'm0') && !(isEarly && m.startsWith('m1'))) return false
  const groupDay = latestDay(known(facts, 'stage-group')?.on ?? '')
  const mDay = latestDay(known(facts, 'm-category')?.on ?? '')
  const isHand = known(facts, 'stage-group')?.enteredByHand !== known(facts, 'm-category')?.enteredByHand
  if (isHand) return false
  return groupDay === undefined || mDay === undefined || (isFour ? groupDay - mDay : mDay - groupDay) <= WORK_UP_DAYS
}

const TNM_IV_GROUPS = ['iv', 'iva', 'ivb']
const IV_GROUPS = ['iv', 'iva', 'ivb', 'extensive']

const COMPUTE: { readonly [id: string]: Compute } = {
  age: (f, asOf) => {
    const born = text(f, 'birth-date')
    return born === undefined ? undefined : ageOn(born, asOf)
  },
  'pregnancy-possible': (f) => {
    if (text(f, 'sex') === 'male' || truth(f, 'sterilised-or-menopausal') === 'true') return false
    const age = number(f, 'age')
    // our own, deliberately wide band, not a cited one: outside it no test is asked for, inside it only a test says no
    if (age !== undefined && (age < 10 || age > 55)) return false
    return text(f, 'sex') === 'female' && age !== undefined ? true : undefined
  },
  pregnancy: (f) => (truth(f, 'pregnancy-possible') === 'false' ? false : undefined),
  'light-or-never-smoker': (f) => {
    // not `text`: there "never" stands for a date that is none
    if (known(f, 'smoking-status')?.value === 'never') return true
    const packYears = number(f, 'pack-years')
    return packYears === undefined ? undefined : packYears <= 10
  },
  'stage-iv': (f) => {
    const group = text(f, 'stage-group')
    const m = text(f, 'm-category')
    const sites = known(f, 'metastatic-sites')?.value
    const metastatic = [
      group === undefined ? 'unknown' : truthOf(IV_GROUPS.includes(group)),
      m === undefined ? 'unknown' : truthOf(m.startsWith('m1')),
      Array.isArray(sites) && sites.length > 0 ? 'true' : 'unknown',
      truth(f, 'metastatic-recurrence') === 'true' ? 'true' : 'unknown',
      truth(f, 'brain-metastases') === 'true' ? 'true' : 'unknown',
    ] as const
    if (metastatic.slice(2).includes('true')) return true
    if (group !== undefined && m !== undefined && isStageMismatch(f, group, m)) return CONFLICT
    if (metastatic.includes('true')) return true
    return metastatic.includes('false') ? false : undefined
  },
  'metastasis-count': (f) => {
    const rows = known(f, 'metastases')?.value as readonly ListItem[] | undefined
    if (!Array.isArray(rows) || rows.length === 0) return undefined
    const counts = rows.map((row) => row.count)
    return counts.every((c): c is number => typeof c === 'number') ? counts.reduce((a, b) => a + b, 0) : undefined
  },
  'metastatic-organ-count': (f) => {
    const sites = known(f, 'metastatic-sites')?.value
    return Array.isArray(sites) && sites.length > 0 ? sites.filter((s) => s !== 'spine' || !sites.includes('bone')).length : undefined
  },
  'brain-metastases': (f) => (contains(f, 'metastatic-sites', 'brain') === 'true' ? true : undefined),
  'leptomeningeal-disease': (f) => (contains(f, 'metastatic-sites', 'leptomeninges') === 'true' ? true : undefined),
  'bone-metastases': (f) => settled(or(contains(f, 'metastatic-sites', 'bone'), contains(f, 'metastatic-sites', 'spine'))),
  'liver-metastases': (f) => settled(contains(f, 'metastatic-sites', 'liver')),
  'brain-untreated-active': (f) => {
    const present = truth(f, 'brain-metastases')
    if (present !== 'true') return settled(present)
    if (truth(f, 'brain-progressing') === 'true') return true
    const treated = truth(f, 'brain-treated')
    return treated === 'unknown' ? undefined : treated === 'false'
  },
  'met-ihc-high': (f) => {
    const percent = number(f, 'met-ihc-3plus-percent')
    return percent === undefined ? undefined : percent >= 50
  },
  'driver-known': (f, _asOf, from) => settled(from.map((id) => truth(f, id)).reduce(or, 'false')),
  bsa: (f) => {
    const weightKg = number(f, 'weight')
    const heightCm = number(f, 'height')
    return weightKg === undefined || heightCm === undefined ? undefined : bodySurfaceArea({ weightKg, heightCm })
  },
  bmi: (f) => {
    const weightKg = number(f, 'weight')
    const heightCm = number(f, 'height')
    return weightKg === undefined || heightCm === undefined ? undefined : bodyMassIndex({ weightKg, heightCm })
  },
  'weight-loss-percent': (f) => {
    const nowKg = number(f, 'weight')
    const beforeKg = number(f, 'weight-earlier')
    return nowKg === undefined || beforeKg === undefined ? undefined : Number((((beforeKg - nowKg) / beforeKg) * 100).toFixed(1))
  },
  'creatinine-rise': (f) => {
    const now = number(f, 'creatinine')
    const before = number(f, 'creatinine-earlier')
    return now === undefined || before === undefined || before <= 0 ? undefined : Number((now / before).toFixed(2))
  },
  'creatinine-clearance': (f) => {
    const measured = number(f, 'gfr-measured')
    if (measured !== undefined) return measured
    const creatinineUmolPerL = number(f, 'creatinine')
    const ageYears = number(f, 'age')
    const weightKg = number(f, 'weight')
    const sex = text(f, 'sex')
    // a reported eGFR (per 1.73 m²) stands in only where Cockcroft-Gault, which the labels mean, cannot be computed
    const reported = number(f, 'creatinine-clearance-measured')
    if (creatinineUmolPerL === undefined || ageYears === undefined || weightKg === undefined) return reported
    if (sex !== 'female' && sex !== 'male') return reported
    return cockcroftGault({ creatinineUmolPerL, ageYears, weightKg, isFemale: sex === 'female' })
  },
  // for labels that ask for the ideal weight; below it the actual one, which is the smaller
  'creatinine-clearance-ideal': (f) => {
    const general = f['creatinine-clearance']
    if (general !== undefined && !isKnown(general) && general.unknown === 'conflicting') return CONFLICT
    const direct = isKnown(general) && !general.derived ? number(f, 'creatinine-clearance') : number(f, 'gfr-measured')
    if (direct !== undefined) return direct
    const creatinineUmolPerL = number(f, 'creatinine')
    const ageYears = number(f, 'age')
    const actualKg = number(f, 'weight')
    const heightCm = number(f, 'height')
    const sex = text(f, 'sex')
    const isKnownBody = actualKg !== undefined && heightCm !== undefined && (sex === 'female' || sex === 'male')
    if (creatinineUmolPerL === undefined || ageYears === undefined) return number(f, 'creatinine-clearance-measured')
    if (!isKnownBody) return undefined
    const isFemale = sex === 'female'
    const weightKg = Math.min(actualKg, idealBodyWeight({ heightCm, isFemale }))
    return cockcroftGault({ creatinineUmolPerL, ageYears, weightKg, isFemale })
  },
  // an amount is the answer to whether there was any
  haemoptysis: (f) => {
    const millilitres = number(f, 'haemoptysis-ml')
    return truth(f, 'haemoptysis-massive') === 'true' || (millilitres !== undefined && millilitres > 0) ? true : undefined
  },
  // MRC grade 5 is normal power
  // breathless at slight effort or rest beside an effusion: the first drainage shows whether it is the fluid
  'pleural-effusion-symptomatic': (f) => {
    const grade = number(f, 'dyspnoea-mmrc')
    return truth(f, 'pleural-effusion') === 'true' && grade !== undefined && grade >= 3 ? true : undefined
  },
  'leg-weakness': (f) => {
    const power = number(f, 'leg-power')
    return power !== undefined && power < 5 ? true : undefined
  },
  'calcium-corrected': (f) => {
    const calciumMmolPerL = number(f, 'calcium')
    const albuminGPerL = number(f, 'albumin')
    return calciumMmolPerL === undefined || albuminGPerL === undefined ? undefined : correctedCalcium({ calciumMmolPerL, albuminGPerL })
  },
  'ici-free-days': (f, asOf) => daysSince(f, 'last-ici-on', asOf),
  'platinum-free-days': (f, asOf) => {
    const days = daysSince(f, 'last-platinum-on', text(f, 'progression-on') ?? asOf)
    return days === 'never' ? undefined : days
  },
  'tested-after-progression': (f) => {
    const sample = latestDay(text(f, 'biomarker-sample-on') ?? '')
    const start = latestDay(text(f, 'current-line-start-on') ?? '')
    if (start === undefined) return undefined
    return sample === undefined ? undefined : sample > start
  },
}

/** The first day a wait of `days` after a recorded day is over. */
export function earliestAfter(on: string, days: number): string | undefined {
  const from = latestDay(on)
  return from === undefined ? undefined : isoDay(from + days)
}
