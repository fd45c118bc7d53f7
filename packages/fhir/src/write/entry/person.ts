import { concept, type Entered, loinc, observation, one, type Proposal, snomed, type Writer } from './proposal.ts'

interface SmokingFile {
  readonly smoking: { readonly loinc: readonly string[]; readonly codes: { readonly [code: string]: string } }
}

/** What stands in the Patient itself: a new version of it. */
export const demographic: Writer = ({ definition, value, chart: { patient } }) => {
  if (patient.id === undefined) return []
  const changed = (elements: { readonly [element: string]: unknown }): readonly Proposal[] => [
    one({ ...patient, id: patient.id!, ...elements }),
  ]
  switch (definition.id) {
    case 'sex':
      return changed({ gender: value })
    case 'birth-date':
      return changed({ birthDate: value })
    case 'language':
      return changed({ communication: [{ language: { text: value }, preferred: true }] })
    default:
      return []
  }
}

/** Smoking, with the code of its answer. */
export const smoking: Writer = (entering) => {
  const { definition, value, knowledge } = entering
  if (definition.id !== 'smoking-status' || typeof value !== 'string') return []
  const file = knowledge.terminology<SmokingFile>('conditions').smoking
  const code = Object.entries(file.codes).find(([, meaning]) => meaning === value)?.[0]
  const coding = code === undefined ? undefined : snomed(code)
  const said = { valueCodeableConcept: concept(definition.values?.[value] ?? value, coding) }
  return [one(observation(entering, 'social-history', concept('Smoking status', loinc(file.loinc[0]!)), said))]
}

/** Lists that a person adds a line to: goals in the patient's own words, allergies, other illnesses, medicines. What is there already is left as it is. */
export const added: Writer = (entering) => {
  const { definition, value, before, on, patient, newId, who } = entering
  const make = LINES[definition.id]
  if (make === undefined || !Array.isArray(value)) return []
  const here = new Set((Array.isArray(before?.value) ? before.value : []).map(nameOf))
  const lines = value.map(nameOf).filter((line) => line !== '' && !here.has(line))
  if (lines.length === 0) return []
  const subject = { reference: patient }
  return [{ resources: lines.map((line): Entered => ({ id: newId(), ...make(line, { on, subject, who: { reference: who } }) })) }]
}

/** A line of a list fact is a row with a name, or the name alone. */
const nameOf = (line: unknown): string =>
  typeof line === 'string' ? line.trim() : String((line as { readonly name?: unknown } | null)?.name ?? '').trim()

interface Line {
  readonly on: string
  readonly subject: { readonly reference: string }
  readonly who: { readonly reference: string }
}

const status = (system: string, code: string) => ({ coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }] })

const LINES: {
  readonly [fact: string]: (line: string, by: Line) => { readonly resourceType: string; readonly [element: string]: unknown }
} = {
  goals: (line, { on, subject }) => ({
    resourceType: 'Goal',
    lifecycleStatus: 'active',
    description: { text: line },
    subject,
    startDate: on,
    statusDate: on,
  }),
  allergies: (line, { on, subject }) => ({
    resourceType: 'AllergyIntolerance',
    clinicalStatus: status('allergyintolerance-clinical', 'active'),
    verificationStatus: status('allergyintolerance-verification', 'confirmed'),
    code: { text: line },
    patient: subject,
    recordedDate: on,
  }),
  comorbidities: (line, { on, subject }) => ({
    resourceType: 'Condition',
    clinicalStatus: status('condition-clinical', 'active'),
    verificationStatus: status('condition-ver-status', 'confirmed'),
    category: [status('condition-category', 'problem-list-item')],
    code: { text: line },
    subject,
    recordedDate: on,
  }),
  medicines: (line, { on, subject, who }) => ({
    resourceType: 'MedicationStatement',
    status: 'active',
    medicationCodeableConcept: { text: line },
    subject,
    effectivePeriod: { start: on },
    dateAsserted: on,
    informationSource: who,
  }),
}

/** The last way: the fact's own name, with the value as it is. The readers of words know many of them. */
export const named: Writer = (entering) => {
  const { definition, value } = entering
  const names = [definition.label, ...(definition.aliases ?? [])]
  return names.flatMap((name) => {
    const code = concept(name)
    if (typeof value === 'boolean') return [one(observation(entering, 'exam', code, { valueBoolean: value }))]
    if (typeof value === 'number')
      return [
        one(
          observation(
            entering,
            'exam',
            code,
            Number.isInteger(value) ? { valueInteger: value } : { valueQuantity: { value, unit: definition.unit ?? '1' } },
          ),
        ),
      ]
    if (typeof value !== 'string') return []
    const label = definition.values?.[value] ?? value
    return [
      one(observation(entering, 'exam', code, { valueCodeableConcept: { text: label } })),
      one(observation(entering, 'exam', code, { valueString: label })),
    ]
  })
}
