import type { Drug, FactDefinition, PlanDocument } from '@secondwind/core'
import type { Elements } from './resource.ts'
import { fhirId } from './resource.ts'

/** Where the written resources live until a server gives them an address of its own. */
export const BASE = 'https://second-wind.example.org/fhir'

/** What the knowledge base adds to a document: codes of drugs and names of facts. Without it drugs are named, not coded. */
export interface WriteLookup {
  readonly drugs?: readonly Drug[]
  readonly facts?: readonly Pick<FactDefinition, 'id' | 'label'>[]
}

/** What every written resource of one plan shares. */
export interface Writing {
  readonly doc: PlanDocument
  readonly subject: { readonly reference: string } | { readonly display: string }
  /** An id of this patient's own; the same words twice get `-2`, in order of writing. */
  id(...parts: readonly string[]): string
  medication(drug: string): Elements
  factLabel(fact: string): string
}

export function writing(doc: PlanDocument, lookup: WriteLookup): Writing {
  const patientId = doc.patient.replace(/^.*\//, '')
  const used = new Map<string, number>()
  const drugs = new Map((lookup.drugs ?? []).map((d) => [d.id, d]))
  const labels = new Map((lookup.facts ?? []).map((f) => [f.id, f.label]))
  return {
    doc,
    // a patient without an id cannot be referred to
    subject: doc.patient.includes('/') ? { reference: doc.patient } : { display: 'the patient of the chart, who has no id' },
    id(...parts) {
      const key = parts.join('-')
      const times = (used.get(key) ?? 0) + 1
      used.set(key, times)
      return fhirId(...parts, patientId, ...(times > 1 ? [String(times)] : []))
    },
    medication(drug) {
      const known = drugs.get(drug)
      return { coding: rxnormOf(known).map((code) => ({ system: RXNORM, code, display: known!.label })), text: known?.label ?? drug }
    },
    factLabel: (fact) => labels.get(fact) ?? fact,
  }
}

const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm'

/** The ingredient code: `knowledge/terminology/drugs.yaml` lists it first; salts and other forms may follow. */
function rxnormOf(drug: Drug | undefined): readonly string[] {
  const codes = (drug as { readonly rxnorm?: readonly string[] } | undefined)?.rxnorm
  return codes?.[0] === undefined ? [] : [codes[0]]
}
