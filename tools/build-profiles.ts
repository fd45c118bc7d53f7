import fs from 'node:fs'
import path from 'node:path'
import { ROOT } from './steps.ts'

/**
 * `node tools/build-profiles.ts FOLDER`: from an unpacked package of mCODE (hl7.fhir.us.mcode 4.0.0, CC0) or US Core (hl7.fhir.us.core 6.1.0, CC0) to
 * packages/server/src/fhir-api/{mcode,us-core}-profiles.json: what each profile demands beyond base R4 and can be checked element by element.
 * Slices, extensions and value sets are left out: the HL7 validator judges those (`npm run conformance`).
 */
interface Element {
  readonly id: string
  readonly path: string
  readonly min: number
  readonly max: string
  readonly base?: { readonly min: number; readonly max: string; readonly path: string }
  readonly type?: readonly { readonly code: string }[]
  readonly [pattern: string]: unknown
}

const folder = process.argv[2]
if (folder === undefined) throw new Error('give the folder of the unpacked package')
const { name, version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
  name: string
  version: string
  license: string
}
const guide = name === 'hl7.fhir.us.core' ? 'us-core' : 'mcode'
const profiles: Record<string, unknown> = {}
for (const file of fs.readdirSync(folder).sort()) {
  if (!file.startsWith('StructureDefinition-')) continue
  const definition = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'))
  if (definition.kind !== 'resource' || definition.derivation !== 'constraint') continue
  const elements = (definition.snapshot.element as Element[]).flatMap((element) => {
    const name = element.path.slice(definition.type.length + 1)
    // below the first level an element may be absent with its parent: R4 itself asks for those
    if (element.id !== element.path || name === '' || name.includes('.') || name === 'extension' || name === 'modifierExtension') return []
    const rule = {
      name,
      ...(element.min > (element.base?.min ?? 0) ? { isRequired: true } : {}),
      ...(name.endsWith('[x]') ? { types: element.max === '0' ? [] : (element.type?.map(({ code }) => code) ?? []) } : {}),
      ...codingOf(element),
    }
    return Object.keys(rule).length > 1 ? [rule] : []
  })
  profiles[definition.url] = { type: definition.type, elements }
}
const target = path.join(ROOT, 'packages/server/src/fhir-api', `${guide}-profiles.json`)
const lines = Object.entries(profiles).map(([url, profile]) => `  ${JSON.stringify(url)}: ${JSON.stringify(profile)}`)
fs.writeFileSync(
  target,
  `{\n "source": "${name} ${version} (${license})",\n "version": "${version}",\n "profiles": {\n${lines.join(',\n')}\n }\n}\n`,
)
console.log(`${Object.keys(profiles).length} profiles, ${fs.statSync(target).size} bytes`)

/** The one coding that a code must have. */
function codingOf(element: Element): object {
  const pattern = (element.patternCodeableConcept ?? element.fixedCodeableConcept) as
    | { coding?: { system: string; code: string }[] }
    | undefined
  const coding = pattern?.coding?.[0]
  return coding === undefined ? {} : { coding: { system: coding.system, code: coding.code } }
}
