import { expect, test } from 'vitest'
import { shownAlerts } from './shown-alerts.ts'

const alerts = (...urgencies: readonly string[]) => urgencies.map((urgency, at) => ({ id: `${urgency}-${at}`, urgency }))
const ids = (all: readonly { readonly id: string }[]): readonly string[] => all.map(({ id }) => id)

test('what is due soon stands in the row too', () => {
  const { alerts: named, others } = shownAlerts(alerts('soon'))
  expect(ids(named)).toEqual(['soon-0'])
  expect(others).toEqual([])
})

test('no emergency and nothing urgent is ever only counted', () => {
  const { alerts: named, others } = shownAlerts(alerts('emergency', 'emergency', 'urgent', 'urgent', 'soon'))
  expect(ids(named)).toEqual(['emergency-0', 'emergency-1', 'urgent-2', 'urgent-3'])
  expect(ids(others)).toEqual(['soon-4'])
})

test('room that is left goes to what is due soon, the rest is counted', () => {
  const { alerts: named, others } = shownAlerts(alerts('urgent', 'soon', 'soon', 'soon'))
  expect(ids(named)).toEqual(['urgent-0', 'soon-1', 'soon-2'])
  expect(ids(others)).toEqual(['soon-3'])
})
