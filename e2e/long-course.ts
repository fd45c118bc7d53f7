import type { FhirResource } from '../packages/server/src/store/index.ts'

type Resource = FhirResource & { readonly id: string }

const DRUGS = [
  'carboplatin',
  'erlotinib',
  'osimertinib',
  'docetaxel',
  'pembrolizumab',
  'gemcitabine',
  'vinorelbine',
  'amivantamab',
  'pemetrexed',
  'osimertinib',
  'paclitaxel',
  'docetaxel',
] as const
const REASONS = ['progression', 'toxicity', 'patient choice', 'progression'] as const

const shift = (day: string, days: number): string => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)

/**
 * An invented patient whom no screen likes: twelve lines in ten years, partial dates, an end that nobody recorded, a held drug, a long gap, days before
 * diagnosis, names that are long, forty metastases, appointments ahead. `asOf`: ISO day.
 */
export function longCourse(id: string, asOf: string): readonly Resource[] {
  const subject = { reference: `Patient/${id}` }
  const from = shift(asOf, -3650)
  const resources: Resource[] = [
    {
      resourceType: 'Patient',
      id,
      name: [{ family: 'Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh', given: ['Maria Magdalena Philippine', 'Genoveva'] }],
      gender: 'female',
      birthDate: '1948-02',
    },
    {
      resourceType: 'Condition',
      id: `${id}-cancer`,
      subject,
      onsetDateTime: from.slice(0, 7),
      clinicalStatus: { coding: [{ code: 'active' }] },
      code: { coding: [{ system: 'http://snomed.info/sct', code: '254637007', display: 'Non-small cell lung cancer' }] },
    },
    // before the diagnosis: negative days
    observation(`${id}-hb`, subject, '718-7', shift(from, -240), 11.2, 'g/dL', [12, 16]),
    {
      resourceType: 'Encounter',
      id: `${id}-before`,
      status: 'finished',
      subject,
      class: { display: 'inpatient encounter' },
      type: [{ text: 'Inpatient stay' }],
      period: { start: shift(from, -200), end: shift(from, -191) },
    },
  ]
  for (let i = 0; i < 40; i += 1)
    resources.push({
      resourceType: 'Condition',
      id: `${id}-met-${i}`,
      subject,
      onsetDateTime: shift(from, 20 + i * 85),
      clinicalStatus: { coding: [{ code: 'active' }] },
      code: {
        coding: [
          i % 3 === 0
            ? { system: 'http://snomed.info/sct', code: '94222008', display: 'Secondary malignant neoplasm of bone' }
            : { system: 'http://snomed.info/sct', code: '94381002', display: 'Secondary malignant neoplasm of liver' },
        ],
      },
    })
  DRUGS.forEach((drug, i) => {
    const start = shift(from, 40 + i * 285)
    const end = shift(start, i === 5 ? 40 : 200)
    const isLast = i === DRUGS.length - 1
    // one is known by its month, one has no end, the last is held
    resources.push({
      resourceType: 'MedicationStatement',
      id: `${id}-drug-${i}`,
      status: isLast ? 'on-hold' : 'stopped',
      subject,
      medicationCodeableConcept: { text: drug },
      effectivePeriod: {
        start: i === 3 ? start.slice(0, 7) : start,
        ...(isLast || i === 7 ? {} : { end: i === 4 ? end.slice(0, 7) : end }),
      },
      ...(isLast ? {} : { statusReason: [{ text: REASONS[i % REASONS.length]! }] }),
    })
    resources.push(
      observation(`${id}-creatinine-${i}`, subject, '2160-0', shift(start, 10), 0.7 + i * 0.09, 'mg/dL', [0.5, 1.1]),
      observation(`${id}-weight-${i}`, subject, '29463-7', shift(start, 3), 71 - i * 1.2, 'kg'),
      {
        resourceType: 'Observation',
        id: `${id}-ecog-${i}`,
        status: 'final',
        subject,
        code: { coding: [{ system: 'http://loinc.org', code: '89247-1' }] },
        effectiveDateTime: shift(start, 3),
        valueInteger: i % 3,
      },
      {
        resourceType: 'DiagnosticReport',
        id: `${id}-ct-${i}`,
        status: 'final',
        subject,
        code: { text: 'CT of chest, abdomen and pelvis with contrast' },
        effectiveDateTime: shift(end, -5),
        conclusion: i % 4 === 2 ? 'Partial response of all lesions.' : 'Progressive disease: growth of the liver metastases.',
      },
      {
        resourceType: 'AdverseEvent',
        id: `${id}-harm-${i}`,
        actuality: 'actual',
        subject,
        event: { text: `${i % 2 === 0 ? 'Diarrhoea' : 'Peripheral neuropathy'}, grade ${1 + (i % 4)}` },
        date: shift(start, 30),
        outcome: { coding: [{ code: i === 11 ? 'ongoing' : 'resolved' }] },
        suspectEntity: [{ instance: { reference: `MedicationStatement/${id}-drug-${i}` } }],
      },
    )
  })
  resources.push(
    {
      resourceType: 'Procedure',
      id: `${id}-rt`,
      status: 'completed',
      subject,
      code: { text: 'Palliative radiotherapy of the lumbar spine, 20 Gy in 5 fractions' },
      performedPeriod: { start: shift(from, 900), end: shift(from, 905) },
      bodySite: [{ text: 'lumbar spine' }],
    },
    {
      resourceType: 'DiagnosticReport',
      id: `${id}-ngs`,
      status: 'registered',
      subject,
      category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'GE' }] }],
      code: { text: 'Circulating tumour DNA, next-generation sequencing panel' },
      basedOn: [{ reference: `ServiceRequest/${id}-order` }],
      effectiveDateTime: shift(asOf, -9),
    },
    {
      resourceType: 'ServiceRequest',
      id: `${id}-order`,
      status: 'active',
      intent: 'order',
      subject,
      code: { text: 'Circulating tumour DNA, next-generation sequencing panel' },
      authoredOn: shift(asOf, -12),
    },
    {
      resourceType: 'Appointment',
      id: `${id}-appointment`,
      status: 'booked',
      description: 'CT of chest and abdomen',
      start: `${shift(asOf, 20)}T09:00:00Z`,
      end: `${shift(asOf, 20)}T09:30:00Z`,
      participant: [{ actor: subject, status: 'accepted' }],
    },
  )
  return resources
}

function observation(
  id: string,
  subject: object,
  code: string,
  on: string,
  value: number,
  unit: string,
  limits?: readonly [number, number],
): Resource {
  const quantity = (one: number) => ({ value: Math.round(one * 100) / 100, unit, system: 'http://unitsofmeasure.org', code: unit })
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    subject,
    code: { coding: [{ system: 'http://loinc.org', code }] },
    effectiveDateTime: on,
    valueQuantity: quantity(value),
    ...(limits === undefined ? {} : { referenceRange: [{ low: quantity(limits[0]), high: quantity(limits[1]) }] }),
  }
}
