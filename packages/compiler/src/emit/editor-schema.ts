import type { FactDefinition } from '@secondwind/core'
import { z } from 'zod'
import { type Kind, SCHEMAS } from '../check/schema.ts'
import type { Compilation } from '../compile.ts'
import { criterionSchema, rowSchemas } from './editor-schema-criterion.ts'

type Json = { readonly [key: string]: unknown }

/** Files of `knowledge/` → the schema that an editor lays over them; `.vscode/settings.json` says the same. */
export const SCHEMA_FILES: { readonly [kind in Kind]?: string } = {
  facts: 'knowledge/facts/*.yaml',
  sources: 'knowledge/sources/*.yaml',
  criteria: 'knowledge/criteria/*.yaml',
  regimens: 'knowledge/regimens/*.yaml',
  treatment: 'knowledge/treatment/**/*.yaml',
  safety: 'knowledge/safety/*.yaml',
  tests: 'knowledge/monitoring/tests.yaml',
  testRules: 'knowledge/monitoring/test-rules.yaml',
  alerts: 'knowledge/emergencies/*.yaml',
  support: 'knowledge/supportive/*.yaml',
  interactions: 'knowledge/interactions/*.yaml',
  outlook: 'knowledge/outlook/*.yaml',
  dosing: 'knowledge/dosing/*.yaml',
  trials: 'knowledge/trials/*.yaml',
  scores: 'knowledge/scores/*.yaml',
  quality: 'knowledge/quality/*.yaml',
  patient: 'knowledge/patient/*.yaml',
  populations: 'knowledge/policy/populations.yaml',
  presets: 'knowledge/policy/presets.yaml',
}

/** Places in an entry where a criterion stands, as names of fields at any depth. */
const CRITERION_FIELD = 'when'

/**
 * JSON Schemas for editors, file name → schema: the shape that the compiler checks, and every name that may stand in it, with its meaning.
 *
 * Names are those of the base as it stands, so that they are made again when it grows. What only the compiler can judge (examples, reviews, units) is left to it.
 */
export function editorSchemas(compilation: Compilation): ReadonlyMap<string, Json> {
  const shared = definitionsOf(compilation)
  return new Map(
    Object.keys(SCHEMA_FILES).map((kind) => {
      const entry = z.toJSONSchema(SCHEMAS[kind as Kind], {
        target: 'draft-7',
        io: 'input',
        unrepresentable: 'any',
        reused: 'inline',
      }) as Json
      const named = withNames(entry, [], kind as Kind) as Json
      const { $schema: _, ...item } = named
      return [
        `${kind}.schema.json`,
        {
          $schema: 'http://json-schema.org/draft-07/schema#',
          title: `Second Wind knowledge: ${kind}`,
          type: 'array',
          items: item,
          definitions: reached(item, shared),
        },
      ]
    }),
  )
}

/** The definitions that a schema leads to, so that the small schemas stay small. */
function reached(from: unknown, definitions: Json): Json {
  const found = new Set<string>()
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk)
    else if (typeof node === 'object' && node !== null) {
      const name = /^#\/definitions\/(.+)$/.exec(String((node as Json).$ref))?.[1]
      if (name !== undefined && !found.has(name)) {
        found.add(name)
        walk(definitions[name])
      }
      for (const child of Object.values(node)) walk(child)
    }
  }
  walk(from)
  return Object.fromEntries(Object.entries(definitions).filter(([name]) => found.has(name)))
}

/** A list of ids with what each means: an editor shows the meaning beside the name. */
const names = (list: readonly (readonly [string, string])[]): Json => ({
  type: 'string',
  enum: list.map(([id]) => id),
  enumDescriptions: list.map(([, meaning]) => meaning),
  markdownEnumDescriptions: list.map(([, meaning]) => meaning),
})

function definitionsOf({ knowledge, entries }: Compilation): Json {
  const of = (kind: Kind, label: string): readonly (readonly [string, string])[] =>
    entries.filter((e) => e.kind === kind).map((e) => [e.value.id, String(e.value[label] ?? '')])
  const rows = rowSchemas(knowledge.facts)
  const classes = [...new Set(knowledge.drugs.flatMap((d) => d.classes))].sort()
  return {
    fact: names(knowledge.facts.map((f) => [f.id, factText(f)])),
    listFact: names(knowledge.facts.filter((f) => f.type === 'list').map((f) => [f.id, factText(f)])),
    source: names(Object.values(knowledge.sources).map((s) => [s.id, `${s.title} (${s.kind}${s.year ? ` ${s.year}` : ''})`])),
    drug: names(knowledge.drugs.map((d) => [d.id, d.classes.join(', ')])),
    class: names(
      classes.map((c) => [
        c,
        knowledge.drugs
          .filter((d) => d.classes.includes(c))
          .map((d) => d.id)
          .slice(0, 6)
          .join(', '),
      ]),
    ),
    interactionClass: names(
      [...new Set(knowledge.drugs.flatMap((d) => d.interaction ?? []))].sort().map((c) => [
        c,
        knowledge.drugs
          .filter((d) => d.interaction?.includes(c))
          .map((d) => d.id)
          .slice(0, 6)
          .join(', '),
      ]),
    ),
    drugOrClass: names([
      ...knowledge.drugs.map((d) => [d.id, d.classes.join(', ')] as const),
      ...classes.filter((c) => !knowledge.drugs.some((d) => d.id === c)).map((c) => [c, 'class'] as const),
    ]),
    regimen: names(of('regimens', 'title')),
    option: names(of('treatment', 'title')),
    population: names(of('populations', 'title')),
    test: names(of('tests', 'title')),
    named: names(knowledge.criteria.map((c) => [c.id, c.label])),
    preset: names(of('presets', 'note')),
    given: given(knowledge.facts),
    criterion: criterionSchema(knowledge.facts),
    groupCriterion: {
      anyOf: [{ $ref: '#/definitions/criterion' }, ...Object.keys(rows).map((name) => ({ $ref: `#/definitions/${name}` }))],
    },
    ...rows,
  }
}

