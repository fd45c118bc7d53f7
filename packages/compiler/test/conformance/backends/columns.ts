import { ColumnCompiler, caseTable, caseView, countPlanes, type LinearMemory, latestDay, Room, type Truth } from '@secondwind/core'
import type { Backend } from './backend.ts'

declare const WebAssembly: { readonly Memory: new (size: object) => LinearMemory }

/** Bit planes over typed columns: the backend for whole populations. */
export const columns: Backend = {
  name: 'columns',
  answer: async ({ words, questions, cases, asOf }) => {
    const room = new Room(new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true }))
    const views = cases.map(({ facts }) => caseView(words, facts, asOf).facts)
    const table = caseTable(words, cases.length, (row) => views[row]!, room)
    const compiler = new ColumnCompiler(words, table, latestDay(asOf)!)
    const kept = questions.map(({ when }) => {
      const { isTrue, isFalse } = compiler.compile(when)
      const at = { isTrue: room.take(table.rows / 8), isFalse: room.take(table.rows / 8) }
      compiler.code.keep(isTrue, at.isTrue)
      compiler.code.keep(isFalse, at.isFalse)
      return at
    })
    countPlanes(compiler.code, table, room)
    const bytes = new Uint8Array(room.memory.buffer)
    const has = (at: number, row: number): boolean => ((bytes[at + (row >> 3)]! >> (row & 7)) & 1) === 1
    return cases.map((_, row) =>
      kept.map(({ isTrue, isFalse }): Truth => {
        if (has(isTrue, row) && has(isFalse, row)) throw new Error('a criterion is true and false at once in the columns backend')
        return has(isTrue, row) ? 'true' : has(isFalse, row) ? 'false' : 'unknown'
      }),
    )
  },
}
