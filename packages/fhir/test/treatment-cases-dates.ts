import {
  brainMetastasis,
  type Json,
  liverMetastasis,
  lungCancer,
  ordered,
  procedure,
  scan,
  snomed,
  stage,
  status,
  taken,
} from './treatment.ts'

import type { Case } from './treatment-cases.ts'

// Orders, days that are missing, ends and reasons: what decides where a line begins and stops. The plan's day is 2026-11-23.

const stopped = (reason: string): Json => ({ status: 'stopped', statusReason: [snomed(reason)] })
const NO_RESPONSE = '266721009'

export const DATED_CASES: readonly Case[] = [
  {
    name: 'an order of the day of the plan is a proposal',
    chart: [liverMetastasis('2026-10-01'), ordered('osimertinib', '2026-11-23'), ordered('carboplatin', '2026-11-20', { status: 'draft' })],
    facts: { 'palliative-lines': undefined, 'current-drugs': undefined },
  },
  {
    name: 'an active order of last month is being given',
    chart: [liverMetastasis('2026-09-01'), ordered('osimertinib', '2026-10-20')],
    facts: { 'palliative-lines': 1, 'current-drugs': ['osimertinib'], 'on-treatment': true },
  },
  {
    name: 'an order left open after a stop is read as stopped',
    chart: [
      liverMetastasis('2025-01-01'),
      ordered('docetaxel', '2025-02-01'),
      taken('docetaxel', '2025-02-01', '2025-09-01', stopped(NO_RESPONSE)),
    ],
    facts: { 'current-drugs': undefined, 'on-treatment': false, 'progressing-now': true },
  },
  {
    name: 'stage IV without a date: everything is palliative',
    chart: [
      lungCancer(),
      {
        resourceType: 'Observation',
        id: 'm1',
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '21908-9' }] },
        subject: { reference: 'Patient/ann' },
        valueCodeableConcept: { text: 'IVB' },
      },
      taken('osimertinib', '2025-05-01'),
    ],
    facts: { 'palliative-lines': 1 },
  },
  {
    name: 'two drugs in one text statement',
    chart: [liverMetastasis('2026-09-01'), taken('carboplatin AUC 5 + pemetrexed + pembrolizumab', '2026-09-15')],
    facts: { 'palliative-lines': 1, 'current-drugs': ['carboplatin', 'pembrolizumab', 'pemetrexed'] },
  },
  {
    name: 'nab-paclitaxel is not paclitaxel',
    chart: [liverMetastasis('2026-09-01'), taken('nab-paclitaxel 100 mg/m2', '2026-09-15')],
    facts: { 'current-drugs': ['nab-paclitaxel'] },
  },
  {
    name: 'local treatment alone is no line',
    chart: [brainMetastasis('2026-10-01'), procedure('Stereotactic radiosurgery of brain metastasis, 20 Gy', '2026-10-20')],
    facts: { 'palliative-lines': undefined, 'brain-radiation-on': '2026-10-20', 'brain-treated': true },
  },
  {
    name: 'immunotherapy completed after two years, then relapse later',
    chart: [
      liverMetastasis('2022-01-01'),
      taken('pembrolizumab', '2022-01-15', '2024-01-15', { statusReason: [snomed('182992009')] }),
      status('response', '2023-12-01'),
      status('progression', '2026-11-01'),
    ],
    facts: {
      'palliative-lines': 1,
      'progressing-now': true,
      'ici-stop-reason': 'completed',
      'ici-duration-days': 730,
      'last-ici-on': '2024-01-15',
    },
  },
  {
    name: 'one finished order for each cycle',
    chart: [
      stage('extensive', '2026-01-02'),
      ...['2026-01-10', '2026-01-31', '2026-02-21'].flatMap((day) => [
        ordered('carboplatin', day, { status: 'completed' }),
        ordered('etoposide', day, { status: 'completed' }),
      ]),
      status('progression', '2026-06-01'),
    ],
    facts: {
      'palliative-lines': 1,
      'current-cycles': 3,
      'last-platinum-on': '2026-02-21',
      'platinum-free-days': 100,
      'progressing-now': true,
    },
  },
  {
    name: 'a single finished order does not date the last dose',
    chart: [
      stage('extensive', '2026-01-02'),
      ordered('carboplatin', '2026-01-10', { status: 'completed' }),
      status('progression', '2026-06-01'),
    ],
    facts: { 'last-platinum-on': 'unknown: not-recorded', 'platinum-free-days': 'unknown: not-recorded' },
  },
  {
    name: 'relapse after durvalumab, then first line for advanced disease',
    chart: [
      stage('IIIA', '2024-01-05'),
      procedure('Concurrent chemoradiation of the thorax, 60 Gy in 30 fractions', '2024-03-10'),
      taken('cisplatin', '2024-02-01', '2024-03-10'),
      taken('durvalumab', '2024-04-01', '2025-03-20'),
      liverMetastasis('2026-01-20'),
      taken('docetaxel', '2026-02-01'),
      status('stable', '2026-05-01'),
    ],
    facts: {
      'palliative-lines': 1,
      'failed-lines': 0,
      'palliative-drugs': ['docetaxel'],
      'curative-ici-to-relapse-days': 306,
      'progressing-now': false,
      'ici-stop-reason': undefined,
    },
  },
  {
    name: 'a curative code cannot undo metastases on record',
    chart: [
      liverMetastasis('2026-01-05'),
      taken('carboplatin', '2026-02-01', '2026-04-01', {
        extension: [
          { url: 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-procedure-intent', valueCodeableConcept: snomed('373808002') },
        ],
      }),
    ],
    facts: { 'palliative-lines': 1 },
  },
  {
    name: 'before the first recorded metastasis, but no early stage and no local treatment: counted as palliative',
    chart: [taken('carboplatin', '2025-02-01', '2025-04-01'), liverMetastasis('2026-01-05')],
    facts: { 'palliative-lines': 1 },
  },
  {
    name: 'on hold is not running',
    chart: [liverMetastasis('2026-01-05'), taken('osimertinib', '2026-02-01', undefined, { status: 'on-hold' })],
    facts: { 'on-treatment': false, 'palliative-lines': 1 },
  },
  {
    name: 'undated words about the drug being taken',
    chart: [
      liverMetastasis('2024-01-05'),
      taken('osimertinib', '2024-02-01', undefined, {
        note: [{ text: 'Long response, now oligoprogression: two growing lesions in the liver.' }],
      }),
    ],
    facts: {
      'progressing-now': true,
      'progression-kind': 'oligo',
      'progressing-lesion-count': 2,
      'progressing-sites': ['liver'],
      'on-treatment': true,
    },
  },
  {
    name: 'the first staging scan is no progression',
    chart: [
      liverMetastasis('2026-10-01'),
      taken('osimertinib', '2026-10-20'),
      scan('CT chest', '2026-10-01', 'New lesion in the right upper lobe, 4 cm. Liver metastases.'),
    ],
    facts: { 'disease-status': undefined, 'progressing-now': undefined },
  },
  {
    name: 'treatments listed without any end: whether the last one runs is not known',
    chart: [liverMetastasis('2024-01-05'), lungCancer('Prior treatment: gefitinib; osimertinib; carboplatin + pemetrexed')],
    facts: {
      'palliative-lines': 3,
      'on-treatment': 'unknown: not-recorded',
      'current-drugs': 'unknown: not-recorded',
      'progressing-now': undefined,
    },
  },
  {
    name: 'only the second line is on record: the first is missing from the chart, not from the patient',
    chart: [liverMetastasis('2024-01-05'), lungCancer('Second line gemcitabine, stable disease, then progression')],
    facts: { 'palliative-lines': 2, 'failed-lines': 2, 'progressing-now': true, 'prior-drugs': ['gemcitabine'] },
  },
  {
    name: 'ends not recorded: the last dose was given at the latest when the next line began',
    chart: [
      liverMetastasis('2025-01-01'),
      ordered('pembrolizumab', '2025-01-15', stopped(NO_RESPONSE)),
      ordered('docetaxel', '2026-02-01'),
    ],
    facts: { 'last-ici-on': '2026-02-01', 'palliative-lines': 2, 'failed-lines': 1 },
  },
  {
    name: 'a later line without recorded progression ends the platinum-free time',
    chart: [liverMetastasis('2025-01-01'), taken('cisplatin', '2025-01-10', '2025-04-01'), taken('nivolumab', '2025-12-10')],
    facts: { 'platinum-free-days': 253, 'palliative-lines': 2, 'failed-lines': 1 },
  },
  {
    name: 'stopped for drug-induced lung disease: toxicity',
    chart: [
      liverMetastasis('2026-01-01'),
      taken('trastuzumab deruxtecan', '2026-01-10', '2026-10-01', {
        status: 'stopped',
        statusReason: [{ text: 'Drug-induced interstitial lung disease, grade 2' }],
      }),
    ],
    facts: {
      'stopped-for-toxicity': ['trastuzumab-deruxtecan'],
      'failed-lines': 0,
      'pneumonitis-suspects': ['trastuzumab-deruxtecan'],
      'prior-pneumonitis-grade': 2,
    },
  },
  {
    name: 'stopped for worsening neuropathy: toxicity, not progression',
    chart: [
      liverMetastasis('2026-01-01'),
      taken('paclitaxel', '2026-01-10', '2026-06-01', { status: 'stopped', statusReason: [{ text: 'Progressive neuropathy' }] }),
    ],
    facts: { 'stopped-for-toxicity': ['paclitaxel'], 'failed-lines': 0, 'progressing-now': undefined },
  },
  {
    name: 'drugs named in a chemoradiation procedure',
    chart: [
      stage('limited', '2025-01-02'),
      procedure('Concurrent chemoradiation with cisplatin and etoposide, 60 Gy in 30 fractions', '2025-02-10'),
      liverMetastasis('2026-11-01'),
    ],
    facts: {
      'palliative-lines': undefined,
      'prior-drugs': ['cisplatin', 'etoposide'],
      'thoracic-radiation-on': '2025-02-10',
      'progressing-now': true,
    },
  },
]
