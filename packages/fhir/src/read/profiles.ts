import type { ReadContext, ReaderKnowledge } from './context.ts'
import { onceFor, rememberWith } from './remember.ts'
import { nameOf, objectOf, objectsOf, stringOf } from './shapes.ts'

/** `knowledge/terminology/profiles.yaml`. */
interface ProfilesFile {
  readonly base: string
  readonly release: string
  readonly current: readonly string[]
}

interface Profiles {
  readonly base: string
  readonly release: string
  readonly current: ReadonlySet<string>
}

/**
 * What resources say about how they must be read: an mCODE profile of another release is named once per profile (elements and codes moved between releases),
 * and a modifier extension, which may turn the meaning of its resource around, is a warning on every resource that carries one.
 */
export function readProfiles(context: ReadContext): void {
  const profiles = profilesOf(context.knowledge)
  const outdated = new Map<string, string[]>()
  for (const resource of context.chart.resources) {
    if (resource.modifierExtension !== undefined) {
      for (const extension of objectsOf(resource.modifierExtension)) {
        context.issue({
          code: 'invalid-element',
          severity: 'warning',
          path: `${nameOf(resource)}.modifierExtension`,
          message: `${stringOf(extension.url) ?? 'a modifier extension'} may change the meaning of this resource and is not understood; the resource was read without it`,
          remedy: 'check the resource in the sending system',
        })
      }
    }
    const listed = objectOf(resource.meta)?.profile
    if (!Array.isArray(listed)) continue
    for (const one of listed as readonly unknown[]) {
      const profile = stringOf(one)
      if (profile === undefined || !profile.startsWith(profiles.base) || !isOutdated(profiles, profile)) continue
      const places = outdated.get(profile)
      if (places) places.push(nameOf(resource))
      else outdated.set(profile, [nameOf(resource)])
    }
  }
  for (const [profile, places] of outdated) {
    context.issue({
      code: 'outdated-profile',
      severity: 'information',
      path: places[0]!,
      message: `${profile} is not a profile of mCODE ${profiles.release}; ${places.length === 1 ? 'the resource was' : `${places.length} resources were`} read as far as the elements allow`,
      remedy: `send mCODE ${profiles.release}`,
    })
  }
}

/** An mCODE profile that is not one of the release in use. */
const isOutdated = rememberWith((profiles: Profiles, profile): boolean => {
  const [name = '', version] = profile.slice(profiles.base.length).split('|')
  return !profiles.current.has(name) || (version !== undefined && version.split('.')[0] !== profiles.release.split('.')[0])
})

const profilesOf = onceFor((knowledge: ReaderKnowledge): Profiles => {
  const file = knowledge.terminology<ProfilesFile>('profiles')
  const profiles = { base: file.base, release: file.release, current: new Set(file.current) }
  return profiles
})
