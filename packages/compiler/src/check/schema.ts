import { z } from 'zod'
import { cite, review } from './cite-schema.ts'
import { patientFields } from './patient-schema.ts'
import { acceptedFinding, constraint, proofPolicy } from './proof-schema.ts'
import { measureFields } from './quality-schema.ts'
import { score } from './score-schema.ts'
import { trialFields } from './trial-schema.ts'
import { VOCABULARIES } from './vocabulary.ts'

/** The shape of every kind of entry, as its author writes it. Criteria are checked apart (`criterion.ts`), since their messages need the registry. */
const id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'is not kebab-case')
const day = z.string().regex(/^\d{4}-\d{2}(-\d{2})?$/, 'is not a date such as 2026-05-31')
const criterion = z.unknown()
const text = z.string().min(1)
const example = z.strictObject({
  name: text,
  given: z.record(z.string(), z.unknown()),
  expect: z.enum(['true', 'false', 'unknown']),
  missing: z.array(id).optional(),
})
const conditional = z.strictObject({ say: text, when: criterion.optional() })
const approach = z.enum([
  'chemotherapy',
  'targeted-therapy',
  'immunotherapy',
  'radiation',
  'surgery',
  'procedure',
  'supportive-care',
  'clinical-trial',
])
/** From which list the names come that a fact without `values` holds; for a list, field by field. */
const vocabulary = z.enum(VOCABULARIES)
const urgency = z.enum(['emergency', 'urgent', 'soon'])
const audit = { audit: z.string().optional(), note: z.string().optional() }

const entry = {
  id,
  cites: z.array(cite).min(1, 'has no citation'),
  review,
  effective: day.optional(),
  reviewBy: day.optional(),
  ...audit,
}
const rule = { ...entry, examples: z.array(example) }

const approval = z.strictObject({
  status: text,
  date: z.string().optional(),
  kind: z.string().optional(),
  review: review.default('confirmed'),
})
const component = z.strictObject({
  drug: id,
  dose: z.number().positive().optional(),
  unit: z.enum(['mg', 'mg/m2', 'mg/kg', 'AUC', 'ug']),
  route: z.enum(['oral', 'iv', 'sc', 'im']),
  days: z.union([z.array(z.number().int()).min(1), text]),
  bands: z.array(z.strictObject({ belowKg: z.number().optional(), dose: z.number() })).optional(),
  steps: z
    .array(
      z
        .strictObject({
          cycle: z.number().int().positive().optional(),
          day: z.number().int().positive(),
          dose: z.number().positive().optional(),
          bands: z.array(z.strictObject({ belowKg: z.number().optional(), dose: z.number().positive() })).optional(),
          days: z.enum(['daily', 'twice-daily']).optional(),
        })
        .refine((s) => (s.dose === undefined) !== (s.bands === undefined), 'a step has exactly one of dose and bands'),
    )
    .optional(),
  infusionMinutes: z.number().optional(),
  capMg: z.number().optional(),
  note: z.string().optional(),
  review: review.optional(),
})
const holds = z.strictObject({ drugs: z.array(id).min(1).optional(), classes: z.array(id).min(1).optional(), when: criterion.optional() })
const avoid = z.array(id).min(1).optional()
const target = z.strictObject({
  drugs: z.array(id).optional(),
  classes: z.array(id).optional(),
  set: z.array(id).optional(),
  exact: z.literal(true).optional(),
  together: z.array(id).length(2).optional(),
  approaches: z.array(approach).optional(),
  procedures: z.array(id).optional(),
  techniques: z.array(id).optional(),
  sites: z.array(id).optional(),
  options: z.array(id).optional(),
  exceptDrugs: z.array(id).optional(),
  exceptOptions: z.array(id).optional(),
})
const level = z.enum(['high', 'moderate', 'low'])
const restsOn = z
  .strictObject({
    drugs: z.array(id).min(1).optional(),
    classes: z.array(id).min(1).optional(),
    approaches: z.array(approach).min(1).optional(),
    options: z.array(id).min(1).optional(),
    brainActivity: z.array(level).min(1).optional(),
  })
  .refine((on) => Object.keys(on).length > 0, 'says what it rests on: drugs, classes, approaches, options or brainActivity')

