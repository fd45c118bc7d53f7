import { ApiFault } from '../../shared/api.ts'
import { session } from '../../shared/session.ts'

/** A file of the server, in the name of who is signed in. */
export async function fetchFile(path: string): Promise<Blob> {
  const token = await session.token()
  let response: Response
  try {
    response = await fetch(path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
  } catch {
    throw new ApiFault(0, [{ code: 'offline', severity: 'error', message: 'the server was not reached' }])
  }
  if (!response.ok)
    throw new ApiFault(response.status, [
      { code: `http-${response.status}`, severity: 'error', message: `the server answered ${response.status}` },
    ])
  return response.blob()
}

/** Gives a file to the person: it goes where the browser puts what was downloaded. */
export function download(file: Blob, name: string): void {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
