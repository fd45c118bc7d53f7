import fs from 'node:fs'
import path from 'node:path'
import type { Finding } from '../check/finding.ts'
import { closest } from '../check/suggest.ts'

/**
 * What lies in the folder of the knowledge and is not read: files with another ending than `.yaml`, folders that the compiler does not know.
 * Whole rules could vanish into them without a word. Beside the folders only YAML is taken for rules. Hidden files, notes in Markdown and back-ups of editors (`…~`) are passed over.
 */
export function strayFiles(root: string, folders: readonly string[]): readonly Finding[] {
  const findings: Finding[] = []
  for (const entry of fs.readdirSync(root, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue
    if (!entry.isDirectory()) {
      if (/\.ya?ml$/i.test(entry.name))
        findings.push(unread(entry.name, 'lies beside the folders, where nothing is read', 'move it into one of the folders'))
      continue
    }
    const files = filesBelow(root, entry.name)
    if (!folders.includes(entry.name)) {
      const near = closest(entry.name, folders)
      const remedy = `${near.length > 0 ? `did you mean ${near.join(' or ')}? The` : 'the'} folders are ${folders.join(', ')}`
      const held = files.filter((file) => !isNote(file))
      for (const file of held) findings.push(unread(file, `is in the folder ${entry.name}, which the compiler does not know`, remedy))
      continue
    }
    for (const file of files)
      if (!file.endsWith('.yaml') && !isNote(file))
        findings.push(unread(file, 'is not read: its name does not end in .yaml', 'rename it, or take it out of the folder'))
  }
  return findings
}

const unread = (file: string, message: string, remedy: string): Finding => ({ code: 'yaml', file, line: 1, message, remedy })

const isNote = (file: string): boolean => file.endsWith('.md') || file.endsWith('~')

/** Every file below a folder, hidden ones left out, sorted, relative to the root with forward slashes. */
const filesBelow = (root: string, folder: string): readonly string[] =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((e) => !e.isDirectory())
    .map((e) => path.relative(root, path.join(e.parentPath, e.name)).split(path.sep).join('/'))
    .filter((file) => !file.split('/').some((part) => part.startsWith('.')))
    .sort()
