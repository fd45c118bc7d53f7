import type { Truth } from '@secondwind/core'
import { caseFeatures, cqlText } from '../../../src/index.ts'
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

/** What the Java reference engine is given: texts, the library with the questions, and case features; it answers a letter a question. */
export interface EngineJob {
  readonly texts: ReadonlyMap<string, string>
  readonly library: string
  readonly version: string
  readonly questions: readonly string[]
  readonly asOf: string
  readonly features: readonly object[]
}

const TRUTHS: { readonly [letter: string]: Truth } = { t: 'true', f: 'false', u: 'unknown' }

/** The printed text in an engine that shares nothing with cql-execution. */
export const cqlInJava = (evaluate: (job: EngineJob) => readonly string[]): Backend => ({
  name: 'CQL (text, Java engine)',
  answer: async (batch) => {
    const libraries = batchLibraries(batch)
    const main = libraries.at(-1)!
    const answers = evaluate({
      texts: new Map(libraries.map((library) => [library.id, cqlText(library)])),
      library: main.id,
      version: main.version,
      questions: batch.questions.map(({ id }) => id),
      asOf: batch.asOf,
      features: batch.cases.map((c, i) => caseFeatures({ ...c, patient: `Patient/case-${i}` }, batch.words.facts)),
    })
    return answers.map((letters) =>
      [...letters].map((letter) => {
        const truth = TRUTHS[letter]
        if (truth === undefined) throw new Error(`the Java engine answered something that is no truth (${letter})`)
        return truth
      }),
    )
  },
})
