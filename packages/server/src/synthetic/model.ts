import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import type { Model } from './model-types.ts'

/** One figure of the model as it stands in its file. */
export interface Figure {
  readonly file: string
  readonly path: string
  readonly value: unknown
  readonly cite?: readonly string[]
  readonly says?: string
  readonly review?: string
  readonly because?: string
}

const FOLDER = new URL('./model/', import.meta.url)
const PARTS = ['people', 'tumour', 'survival', 'treatment', 'care', 'messiness', 'hospitals'] as const

const readPart = (name: string): unknown => parse(fs.readFileSync(fileURLToPath(new URL(`${name}.yaml`, FOLDER)), 'utf8'))

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The tree with each figure (`value` beside its source) replaced by its value; `seen` is told of every figure. */
function bare(node: unknown, file: string, path: string, seen: (figure: Figure) => void): unknown {
  if (Array.isArray(node)) return node.map((item, i) => bare(item, file, `${path}[${i}]`, seen))
  if (!isMap(node)) return node
  if ('value' in node) {
    seen({ ...node, file, path } as Figure)
    return node.value
  }
  return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, bare(item, file, path === '' ? key : `${path}.${key}`, seen)]))
}

let loaded: { readonly model: Model; readonly figures: readonly Figure[] } | undefined

/** The model and its figures, read once. The files ship with the program; one that cannot be read is a bug and throws. */
export function generatorModel(): { readonly model: Model; readonly figures: readonly Figure[] } {
  if (loaded === undefined) {
    const figures: Figure[] = []
    const parts = PARTS.map((name) => [name, bare(readPart(name), `${name}.yaml`, '', (figure) => figures.push(figure))])
    loaded = { model: Object.fromEntries(parts) as unknown as Model, figures }
  }
  return loaded
}

/** Works that figures cite. */
export function modelSources(): readonly { readonly id: string; readonly title: string; readonly url: string; readonly seen: string }[] {
  return readPart('sources') as ReturnType<typeof modelSources>
}
