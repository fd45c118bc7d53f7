import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ChangeableView,
  type ChangedFact,
  type CriteriaCompiler,
  type Criterion,
  caseView,
  criteriaCompiler,
  type Fact,
  vocabulary,
} from '../src/index.ts'
import { AS_OF, completeCase, criterion, FACTS, partialCase } from './criteria.arbitrary.ts'

const words = vocabulary(FACTS, [])
const OPTIONS = { seed: 20261123, numRuns: 600 }

function compiled(criteria: readonly Criterion[]): CriteriaCompiler {
  const compiler = criteriaCompiler(words)
  for (const one of criteria) compiler.slotFor(one)
  return compiler
}

/** One to three facts of another case of the same patient. */
const changesFrom = (other: { readonly [id: string]: Fact }, picks: readonly number[]): ReadonlyMap<string, Fact> => {
  const ids = Object.keys(other).sort()
  return new Map(picks.map((pick) => ids[pick % ids.length]!).map((id) => [id, other[id]!]))
}

const inPlace = (changes: ReadonlyMap<string, Fact>): readonly ChangedFact[] =>
  [...changes].map(([id, fact]) => ({ position: words.position.get(id)!, fact }))

const criteria = fc.array(criterion, { minLength: 1, maxLength: 8 })
const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 3 })

test('a change put in place gives the verdicts of the changed case, and taken back those of the case', () => {
  fc.assert(
    fc.property(criteria, partialCase, completeCase, fc.array(picks, { minLength: 1, maxLength: 4 }), (all, { facts }, other, several) => {
      const { program } = compiled(all)
      const base = caseView(words, facts, AS_OF, program)
      const before = [...base.verdicts]
      const wanted = program.noMarks()
      program.mark(
        Array.from({ length: program.slots }, (_, slot) => slot),
        wanted,
      )
      const changeable = new ChangeableView(base, program, wanted)
      const changes = several.map((one) => changesFrom(other, one))
      const worked = changes.map((one) => changeable.changeOf(inPlace(one)))
      expect([...changeable.view.verdicts]).toEqual(before)
      worked.forEach((change, i) => {
        const changed = { ...facts, ...Object.fromEntries(changes[i]!) }
        changeable.put(change)
        expect([...changeable.view.verdicts]).toEqual([...caseView(words, changed, AS_OF, program).verdicts])
        expect(changeable.view.facts).toEqual(words.facts.map(({ id }) => changed[id]))
        changeable.takeBack(change)
        expect([...changeable.view.verdicts]).toEqual(before)
        expect(changeable.view.facts).toEqual(base.facts)
      })
      expect([...base.verdicts]).toEqual(before)
    }),
    OPTIONS,
  )
})

test('where only some criteria are wanted, their verdicts are those of the changed case', () => {
  fc.assert(
    fc.property(criteria, criteria, partialCase, completeCase, picks, (some, others, { facts }, other, one) => {
      const { program, slotFor } = compiled([...others, ...some])
      const slots = some.map(slotFor)
      const wanted = program.noMarks()
      program.mark(slots, wanted)
      const base = caseView(words, facts, AS_OF, program)
      const changeable = new ChangeableView(base, program, wanted)
      const changes = changesFrom(other, one)
      const change = changeable.changeOf(inPlace(changes))
      expect([...changeable.view.verdicts]).toEqual([...base.verdicts])
      changeable.put(change)
      const { verdicts } = caseView(words, { ...facts, ...Object.fromEntries(changes) }, AS_OF, program)
      expect(slots.map((slot) => changeable.view.verdicts[slot])).toEqual(slots.map((slot) => verdicts[slot]))
    }),
    OPTIONS,
  )
})
