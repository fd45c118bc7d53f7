import { z } from 'zod'

/** The shapes of what the proof rests on: `policy/constraints.yaml`, `policy/proof.yaml`, `policy/accepted-findings.yaml`. */
const id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'is not kebab-case')
const text = z.string().min(1)
const criterion = z.unknown()
const pair = z.tuple([id, id])
const situation = z.strictObject({ id, say: text, when: criterion })
const kind = z.strictObject({ procedures: z.array(id).optional(), newSystemic: z.literal(true).optional() })

const FORMS = ['must', 'empty', 'filled', 'within', 'classes', 'atMost', 'few'] as const

/** What no patient can be: exactly one form; `when` limits it. */
export const constraint = z
  .strictObject({
    id,
    because: text,
    when: criterion.optional(),
    must: criterion.optional(),
    empty: z.array(id).min(1).optional(),
    filled: z.array(id).min(1).optional(),
    within: pair.optional(),
    classes: pair.optional(),
    atMost: pair.optional(),
    few: z.strictObject({ of: id, beyond: id.optional(), class: id.optional(), atMost: z.number().int(), per: id.optional() }).optional(),
  })
  .refine((c) => FORMS.filter((form) => c[form] !== undefined).length === 1, `needs exactly one of ${FORMS.join(', ')}`)

export const proofPolicy = z.strictObject({
  id,
  plans: criterion,
  fallbacks: z.array(id).min(1),
  drugFacts: z.array(id).min(1),
  futureDates: z.array(id).default([]),
  situations: z.array(situation).min(1),
  histologies: z.array(z.array(id).min(1)).min(1),
  reasons: z.array(situation).default([]),
  ties: z.strictObject({ suppose: criterion, because: text }).optional(),
  exclusive: z.array(z.strictObject({ id, say: text, one: kind, other: kind })).default([]),
})

export const acceptedFinding = z.strictObject({ id, finding: text, because: text, on: z.string().regex(/^\d{4}-\d{2}-\d{2}$/) })
