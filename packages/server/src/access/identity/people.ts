import { ROLES, type Role } from '../roles.ts'

/** Somebody who can sign in at the embedded provider: for trying out, one for each role. */
export interface Person {
  readonly role: Role
  readonly who: string
  readonly name: string
}

/** Patients and carers are no people of the installation: they sign in for a patient that they name. */
export const SEEDED: readonly Person[] = (Object.entries(ROLES) as [Role, string][])
  .filter(([role]) => role !== 'integration')
  .map(([role, title]) => ({
    role,
    who: role === 'patient' ? 'Patient/' : role === 'carer' ? 'RelatedPerson/' : `Practitioner/${role}`,
    name: title,
  }))

/** What the id of an account says, so that no table of accounts is needed. */
export interface Account {
  readonly role: Role
  readonly who: string
  readonly site: string
}

export const accountId = ({ role, who, site }: Account): string => Buffer.from(JSON.stringify([role, who, site])).toString('base64url')

export function accountOf(id: string): Account | undefined {
  try {
    const [role, who, site] = JSON.parse(Buffer.from(id, 'base64url').toString('utf8')) as [Role, string, string]
    return Object.hasOwn(ROLES, role) ? { role, who, site } : undefined
  } catch {
    return undefined
  }
}
