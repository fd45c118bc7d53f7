import type { Issue } from '../api.ts'

/** What the server has said: what is wrong, what to do, and where. */
export function Issues({ of }: { readonly of: readonly Issue[] }) {
  return (
    <ul lang="en">
      {of.map(({ path, message, remedy }) => (
        <li key={`${path}${message}`}>
          {message}
          {remedy === undefined ? null : <>. {remedy}</>}
          {path === undefined ? null : (
            <>
              {' '}
              <span className="quiet">({path})</span>
            </>
          )}
        </li>
      ))}
    </ul>
  )
}
