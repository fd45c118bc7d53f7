import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { KnowledgeBase } from '@secondwind/core'
import { stringify } from 'yaml'
import { type NetworkRequest, synthesizeNetwork } from './network.ts'
import { hospitalFiles, type Layout } from './part.ts'
import type { MadePart, PartJob } from './thread.ts'

/** Patients of a part: a few megabytes, so that memory stays bounded whatever the size of the network. */
const PART = 40

export interface WrittenNetwork {
  readonly files: readonly { readonly file: string; readonly bytes: number; readonly sha256: string }[]
  readonly lines: number
}

/**
 * Writes a network into a folder, with as many threads as asked for (all cores without a word).
 *
 * The bytes are the same for every number of threads: parts are made in any order and written in theirs. `network.yaml` names the request, the knowledge base
 * and the digest of every file, and nothing of the machine or the hour. Files of an earlier run in the same folder are replaced.
 */
export async function writeNetwork(
  request: NetworkRequest,
  layout: Layout,
  folder: string,
  knowledge: KnowledgeBase,
  threads = os.availableParallelism(),
  progress: (patients: number) => void = () => {},
): Promise<WrittenNetwork> {
  fs.mkdirSync(folder, { recursive: true })
  for (const old of fs.readdirSync(folder)) if (old.endsWith('.ndjson') || old === 'network.yaml') fs.rmSync(path.join(folder, old))
  const outputs = new Map<string, { readonly handle: number; readonly hash: ReturnType<typeof createHash>; bytes: number }>()
  const write = (file: string, bytes: Uint8Array): void => {
    let output = outputs.get(file)
    if (output === undefined) {
      output = { handle: fs.openSync(path.join(folder, file), 'w'), hash: createHash('sha256'), bytes: 0 }
      outputs.set(file, output)
    }
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(output.handle, bytes, at)
    output.hash.update(bytes)
    output.bytes += bytes.length
  }
  let lines = 0
  for (const [file, texts] of hospitalFiles(synthesizeNetwork({ ...request, patients: 0 }, knowledge), layout)) {
    write(file, new TextEncoder().encode(texts.join('')))
    lines += texts.length
  }
  await makeParts(request, layout, threads, (made, last) => {
    for (const { file, bytes } of made.files) write(file, bytes)
    lines += made.resources
    progress(Math.min(request.patients, last))
  })
  const files = [...outputs]
    .map(([file, { handle, hash, bytes }]) => {
      fs.closeSync(handle)
      return { file, bytes, sha256: hash.digest('hex') }
    })
    .sort((a, b) => (a.file < b.file ? -1 : 1))
  const about = { synthetic: true, request, layout, knowledge: { version: knowledge.version, digest: knowledge.digest }, lines, files }
  fs.writeFileSync(path.join(folder, 'network.yaml'), stringify(about))
  return { files, lines }
}

/** Has every part made by some thread and hands them over in order. At most two parts a thread are under way or waiting. */
async function makeParts(
  request: NetworkRequest,
  layout: Layout,
  threads: number,
  done: (made: MadePart, patients: number) => void,
): Promise<void> {
  const parts = Math.ceil(request.patients / PART)
  const waiting = new Map<number, MadePart>()
  const count = Math.max(1, Math.min(threads, parts))
  let asked = 0
  let written = 0
  if (parts === 0) return
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL('./thread.ts', import.meta.url), { workerData: { request, layout } }),
  )
  const idle: Worker[] = [...workers]
  try {
    await new Promise<void>((finish, fail) => {
      const ask = (): void => {
        while (idle.length > 0 && asked < parts && asked - written < count * 2) {
          const job: PartJob = { part: asked, from: asked * PART, to: Math.min(request.patients, (asked + 1) * PART) }
          idle.pop()!.postMessage(job)
          asked++
        }
      }
      for (const worker of workers) {
        worker.on('error', fail)
        worker.on('message', (made: MadePart) => {
          waiting.set(made.part, made)
          for (let next = waiting.get(written); next !== undefined; next = waiting.get(written)) {
            waiting.delete(written)
            written++
            done(next, written * PART)
          }
          idle.push(worker)
          if (written === parts) finish()
          else ask()
        })
      }
      ask()
    })
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
