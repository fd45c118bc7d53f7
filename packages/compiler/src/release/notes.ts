import fs from 'node:fs'
import path from 'node:path'

/** What knowledge/CHANGELOG.md says under the heading of a release, on one line a paragraph; empty where it says nothing. */
export function releaseNotes(root: string, version: string): string {
  const file = path.join(root, 'CHANGELOG.md')
  const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n') : []
  const start = lines.indexOf(`## ${version}`)
  if (start === -1) return ''
  const end = lines.findIndex((line, i) => i > start && line.startsWith('## '))
  return lines
    .slice(start + 1, end === -1 ? undefined : end)
    .join('\n')
    .trim()
}
