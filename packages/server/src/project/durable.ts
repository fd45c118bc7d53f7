import fs from 'node:fs'

/** Written beside, flushed to the disk, and only then named: a crash leaves the old file or the new one. */
export function writeDurably(file: string, bytes: Uint8Array): void {
  const beside = `${file}.tmp`
  const handle = fs.openSync(beside, 'w')
  try {
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(handle, bytes, at)
    fs.fsyncSync(handle)
  } finally {
    fs.closeSync(handle)
  }
  fs.renameSync(beside, file)
}
