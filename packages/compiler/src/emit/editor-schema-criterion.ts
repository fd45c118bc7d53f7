import type { FactDefinition } from '@secondwind/core'

type Json = { readonly [key: string]: unknown }

const number: Json = { type: 'number' }
const COMPARISONS = ['atLeast', 'atMost', 'above', 'below', 'equals'] as const
const comparisons = Object.fromEntries(COMPARISONS.map((c) => [c, number]))

/** Which comparisons fit a fact of a type. */
const OPERATORS: { readonly [type in FactDefinition['type']]: readonly string[] } = {
  truth: ['is'],
  code: ['is', 'in'],
  codes: ['has', 'hasAny'],
  text: ['is', 'in'],
  integer: [...COMPARISONS, 'from', 'to'],
  quantity: [...COMPARISONS, 'from', 'to'],
  date: ['withinDays', 'olderThanDays'],
  list: [],
}

/** The criteria language for an editor: every operator, and for each fact the comparisons and values that fit it. */
export function criterionSchema(facts: readonly FactDefinition[]): Json {
  const self = { $ref: '#/definitions/criterion' }
  const many = { type: 'array', minItems: 1, items: self }
  const rows = facts.filter((f) => f.type === 'list')
  return {
    anyOf: [{ enum: ['always', 'never', true, false] }, { type: 'object' }],
    if: { type: 'object' },
    // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
    then: {
      properties: {
        fact: { $ref: '#/definitions/fact', description: 'a fact about the patient' },
        is: { description: 'equals this value; true or false for a truth' },
        in: { type: 'array', minItems: 1, description: 'equals one of these values' },
        has: { description: 'the list of codes contains this value' },
        hasAny: { type: 'array', minItems: 1, description: 'the list of codes contains one of these' },
        ...comparisons,
        from: number,
        to: number,
        withinDays: { ...number, description: 'no more than n days before the plan' },
        olderThanDays: { ...number, description: 'more than n days before the plan' },
        fresh: { const: true, description: 'a stale value counts as unknown' },
        all: { ...many, description: 'every one holds' },
        any: { ...many, description: 'one of them holds' },
        not: self,
        of: { ...many, description: 'with atLeast: n of these hold' },
        ref: { $ref: '#/definitions/named', description: 'a named criterion of knowledge/criteria' },
        known: { $ref: '#/definitions/fact', description: 'refused in treatment and safety' },
        some: { $ref: '#/definitions/listFact', description: 'a row of the list holds where' },
        count: { $ref: '#/definitions/listFact', description: 'that many rows hold where' },
        where: { description: 'a criterion on the fields of a row' },
      },
      additionalProperties: false,
      allOf: [
        ...facts.filter((f) => f.type !== 'list').map(ofFact),
        ...rows.flatMap((f) =>
          ['some', 'count'].map((op) => ({
            if: { properties: { [op]: { const: f.id } }, required: [op] },
            // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
            then: { properties: { where: { $ref: `#/definitions/row-${f.id}` } } },
          })),
        ),
      ],
    },
  }
}

function ofFact(f: FactDefinition): Json {
  const fits = OPERATORS[f.type]
  const value: Json =
    f.type === 'truth' ? { type: 'boolean' } : f.values ? { enum: Object.keys(f.values), enumDescriptions: Object.values(f.values) } : {}
  const limit: Json = {
    type: 'number',
    ...(f.plausible ? { minimum: f.plausible[0], maximum: f.plausible[1] } : {}),
    ...(f.unit ? { description: `in ${f.unit}` } : {}),
  }
  const refused = ['is', 'in', 'has', 'hasAny', ...COMPARISONS, 'from', 'to', 'withinDays', 'olderThanDays'].filter(
    (op) => !fits.includes(op),
  )
  const properties: Record<string, Json | false> = Object.fromEntries(refused.map((op) => [op, false]))
  for (const op of fits) {
    if (op === 'is' || op === 'has') properties[op] = value
    else if (op === 'in' || op === 'hasAny') properties[op] = { type: 'array', items: value }
    else if (op !== 'withinDays' && op !== 'olderThanDays') properties[op] = limit
  }
  return {
    if: { properties: { fact: { const: f.id } }, required: ['fact'] },
    // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
    then: { properties },
  }
}

/** For each list fact, criteria on the fields of its rows. */
export function rowSchemas(facts: readonly FactDefinition[]): Json {
  return Object.fromEntries(
    facts
      .filter((f) => f.type === 'list')
      .map((f) => {
        const self = { $ref: `#/definitions/row-${f.id}` }
        const many = { type: 'array', minItems: 1, items: self }
        return [
          `row-${f.id}`,
          {
            anyOf: [
              { enum: ['always', 'never', true, false] },
              {
                type: 'object',
                additionalProperties: false,
                properties: {
                  fact: { enum: Object.keys(f.fields ?? {}), description: `a field of ${f.id}` },
                  is: {},
                  in: { type: 'array' },
                  has: {},
                  hasAny: { type: 'array' },
                  ...comparisons,
                  from: number,
                  to: number,
                  withinDays: number,
                  olderThanDays: number,
                  fresh: { const: true },
                  all: many,
                  any: many,
                  not: self,
                  of: many,
                  known: {},
                },
              },
            ],
          },
        ]
      }),
  )
}
