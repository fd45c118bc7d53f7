import { openKnowledge } from '../src/compose.ts'
import { runProject } from '../src/project/run-project.ts'

/** A projection in small pieces, for a test that kills it: `node project-child.ts <out> <inputs…>`. */
const [out, ...inputs] = process.argv.slice(2)
const done = await runProject(
  {
    inputs,
    out: out!,
    asOf: '2026-11-23',
    threads: 1,
    keepGoing: false,
    restart: false,
    sizes: { bucketBytes: 200_000, windowBytes: 300_000 },
  },
  openKnowledge().knowledge,
  () => {},
)
if (!done.ok) {
  process.stderr.write(`${JSON.stringify(done.error)}\n`)
  process.exitCode = 2
}
