import fs from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'

const schema = JSON.parse(fs.readFileSync(new URL('../../../../docs/plan-document.schema.json', import.meta.url), 'utf8')) as object
const validate = new Ajv2020({ allErrors: false, strict: false, validateFormats: false }).compile(schema)

/** Where a document, as it is printed, differs from docs/plan-document.schema.json. */
export function planSchema(doc: unknown): readonly string[] {
  if (validate(JSON.parse(JSON.stringify(doc)))) return []
  return (validate.errors ?? []).map((e) => `schema: ${e.instancePath} ${e.message ?? ''} ${JSON.stringify(e.params)}`)
}
