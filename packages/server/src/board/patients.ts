import type { ApiRequest } from '../api/index.ts'
import type { Store, StoredVersion } from '../store/index.ts'

interface Name {
  readonly use?: string
  readonly text?: string
  readonly family?: string
  readonly given?: readonly string[]
}

/** What stands on the list beside a case: who it is. */
export interface Identity {
  readonly name?: string
  readonly birthDate?: string
  readonly version: StoredVersion
}

/** The names of these patients, as far as the caller may see them, told to the audit log. */
export async function identitiesOf(store: Store, request: ApiRequest, ids: readonly string[]): Promise<ReadonlyMap<string, Identity>> {
  const different = [...new Set(ids)]
  const versions = different.length === 0 ? [] : await store.readMany(different.map((id) => ({ type: 'Patient', id })))
  const seen = new Map<string, Identity>()
  for (const version of versions) {
    const decision = await request.decide({ interaction: 'read', type: 'Patient', id: version.id, patient: version.id })
    if (!decision.allowed || version.body === null || decision.sight?.maySee?.(version) === false) continue
    const { name = [], birthDate } = JSON.parse(version.body) as { name?: readonly Name[]; birthDate?: string }
    const shown = nameText(name.find(({ use }) => use === 'official') ?? name[0])
    seen.set(version.id, { version, ...(shown === undefined ? {} : { name: shown }), ...(birthDate === undefined ? {} : { birthDate }) })
  }
  return seen
}

/** A name as a list shows it; undefined: nothing is known of it. */
export function nameText(name: Name | undefined): string | undefined {
  const text = name?.text ?? [...(name?.given ?? []), name?.family ?? ''].filter(Boolean).join(' ')
  return text === undefined || text.trim() === '' ? undefined : text
}
