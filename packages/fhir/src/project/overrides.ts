import {
  deriveFacts,
  err,
  type Fact,
  type FactDefinition,
  type FactValue,
  type Issue,
  isKnown,
  type ListItem,
  ok,
  type PatientCase,
  type Result,
} from '@secondwind/core'
import type { ReaderKnowledge } from '../read/context.ts'
import { quantityFromText } from '../read/laboratory.ts'
import { drugLookup } from '../read/medicines/drug-lookup.ts'
import { acceptedUnits, convert } from '../read/units.ts'
import { faultOf } from './check.ts'
import { medicineFollowers, medicinesFor } from './medicines-by-hand.ts'
import { nearest } from './nearest.ts'
import { pairedFacts } from './paired-facts.ts'

export interface Overridden {
  readonly patientCase: PatientCase
  readonly issues: readonly Issue[]
}

/** The tables of the terminology that `applyOverrides` looks things up in: units, upper limits, which fact is a driver. A page that calls it is sent these alone. */
export const OVERRIDE_TABLES: readonly string[] = ['units', 'laboratory', 'variants', 'biomarker-codes', 'other-languages']

/**
 * The case with facts set by hand: `ecog=1`, `creatinine=88 umol/L`, `preferences=oral-only,no-chemotherapy`, `brain-metastases=no`, `histology=unknown`,
 * `medicines=+apixaban`.
 *
 * What follows from the changed facts is derived anew, the classes of drugs and medicines entered by hand included. What the chart says stays visible, as an issue beside the value entered by hand.
 * Refuses the whole set, with an issue for each entry at fault: an unknown fact (with the nearest name), a value that is not one of the fact's,
 * a number outside the possible, a unit missing where several are in use. A correction that is not applied must not go unnoticed.
 */
export function applyOverrides(
  patientCase: PatientCase,
  entries: readonly string[],
  knowledge: ReaderKnowledge,
): Result<Overridden, readonly Issue[]> {
  const failures: Issue[] = []
  const issues: Issue[] = []
  const changed = new Map<string, Fact>()
  for (const entry of entries) {
    const parsed = parseEntry(entry, patientCase, knowledge)
    if (!parsed.ok) {
      failures.push(parsed.error)
      continue
    }
    const { definition, fact } = parsed.value
    const before = changed.get(definition.id)
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(fact)) {
      failures.push(fault('contradictory-result', entry, `${definition.id} is set twice, to different values`, 'set it once'))
    }
    changed.set(definition.id, fact)
  }
  if (failures.length > 0) return err(failures)
  if (changed.size === 0) return ok({ patientCase, issues })
  const facts: Record<string, Fact> = { ...patientCase.facts }
  const following = followersOf(changed, patientCase.facts, knowledge)
  for (const [id, fact] of following) facts[id] = fact
  const paired = pairedFacts(changed, patientCase.facts, knowledge)
  for (const [id, fact] of paired) facts[id] = fact
  for (const [id, fact] of changed) {
    const said = chartSaid(knowledge.facts.get(id)!, patientCase.facts[id], fact)
    if (said !== undefined) issues.push(said)
    facts[id] = fact
  }
  const derived = deriveFacts(facts, patientCase.asOf, knowledge.facts.values(), new Set([...changed.keys(), ...following.keys()]))
  return ok({ patientCase: { ...patientCase, facts: derived }, issues })
}

/** The fact that lists the patient's own medicines. */
const MEDICINES = 'medicines'

/** Facts that list drugs, and the fact that lists their classes. */
const CLASSES_OF: { readonly [drugs: string]: string } = {
  'prior-drugs': 'prior-classes',
  'palliative-drugs': 'palliative-classes',
  'current-drugs': 'current-classes',
  'progressed-on': 'progressed-on-classes',
}

/** What a list of drugs entered by hand says besides: their classes, and whether treatment runs. What was itself set by hand is left alone. */
function followersOf(
  changed: ReadonlyMap<string, Fact>,
  facts: PatientCase['facts'],
  knowledge: ReaderKnowledge,
): ReadonlyMap<string, Fact> {
  const listOf = (id: string): readonly string[] => {
    const fact = changed.get(id) ?? facts[id]
    return fact !== undefined && isKnown(fact) && Array.isArray(fact.value) ? (fact.value as readonly string[]) : []
  }
  const following = new Map<string, Fact>()
  const put = (id: string, fact: Fact): void => {
    if (!changed.has(id) && knowledge.facts.has(id)) following.set(id, fact)
  }
  for (const [drugs, classes] of Object.entries(CLASSES_OF)) {
    const fact = changed.get(drugs)
    if (fact === undefined) continue
    if (!isKnown(fact)) {
      put(classes, fact)
      continue
    }
    // what was given for advanced disease, runs now or failed was ever given: a list typed by hand may name only what is added
    const ids = listOf(drugs)
    const ever = drugs === 'prior-drugs' ? [...ids, ...Object.keys(CLASSES_OF).flatMap(listOf)] : ids
    put(classes, { ...fact, value: [...new Set(ever.flatMap((id) => knowledge.drugs.get(id)?.classes ?? []))].sort() })
    if (drugs === 'current-drugs') put('on-treatment', { ...fact, value: ids.length > 0 })
  }
  const medicines = changed.get(MEDICINES)
  if (medicines !== undefined) for (const [id, fact] of medicineFollowers(medicines, facts)) put(id, fact)
  return following
}

