import { z } from 'zod'

/** The fields of a quality measure as its author writes it, beside those of every entry. Every group says in words what its criterion asks. */
const id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'is not kebab-case')
const field = z.string().regex(/^[a-zA-Z][a-zA-Z0-9-]*$/, 'is no fact and no field')
const text = z.string().min(1)
const group = z.strictObject({ say: text, when: z.unknown() })
const reason = z.strictObject({ id, say: text, when: z.unknown() })

export const measureFields = {
  title: text,
  identifiers: z.array(text).default([]),
  status: z.enum(['endorsed', 'published', 'concept', 'internal']),
  direction: z.enum(['higher', 'lower']),
  anchor: field,
  each: id.optional(),
  patients: group.optional(),
  population: group,
  exclusions: z.array(reason).default([]),
  numerator: group,
  exceptions: z.array(reason).default([]),
  because: text,
  limits: z.array(text).default([]),
  examples: z.array(
    z.strictObject({
      name: text,
      given: z.record(z.string(), z.unknown()).default({}),
      /** With `each`: the fields of the item. */
      item: z.record(z.string(), z.unknown()).optional(),
      expect: z.enum(['met', 'not-met', 'not-known', 'excluded', 'excepted', 'outside', 'perhaps']),
      missing: z.array(field).optional(),
    }),
  ),
}
