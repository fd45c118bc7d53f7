import { expect, test } from 'vitest'
import { resourceScope, scopesAllow } from '../src/access/index.ts'

test.each([
  ['patient/Observation.rs', { context: 'patient', type: 'Observation', letters: 'rs' }],
  ['user/*.cruds', { context: 'user', type: '*', letters: 'cruds' }],
  ['system/Patient.read', { context: 'system', type: 'Patient', letters: 'rs' }],
  ['user/Observation.*', { context: 'user', type: 'Observation', letters: 'cruds' }],
])('%s is read', (text, { context, type, letters }) => {
  expect(resourceScope(text)).toEqual({ context, type, may: new Set(letters) })
})

test.each(['openid', 'launch/patient', 'patient/Observation.sr', 'patient/observation.r', 'patient/Observation.', 'doctor/Patient.r'])(
  '%s opens no resources',
  (text) => expect(resourceScope(text)).toBeUndefined(),
)

test('each letter opens what it says, and a plan needs the reading of everything', () => {
  expect(scopesAllow(['user/Observation.r'], 'read', 'Observation')).toBe(true)
  expect(scopesAllow(['user/Observation.r'], 'search', 'Observation')).toBe(false)
  expect(scopesAllow(['user/Observation.rs'], 'read', 'Condition')).toBe(false)
  expect(scopesAllow(['user/Observation.u'], 'create', 'Observation')).toBe(false)
  expect(scopesAllow(['user/Observation.rs'], 'read', 'plan')).toBe(false)
  expect(scopesAllow(['user/*.rs'], 'read', 'plan')).toBe(true)
  expect(scopesAllow(['user/*.rs'], 'create', 'decision')).toBe(false)
  // narrowed by a query: not enforced in part
  expect(scopesAllow(['user/Observation.rs?category=laboratory'], 'read', 'Observation')).toBe(false)
})
