import type { FactDefinition } from '@secondwind/core'
import type { CheckedEntry } from '../compile.ts'
import type { TermFile } from './codes.ts'
import type { Finding } from './finding.ts'
import { valueProblem } from './given.ts'
import type { Kind } from './schema.ts'
import { meant } from './suggest.ts'

type Path = readonly (string | number)[]

/**
 * Names that are no ids of an entry of their own: what a terminology file says of a fact and of its values, stand-ins, the facts of scores,
 * the drugs of a text in `notAdvised`, techniques, procedures and sites that some option must have, preferences of the ranking.
 */
export function checkNames(
  entries: readonly CheckedEntry[],
  terms: readonly TermFile[],
  written: ReadonlyMap<Kind, ReadonlySet<string>>,
): readonly Finding[] {
  const findings: Finding[] = []
  const facts = new Map(entries.filter((e) => e.kind === 'facts').map((e) => [e.value.id, e.value as unknown as FactDefinition]))
  const drugs = idsOf(terms.find((t) => t.file === 'terminology/drugs.yaml')?.value)
  const sources = written.get('sources') ?? new Set<string>()

  const report = (place: Place, at: Path, name: string, what: string, known: Iterable<string>, remedy: string): void => {
    findings.push({
      code: 'dangling',
      file: place.file,
      line: place.lineOf(at),
      ...(place.id === undefined ? {} : { entry: place.id }),
      message: `there is no ${what} ${name}`,
      remedy: meant(name, known, remedy),
    })
  }
  const mustBeFact = (place: Place, at: Path, id: unknown): FactDefinition | undefined => {
    if (typeof id !== 'string') return undefined
    const fact = facts.get(id)
    if (!fact && !written.get('facts')?.has(id))
      report(place, at, id, 'fact called', facts.keys(), 'see knowledge/facts, or add the fact there first')
    return fact
  }

  for (const entry of entries) {
    const { kind, raw, value } = entry
    const place: Place = { file: raw.file, id: value.id, lineOf: raw.lineOf }
    const each = (list: unknown, at: Path, visit: (item: Record<string, unknown> & string, at: Path) => void): void => {
      for (const [i, item] of ((list as readonly (Record<string, unknown> & string)[] | undefined) ?? []).entries()) visit(item, [...at, i])
    }
    if (kind === 'facts') each(value.standIns, ['standIns'], (id, at) => mustBeFact(place, at, id))
    if (kind === 'scores') {
      mustBeFact(place, ['fact'], value.fact)
      each(value.inputs, ['inputs'], (input, at) => mustBeFact(place, [...at, 'fact'], input.fact))
    }
    const notAdvised = value.notAdvised as Record<string, unknown> | undefined
    each(notAdvised?.drugs, ['notAdvised', 'drugs'], (id, at) => {
      if (drugs.size > 0 && !drugs.has(id)) report(place, at, id, 'drug', drugs, 'add it to terminology/drugs.yaml, or correct the name')
    })
    const applies = value.applies as Record<string, unknown> | undefined
    if (applies) {
      for (const [field, of] of Object.entries(PARTS)) {
        const known = partsOf(entries, of)
        each(applies[field], ['applies', field], (name, at) => {
          if (!known.has(name)) report(place, at, name, `option with the ${of}`, known, 'correct the name, or write the option first')
        })
      }
    }
    if (kind === 'ranking') {
      const wishes = Object.keys(facts.get('preferences')?.values ?? {})
      each(value.preferences, ['preferences'], (rule, at) => {
        if (wishes.length > 0 && !wishes.includes(String(rule.preference)))
          report(place, [...at, 'preference'], String(rule.preference), 'preference called', wishes, `they are ${wishes.join(', ')}`)
      })
    }
  }

  findings.push(...checkGroups(entries))
  for (const term of terms) {
    const converted = term.file === 'terminology/units.yaml' ? (term.value as { readonly units?: object } | undefined)?.units : undefined
    for (const id of Object.keys(converted ?? {})) mustBeFact({ file: term.file, lineOf: term.lineOf }, ['units', id], id)
    const walk = (node: unknown, at: Path, id: string | undefined): void => {
      if (Array.isArray(node)) for (const [i, item] of node.entries()) walk(item, [...at, i], id)
      else if (typeof node === 'object' && node !== null) {
        const record = node as Record<string, unknown>
        const own = typeof record.id === 'string' ? record.id : id
        const place: Place = { file: term.file, lineOf: term.lineOf, ...(own === undefined ? {} : { id: own }) }
        inTerm(place, record, at)
        for (const [key, item] of Object.entries(record)) walk(item, [...at, key], own)
      }
    }
    walk(term.value, [], undefined)
  }
  return findings

  /** A finding of a terminology file: which facts it sets, adds to, asks for or dates, and with which values. */
  function inTerm(place: Place, node: Record<string, unknown>, at: Path): void {
    if ('fact' in node) mustBeFact(place, [...at, 'fact'], node.fact)
    for (const field of ['asks', 'dates', 'denies']) {
      const list = node[field]
      if (Array.isArray(list)) for (const [i, id] of list.entries()) mustBeFact(place, [...at, field, i], id)
    }
    for (const field of ['sets', 'adds']) {
      const pairs = node[field]
      if (typeof pairs !== 'object' || pairs === null || Array.isArray(pairs)) continue
      for (const [id, value] of Object.entries(pairs)) {
        const fact = mustBeFact(place, [...at, field, id], id)
        const problem = fact && valueProblem(field === 'adds' ? [value].flat() : value, fact)
        if (problem)
          findings.push({
            code: 'dangling',
            file: place.file,
            line: place.lineOf([...at, field, id]),
            ...problem,
            ...(place.id ? { entry: place.id } : {}),
          })
      }
    }
    if (place.file === 'terminology/drugs.yaml' && Array.isArray(node.sources)) {
      for (const [i, id] of (node.sources as readonly string[]).entries())
        if (!sources.has(id))
          report(place, [...at, 'sources', i], id, 'source called', sources, 'add it to knowledge/sources, or correct the name')
    }
  }
}

