import type { TimelineItem, TimelineLane } from '@secondwind/server/contract'
import { describe, expect, test } from 'vitest'
import { dayNumber, laneRows, nextStop, placeOf } from './layout.ts'

const TODAY = dayNumber('2026-11-23')
const day = (first: string, last = first) => ({ first, last, said: first })
const span = (more: Partial<TimelineItem>): TimelineItem => ({
  id: 'a',
  row: 'drug',
  shape: 'span',
  title: 'drug',
  time: 'past',
  mark: 'start',
  details: [],
  sources: [],
  ...more,
})

describe('where an item is drawn', () => {
  test('what runs ends today, and nothing is unknown of it', () => {
    expect(placeOf(span({ start: day('2026-01-01'), ending: 'running' }), TODAY)).toMatchObject({
      to: TODAY,
      sureTo: TODAY,
      isEndUnknown: false,
    })
  })
  test('an end that nobody recorded is not today: it fades', () => {
    const place = placeOf(span({ start: day('2024-01-01'), ending: 'unknown' }), TODAY)!
    expect(place.isEndUnknown).toBe(true)
    expect(place.sureTo).toBe(dayNumber('2024-01-01'))
    expect(place.to).toBeLessThan(TODAY)
  })
  test('a month as start is sure from its last day on', () => {
    const place = placeOf(span({ start: day('2026-03-01', '2026-03-31'), end: day('2026-06-01', '2026-06-30'), ending: 'ended' }), TODAY)!
    expect([place.from, place.sureFrom, place.sureTo, place.to]).toEqual(
      ['2026-03-01', '2026-03-31', '2026-06-01', '2026-06-30'].map(dayNumber),
    )
  })
  test('planned without a day stands after today; a point without a day is listed, not drawn', () => {
    expect(placeOf(span({ time: 'planned', ending: 'unknown' }), TODAY)!.from).toBe(TODAY + 1)
    expect(placeOf(span({ shape: 'point' }), TODAY)).toBeUndefined()
    expect(placeOf(span({ ending: 'unknown' }), TODAY)).toBeUndefined()
  })
  test('a month within which both edges lie never turns around', () => {
    const place = placeOf(span({ start: day('2026-03-01', '2026-03-31'), end: day('2026-03-01', '2026-03-31'), ending: 'ended' }), TODAY)!
    expect(place.from).toBeLessThanOrEqual(place.sureFrom)
    expect(place.sureFrom).toBeLessThanOrEqual(place.sureTo)
    expect(place.sureTo).toBeLessThanOrEqual(place.to)
  })
})

describe('rows and the keyboard', () => {
  const lane: TimelineLane = {
    id: 'systemic',
    series: [],
    items: [
      span({ id: 'a1', row: 'a', start: day('2024-01-01'), end: day('2024-06-01'), ending: 'ended' }),
      span({ id: 'a2', row: 'a', start: day('2024-05-01'), end: day('2024-09-01'), ending: 'ended' }),
      span({ id: 'a3', row: 'a', start: day('2025-01-01'), end: day('2025-02-01'), ending: 'ended' }),
      span({ id: 'b1', row: 'b', start: day('2023-01-01'), end: day('2023-02-01'), ending: 'ended' }),
      span({ id: 'x', row: 'c', shape: 'point' }),
    ],
  }
  const { rows, undated } = laneRows(lane, TODAY, true)
  test('the earliest row first, overlapping spans on tracks of their own, what has no day listed', () => {
    expect(rows.map(({ id }) => id)).toEqual(['systemic/b', 'systemic/a'])
    expect(rows[1]!.items.map(({ item, track }) => [item.id, track])).toEqual([
      ['a1', 0],
      ['a2', 1],
      ['a3', 0],
    ])
    expect(undated.map(({ id }) => id)).toEqual(['x'])
  })
  test('arrows go along a row and to the nearest of the next one; at the edge they stay', () => {
    expect(nextStop(rows, undefined, 'right')?.id).toBe('b1')
    expect(nextStop(rows, 'b1', 'right')?.id).toBe('b1')
    expect(nextStop(rows, 'b1', 'down')?.id).toBe('a1')
    expect(nextStop(rows, 'a1', 'right')?.id).toBe('a2')
    expect(nextStop(rows, 'a3', 'up')?.id).toBe('b1')
    expect(nextStop(rows, 'a1', 'last')?.id).toBe('a3')
    expect(nextStop([], undefined, 'right')).toBeUndefined()
  })
  test('measured series without a value outside its limits wait behind a switch', () => {
    const point = (value: number) => ({ on: day('2026-01-01'), value, low: 1, high: 2, source: { reference: 'Observation/1' } })
    const labs: TimelineLane = {
      id: 'labs',
      items: [],
      series: [
        { fact: 'in', title: 'in', isWhole: false, points: [point(1.5)] },
        { fact: 'out', title: 'out', isWhole: false, points: [point(1.5), point(3)] },
      ],
    }
    expect(laneRows(labs, TODAY, false)).toMatchObject({ hiddenSeries: 1, rows: [{ id: 'labs/out' }] })
    expect(laneRows(labs, TODAY, true).rows).toHaveLength(2)
  })
})
