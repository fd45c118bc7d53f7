import { resourceScope } from '../scopes.ts'

/** Words for what an app may do once somebody has signed in. */
export interface ScopeWords {
  /** What goes along with a sign-in, by its scope. */
  readonly plain: { readonly [scope: string]: string }
  readonly read: string
  readonly write: string
  readonly both: string
  readonly everything: string
  readonly of: { readonly patient: string; readonly user: string; readonly system: string }
  readonly narrowed: string
}

/** What scopes let an app do, in words, each once; one that no word is known for stands as it was written. */
export function scopesInWords(scopes: readonly string[], words: ScopeWords): readonly string[] {
  return [...new Set(scopes.map((scope) => words.plain[scope] ?? resourceWords(scope, words) ?? scope).filter((text) => text !== ''))]
}

function resourceWords(text: string, { read, write, both, everything, of, narrowed }: ScopeWords): string | undefined {
  const scope = resourceScope(text)
  if (scope === undefined) return undefined
  const reads = scope.may.has('r') || scope.may.has('s')
  const writes = ['c', 'u', 'd'].some((letter) => scope.may.has(letter))
  const verb = reads && writes ? both : writes ? write : read
  const what = scope.type === '*' ? everything : scope.type
  return `${verb} ${what} ${of[scope.context]}${scope.narrowedBy === undefined ? '' : ` (${narrowed} ${scope.narrowedBy})`}`
}
