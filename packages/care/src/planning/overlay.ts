import {
  deriveFacts,
  type Fact,
  factsOf,
  type Issue,
  isKnown,
  type KnowledgeBase,
  type Option,
  type PatientCase,
  type PlanDocument,
  type Result,
  type SiteAvailability,
  vocabulary,
} from '@secondwind/core'
import { type ClinicPhones, readPhones } from '../supportive/index.ts'

/** What one site has: a layer over the plan that anybody can see. It never hides an option and never changes a standing by itself. */
export interface SiteOverlay {
  readonly site: string
  /** A value of the fact `jurisdiction`. */
  readonly jurisdiction?: string
  /** By drug. A drug that is not in it is `not-listed`, which is not `unavailable`. */
  readonly formulary: { readonly [drug: string]: SiteAvailability }
  /** By technique or procedure of the knowledge base, and by `X` for every fact `site-X`. */
  readonly capabilities: { readonly [name: string]: SiteAvailability }
  readonly notes: readonly { readonly say: string; readonly about?: readonly string[] }[]
  /** The numbers that its patients call; for the patient's page, never for the plan. */
  readonly phone?: ClinicPhones
  /** By drug: what a site must be able to do where it is given, from the rules that ask for it. */
  readonly givenOnlyWith: { readonly [drug: string]: readonly SiteAbility[] }
}

interface SiteAbility {
  readonly capability: string
  readonly label: string
}

const STATUSES = ['available', 'restricted', 'unavailable'] as const
const LEAST: readonly SiteAvailability['status'][] = ['available', 'restricted', 'not-listed', 'unavailable']
const FIELDS = ['site', 'jurisdiction', 'formulary', 'capabilities', 'notes', 'phone']
const WORDS = 'site overlay'
/** Capability `crs-capable` is the fact `site-crs-capable`. */
const FACT_OF = (capability: string): string => `site-${capability}`

type Plain = { readonly [key: string]: unknown }
const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Checks an overlay that was read from a file. All faults are collected; one fault refuses the whole, since half an overlay misleads. */
export function readOverlay(raw: unknown, knowledge: KnowledgeBase): Result<SiteOverlay, readonly Issue[]> {
  const issues: Issue[] = []
  const fault = (path: string, message: string, remedy: string, code: Issue['code'] = 'invalid-element'): void => {
    issues.push({ code, severity: 'error', path, message, remedy })
  }
  if (!isPlain(raw)) {
    fault('overlay', 'is not a mapping', 'write site: NAME and below it formulary and capabilities')
    return { ok: false, error: issues }
  }
  for (const key of Object.keys(raw)) if (!FIELDS.includes(key)) fault(key, 'is not a field of an overlay', `use ${FIELDS.join(', ')}`)
  const { site, jurisdiction, formulary, capabilities, notes, phone } = raw
  if (typeof site !== 'string' || site.trim() === '') fault('site', 'has no name', 'write site: NAME OF THE HOSPITAL')

  const regions = knowledge.facts.find((f) => f.id === 'jurisdiction')?.values ?? {}
  if (jurisdiction !== undefined && (typeof jurisdiction !== 'string' || !Object.hasOwn(regions, jurisdiction)))
    fault('jurisdiction', `${String(jurisdiction)} is not a jurisdiction`, `use ${Object.keys(regions).join(', ')}`)

  const drugs = new Set(knowledge.drugs.map((d) => d.id))
  const abilities = abilitiesOf(knowledge)
  const read = {
    formulary: readEntries(formulary, 'formulary', (name) =>
      drugs.has(name)
        ? undefined
        : { message: 'no drug of the knowledge base has this name', remedy: 'write the generic name, hyphenated' },
    ),
    capabilities: readEntries(capabilities, 'capabilities', (name) =>
      abilities.has(name)
        ? undefined
        : {
            message: 'no technique, procedure or fact of the site has this name',
            remedy: `it knows ${[...abilities].sort().join(', ')}`,
          },
    ),
  }
  const known = new Set([...drugs, ...abilities])
  const said = readNotes(notes)
  const phones = phone === undefined ? undefined : readPhones(phone)
  if (typeof phones === 'string') fault('phone', phones, 'write phone: { day: "NUMBER", night: "NUMBER" }')
  if (issues.length > 0) return { ok: false, error: issues }
  return {
    ok: true,
    value: {
      site: site as string,
      ...(jurisdiction === undefined ? {} : { jurisdiction: jurisdiction as string }),
      ...read,
      notes: said,
      ...(typeof phones === 'object' ? { phone: phones } : {}),
      givenOnlyWith: abilitiesByDrug(knowledge),
    },
  }

  function readEntries(
    value: unknown,
    path: string,
    strange: (name: string) => { readonly message: string; readonly remedy: string } | undefined,
  ): { readonly [name: string]: SiteAvailability } {
    if (value === undefined || value === null) return {}
    if (!isPlain(value)) {
      fault(path, 'is not a mapping', `write ${path}: { name: available }`)
      return {}
    }
    const entries: [string, SiteAvailability][] = []
    for (const [name, item] of Object.entries(value)) {
      const wrong = strange(name)
      if (wrong) fault(`${path}.${name}`, wrong.message, wrong.remedy, 'unmapped-code')
      const entry = readStatus(item, `${path}.${name}`)
      if (entry) entries.push([name, entry])
    }
    return Object.fromEntries(entries)
  }

  function readStatus(item: unknown, path: string): SiteAvailability | undefined {
    const plain: Plain = isPlain(item) ? item : { status: item }
    const status = plain.status === true ? 'available' : plain.status === false ? 'unavailable' : plain.status
    const found = STATUSES.find((s) => s === status)
    if (!found) fault(path, `${JSON.stringify(status) ?? 'nothing'} is not a status`, `use ${STATUSES.join(', ')}`)
    for (const key of Object.keys(plain)) {
      if (key === 'status') continue
      if (key !== 'where' && key !== 'note') fault(`${path}.${key}`, 'does not belong here', 'use status, where and note')
      else if (typeof plain[key] !== 'string' || plain[key] === '') fault(`${path}.${key}`, 'is not a text', 'write a text')
    }
    if (!found) return undefined
    const { where, note } = plain
    return { status: found, ...(typeof where === 'string' ? { where } : {}), ...(typeof note === 'string' ? { note } : {}) }
  }

  function readNotes(value: unknown): SiteOverlay['notes'] {
    if (value === undefined || value === null) return []
    if (!Array.isArray(value)) {
      fault('notes', 'is not a list', 'write notes: [ { say: …, about: [drug] } ]')
      return []
    }
    return value.flatMap((item: unknown, i) => {
      const plain: Plain = isPlain(item) ? item : { say: item }
      const about = plain.about
      if (typeof plain.say !== 'string' || plain.say === '') {
        fault(`notes.${i}`, 'says nothing', 'write { say: TEXT }')
        return []
      }
      if (about === undefined) return [{ say: plain.say }]
      if (!Array.isArray(about) || about.some((name) => typeof name !== 'string' || !known.has(name))) {
        fault(`notes.${i}.about`, 'names something that is neither drug, technique nor procedure', 'correct the names', 'unmapped-code')
        return []
      }
      return [{ say: plain.say, about: about as readonly string[] }]
    })
  }
}

