import fs from 'node:fs'
import path from 'node:path'
import { isKnown } from '@secondwind/core'
import { expect, test } from 'vitest'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'

const AS_OF = '2026-11-23'
const { knowledge } = openKnowledge()
const types = new Map(knowledge.facts.map(({ id, type }) => [id, type]))
const folder = path.resolve(import.meta.dirname, '../../../fixtures/patients')

const planned = (text: string, overrides: readonly string[]) => {
  const parsed = parseCharts(text)
  if (!parsed.ok) throw new Error('unreadable')
  const result = planChart(parsed.value[0]!, { knowledge, asOf: AS_OF, overrides })
  if (!result.ok) throw new Error(result.error.map((issue) => issue.message).join())
  return result.value
}

test('what a need says of yes and no is what the fact being true or false does, never its opposite', () => {
  let turned = 0
  for (const file of fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()) {
    const text = fs.readFileSync(path.join(folder, file), 'utf8')
    const document = planned(text, [])
    for (const fact of new Set(document.options.flatMap((o) => o.needs.map((n) => n.fact)))) {
      if (types.get(fact) !== 'truth' || isKnown(document.case.facts[fact])) continue
      const after = { ifTrue: planned(text, [`${fact}=true`]), ifFalse: planned(text, [`${fact}=false`]) }
      for (const option of document.options) {
        const need = option.needs.find((n) => n.fact === fact)
        if (!need) continue
        expect(need.asks).toBeUndefined()
        for (const answer of ['ifTrue', 'ifFalse'] as const) {
          if (need[answer] !== 'not an option') continue
          const other = answer === 'ifTrue' ? 'ifFalse' : 'ifTrue'
          if (need[other] === 'not an option' || !need[other].startsWith('stands as')) continue
          turned++
          expect(
            after[answer].options.some((o) => o.id === option.id),
            `${file}, ${option.id}: ${fact} ${answer}`,
          ).toBe(false)
        }
      }
    }
  }
  expect(turned).toBeGreaterThan(0)
})
