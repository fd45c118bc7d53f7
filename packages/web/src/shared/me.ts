import { useApi } from './api.ts'

export interface Grant {
  readonly kinds: readonly string[]
  readonly may: readonly string[]
  readonly reach: readonly string[]
}
export interface Me {
  readonly signedIn: boolean
  readonly who?: string
  readonly role?: string
  readonly site?: string
  readonly purpose?: string
  readonly title?: string
  readonly may?: readonly Grant[]
}

/** Who is signed in, in what role, from which site, and what the table of access lets them do. The server asks again; this only keeps doors shut that would not open. */
export function useMe(): { readonly me: Me | undefined; readonly may: (interaction: string, kind: string) => boolean } {
  const { data: me } = useApi<Me>('/me', { staleMs: Number.POSITIVE_INFINITY })
  return {
    me,
    may: (interaction, kind) =>
      me?.role === 'single-user' || (me?.may ?? []).some((grant) => grant.kinds.includes(kind) && grant.may.includes(interaction)),
  }
}
