import type { CheckedEntry } from '../compile.ts'
import type { Finding } from './finding.ts'

/** Faults that stand in one entry alone: a trial called by another number than its own, a safety rule that nobody will look at again, numbers in examples that nobody has. */
export function checkEntries(entries: readonly CheckedEntry[]): readonly Finding[] {
  const findings: Finding[] = []
  const facts = new Map(entries.filter((e) => e.kind === 'facts').map((e) => [e.value.id, e.value]))
  for (const { kind, raw, value } of entries) {
    const report = (at: readonly (string | number)[], code: Finding['code'], message: string, remedy: string): void => {
      findings.push({ code, file: raw.file, line: raw.lineOf(at), entry: value.id, message, remedy })
    }
    const nct = value.nct
    if (kind === 'trials' && typeof nct === 'string' && /^nct\d+/.test(value.id) && !value.id.startsWith(nct.toLowerCase()))
      report(['nct'], 'code', `is called ${value.id} and has the registry number ${nct}`, 'copy the number again from the registry')
    if (kind === 'safety' && value.effect === 'bar' && value.reviewBy === undefined)
      report([], 'review', 'is a bar without reviewBy, so nobody will be told to look at it again', "add reviewBy: a month, as '2027-05'")
    for (const [i, example] of ((value.examples as readonly { readonly given: object }[] | undefined) ?? []).entries()) {
      for (const [id, number] of Object.entries(example.given)) {
        const range = facts.get(id)?.plausible as readonly [number, number] | undefined
        if (range && typeof number === 'number' && (number < range[0] || number > range[1]))
          report(
            ['examples', i, 'given', id],
            'example',
            `${id} ${number}: nobody has that (possible are ${range[0]} to ${range[1]})`,
            'correct the number or its unit',
          )
      }
    }
  }
  return findings
}
