import type { FactDefinition, RegimenComponent } from '@secondwind/core'
import type { CheckedEntry } from '../compile.ts'
import type { Finding } from './finding.ts'
import { meant } from './suggest.ts'

/** From this many regimens on that dose a drug in one unit, a single one in another unit is taken for a slip. */
const CUSTOM = 3

/** Units that no reader of charts knows, and doses in a unit in which the drug is given nowhere else. */
export function checkUnits(entries: readonly CheckedEntry[], terminology: Record<string, unknown>): readonly Finding[] {
  return [...factUnits(entries, terminology), ...doseUnits(entries)]
}

interface Units {
  readonly spellings?: { readonly [unit: string]: readonly string[] }
  /** Fact → unit → factor to the unit of the registry. */
  readonly units?: { readonly [fact: string]: { readonly [unit: string]: unknown } }
}

function factUnits(entries: readonly CheckedEntry[], terminology: Record<string, unknown>): readonly Finding[] {
  const { spellings, units = {} } = (terminology.units as Units | undefined) ?? {}
  if (spellings === undefined) return []
  const known = new Set(Object.keys(spellings))
  const isKnown = (unit: string): boolean =>
    known.has(unit) || /^\{.*\}$/.test(unit) || (/[/.]/.test(unit) && unit.split(/[/.]/).every((part) => part === '' || known.has(part)))
  const findings: Finding[] = []
  for (const { kind, raw, value } of entries) {
    const { unit, id } = value as { readonly unit?: string; readonly id: string }
    if (kind !== 'facts' || unit === undefined) continue
    const report = (message: string, remedy: string): void => {
      findings.push({ code: 'unit', file: raw.file, line: raw.lineOf(['unit']), entry: id, message, remedy })
    }
    if (!isKnown(unit) && value.derivedFrom === undefined) {
      const remedy = 'use a UCUM code that stands under spellings in terminology/units.yaml, or add it there'
      report(`no reader knows the unit ${unit}`, meant(unit, known, remedy))
    } else if (units[id] !== undefined && units[id][unit] !== 1) {
      const home = Object.entries(units[id]).find(([, factor]) => factor === 1)?.[0]
      report(
        `is in ${unit} here, and charts are converted to ${home ?? 'another unit'}`,
        `write unit: ${home ?? '…'}, or change the factors of ${id} in terminology/units.yaml and every limit that rules set on it`,
      )
    }
  }
  return findings
}

function doseUnits(entries: readonly CheckedEntry[]): readonly Finding[] {
  interface Use {
    readonly entry: CheckedEntry
    readonly at: readonly (string | number)[]
    readonly part: RegimenComponent
  }
  const uses: Use[] = []
  for (const entry of entries) {
    if (entry.kind !== 'regimens') continue
    const { components, maintenance } = entry.value as unknown as {
      components: readonly RegimenComponent[]
      maintenance?: { components: readonly RegimenComponent[] }
    }
    for (const [i, part] of components.entries()) uses.push({ entry, at: ['components', i, 'unit'], part })
    for (const [i, part] of (maintenance?.components ?? []).entries())
      uses.push({ entry, at: ['maintenance', 'components', i, 'unit'], part })
  }
  const findings: Finding[] = []
  for (const [drug, list] of Map.groupBy(uses, ({ part }) => `${part.drug} ${part.route}`)) {
    const units = [...Map.groupBy(list, ({ part }) => part.unit)].sort((a, b) => b[1].length - a[1].length)
    const [usual, ...others] = units
    if (!usual || usual[1].length < CUSTOM) continue
    for (const [unit, [odd, ...more]] of others) {
      if (more.length > 0 || odd === undefined || odd.part.note !== undefined) continue
      findings.push({
        code: 'unit',
        file: odd.entry.raw.file,
        line: odd.entry.raw.lineOf(odd.at),
        entry: odd.entry.value.id,
        message: `${drug.split(' ')[0]} is dosed in ${unit} here, and in ${usual[0]} in all ${usual[1].length} other places`,
        remedy: `correct the unit or the dose; where it is meant, say why in a note of the component`,
      })
    }
  }
  return findings
}

/**
 * Why a number cannot be meant in the unit of the fact: it lies outside what any patient has. Undefined when it can.
 * Limits are those of the registry (`plausible`), in the registry's unit; a computed fact takes those of a measured one that may stand in for it.
 */
export function unitProblem(
  value: number,
  fact: FactDefinition | undefined,
  facts: ReadonlyMap<string, FactDefinition>,
): { readonly message: string; readonly remedy: string } | undefined {
  const standIn = fact?.standIns?.map((id) => facts.get(id)).find((f) => f?.plausible !== undefined && f.unit === fact.unit)
  const range = fact?.plausible ?? standIn?.plausible
  if (!fact || !range || (value >= range[0] && value <= range[1])) return undefined
  const unit = fact.unit ? ` ${fact.unit}` : ''
  return {
    message: `${fact.id} ${value}${unit}: nobody has that (possible are ${range[0]} to ${range[1]}${unit})`,
    remedy: `write the number in ${fact.unit ?? 'the unit of the registry'}: it may have been taken over in another unit`,
  }
}
