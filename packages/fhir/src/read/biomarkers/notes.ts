import { nameOf } from '../shapes.ts'
import { saidInText, textsOf } from '../texts.ts'
import { readFreeText } from './free-text.ts'
import { type Ledger, newLedger } from './ledger.ts'
import { sentencesOf } from './statements.ts'
import { genesIn } from './tables.ts'

const NOTES: ReadonlySet<string> = new Set(['ClinicalImpression', 'DocumentReference', 'Composition'])

/**
 * Results that only a clinical note quotes ("NGS outside: EGFR L858R, PD-L1 60%"): the last resort, for facts of which no report or observation
 * speaks. They carry no day, since a note does not say when the sample was taken, so they never count as a test after progression.
 */
export function readNotes(ledger: Ledger): void {
  const { tables, context } = ledger
  const facts = new Set([...ledger.findings.map(({ fact }) => fact), ...ledger.numbers.map(({ fact }) => fact)])
  const genes = new Set(ledger.findings.map(({ gene }) => gene))
  const aside = newLedger(context, tables, ledger.reportOf)
  for (const { resource, path, text, kind } of textsOf(context)) {
    if (kind !== 'note' || !NOTES.has(resource.resourceType)) continue
    const open = sentencesOf(text).filter(
      (sentence) =>
        genesIn(sentence, tables).some(({ symbols }) => symbols.some((symbol) => !genes.has(symbol))) ||
        (tables.says('pdl1', sentence) && ![...facts].some((fact) => fact.startsWith('pd-l1'))),
    )
    if (open.length === 0) continue
    const words = open.join('. ')
    const before = aside.findings.length + aside.numbers.length
    readFreeText(
      aside,
      words,
      { assay: { key: nameOf(resource), kind: 'unknown' }, source: context.source(resource, path), coded: false, words },
      {},
    )
    if (aside.findings.length + aside.numbers.length === before) continue
    context.understood(resource, path)
    saidInText(context, resource, path, words)
  }
  ledger.findings.push(...aside.findings.filter(({ fact }) => !facts.has(fact)))
  ledger.numbers.push(...aside.numbers.filter(({ fact }) => !facts.has(fact)))
  ledger.doubts.push(...aside.doubts)
}
