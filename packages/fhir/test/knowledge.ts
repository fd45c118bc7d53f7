import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Drug, FactDefinition } from '@secondwind/core'
import { parse } from 'yaml'
import type { ReaderKnowledge } from '../src/read/context.ts'

const ROOT = fileURLToPath(new URL('../../../knowledge', import.meta.url))

let view: ReaderKnowledge | undefined

/** The reader's knowledge straight from the YAML of this repository, unchecked: `fhir` may not import the compiler. */
export function testKnowledge(): ReaderKnowledge {
  if (view !== undefined) return view
  const facts = new Map<string, FactDefinition>()
  for (const file of yamlFiles('facts')) {
    const group = file.replace('.yaml', '')
    for (const definition of load<FactDefinition[]>(`facts/${file}`)) facts.set(definition.id, { ...definition, group })
  }
  const terminology = new Map<string, unknown>()
  for (const file of yamlFiles('terminology')) terminology.set(file.replace('.yaml', ''), load(`terminology/${file}`))
  const drugs = (terminology.get('drugs') ?? []) as readonly Drug[]
  view = {
    facts,
    drugs: new Map(drugs.map((drug) => [drug.id, drug])),
    terminology<T>(name: string): T {
      if (!terminology.has(name)) throw new Error(`invariant: no terminology/${name}.yaml`)
      return terminology.get(name) as T
    },
  }
  return view
}

const yamlFiles = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.yaml'))
    .sort()

const load = <T>(file: string): T => parse(readFileSync(join(ROOT, file), 'utf8')) as T
