import type { SetApart, StoredVersion } from '../store/index.ts'
import type { Role } from './roles.ts'

/**
 * Labels of FHIR's security value set that set a resource apart (v3-ActCode), and who sees it nevertheless. Whoever wrote it sees it as well.
 * A broken glass opens them too: that is what it is for.
 */
const APART: { readonly [label: string]: readonly Role[] } = {
  // psychiatry and psychotherapy notes
  PSY: ['counsellor', 'palliative-care'],
  PSYTHPN: ['counsellor'],
  // substance use, sexuality and reproduction, HIV, genetics beyond the tumour, violence
  ETH: ['oncologist', 'counsellor', 'palliative-care', 'pain-specialist', 'pharmacist'],
  SDV: ['oncologist', 'counsellor', 'palliative-care'],
  HIV: ['oncologist', 'radiation-oncologist', 'surgeon', 'pharmacist', 'infusion-nurse', 'palliative-care'],
  STD: ['oncologist', 'pharmacist', 'palliative-care'],
  GDIS: ['oncologist', 'surgeon', 'radiation-oncologist'],
  SEX: ['oncologist', 'counsellor', 'palliative-care'],
}
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
/** Restricted and very restricted: for those who treat. */
const RESTRICTED = new Set(['R', 'V'])
const TREAT: readonly Role[] = ['oncologist', 'radiation-oncologist', 'surgeon', 'counsellor', 'palliative-care']

/** Who sees everything in reach, whatever its labels: a patient all that is about them, a program what its scopes say. */
const SEES_ALL: readonly Role[] = ['patient', 'integration']

/** The labels that set a resource apart from this role. */
export function labelsApartFrom(role: Role): SetApart['labels'] {
  if (SEES_ALL.includes(role)) return []
  const restricted = TREAT.includes(role) ? [] : [...RESTRICTED].map((code) => ({ system: CONFIDENTIALITY, code }))
  const apart = Object.entries(APART).filter(([, readers]) => !readers.includes(role))
  return [...restricted, ...apart.map(([code]) => ({ system: ACT_CODE, code }))]
}

/** Whether this role may see a resource as far as its labels go. */
export function mayBeSeen(version: StoredVersion, role: Role, who: string): boolean {
  if (SEES_ALL.includes(role) || version.body === null || version.recordedBy === who) return true
  // most resources carry no label: a look at the text spares reading them
  if (!version.body.includes('"security"')) return true
  const { meta } = JSON.parse(version.body) as { meta?: { security?: readonly { system?: string; code?: string }[] } }
  return (meta?.security ?? []).every(({ system, code = '' }) => {
    if (system === CONFIDENTIALITY && RESTRICTED.has(code)) return TREAT.includes(role)
    const readers = system === ACT_CODE ? APART[code] : undefined
    return readers === undefined || readers.includes(role)
  })
}
