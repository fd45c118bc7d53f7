import fs from 'node:fs'
import { type ClinicPhones, readPhones } from '@secondwind/care'
import { err, ok, type Result } from '@secondwind/core'
import { refusal, type ServerIssue } from '../issue.ts'

/** The numbers that patients call, by the name of the site that wrote their record. */
export type SitePhones = ReadonlyMap<string, ClinicPhones>

const NAME = 'SECONDWIND_PHONES'
const MEANT = '{ "SITE": { "day": "+1 555 0100", "night": "+1 555 0101" } }'

/** The file of the setting, or what cannot be used in it: one wrong number refuses the whole, since somebody would call it in an emergency. */
export function phonesIn(file: string | undefined): Result<SitePhones, readonly ServerIssue[]> {
  if (file === undefined) return ok(new Map())
  let read: unknown
  try {
    read = JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return err([refusal('invalid-parameter', NAME, `${file} cannot be read: ${why}`, `give a JSON file: ${MEANT}`)])
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    return err([refusal('invalid-parameter', NAME, `${file} is no mapping of sites`, MEANT)])
  const issues: ServerIssue[] = []
  const phones = new Map<string, ClinicPhones>()
  for (const [site, given] of Object.entries(read)) {
    const numbers = readPhones(given)
    if (typeof numbers === 'string') issues.push(refusal('invalid-parameter', `${NAME}.${site}`, numbers, MEANT))
    else phones.set(site, numbers)
  }
  return issues.length > 0 ? err(issues) : ok(phones)
}
