import { expect, test } from 'vitest'
import { storyParts } from './story-parts.ts'

test.each([
  {
    name: 'on the second line',
    story:
      '65-year-old woman, never smoked; adenocarcinoma, stage IV (bone); EGFR L858R; ECOG 1; 1 line for advanced disease, now on osimertinib, progressing.',
    who: '65-year-old woman, never smoked; adenocarcinoma, stage IV (bone); EGFR L858R; ECOG 1',
    treated: '1 line for advanced disease, now on osimertinib, progressing',
  },
  {
    name: 'untreated',
    story: '70-year-old man; small cell carcinoma; ECOG unknown; untreated for advanced disease.',
    who: '70-year-old man; small cell carcinoma; ECOG unknown',
    treated: 'Untreated for advanced disease',
  },
  { name: 'one part only', story: 'Adult of unknown age patient.', who: 'Adult of unknown age patient.', treated: undefined },
])('$name', ({ story, who, treated }) => expect(storyParts(story)).toEqual(treated === undefined ? { who } : { who, treated }))
