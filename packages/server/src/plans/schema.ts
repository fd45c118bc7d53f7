import fs from 'node:fs'
import path from 'node:path'
import { PROJECT } from '../compose.ts'

/** The published JSON Schema of the plan document. */
export const planSchema = (): { readonly [key: string]: unknown } =>
  JSON.parse(fs.readFileSync(path.join(PROJECT, 'docs/plan-document.schema.json'), 'utf8')) as { readonly [key: string]: unknown }
