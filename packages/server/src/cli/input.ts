import fs from 'node:fs'
import type { Issue } from '@secondwind/core'
import { parseCharts } from '../compose.ts'

type Charts = Extract<ReturnType<typeof parseCharts>, { ok: true }>['value']

/** Reads the charts of a file or of standard input; on failure prints every issue and gives undefined. */
export function chartsOf(file: string, patient: string | undefined): Charts | undefined {
  let bytes: Uint8Array
  try {
    bytes = file === '-' ? standardInput() : fs.readFileSync(file)
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'there is no such file'
        : (error as NodeJS.ErrnoException).code === 'EISDIR'
          ? 'is a folder'
          : 'cannot be read'
    printIssues([
      {
        code: 'not-json',
        severity: 'error',
        path: file,
        message: why,
        remedy: 'give the path of a FHIR R4 bundle or NDJSON file, or - for standard input',
      },
    ])
    return undefined
  }
  const charts = parseCharts(bytes)
  if (!charts.ok) {
    printIssues(charts.error)
    return undefined
  }
  const wanted = patient?.replace(/^Patient\//, '')
  const chosen = wanted === undefined ? charts.value : charts.value.filter((c) => c.chart.patient.id === wanted)
  if (chosen.length === 0) {
    const ids = charts.value.map((c) => c.chart.patient.id).slice(0, 20)
    printIssues([
      {
        code: 'missing-patient',
        severity: 'error',
        path: '--patient',
        message: `no patient ${wanted} in the input`,
        remedy: `it holds ${ids.join(', ')}`,
      },
    ])
    return undefined
  }
  return chosen
}

/** All of standard input. A pipe whose writer is slow answers EAGAIN: wait for it instead of giving up. */
function standardInput(): Uint8Array {
  const parts: Buffer[] = []
  const part = Buffer.alloc(1 << 20)
  for (;;) {
    try {
      const read = fs.readSync(0, part, 0, part.length, null)
      if (read === 0) return Buffer.concat(parts)
      parts.push(Buffer.from(part.subarray(0, read)))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EOF') return Buffer.concat(parts)
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

export function printIssues(issues: readonly Issue[]): void {
  for (const { path, message, remedy } of issues) process.stderr.write(`${path}: ${message}${remedy ? ` (${remedy})` : ''}\n`)
}

/**
 * Writes to standard output, whole: a pipe takes 64 KB at a time, and a document that is cut must never look like one.
 * A reader that is slow is waited for; one that has gone ends the writing quietly.
 */
export function print(text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(1, bytes, at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
