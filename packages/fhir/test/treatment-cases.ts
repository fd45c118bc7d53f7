import { brainMetastasis, dose, type Json, liverMetastasis, lungCancer, procedure, snomed, stage, status, taken } from './treatment.ts'

// Charts reasoned as a clinician would read them; the plan's day is 2026-11-23.

export interface Case {
  readonly name: string
  readonly chart: readonly Json[]
  readonly facts: { readonly [fact: string]: unknown }
}

const stopped = (reason: string): Json => ({ status: 'stopped', statusReason: [snomed(reason)] })
const NO_RESPONSE = '266721009'
const NOT_TOLERATED = '407563006'

export const LINE_CASES: readonly Case[] = [
  {
    name: 'first-line chemo-immunotherapy, platinum dropped, maintenance runs, response',
    chart: [
      liverMetastasis('2026-01-05'),
      ...['2026-01-20', '2026-02-10', '2026-03-03', '2026-03-24'].map((day) => dose('Carboplatin', day)),
      ...['2026-01-20', '2026-02-10', '2026-03-03', '2026-03-24', '2026-10-27', '2026-11-17'].flatMap((day) => [
        dose('Pemetrexed', day),
        dose('Pembrolizumab', day),
      ]),
      status('response', '2026-04-10'),
      status('stable', '2026-10-20'),
    ],
    facts: {
      'palliative-lines': 1,
      'failed-lines': 0,
      'on-treatment': true,
      'current-drugs': ['pembrolizumab', 'pemetrexed'],
      'progressing-now': false,
      'current-best-response': 'response',
      'last-platinum-on': '2026-03-24',
      'last-ici-on': '2026-11-17',
      'ici-stop-reason': 'running',
      'current-line-start-on': '2026-01-20',
      'current-cycles': 6,
      'curative-ici': undefined,
    },
  },
  {
    name: 'progression on maintenance, nothing since',
    chart: [
      liverMetastasis('2025-06-01'),
      taken('carboplatin', '2025-06-15', '2025-09-01'),
      taken('pemetrexed', '2025-06-15', '2026-10-30', stopped(NO_RESPONSE)),
      taken('pembrolizumab', '2025-06-15', '2026-10-30', stopped(NO_RESPONSE)),
      status('response', '2025-09-10'),
      status('progression', '2026-10-28'),
    ],
    facts: {
      'palliative-lines': 1,
      'failed-lines': 1,
      'on-treatment': false,
      'current-drugs': undefined,
      'progressing-now': true,
      'progression-on': '2026-10-28',
      'ici-stop-reason': 'progression',
      'platinum-free-days': 422,
      'progressed-on': ['carboplatin', 'pembrolizumab', 'pemetrexed'],
    },
  },
  {
    name: 'baseline progression that led to the present line is not progression on it',
    chart: [
      liverMetastasis('2025-01-01'),
      taken('gefitinib', '2025-01-15', '2026-08-20'),
      taken('osimertinib', '2026-09-01'),
      status('progression', '2026-08-25'),
    ],
    facts: {
      'palliative-lines': 2,
      'failed-lines': 1,
      'progressing-now': undefined,
      'current-drugs': ['osimertinib'],
      'progressed-on': ['gefitinib'],
      'current-line-start-on': '2026-09-01',
    },
  },
  {
    name: 'TKI sequence gefitinib, osimertinib, progression on osimertinib that is still taken',
    chart: [
      liverMetastasis('2023-01-01'),
      taken('Iressa 250 mg', '2023-01-15', '2024-06-01', stopped(NO_RESPONSE)),
      taken('Tagrisso 80 mg', '2024-06-10'),
      status('response', '2024-09-01'),
      status('progression', '2026-11-10'),
    ],
    facts: {
      'palliative-lines': 2,
      'failed-lines': 2,
      'progressing-now': true,
      'on-treatment': true,
      'current-drugs': ['osimertinib'],
      'progressed-on': ['gefitinib', 'osimertinib'],
      'last-tki-on': '2026-11-23',
    },
  },
  {
    name: 'TKI swapped for toxicity without progression stays one line',
    chart: [
      liverMetastasis('2026-01-01'),
      taken('erlotinib', '2026-01-10', '2026-03-01', stopped(NOT_TOLERATED)),
      taken('osimertinib', '2026-03-10'),
      status('response', '2026-05-01'),
    ],
    facts: {
      'palliative-lines': 1,
      'failed-lines': 0,
      'progressing-now': false,
      'stopped-for-toxicity': ['erlotinib'],
      'progressed-on': undefined,
      'current-drugs': ['osimertinib'],
    },
  },
  {
    name: 'cisplatin replaced by carboplatin stays one line',
    chart: [
      liverMetastasis('2026-05-01'),
      taken('cisplatin', '2026-05-10', '2026-06-01', stopped(NOT_TOLERATED)),
      taken('pemetrexed', '2026-05-10'),
      taken('carboplatin', '2026-06-22'),
    ],
    facts: { 'palliative-lines': 1, 'stopped-for-toxicity': ['cisplatin'], 'current-drugs': ['carboplatin', 'pemetrexed'] },
  },
  {
    name: 'chemotherapy added to osimertinib at progression: second line, osimertinib goes on',
    chart: [
      liverMetastasis('2025-01-01'),
      taken('osimertinib', '2025-01-10'),
      status('progression', '2026-08-01'),
      dose('carboplatin', '2026-08-20'),
      dose('pemetrexed', '2026-08-20'),
      dose('carboplatin', '2026-11-01'),
      dose('pemetrexed', '2026-11-01'),
    ],
    facts: {
      'palliative-lines': 2,
      'failed-lines': 1,
      'current-drugs': ['carboplatin', 'osimertinib', 'pemetrexed'],
      'progressing-now': undefined,
    },
  },
  {
    name: 'adjuvant osimertinib, relapse under it',
    chart: [
      stage('IIIA', '2024-02-01'),
      procedure('Lobectomy of lung', '2024-03-01'),
      taken('osimertinib', '2024-05-01'),
      brainMetastasis('2026-11-01'),
    ],
    facts: {
      'palliative-lines': undefined,
      'curative-tki': ['osimertinib'],
      'relapse-on-curative-tki': true,
      'progressing-now': true,
      'progression-on': '2026-11-01',
      'prior-drugs': ['osimertinib'],
      'progressed-on': ['osimertinib'],
    },
  },
  {
    name: 'adjuvant osimertinib completed a year before relapse',
    chart: [
      stage('IB', '2021-02-01'),
      procedure('Lobectomy of lung', '2021-03-01'),
      taken('osimertinib', '2021-05-01', '2024-05-01'),
      liverMetastasis('2026-10-01'),
    ],
    facts: { 'palliative-lines': undefined, 'relapse-on-curative-tki': false, 'progressed-on': undefined },
  },
  {
    name: 'chemoradiation and durvalumab, relapse four months after the last dose',
    chart: [
      stage('Stage IIIB', '2025-01-05'),
      procedure('Concurrent chemoradiation of the thorax, 60 Gy in 30 fractions', '2025-03-10'),
      taken('cisplatin', '2025-02-01', '2025-03-10'),
      taken('etoposide', '2025-02-01', '2025-03-10'),
      taken('durvalumab', '2025-04-01', '2026-06-20'),
      liverMetastasis('2026-10-20'),
    ],
    facts: {
      'palliative-lines': undefined,
      'curative-ici': true,
      'curative-ici-to-relapse-days': 122,
      'curative-platinum-to-relapse-days': 589,
      'last-ici-on': '2026-06-20',
      'progressing-now': true,
      'on-treatment': false,
      'thoracic-radiation-on': '2025-03-10',
    },
  },
  ...[70, 200].map(
    (days): Case => ({
      name: `small cell, relapse ${days} days after platinum`,
      chart: [
        stage('extensive', '2026-01-02'),
        ...['2026-01-10', '2026-01-31', '2026-02-21', '2026-03-14'].flatMap((day) => [dose('carboplatin', day), dose('etoposide', day)]),
        status('response', '2026-03-30'),
        status('progression', days === 70 ? '2026-05-23' : '2026-09-30'),
      ],
      facts: {
        'palliative-lines': 1,
        'failed-lines': 1,
        'last-platinum-on': '2026-03-14',
        'platinum-free-days': days,
        'progressing-now': true,
        'on-treatment': false,
        'current-cycles': 4,
        'current-best-response': 'response',
      },
    }),
  ),
  {
    name: 'osimertinib stopped for pneumonitis: toxicity, not progression',
    chart: [
      liverMetastasis('2026-06-01'),
      taken('osimertinib', '2026-06-15', '2026-10-25', { status: 'stopped', statusReason: [{ text: 'Pneumonitis, grade 3' }] }),
      status('response', '2026-10-01'),
    ],
    facts: {
      'palliative-lines': 1,
      'failed-lines': 0,
      'progressing-now': false,
      'on-treatment': false,
      'stopped-for-toxicity': ['osimertinib'],
      'pneumonitis-suspects': ['osimertinib'],
      'prior-pneumonitis-grade': 3,
      'pneumonitis-grade': 3,
      'immune-events': undefined,
    },
  },
  {
    name: 'history only in a note, undated',
    chart: [
      liverMetastasis('2024-01-01'),
      lungCancer(
        'First line carboplatin and paclitaxel, partial response, then progression. Second line gemcitabine, stable disease, then progression.',
      ),
    ],
    facts: {
      'palliative-lines': 2,
      'failed-lines': 2,
      'progressing-now': true,
      'on-treatment': false,
      'prior-drugs': ['carboplatin', 'gemcitabine', 'paclitaxel'],
      'current-best-response': 'stable',
      'last-platinum-on': 'unknown: not-recorded',
    },
  },
  {
    name: 'history in a note with dates, present drug coded',
    chart: [
      liverMetastasis('2024-01-01'),
      lungCancer(
        '1L carbo/pem/pembro x4 03/2024 - 06/2024, maintenance pembro until progression in February 2025. Plan: docetaxel or clinical trial.',
      ),
      taken('docetaxel', '2025-03-01'),
    ],
    facts: {
      'palliative-lines': 2,
      'failed-lines': 1,
      'current-drugs': ['docetaxel'],
      'prior-drugs': ['carboplatin', 'docetaxel', 'pembrolizumab', 'pemetrexed'],
      'ici-stop-reason': 'progression',
    },
  },
  {
    name: 'a plan in a note is no treatment',
    chart: [
      liverMetastasis('2026-10-01'),
      lungCancer('Plan to start carboplatin, pemetrexed and pembrolizumab. Consider osimertinib if EGFR mutation is found.'),
    ],
    facts: { 'palliative-lines': undefined, 'prior-drugs': undefined, 'on-treatment': undefined },
  },
]
