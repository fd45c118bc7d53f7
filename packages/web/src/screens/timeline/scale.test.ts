import { describe, expect, test } from 'vitest'
import { calendarTicks, compressedLine, monthTicks, panned, plainLine, zoomed } from './scale.ts'

const day = (iso: string): number => Date.parse(iso) / 86_400_000

describe('compressed gaps', () => {
  const line = compressedLine([0, 10, 400, 410, 1000])
  test('only long stretches without anything are shorter', () => {
    expect(line.gaps).toEqual([
      { from: 11, to: 399 },
      { from: 411, to: 999 },
    ])
    expect(line.at(10) - line.at(0)).toBe(10)
    expect(line.at(410) - line.at(400)).toBe(10)
    expect(line.at(400) - line.at(10)).toBeLessThan(30)
  })
  test('a place leads back to its day, inside a gap too', () => {
    for (let d = -50; d < 1100; d += 7) expect(line.dayAt(line.at(d))).toBeCloseTo(d, 6)
  })
  test('later stays later', () => {
    for (let d = -50; d < 1100; d += 1) expect(line.at(d + 1)).toBeGreaterThan(line.at(d))
  })
  test('without long gaps nothing changes', () => expect(compressedLine([0, 30, 60])).toBe(plainLine))
})

describe('the window', () => {
  const whole = { from: 0, to: 1000 }
  test('zooming keeps what is under the pointer where it is', () => {
    const view = zoomed({ from: 0, to: 1000 }, 0.5, 200, whole)
    expect((200 - view.from) / (view.to - view.from)).toBeCloseTo(0.2, 9)
    expect(view.to - view.from).toBe(500)
  })
  test('never beyond the whole, never less than two weeks', () => {
    expect(zoomed({ from: 0, to: 100 }, 100, 50, whole)).toEqual(whole)
    const least = zoomed({ from: 0, to: 20 }, 0.01, 10, whole)
    expect(least.to - least.from).toBe(14)
    expect(panned({ from: 900, to: 1000 }, 500, whole)).toEqual({ from: 900, to: 1000 })
    expect(panned({ from: 0, to: 100 }, -5, whole)).toEqual({ from: 0, to: 100 })
  })
})

describe('ticks', () => {
  test('years over ten years, months over one, weeks over two months', () => {
    const ten = calendarTicks(day('2016-06-01'), day('2026-06-01'), 0.25)
    expect(ten.every(({ kind }) => kind === 'year')).toBe(true)
    expect(ten[0]!.iso).toBe('2017')
    const one = calendarTicks(day('2026-01-15'), day('2026-12-15'), 2)
    expect(one.map(({ iso }) => iso)).toContain('2026-03')
    const weeks = calendarTicks(day('2026-11-01'), day('2026-12-20'), 12)
    expect(weeks.map(({ day: d }) => new Date(d * 86_400_000).getUTCDay())).toEqual(weeks.map(() => 1))
  })
  test('months from diagnosis are negative before it', () => {
    const ticks = monthTicks(-100, 400, 0, 2)
    expect(ticks[0]!.iso.startsWith('-')).toBe(true)
    expect(ticks.find(({ iso }) => iso === '0')!.day).toBe(0)
    expect(ticks.find(({ iso }) => iso === '12')!.day).toBeCloseTo(365.25, 6)
  })
  test('they are never closer than they may be', () => {
    for (const pixels of [0.02, 0.1, 0.5, 1, 3, 10, 20])
      for (const ticks of [calendarTicks(0, 3000, pixels), monthTicks(0, 3000, 500, pixels)])
        for (let i = 1; i < ticks.length; i += 1) expect((ticks[i]!.day - ticks[i - 1]!.day) * pixels).toBeGreaterThan(40)
  })
})
