import type { Progress } from '../project/run-project.ts'

const WIDTH = 30
const EVERY_MS = 200
/** Where nobody watches, a line at each tenth is enough. */
const PLAIN_STEPS = 10

/** A bar on a terminal; plain lines anywhere else. The clock is read for the speed only. */
export function projectProgress(stream: { readonly isTTY?: boolean; write(text: string): unknown }): {
  readonly report: Progress
  end(): void
} {
  const isTerminal = stream.isTTY === true
  let step = ''
  let startedAt = 0
  let startedWith = 0
  let shownAt = 0
  let shownTenth = -1
  let isOpen = false
  return {
    report: (now, done, all) => {
      const time = Date.now()
      if (now !== step) {
        if (isOpen) stream.write('\n')
        step = now
        startedAt = time
        startedWith = done
        shownTenth = -1
        shownAt = 0
      }
      const share = all === 0 ? 1 : Math.min(1, done / all)
      const seconds = (time - startedAt) / 1000
      const speed = seconds > 0 ? (done - startedWith) / seconds : 0
      const left = speed > 0 ? `, ${duration((all - done) / speed)} left` : ''
      const words = `${step.padEnd(10)} ${String(Math.floor(share * 100)).padStart(3)} %  ${megabytes(done)} of ${megabytes(all)} MB${share < 1 ? left : ''}`
      if (!isTerminal) {
        const tenth = Math.floor(share * PLAIN_STEPS)
        if (tenth === shownTenth) return
        shownTenth = tenth
        stream.write(`${words}\n`)
        return
      }
      if (time - shownAt < EVERY_MS && share < 1) return
      shownAt = time
      const full = Math.round(share * WIDTH)
      stream.write(`\r[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${words}\u001b[K`)
      isOpen = true
    },
    end: () => {
      if (isOpen) stream.write('\n')
    },
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)

function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : whole < 3600 ? `${Math.ceil(whole / 60)} min` : `${(whole / 3600).toFixed(1)} h`
}
