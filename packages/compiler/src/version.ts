import fs from 'node:fs'
import path from 'node:path'

/** The newest release named in knowledge/CHANGELOG.md (`## 2026-11-23`). */
export function knowledgeVersion(root: string): string {
  const file = path.join(root, 'CHANGELOG.md')
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
  return /^## (\S+)/m.exec(text)?.[1] ?? 'unreleased'
}
