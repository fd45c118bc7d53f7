import type { Issue } from '../api.ts'
import classes from './small.module.css'

/** A sentence begins with a capital; what begins with a name or a code (mCODE, pT2) stays as it is. */
export const sentence = (text: string): string => (/^[a-z]+[ ,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text)

/** What the server has said: what is wrong, what to do, and where. `isTold`: what is wrong stands above already. */
export function Issues({ of, isTold = false }: { readonly of: readonly Issue[]; readonly isTold?: boolean }) {
  return (
    <ul lang="en" className={of.length === 1 ? classes.oneIssue : undefined}>
      {of.map(({ path, message, remedy }) => (
        <li key={`${path}${message}`}>
          {!(isTold && remedy !== undefined) && <>{sentence(message)}. </>}
          {remedy === undefined ? null : <>{sentence(remedy)}. </>}
          {path === undefined || isTold ? null : <span className="quiet">({path})</span>}
        </li>
      ))}
    </ul>
  )
}
