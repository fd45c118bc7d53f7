import type { Fact, FactDefinition, FactSource, KnownFact, UnknownFact, UnknownReason } from '@secondwind/core'
import { Kept } from '../kept.ts'
import { type Finding, isInGap, type Ledger, type NumberFinding } from './ledger.ts'

/** Order of findings: latest day first, then by place, so that the order of resources in the chart does not matter. */
function byDay(a: Placed, b: Placed): number {
  return compare(b.assay.on, a.assay.on) || compare(a.source.reference, b.source.reference) || compare(a.source.path, b.source.path)
}

type Placed = Pick<Finding, 'assay' | 'source'>

const compare = (a = '', b = ''): number => (a === b ? 0 : a.localeCompare(b))

const sorted = (findings: readonly Finding[]): readonly Finding[] =>
  findings.length < 2
    ? findings
    : [...findings].sort((a, b) => byDay(a, b) || compare(a.value, b.value) || compare(a.verdict, b.verdict) || compare(a.words, b.words))

export function sourcesOf(entries: readonly { readonly source: FactSource }[]): readonly FactSource[] {
  // findings of one resource share their source: most are told apart without looking at the words
  const first = entries[0]?.source
  if (first === undefined) return []
  if (entries.every(({ source }) => source === first)) return [first]
  if (entries.length > FEW) return sourcesByName(entries)
  const distinct = [first]
  for (const { source } of entries) if (!distinct.some((one) => isSamePlace(one, source))) distinct.push(source)
  return distinct
}

/** So many are sooner compared with one another than named. */
const FEW = 16

const isSamePlace = (a: FactSource, b: FactSource): boolean => a === b || (a.reference === b.reference && (a.path ?? '') === (b.path ?? ''))

function sourcesByName(entries: readonly { readonly source: FactSource }[]): readonly FactSource[] {
  const distinct = new Map<string, FactSource>()
  for (const { source } of entries) {
    const key = `${source.reference}|${source.path ?? ''}`
    if (!distinct.has(key)) distinct.set(key, source)
  }
  return [...distinct.values()]
}

/** What the findings share, put on a fact step by step: spreading a piece for each element costs more than all else here. */
function withShared(fact: { [K in 'on' | 'words']?: string } & { sources?: readonly FactSource[] }, findings: readonly Finding[]): void {
  const on = findings[0]?.assay.on
  const words = findings.find((finding) => finding.words !== undefined)?.words
  if (on !== undefined) fact.on = on
  if (words !== undefined) fact.words = words
  fact.sources = sourcesOf(findings)
}

function unknown(reason: UnknownReason, findings: readonly Finding[], would: string | undefined): Fact {
  const fact: { -readonly [K in keyof UnknownFact]: UnknownFact[K] } = { unknown: reason }
  if (would !== undefined) fact.would = would
  withShared(fact, findings)
  return fact
}

function known(value: KnownFact['value'], findings: readonly Finding[]): Fact {
  const fact: { -readonly [K in keyof KnownFact]?: KnownFact[K] } = { value, absence: 'witnessed' }
  withShared(fact, findings)
  return fact as KnownFact
}

export function findingsOf(ledger: Ledger, fact: string): readonly Finding[] {
  const findings = findingsByFact(ledger).get(fact)
  if (findings === undefined) return NO_FINDINGS
  return sorted(excludesNothing(ledger) ? findings : findings.filter((finding) => !isExcluded(finding, ledger)))
}

const NO_FINDINGS: readonly Finding[] = Object.freeze([])

const byFact = new Kept<Ledger, { readonly count: number; readonly findings: ReadonlyMap<string, readonly Finding[]> }>()

/** The findings of each fact; worked out again when some were added. */
function findingsByFact(ledger: Ledger): ReadonlyMap<string, readonly Finding[]> {
  const known = byFact.get(ledger)
  if (known?.count === ledger.findings.length) return known.findings
  const findings = Map.groupBy(ledger.findings, ({ fact }) => fact)
  byFact.set(ledger, { count: ledger.findings.length, findings })
  return findings
}

