import { parentPort, workerData } from 'node:worker_threads'
import { type NetworkRequest, synthesizeNetwork } from './network.ts'
import { type Layout, writePart } from './part.ts'

/** One thread of `write-network.ts`: makes the parts it is asked for and hands their bytes over. */
export interface PartJob {
  readonly part: number
  readonly from: number
  readonly to: number
}

export interface MadePart {
  readonly part: number
  readonly resources: number
  readonly files: readonly { readonly file: string; readonly bytes: Uint8Array<ArrayBuffer> }[]
}

const { request, layout } = workerData as { readonly request: NetworkRequest; readonly layout: Layout }
const network = synthesizeNetwork(request)

parentPort?.on('message', ({ part, from, to }: PartJob) => {
  const made = [...writePart(network, layout, from, to)].map(([file, lines]) => ({
    file,
    lines: lines.length,
    bytes: new TextEncoder().encode(lines.join('')),
  }))
  const resources = made.reduce((sum, { lines }) => sum + lines, 0)
  const message: MadePart = { part, resources, files: made.map(({ file, bytes }) => ({ file, bytes })) }
  parentPort!.postMessage(
    message,
    made.map(({ bytes }) => bytes.buffer),
  )
})
