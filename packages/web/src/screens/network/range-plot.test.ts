import { expect, test } from 'vitest'
import { axisOf } from './axis.ts'

test.each([
  ['nothing known', [], [0, 1]],
  ['a month and a half', [{ ninetieth: 44 }, { ninetieth: 12 }], [0, 10, 20, 30, 40, 50]],
  ['exactly a step', [{ ninetieth: 70 }], [0, 14, 28, 42, 56, 70]],
  ['years', [{ ninetieth: 2000 }], [0, 400, 800, 1200, 1600, 2000]],
])('an axis of %s holds every wait with few round steps', (_name, waits, axis) => expect(axisOf(waits)).toEqual(axis))
