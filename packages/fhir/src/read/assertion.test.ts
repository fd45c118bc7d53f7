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
  { text: 'Call us for fever, haemoptysis or cord compression.', expected: ['fever ignored', 'haemoptysis ignored', 'cord ignored'] },
  { text: 'Advised to report fever, diarrhoea or haemoptysis at once.', expected: ['fever ignored', 'haemoptysis ignored'] },
  { text: 'Advised to report fever, has haemoptysis since Monday.', expected: ['fever ignored', 'haemoptysis present'] },
  {
    text: 'Red flags for cord compression discussed: fever, haemoptysis.',
    expected: ['cord ignored', 'fever ignored', 'haemoptysis ignored'],
  },
  {
    text: 'He rang to report fever, haemoptysis and cord compression.',
    expected: ['fever present', 'haemoptysis present', 'cord present'],
  },
  {
    text: 'She has come back with fever, haemoptysis and pleural effusion.',
    expected: ['fever present', 'haemoptysis present', 'effusion present'],
  },
  { text: 'Fever protocol explained.', expected: ['fever ignored'] },
  { text: 'Fever protocol started.', expected: ['fever present'] },
  { text: 'Patient worries about cord compression.', expected: ['cord ignored'] },
  { text: 'Fever last winter, fully recovered.', expected: ['fever past'] },
  { text: 'Fever last week, not recovered.', expected: ['fever present'] },
  { text: 'Wife reports he had haemoptysis last night.', expected: ['haemoptysis present'] },
  { text: 'Wife had haemoptysis last night.', expected: ['haemoptysis ignored'] },
  { text: 'Father reported to have had rheumatoid arthritis.', expected: ['ra ignored'] },
  { text: 'Daughter says no fever.', expected: ['fever absent'] },
  { text: 'She does not want chemotherapy.', expected: ['declines present'] },
])('$text', ({ text, expected }) => {
  expect(said(text)).toEqual(expected)
})
