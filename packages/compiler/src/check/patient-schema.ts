import { z } from 'zod'

const id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*(?::[a-z0-9-]+)?$/, 'is not kebab-case')
const text = z.string().min(1)
const sentences = z.array(z.string().regex(/[.?!]$/, 'is not a full sentence')).default([])
const sentence = z.string().regex(/[.?!]$/, 'is not a full sentence')

/** Fields of an entry of `knowledge/patient/`, beyond what every entry carries. Whole sentences, so that the page can be read aloud and its reading grade be measured. */
export const patientFields = {
  about: z
    .strictObject({
      drugs: z.array(id).optional(),
      classes: z.array(id).optional(),
      approaches: z.array(id).optional(),
      techniques: z.array(id).optional(),
      procedures: z.array(id).optional(),
      options: z.array(id).optional(),
      tests: z.array(id).optional(),
      services: z.array(id).optional(),
      alerts: z.array(id).optional(),
      problems: z.array(id).optional(),
      fact: id.optional(),
      page: id.optional(),
    })
    .refine((about) => Object.keys(about).length > 0, 'says nothing about what it explains'),
  name: text.optional(),
  what: sentence.optional(),
  how: sentence.optional(),
  gives: sentence.optional(),
  costs: sentence.optional(),
  expected: sentences,
  call: sentences,
  emergency: sentences,
  flat: sentence.optional(),
  upright: sentence.optional(),
  now: sentences,
  tips: sentences,
  lines: sentences,
  values: z.record(z.string(), text).optional(),
  driving: sentence.optional(),
}