/** What a site can say it has: the techniques and procedures of the options, and what the facts ask about the site. */
function abilitiesOf(knowledge: KnowledgeBase): ReadonlySet<string> {
  const names = knowledge.options.flatMap((o) => [
    ...(o.technique ? [o.technique] : []),
    ...(o.procedure ? [o.procedure] : []),
    ...(o.also ?? []).flatMap((a) => [a.technique, a.procedure].filter((n) => n !== undefined)),
  ])
  return new Set([...names, ...knowledge.facts.filter((f) => f.id.startsWith(FACT_OF(''))).map((f) => f.id.slice(FACT_OF('').length))])
}

/** Which drugs are given only where the site can do something: those of the safety rules that ask a fact about the site. */
function abilitiesByDrug(knowledge: KnowledgeBase): SiteOverlay['givenOnlyWith'] {
  const siteFacts = knowledge.facts.filter((f) => f.id.startsWith(FACT_OF('')))
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const byDrug: Record<string, readonly SiteAbility[]> = {}
  for (const { applies, when } of knowledge.safety) {
    const asked = factsOf(when, words)
    for (const { id, label } of siteFacts.filter((f) => asked.has(f.id))) {
      const ability = { capability: id.slice(FACT_OF('').length), label }
      for (const drug of applies.drugs ?? [])
        if (!byDrug[drug]?.some((a) => a.capability === ability.capability)) byDrug[drug] = [...(byDrug[drug] ?? []), ability]
    }
  }
  return byDrug
}

