import { isRole, type Role } from '../access/roles.ts'
import type { WorkspaceNeed } from '../contract/workspace.ts'

/**
 * What a patient can need of somebody today, each as a condition over `w` (workspace_patient) and `c` (the open changes of the plan); `$today` stands for the day.
 * `isClinical`: says something of the disease, and is neither shown to nor counted for those who see no clinical word.
 */
export const NEEDS: { readonly [need in WorkspaceNeed]: { readonly where: string; readonly isClinical: boolean } } = {
  emergency: { where: 'w.emergencies > 0', isClinical: true },
  urgent: { where: 'w.urgent_alerts > 0', isClinical: true },
  'put-right': { where: `w.status <> 'proposed'`, isClinical: true },
  changed: { where: 'c.patient is not null', isClinical: true },
  // what goes on needs nobody's decision, until it changes
  'decision-due': {
    where: `(w.status = 'proposed' and ((w.decided_at is null and not w.is_continuing) or w.weighty_at > w.decided_at))`,
    isClinical: true,
  },
  'test-decides': { where: 'w.is_waiting_for_test', isClinical: true },
  interaction: { where: 'w.has_interaction', isClinical: true },
  'dose-question': { where: 'w.has_dose_question', isClinical: true },
  'local-option': { where: 'cardinality(w.local_sites) > 0', isClinical: true },
  'surgery-option': { where: 'w.has_surgery_option', isClinical: true },
  referral: { where: 'w.services && $services', isClinical: true },
  'order-overdue': { where: 'w.expected_on < $today', isClinical: false },
  'order-waiting': { where: 'w.waiting_since is not null', isClinical: false },
  'appointment-missed': { where: 'w.missed_appointment_on is not null', isClinical: false },
}

const TREATING: readonly WorkspaceNeed[] = [
  'emergency',
  'urgent',
  'changed',
  'decision-due',
  'put-right',
  'test-decides',
  'order-overdue',
  'order-waiting',
]
const LOCAL: readonly WorkspaceNeed[] = ['changed', 'decision-due', 'put-right', 'test-decides', 'order-overdue', 'order-waiting']
const SUPPORTING: readonly WorkspaceNeed[] = ['emergency', 'urgent', 'referral', 'changed', 'appointment-missed']
const ARRANGING: readonly WorkspaceNeed[] = ['appointment-missed', 'order-overdue', 'order-waiting']

/** What comes first for whom. Whoever sees the plan sees an emergency before anything else, and an urgent alert right after. */
const ORDER: { readonly [role in Role]?: readonly WorkspaceNeed[] } = {
  oncologist: TREATING,
  'radiation-oncologist': ['emergency', 'urgent', 'local-option', ...LOCAL],
  surgeon: ['emergency', 'urgent', 'surgery-option', ...LOCAL],
  pharmacist: ['emergency', 'urgent', 'interaction', 'dose-question', 'changed', 'put-right', 'order-overdue'],
  'infusion-nurse': ['emergency', 'urgent', 'changed', 'interaction', 'dose-question', 'appointment-missed', 'order-overdue'],
  navigator: [
    'emergency',
    'urgent',
    'order-overdue',
    'appointment-missed',
    'test-decides',
    'order-waiting',
    'decision-due',
    'changed',
    'put-right',
  ],
  counsellor: SUPPORTING,
  dietitian: SUPPORTING,
  'pain-specialist': SUPPORTING,
  'palliative-care': SUPPORTING,
  rehabilitation: SUPPORTING,
  'support-group': ['appointment-missed'],
  coordinator: ARRANGING,
}

/** What this role sees needed, most pressing first. A role that the table does not know (one person trying it out) sees what a treating one does. */
export function needsFor(role: string, mayClinical: boolean): readonly WorkspaceNeed[] {
  const order = isRole(role) ? (ORDER[role] ?? []) : TREATING
  return order.filter((need) => mayClinical || !NEEDS[need].isClinical)
}
