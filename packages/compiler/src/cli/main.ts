import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { checkKnowledge } from '../author/check.ts'
import { folderInUse } from '../read/folder.ts'
import { knowledgeVersion } from '../version.ts'

/**
 * `npm run knowledge [-- path…]`: checks the whole base, prints the findings (below the given paths only) and a summary. Exit status 1 when something is wrong.
 *
 * `--as-of DAY` judges reviews on that day (default: today); `--as-of release` on the day of the newest release, so that a test does not turn red by itself.
 * `secondwind knowledge check` is the same check.
 */
const { values, positionals } = parseArgs({
  args: process.argv.slice(3),
  allowPositionals: true,
  options: { 'as-of': { type: 'string' }, knowledge: { type: 'string' }, format: { type: 'string' } },
})
const own = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../../knowledge')
const { root, name } = folderInUse(values.knowledge ?? process.env.SECONDWIND_KNOWLEDGE, own)
const asOf = values['as-of'] === 'release' ? knowledgeVersion(root) : (values['as-of'] ?? new Date().toISOString().slice(0, 10))
if (values.format !== undefined && values.format !== 'text' && values.format !== 'json') {
  process.stderr.write(`--format ${values.format} is not one of text, json\n`)
  process.exitCode = 1
} else {
  const result = checkKnowledge({ root, name, asOf, paths: positionals, format: values.format ?? 'text' })
  process.stdout.write(result.text)
  process.exitCode = result.errors > 0 ? 1 : 0
}