/** The case with what the site says of itself. What it cannot do is said by the layer and is no fact: a fact would bar an option for the patient, who can be referred. A fact that was set by hand stands; what the chart says otherwise is reported. */
export function withSiteFacts(
  patientCase: PatientCase,
  overlay: SiteOverlay,
  knowledge: KnowledgeBase,
): { readonly patientCase: PatientCase; readonly issues: readonly Issue[] } {
  const registry = new Set(knowledge.facts.map((f) => f.id))
  const said = new Map<string, string | boolean>()
  const lacking = new Set<string>()
  if (overlay.jurisdiction !== undefined) said.set('jurisdiction', overlay.jurisdiction)
  for (const [name, { status }] of Object.entries(overlay.capabilities)) {
    if (!registry.has(FACT_OF(name))) continue
    if (status === 'unavailable') lacking.add(FACT_OF(name))
    else said.set(FACT_OF(name), true)
  }
  const issues: Issue[] = []
  const facts: Record<string, Fact> = { ...patientCase.facts }
  const changed = new Set<string>()
  for (const id of lacking) {
    const before = patientCase.facts[id]
    if (isKnown(before) && before.value === true)
      issues.push({
        code: 'contradictory-result',
        severity: 'information',
        path: id,
        message: `the overlay of ${overlay.site} says no, ${before.enteredByHand ? 'by hand' : 'the chart'} yes`,
        remedy: 'the plan follows the chart; the layer says what the site has',
      })
  }
  for (const [id, value] of said) {
    const before = patientCase.facts[id]
    if (isKnown(before) && before.value !== value) {
      issues.push({
        code: 'contradictory-result',
        severity: 'information',
        path: id,
        message: `the overlay of ${overlay.site} says ${String(value)}, ${before.enteredByHand ? 'by hand' : 'the chart'} ${String(before.value)}`,
        remedy: before.enteredByHand ? 'the value set by hand was used' : 'the overlay was used; set the fact by hand to correct it',
      })
    }
    if (isKnown(before) && before.enteredByHand) continue
    facts[id] = { value, enteredByHand: true, words: WORDS, sources: [] }
    changed.add(id)
  }
  if (changed.size === 0) return { patientCase, issues }
  // what was set by hand is not computed anew
  for (const [id, fact] of Object.entries(facts)) if (isKnown(fact) && fact.enteredByHand) changed.add(id)
  return { patientCase: { ...patientCase, facts: deriveFacts(facts, patientCase.asOf, knowledge.facts, changed) }, issues }
}

/** The plan with the site's layer: each option says what of it the site has. Options, order and standings stay as they were. */
export function withOverlay(document: PlanDocument, overlay: SiteOverlay, overlayDigest: string): PlanDocument {
  const general = overlay.notes.filter((n) => n.about === undefined).map((n) => n.say)
  return {
    ...document,
    inputs: { ...document.inputs, overlayDigest },
    options: document.options.map((option) => {
      const site = siteAvailability(option, overlay)
      return site ? { ...option, availability: { ...option.availability, site } } : option
    }),
    site: { name: overlay.site, ...(overlay.jurisdiction ? { jurisdiction: overlay.jurisdiction } : {}), notes: general },
  }
}

/** The least available part of an option decides; every part that is not simply available is named. */
function siteAvailability(option: Option, overlay: SiteOverlay): SiteAvailability | undefined {
  const isEnding = option.procedure === 'stop' || option.procedure === 'hold'
  const local = [option, ...(option.also ?? [])].flatMap((p) => [p.technique, p.procedure].filter((n) => n !== undefined))
  // the drugs of a trial come from its sponsor
  const drugs = option.trial ? [] : option.drugs
  const hasFormulary = Object.keys(overlay.formulary).length > 0
  const parts: readonly (readonly [string, SiteAvailability])[] = isEnding
    ? []
    : [
        ...drugs.flatMap((drug) => {
          const entry = overlay.formulary[drug] ?? (hasFormulary ? ({ status: 'not-listed' } as const) : undefined)
          return entry ? [[drug, entry] as const] : []
        }),
        ...local.flatMap((name) => (overlay.capabilities[name] ? [[name, overlay.capabilities[name]] as const] : [])),
        ...drugs.flatMap((drug) =>
          (overlay.givenOnlyWith[drug] ?? []).flatMap(({ capability, label }) => {
            const entry = overlay.capabilities[capability]
            return entry ? [[label, entry] as const] : []
          }),
        ),
      ]
  const names = new Set([...option.drugs, ...local])
  const notes = overlay.notes.filter((n) => n.about?.some((name) => names.has(name))).map((n) => n.say)
  if (parts.length === 0 && notes.length === 0) return undefined
  const status = LEAST[Math.max(0, ...parts.map(([, part]) => LEAST.indexOf(part.status)))]!
  const where = [...new Set(parts.flatMap(([, part]) => (part.status !== 'available' && part.where ? [part.where] : [])))]
  const remarks = parts.flatMap(([name, part]) =>
    part.status === 'available' && !part.note ? [] : [`${name} ${part.status.replace('-', ' ')}${part.note ? `: ${part.note}` : ''}`],
  )
  const note = [...remarks, ...notes].join('; ')
  return { status, ...(where.length > 0 ? { where: where.join('; ') } : {}), ...(note ? { note } : {}) }
}
