import { session } from '../shared/session.ts'

const LEFT = 'second-wind.left'

/** Forgets the tokens; the next sign-in asks who this is. */
export function signOut(): void {
  sessionStorage.setItem(LEFT, '1')
  session.signOut()
}

export const hasLeft = (): boolean => sessionStorage.getItem(LEFT) !== null
export const forgetLeft = (): void => sessionStorage.removeItem(LEFT)
