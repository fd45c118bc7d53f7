import fs from 'node:fs'
import { err, ok, type Result } from '@secondwind/core'
import { refusal, type ServerIssue } from './issue.ts'

/** A setting that stands in a JSON file: the variable that names the file, and an example of what is meant. */
export interface SettingFile {
  readonly name: string
  readonly meant: string
}

/** What stands in the file of a setting, or why it cannot be read. */
export function settingIn({ name, meant }: SettingFile, file: string): Result<unknown, readonly ServerIssue[]> {
  try {
    return ok(JSON.parse(fs.readFileSync(file, 'utf8')))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return err([refusal('invalid-parameter', name, `${file} cannot be read: ${why}`, `give a JSON file: ${meant}`)])
  }
}

/**
 * The entries of a file that holds a list, or everything in it that cannot be used: one entry that cannot refuses the whole. `read` gives the entry, or what is
 * wrong with it; `keyOf` what may stand in the list once. No file: no entries.
 */
export function settingList<T>(
  setting: SettingFile,
  file: string | undefined,
  read: (given: unknown) => T | string,
  keyOf: (entry: T) => string,
): Result<readonly T[], readonly ServerIssue[]> {
  if (file === undefined) return ok([])
  const { name, meant } = setting
  const found = settingIn(setting, file)
  if (!found.ok) return found
  if (!Array.isArray(found.value)) return err([refusal('invalid-parameter', name, `${file} is no list`, meant)])
  const issues: ServerIssue[] = []
  const entries = (found.value as readonly unknown[]).flatMap((one, i) => {
    const entry = read(one)
    if (typeof entry !== 'string') return [entry]
    issues.push(refusal('invalid-parameter', `${name}[${i}]`, entry, meant))
    return []
  })
  const keys = entries.map(keyOf)
  const twice = keys.find((key, i) => keys.indexOf(key) !== i)
  if (twice !== undefined) issues.push(refusal('invalid-parameter', name, `${twice} stands in it twice`, 'leave one'))
  return issues.length > 0 ? err(issues) : ok(entries)
}
