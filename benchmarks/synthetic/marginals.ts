import { CHECKPOINT, type Observed } from './observe.ts'

/** One cited figure, and how it is counted in charts. */
export interface Marginal {
  readonly what: string
  /** Id of model/sources.yaml. */
  readonly source: string
  readonly cited: number
  /** Charts that count, and whether each shows it; a number where a median is compared. */
  readonly of: (o: Observed) => boolean
  readonly shows: (o: Observed) => boolean | number
  /** A figure that other rules of the model move, or of another population: how far it lies is reported, not judged. */
  readonly why?: string
}

const isNsclc = (o: Observed): boolean => o.kind !== 'small' && o.kind !== 'neuroendocrine'
const isAdeno = (o: Observed): boolean => o.kind === 'adenocarcinoma'
const has = (o: Observed, gene: string): boolean => o.altered.has(gene)
const looked =
  (gene: string) =>
  (o: Observed): boolean =>
    o.studied.has(gene)
const isEver = (o: Observed): boolean => o.hasSmoked === true
const isNever = (o: Observed): boolean => o.hasSmoked === false
const both =
  (...tests: readonly ((o: Observed) => boolean)[]) =>
  (o: Observed): boolean =>
    tests.every((test) => test(o))
const treated = (o: Observed): boolean => o.starts.length > 0
const dead = (o: Observed): boolean => o.isDead
const isEgfr = (o: Observed): boolean => o.variants.some((v) => /Leu858Arg|Glu746/.test(v))
const ordered = (o: Observed, words: RegExp): boolean => o.orders.some(({ kind }) => words.test(kind))
const turnaround = (o: Observed, words: RegExp): number | undefined => {
  const order = o.orders.find(({ kind, reportedOn }) => words.test(kind) && reportedOn !== undefined)
  return order === undefined ? undefined : order.reportedOn! - order.on
}
const followed = (o: Observed): boolean => o.isDead || o.end > 400

const isOf =
  (race: string) =>
  (o: Observed): boolean =>
    o.race === race

/** The share with an altered gene among those of some kind in whom it was looked for. */
const altered = (gene: string, what: string, cited: number, source: string, ...of: readonly ((o: Observed) => boolean)[]): Marginal => ({
  what,
  source,
  cited,
  of: both(...of, looked(gene)),
  shows: (o) => has(o, gene),
})

