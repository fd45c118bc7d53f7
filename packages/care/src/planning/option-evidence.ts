import type { Citation, Evidence, KnowledgeBase, OptionRule } from '@secondwind/core'
import { evidenceOf } from './explain-rule.ts'
import type { Judged } from './rank.ts'

/** By rule and row: what is cited where that row speaks. One list a row, so that its evidence is put together once. */
const shown = new WeakMap<OptionRule, Map<number | 'held', readonly Citation[]>>()

/** Citations that other rows of the rule claim are left out; `held`: those of every row. */
function citesOf(rule: OptionRule, row: number | 'held'): readonly Citation[] {
  const claimed = new Set(rule.standing.flatMap(({ cites }) => cites ?? []))
  if (claimed.size === 0) return rule.cites
  let rows = shown.get(rule)
  if (!rows) {
    rows = new Map()
    shown.set(rule, rows)
  }
  let cites = rows.get(row)
  if (!cites) {
    const own = row === 'held' ? [] : (rule.standing[row]?.cites ?? [])
    const kept = rule.cites.filter(({ source }) => !claimed.has(source) || own.includes(source))
    // a row that names none, where the others claim them all, still rests on the entry
    cites = kept.length > 0 || row === 'held' ? kept : rule.cites
    rows.set(row, cites)
  }
  return cites
}

/** What carries an option for this patient: the reasons at hand. A pause that an alert calls for rests on the sources of the alert. */
export function optionEvidence(
  { candidate: { rule, regimen }, verdict, standing, heldBy }: Judged,
  knowledge: KnowledgeBase,
): readonly Evidence[] {
  if (regimen && rule.cites.length === 0) return evidenceOf(regimen.cites, knowledge)
  const isRaised = heldBy !== undefined && standing === 'recommended'
  if (!isRaised) return evidenceOf(citesOf(rule, verdict.row), knowledge)
  return [...heldBy.flatMap(({ alert }) => alert.evidence), ...evidenceOf(citesOf(rule, 'held'), knowledge)]
}
