import fs from 'node:fs'
import path from 'node:path'
import { refusal, type ServerIssue } from '../issue.ts'
import type { FhirResource } from '../store/index.ts'

interface Rule {
  readonly name: string
  readonly isRequired?: boolean
  /** Of a choice: the types that it may have. */
  readonly types?: readonly string[]
  readonly coding?: { readonly system: string; readonly code: string }
}

interface Profile {
  /** Of the guide. */
  readonly version: string
  readonly type: string
  readonly elements: readonly Rule[]
}

let profiles: { readonly [url: string]: Profile } | undefined

/** mCODE STU4 and US Core 6.1.0, the version that it rests on (`tools/build-profiles.ts`). */
const FILES = ['mcode-profiles.json', 'us-core-profiles.json']

function loaded(): { readonly [url: string]: Profile } {
  profiles ??= Object.fromEntries(
    FILES.flatMap((file) => {
      const read = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, file), 'utf8')) as {
        readonly version: string
        readonly profiles: { readonly [url: string]: Omit<Profile, 'version'> }
      }
      return Object.entries(read.profiles).map(([url, profile]) => [url, { ...profile, version: read.version }])
    }),
  )
  return profiles
}

/** The profiles of a type against which what claims them is checked. */
export const profilesOf = (type: string): readonly string[] =>
  Object.entries(loaded()).flatMap(([url, profile]) => (profile.type === type ? [url] : []))

/**
 * What a profile of mCODE or US Core that a resource claims says of it. What contradicts the profile is an error: a value of a type or a code that it forbids
 * would be read as something else. What is missing is a warning: the chart keeps what is known. A profile that we do not know is left to its owner.
 */
export function profileChecks(resource: FhirResource): readonly ServerIssue[] {
  const claimed = resource.meta?.profile
  if (!Array.isArray(claimed)) return []
  return claimed.flatMap((url) => {
    const [plain = '', version] = String(url).split('|')
    const profile = Object.hasOwn(loaded(), plain) ? loaded()[plain] : undefined
    if (profile === undefined) return []
    const found = checkProfile(resource, profile, plain.slice(plain.lastIndexOf('/') + 1))
    // another edition of the guide may allow what this one does not
    const isOther = version !== undefined && version.split('.')[0] !== profile.version.split('.')[0]
    return isOther ? found.map((one) => ({ ...one, severity: 'warning' as const })) : found
  })
}

function checkProfile(resource: FhirResource, { type, elements }: Profile, name: string): readonly ServerIssue[] {
  if (resource.resourceType !== type)
    return [
      issue(
        'error',
        'meta.profile',
        `${name} is a profile of ${type}, not of ${resource.resourceType}`,
        'take the profile away, or send the type that it is for',
      ),
    ]
  return elements.flatMap((rule) => {
    const keys = keysOf(resource, rule)
    const at = `${type}.${rule.name.replace('[x]', '')}`
    if (keys.length === 0)
      return rule.isRequired === true
        ? [issue('warning', at, `${name} asks for ${rule.name}`, 'add it, or a data-absent-reason extension where it is not known')]
        : []
    const problems: ServerIssue[] = []
    const stem = rule.name.replace('[x]', '')
    const key = keys.find((k) => !k.startsWith('_'))
    if (rule.types !== undefined && key !== undefined) {
      const given = key.slice(stem.length)
      if (!rule.types.some((t) => t[0]!.toUpperCase() + t.slice(1) === given))
        problems.push(
          issue(
            'error',
            `${type}.${key}`,
            `${name} does not allow a ${given} here`,
            rule.types.length === 0 ? 'leave it out' : `send ${rule.types.join(' or ')}`,
          ),
        )
    }
    const { coding } = rule
    if (coding !== undefined && key !== undefined && !hasCoding(resource[key], coding))
      problems.push(
        issue('error', at, `${name} is coded ${coding.system}|${coding.code}`, 'add that coding beside your own, or take the profile away'),
      )
    return problems
  })
}

/** The names under which an element is there, its extension included (`_status` alone says why there is none). */
const keysOf = (resource: FhirResource, { name }: Rule): readonly string[] => {
  const stem = name.replace('[x]', '')
  return Object.keys(resource).filter((key) => {
    const bare = key.replace(/^_/, '')
    return bare === stem || (name.endsWith('[x]') && bare.startsWith(stem) && /^[A-Z]/.test(bare.slice(stem.length)))
  })
}

const hasCoding = (value: unknown, { system, code }: { readonly system: string; readonly code: string }): boolean =>
  (Array.isArray(value) ? value : [value]).some((concept: { coding?: readonly { system?: string; code?: string }[] } | null) =>
    concept?.coding?.some((c) => c.system === system && c.code === code),
  )

const issue = (severity: 'error' | 'warning', at: string, message: string, remedy: string): ServerIssue => ({
  ...refusal('invalid-element', at, message, remedy),
  severity,
})
