import type { CaseTable, LinearMemory, Room } from './case-table.ts'
import { BLOCK, type PlaneCode } from './plane-code.ts'
import { PLANES_WASM } from './planes-wasm.ts'

interface Exports {
  run(code: number, end: number, row: number): void
}

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}
declare function atob(text: string): string

let compiled: object | undefined

/** The plane machine (`planes.wat`) over one memory, which must be shared. */
function machineOver(memory: LinearMemory): Exports {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(PLANES_WASM), (letter) => letter.charCodeAt(0)))
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as Exports
}

/** Code laid out in memory, ready to run over any part of a table, once or again with its counters going on. */
export interface LoadedPlanes {
  /** Runs over the blocks that start in `[from, to)`. */
  run(from: number, to: number): void
  /** Every counter of the code so far. */
  counts(): readonly number[]
}

/** Lays code out in new room of the table's memory. Each thread loads its own copy. */
export function loadPlanes(code: PlaneCode, room: Room): LoadedPlanes {
  const base = room.take(code.size())
  const { code: start, end, counters } = code.write(new DataView(room.memory.buffer), base)
  const machine = machineOver(room.memory)
  return {
    run(from, to) {
      for (let row = from; row < to; row += BLOCK) machine.run(start, end, row)
    },
    counts: () => Array.from(new BigUint64Array(room.memory.buffer, counters, code.counters), Number),
  }
}

/** Runs code over a whole table on this thread; its counters. */
export function countPlanes(code: PlaneCode, table: CaseTable, room: Room): readonly number[] {
  const loaded = loadPlanes(code, room)
  loaded.run(0, table.rows)
  return loaded.counts()
}
