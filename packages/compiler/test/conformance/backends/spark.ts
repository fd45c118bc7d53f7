import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { DIALECTS, snapshotTables, sqlContext, verdictsSql } from '../../../src/index.ts'
import type { Backend } from './backend.ts'
import { recordsOf, truthOfSql } from './sql.ts'

const SCRIPT = path.join(path.dirname(fileURLToPath(import.meta.url)), 'spark_answers.py')

/** A local Spark through pyspark (PyPI), where Python and Java are here. SECONDWIND_PYTHON names the Python that has it. */
export function spark(): Backend | { readonly skipped: string } {
  const python = process.env.SECONDWIND_PYTHON ?? 'python3'
  if (spawnSync(python, ['-c', 'import pyspark']).status !== 0)
    return { skipped: 'Spark: no Python with pyspark (pip install pyspark; SECONDWIND_PYTHON names a Python)' }
  if (spawnSync('java', ['-version']).status !== 0) return { skipped: 'Spark: there is no java' }
  const dialect = DIALECTS.spark
  return {
    name: 'Spark',
    answer: async (batch) => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-spark-'))
      try {
        const schemas = new Map(
          snapshotTables(batch.words, dialect).map(({ name, columns }) => [
            name,
            columns.map(([column, type]) => `${dialect.quote(column)} ${type}`).join(', '),
          ]),
        )
        const tables: Record<string, readonly [schema: string, file: string]> = {}
        for (const [table, rows] of recordsOf(batch.cases, batch.words, dialect)) {
          const file = path.join(folder, `${table}.ndjson`)
          fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
          tables[table] = [schemas.get(table)!, file]
        }
        const context = sqlContext(batch.words, dialect, batch.asOf)
        const queries: string[] = []
        for (let from = 0; from < batch.questions.length; from += dialect.verdictsAtOnce)
          queries.push(
            verdictsSql(
              batch.questions.slice(from, from + dialect.verdictsAtOnce).map(({ when }, i) => ({ id: `q${i}`, when })),
              context,
            ),
          )
        const run = spawnSync(python, [SCRIPT], {
          input: JSON.stringify({ tables, queries }),
          encoding: 'utf8',
          maxBuffer: 512 * 1024 * 1024,
          env: { ...process.env, SPARK_LOCAL_IP: '127.0.0.1' },
        })
        const answers = run.stdout.split('\n').filter((line) => line.startsWith('answer '))
        if (run.status !== 0 || answers.length !== queries.length) throw new Error(`Spark stopped:\n${run.stderr.slice(-2000)}`)
        const byCase = new Map(batch.cases.map((c) => [c.patient, [] as ReturnType<typeof truthOfSql>[]]))
        for (const line of answers)
          for (const [id, ...verdicts] of JSON.parse(line.slice('answer '.length)) as unknown[][])
            byCase.get(String(id))!.push(...verdicts.map(truthOfSql))
        return batch.cases.map((c) => byCase.get(c.patient)!)
      } finally {
        fs.rmSync(folder, { recursive: true })
      }
    },
  }
}
