import { expect, test } from 'vitest'
import { placeLabels } from './place-labels.ts'

test('words stand to the right where there is room, and give way to a dot, to other words and to the edge', () => {
  const [alone] = placeLabels([{ x: 50, y: 50, radius: 5, words: 'Casper' }], 300)
  expect(alone).toEqual({ x: 59, y: 54, anchor: 'start' })
  const [atEdge] = placeLabels([{ x: 280, y: 50, radius: 5, words: 'Albuquerque' }], 300)
  expect(atEdge!.anchor).toBe('end')
  const [beside] = placeLabels(
    [
      { x: 100, y: 50, radius: 5, words: 'Provo' },
      { x: 125, y: 50, radius: 9, words: 'Aurora' },
    ],
    300,
  )
  expect(beside!.anchor).not.toBe('start')
})
