import { describe, expect, test } from 'vitest'
import { calmness } from '../src/calm.ts'

describe('background work waits for requests', () => {
  test('at once while nobody asks', async () => {
    const at = 0
    const wait = calmness(() => at).waiter(10_000)
    await wait()
    await wait()
    expect(at).toBe(0)
  })

  test('until requests have ended for a moment, and then at once again', async () => {
    let at = 0
    const calm = calmness(() => at)
    calm.heard()
    let isOver = false
    const waiting = calm
      .waiter(10_000)()
      .then(() => {
        isOver = true
      })
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect(isOver).toBe(false)
    at = 1000
    await waiting
    expect(isOver).toBe(true)
  })

  test('not for good while requests never end', async () => {
    const calm = calmness(() => 0)
    calm.heard()
    const wait = calm.waiter(100)
    await wait()
    await wait()
    await wait()
  })
})