/** Nothing that `isExcluded` asks for is there: most charts. */
const excludesNothing = ({ uncovered, gaps }: Ledger): boolean => uncovered.size === 0 && gaps.length === 0

/** A gene left out of a panel, fusions that could not be read, or a test that failed as a whole make the panel no witness of them. */
export const isExcluded = (finding: Finding, ledger: Ledger): boolean =>
  !excludesNothing(ledger) &&
  ((finding.verdict === 'covered' && ledger.uncovered.has(placeOf(finding))) ||
    ((finding.verdict === 'covered' || finding.verdict === 'negative') &&
      (ledger.uncovered.has(`${finding.assay.key}|${finding.fact}`) || isInGap(finding, ledger))))

const withVerdict = (findings: readonly Finding[], wanted: Finding['verdict']): readonly Finding[] =>
  findings.some(({ verdict }) => verdict === wanted) ? findings.filter(({ verdict }) => verdict === wanted) : NO_FINDINGS

const saysNo = ({ verdict }: Finding): boolean => verdict === 'negative' || verdict === 'covered'

/** A plasma result never says no: only tissue (or a sample of unstated kind) is a witness of absence. */
const isWitness = (finding: Finding): boolean => finding.assay.kind !== 'plasma'

/**
 * A truth fact of a driver. Found once, it stays: a later negative sample does not take it away. A stated no in the very sample of the
 * yes is a contradiction; a no of another sample close to it is told. Without a finding, `false` needs a completed test that looked; for a family, at every member of it.
 */
export function settleDriver(ledger: Ledger, definition: FactDefinition): Fact {
  const findings = findingsOf(ledger, definition.id)
  const positive = withVerdict(findings, 'positive')
  if (positive.length > 0) {
    const denied = withVerdict(findings, 'negative')
    const clash = denied.filter((no) => positive.some((yes) => yes.assay.key === no.assay.key && yes.gene === no.gene && isWitness(no)))
    if (clash.length > 0 && positive.every((yes) => clash.some((no) => no.assay.key === yes.assay.key))) {
      contradiction(ledger, definition, [...positive, ...clash])
      return unknown('conflicting', [...positive, ...clash], definition.test)
    }
    const other = denied.filter((no) => isWitness(no) && positive.some((yes) => yes.gene === no.gene && isNear(yes, no, ledger)))
    if (other.length === 0) return known(true, positive)
    contradiction(ledger, definition, [...positive, ...other], 'found in one sample and denied by another')
    return { ...known(true, positive), disputed: true } as KnownFact
  }
  return absent(ledger, definition, findings, false)
}

const isNear = (yes: Finding, no: Finding, ledger: Ledger): boolean => {
  const apart = Math.abs(Date.parse(yes.assay.on ?? '') - Date.parse(no.assay.on ?? '')) / 86_400_000
  return Number.isNaN(apart) || apart <= ledger.tables.thresholds.contradictionDays
}

