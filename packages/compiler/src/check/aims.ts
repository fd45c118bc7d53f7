import type { Drug, OptionRule, Regimen, SafetyRule } from '@secondwind/core'
import type { CheckedEntry } from '../compile.ts'
import type { Finding } from './finding.ts'
import { meant } from './suggest.ts'

/**
 * What entries say of each other's drugs: an option's approach and title against the drugs of its regimens, and a text of "not advised" against the
 * treatment at which its rule is aimed. What does not fit is read by a person as another treatment than the one that is given.
 */
export function checkAims(entries: readonly CheckedEntry[], terminology: Record<string, unknown>): readonly Finding[] {
  const drugs = new Map((Array.isArray(terminology.drugs) ? (terminology.drugs as readonly Drug[]) : []).map((d) => [d.id, d]))
  if (drugs.size === 0) return []
  const of = <T>(kind: CheckedEntry['kind']): readonly T[] => entries.filter((e) => e.kind === kind).map((e) => e.value as unknown as T)
  const regimens = new Map(of<Regimen>('regimens').map((r) => [r.id, r]))
  const options = new Map(of<OptionRule>('treatment').map((o) => [o.id, o]))
  const approaches = of<{ readonly id: string; readonly classes: readonly string[]; readonly also: readonly string[] }>('approachClasses')
  const classesOf = (id: string): readonly string[] => drugs.get(id)?.classes ?? []
  const given = (option: OptionRule | undefined): ReadonlySet<string> =>
    new Set(option?.regimens.flatMap((id) => regimens.get(id)?.components.map((c) => c.drug) ?? []))
  const findings: Finding[] = []
  const report = (entry: CheckedEntry, at: readonly (string | number)[], code: Finding['code'], message: string, remedy: string): void => {
    findings.push({ code, file: entry.raw.file, line: entry.raw.lineOf(at), entry: entry.value.id, message, remedy })
  }

  for (const entry of entries) {
    if (entry.kind === 'treatment') checkOption(entry)
    if (entry.kind === 'safety') checkNotAdvised(entry)
    if (entry.kind === 'approachClasses')
      for (const [i, name] of [...(entry.value.classes as readonly string[]), ...(entry.value.also as readonly string[])].entries()) {
        const known = new Set([...drugs.values()].flatMap((d) => d.classes ?? []))
        if (!known.has(name))
          report(entry, ['classes', i], 'dangling', `no drug has class ${name}`, meant(name, known, 'correct the class'))
      }
  }
  return findings

  function checkOption(entry: CheckedEntry): void {
    const option = entry.value as unknown as OptionRule
    const own = given(option)
    checkRests(entry, option, own)
    if (own.size === 0) return
    for (const { id, classes, also } of approaches) {
      const giving = [...own].find((drug) => classesOf(drug).some((c) => classes.includes(c)))
      const mayBe = giving !== undefined || [...own].some((drug) => classesOf(drug).some((c) => also.includes(c)))
      const isTrial = (option.approaches as readonly string[]).includes('clinical-trial')
      const isSaid = (option.approaches as readonly string[]).includes(id)
      if (giving !== undefined && !isSaid && !isTrial)
        report(
          entry,
          ['approaches'],
          'schema',
          `gives ${giving}, and ${id} is not among its approaches`,
          `add ${id}, or correct the regimen`,
        )
      if (!mayBe && isSaid)
        report(
          entry,
          ['approaches'],
          'schema',
          `is called ${id}, and none of its drugs is (${[...own].join(', ')})`,
          `take ${id} away, or correct the regimen`,
        )
    }
    const named = namedIn(option.title)
    const strange = named.filter((id) => !own.has(id))
    if (strange.length > 0)
      report(
        entry,
        ['title'],
        'schema',
        `its title says ${strange.join(' and ')}, its regimens give ${[...own].join(', ')}`,
        'correct the title or the regimens',
      )
  }

  /** What an option rests on must be given by some option of the base, and an option that gives drugs of its own rests on none. */
  function checkRests(entry: CheckedEntry, { restsOn, drugsFrom }: OptionRule, own: ReadonlySet<string>): void {
    if (restsOn === undefined) return
    if (own.size > 0 || drugsFrom) {
      const what = drugsFrom ? 'what runs now' : [...own].join(', ')
      report(entry, ['restsOn'], 'schema', `gives ${what} and rests on other drugs as well`, 'take restsOn away, or the regimens')
      return
    }
    const isCarrier = (other: OptionRule): boolean => {
      const theirs = [...given(other)].filter((id) => drugs.get(id)?.anticancer !== false)
      if (theirs.length === 0) return false
      const isDrug =
        (restsOn.drugs === undefined && restsOn.classes === undefined) ||
        theirs.some((id) => restsOn.drugs?.includes(id) || classesOf(id).some((c) => restsOn.classes?.includes(c)))
      return (
        isDrug &&
        (restsOn.approaches?.some((a) => other.approaches.includes(a)) ?? true) &&
        (restsOn.options?.includes(other.id) ?? true) &&
        (restsOn.brainActivity?.some((level) => level === other.brainActivity) ?? true)
      )
    }
    if (![...options.values()].some(isCarrier))
      report(
        entry,
        ['restsOn'],
        'dangling',
        'rests on drugs that no option of the base gives, so that it never stands',
        'name drugs, classes, approaches or options of knowledge/treatment, together no narrower than one of them',
      )
  }

  /** The anticancer drugs that a title says are given: those before "after", "where", "without" and the like. */
  function namedIn(title: string): readonly string[] {
    let head = title.toLowerCase().split(/[(;:]|\b(?:after|where|when|without|while|relapse|once|instead|not|if)\b/)[0] ?? ''
    const found: string[] = []
    // the longest first: nab-paclitaxel is not paclitaxel
    const names = [...drugs.values()]
      .filter((d) => d.anticancer)
      .flatMap((d) => [...new Set([d.label.toLowerCase(), d.id])].map((name) => [name, d.id] as const))
    for (const [name, id] of names.sort((a, b) => b[0].length - a[0].length)) {
      if (!head.includes(name)) continue
      head = head.replaceAll(name, ' ')
      found.push(id)
    }
    return found
  }

  function checkNotAdvised(entry: CheckedEntry): void {
    const { applies, notAdvised } = entry.value as unknown as SafetyRule
    const named = notAdvised?.drugs ?? []
    if (named.length === 0) return
    const aimedAt = new Set([
      ...(applies.drugs ?? []),
      ...(applies.set ?? []),
      ...(applies.together ?? []),
      ...(applies.options ?? []).flatMap((id) => [...given(options.get(id))]),
    ])
    const classes = [...(applies.classes ?? []), ...(applies.together ?? [])]
    const isByDrug = aimedAt.size > 0 || classes.length > 0
    for (const [i, id] of named.entries()) {
      if (!isByDrug || !drugs.has(id) || aimedAt.has(id) || classesOf(id).some((c) => classes.includes(c))) continue
      report(
        entry,
        ['notAdvised', 'drugs', i],
        'dangling',
        `is aimed at ${[...aimedAt, ...classes].join(', ')} and says that ${id} is not advised`,
        meant(id, aimedAt, 'name the drugs at which the rule is aimed, or aim it at this one'),
      )
    }
  }
}
