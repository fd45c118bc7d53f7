import type { ReadContext, Reader, ReaderKnowledge, Resource } from './context.ts'
import { medicineOf } from './medicines/medicine-event.ts'
import { rememberConcept } from './remember.ts'
import {
  type Concept,
  codeKeysOf,
  conceptOf,
  elementValue,
  extensionOf,
  type Json,
  nameOf,
  objectsOf,
  stringOf,
  wordsOf,
} from './shapes.ts'
import { counts } from './texts.ts'

/** `knowledge/terminology/odd-details.yaml`. */
interface OddDetailsFile {
  readonly dosedBy: { readonly [snomed: string]: string }
  readonly fixedDoseClasses: readonly string[]
  readonly hgvsLevels: { readonly [loinc: string]: string }
  readonly hgvsNames: { readonly [level: string]: string }
}

const MEDICINES = ['MedicationRequest', 'MedicationAdministration', 'MedicationStatement'] as const

/**
 * Details that cannot be right as written: a morphology code in a notation that ICD-O-3 does not have, a fixed-dose drug normalised by body
 * size, a change written at one HGVS level in the component of another. The other readers read on as well as they can; this one says it.
 */
export const readOddDetails: Reader = (context) => {
  const file = context.knowledge.terminology<OddDetailsFile>('odd-details')
  for (const type of ['Condition', 'Observation'] as const)
    for (const resource of context.chart.ofType(type)) morphology(context, resource, file)
  for (const observation of context.chart.ofType('Observation'))
    if (counts(observation)) for (const component of objectsOf(observation.component)) hgvsLevel(context, observation, component, file)
  for (const type of MEDICINES) for (const resource of context.chart.ofType(type)) normalisation(context, resource, file)
}

const MORPHOLOGY = /^(\d{4})(\d)\/(\d)$/

/** `80463/3`: some senders write a fifth digit before the behaviour. */
function morphology(context: ReadContext, resource: Resource, file: OddDetailsFile): void {
  const histology = extensionOf(resource, 'mcode-histology-morphology-behavior')?.valueCodeableConcept
  for (const element of [resource.code, resource.valueCodeableConcept, histology])
    for (const message of element === undefined ? [] : oddMorphologies(file, conceptOf(element)))
      context.issue({ code: 'suspicious-code', severity: 'warning', path: nameOf(resource), message, remedy: 'correct the code' })
}

/** What is said of the odd morphology codes of a concept; nearly none has any. */
const oddMorphologies = rememberConcept((_file: OddDetailsFile, { codings }: Concept): readonly string[] =>
  codings.flatMap(({ code }) => {
    const match = MORPHOLOGY.exec(code)
    return match === null ? [] : [`${code} is not a morphology code of ICD-O-3: it was read as ${match[1]}/${match[3]}`]
  }),
)

/** "c.725G>A" in the genomic component, "g." or "p." in the coding one. */
function hgvsLevel(context: ReadContext, observation: Resource, component: Json, file: OddDetailsFile): void {
  const code = hgvsComponent(file, conceptOf(component.code))
  const expected = code === undefined ? undefined : file.hgvsLevels[code]
  if (code === undefined || expected === undefined) return
  const value = elementValue(component)?.value
  const concept = conceptOf(value)
  const texts = [stringOf(value), ...concept.codings.map((coding) => coding.code), ...wordsOf(concept)]
  const found = texts.map((text) => /(?:^|[:(\s])([gcpmn])\.[\d(A-Z*?_-]/.exec(text ?? '')?.[1]).find((level) => level !== undefined)
  if (found === undefined || found === expected || file.hgvsNames[found] === undefined) return
  context.issue({
    code: 'suspicious-code',
    severity: 'information',
    path: nameOf(observation),
    message: `${texts.find((text) => text !== undefined) ?? found} stands in component ${code} (${file.hgvsNames[expected]}), but it is ${file.hgvsNames[found]}: it was read as such`,
    remedy: `send it in the component for ${file.hgvsNames[found]}`,
  })
}

/** The code of a component that holds a change at one level of HGVS. */
const hgvsComponent = rememberConcept((file: OddDetailsFile, concept: Concept): string | undefined =>
  codeKeysOf(concept)
    .map((key) => key.split('|')[1] ?? '')
    .find((one) => file.hgvsLevels[one] !== undefined),
)

function normalisation(context: ReadContext, resource: Resource, file: OddDetailsFile): void {
  const basis = conceptOf(extensionOf(resource, 'mcode-normalization-basis')?.valueCodeableConcept)
  const by = basis.codings.map(({ code }) => file.dosedBy[code]).find((name) => name !== undefined)
  if (by === undefined || stringOf(resource.status) === 'entered-in-error') return
  const drug = (medicineOf(context, resource)?.drugs ?? []).find((id) => isFixed(context.knowledge, id, file))
  if (drug === undefined) return
  context.issue({
    code: 'suspicious-code',
    severity: 'warning',
    path: nameOf(resource),
    message: `${drug} is recorded as dosed by ${by}: it is given in fixed doses`,
    remedy: 'correct the normalization basis, or check that the drug is the one that was meant',
  })
}

const isFixed = (knowledge: ReaderKnowledge, id: string, file: OddDetailsFile): boolean =>
  knowledge.drugs.get(id)?.classes.some((name) => file.fixedDoseClasses.includes(name)) ?? false
