import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { findingText } from '../check/finding.ts'
import { compileKnowledge } from '../compile.ts'
import { knowledgeVersion } from '../version.ts'

/** `npm run knowledge [-- path…]`: checks the whole base, prints the findings (below the given paths only) and a summary. Exit status 1 when something is wrong. */
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../../knowledge')
const filters = process.argv.slice(3).map((p) => p.replace(/^\.?\/?(knowledge\/)?/, ''))
const { findings, entries, knowledge } = compileKnowledge(root, knowledgeVersion(root))
const shown = findings.filter((f) => filters.length === 0 || filters.some((p) => f.file.startsWith(p)))
for (const finding of shown) console.log(findingText({ ...finding, file: `knowledge/${finding.file}` }))
const errors = shown.filter((f) => f.severity !== 'warning').length
const rules = entries.filter((e) => 'cites' in e.value && e.kind !== 'regimens')
const open = rules.filter((e) => e.value.review === 'unconfirmed').length
console.log(
  `knowledge ${knowledge.version}: ${knowledge.facts.length} facts, ${knowledge.options.length} options, ${knowledge.regimens.length} regimens, ${knowledge.safety.length} safety rules, ${rules.length} rules in all (${open} unconfirmed), ${Object.keys(knowledge.sources).length} sources`,
)
console.log(`${errors} findings, ${shown.length - errors} warnings`)
process.exitCode = errors > 0 ? 1 : 0
