import type { FhirResource, StoredVersion, Write } from '../store/index.ts'

type Meta = { readonly security?: readonly unknown[] }

/**
 * The same writes; an update that says nothing of security labels keeps those that stand (FHIR R4, Resource: tags, profiles and labels are kept unless they
 * are changed on purpose). Many programs send back what they know of a resource and leave `meta` out: a psychology note would be open to all from then on.
 * Who means to take a label away says so: with a `meta.security` of their own, or by a patch.
 */
export const withLabels = (writes: readonly Write[], standing: ReadonlyMap<string, StoredVersion>): readonly Write[] =>
  writes.map((write) => {
    if (write.kind !== 'update') return write
    const { resource } = write
    const body = standing.get(`${resource.resourceType}/${resource.id}`)?.body
    // most resources carry no label: a look at the text spares reading them
    if (!body?.includes('"security"') || (resource.meta as Meta | undefined)?.security !== undefined) return write
    const { security } = ((JSON.parse(body) as FhirResource).meta ?? {}) as Meta
    return security === undefined ? write : { ...write, resource: { ...resource, meta: { ...(resource.meta as Meta), security } } }
  })
