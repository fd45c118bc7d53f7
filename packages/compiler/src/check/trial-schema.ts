import { z } from 'zod'

/** The fields of a trial as its author writes it, beside those of every rule. `when` is made by the compiler from `criteria`. */
const id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'is not kebab-case')
const text = z.string().min(1)
const approach = z.enum(['chemotherapy', 'targeted-therapy', 'immunotherapy', 'radiation', 'supportive-care', 'clinical-trial'])
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'is not a day such as 2026-01-05')

export const trialFields = {
  title: text,
  nct: z.string().regex(/^NCT\d{8}$/, 'is not a registry number such as NCT01234567'),
  phase: text,
  status: text,
  asOf: day,
  until: day.optional(),
  group: id,
  approaches: z.array(approach).refine((a) => a.includes('clinical-trial'), 'does not include clinical-trial'),
  drugs: z.array(id).min(1).optional(),
  arms: z.array(z.strictObject({ say: text, drugs: z.array(id), approaches: z.array(approach).min(1).optional() })).min(1),
  regions: z.array(id),
  criteria: z.array(z.strictObject({ id, say: text, kind: z.enum(['inclusion', 'exclusion']), when: z.unknown() })).min(1),
  check: z.array(text).min(1),
  against: text,
}
