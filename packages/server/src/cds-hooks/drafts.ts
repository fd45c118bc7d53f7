import type { KnowledgeBase } from '@secondwind/core'
import { type OrderedMedicine, orderedMedicine, type Resource, readerKnowledge } from '@secondwind/fhir'

/** A draft order and the medicine it is for. */
export interface DraftOrder extends OrderedMedicine {
  readonly reference: string
  readonly resource: Resource
}

/** The medicines among the draft orders. `chart`: where a referenced Medication may stand. */
export function draftOrders(drafts: readonly Resource[], chart: readonly Resource[], knowledge: KnowledgeBase): readonly DraftOrder[] {
  const reader = readerKnowledge(knowledge)
  const others = [...drafts, ...chart]
  return drafts
    .filter((d) => d.resourceType === 'MedicationRequest' && d.doNotPerform !== true)
    .flatMap((resource) => {
      const medicine = orderedMedicine(resource, reader, others)
      return medicine ? [{ ...medicine, reference: `MedicationRequest/${resource.id ?? ''}`, resource }] : []
    })
}