/** A drug by its id, label, brand or class-free name; an unknown one is refused, since no rule would know its classes. */
function drugFor(text: string, knowledge: ReaderKnowledge): Result<string, Issue> {
  const id = text.toLowerCase().replace(/[\s_]+/g, '-')
  if (knowledge.drugs.has(id)) return ok(id)
  const named = [
    ...new Set(
      drugLookup(knowledge)
        .find(text)
        .map(({ drug }) => drug),
    ),
  ]
  if (named.length === 1 && named[0] !== undefined) return ok(named[0])
  const close = nearest(id, knowledge.drugs.keys())
  return err(
    fault(
      'invalid-element',
      text,
      `there is no drug "${text}" in the knowledge base`,
      close === undefined ? 'write the names of the drugs, with commas between' : `did you mean ${close}?`,
    ),
  )
}

interface Parsed {
  readonly definition: FactDefinition
  readonly fact: Fact
}

function parseEntry(entry: string, { asOf, facts }: PatientCase, knowledge: ReaderKnowledge): Result<Parsed, Issue> {
  const equals = entry.indexOf('=')
  if (equals < 1) return err(fault('invalid-element', entry, `"${entry}" is not FACT=VALUE`, 'write for example ecog=1'))
  const name = entry.slice(0, equals).trim()
  const text = entry.slice(equals + 1).trim()
  const definition = definitionNamed(name, knowledge)
  if (definition === undefined) {
    const close = nearest(name.toLowerCase(), knowledge.facts.keys())
    return err(
      fault('unknown-fact', name, `there is no fact "${name}"`, close === undefined ? 'see the fact registry' : `did you mean ${close}?`),
    )
  }
  if (text.toLowerCase() === 'unknown') {
    const test = definition.test === undefined ? {} : { would: definition.test }
    return ok({ definition, fact: { unknown: 'not-recorded', ...test, words: 'set to unknown by hand' } })
  }
  const value =
    definition.id === MEDICINES && !text.startsWith('[')
      ? medicinesFor(text, facts[MEDICINES], knowledge)
      : parseValue(definition, text, knowledge)
  if (!value.ok) return err(value.error)
  const wrong = faultOf(definition, value.value)
  if (wrong !== undefined) {
    return err(
      fault(
        wrong.code === 'implausible-value' ? 'implausible-value' : 'invalid-element',
        definition.id,
        `${definition.label}: ${wrong.message}`,
        hintFor(definition, text),
      ),
    )
  }
  const unit = definition.unit === undefined ? {} : { unit: definition.unit }
  return ok({ definition, fact: { value: value.value, ...unit, on: asOf, enteredByHand: true, sources: [] } })
}

function definitionNamed(name: string, knowledge: ReaderKnowledge): FactDefinition | undefined {
  const id = name.toLowerCase().replace(/[\s_]+/g, '-')
  const exact = knowledge.facts.get(id)
  if (exact !== undefined) return exact
  for (const definition of knowledge.facts.values()) {
    if (definition.aliases?.some((alias) => alias.toLowerCase() === name.toLowerCase())) return definition
  }
  return undefined
}

const YES: ReadonlySet<string> = new Set(['true', 'yes', 'y', 'positive', 'present', '1'])
const NO: ReadonlySet<string> = new Set(['false', 'no', 'n', 'negative', 'absent', '0'])

function parseValue(definition: FactDefinition, text: string, knowledge: ReaderKnowledge): Result<FactValue, Issue> {
  const lower = text.toLowerCase()
  const { id } = definition
  if (text === '' && definition.type !== 'codes') return err(fault('invalid-element', id, `${id} has no value`, hintFor(definition, text)))
  switch (definition.type) {
    case 'truth':
      if (YES.has(lower)) return ok(true)
      if (NO.has(lower)) return ok(false)
      return err(fault('invalid-element', id, `"${text}" is neither yes nor no`, 'write yes, no or unknown'))
    case 'integer':
    case 'quantity':
      return parseNumber(definition, text, knowledge)
    case 'code':
      return ok(codeFor(definition, text))
    case 'codes':
      if (CLASSES_OF[id] !== undefined && !['', 'none', '[]'].includes(lower)) {
        const drugs = text.split(',').map((part) => drugFor(part.trim(), knowledge))
        const wrong = drugs.find((drug) => !drug.ok)
        if (wrong !== undefined && !wrong.ok) return err(wrong.error)
        return ok([...new Set(drugs.flatMap((drug) => (drug.ok ? [drug.value] : [])))].sort())
      }
      return ok(
        lower === '' || lower === 'none' || lower === '[]'
          ? []
          : [...new Set(text.split(',').map((part) => codeFor(definition, part.trim())))].sort(),
      )
    case 'date':
    case 'text':
      return ok(text)
    case 'list':
      return parseList(definition, text)
  }
}

