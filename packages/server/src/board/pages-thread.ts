import { parentPort } from 'node:worker_threads'
import { pdfOf, type Sheet } from './pages.ts'

/** Lays out pages one after the other, beside the server: a long page takes a second, and nobody else waits for it. */
parentPort!.on('message', ({ id, sheet }: { readonly id: number; readonly sheet: Sheet }) => {
  pdfOf(sheet).then(
    (bytes) => parentPort!.postMessage({ id, bytes }),
    (error: unknown) => parentPort!.postMessage({ id, fault: error instanceof Error ? error.message : String(error) }),
  )
})
