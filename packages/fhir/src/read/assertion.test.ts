import { expect, test } from 'vitest'
import { testKnowledge } from '../../test/knowledge.ts'
import { statementsOf } from './assertion.ts'
import { lexiconOf } from './words.ts'

const FINDINGS = lexiconOf([
  ['haemoptysis', 'haemoptysis'],
  ['cord compression', 'cord'],
  ['pleural effusion', 'effusion'],
  ['rheumatoid arthritis', 'ra'],
  ['fever', 'fever'],
  ['brain metasta*', 'brain'],
  ['does not want chemotherapy', 'declines'],
])

const said = (text: string) => statementsOf(testKnowledge(), FINDINGS, text).map(({ value, polarity }) => `${value} ${polarity}`)

test.each([
  { text: 'Haemoptysis since Tuesday.', expected: ['haemoptysis present'] },
  { text: 'Hemoptysis in American spelling', expected: ['haemoptysis present'] },
  { text: 'No haemoptysis.', expected: ['haemoptysis absent'] },
  { text: 'Denies fever, haemoptysis.', expected: ['fever absent', 'haemoptysis absent'] },
  { text: 'No fever, haemoptysis or cord compression.', expected: ['fever absent', 'haemoptysis absent', 'cord absent'] },
  { text: 'No fever, pleural effusion on the right.', expected: ['fever absent', 'effusion uncertain'] },
  { text: 'No fever but haemoptysis.', expected: ['fever absent', 'haemoptysis present'] },
  { text: 'No cord compression. Small left pleural effusion.', expected: ['cord absent', 'effusion present'] },
  { text: 'Suspected cord compression.', expected: ['cord uncertain'] },
  { text: 'Possible pleural effusion', expected: ['effusion uncertain'] },
  { text: 'MRI to rule out cord compression', expected: ['cord uncertain'] },
  { text: 'Cord compression cannot be excluded.', expected: ['cord uncertain'] },
  { text: 'Cord compression was ruled out.', expected: ['cord absent'] },
  { text: 'Fever: no', expected: ['fever absent'] },
  { text: 'Mother had rheumatoid arthritis.', expected: ['ra ignored'] },
  { text: 'Family history of rheumatoid arthritis', expected: ['ra ignored'] },
  { text: 'At risk of cord compression', expected: ['cord ignored'] },
  { text: 'Call if fever develops', expected: ['fever ignored'] },
  { text: 'History of rheumatoid arthritis', expected: ['ra past'] },
  { text: 'Pleural effusion has resolved', expected: ['effusion absent'] },
  { text: 'No change in brain metastases', expected: ['brain present'] },
  { text: 'No progression of brain metastases', expected: ['brain present'] },
  { text: 'No new brain metastases', expected: ['brain ignored'] },
  { text: 'Without evidence of brain metastases', expected: ['brain absent'] },
  { text: 'She does not want chemotherapy.', expected: ['declines present'] },
])('$text', ({ text, expected }) => {
  expect(said(text)).toEqual(expected)
})
