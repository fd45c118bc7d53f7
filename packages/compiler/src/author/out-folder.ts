import fs from 'node:fs'
import path from 'node:path'

/**
 * Makes a folder ready to be written, before anything is built for it. Returns why that cannot be, for a person; undefined when it is ready.
 *
 * `mark`: a file by which a folder is known as ours. With it, a folder that holds something else is refused and left alone; without it, files are
 * added to whatever is there. Folders are made one by one: a recursive mkdir never returns where the system takes no folder (/proc).
 */
export function claimFolder(out: string, mark?: { readonly file: string; readonly says: string }): string | undefined {
  const remedy = 'give another folder'
  try {
    for (const folder of missing(out)) fs.mkdirSync(folder)
    if (!fs.statSync(out).isDirectory()) return `${out} is a file (${remedy})`
    if (mark && fs.readdirSync(out).length > 0 && !fs.existsSync(path.join(out, mark.file)))
      return `${out} holds something else than ${mark.says}, and is left alone (give an empty folder)`
    const probe = path.join(out, mark?.file ?? `.second-wind-${process.pid}`)
    fs.writeFileSync(probe, mark ? `Written by ${mark.says}; replaced as a whole the next time.\n` : '')
    if (!mark) fs.rmSync(probe)
    return undefined
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const because = (code !== undefined && BECAUSE[code]) || `the system says ${code ?? (error as Error).message}`
    return `${out} cannot be written: ${because} (${remedy})`
  }
}

const BECAUSE: { readonly [code: string]: string } = {
  EACCES: 'it may not be written by this user',
  EPERM: 'it may not be written by this user',
  EROFS: 'its disk is read-only',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a part of the path is a file',
  ENOENT: 'no folder can be made there',
  ENOSPC: 'the disk is full',
}

/** The folders of a path that are not there yet, the outermost first. */
function missing(out: string): readonly string[] {
  const found: string[] = []
  for (let at = out; !fs.existsSync(at) && path.dirname(at) !== at; at = path.dirname(at)) found.unshift(at)
  return found
}
