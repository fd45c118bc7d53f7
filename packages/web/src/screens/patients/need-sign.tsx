import type { WorkspaceNeed } from '@secondwind/server/contract'
import {
  IconAlertOctagonFilled,
  IconAlertTriangleFilled,
  IconArrowsDiff,
  IconCalendarX,
  IconClockExclamation,
  IconFileAlert,
  IconGavel,
  IconHourglass,
  IconKey,
  IconPill,
  IconScale,
  IconSlice,
  IconTarget,
  IconUserHeart,
} from '@tabler/icons-react'

const SIGNS = {
  emergency: IconAlertOctagonFilled,
  urgent: IconAlertTriangleFilled,
  'put-right': IconFileAlert,
  changed: IconArrowsDiff,
  'decision-due': IconGavel,
  'test-decides': IconKey,
  interaction: IconPill,
  'dose-question': IconScale,
  'local-option': IconTarget,
  'surgery-option': IconSlice,
  referral: IconUserHeart,
  'order-overdue': IconClockExclamation,
  'order-waiting': IconHourglass,
  'appointment-missed': IconCalendarX,
} as const satisfies { readonly [need in WorkspaceNeed]: unknown }

/** The shape of a need; its word stands beside it. */
export function NeedSign({ need }: { readonly need: WorkspaceNeed }) {
  const Sign = SIGNS[need]
  return <Sign size={15} stroke={1.7} aria-hidden />
}
