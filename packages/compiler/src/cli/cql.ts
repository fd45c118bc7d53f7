import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { claimFolder } from '../author/out-folder.ts'
import { findingText } from '../check/finding.ts'
import { compileKnowledge } from '../compile.ts'
import { cpgResources } from '../emit/cpg.ts'
import { cqlEdition } from '../emit/cql.ts'
import { cqlText } from '../emit/cql-print.ts'
import { elmJson } from '../emit/elm-tree.ts'
import { folderInUse, folderProblem } from '../read/folder.ts'
import { knowledgeVersion } from '../version.ts'

/**
 * `npm run knowledge:cql -- FOLDER`: the whole base for other engines. Writes `cql/` (text), `elm/` (compiled, for engines without a translator)
 * and `fhir/` (Library, PlanDefinition, ActivityDefinition). A base with findings is refused: a rule that is missing from it may be a safety rule.
 * A folder that holds something else is refused and left alone. `SECONDWIND_KNOWLEDGE` names another base than the project's.
 */
const folder = process.argv[2]
if (folder === undefined || folder.startsWith('-')) {
  console.error('give the folder to write into: npm run knowledge:cql -- out/cql')
  process.exitCode = 1
} else process.exitCode = publish(path.resolve(folder))

function publish(target: string): number {
  const own = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../../knowledge')
  const inUse = folderInUse(process.env.SECONDWIND_KNOWLEDGE, own)
  const problem = folderProblem(inUse) ?? claimFolder(target, { file: '.second-wind-cql', says: 'npm run knowledge:cql' })
  if (problem !== undefined) {
    console.error(problem)
    return 1
  }
  const { root, name } = inUse
  const { knowledge, findings } = compileKnowledge(root, knowledgeVersion(root))
  const errors = findings.filter((f) => f.severity !== 'warning')
  if (errors.length > 0) {
    for (const finding of errors.slice(0, 10)) console.error(findingText({ ...finding, file: `${name}/${finding.file}` }))
    console.error(
      `${errors.length} findings: nothing was written, since a rule that fails its checks would be missing from it (npm run knowledge)`,
    )
    return 1
  }
  const edition = cqlEdition(knowledge)
  for (const { rule, because } of edition.notPrinted) console.error(`${rule} cannot be said in CQL: ${because}`)
  if (edition.notPrinted.length > 0) return 1
  const write = (name: string, text: string): void => {
    const file = path.join(target, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, text)
  }
  // what an earlier release wrote and this one has not would otherwise stay
  for (const part of ['cql', 'elm', 'fhir']) fs.rmSync(path.join(target, part), { recursive: true, force: true })
  for (const library of edition.libraries) {
    write(`cql/${library.id}.cql`, cqlText(library))
    write(`elm/${library.id}.json`, JSON.stringify(elmJson(library)))
  }
  const resources = cpgResources(knowledge, edition)
  const counts = new Map<string, number>()
  for (const resource of resources) {
    const type = String(resource.resourceType)
    counts.set(type, (counts.get(type) ?? 0) + 1)
    write(`fhir/${type}-${resource.id}.json`, `${JSON.stringify(resource, null, 2)}\n`)
  }
  const said = [...counts].map(([type, count]) => `${count} ${type}`).join(', ')
  const definitions = edition.libraries.reduce((sum, { definitions: own }) => sum + own.length, 0)
  console.log(`knowledge ${knowledge.version}: ${edition.libraries.length} CQL libraries with ${definitions} definitions; ${said}`)
  return 0
}
