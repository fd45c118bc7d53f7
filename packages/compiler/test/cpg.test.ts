import { vocabulary } from '@secondwind/core'
import { describe, expect, test } from 'vitest'
import { cpgResources, cqlEdition, cqlText, DIALECTS, elmJson, snapshotDdl, snapshotTables } from '../src/index.ts'
import { realKnowledge } from './conformance/batches.ts'

const knowledge = realKnowledge()
const edition = cqlEdition(knowledge)
const resources = cpgResources(knowledge, edition) as readonly {
  readonly resourceType: string
  readonly id: string
  readonly url: string
  readonly version: string
  readonly status: string
  readonly name: string
}[]

/** Every value found under a key, anywhere. */
function under(node: unknown, key: string): readonly string[] {
  if (Array.isArray(node)) return node.flatMap((one) => under(one, key))
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([name, value]) => (name === key && typeof value === 'string' ? [value] : under(value, key)))
}

describe('the base as CQL', () => {
  test('everything can be said, and each rule is one definition', () => {
    expect(edition.notPrinted).toEqual([])
    const names = edition.libraries.flatMap((library) => library.definitions.map(({ name }) => `${library.id} ${name}`))
    expect(new Set(names).size).toBe(names.length)
    for (const option of knowledge.options) expect(names).toContain(`SecondWindTreatment ${option.id}`)
    for (const rule of knowledge.safety) expect(names).toContain(`SecondWindSafety ${rule.id}`)
  })

  test('text and ELM hold the same definitions', () => {
    for (const library of edition.libraries) {
      const { statements } = (elmJson(library) as { library: { statements: { def: { name: string }[] } } }).library
      const printed = [...cqlText(library).matchAll(/^define "(.*)":$/gm)].map(([, name]) => name)
      expect(['Patient', ...printed]).toEqual(statements.def.map(({ name }) => name))
    }
  })

  test('a number that CQL cannot write is named, not rounded', () => {
    const [rule] = knowledge.safety
    const fine = { op: 'compare', fact: 'creatinine-clearance', cmp: '<', value: 0.123456789 } as const
    const { notPrinted, libraries } = cqlEdition({ ...knowledge, safety: [{ ...rule!, when: fine }] })
    expect(notPrinted).toEqual([{ rule: `safety/${rule!.id}`, because: 'creatinine-clearance: 0.123456789 has more than eight decimals' }])
    expect(libraries.find(({ id }) => id === 'SecondWindSafety')).toBeUndefined()
  })
})

describe('the base as FHIR', () => {
  test('legal ids, one resource an address, nothing active', () => {
    for (const { id, status, name } of resources) {
      expect(id).toMatch(/^[A-Za-z0-9\-.]{1,64}$/)
      expect(name).toMatch(/^[A-Z][A-Za-z0-9]{0,254}$/)
      expect(status).toBe('draft')
    }
    expect(new Set(resources.map(({ url }) => url)).size).toBe(resources.length)
  })

  test('every address that is used is there, and every condition names a definition of its library', () => {
    const known = new Set(resources.map(({ url, version }) => `${url}|${version}`))
    const used = resources.flatMap((one) => [...under(one, 'definitionCanonical'), ...under(one, 'reference'), ...under(one, 'resource')])
    expect(used.length).toBeGreaterThan(2000)
    expect(used.filter((canonical) => !known.has(canonical))).toEqual([])
    const defined = new Set(edition.libraries.flatMap((l) => l.definitions.map(({ name }) => `${l.id} ${name}`)))
    const conditions = JSON.stringify(resources).matchAll(/"expression":"((?:[^"\\]|\\.)*)","reference":"[^"]*\/Library\/([^|"]*)\|/g)
    // a measure quotes the name, as a CQL expression
    const missing = [...conditions]
      .map(([, name, library]) => `${library} ${name!.replace(/^\\"(.*)\\"$/, '$1')}`)
      .filter((one) => !defined.has(one))
    expect(missing).toEqual([])
  })

  test('no element is empty', () => {
    expect(JSON.stringify(resources)).not.toMatch(/:""|:\[\]|:\{\}|undefined/)
  })

  test('a dose is a quantity only where it is flat and confirmed', () => {
    const given = resources.filter(({ id }) => id.startsWith('give-')) as unknown as readonly {
      readonly dosage: readonly { readonly text: string }[]
    }[]
    expect(given.length).toBeGreaterThan(200)
    for (const { dosage } of given) {
      const hasQuantity = JSON.stringify(dosage).includes('doseQuantity')
      if (dosage.length > 1 || /mg\/m2|mg\/kg|AUC|UNCONFIRMED|below/.test(dosage[0]!.text)) expect(hasQuantity, dosage[0]!.text).toBe(false)
    }
    expect(given.some((one) => JSON.stringify(one).includes('"doseQuantity":{"value":100'))).toBe(true)
  })

  test('a start in steps is written step by step, the lasting dose last', () => {
    const stepped = resources.filter(({ id }) => /^give-tarlatamab-tarlatamab/.test(id)) as unknown as readonly {
      readonly dosage: readonly { readonly text: string }[]
    }[]
    expect(stepped[0]!.dosage.map(({ text }) => text)).toEqual([
      '1 mg; iv; cycle 1, day 1',
      '10 mg; iv; cycle 1, day 8',
      '10 mg; iv; cycle 1, day 15',
      expect.stringMatching(/^then 10 mg; iv; day 1, 15/),
    ])
  })
})

describe('the case snapshot', () => {
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  test.each(Object.values(DIALECTS))('$name: every column has a name of its own that PostgreSQL does not cut', (dialect) => {
    for (const { columns } of snapshotTables(words, dialect)) {
      expect(new Set(columns.map(([name]) => name)).size).toBe(columns.length)
      expect(Math.max(...columns.map(([name]) => name.length))).toBeLessThanOrEqual(63)
      expect(columns.length).toBeLessThan(1600)
    }
  })

  test('one definition a dialect, dates instead of ages', () => {
    const ddl = Object.values(DIALECTS).map((dialect) => snapshotDdl(words, dialect).join(';\n'))
    expect(new Set(ddl).size).toBe(3)
    for (const text of ddl) expect(text).toMatch(/birth_date_first.? date/)
  })
})