const fractionation = z.strictObject({
  totalGy: z.number().positive(),
  fractions: z.number().int().positive(),
  alphaBeta: z.number().positive().optional(),
  note: text.optional(),
  review: review.optional(),
})

export const SCHEMAS = {
  facts: z.strictObject({
    id,
    label: text,
    type: z.enum(['truth', 'integer', 'quantity', 'code', 'codes', 'date', 'text', 'list']),
    absence: z.enum(['witnessed', 'listed', 'asked']),
    unit: z.string().optional(),
    freshDays: z.number().optional(),
    values: z.record(z.string(), z.string()).optional(),
    plausible: z.tuple([z.number(), z.number()]).optional(),
    vocabulary: z.union([vocabulary, z.record(z.string(), vocabulary)]).optional(),
    test: id.optional(),
    ask: z.string().optional(),
    fields: z.record(z.string(), z.enum(['text', 'number', 'truth', 'date', 'texts'])).optional(),
    derivedFrom: z.array(id).optional(),
    daysBetween: z.literal(true).optional(),
    standIns: z.array(id).optional(),
    needsLaterSample: z.literal(true).optional(),
    needsRna: z.array(id).optional(),
    codes: z.array(z.strictObject({ system: text, code: text })).optional(),
    group: z.string().optional(),
    aliases: z.array(z.string()).optional(),
    absentValue: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional(),
    note: z.string().optional(),
  }),
  sources: z.strictObject({
    id,
    title: text,
    kind: z.enum(['trial', 'label', 'guideline', 'review', 'cohort', 'regimen-library', 'standard', 'other']),
    year: z.number().int().optional(),
    url: z.string().optional(),
    pmid: z.string().optional(),
    doi: z.string().optional(),
    nct: z.string().optional(),
    accessed: day,
    review,
    note: z.string().optional(),
  }),
  criteria: z.strictObject({ id, label: text, when: criterion }),
  regimens: z.strictObject({
    ...entry,
    title: text,
    cycleDays: z.number().int().positive().optional(),
    cycles: z.number().int().positive().optional(),
    components: z.array(component).min(1),
    maintenance: z.strictObject({ title: text, cycleDays: z.number().int().optional(), components: z.array(component) }).optional(),
    emeticRisk: z.enum(['high', 'moderate', 'low', 'minimal']).optional(),
    febrileNeutropeniaRisk: z.enum(['high', 'intermediate', 'low']).optional(),
    concurrent: z.array(z.strictObject({ say: text, because: text })).default([]),
  }),
  treatment: z.strictObject({
    ...rule,
    title: text,
    group: id,
    approaches: z.array(approach).min(1),
    regimens: z.array(id),
    drugsFrom: z.literal('current-drugs').optional(),
    technique: id.optional(),
    site: id.optional(),
    procedure: id.optional(),
    also: z.array(z.strictObject({ technique: id.optional(), procedure: id.optional(), site: id })).optional(),
    fractionations: z.array(fractionation).min(1).optional(),
    when: criterion,
    standing: z
      .array(
        z.strictObject({
          as: z.enum(['recommended', 'alternative', 'conditional']),
          when: criterion.optional(),
          because: text,
          cites: z.array(id).min(1).optional(),
        }),
      )
      .min(1),
    strength: z.enum(['strong', 'moderate', 'weak', 'consensus']),
    evidenceKind: z.enum(['randomised-survival', 'randomised-progression', 'randomised-other', 'single-arm', 'retrospective', 'consensus']),
    brainActivity: level.optional(),
    toxicity: z.enum(['low', 'moderate', 'high']),
    priority: z.number(),
    priorityBecause: z.string().optional(),
    against: z.array(conditional).min(1),
    cautions: z.array(conditional).default([]),
    concurrent: z.array(z.strictObject({ say: text, because: text, when: criterion.optional() })).default([]),
    availability: z.strictObject({ fda: approval.optional(), ema: approval.optional() }).optional(),
    awaits: z.array(id).optional(),
    restsOn: restsOn.optional(),
    rechallenge: z.literal(true).optional(),
    urgency: z.literal('emergency').optional(),
  }),
  safety: z.strictObject({
    ...rule,
    title: text,
    applies: target,
    when: criterion,
    effect: z.enum(['bar', 'caution', 'check']),
    reason: z.enum(['unsafe', 'ineffective', 'displaces-better', 'caution']),
    whenUnknown: z.enum(['needs-data', 'conditional', 'check', 'ignore']).default('needs-data'),
    lowersTo: z.enum(['alternative', 'conditional']).optional(),
    show: z.enum(['when-blocking', 'when-true']).default('when-blocking'),
    notAdvised: z
      .strictObject({
        treatment: text,
        drugs: z.array(id).optional(),
        class: id.optional(),
        match: z.enum(['exact', 'contains']).optional(),
        technique: id.optional(),
        site: id.optional(),
        procedure: id.optional(),
      })
      .optional(),
    say: text,
  }),
  tests: z.strictObject({ id, title: text, settles: z.array(id), urgency, before: z.string().optional(), say: text, ...audit }),
  testRules: z.strictObject({
    ...rule,
    test: id,
    defers: z.literal(true).optional(),
    when: criterion,
    urgency,
    before: z.string().optional(),
    say: text,
  }),
  alerts: z.strictObject({
    ...rule,
    alert: id,
    urgency,
    title: text,
    when: criterion,
    suspect: z
      .strictObject({ when: criterion, title: text, actions: z.array(text).min(1), test: id.optional(), holds: holds.optional(), avoid })
      .optional(),
    actions: z.array(text).min(1),
    tells: z.array(id).min(1).optional(),
    holds: holds.optional(),
    avoid,
    defersSystemic: z.literal(true).optional(),
    exceptOptions: z.array(id).optional(),
  }),
  support: z.strictObject({
    ...rule,
    service: id,
    title: text,
    when: criterion,
    actions: z.array(conditional).min(1),
    dueInDays: z.number().optional(),
  }),
  interactions: z.strictObject({
    ...rule,
    title: text,
    between: z.array(id).min(1),
    applies: target,
    when: criterion,
    window: z.strictObject({ daysAfter: z.number(), of: id, text }).optional(),
    say: text,
  }),
  outlook: z.strictObject({
    ...rule,
    population: text,
    when: criterion,
    endpoint: text,
    medianMonths: z.number().positive(),
    alive: z.array(z.strictObject({ years: z.number(), percent: z.number() })).default([]),
    immunotherapyTail: z.literal(true).optional(),
    priority: z.number(),
    limits: z.array(text),
  }),
  patient: z.strictObject({ ...entry, ...patientFields }),
  outlookMethod: z.strictObject({
    ...entry,
    worst10: z.number().positive(),
    typical: z.tuple([z.number().positive(), z.number().positive()]),
    best10: z.number().positive(),
    says: text,
  }),
  presets: z.strictObject({ id, given: z.record(z.string(), z.unknown()), ...audit }),
  populations: z.strictObject({
    id,
    title: text,
    chapter: text,
    setting: z.enum(['first', 'relapse', 'running', 'later', 'local', 'any']),
  }),
  alertIds: z.strictObject({ id, label: text }),
  copyHosts: z
    .strictObject({ id, host: text.optional(), label: text.optional(), because: text })
    .refine(({ host, label }) => (host === undefined) !== (label === undefined), 'names exactly one of host and label'),
  approachClasses: z.strictObject({ id: approach, classes: z.array(id).min(1), also: z.array(id).default([]) }),
  ranking: z.strictObject({
    id,
    order: z.array(z.string()),
    strength: z.array(z.string()),
    evidenceKind: z.array(z.string()),
    preferences: z.array(z.strictObject({ preference: id, favours: target, disfavours: target, say: text })),
    note: z.string().optional(),
  }),
  dosingPolicy: z.strictObject({
    id,
    calvertGfrCapMlPerMin: z.number().positive(),
    adjustedWeightFromBmi: z.number().positive(),
    creatinineFloorUmolPerL: z.number().positive().optional(),
    roundingLimitPercent: z.strictObject({ cytotoxic: z.number().positive(), biologic: z.number().positive() }),
    roundingStepMg: z.record(z.string(), z.number().positive()).refine((steps) => steps.other !== undefined, 'has no step for other drugs'),
    biologicClasses: z.array(id),
    cytotoxicClasses: z.array(id),
    verifyAbove: z.array(z.strictObject({ drug: id, route: text, mg: z.number().positive(), say: text })).default([]),
    antiemetics: z
      .array(
        z
          .strictObject({
            risk: z.enum(['high', 'moderate', 'low', 'minimal']).optional(),
            drug: id.optional(),
            unit: z.enum(['mg', 'mg/m2', 'mg/kg', 'AUC', 'ug']).optional(),
            atLeast: z.number().positive().optional(),
            route: z.enum(['oral', 'iv', 'sc', 'im']).optional(),
            say: text,
            because: text,
          })
          .refine((row) => row.risk !== undefined || row.drug !== undefined, 'names neither a risk nor a drug'),
      )
      .optional(),
    antiemeticCites: z.array(cite).optional(),
    measuredClearanceAboveAuc: z.number().positive().optional(),
    adultFromYears: z.number().positive().optional(),
    cites: z.array(cite).min(1, 'has no citation'),
    ...audit,
  }),
  dosing: z
    .strictObject({
      ...rule,
      drug: id,
      route: z.enum(['oral', 'iv', 'sc', 'im']).optional(),
      when: criterion,
      factor: z.number().positive().max(1).optional(),
      dose: z.number().positive().optional(),
      omit: z.literal(true).optional(),
      days: text.optional(),
      stepDoses: z.array(z.number().positive()).optional(),
      whenUnknown: z.literal('say').optional(),
      topic: z.literal('start-of-cycle').optional(),
      say: text,
    })
    .refine((d) => [d.factor, d.dose, d.omit].filter((x) => x !== undefined).length <= 1, 'has more than one of factor, dose and omit')
    .refine((d) => d.stepDoses === undefined || d.stepDoses.at(-1) === d.dose, 'stepDoses does not end with dose'),
  scores: score,
  quality: z.strictObject({ ...entry, ...measureFields }),
  trials: z.strictObject({ ...rule, ...trialFields }),
  constraints: constraint,
  proof: proofPolicy,
  accepted: acceptedFinding,
} as const

