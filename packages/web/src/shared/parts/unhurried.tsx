import { type ReactNode, startTransition, useEffect, useState } from 'react'

/**
 * What lies below the first screen of a long page: drawn right after it, in steps between which the page answers. At once where the address names a place on
 * the page, which has to be there to be gone to.
 */
export function Unhurried({ children, until = null }: { readonly children: ReactNode; readonly until?: ReactNode }) {
  const [isNext, setNext] = useState(location.hash !== '')
  useEffect(() => startTransition(() => setNext(true)), [])
  return isNext ? children : until
}
