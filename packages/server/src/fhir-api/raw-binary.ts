import type { ApiRequest, ApiResponse } from '../api/index.ts'

const NOT_FHIR = /^(?!.*(json|fhir\+xml|turtle|\*\/\*|application\/\*|text\/html)).+/
const MEDIA_TYPE = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}(\s*;\s*charset=[\w-]{1,40})?$/

/** Whether the content of a Binary is asked for, and not the resource around it: by an Accept that names no form of FHIR (R4, "Serving Binary resources"). */
export const asksForContent = ({ method, params, query, headers }: ApiRequest): boolean =>
  method === 'GET' &&
  params.type === 'Binary' &&
  params.id !== undefined &&
  !query.some(([name]) => name === '_format') &&
  NOT_FHIR.test(headers.accept ?? '')

/**
 * The content of a Binary, under its own type whatever was asked for: to be kept as a file, never shown as a page of this server.
 */
export function contentOf({ status, headers = {}, body }: ApiResponse): ApiResponse {
  if (status !== 200 || typeof body !== 'string') return { status, headers, body }
  const { contentType, data = '' } = JSON.parse(body) as { readonly contentType?: string; readonly data?: string }
  const type = typeof contentType === 'string' && MEDIA_TYPE.test(contentType) ? contentType : 'application/octet-stream'
  return { status, headers: { ...headers, 'content-disposition': 'attachment' }, body: Buffer.from(data, 'base64'), contentType: type }
}