export type Kind = keyof typeof SCHEMAS

const POLICIES: { readonly [file: string]: Kind } = {
  'presets.yaml': 'presets',
  'populations.yaml': 'populations',
  'alert-ids.yaml': 'alertIds',
  'copies.yaml': 'copyHosts',
  'approaches.yaml': 'approachClasses',
  'ranking.yaml': 'ranking',
  'dosing.yaml': 'dosingPolicy',
  'outlook.yaml': 'outlookMethod',
  'constraints.yaml': 'constraints',
  'proof.yaml': 'proof',
  'accepted-findings.yaml': 'accepted',
}

/** Which kind of entry a file holds, by its place in knowledge/. */
export function kindOf(file: string): Kind | 'terminology' | undefined {
  const [folder, name] = file.split('/')
  switch (folder) {
    case 'facts':
    case 'sources':
    case 'criteria':
    case 'regimens':
    case 'treatment':
    case 'safety':
    case 'interactions':
    case 'outlook':
    case 'dosing':
    case 'patient':
    case 'quality':
    case 'scores':
    case 'trials':
      return folder
    case 'supportive':
      return 'support'
    case 'emergencies':
      return 'alerts'
    case 'monitoring':
      return name === 'tests.yaml' ? 'tests' : 'testRules'
    case 'policy':
      return POLICIES[name ?? '']
    case 'terminology':
      return 'terminology'
    default:
      return undefined
  }
}
