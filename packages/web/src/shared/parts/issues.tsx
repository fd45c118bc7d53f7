import type { Issue } from '../api.ts'
import classes from './small.module.css'

/** A sentence begins with a capital; what begins with a name or a code (mCODE, pT2) stays as it is. */
export const sentence = (text: string): string => (/^[a-z]+[ ,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text)

/** A place in a document or a chart tells a person where to look; a part of the request (a header, "body") tells them nothing. */
const isPlace = (path: string | undefined): path is string => path !== undefined && /[./[ ]/.test(path)

/** What is said of several things in the same words is said once, with each of the places. */
function saidOnce(issues: readonly Issue[]): readonly (Issue & { readonly places: readonly string[] })[] {
  const said = new Map<string, Issue & { readonly places: readonly string[] }>()
  for (const issue of issues) {
    const key = `${issue.message}\n${issue.remedy ?? ''}`
    const places = [...(said.get(key)?.places ?? []), ...(isPlace(issue.path) ? [issue.path] : [])]
    said.set(key, { ...issue, places: [...new Set(places)] })
  }
  return [...said.values()]
}

/** What the server has said: what is wrong, what to do, and where. `isTold`: what is wrong stands above already. */
export function Issues({ of, isTold = false }: { readonly of: readonly Issue[]; readonly isTold?: boolean }) {
  const issues = saidOnce(of)
  return (
    <ul lang="en" className={issues.length === 1 ? classes.oneIssue : undefined}>
      {issues.map(({ places, message, remedy }) => (
        <li key={`${message}${remedy}`}>
          {!(isTold && remedy !== undefined) && <>{sentence(message)}. </>}
          {remedy === undefined ? null : <>{sentence(remedy)}. </>}
          {places.length === 0 || isTold ? null : <span className="quiet">({places.join(', ')})</span>}
        </li>
      ))}
    </ul>
  )
}
