import { AS_OF, type BinaryName, CODE_SYSTEM, calledName, codeName, type Elm, type ElmLibrary, type TypeSpecifier } from './elm-tree.ts'

/** Prints a library as CQL 1.5. Every operator is written in parentheses where it has parts, so that nobody has to know CQL's precedence. */
export function cqlText(library: ElmLibrary): string {
  const lines = [
    `// ${library.about}`,
    `library ${library.id} version ${quoted(library.version)}`,
    '',
    `using FHIR version '4.0.1'`,
    '',
    ...library.includes.map((name) => `include ${name} version ${quoted(library.version)} called ${calledName(name)}`),
    ...(library.codeSystem ? [`codesystem ${name(CODE_SYSTEM)}: ${quoted(library.codeSystem)}`, ''] : []),
    ...library.codes.map(
      ({ code, display }) => `code ${name(codeName(code))}: ${quoted(code)} from ${name(CODE_SYSTEM)} display ${quoted(display)}`,
    ),
    ...(library.hasAsOf ? ['', '// the day that is asked', `parameter ${name(AS_OF)} Date default Today()`] : []),
    '',
    'context Patient',
    '',
  ]
  for (const definition of library.definitions) {
    if (definition.comment) lines.push(`// ${definition.comment.replaceAll('\n', ' ')}`)
    lines.push(`define ${name(definition.name)}:`, `  ${print(definition.expression).replaceAll('\n', '\n  ')}`, '')
  }
  return lines.join('\n')
}

const quoted = (text: string): string => `'${escaped(text).replaceAll("'", "\\'")}'`
/** An identifier. */
export const name = (text: string): string => `"${escaped(text).replaceAll('"', '\\"')}"`
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')

const BINARY: { readonly [type in BinaryName]: string } = {
  And: 'and',
  Or: 'or',
  Equal: '=',
  Less: '<',
  LessOrEqual: '<=',
  Greater: '>',
  GreaterOrEqual: '>=',
  In: 'in',
  Intersect: 'intersect',
  Subtract: '-',
}

/** `a and b and c`: CQL reads it from the left, as the tree does. A long one takes a line for each part. */
function chain(type: 'And' | 'Or', elm: Elm): string {
  const parts: string[] = []
  let left = elm
  while ((left.type === 'And' || left.type === 'Or') && left.type === type) {
    const [before, last]: readonly [Elm, Elm] = left.operand
    parts.unshift(print(last))
    left = before
  }
  parts.unshift(print(left))
  const word = BINARY[type]
  const line = parts.join(` ${word} `)
  if (line.length <= 100 && !line.includes('\n')) return `(${line})`
  return `(${parts.map((part) => part.replaceAll('\n', '\n  ')).join(`\n  ${word} `)})`
}

function print(elm: Elm): string {
  switch (elm.type) {
    case 'Literal':
      return elm.valueType.endsWith('}String') ? quoted(elm.value) : elm.value
    case 'Null':
      return 'null'
    case 'As':
      return `(${print(elm.operand)} as ${typeName(elm.asTypeSpecifier)})`
    case 'ExpressionRef':
      return elm.libraryName === undefined ? name(elm.name) : `${elm.libraryName}.${name(elm.name)}`
    case 'ParameterRef':
    case 'CodeRef':
      return name(elm.name)
    case 'AliasRef':
      return elm.name
    case 'Property':
      return `${'scope' in elm ? elm.scope : print(elm.source)}.${member(elm.path)}`
    case 'Not':
      // `x is not null` and `x is not false` are CQL's own words for these
      if (elm.operand.type === 'IsNull') return `(${print(elm.operand.operand)} is not null)`
      if (elm.operand.type === 'IsFalse') return `(${print(elm.operand.operand)} is not false)`
      return `(not ${print(elm.operand)})`
    case 'IsNull':
      return `(${print(elm.operand)} is null)`
    case 'IsFalse':
      return `(${print(elm.operand)} is false)`
    case 'Exists':
      return `exists ${print(elm.operand)}`
    case 'SingletonFrom':
      return `(singleton from ${print(elm.operand)})`
    case 'DateFrom':
      return `(date from ${print(elm.operand)})`
    case 'ToList':
      return `{ ${print(elm.operand)} }`
    case 'And':
    case 'Or':
      return chain(elm.type, elm)
    case 'Equal':
    case 'Less':
    case 'LessOrEqual':
    case 'Greater':
    case 'GreaterOrEqual':
    case 'In':
    case 'Intersect':
    case 'Subtract':
      return `(${print(elm.operand[0])} ${BINARY[elm.type]} ${print(elm.operand[1])})`
    case 'Coalesce':
      return `Coalesce(${elm.operand.map(print).join(', ')})`
    case 'First':
    case 'Count':
      return `${elm.type}(${print(elm.source)})`
    case 'If':
      return `(if ${print(elm.condition)} then ${print(elm.then)} else ${print(elm.else)})`
    case 'Case':
      return `(case ${elm.caseItem.map((item) => `when ${print(item.when)} then ${print(item.then)}`).join(' ')} else ${print(elm.else)} end)`
    case 'List':
      return `${elm.typeSpecifier ? typeName(elm.typeSpecifier) : ''}{ ${elm.element.map(print).join(', ')} }`
    case 'Tuple':
      return `Tuple { ${elm.element.map(({ name: field, value }) => `${member(field)}: ${print(value)}`).join(', ')} }`
    case 'MaxValue':
      return `(maximum ${elm.valueType.replace(/^.*\}/, '')})`
    case 'Today':
      return 'Today()'
    case 'Quantity':
      return `${elm.value} ${elm.unit}`
    case 'Query': {
      const [{ alias, expression }] = elm.source
      const where = elm.where ? ` where ${print(elm.where)}` : ''
      const returned = elm.return ? ` return all ${print(elm.return.expression)}` : ''
      // a list selector is no query source without parentheses
      const source = expression.type === 'List' ? `(${print(expression)})` : print(expression)
      return `(${source} ${alias}${where}${returned})`
    }
    case 'Retrieve': {
      const resource = elm.dataType.replace(/^.*\}/, '')
      const codes = elm.codes?.type === 'ToList' ? `: ${print(elm.codes.operand)}` : ''
      return `[${resource}${codes}]`
    }
  }
}

/** FHIR's elements that are no words of CQL; every other member is quoted. */
const PLAIN: ReadonlySet<string> = new Set(['value', 'component', 'coding', 'first', 'last', 'never'])
const member = (path: string): string => (PLAIN.has(path) ? path : name(path))

function typeName(type: TypeSpecifier): string {
  if (type.type === 'ListTypeSpecifier') return `List<${typeName(type.elementType)}>`
  const [, model, local] = /^\{(.*)\}(.*)$/.exec(type.name) ?? []
  return model === 'http://hl7.org/fhir' ? `FHIR.${local}` : (local ?? type.name)
}
