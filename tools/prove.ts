import fs from 'node:fs'
import path from 'node:path'
import { plan } from '@secondwind/care'
import {
  compileKnowledge,
  knowledgeVersion,
  type ProofFinding,
  planCommand,
  proofText,
  prove,
  unconfirmed,
  WITNESS_DAY,
} from '@secondwind/compiler'
import { ROOT } from './steps.ts'

/**
 * `npm run prove [-- --fresh] [knowledge folder]`: proves the base over every patient that the registry allows, and plans each witness with the
 * real planner. Answers are kept in build/proof.json by what they rest on, so that only what a change reaches is asked again; `--fresh` asks all.
 * Exit status 1 when anything was found that `policy/accepted-findings.yaml` does not name, or when planner and proof disagree.
 */
const flags = process.argv.slice(2)
const folder = path.resolve(flags.find((f) => !f.startsWith('--')) ?? path.join(ROOT, 'knowledge'))
const started = Date.now()
const compiled = compileKnowledge(folder, knowledgeVersion(folder))
const wrong = compiled.findings.filter((f) => f.severity !== 'warning')
for (const f of wrong.slice(0, 10)) console.log(`knowledge/${f.file}:${f.line}  ${f.code}: ${f.message} (${f.remedy})`)
// an example that fails leaves its rule in the base; what cannot be read does not
const broken = wrong.filter((f) => ['yaml', 'schema', 'criterion', 'dangling', 'duplicate'].includes(f.code))
if (broken.length > 0) {
  console.log(
    `${broken.length} findings of "npm run knowledge" come first: a rule that fails its checks is missing from the base, and nothing is proven`,
  )
  process.exitCode = 1
} else {
  const cacheFile = path.join(ROOT, 'build/proof.json')
  if (flags.includes('--fresh')) fs.rmSync(cacheFile, { force: true })
  const proof = await prove(compiled, cacheFile)
  if (proof === undefined) {
    console.log('the base has no policy/proof.yaml: there is nothing to prove')
    process.exitCode = 1
  } else {
    const disagreements = [...proof.findings, ...proof.accepted].map(show).filter((text) => text !== undefined)
    for (const text of disagreements) console.log(text)
    const seconds = ((Date.now() - started) / 1000).toFixed(1)
    console.log(
      `${proof.findings.length} findings, ${proof.accepted.length} accepted, ${disagreements.length} not confirmed by the planner (${proof.questions} questions, ${proof.asked} asked of the solver, ${seconds} s)`,
    )
    process.exitCode = wrong.length + proof.findings.length + disagreements.length > 0 ? 1 : 0
  }
}

/** Prints one finding with the plan of its witness. Returns what is wrong with the model where the planner does not confirm it. */
function show(finding: ProofFinding): string | undefined {
  const { witness } = finding
  const document =
    witness &&
    plan({
      knowledge: compiled.knowledge,
      patientCase: { patient: 'witness', asOf: WITNESS_DAY, facts: witness.facts },
      problems: [],
      chartDigest: 'witness',
      software: 'prove',
    })
  if (finding.accepted !== undefined) console.log(`accepted [${finding.key}]: ${finding.accepted}`)
  else console.log(`${proofText(finding, document, witness && planCommand(witness, compiled.knowledge.facts, bareChart(), WITNESS_DAY))}\n`)
  const wrong = document && unconfirmed(finding, document)
  return (
    wrong &&
    `MODEL [${finding.key}]: the proof and the planner disagree: ${wrong}\n  remedy  bring packages/compiler/src/analyse/planner.ts in line with packages/care/src/planning`
  )
}

/** A chart that says nothing, over which a witness is typed in. */
function bareChart(): string {
  const file = 'build/proof-chart.json'
  fs.mkdirSync(path.join(ROOT, 'build'), { recursive: true })
  fs.writeFileSync(path.join(ROOT, file), JSON.stringify({ resourceType: 'Patient', id: 'witness' }))
  return file
}
