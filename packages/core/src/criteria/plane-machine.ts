import type { CaseTable, LinearMemory, Room } from './case-table.ts'
import { BLOCK, type PlaneCode } from './plane-code.ts'
import { PLANES_WASM } from './planes-wasm.ts'

interface Exports {
  run(code: number, end: number, row: number): void
}

declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number; readonly shared: true }) => LinearMemory
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}
declare function atob(text: string): string

/** Memory that threads share: at most 4 GB. */
export const sharedMemory = (): LinearMemory => new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true })

let compiled: object | undefined

/** The plane machine (`planes.wat`) over one memory, which must be shared. */
function machineOver(memory: LinearMemory): Exports {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(PLANES_WASM), (letter) => letter.charCodeAt(0)))
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as Exports
}

/** Code laid out in memory: what a thread needs to run it. Numbers only, so that it can be sent to one. */
export interface PlaneTask {
  readonly code: number
  readonly end: number
  readonly counters: number
  readonly count: number
}

/** Lays code out in new room of the table's memory. Threads that run at the same time each need a task of their own. */
export function layPlanes(code: PlaneCode, room: Room): PlaneTask {
  const base = room.take(code.size())
  return { ...code.write(new DataView(room.memory.buffer), base), count: code.counters }
}

/** Runs a task over the blocks that start in `[from, to)`. Its counters go on from what they were. */
export function runPlanes(memory: LinearMemory, { code, end }: PlaneTask, from: number, to: number): void {
  const machine = machineOver(memory)
  for (let row = from; row < to; row += BLOCK) machine.run(code, end, row)
}

/** The counters of a task so far. */
export const countsOf = (memory: LinearMemory, { counters, count }: PlaneTask): readonly number[] =>
  Array.from(new BigUint64Array(memory.buffer, counters, count), Number)

/** Runs code over a whole table on this thread; its counters. */
export function countPlanes(code: PlaneCode, table: CaseTable, room: Room): readonly number[] {
  const task = layPlanes(code, room)
  runPlanes(room.memory, task, 0, table.rows)
  return countsOf(room.memory, task)
}
