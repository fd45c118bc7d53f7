/** As much of a Patient as a list shows. */
export interface PersonBody {
  readonly name?: readonly {
    readonly use?: string
    readonly text?: string
    readonly family?: string
    readonly given?: readonly string[]
    readonly prefix?: readonly string[]
  }[]
  readonly birthDate?: string
  readonly identifier?: readonly {
    readonly use?: string
    readonly value?: string
    readonly type?: { readonly coding?: readonly { readonly code?: string }[]; readonly text?: string }
  }[]
}

/** The name in use: the official one, else the usual one, else the first that is not old. Undefined: none is recorded. */
export function nameOf({ name = [] }: PersonBody): { readonly full: string; readonly sort: string } | undefined {
  const standing = name.filter(({ use }) => use !== 'old')
  const one = standing.find(({ use }) => use === 'official') ?? standing.find(({ use }) => use === 'usual') ?? standing[0]
  if (one === undefined) return undefined
  const given = (one.given ?? []).join(' ')
  const full = [given, one.family].filter(Boolean).join(' ') || (one.text ?? '')
  const sort = [one.family, given].filter(Boolean).join(' ') || (one.text ?? '')
  return full === '' ? undefined : { full, sort }
}

/** Every number under which the record may be asked for, the medical record number first. */
export function recordNumbersOf({ identifier = [] }: PersonBody): readonly string[] {
  const isRecord = (one: (typeof identifier)[number]): boolean => one.type?.coding?.some(({ code }) => code === 'MR') === true
  return identifier
    .filter(({ use, value }) => use !== 'old' && value !== undefined && value.trim() !== '')
    .toSorted((a, b) => Number(isRecord(b)) - Number(isRecord(a)))
    .map(({ value }) => value!)
}

export const birthYearOf = ({ birthDate }: PersonBody): number | undefined =>
  birthDate !== undefined && /^\d{4}/.test(birthDate) ? Number(birthDate.slice(0, 4)) : undefined
