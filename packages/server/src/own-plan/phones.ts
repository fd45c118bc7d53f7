import { type ClinicPhones, readPhones } from '@secondwind/care'
import { err, ok, type Result } from '@secondwind/core'
import { refusal, type ServerIssue } from '../issue.ts'
import { type SettingFile, settingIn } from '../setting-file.ts'

/** The numbers that patients call, by the name of the site that wrote their record. */
export type SitePhones = ReadonlyMap<string, ClinicPhones>

const SETTING: SettingFile = { name: 'SECONDWIND_PHONES', meant: '{ "SITE": { "day": "+1 555 0100", "night": "+1 555 0101" } }' }

/** The file of the setting, or what cannot be used in it: one wrong number refuses the whole, since somebody would call it in an emergency. */
export function phonesIn(file: string | undefined): Result<SitePhones, readonly ServerIssue[]> {
  if (file === undefined) return ok(new Map())
  const { name, meant } = SETTING
  const found = settingIn(SETTING, file)
  if (!found.ok) return found
  const read = found.value
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    return err([refusal('invalid-parameter', name, `${file} is no mapping of sites`, meant)])
  const issues: ServerIssue[] = []
  const phones = new Map<string, ClinicPhones>()
  for (const [site, given] of Object.entries(read)) {
    const numbers = readPhones(given)
    if (typeof numbers === 'string') issues.push(refusal('invalid-parameter', `${name}.${site}`, numbers, meant))
    else phones.set(site, numbers)
  }
  return issues.length > 0 ? err(issues) : ok(phones)
}
