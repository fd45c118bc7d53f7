/** The part of HL7's ELM (the tree that CQL compiles to) that criteria and case features need. */
export type Elm =
  | { readonly type: 'Literal'; readonly valueType: string; readonly value: string }
  | { readonly type: 'Null' }
  | { readonly type: 'As'; readonly operand: Elm; readonly asTypeSpecifier: TypeSpecifier; readonly strict: false }
  | { readonly type: 'ExpressionRef'; readonly name: string; readonly libraryName?: string }
  | { readonly type: 'ParameterRef'; readonly name: string }
  | { readonly type: 'CodeRef'; readonly name: string }
  | { readonly type: 'AliasRef'; readonly name: string }
  | { readonly type: 'Property'; readonly path: string; readonly scope: string }
  | { readonly type: 'Property'; readonly path: string; readonly source: Elm }
  | { readonly type: UnaryName; readonly operand: Elm }
  | { readonly type: BinaryName; readonly operand: readonly [Elm, Elm] }
  | { readonly type: 'Coalesce'; readonly operand: readonly Elm[] }
  | { readonly type: 'First' | 'Count'; readonly source: Elm }
  | { readonly type: 'If'; readonly condition: Elm; readonly then: Elm; readonly else: Elm }
  | { readonly type: 'Case'; readonly caseItem: readonly { readonly when: Elm; readonly then: Elm }[]; readonly else: Elm }
  | { readonly type: 'List'; readonly typeSpecifier?: TypeSpecifier; readonly element: readonly Elm[] }
  | { readonly type: 'Tuple'; readonly element: readonly { readonly name: string; readonly value: Elm }[] }
  | { readonly type: 'MaxValue'; readonly valueType: string }
  | { readonly type: 'Today' }
  | { readonly type: 'Quantity'; readonly value: number; readonly unit: string }
  | {
      readonly type: 'Query'
      readonly source: readonly [{ readonly alias: string; readonly expression: Elm }]
      readonly relationship: readonly []
      readonly where?: Elm
      readonly return?: { readonly distinct: false; readonly expression: Elm }
    }
  | {
      readonly type: 'Retrieve'
      readonly dataType: string
      readonly templateId: string
      readonly codeProperty?: 'code'
      readonly codeComparator?: '~'
      readonly codes?: Elm
    }

export type UnaryName = 'Not' | 'IsNull' | 'IsFalse' | 'Exists' | 'SingletonFrom' | 'DateFrom' | 'ToList'
export type BinaryName = 'And' | 'Or' | 'Equal' | 'Less' | 'LessOrEqual' | 'Greater' | 'GreaterOrEqual' | 'In' | 'Intersect' | 'Subtract'

export type TypeSpecifier =
  | { readonly type: 'NamedTypeSpecifier'; readonly name: string }
  | { readonly type: 'ListTypeSpecifier'; readonly elementType: TypeSpecifier }

export interface ElmDefinition {
  readonly name: string
  readonly expression: Elm
  /** A comment for the reader of the printed text. */
  readonly comment?: string
}

/** One library, before it is written as ELM JSON or printed as CQL. */
export interface ElmLibrary {
  readonly id: string
  readonly version: string
  readonly about: string
  /** Other libraries, by the name they are called here. */
  readonly includes: readonly string[]
  readonly codeSystem?: string
  readonly codes: readonly { readonly code: string; readonly display: string }[]
  readonly hasAsOf: boolean
  readonly definitions: readonly ElmDefinition[]
}

const SYSTEM = 'urn:hl7-org:elm-types:r1'
const FHIR = 'http://hl7.org/fhir'
export const AS_OF = 'As of'

export const systemType = (name: string): TypeSpecifier => ({ type: 'NamedTypeSpecifier', name: `{${SYSTEM}}${name}` })
export const fhirType = (name: string): TypeSpecifier => ({ type: 'NamedTypeSpecifier', name: `{${FHIR}}${name}` })
export const listOf = (elementType: TypeSpecifier): TypeSpecifier => ({ type: 'ListTypeSpecifier', elementType })

