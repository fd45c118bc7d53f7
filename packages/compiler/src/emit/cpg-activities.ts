import type { DoseBand, DoseStep, KnowledgeBase, Regimen, RegimenComponent } from '@secondwind/core'
import { canonicalOf, fhirId, header, type Json, planType, provenance } from './cpg-resource.ts'

/** Regimens as protocols, and what they are made of; tests and services as requests that can be made. */
export function activities(knowledge: KnowledgeBase): readonly Json[] {
  const services = new Map(knowledge.support.map((rule) => [rule.service, rule]))
  return [
    ...knowledge.regimens.flatMap((regimen) => protocol(regimen, knowledge)),
    ...knowledge.tests.map((test) => ({
      ...header('ActivityDefinition', testId(test.id), test.title, knowledge),
      description: test.say,
      kind: 'ServiceRequest',
      intent: 'proposal',
      priority: test.urgency === 'emergency' ? 'stat' : test.urgency === 'urgent' ? 'urgent' : 'routine',
      code: { text: test.title },
    })),
    ...[...services.values()].map((rule) => ({
      ...header('ActivityDefinition', serviceId(rule.service), rule.title, knowledge),
      ...provenance(rule, knowledge),
      kind: 'ServiceRequest',
      intent: 'proposal',
      code: { text: rule.title },
    })),
  ]
}

export const testId = (test: string): string => fhirId('test', test)
export const serviceId = (service: string): string => fhirId('service', service)
export const regimenId = (regimen: string): string => fhirId('regimen', regimen)

function protocol(regimen: Regimen, knowledge: KnowledgeBase): readonly Json[] {
  const { version } = knowledge
  const phases = [
    { title: regimen.title, cycleDays: regimen.cycleDays, cycles: regimen.cycles, components: regimen.components },
    ...(regimen.maintenance ? [{ ...regimen.maintenance, cycles: undefined }] : []),
  ]
  const made: Json[] = []
  const actions = phases.map((phase) => ({
    title: phase.title,
    description: [
      phase.cycleDays === undefined ? 'without cycles' : `cycles of ${phase.cycleDays} days`,
      phase.cycles === undefined ? '' : `${phase.cycles} cycles`,
    ]
      .filter(Boolean)
      .join(', '),
    groupingBehavior: 'logical-group',
    selectionBehavior: 'all',
    action: phase.components.map((component) => {
      const id = fhirId('give', regimen.id, component.drug, String(made.length + 1))
      made.push(medication(id, component, phase.cycleDays, regimen, knowledge))
      return { title: labelOf(component.drug, knowledge), definitionCanonical: canonicalOf('ActivityDefinition', id, version) }
    }),
  }))
  const beside = regimen.concurrent.map(({ say, because }) => ({
    title: 'With it',
    description: say,
    textEquivalent: `because ${because}`,
  }))
  return [
    {
      ...header('PlanDefinition', regimenId(regimen.id), regimen.title, knowledge),
      ...provenance(regimen, knowledge),
      ...planType('clinical-protocol'),
      action: [...actions, ...beside],
    },
    ...made,
  ]
}

const labelOf = (drug: string, knowledge: KnowledgeBase): string => knowledge.drugs.find((d) => d.id === drug)?.label ?? drug

/** A dose per m², kg or AUC stays words, so that nobody takes 500 mg/m² for 500 mg; so does one that nobody confirmed. */
function medication(
  id: string,
  component: RegimenComponent,
  cycleDays: number | undefined,
  regimen: Regimen,
  knowledge: KnowledgeBase,
): Json {
  const drug = knowledge.drugs.find((d) => d.id === component.drug) as
    | { readonly label: string; readonly rxnorm?: readonly string[] }
    | undefined
  const code = drug?.rxnorm?.[0]
  const { dose, unit, days, bands, steps, route } = component
  const isConfirmed = component.review !== 'unconfirmed' && regimen.review === 'confirmed'
  const isFlat = dose !== undefined && unit === 'mg' && bands === undefined && steps === undefined && component.note === undefined
  const lasting =
    typeof days === 'string' ? days.replaceAll('-', ' ') : `day ${days.join(', ')}${cycleDays === undefined ? '' : ` of ${cycleDays}`}`
  const mark = [component.note ?? '', isConfirmed ? '' : 'DOSE UNCONFIRMED']
  // a start in steps is a dosage for each of them, in order: nobody shall give the lasting dose first
  const written = [
    ...(steps ?? []).map((step) => [amount(step, unit), route, whenOf(step)]),
    [steps ? `then ${amount({ dose, bands }, unit)}` : amount({ dose, bands }, unit), route, lasting],
  ]
  return {
    ...header('ActivityDefinition', id, `${drug?.label ?? component.drug}, ${regimen.title}`, knowledge),
    kind: 'MedicationRequest',
    intent: 'proposal',
    productCodeableConcept: {
      ...(code === undefined ? {} : { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code, display: drug?.label }] }),
      text: drug?.label ?? component.drug,
    },
    dosage: written.map((words, i) => ({
      sequence: i + 1,
      text: [...words, ...mark].filter(Boolean).join('; '),
      route: { text: route },
      ...(isFlat && isConfirmed
        ? { doseAndRate: [{ doseQuantity: { value: dose, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' } }] }
        : {}),
    })),
  }
}

function amount(
  { dose, bands }: { readonly dose?: number | undefined; readonly bands?: readonly DoseBand[] | undefined },
  unit: string,
): string {
  if (bands)
    return bands.map((band) => `${band.dose} ${unit}${band.belowKg === undefined ? ' otherwise' : ` below ${band.belowKg} kg`}`).join(', ')
  return dose === undefined ? 'dose not fixed by the protocol' : `${dose} ${unit}`
}

/** A step by the cycle is one day of it; one without a cycle lasts until the next. */
function whenOf({ cycle, day, days }: DoseStep): string {
  const start = cycle === undefined ? `from day ${day}` : `cycle ${cycle}, day ${day}`
  return days === undefined ? start : `${start}, ${days.replaceAll('-', ' ')}`
}