/** Absence, or the best reason for not knowing. */
function absent(ledger: Ledger, definition: FactDefinition, findings: readonly Finding[], value: KnownFact['value']): Fact {
  if (findings.length === 0) return unknown('not-tested', findings, definition.test)
  const family = ledger.tables.familyFacts.get(definition.id)
  // most genes of a panel: looked at, nothing found
  if (family === undefined && findings.every((finding) => isWitness(finding) && saysNo(finding))) return known(value, findings)
  const no = findings.filter(saysNo)
  // plasma that shows a driver of the gene has shown its other drivers to be absent; plasma that shows nothing has shown nothing
  const isShown = (place: string): boolean =>
    ledger.findings.some((finding) => finding.verdict === 'positive' && isDriver(finding, ledger) && placeOf(finding) === place)
  const witnesses = no.filter((finding) => isWitness(finding) || (isDriver(finding, ledger) && isShown(placeOf(finding))))
  const isWhole = family === undefined ? witnesses.length > 0 : family.every((gene) => witnesses.some((finding) => finding.gene === gene))
  const equivocal = withVerdict(findings, 'equivocal')
  const settled = equivocal.filter(
    (doubt) =>
      !witnesses.some((finding) => finding.verdict === 'negative' && finding.assay.method !== doubt.assay.method) &&
      !laterWitness(doubt, witnesses),
  )
  if (settled.length > 0) return unknown('not-informative', settled, confirmingTest(definition, settled))
  if (isWhole) return known(value, witnesses)
  const pending = withVerdict(findings, 'pending')
  if (pending.length > 0) return unknown('pending', pending, definition.test)
  const failed = withVerdict(findings, 'insufficient')
  if (failed.length > 0) return unknown('insufficient-sample', failed, definition.test)
  const plasma = no.filter((finding) => !isWitness(finding))
  if (plasma.length > 0) return unknown('not-informative', plasma, definition.test)
  return unknown('not-tested', witnesses, definition.test)
}

const placeOf = (finding: Finding): string => `${finding.assay.key}|${finding.gene ?? ''}`
const isDriver = (finding: Finding, ledger: Ledger): boolean =>
  ledger.tables.genes.get(finding.gene ?? '')?.mutation?.includes(finding.fact) === true

const laterWitness = (doubt: Finding, witnesses: readonly Finding[]): boolean =>
  witnesses.some((finding) => finding.assay.on !== undefined && doubt.assay.on !== undefined && finding.assay.on > doubt.assay.on)

/** An equivocal stain of a fusion gene asks for its own confirmation. */
const confirmingTest = (definition: FactDefinition, doubts: readonly Finding[]): string | undefined =>
  definition.id === 'alk-fusion' && doubts.some((doubt) => doubt.assay.method === 'ihc' || doubt.assay.method === 'fish')
    ? 'alk-fish-or-rna'
    : definition.test

/**
 * Resistance changes follow the latest sample that looked: what an earlier sample lacked may have come, what it had may be gone.
 * Plasma that lacks a change never overrides tissue that had it.
 */
export function settleResistance(ledger: Ledger, definition: FactDefinition): Fact {
  const findings = findingsOf(ledger, definition.id)
  const isCodes = definition.type === 'codes'
  const telling = findings.filter(
    (finding) =>
      finding.verdict === 'positive' ||
      ((finding.verdict === 'negative' || finding.verdict === 'covered') &&
        isWitness(finding) &&
        !(isCodes && finding.value !== undefined)),
  )
  const latest = telling[0]
  if (!latest)
    return absent(
      ledger,
      definition,
      isCodes ? findings.filter((finding) => finding.value === undefined || finding.verdict !== 'negative') : findings,
      isCodes ? [] : false,
    )
  const day = latest.assay.on
  const current = telling.filter((finding) => finding.assay.on === day)
  const positive = withVerdict(current, 'positive')
  if (positive.length === 0) return known(isCodes ? [] : false, current)
  const denied = withVerdict(current, 'negative').filter((no) => positive.some((yes) => yes.assay.key === no.assay.key))
  if (!isCodes && denied.length > 0) {
    contradiction(ledger, definition, [...positive, ...denied])
    return unknown('conflicting', [...positive, ...denied], definition.test)
  }
  if (!isCodes) return known(true, positive)
  const values = new Set(positive.flatMap((finding) => (finding.value === undefined ? [] : [finding.value])))
  const compound = [...ledger.tables.genes.values()].find((gene) => gene.compound?.fact === definition.id)?.compound
  if (compound && values.size > 1) values.add(compound.value)
  return known([...values].sort(), positive)
}