function parseNumber(definition: FactDefinition, text: string, knowledge: ReaderKnowledge): Result<FactValue, Issue> {
  const { id } = definition
  const quantity = quantityFromText(text)
  if (quantity === undefined || quantity.comparator !== undefined)
    return err(fault('invalid-element', id, `"${text}" is not a number`, hintFor(definition, text)))
  const accepted = acceptedUnits(id, knowledge)
  const names = accepted.map((one) => one.spoken).join(', ')
  if (quantity.unit === undefined && accepted.length < 2) return ok(quantity.value)
  const result = convert(definition, quantity, knowledge)
  switch (result.kind) {
    case 'value':
      return ok(result.value)
    case 'unknown-unit':
      if (quantity.unit === undefined)
        return err(
          fault(
            'unknown-unit',
            id,
            `${id}=${text} has no unit, and several are in use`,
            `write one of ${names}: ${id}=${quantity.value} ${definition.unit ?? ''}`.trim(),
          ),
        )
      return err(
        fault(
          'unknown-unit',
          id,
          `"${quantity.unit}" is not a unit of ${id}`,
          names === '' ? 'write the number alone' : `write one of ${names}`,
        ),
      )
    case 'implausible-unit':
      return err(
        fault(
          'implausible-unit',
          id,
          `${definition.label} ${text} is not possible; it would be in ${result.candidates.join(' or ')}`,
          'check the unit',
        ),
      )
    case 'implausible-value':
      return err(fault('implausible-value', id, `${definition.label} ${text} is not possible`, hintFor(definition, text)))
  }
}

/** A value by its id or its label, without regard to case; left as written when it is neither (the check then says so). */
function codeFor(definition: FactDefinition, text: string): string {
  const lower = text.toLowerCase()
  for (const [value, label] of Object.entries(definition.values ?? {})) if (value === lower || label.toLowerCase() === lower) return value
  return definition.values === undefined ? text : lower.replace(/\s+/g, '-')
}

function parseList(definition: FactDefinition, text: string): Result<FactValue, Issue> {
  try {
    const rows: unknown = JSON.parse(text)
    const fields = Object.keys(definition.fields ?? {})
    if (
      Array.isArray(rows) &&
      rows.every((row) => typeof row === 'object' && row !== null && Object.keys(row).every((key) => fields.includes(key)))
    ) {
      return ok(rows as readonly ListItem[])
    }
  } catch {
    // not JSON: said below
  }
  const fields = Object.keys(definition.fields ?? {}).join(', ')
  return err(fault('invalid-element', definition.id, `${definition.id} is a list`, `write a JSON list of rows with the fields ${fields}`))
}

function hintFor(definition: FactDefinition, text: string): string {
  if (definition.values !== undefined) {
    const close = nearest(text.toLowerCase(), Object.keys(definition.values))
    return `${close === undefined ? '' : `did you mean ${close}? `}values: ${Object.keys(definition.values).join(', ')}`
  }
  if (definition.plausible !== undefined)
    return `from ${definition.plausible[0]} to ${definition.plausible[1]} ${definition.unit ?? ''}`.trim()
  return definition.type === 'date' ? 'write YYYY-MM-DD' : 'see the fact registry'
}

/** What the chart says of a fact that a hand has set, when it says something else. */
function chartSaid(definition: FactDefinition, before: Fact | undefined, after: Fact): Issue | undefined {
  if (before === undefined || !isKnown(before)) return undefined
  if (isKnown(after) && JSON.stringify(before.value) === JSON.stringify(after.value)) return undefined
  const source = before.sources
    .map(({ reference }) => reference)
    .slice(0, 3)
    .join(', ')
  const origin = before.derived
    ? 'what follows from the chart is'
    : before.absence === 'listed' && source === ''
      ? 'the chart does not name it, which counted as'
      : 'the chart says'
  const unit = before.unit === undefined || before.unit === '1' ? '' : ` ${before.unit}`
  return {
    code: 'contradictory-result',
    severity: 'information',
    path: definition.id,
    message: `${definition.label}: entered by hand as ${isKnown(after) ? shown(after.value) : 'unknown'}; ${origin} ${shown(before.value)}${unit}${before.on === undefined ? '' : ` on ${before.on}`}${source === '' ? '' : ` (${source})`}`,
    remedy: 'correct the chart if the entry by hand is right',
  }
}

const shown = (value: FactValue): string =>
  typeof value === 'object' ? (value.length === 0 ? 'none' : JSON.stringify(value)) : String(value)

/** What the chart lacked and a hand has given since is no longer said to be missing: an issue whose path is a fact that now holds by hand. */
export const stillMissing = (issues: readonly Issue[], { facts }: PatientCase): readonly Issue[] =>
  issues.filter(({ code, path }) => {
    const fact = facts[path]
    return code !== 'missing-input' || !isKnown(fact) || fact.enteredByHand !== true || fact.value !== true
  })

const fault = (code: Issue['code'], path: string, message: string, remedy: string): Issue => ({
  code,
  severity: 'error',
  path,
  message,
  remedy,
})
