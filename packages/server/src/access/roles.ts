/** Everybody who may sign in. A person has one role at a time; who has several chooses when signing in. */
export const ROLES = {
  oncologist: 'Medical oncologist',
  'radiation-oncologist': 'Radiation oncologist',
  surgeon: 'Thoracic surgeon',
  pharmacist: 'Oncology pharmacist',
  'infusion-nurse': 'Infusion nurse',
  navigator: 'Nurse navigator',
  counsellor: 'Psycho-oncologist or counsellor',
  dietitian: 'Dietitian',
  'pain-specialist': 'Pain specialist',
  'palliative-care': 'Palliative care',
  rehabilitation: 'Rehabilitation',
  'support-group': 'Leader of a support group',
  coordinator: 'Network coordinator and scheduler',
  'quality-officer': 'Quality officer',
  'privacy-officer': 'Privacy officer',
  administrator: 'Administrator',
  researcher: 'Outcomes researcher',
  patient: 'Patient',
  carer: 'Carer',
  integration: 'Another program (integration client)',
} as const

export type Role = keyof typeof ROLES
export const isRole = (text: string): text is Role => Object.hasOwn(ROLES, text)