export const MARGINALS: readonly Marginal[] = [
  { what: 'White', source: 'seer-histology', cited: 0.829, of: () => true, shows: (o) => o.race === 'White' },
  { what: 'small cell', source: 'seer-histology', cited: 0.136, of: () => true, shows: (o) => o.kind === 'small' },
  { what: 'squamous of NSCLC', source: 'us-first-line-2020', cited: 0.251, of: isNsclc, shows: (o) => o.kind === 'squamous' },
  { what: 'NSCLC without a subtype', source: 'us-first-line-2020', cited: 0.047, of: isNsclc, shows: (o) => o.kind === 'nsclc' },
  {
    what: 'never smoked, NSCLC',
    source: 'us-turnaround-2025',
    cited: 0.166,
    of: both(isNsclc, (o) => o.hasSmoked !== undefined),
    shows: isNever,
  },
  { what: 'women, NSCLC', source: 'us-emr-2021', cited: 0.51, of: isNsclc, shows: (o) => o.sex === 'female' },
  { what: 'median age, NSCLC', source: 'us-emr-2021', cited: 70, of: isNsclc, shows: (o) => o.age },
  {
    what: 'ECOG 0 or 1, treated NSCLC',
    source: 'us-first-line-2020',
    cited: 0.73,
    of: both(isNsclc, treated, (o) => o.ecog !== undefined),
    shows: (o) => o.ecog! <= 1,
  },
  {
    what: 'ECOG 0 or 1, small cell',
    source: 'france-es-sclc-2024',
    cited: 0.702,
    of: both(
      (o) => o.kind === 'small',
      (o) => o.ecog !== undefined,
    ),
    shows: (o) => o.ecog! <= 1,
  },
  {
    what: 'COPD, men',
    source: 'germany-comorbidity-2023',
    cited: 0.387,
    of: (o) => o.sex === 'male',
    shows: (o) => o.illnesses.has('Chronic obstructive pulmonary disease'),
    why: 'problem lists are missing in some charts',
  },
  {
    what: 'heart failure, men',
    source: 'germany-comorbidity-2023',
    cited: 0.191,
    of: (o) => o.sex === 'male',
    shows: (o) => o.illnesses.has('Congestive heart failure'),
    why: 'problem lists are missing in some charts',
  },
  {
    what: 'EGFR, White never smokers, adenocarcinoma',
    source: 'msk-egfr-kras-2012',
    cited: 0.43,
    of: both(isAdeno, isOf('White'), isNever, looked('EGFR')),
    shows: isEgfr,
  },
  {
    what: 'EGFR, White smokers, adenocarcinoma',
    source: 'msk-egfr-kras-2012',
    cited: 0.11,
    of: both(isAdeno, isOf('White'), isEver, looked('EGFR')),
    shows: isEgfr,
  },
  altered('EGFR', 'EGFR, Asian, adenocarcinoma', 0.47, 'mutmap-2015', isAdeno, isOf('Asian')),
  altered('EGFR', 'EGFR, Black, adenocarcinoma', 0.22, 'lcmc1-minorities', isAdeno, (o) => o.race.startsWith('Black')),
  altered('KRAS', 'KRAS, White never smokers, adenocarcinoma', 0.06, 'msk-egfr-kras-2012', isAdeno, isOf('White'), isNever),
  altered('KRAS', 'KRAS, White smokers, adenocarcinoma', 0.34, 'msk-egfr-kras-2012', isAdeno, isOf('White'), isEver),
  {
    what: 'KRAS G12C, White, adenocarcinoma',
    source: 'races-genomics-2022',
    cited: 0.1551,
    of: both(isAdeno, isOf('White'), looked('KRAS')),
    shows: (o) => o.variants.some((v) => v.includes('Gly12Cys')),
    why: 'two sources differ: 34% KRAS in smokers with 40% G12C give what the review of 2023 has, 10 to 13%',
  },
  {
    what: 'KRAS G12C, non-squamous (10 to 13%)',
    source: 'kras-g12c-review-2023',
    cited: 0.115,
    of: both((o) => isAdeno(o) || o.kind === 'nsclc', looked('KRAS')),
    shows: (o) => o.variants.some((v) => v.includes('Gly12Cys')),
  },
  altered('ALK', 'ALK, White, adenocarcinoma', 0.031, 'races-genomics-2022', isAdeno, isOf('White')),
  altered('RET', 'RET, adenocarcinoma', 0.017, 'mutations-review-2023', isAdeno),
  altered('ROS1', 'ROS1, NSCLC (0.9 to 2.6%)', 0.0175, 'drivers-review-2021', isNsclc),
  altered('MET', 'MET exon 14, adenocarcinoma (2 to 4%)', 0.03, 'met-resistance-2019', isAdeno),
  altered('ERBB2', 'HER2 mutation, adenocarcinoma (2 to 4%)', 0.03, 'mutations-review-2023', isAdeno),
  altered('STK11', 'STK11, White, adenocarcinoma', 0.172, 'races-genomics-2022', isAdeno, isOf('White')),
  altered('TP53', 'TP53 beside EGFR', 0.62, 'tp53-egfr-2018', isAdeno, isEgfr),
  {
    what: 'PD-L1 50 and above, without EGFR or ALK',
    source: 'express-pdl1-2019',
    cited: 0.27,
    of: both(isNsclc, (o) => o.tps !== undefined && o.studied.size > 0 && !has(o, 'EGFR') && !has(o, 'ALK')),
    shows: (o) => o.tps! >= 50,
    why: 'the source did not look at STK11, which lowers it here',
  },
  {
    what: 'PD-L1 1 and above, all NSCLC',
    source: 'express-pdl1-2019',
    cited: 0.52,
    of: both(isNsclc, (o) => o.tps !== undefined),
    shows: (o) => o.tps! >= 1,
  },
  {
    what: 'brain metastases, adenocarcinoma',
    source: 'seer-brain-2017',
    cited: 0.268,
    of: both(isAdeno, (o) => o.sites.size > 0),
    shows: (o) => o.sites.has('brain'),
  },
  {
    what: 'brain metastases, squamous',
    source: 'seer-brain-2017',
    cited: 0.159,
    of: both(
      (o) => o.kind === 'squamous',
      (o) => o.sites.size > 0,
    ),
    shows: (o) => o.sites.has('brain'),
  },
  {
    what: 'brain metastases, small cell',
    source: 'seer-brain-2017',
    cited: 0.235,
    of: both(
      (o) => o.kind === 'small',
      (o) => o.sites.size > 0,
    ),
    shows: (o) => o.sites.has('brain'),
  },
  {
    what: 'one biomarker or more, non-squamous',
    source: 'mylung-2022',
    cited: 0.9,
    of: both(
      (o) => isAdeno(o) || o.kind === 'nsclc',
      (o) => o.end > 60,
    ),
    shows: (o) => o.orders.length > 0,
    why: 'PD-L1 alone counts too',
  },
  {
    what: 'NGS, non-squamous',
    source: 'mylung-2022',
    cited: 0.45,
    of: both(
      (o) => isAdeno(o) || o.kind === 'nsclc',
      (o) => o.end > 60,
    ),
    shows: (o) => ordered(o, /DNA and RNA/),
    why: 'the source ends in 2020; the model assumes more since',
  },
  {
    what: 'days to an NGS report, median',
    source: 'mylung-2022',
    cited: 18,
    of: (o) => turnaround(o, /DNA and RNA/) !== undefined,
    shows: (o) => turnaround(o, /DNA and RNA/)!,
    why: 'late reports are part of the messiness',
  },
  {
    what: 'tissue test failed',
    source: 'ucl-ngs-2026',
    cited: 0.129,
    of: (o) => o.isTissueFailed !== undefined,
    shows: (o) => o.isTissueFailed === true,
  },
  {
    what: 'days to first-line treatment, median, NSCLC',
    source: 'mylung-2022',
    cited: 35,
    of: both(isNsclc, treated),
    shows: (o) => o.starts[0]!,
  },
  { what: 'untreated, NSCLC', source: 'us-mnsclc-2019', cited: 0.267, of: both(isNsclc, followed), shows: (o) => !treated(o) },
  {
    what: 'second line after immunotherapy (below a third)',
    source: 'cota-attrition-2024',
    cited: 0.32,
    of: both(isNsclc, treated, followed, (o) => [...o.firstDrugs].some((d) => CHECKPOINT.test(d))),
    shows: (o) => o.starts.length > 1,
  },
  {
    what: 'second line, small cell',
    source: 'spain-sclc-2021',
    cited: 0.36,
    of: both((o) => o.kind === 'small', treated, followed),
    shows: (o) => o.starts.length > 1,
  },
  { what: 'hospice, the dead', source: 'va-hospice-2018', cited: 0.703, of: dead, shows: (o) => o.hospiceOn !== undefined },
  {
    what: 'hospice of 3 days or less',
    source: 'va-hospice-2018',
    cited: 0.147,
    of: (o) => o.isDead && o.hospiceOn !== undefined,
    shows: (o) => o.end - o.hospiceOn! <= 3,
  },
  {
    what: 'hospice in the last 30 days only',
    source: 'va-hospice-2018',
    cited: 0.529,
    of: (o) => o.isDead && o.hospiceOn !== undefined,
    shows: (o) => o.end - o.hospiceOn! <= 30,
  },
  {
    what: 'palliative care, the dead',
    source: 'mdacc-palliative-2018',
    cited: 0.27,
    of: dead,
    shows: (o) => o.palliativeOn !== undefined,
  },
  {
    what: 'chemotherapy in the last 14 days (2 to 5%)',
    source: 'pdq-last-days',
    cited: 0.035,
    of: (o) => o.isDead && o.lastChemotherapyOn !== undefined,
    shows: (o) => o.end - o.lastChemotherapyOn! <= 14,
  },
  {
    what: 'in hospital in the last 30 days',
    source: 'seer-eol-2024',
    cited: 0.611,
    of: dead,
    shows: (o) => o.admittedOn.some((on) => o.end - on <= 30),
  },
]