const literal = (type: string, value: string): Elm => ({ type: 'Literal', valueType: `{${SYSTEM}}${type}`, value })
export const truth = (value: boolean): Elm => literal('Boolean', String(value))
export const integer = (value: number): Elm => literal('Integer', String(value))
export const decimal = (text: string): Elm => literal('Decimal', text)
export const words = (value: string): Elm => literal('String', value)
export const NULL: Elm = { type: 'Null' }
export const asType = (operand: Elm, asTypeSpecifier: TypeSpecifier): Elm => ({ type: 'As', operand, asTypeSpecifier, strict: false })
export const UNKNOWN: Elm = asType(NULL, systemType('Boolean'))
export const ref = (name: string, libraryName?: string): Elm =>
  libraryName === undefined ? { type: 'ExpressionRef', name } : { type: 'ExpressionRef', name, libraryName }
export const unary = (type: UnaryName, operand: Elm): Elm => ({ type, operand })
export const binary = (type: BinaryName, left: Elm, right: Elm): Elm => ({ type, operand: [left, right] })
export const of = (source: Elm, ...path: readonly string[]): Elm =>
  path.reduce<Elm>((inner, step) => ({ type: 'Property', path: step, source: inner }), source)
export const scoped = (scope: string, path: string): Elm => ({ type: 'Property', path, scope })
export const query = (expression: Elm, alias: string, where?: Elm, returned?: Elm): Elm => ({
  type: 'Query',
  source: [{ alias, expression }],
  relationship: [],
  ...(where ? { where } : {}),
  ...(returned ? { return: { distinct: false as const, expression: returned } } : {}),
})
export const choose = (condition: Elm, then: Elm, otherwise: Elm): Elm => ({ type: 'If', condition, then, else: otherwise })
export const cases = (items: readonly (readonly [when: Elm, then: Elm])[], otherwise: Elm): Elm => ({
  type: 'Case',
  caseItem: items.map(([when, then]) => ({ when, then })),
  else: otherwise,
})
export const list = (element: readonly Elm[]): Elm => ({ type: 'List', element })
/** An empty list that says what it is a list of. */
export const emptyList = (elementType: TypeSpecifier): Elm => ({ type: 'List', typeSpecifier: listOf(elementType), element: [] })
export const first = (source: Elm): Elm => ({ type: 'First', source })
export const count = (source: Elm): Elm => ({ type: 'Count', source })
export const maximum: Elm = { type: 'MaxValue', valueType: `{${SYSTEM}}Decimal` }
export const retrieve = (resource: string, code?: string): Elm => ({
  type: 'Retrieve',
  dataType: `{${FHIR}}${resource}`,
  templateId: `${FHIR}/StructureDefinition/${resource}`,
  ...(code === undefined
    ? {}
    : { codeProperty: 'code' as const, codeComparator: '~' as const, codes: unary('ToList', { type: 'CodeRef', name: codeName(code) }) }),
})

/** The library as ELM JSON (`application/elm+json`). */
export function elmJson(library: ElmLibrary): object {
  const definitions = library.definitions.map(({ name, expression }) => ({ name, context: 'Patient', accessLevel: 'Public', expression }))
  return {
    library: {
      identifier: { id: library.id, version: library.version },
      schemaIdentifier: { id: 'urn:hl7-org:elm', version: 'r1' },
      usings: {
        def: [
          { localIdentifier: 'System', uri: SYSTEM },
          { localIdentifier: 'FHIR', uri: FHIR, version: '4.0.1' },
        ],
      },
      ...(library.includes.length > 0
        ? {
            includes: {
              def: library.includes.map((name) => ({ localIdentifier: calledName(name), path: name, version: library.version })),
            },
          }
        : {}),
      ...(library.hasAsOf
        ? {
            parameters: {
              def: [{ name: AS_OF, accessLevel: 'Public', default: { type: 'Today' }, parameterTypeSpecifier: systemType('Date') }],
            },
          }
        : {}),
      ...(library.codeSystem
        ? {
            codeSystems: { def: [{ name: CODE_SYSTEM, id: library.codeSystem, accessLevel: 'Public' }] },
            codes: {
              def: library.codes.map(({ code, display }) => ({
                name: codeName(code),
                id: code,
                display,
                accessLevel: 'Public',
                codeSystem: { name: CODE_SYSTEM },
              })),
            },
          }
        : {}),
      contexts: { def: [{ name: 'Patient' }] },
      statements: {
        def: [{ name: 'Patient', context: 'Patient', expression: unary('SingletonFrom', retrieve('Patient')) }, ...definitions],
      },
    },
  }
}

/** A code and a definition may not share a name. */
export const codeName = (code: string): string => `${code} code`
export const CODE_SYSTEM = 'Case features'
/** `SecondWindFacts` is called `Facts` in the others. */
export const calledName = (library: string): string => library.replace(/^SecondWind/, '')