/** Every group of options has a name for people, and no name is left over. A warning: a plan does not need it. */
function checkGroups(entries: readonly CheckedEntry[]): readonly Finding[] {
  const titled = new Map(entries.filter((e) => e.kind === 'populations').map((e) => [e.value.id, e]))
  if (titled.size === 0) return []
  const used = new Map(entries.filter((e) => e.kind === 'treatment').map((e) => [String(e.value.group), e]))
  const warn = ({ raw, value }: CheckedEntry, at: Path, message: string, remedy: string): Finding => ({
    code: 'dangling',
    severity: 'warning',
    file: raw.file,
    line: raw.lineOf(at),
    entry: value.id,
    message,
    remedy,
  })
  return [
    ...[...used]
      .filter(([group]) => !titled.has(group))
      .map(([group, entry]) =>
        warn(
          entry,
          ['group'],
          `the population ${group} has no title`,
          meant(group, titled.keys(), 'add it to policy/populations.yaml with title, chapter and setting'),
        ),
      ),
    ...[...titled]
      .filter(([group]) => !used.has(group))
      .map(([group, entry]) => warn(entry, ['id'], `no option is of the population ${group}`, 'remove it, or correct the name')),
  ]
}

interface Place {
  readonly file: string
  readonly id?: string
  lineOf(at: Path): number
}

/** Field of a target → field of an option. */
const PARTS = { procedures: 'procedure', techniques: 'technique', sites: 'site' } as const

function partsOf(entries: readonly CheckedEntry[], field: string): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { kind, value } of entries) {
    if (kind !== 'treatment') continue
    for (const part of [value, ...((value.also as readonly Record<string, unknown>[] | undefined) ?? [])]) {
      if (typeof part[field] === 'string') names.add(part[field] as string)
    }
  }
  return names
}

const idsOf = (list: unknown): ReadonlySet<string> =>
  new Set(Array.isArray(list) ? (list as readonly { id?: unknown }[]).map((d) => String(d.id)) : [])
