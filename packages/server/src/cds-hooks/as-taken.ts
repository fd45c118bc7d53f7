import type { Resource } from '@secondwind/fhir'

/** An order as if the patient took it from today on: an order alone is no sign of that. */
export const asTaken = (order: Resource, today: string): Resource => ({
  resourceType: 'MedicationStatement',
  id: `order-${order.id ?? 'draft'}`,
  status: 'active',
  subject: order.subject,
  effectivePeriod: { start: today },
  ...(order.medicationCodeableConcept ? { medicationCodeableConcept: order.medicationCodeableConcept } : {}),
  ...(order.medicationReference ? { medicationReference: order.medicationReference } : {}),
  ...(order.contained ? { contained: order.contained } : {}),
  ...(Array.isArray(order.dosageInstruction) ? { dosage: order.dosageInstruction } : {}),
})
