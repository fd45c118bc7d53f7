import type { CheckedEntry } from '../compile.ts'
import { isLoinc, isSnomed } from './check-digit.ts'
import type { Finding } from './finding.ts'

/** A terminology file as plain data, with the means to say where any part of it stands. */
export interface TermFile {
  readonly file: string
  readonly value: unknown
  lineOf(at: readonly (string | number)[]): number
}

interface CodeSystem {
  readonly name: string
  readonly isSound: (code: string) => boolean
  readonly looks: string
}

const matching = (pattern: RegExp) => (code: string) => pattern.test(code)

/** Code systems by the field that carries their codes in `knowledge/terminology`. */
const SYSTEMS: { readonly [field: string]: CodeSystem } = {
  loinc: { name: 'LOINC', isSound: isLoinc, looks: 'digits, a hyphen and the right check digit, as in 33762-6' },
  snomed: { name: 'SNOMED CT', isSound: isSnomed, looks: '6 to 18 digits that end in the right check digit' },
  rxnorm: { name: 'RxNorm', isSound: matching(/^[1-9]\d{0,7}$/), looks: 'a number of up to 8 digits' },
  ncit: { name: 'NCI Thesaurus', isSound: matching(/^C\d{2,7}$/), looks: 'C and a number, as in C116377' },
  atc: { name: 'ATC', isSound: matching(/^[A-DGHJLMNPRSV]\d{2}([A-Z]([A-Z](\d{2})?)?)?$/), looks: 'as in L01EB04' },
  icd10: { name: 'ICD-10-CM', isSound: matching(/^[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?$/), looks: 'as in G95.2' },
  icdo3: { name: 'ICD-O-3', isSound: matching(/^8\d{3}\/[0-9]$|^9\d{3}\/[0-9]$/), looks: 'as in 8140/3' },
}

/** A bare `code` in these files belongs to this system. */
const BARE: { readonly [file: string]: CodeSystem } = { 'terminology/biomarker-codes.yaml': SYSTEMS.loinc! }

/** Numbers of the registries that a source may name. */
const SOURCE_NUMBERS: { readonly [field: string]: { readonly pattern: RegExp; readonly looks: string } } = {
  pmid: { pattern: /^\d{4,8}$/, looks: 'the digits of the PubMed id' },
  doi: { pattern: /^10\.\d{4,9}\/\S+$/, looks: '10.1056/… without the address in front' },
  nct: { pattern: /^NCT\d{8}$/, looks: 'NCT and eight digits' },
  url: { pattern: /^https?:\/\/[^\s]+\.[^\s]+$/, looks: 'https://…' },
}

/** Codes that cannot exist, by form and check digit, and codes that name two different drugs. Nothing is looked up: no terminology server is asked. */
export function checkCodes(files: readonly TermFile[], entries: readonly CheckedEntry[]): readonly Finding[] {
  const findings: Finding[] = []
  for (const term of files) {
    walk(term.value, [], (field, value, at) => {
      const system = SYSTEMS[field] ?? (field === 'code' ? BARE[term.file] : undefined)
      if (!system) return
      const codes = (Array.isArray(value) ? value : [value]).filter((c) => typeof c === 'string' || typeof c === 'number').map(String)
      for (const [i, code] of codes.entries()) {
        if (system.isSound(code)) continue
        findings.push({
          code: 'code',
          file: term.file,
          line: term.lineOf(Array.isArray(value) ? [...at, i] : at),
          ...named(term.value, at),
          message: `${code} cannot be a code of ${system.name}`,
          remedy: `copy the code again from its source: it looks like this: ${system.looks}`,
        })
      }
    })
    if (term.file === 'terminology/drugs.yaml') findings.push(...twins(term))
  }
  findings.push(...sharedCodes(files))
  for (const { kind, raw, value } of entries) {
    if (kind !== 'sources') continue
    for (const [field, { pattern, looks }] of Object.entries(SOURCE_NUMBERS)) {
      const number = value[field]
      if (typeof number !== 'string' || pattern.test(number)) continue
      findings.push({
        code: 'code',
        file: raw.file,
        line: raw.lineOf([field]),
        entry: value.id,
        message: `${field}: ${number} cannot be one`,
        remedy: `write ${looks}`,
      })
    }
  }
  return findings
}

/** One id, or one ingredient code, under two drugs: a chart with it would be read as one of them by chance. */
function twins(term: TermFile): readonly Finding[] {
  const findings: Finding[] = []
  const owners = new Map<string, string>()
  const seen = new Map<string, number>()
  for (const [i, drug] of (Array.isArray(term.value) ? (term.value as readonly Record<string, unknown>[]) : []).entries()) {
    const line = term.lineOf([i])
    const twin = seen.get(String(drug.id))
    seen.set(String(drug.id), line)
    if (twin !== undefined) {
      findings.push({
        code: 'duplicate',
        file: term.file,
        line,
        entry: String(drug.id),
        message: `id ${drug.id} is used twice (also ${term.file}:${twin})`,
        remedy: 'rename one of them, or make them one entry',
      })
      continue
    }
    for (const field of ['rxnorm', 'ncit']) {
      for (const code of (drug[field] as readonly string[] | undefined) ?? []) {
        const owner = owners.get(`${field} ${code}`)
        if (owner !== undefined && owner !== drug.id) {
          findings.push({
            code: 'code',
            file: term.file,
            line: term.lineOf([i, field]),
            entry: String(drug.id),
            message: `${SYSTEMS[field]!.name} code ${code} also stands under ${owner}`,
            remedy: 'a code names one drug: take it away from the other',
          })
        }
        owners.set(`${field} ${code}`, String(drug.id))
      }
    }
  }
  return findings
}

/**
 * One code under two meanings. A LOINC code names one measurement, wherever it stands: two are a fault. A diagnosis (ICD-10-CM, SNOMED CT) may say two
 * things at once, and rightly so in a few combination codes: within one file that is a warning. Tables of quality measures gather codes again on purpose.
 */
function sharedCodes(files: readonly TermFile[]): readonly Finding[] {
  const findings: Finding[] = []
  const owners = new Map<string, { readonly file: string; readonly line: number; readonly id: string }>()
  for (const term of files) {
    if (term.file === 'terminology/quality.yaml' || term.file === 'terminology/drugs.yaml') continue
    walk(term.value, [], (field, value, at) => {
      const system = field === 'code' ? BARE[term.file] : SYSTEMS[field]
      const isLoincCode = system === SYSTEMS.loinc
      if (!system || (!isLoincCode && system !== SYSTEMS.icd10 && system !== SYSTEMS.snomed)) return
      const holder = at.slice(0, -1).reduce<unknown>((v, step) => (v as Record<string | number, unknown> | undefined)?.[step], term.value)
      const { id: own, fact } = (holder ?? {}) as { readonly id?: unknown; readonly fact?: unknown }
      // tables of kinds of primaries and of stages name their codes again by design
      if (!isLoincCode && typeof own !== 'string') return
      const id = typeof own === 'string' ? own : typeof fact === 'string' ? fact : at.slice(0, -1).join('.')
      for (const [i, code] of (Array.isArray(value) ? value : [value]).entries()) {
        if (typeof code !== 'string') continue
        const key = isLoincCode ? `loinc ${code}` : `${term.file} ${field} ${code}`
        const owner = owners.get(key)
        const line = term.lineOf(Array.isArray(value) ? [...at, i] : at)
        if (owner === undefined) owners.set(key, { file: term.file, line, id })
        else if (owner.id !== id)
          findings.push({
            code: 'code',
            file: term.file,
            line,
            ...named(term.value, at),
            message: `${system.name} code ${code} also stands under ${owner.id} (${owner.file}:${owner.line})`,
            remedy: 'a code says one thing: take it away from the other, unless it is a combination code',
            ...(isLoincCode ? {} : { severity: 'warning' as const }),
          })
      }
    })
  }
  return findings
}

function walk(
  node: unknown,
  at: readonly (string | number)[],
  visit: (field: string, value: unknown, at: readonly (string | number)[]) => void,
): void {
  if (Array.isArray(node)) for (const [i, item] of node.entries()) walk(item, [...at, i], visit)
  else if (typeof node === 'object' && node !== null) {
    for (const [field, value] of Object.entries(node)) {
      visit(field, value, [...at, field])
      walk(value, [...at, field], visit)
    }
  }
}

/** The id of the nearest entry above a place, to name it in the message. */
function named(root: unknown, at: readonly (string | number)[]): { readonly entry?: string } {
  for (let n = at.length; n > 0; n--) {
    const node = at.slice(0, n).reduce<unknown>((v, step) => (v as Record<string | number, unknown> | undefined)?.[step], root)
    const id = (node as Record<string, unknown> | undefined)?.id
    if (typeof id === 'string') return { entry: id }
  }
  return {}
}
