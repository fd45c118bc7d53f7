import fs from 'node:fs'
import type { Issue } from '@secondwind/core'
import { fileDone, type Job, segmentFile, spillTasks } from './job.ts'
import type { PlacedSegment } from './resolve.ts'
import type { WindowFooter } from './route.ts'
import { Segment } from './segment.ts'
import type { FileEnd } from './spill-pass.ts'

export interface Segments {
  readonly segments: readonly PlacedSegment[]
  readonly failures: readonly Issue[]
}

/** What the first pass has left on disk, in the order of the input; and what of the input could not be read to its end. */
export function segmentsOf(job: Job, folder: string): Segments {
  const segments: PlacedSegment[] = []
  const failures: Issue[] = []
  const plain = new Map<number, number>()
  for (const { file, window } of spillTasks(job)) if (window !== undefined) plain.set(file, window + 1)
  job.files.forEach(({ name, layout }, file) => {
    let windows = plain.get(file) ?? 0
    if (layout !== 'lines') {
      const end = JSON.parse(fs.readFileSync(fileDone(folder, file), 'utf8')) as FileEnd
      windows = end.windows
      if (end.failure !== undefined)
        failures.push(
          refusal(
            name,
            `cannot be read to its end: ${end.failure}`,
            'fetch the file again; --keep-going projects what could be read of it',
          ),
        )
    }
    let before = 0
    for (let window = 0; window < windows; window++) {
      const segment = Segment.open(segmentFile(folder, file, window), job.buckets)
      if (segment === undefined) throw new Error(`invariant: window ${window} of ${name} was spilled`)
      segments.push({ segment, file: name, before })
      before += (segment.footer as WindowFooter).lines
    }
  })
  return { segments, failures }
}

export const refusal = (at: string, message: string, remedy: string): Issue => ({
  code: 'missing-input',
  severity: 'error',
  path: at,
  message,
  remedy,
})