function contradiction(
  ledger: Ledger,
  definition: FactDefinition,
  findings: readonly Finding[],
  how = 'found and not found in one sample',
): void {
  const places = sourcesOf(findings).map((source) => source.reference)
  ledger.context.issue({
    code: 'contradictory-result',
    severity: 'warning',
    path: places[0] ?? definition.id,
    message: `${definition.label}: ${how} (${[...new Set(places)].join(', ')})`,
    remedy: 'ask the laboratory, or repeat by another method',
  })
}

/** Latest number; a coded one outranks words. Two of one day that disagree settle nothing. */
export function settleNumber(ledger: Ledger, definition: FactDefinition): Fact {
  const all = ledger.numbers.filter((one) => one.fact === definition.id)
  const order = (a: NumberFinding, b: NumberFinding): number => byDay(a, b) || compare(a.words, b.words)
  const values = all.filter((one) => one.value !== undefined).sort(order)
  const preferred = values.some((one) => one.coded)
    ? values.filter((one) => one.coded || (one.assay.on ?? '') > (values.find((two) => two.coded)?.assay.on ?? ''))
    : values
  const first = preferred[0]
  if (first?.value === undefined) return unknownNumber(all.sort(order), definition)
  const value = first.value
  const source = [first.source]
  if (definition.plausible && (value < definition.plausible[0] || value > definition.plausible[1])) {
    ledger.context.issue({
      code: 'implausible-value',
      severity: 'warning',
      path: first.source.reference,
      message: `${definition.label} of ${value} is not plausible`,
      remedy: 'check the value',
    })
    return { unknown: 'not-informative', ...(definition.test ? { would: definition.test } : {}), sources: source }
  }
  const sameDay = preferred.filter((one) => one.assay.on === first.assay.on && one.coded === first.coded)
  if (sameDay.some((one) => isOther(one.value ?? value, value, definition, ledger))) {
    ledger.context.issue({
      code: 'contradictory-result',
      severity: 'warning',
      path: first.source.reference,
      message: `${definition.label}: ${[...new Set(sameDay.map((one) => one.value))].join(' and ')} on one day`,
      remedy: 'ask the laboratory',
    })
    return { unknown: 'conflicting', ...(definition.test ? { would: definition.test } : {}), sources: sourcesOf(sameDay) }
  }
  return {
    value,
    ...(definition.unit === undefined ? {} : { unit: definition.unit }),
    ...(first.assay.on === undefined ? {} : { on: first.assay.on }),
    absence: 'witnessed',
    ...(first.words === undefined ? {} : { words: first.words }),
    sources: source,
  }
}

function isOther(a: number, b: number, definition: FactDefinition, ledger: Ledger): boolean {
  if (definition.id !== 'pd-l1-tps') return Math.abs(a - b) > 1e-9
  const band = (value: number): number => ledger.tables.thresholds.pdl1Bands.filter((floor) => value >= floor).length
  return band(a) !== band(b)
}

function unknownNumber(all: readonly NumberFinding[], definition: FactDefinition): Fact {
  const best = all.find((one) => one.unknown === 'not-informative') ?? all.find((one) => one.unknown === 'pending') ?? all[0]
  const reason = best?.unknown ?? 'not-tested'
  return {
    unknown: reason,
    ...(definition.test === undefined ? {} : { would: definition.test }),
    ...(best?.words === undefined ? {} : { words: best.words }),
    ...(best?.assay.on === undefined ? {} : { on: best.assay.on }),
    ...(best === undefined ? {} : { sources: [best.source] }),
  }
}

/** Everything ever reported, as it was reported. */
export function settleList(ledger: Ledger, definition: FactDefinition): Fact | undefined {
  const findings = withVerdict(findingsOf(ledger, definition.id), 'positive')
  if (findings.length === 0) return undefined
  if (definition.type === 'truth') return known(true, findings)
  return known([...new Set(findings.flatMap((finding) => (finding.value === undefined ? [] : [finding.value])))].sort(), findings)
}
