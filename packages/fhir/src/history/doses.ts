import type { FactSource } from '@secondwind/core'
import type { ReadContext } from '../read/context.ts'
import { drugLookup } from '../read/medicines/drug-lookup.ts'
import { medicineEvents } from '../read/medicines/medicine-event.ts'
import { objectOf, objectsOf, quantityOf, stringOf } from '../read/shapes.ts'

/** One dose of one anticancer drug as a resource states it: a number with its unit, or the words of the order. */
export interface Dose {
  readonly drug: string
  /** ISO day, possibly partial. */
  readonly on: string
  readonly value?: number
  readonly unit?: string
  readonly words?: string
  /** Given (an administration) or ordered. */
  readonly isGiven: boolean
  readonly source: FactSource
}

/** Stated doses of anticancer drugs, sorted by day. A combination product names no dose of one drug and is left out. */
export function dosesOf(context: ReadContext): readonly Dose[] {
  const { entries } = drugLookup(context.knowledge)
  return medicineEvents(context)
    .flatMap(({ resource, drugs, start, taking }): readonly Dose[] => {
      const [drug] = drugs
      if (drug === undefined || drugs.length !== 1 || start === undefined || entries.get(drug)?.anticancer !== true) return []
      if (taking === 'planned' || taking === 'not-given') return []
      const source = context.source(resource, 'dosage')
      const isGiven = taking === 'dose'
      const stated = [...objectsOf(resource.dosage), ...objectsOf(resource.dosageInstruction)]
      const quantity = stated
        .flatMap((one) => [one.dose, objectOf(objectsOf(one.doseAndRate)[0])?.doseQuantity])
        .map(quantityOf)
        .find((one) => one !== undefined)
      const words = stated.map((one) => stringOf(one.text)).find((text) => text !== undefined)
      if (quantity === undefined) return words === undefined ? [] : [{ drug, on: start, words, isGiven, source }]
      const unit = quantity.unit ?? quantity.code
      return [
        {
          drug,
          on: start,
          value: quantity.value,
          ...(unit === undefined ? {} : { unit }),
          ...(words === undefined ? {} : { words }),
          isGiven,
          source,
        },
      ]
    })
    .sort((a, b) => compare(a.on, b.on) || compare(a.drug, b.drug) || compare(a.source.reference, b.source.reference))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
