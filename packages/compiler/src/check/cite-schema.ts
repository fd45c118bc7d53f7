import { z } from 'zod'

const text = z.string().min(1)

export const review = z.enum(['confirmed', 'unconfirmed'])

/** One claim from one source. Without `review` the citation inherits the mark of its entry (`citations.ts`). */
export const cite = z.strictObject({
  source: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'is not kebab-case'),
  at: text,
  says: text,
  review: review.optional(),
})
