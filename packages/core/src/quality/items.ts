import { type Vocabulary, vocabulary } from '../criteria/index.ts'
import type { FactDefinition, FactType } from '../facts/index.ts'

const TYPES: { readonly [type: string]: FactType } = { text: 'code', number: 'quantity', truth: 'truth', date: 'date', texts: 'codes' }

/** The fields of a list fact as facts of one item, so that a table of items is judged as a table of patients is. */
export const itemWords = (list: FactDefinition): Vocabulary =>
  vocabulary(
    Object.entries(list.fields ?? {}).map(([id, type]) => ({
      id,
      label: id.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
      type: TYPES[type]!,
      group: list.group,
      absence: 'asked',
    })),
    [],
  )
