/** Small but complete charts to mutate: one of each kind of plan, written the ways hospitals write them. Synthetic people; no case of a real patient. */
type Resource = { readonly [element: string]: unknown }

export interface Seed {
  readonly name: string
  readonly bundle: Resource
}

const LOINC = 'http://loinc.org'
const SNOMED = 'http://snomed.info/sct'
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm'
const UCUM = 'http://unitsofmeasure.org'
const MCODE = 'http://hl7.org/fhir/us/mcode/StructureDefinition'

const subject = { reference: 'Patient/p' }
const coded = (system: string, code: string, text?: string): Resource => ({ coding: [{ system, code }], ...(text ? { text } : {}) })
const active = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] }
const confirmed = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'confirmed' }] }

const patient = (birthDate: string, gender: string): Resource => ({
  resourceType: 'Patient',
  id: 'p',
  name: [{ family: 'Example', given: ['Seed'] }],
  gender,
  birthDate,
})

const condition = (id: string, code: Resource, more: Resource = {}): Resource => ({
  resourceType: 'Condition',
  id,
  clinicalStatus: active,
  verificationStatus: confirmed,
  code,
  subject,
  ...more,
})

const observation = (id: string, code: Resource, on: string, value: Resource): Resource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code,
  subject,
  effectiveDateTime: on,
  ...value,
})

const lab = (loinc: string, value: number, unit: string, on = '2026-11-16'): Resource =>
  observation(`lab-${loinc}`, coded(LOINC, loinc), on, { valueQuantity: { value, unit, system: UCUM, code: unit } })

const ecog = (grade: number): Resource => observation('ecog', coded(LOINC, '89247-1'), '2026-11-16', { valueInteger: grade })

const primary = (code: Resource, stage: string, more: Resource = {}): Resource =>
  condition('primary', code, {
    meta: { profile: [`${MCODE}/mcode-primary-cancer-condition`] },
    stage: [{ summary: { text: stage }, assessment: [{ reference: 'Observation/stage' }] }],
    onsetDateTime: '2026-10',
    ...more,
  })

const stage = (text: string): Resource =>
  observation('stage', coded(SNOMED, '399537006'), '2026-10-20', {
    meta: { profile: [`${MCODE}/mcode-tnm-stage-group`] },
    method: coded(SNOMED, '897275008'),
    focus: [{ reference: 'Condition/primary' }],
    valueCodeableConcept: coded(SNOMED, '1222837003', text),
  })

const secondary = (code: string, note: string): Resource =>
  condition(`secondary-${code}`, coded(SNOMED, code), {
    meta: { profile: [`${MCODE}/mcode-secondary-cancer-condition`] },
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/condition-related', valueReference: { reference: 'Condition/primary' } }],
    note: [{ text: note }],
  })

const variant = (gene: string, protein: string, presence = 'LA9633-4'): Resource =>
  observation(`variant-${gene}`, coded(LOINC, '69548-6'), '2026-10-28', {
    meta: { profile: [`${MCODE}/mcode-genomic-variant`] },
    valueCodeableConcept: coded(LOINC, presence),
    component: [
      { code: coded(LOINC, '48018-6'), valueCodeableConcept: { text: gene } },
      { code: coded(LOINC, '48005-3'), valueCodeableConcept: { text: protein } },
    ],
  })

const medicine = (id: string, text: string, more: Resource = {}): Resource => ({
  resourceType: 'MedicationStatement',
  id,
  status: 'active',
  medicationCodeableConcept: { text },
  subject,
  ...more,
})

const organs = [
  lab('2160-0', 0.9, 'mg/dL'),
  lab('1742-6', 21, 'U/L'),
  lab('1975-2', 0.6, 'mg/dL'),
  lab('26499-4', 4.1, '10*3/uL'),
  lab('777-3', 251, '10*3/uL'),
  lab('718-7', 12.4, 'g/dL'),
  lab('29463-7', 68, 'kg'),
  lab('8302-2', 168, 'cm'),
]

const bundle = (type: string, ...resources: readonly Resource[]): Resource => ({
  resourceType: 'Bundle',
  type,
  entry: resources.map((resource) => ({
    fullUrl: `https://hospital.example.org/fhir/${String(resource.resourceType)}/${String(resource.id)}`,
    resource,
  })),
})

const NSCLC = coded(SNOMED, '254637007', 'Non-small cell lung cancer')
const SCLC = coded(SNOMED, '254632001', 'Small cell carcinoma of lung')
const adenocarcinoma = {
  extension: [{ url: `${MCODE}/mcode-histology-morphology-behavior`, valueCodeableConcept: coded(SNOMED, '1187332001', 'Adenocarcinoma') }],
}

