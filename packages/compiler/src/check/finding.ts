/** Something wrong in the knowledge base: what, where, and how to put it right. */
export interface Finding {
  readonly code: 'yaml' | 'schema' | 'criterion' | 'dangling' | 'duplicate' | 'citation' | 'example' | 'review' | 'policy' | 'unused'
  readonly file: string
  readonly line: number
  readonly entry?: string
  readonly message: string
  readonly remedy: string
  /** A warning does not fail the check. */
  readonly severity?: 'warning'
}

export const findingText = (f: Finding): string =>
  `${f.file}:${f.line}  ${f.severity === 'warning' ? 'warning ' : ''}${f.code}${f.entry ? ` [${f.entry}]` : ''}: ${f.message} (${f.remedy})`
