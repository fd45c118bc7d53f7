import { cqlText } from '../../../src/index.ts'
import type { Backend } from './backend.ts'
import { batchLibraries, runElm } from './cql.ts'

/** The printed text, compiled by the Java reference translator: what another hospital does with it. */
export const cqlFromText = (translate: (texts: ReadonlyMap<string, string>) => ReadonlyMap<string, object>): Backend => ({
  name: 'CQL (text, Java translator, cql-execution)',
  answer: (batch) => {
    const libraries = batchLibraries(batch)
    const elm = translate(new Map(libraries.map((library) => [library.id, cqlText(library)])))
    return runElm(
      libraries.map(({ id }) => elm.get(id)!),
      batch,
    )
  },
})
