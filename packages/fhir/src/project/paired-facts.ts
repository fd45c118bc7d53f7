import { type Fact, type FactValue, isKnown } from '@secondwind/core'
import { areDrivers, openDriversFact } from '../read/biomarkers/open-drivers.ts'
import { tablesOf } from '../read/biomarkers/tables.ts'
import type { ReaderKnowledge } from '../read/context.ts'
import { lookupOf } from '../read/measurements.ts'

type Facts = { readonly [id: string]: Fact }

const numberOf = (fact: Fact | undefined): number | undefined => (isKnown(fact) && typeof fact.value === 'number' ? fact.value : undefined)
const digits = (value: number): number => Number(value.toPrecision(6))

/**
 * Facts that came from the same reading as one changed by hand, as they then are: a laboratory value and its ratio to the upper limit, both ways.
 *
 * The limit is the one that the chart's own pair shows, else the commonly printed one that reading uses, marked in the words. Without either the other
 * half is unknown: left alone it would still say what the corrected value no longer says. A computed number that the chart sent ready-made (a clearance,
 * a corrected calcium) is opened in the same way, so that it is computed from the corrected inputs. Which drivers are open follows a driver set by hand.
 */
export function pairedFacts(changed: ReadonlyMap<string, Fact>, facts: Facts, knowledge: ReaderKnowledge): ReadonlyMap<string, Fact> {
  const paired = new Map<string, Fact>()
  const put = (id: string, fact: Fact): void => {
    if (!changed.has(id)) paired.set(id, fact)
  }
  for (const { definition: base, xuln: ratio, commonUpper } of new Set(lookupOf(knowledge).byName.values())) {
    if (base === undefined || ratio === undefined) continue
    const [value, over] = [numberOf(facts[base.id]), numberOf(facts[ratio.id])]
    const own = value !== undefined && over !== undefined && value > 0 && over > 0 ? value / over : undefined
    const limit = own ?? commonUpper
    const follow = (from: Fact, to: typeof base, of: (n: number, limit: number) => number): void => {
      const n = numberOf(from)
      const would = to.test === undefined ? {} : { would: to.test }
      if (n === undefined || limit === undefined) {
        if (facts[to.id] !== undefined)
          put(to.id, { unknown: 'not-recorded', ...would, words: 'the value it came with was changed by hand' })
        return
      }
      const words = own === undefined ? { words: `over a commonly printed upper limit (${limit} ${base.unit ?? ''})` } : {}
      put(to.id, { ...from, value: digits(of(n, limit)) as FactValue, ...(to.unit ? { unit: to.unit } : {}), ...words } as Fact)
    }
    const byHand = changed.get(base.id)
    const ratioByHand = changed.get(ratio.id)
    if (byHand) follow(byHand, ratio, (n, upper) => n / upper)
    // a ratio alone says nothing of a value that nobody measured
    else if (ratioByHand && value !== undefined) follow(ratioByHand, base, (n, upper) => n * upper)
  }
  const open = knowledge.facts.get('ici-drivers-open')
  if (open !== undefined && areDrivers(tablesOf(knowledge), changed.keys()))
    put(
      open.id,
      openDriversFact(tablesOf(knowledge), open, (id) => changed.get(id) ?? facts[id]),
    )
  for (const definition of knowledge.facts.values()) {
    const fact = facts[definition.id]
    const isNumber = definition.type === 'quantity' || definition.type === 'integer'
    if (!isNumber || !isKnown(fact) || fact.derived || !definition.derivedFrom?.some((id) => changed.has(id) || paired.has(id))) continue
    put(definition.id, { unknown: 'not-recorded', ...(definition.test === undefined ? {} : { would: definition.test }) })
  }
  return paired
}
