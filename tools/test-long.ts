import { fetchPrograms } from './programs.ts'
import { fetchPySpark } from './pyspark.ts'
import { DAILY_BROWSER_TESTS, runSteps, vitestCount } from './steps.ts'

/** `npm run test:long`: what takes minutes. Every step says what it skipped and why. */
const node = process.execPath
const missing = fetchPrograms()
const python = fetchPySpark()
if (python !== undefined) process.env.SECONDWIND_PYTHON = python
process.exitCode = runSteps([
  { name: 'a chart of 200 MB in bounded memory', command: node, args: ['packages/server/test/fuzz/large.ts'] },
  {
    name: 'a million resources projected in less than 1 GB, killed twice and gone on with',
    command: node,
    args: ['benchmarks/project-memory.bench.ts', '1000000'],
  },
  ...(missing.includes('chromium')
    ? []
    : [
        { name: 'pages', command: node, args: ['tools/build-web.ts'] },
        {
          name: 'every screen in a browser, in light and dark, in three languages, by keyboard and on paper',
          command: 'vitest',
          args: ['run', 'e2e', ...DAILY_BROWSER_TESTS.flatMap((file) => ['--exclude', file])],
          count: vitestCount,
        },
      ]),
  { name: "HL7's validator over the written FHIR and the fixtures", command: node, args: ['tools/conformance.ts'] },
  {
    name: 'every backend says what the explanation says, the CQL text and Spark included',
    command: node,
    args: ['tools/agreement.ts', '3'],
  },
  { name: 'a population by DuckDB and by Spark on two workers, as by the columns', command: node, args: ['tools/engines.ts'] },
  {
    name: 'the cost of a population against its size, answers equal',
    command: node,
    args: ['--expose-gc', 'benchmarks/engines.bench.ts'],
  },
  { name: 'the proof of the knowledge, over every patient', command: node, args: ['tools/prove.ts', '--fresh'] },
  {
    name: 'the model that is proven stands beside the planner in 240 patients',
    command: 'env',
    args: ['SECONDWIND_LONG=1', node, 'node_modules/vitest/vitest.mjs', 'run', 'packages/server/test/proof-model.test.ts'],
  },
  {
    name: 'every screen in every dress: sixteen ways each, axe on all',
    command: 'env',
    args: ['SECONDWIND_LONG=1', node, 'node_modules/vitest/vitest.mjs', 'run', 'e2e/screens.test.ts'],
  },
  { name: 'the synthetic network holds the figures it cites', command: node, args: ['benchmarks/synthetic/check.ts', '6000'] },
  {
    name: 'the server, and PostgreSQL under it, killed while clients write',
    command: node,
    args: ['packages/server/test/crash/run.ts', '8'],
  },
  {
    name: 'the server when disks fill up, databases fail over and clients misbehave',
    command: node,
    args: ['packages/server/test/reliability/main.ts'],
  },
  { name: 'fuzz every route, 20,000 malformed requests', command: node, args: ['packages/server/test/fuzz/routes.ts', '20000'] },
  { name: 'fuzz the reader, 100,000 mutated bundles', command: node, args: ['packages/server/test/fuzz/run.ts', '100000'] },
])
