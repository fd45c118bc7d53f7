import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'

/** `secondwind serve` as a process of its own. */
export interface ServingChild {
  readonly base: string
  readonly token: string
  readonly child: ChildProcess
  /** What it said on standard error. */
  said(): string
  /** `kill -9`, or a polite stop; resolves when it is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>
}

const MAIN = path.resolve(import.meta.dirname, '../../src/cli/main.ts')

export async function serve(environment: { readonly [name: string]: string }): Promise<ServingChild> {
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    env: { ...process.env, SECONDWIND_PORT: '0', SECONDWIND_LOGS: 'off', SECONDWIND_REQUESTS_PER_MINUTE: '1000000', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  let told = ''
  child.stderr!.on('data', (part: Buffer) => {
    told += String(part)
  })
  const ready = new Promise<{ base: string; token: string }>((resolve, reject) => {
    let out = ''
    child.stdout!.on('data', (part: Buffer) => {
      out += String(part)
      const base = /FHIR R4 at (http:\/\/[^/\s]+)\/fhir/.exec(out)?.[1]
      const token = /Bearer (\S+)/.exec(out)?.[1]
      if (base !== undefined && token !== undefined) resolve({ base, token })
    })
    void gone.then(() => reject(new Error(`the server did not start: ${told.slice(-800)}`)))
  })
  return {
    ...(await ready),
    child,
    said: () => told,
    end: (signal) => {
      child.kill(signal)
      return gone
    },
  }
}
