import { randomBytes } from 'node:crypto'

/** A sign-in at another server whose patient is still to be chosen. */
export interface HeldSignIn {
  readonly who: string
  readonly server: string
  readonly token: string
}

const HOLDS_FOR = 10 * 60_000
const MOST = 1000

/**
 * Tokens of sign-ins that named no patient, until one is found: in the memory of this process, ten minutes at most, for the person who signed in alone. A
 * restart forgets them, and they are written nowhere.
 */
export function heldSignIns(now: () => Date) {
  const held = new Map<string, HeldSignIn & { readonly endsAt: number }>()
  const sweep = (): void => {
    for (const [handle, { endsAt }] of held) if (endsAt <= now().getTime()) held.delete(handle)
    while (held.size > MOST) held.delete(held.keys().next().value!)
  }
  return {
    keep(one: HeldSignIn): string {
      const handle = randomBytes(24).toString('base64url')
      held.set(handle, { ...one, endsAt: now().getTime() + HOLDS_FOR })
      sweep()
      return handle
    },
    of(handle: string, who: string): HeldSignIn | undefined {
      sweep()
      const one = held.get(handle)
      return one?.who === who ? one : undefined
    },
    forget(handle: string): void {
      held.delete(handle)
    },
  }
}

export type HeldSignIns = ReturnType<typeof heldSignIns>
