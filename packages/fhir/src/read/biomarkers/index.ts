import { type Fact, type FactDefinition, isKnown } from '@secondwind/core'
import type { ReadContext, Reader, ReaderKnowledge } from '../context.ts'
import { Kept } from '../kept.ts'
import { rememberFor } from '../remember.ts'
import { settleInDoubt } from './in-doubt.ts'
import { type Finding, isInGap, type Ledger, newLedger } from './ledger.ts'
import { readNotes } from './notes.ts'
import { openDriversFact } from './open-drivers.ts'
import { isExcluded, settleDriver, settleList, settleNumber, settleResistance } from './settle.ts'
import { readConditions, readObservations, readOrders, readReports, reportsByResult } from './sources.ts'
import { type Tables, tablesOf } from './tables.ts'
import {
  isInformative,
  settleAcquired,
  settlePhase,
  settlePlasma,
  settlePosition,
  settleRna,
  settleTesting,
  settleTissue,
} from './testing.ts'

export { classifyVariant } from './classify.ts'
export { compileTables, type Tables } from './tables.ts'
export { parseVariant } from './variant.ts'

/**
 * Every biomarker of the registry from variants, regions studied, single tests, stains, reports, orders and words.
 *
 * Unknown stays unknown: `false` needs a completed tissue test (or one of unstated sample) that looked at the gene. A negative plasma
 * result is `not-informative`. A panel on DNA alone counts as a witness of the genes it lists; `rna-tested` is then false, so that
 * the testing rules can ask for RNA. Resistance follows the latest sample that looked; `biomarker-sample-on` gives the day of the latest.
 */
export const readBiomarkers: Reader = (context) => {
  const tables = tablesOf(context.knowledge)
  const ledger = newLedger(
    context,
    tables,
    reportsByResult(context.chart.ofType('DiagnosticReport'), (reference, from) => context.chart.resolve(reference, from)),
  )
  readReports(ledger)
  readObservations(ledger)
  readConditions(ledger)
  readOrders(ledger)
  readNotes(ledger)
  settleAll(ledger, context)
  LEDGERS.set(context, ledger)
}

const LEDGERS = new Kept<object, Ledger>()

/** What the tests of a chart said, one by one, once its biomarkers have been read. */
export const ledgerOf = (context: ReadContext): Ledger | undefined => LEDGERS.get(context)

const SPECIAL: {
  readonly [fact: string]: (ledger: Ledger, definition: FactDefinition, settled: ReadonlyMap<string, Fact>) => Fact | undefined
} = {
  'egfr-exon20-position': settlePosition,
  'egfr-c797s-phase': settlePhase,
  'molecular-testing': (ledger, _, settled) => settleTesting(ledger, settled),
  'fusions-in-doubt': settleInDoubt,
  'ici-drivers-open': ({ tables }, definition, settled) => openDriversFact(tables, definition, (id) => settled.get(id)),
  'rna-tested': settleRna,
  'tissue-tested': settleTissue,
  'ctdna-result': settlePlasma,
  'acquired-fusion': settleAcquired,
  // needs the day of progression, which the treatment history knows
  'tested-after-progression': () => undefined,
}

/** The biomarkers of the registry by the way they are settled. */
const planOf = rememberFor((knowledge: ReaderKnowledge, { genes }: Tables) => {
  const all = [...genes.values()]
  const definitions = [...knowledge.facts.values()].filter(({ group, derivedFrom }) => group === 'biomarkers' && derivedFrom === undefined)
  return {
    resistance: new Set(all.flatMap((gene) => [...(gene.resistance ?? []), ...(gene.resistanceCodes ? [gene.resistanceCodes] : [])])),
    lists: new Set(['fusion-partners', ...all.flatMap((gene) => [gene.listed, gene.unclassified].filter((fact) => fact !== undefined))]),
    plain: definitions.filter(({ id }) => !(id in SPECIAL)),
    later: definitions.filter(({ id }) => id in SPECIAL),
  }
})

function settleAll(ledger: Ledger, context: ReadContext): void {
  const { resistance, lists, plain, later } = planOf(context.knowledge, ledger.tables)
  const settled = new Map<string, Fact>()
  for (const definition of plain) settled.set(definition.id, settleOne(ledger, definition, resistance, lists) ?? ABSENT)
  for (const definition of later) settled.set(definition.id, SPECIAL[definition.id]?.(ledger, definition, settled) ?? ABSENT)
  for (const [id, fact] of settled) if (fact !== ABSENT) context.settle(id, fact)
  const isFound = (fact: string): boolean => {
    const known = settled.get(fact)
    return known !== undefined && isKnown(known) && known.value === true
  }
  for (const { facts, say } of ledger.doubts) if (!facts.some(isFound)) say()
  settleSampleDay(ledger, context)
}

/** Left to the registry's own rule for silence. */
const ABSENT: Fact = Object.freeze({ unknown: 'not-recorded' as const })

function settleOne(
  ledger: Ledger,
  definition: FactDefinition,
  resistance: ReadonlySet<string>,
  lists: ReadonlySet<string>,
): Fact | undefined {
  if (lists.has(definition.id)) return settleList(ledger, definition)
  if (resistance.has(definition.id)) return settleResistance(ledger, definition)
  if (definition.type === 'quantity' || definition.type === 'integer') return settleNumber(ledger, definition)
  return definition.type === 'truth' ? settleDriver(ledger, definition) : undefined
}

const comesBefore = (a: Pick<Finding, 'assay' | 'source'>, b: Pick<Finding, 'assay' | 'source'>): boolean =>
  (compare(b.assay.on, a.assay.on) || compare(a.source.reference, b.source.reference)) < 0

const compare = (a = '', b = ''): number => (a === b ? 0 : a.localeCompare(b))

/**
 * Day of the latest tumour or plasma sample with a molecular result. A finished panel counts whatever it found, so does a report that
 * lists only what it found; plasma without enough tumour DNA does not.
 */
function settleSampleDay(ledger: Ledger, context: ReadContext): void {
  const results = [
    ...ledger.findings.filter(
      (finding) =>
        finding.assay.method !== 'ihc' && ['positive', 'negative', 'covered'].includes(finding.verdict) && !isExcluded(finding, ledger),
    ),
    ...ledger.sequenced.filter((entry) => !isInGap(entry, ledger)),
  ].filter((entry) => entry.assay.on !== undefined && isInformative(entry, ledger))
  let latest = results[0]
  for (const one of results) if (latest !== undefined && comesBefore(one, latest)) latest = one
  if (latest?.assay.on === undefined) return
  context.settle('biomarker-sample-on', { value: latest.assay.on, on: latest.assay.on, absence: 'witnessed', sources: [latest.source] })
}
