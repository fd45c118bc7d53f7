import { type Fact, type FactDefinition, isKnown, type KnownFact } from '@secondwind/core'

/** How a fact is entered: yes or no, one of a list, several of a list, a number with its unit, a day, or words (one more line where the fact is a list of them). */
export type EntryKind = 'truth' | 'choice' | 'choices' | 'number' | 'day' | 'words' | 'line'

type Shown = Pick<FactDefinition, 'id' | 'type' | 'unit' | 'values' | 'plausible'> & {
  readonly factors?: { readonly [unit: string]: number }
}

export function entryKind({ type, values }: Shown): EntryKind {
  switch (type) {
    case 'truth':
      return 'truth'
    case 'integer':
    case 'quantity':
      return 'number'
    case 'code':
      return values === undefined ? 'words' : 'choice'
    case 'codes':
      return values === undefined ? 'line' : 'choices'
    case 'date':
      return 'day'
    case 'text':
      return 'words'
    case 'list':
      return 'line'
  }
}

/** What somebody has put into the form. */
export interface Draft {
  readonly text: string
  readonly unit: string
  readonly chosen: readonly string[]
}

/** Units in which a number of this fact may be written, the canonical one first; none where it has no unit, or a count. */
export function unitsFor({ unit, factors = {} }: Shown): readonly string[] {
  const others = Object.keys(factors).filter((other) => other !== unit)
  if (unit === undefined || ((unit === '1' || unit.startsWith('{')) && others.length === 0)) return []
  return [unit, ...others]
}

/** What the form holds when it opens: what is known, so that a small correction is a small change. Lines begin empty: they are added. */
export function draftOf(about: Shown, fact: Fact | undefined): Draft {
  const value = (fact as KnownFact | undefined)?.value
  const unit = unitsFor(about)[0] ?? ''
  const kind = entryKind(about)
  if (kind === 'line' || value === undefined) return { text: '', unit, chosen: [] }
  if (Array.isArray(value)) return { text: '', unit, chosen: value.filter((one): one is string => typeof one === 'string') }
  if (typeof value === 'boolean') return { text: value ? 'yes' : 'no', unit, chosen: [] }
  return { text: typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value), unit, chosen: [] }
}

/** The draft as the server takes it; undefined: nothing has been entered yet. */
export function valueText(about: Shown, { text, unit, chosen }: Draft): string | undefined {
  const kind = entryKind(about)
  if (kind === 'choices') return chosen.length === 0 ? undefined : chosen.join(',')
  const written = text.trim().replace(/^(-?\d+),(\d+)$/, '$1.$2')
  if (written === '') return undefined
  // a percentage is as good as its number
  return kind === 'number' && unit !== '' ? `${written} ${unit}` : written
}

/** Whether the server will ask why: the entry speaks against what the chart itself says. What nobody had said is only learned; one more line, or a newer measurement, contradicts nothing. */
export function needsReason(about: Shown, fact: Fact, because: 'newer' | 'wrong', isSame: boolean): boolean {
  if (because === 'wrong') return true
  if (entryKind(about) === 'line' || isSame) return false
  if (about.type === 'quantity' && isKnown(fact)) return false
  return isKnown(fact) ? fact.sources.length > 0 : fact.unknown === 'conflicting'
}
