import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { KnowledgeExample } from '../contract/knowledge.ts'

const require = createRequire(import.meta.url)

/** Loaded when it is needed: the compiler takes longer to load than a page to make. */
const compiler = (): typeof import('@secondwind/compiler') => require('@secondwind/compiler')

/**
 * The examples of an entry as its author wrote them, from the file it stands in: the compiled base carries none. Empty where the files are not at hand
 * (a kept release without its sources) or the entry is no longer there.
 */
export function examplesOf(root: string, from: string | undefined, id: string): readonly KnowledgeExample[] {
  const file = from?.split(':')[0]
  if (file === undefined || !file.endsWith('.yaml') || file.includes('..') || !fs.existsSync(path.join(root, file))) return []
  const { value } = compiler().readYamlFile(path.join(root, file))
  const entry = Array.isArray(value) ? (value as readonly unknown[]).find((one) => (one as { id?: unknown } | null)?.id === id) : undefined
  const { examples } = (entry ?? {}) as { readonly examples?: unknown }
  if (!Array.isArray(examples)) return []
  return examples.filter(isExample).map(({ name, given, expect, missing }) => ({
    name,
    given: givenWords(given),
    expect: String(expect) as KnowledgeExample['expect'],
    missing: Array.isArray(missing) ? missing.map(String) : [],
  }))
}

interface Example {
  readonly name: string
  readonly given: unknown
  readonly expect: unknown
  readonly missing?: unknown
}

const isExample = (value: unknown): value is Example =>
  typeof value === 'object' && value !== null && typeof (value as Example).name === 'string' && (value as Example).expect !== undefined

const givenWords = (given: unknown): readonly string[] =>
  typeof given === 'object' && given !== null && !Array.isArray(given)
    ? Object.entries(given).map(
        ([fact, value]) =>
          `${fact} = ${Array.isArray(value) ? value.map(String).join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
      )
    : []
