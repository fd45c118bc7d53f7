import fs from 'node:fs'
import { createGunzip } from 'node:zlib'

/**
 * The lines of a file, unpacked where it is gzipped. Node's readline loses what it reads before someone listens, and tells no error of the
 * decompression: this does neither.
 */
export async function* linesOfFile(file: string, isGzipped: boolean): AsyncGenerator<string> {
  const source = fs.createReadStream(file)
  const gunzip = isGzipped ? createGunzip() : undefined
  if (gunzip !== undefined) source.on('error', (error) => gunzip.destroy(error))
  const bytes = gunzip === undefined ? source : source.pipe(gunzip)
  bytes.setEncoding('utf8')
  let rest = ''
  for await (const piece of bytes) {
    const lines = (rest + (piece as string)).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}