export const SEEDS: readonly Seed[] = [
  {
    name: 'egfr-first-line',
    bundle: bundle(
      'collection',
      patient('1958-02-11', 'female'),
      primary(NSCLC, 'Stage IVB', adenocarcinoma),
      stage('Stage IVB'),
      secondary('94225005', '3 lesions; largest 15 mm; no symptoms'),
      secondary('94222008', 'sacrum; painful'),
      ecog(1),
      variant('EGFR', 'p.(Leu858Arg)'),
      observation('tps', coded(LOINC, '83053-9'), '2026-10-28', { valueQuantity: { value: 60, unit: '%', system: UCUM, code: '%' } }),
      {
        resourceType: 'DiagnosticReport',
        id: 'mri',
        status: 'final',
        code: { text: 'MRI brain with contrast' },
        subject,
        effectiveDateTime: '2026-11-02',
        conclusion: 'Three enhancing lesions, the largest 15 mm in the left frontal lobe. No mass effect. No leptomeningeal enhancement.',
      },
      medicine('m1', 'pantoprazole 40 mg'),
      ...organs,
    ),
  },
  {
    name: 'no-driver-first-line',
    bundle: bundle(
      'searchset',
      patient('1951-07-30', 'male'),
      primary(coded('http://hl7.org/fhir/sid/icd-10-cm', 'C34.11', 'Squamous cell carcinoma of right upper lobe'), 'Stage IVA'),
      stage('Stage IVA'),
      ecog(2),
      {
        resourceType: 'Observation',
        id: 'region',
        status: 'final',
        code: coded(LOINC, '53041-0'),
        subject,
        effectiveDateTime: '2026-10-28',
        component: ['EGFR', 'ALK', 'ROS1', 'BRAF', 'KRAS', 'MET', 'RET', 'ERBB2', 'NTRK1', 'NTRK2', 'NTRK3'].map((gene) => ({
          code: coded(LOINC, '48018-6'),
          valueCodeableConcept: { text: gene },
        })),
      },
      observation('tps', { text: 'PD-L1 TPS (22C3)' }, '2026-10-28', { valueString: '< 1 %' }),
      condition('ild', { text: 'Interstitial lung disease, usual interstitial pneumonia pattern' }),
      condition('ra', { text: 'Rheumatoid arthritis on methotrexate' }),
      medicine('m1', 'prednisone 20 mg daily'),
      medicine('m2', 'rivaroxaban 20 mg'),
      ...organs,
    ),
  },
  {
    name: 'small-cell-relapse',
    bundle: bundle(
      'collection',
      patient('1960-01-01', 'male'),
      primary(SCLC, 'Extensive stage'),
      ecog(1),
      {
        resourceType: 'MedicationAdministration',
        id: 'given-1',
        status: 'completed',
        medicationCodeableConcept: coded(RXNORM, '40048', 'carboplatin'),
        subject,
        effectivePeriod: { start: '2026-01-10', end: '2026-04-02' },
      },
      medicine('first-line', 'etoposide', { status: 'completed', effectivePeriod: { start: '2026-01-10', end: '2026-04-02' } }),
      medicine('maintenance', 'atezolizumab', {
        status: 'stopped',
        effectivePeriod: { start: '2026-01-10', end: '2026-10-30' },
        note: [{ text: 'First line carboplatin, etoposide and atezolizumab, partial response, then progression' }],
      }),
      observation('status', coded(LOINC, '97509-4'), '2026-11-05', {
        valueCodeableConcept: coded(SNOMED, '271299001', 'Progressive disease'),
      }),
      condition('siadh', { text: 'SIADH' }),
      lab('2951-2', 124, 'mmol/L'),
      ...organs,
    ),
  },
  {
    name: 'alk-progression',
    bundle: bundle(
      'transaction',
      patient('1979-09-09', 'female'),
      primary(NSCLC, 'Stage IV', adenocarcinoma),
      stage('Stage IV'),
      ecog(1),
      observation('fusion', coded(LOINC, '69548-6'), '2024-12-01', {
        valueCodeableConcept: coded(LOINC, 'LA9633-4'),
        component: [
          { code: coded(LOINC, '48018-6'), valueCodeableConcept: { text: 'ALK' } },
          { code: coded(LOINC, '48018-6'), valueCodeableConcept: { text: 'EML4' } },
        ],
        note: [{ text: 'EML4-ALK variant 3' }],
      }),
      {
        resourceType: 'MedicationRequest',
        id: 'alectinib',
        status: 'active',
        intent: 'order',
        medicationCodeableConcept: coded(RXNORM, '1727455', 'alectinib'),
        subject,
        authoredOn: '2025-01-03',
      },
      observation('status', coded(LOINC, '97509-4'), '2026-11-05', { valueCodeableConcept: coded(SNOMED, '271299001') }),
      {
        resourceType: 'AllergyIntolerance',
        id: 'allergy',
        clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }] },
        code: { text: 'Paclitaxel' },
        patient: subject,
        reaction: [{ manifestation: [{ text: 'anaphylaxis' }], severity: 'severe' }],
      },
      { resourceType: 'Goal', id: 'goal', lifecycleStatus: 'active', description: { text: 'stay at home; no more infusions' }, subject },
      ...organs,
    ),
  },
  {
    name: 'urgent',
    bundle: bundle(
      'collection',
      patient('1949-12-24', 'female'),
      primary({ text: 'Lung adenocarcinoma, metastatic' }, 'IV', {}),
      stage('Stage IVB'),
      ecog(3),
      observation('power', { text: 'Leg power, MRC grade (0-5)' }, '2026-11-20', { valueInteger: 3 }),
      observation('pain', { text: 'Pain, numeric rating scale (0-10)' }, '2026-11-20', { valueInteger: 9 }),
      lab('17861-6', 14.1, 'mg/dL', '2026-11-20'),
      lab('751-8', 0.4, '10*3/uL', '2026-11-20'),
      lab('8310-5', 38.9, 'Cel', '2026-11-20'),
      {
        resourceType: 'DiagnosticReport',
        id: 'spine',
        status: 'preliminary',
        code: { text: 'MRI whole spine' },
        subject,
        effectiveDateTime: '2026-11-20',
        conclusion: 'Epidural mass at T8 with cord compression, Bilsky 3.',
      },
      {
        resourceType: 'Procedure',
        id: 'rt',
        status: 'completed',
        code: { text: 'Whole brain radiotherapy 30 Gy in 10 fractions' },
        subject,
        performedPeriod: { start: '2026-08-03', end: '2026-08-14' },
      },
      ...organs,
    ),
  },
  {
    name: 'out-of-scope',
    bundle: bundle(
      'collection',
      patient('1970-03-03', 'female'),
      condition('breast', coded(SNOMED, '254837009', 'Malignant neoplasm of breast')),
      ecog(0),
      ...organs,
    ),
  },
]