const factText = (f: FactDefinition): string =>
  `${f.label}: ${f.type}${f.unit ? ` in ${f.unit}` : ''}, ${f.absence}${f.values ? `; ${Object.keys(f.values).join(', ')}` : ''}`

/** The facts of an example, each with the values that it can have; null is unknown. */
function given(facts: readonly FactDefinition[]): Json {
  const preset = { $ref: '#/definitions/preset' }
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      preset: { anyOf: [preset, { type: 'array', items: preset }] },
      ...Object.fromEntries(facts.map((f) => [f.id, { description: factText(f), anyOf: [{ type: 'null' }, ...valueSchemas(f)] }])),
    },
  }
}

function valueSchemas(f: FactDefinition): readonly Json[] {
  const allowed = f.values ? Object.keys(f.values) : undefined
  const text: Json = { type: 'string' }
  switch (f.type) {
    case 'truth':
      return [{ type: 'boolean' }]
    case 'integer':
    case 'quantity':
      return [{ type: 'number', ...(f.plausible ? { minimum: f.plausible[0], maximum: f.plausible[1] } : {}) }, { const: 'never' }]
    case 'code':
      return [allowed ? { enum: [...new Set([...allowed, 'none'])] } : text]
    case 'codes':
      return [{ type: 'array', items: allowed ? { enum: allowed } : text }]
    case 'list':
      return [{ type: 'array', items: { type: 'object' } }]
    case 'date':
    case 'text':
      return [text]
  }
}

/** Field of an entry → the names that it takes. A list of names when the field is a list. */
const NAMED_FIELDS: { readonly [field: string]: string } = {
  'cites.source': 'source',
  'regimens.': 'regimen',
  'components.drug': 'drug',
  'maintenance.components.drug': 'drug',
  'applies.drugs': 'drug',
  'applies.set': 'drug',
  'applies.exceptDrugs': 'drug',
  'applies.classes': 'class',
  'applies.together': 'drugOrClass',
  'applies.options': 'option',
  'applies.exceptOptions': 'option',
  'notAdvised.drugs': 'drug',
  'suspect.test': 'test',
  'holds.drugs': 'drug',
  'holds.classes': 'class',
  'suspect.holds.drugs': 'drug',
  'suspect.holds.classes': 'class',
  'avoid.': 'interactionClass',
  'suspect.avoid': 'interactionClass',
  'settles.': 'fact',
  'tells.': 'fact',
  'derivedFrom.': 'fact',
  'standIns.': 'fact',
  'awaits.': 'test',
  'exceptOptions.': 'option',
  'restsOn.drugs': 'drug',
  'standing.cites': 'source',
  'restsOn.classes': 'class',
  'restsOn.options': 'option',
  'window.of': 'fact',
  'arms.drugs': 'drug',
  'examples.missing': 'fact',
  'drugs.': 'drug',
}

/** Fields of the entry itself that hold one name, by kind. */
const OWN_FIELDS: { readonly [kind in Kind]?: { readonly [field: string]: string } } = {
  treatment: { group: 'population', regimens: 'regimen' },
  testRules: { test: 'test' },
  facts: { test: 'test' },
  dosing: { drug: 'drug' },
  quality: { each: 'listFact' },
}

/** The same schema with names where ids stand, criteria where conditions stand, and the facts of examples. */
function withNames(node: unknown, at: readonly string[], kind: Kind): unknown {
  if (Array.isArray(node)) return node.map((item) => withNames(item, at, kind))
  if (typeof node !== 'object' || node === null) return node
  const field = at.at(-1)
  // the groups of a measure that counts items speak of the fields of one item
  if (kind === 'quality' && field === CRITERION_FIELD && at[0] !== 'patients') return { $ref: '#/definitions/groupCriterion' }
  if (at.length > 0 && field === CRITERION_FIELD && kind !== 'scores') return { $ref: '#/definitions/criterion' }
  if (at.length === 2 && at[0] === 'examples' && field === 'given') return { $ref: '#/definitions/given' }
  if (kind === 'presets' && at.length === 1 && field === 'given') return { $ref: '#/definitions/given' }
  const name = nameAt(at, kind)
  const record = node as Json
  if (name !== undefined) {
    if (record.type === 'array') return { ...record, items: { $ref: `#/definitions/${name}` } }
    if (record.type === 'string') return { $ref: `#/definitions/${name}` }
  }
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) =>
      key === 'properties'
        ? [key, Object.fromEntries(Object.entries(value as Json).map(([f, schema]) => [f, withNames(schema, [...at, f], kind)]))]
        : [key, withNames(value, at, kind)],
    ),
  )
}

function nameAt(at: readonly string[], kind: Kind): string | undefined {
  if (at.length === 1) return OWN_FIELDS[kind]?.[at[0]!] ?? (kind === 'patient' ? undefined : NAMED_FIELDS[`${at[0]}.`])
  // a measure that counts items misses fields of the item, too
  if (kind === 'quality' && at[0] === 'examples') return undefined
  return kind === 'patient' && at[0] === 'about' ? ABOUT[at[1]!] : NAMED_FIELDS[at.join('.')]
}

const ABOUT: { readonly [field: string]: string } = { drugs: 'drug', classes: 'class', options: 'option', tests: 'test', fact: 'fact' }
