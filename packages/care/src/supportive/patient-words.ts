import type { Drug, KnowledgeBase, PatientAbout, PatientText } from '@secondwind/core'

type Listed = Exclude<keyof PatientAbout, 'fact' | 'page'>

/** Look-up over `knowledge/patient/`. What has no plain words stays unsaid or gets a general sentence: a code or a rule's title never reaches the page. */
export interface PatientWords {
  readonly first: (list: Listed, id: string | undefined) => PatientText | undefined
  /** Entries of a drug, the most special first: its own, then its classes from narrow to wide. */
  readonly drug: (id: string) => readonly PatientText[]
  readonly label: (drug: string) => string
  readonly fact: (id: string, value: unknown) => string | undefined
  readonly page: (id: string) => readonly string[]
  /** A site of treatment or of spread, in words. */
  readonly site: (id: string) => string | undefined
}

export function patientWords(knowledge: KnowledgeBase): PatientWords {
  const texts = knowledge.patient ?? []
  const drugs = new Map<string, Drug>(knowledge.drugs.map((d) => [d.id, d]))
  const all = (list: Listed, id: string): readonly PatientText[] =>
    texts.filter((t) => (t.about[list] as readonly string[] | undefined)?.includes(id))
  return {
    first: (list, id) => (id === undefined ? undefined : all(list, id)[0]),
    drug: (id) => {
      const narrowFirst = [...(drugs.get(id)?.classes ?? [])].reverse()
      return [...new Set([...all('drugs', id), ...narrowFirst.flatMap((c) => all('classes', c))])]
    },
    label: (id) => drugs.get(id)?.label ?? id.replaceAll('-', ' '),
    fact: (id, value) => texts.find((t) => t.about.fact === id && t.values?.[String(value)] !== undefined)?.values?.[String(value)],
    page: (id) => texts.filter((t) => t.about.page === id).flatMap((t) => t.lines),
    site: (id) =>
      texts.find((t) => (t.about.page === 'sites' || t.about.fact === 'metastatic-sites') && t.values?.[id] !== undefined)?.values?.[id],
  }
}

/** Sentences of entries; one that nobody has confirmed in a source yet is marked with a star, which the page explains. */
export function sentences(entries: readonly PatientText[], of: (entry: PatientText) => readonly string[]): readonly string[] {
  const confirmed = entries.filter((e) => e.review === 'confirmed').flatMap(of)
  const open = entries.filter((e) => e.review !== 'confirmed').flatMap(of)
  return [...new Set([...confirmed, ...open.filter((s) => !confirmed.includes(s)).map((s) => `${s}${STAR}`)])]
}

/** Mark of a sentence that the team has to check. */
export const STAR = '*'

/** "a", "a and b", "a, b and c". */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
