import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/**
 * A small value that a browser keeps for us and can neither read nor change: AES-256-GCM, the vector and the tag before the text. It is bound to its name,
 * so that what was sealed for one purpose opens for no other.
 */
export function seal(key: Buffer, name: string, value: object): string {
  const vector = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, vector).setAAD(Buffer.from(name))
  const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
  return Buffer.concat([vector, cipher.getAuthTag(), body]).toString('base64url')
}

/** Undefined: it is not ours, or was changed. */
export function unseal<T>(key: Buffer, name: string, text: string): T | undefined {
  try {
    const all = Buffer.from(text, 'base64url')
    const opening = createDecipheriv('aes-256-gcm', key, all.subarray(0, 12), { authTagLength: 16 }).setAAD(Buffer.from(name))
    opening.setAuthTag(all.subarray(12, 28))
    return JSON.parse(Buffer.concat([opening.update(all.subarray(28)), opening.final()]).toString('utf8')) as T
  } catch {
    return undefined
  }
}
