import type { AlertHold, Drug, RegimenComponent } from '@secondwind/core'
import type { CheckedEntry } from '../compile.ts'
import type { Finding } from './finding.ts'
import type { Kind } from './schema.ts'
import { meant } from './suggest.ts'

/** What an entry of a kind is called in a message, and the folder it stands in, where that is not the kind's own name. */
const SINGULAR: { readonly [kind in Kind]?: string } = {
  facts: 'fact',
  sources: 'source',
  criteria: 'criterion',
  regimens: 'regimen',
  treatment: 'option',
  tests: 'test',
  alertIds: 'alert',
}
const FOLDER: { readonly [kind in Kind]?: string } = { tests: 'monitoring/tests.yaml', alertIds: 'policy/alert-ids.yaml' }

const RULES: readonly Kind[] = ['treatment', 'safety', 'testRules', 'alerts', 'support', 'interactions', 'outlook', 'trials']

/**
 * Every id that an entry names must exist, every id must be unique in its kind, and the review rules of the base must hold.
 *
 * `written`: ids that stand in a file although their entry could not be read. That is reported where they stand, and not again where they are named.
 */
export function checkLinks(
  entries: readonly CheckedEntry[],
  terminology: Record<string, unknown>,
  written: ReadonlyMap<Kind, ReadonlySet<string>> = new Map(),
): readonly Finding[] {
  const findings: Finding[] = []
  const ids = new Map<Kind, Map<string, CheckedEntry>>()
  for (const entry of entries) {
    const known = ids.get(entry.kind) ?? new Map<string, CheckedEntry>()
    ids.set(entry.kind, known)
    const twin = known.get(entry.value.id)
    if (twin)
      report(
        entry,
        'duplicate',
        ['id'],
        `id ${entry.value.id} is used twice (also ${twin.raw.file}:${twin.raw.line})`,
        'rename one of them',
      )
    known.set(entry.value.id, entry)
  }
  const drugs = new Map((Array.isArray(terminology.drugs) ? (terminology.drugs as readonly Drug[]) : []).map((d) => [d.id, d]))
  const classes = new Set([...drugs.values()].flatMap((d) => d.classes ?? []))
  const interactionClasses = new Set([...drugs.values()].flatMap((d) => d.interaction ?? []))
  const hasDrugs = Array.isArray(terminology.drugs)

  const mustExist = (entry: CheckedEntry, kind: Kind, id: string, at: readonly (string | number)[]): void => {
    if (ids.get(kind)?.has(id) || written.get(kind)?.has(id)) return
    const remedy = meant(id, ids.get(kind)?.keys() ?? [], `add it to knowledge/${FOLDER[kind] ?? kind} first, or correct the name`)
    report(entry, 'dangling', at, `there is no ${SINGULAR[kind] ?? kind} called ${id}`, remedy)
  }
  const mustBeDrug = (entry: CheckedEntry, id: string, at: readonly (string | number)[]): void => {
    if (drugs.has(id) || !hasDrugs) return
    const remedy = meant(id, drugs.keys(), 'add the drug with its classes, or correct the name')
    report(entry, 'dangling', at, `drug ${id} is not in terminology/drugs.yaml`, remedy)
  }
  const mustBeClass = (entry: CheckedEntry, id: string, at: readonly (string | number)[]): void => {
    if (classes.has(id) || !hasDrugs) return
    const remedy = meant(id, classes, 'correct the class, or give it to a drug in terminology/drugs.yaml')
    report(entry, 'dangling', at, `no drug has class ${id}`, remedy)
  }

  const mustBeInteractionClass = (entry: CheckedEntry, id: string, at: readonly (string | number)[]): void => {
    if (interactionClasses.has(id) || !hasDrugs) return
    const remedy = meant(id, interactionClasses, 'correct the class, or give it to a drug as `interaction` in terminology/drugs.yaml')
    report(entry, 'dangling', at, `no drug has interaction class ${id}`, remedy)
  }

  for (const entry of entries) {
    const v = entry.value
    for (const [i, cite] of ((v.cites as readonly { source: string }[] | undefined) ?? []).entries())
      mustExist(entry, 'sources', cite.source, ['cites', i, 'source'])
    for (const [i, id] of ((v.regimens as readonly string[] | undefined) ?? []).entries()) mustExist(entry, 'regimens', id, ['regimens', i])
    for (const [i, id] of ((v.awaits as readonly string[] | undefined) ?? []).entries()) mustExist(entry, 'tests', id, ['awaits', i])
    if (entry.kind === 'testRules') mustExist(entry, 'tests', String(v.test), ['test'])
    if (entry.kind === 'facts') {
      if (typeof v.test === 'string') mustExist(entry, 'tests', v.test, ['test'])
      for (const [i, id] of ((v.derivedFrom as readonly string[] | undefined) ?? []).entries())
        mustExist(entry, 'facts', id, ['derivedFrom', i])
    }
    if (entry.kind === 'regimens') {
      const maintenance = v.maintenance as { components: readonly RegimenComponent[] } | undefined
      for (const c of [...(v.components as readonly RegimenComponent[]), ...(maintenance?.components ?? [])])
        mustBeDrug(entry, c.drug, ['components'])
    }
    const applies = v.applies as Record<string, readonly string[]> | undefined
    if (applies) {
      for (const key of ['drugs', 'set', 'exceptDrugs']) for (const id of applies[key] ?? []) mustBeDrug(entry, id, ['applies', key])
      for (const key of ['classes', 'together'])
        for (const id of applies[key] ?? []) if (!(key === 'together' && drugs.has(id))) mustBeClass(entry, id, ['applies', key])
      for (const key of ['options', 'exceptOptions'])
        for (const id of applies[key] ?? []) mustExist(entry, 'treatment', id, ['applies', key])
    }
    const restsOn = entry.kind === 'treatment' ? (v.restsOn as Record<string, readonly string[]> | undefined) : undefined
    for (const id of restsOn?.drugs ?? []) mustBeDrug(entry, id, ['restsOn', 'drugs'])
    for (const id of restsOn?.classes ?? []) mustBeClass(entry, id, ['restsOn', 'classes'])
    for (const id of restsOn?.options ?? []) mustExist(entry, 'treatment', id, ['restsOn', 'options'])
    if (entry.kind === 'alerts') {
      if (ids.has('alertIds')) mustExist(entry, 'alertIds', String(v.alert), ['alert'])
      for (const [i, id] of ((v.exceptOptions as readonly string[] | undefined) ?? []).entries())
        mustExist(entry, 'treatment', id, ['exceptOptions', i])
      for (const [i, id] of ((v.tells as readonly string[] | undefined) ?? []).entries()) mustExist(entry, 'facts', id, ['tells', i])
      const held = [v.holds, (v.suspect as { readonly holds?: unknown } | undefined)?.holds] as readonly (AlertHold | undefined)[]
      for (const hold of held) {
        for (const id of hold?.drugs ?? []) mustBeDrug(entry, id, ['holds', 'drugs'])
        for (const id of hold?.classes ?? []) mustBeClass(entry, id, ['holds', 'classes'])
      }
      for (const id of (v.avoid as readonly string[] | undefined) ?? []) mustBeInteractionClass(entry, id, ['avoid'])
      for (const id of (v.suspect as { readonly avoid?: readonly string[] } | undefined)?.avoid ?? [])
        mustBeInteractionClass(entry, id, ['suspect', 'avoid'])
      const test = (v.suspect as { readonly test?: string } | undefined)?.test
      if (test !== undefined) mustExist(entry, 'tests', test, ['suspect', 'test'])
    }
    if (entry.kind === 'tests')
      for (const [i, id] of ((v.settles as readonly string[] | undefined) ?? []).entries()) mustExist(entry, 'facts', id, ['settles', i])
    if (entry.kind === 'interactions') {
      const of = (v.window as { readonly of?: string } | undefined)?.of
      if (of !== undefined) mustExist(entry, 'facts', of, ['window', 'of'])
    }
    if (entry.kind === 'patient') checkPatient(entry)
    if (entry.kind === 'quality' && v.each !== undefined && ids.get('facts')?.get(String(v.each))?.value.type !== 'list') {
      const lists = [...(ids.get('facts')?.values() ?? [])].filter((f) => f.value.type === 'list').map((f) => f.value.id)
      report(
        entry,
        'dangling',
        ['each'],
        `${v.each} is not a list fact`,
        meant(String(v.each), lists, 'count the items of a fact of type list'),
      )
    }
    if (entry.kind === 'dosing') mustBeDrug(entry, String(v.drug), ['drug'])
    if (entry.kind === 'dosingPolicy') {
      for (const drug of Object.keys(v.roundingStepMg as object)) if (drug !== 'other') mustBeDrug(entry, drug, ['roundingStepMg', drug])
      for (const [i, { drug }] of (v.verifyAbove as readonly { drug: string }[]).entries())
        mustBeDrug(entry, drug, ['verifyAbove', i, 'drug'])
      for (const key of ['biologicClasses', 'cytotoxicClasses'])
        for (const [i, name] of (v[key] as readonly string[]).entries()) mustBeClass(entry, name, [key, i])
    }
    if (entry.kind === 'treatment') checkOption(entry)
    if (entry.kind === 'trials') checkTrial(entry)
    // a bar on named options only decides when such an option is none; a bar on a treatment must say which
    const isOnOptions = applies !== undefined && Object.keys(applies).every((key) => key === 'options')
    if (entry.kind === 'safety' && v.effect === 'bar' && v.notAdvised === undefined && !isOnOptions) {
      report(
        entry,
        'schema',
        ['effect'],
        'bars without saying what is not advised',
        'add notAdvised: { treatment: …, drugs: […], match: contains }',
      )
    }
    if (
      RULES.includes(entry.kind) &&
      v.review === 'unconfirmed' &&
      entry.kind === 'safety' &&
      v.reason === 'unsafe' &&
      v.effect === 'bar'
    ) {
      report(
        entry,
        'review',
        ['review'],
        'an unsafe bar is unconfirmed',
        'confirm it in a source, or carry it as a caution until someone has',
      )
    }
  }
  checkShare()
  return findings

  /** Plain words must belong to something: a name that is spelled wrong would never reach the page. */
  function checkPatient(entry: CheckedEntry): void {
    const about = entry.value.about as Record<string, readonly string[] | string | undefined>
    const each = (key: string, check: (id: string, at: readonly (string | number)[]) => void): void => {
      for (const [i, id] of ((about[key] as readonly string[] | undefined) ?? []).entries()) check(id, ['about', key, i])
    }
    const values = (kind: Kind, field: string) => new Set(entries.filter((e) => e.kind === kind).map((e) => e.value[field]))
    const oneOf = (key: string, known: ReadonlySet<unknown>): void =>
      each(key, (id, at) => {
        if (!known.has(id)) report(entry, 'dangling', at, `nothing in the base has ${key} ${id}`, 'correct the name')
      })
    each('drugs', (id, at) => mustBeDrug(entry, id, at))
    each('classes', (id, at) => mustBeClass(entry, id, at))
    each('tests', (id, at) => mustExist(entry, 'tests', id, at))
    each('options', (id, at) => mustExist(entry, 'treatment', id, at))
    oneOf('services', values('support', 'service'))
    oneOf('alerts', values('alerts', 'alert'))
    const options = entries.filter((e) => e.kind === 'treatment').map((e) => e.value)
    const parts: readonly Record<string, unknown>[] = options.flatMap((o) => [o, ...((o.also as readonly (typeof o)[] | undefined) ?? [])])
    oneOf('techniques', new Set(parts.map((o) => o.technique)))
    oneOf('procedures', new Set(parts.map((o) => o.procedure)))
    oneOf('approaches', new Set(options.flatMap((o) => o.approaches as readonly string[])))
    if (typeof about.fact === 'string') {
      mustExist(entry, 'facts', about.fact, ['about', 'fact'])
      const allowed = ids.get('facts')?.get(about.fact)?.value.values as object | undefined
      for (const value of Object.keys((entry.value.values as object | undefined) ?? {}))
        if (allowed && !(value in allowed))
          report(entry, 'dangling', ['values', value], `${about.fact} has no value ${value}`, 'correct the value')
    }
  }

  function checkOption(entry: CheckedEntry): void {
    const v = entry.value
    const rows = v.standing as readonly { as: string; when?: unknown }[]
    if (rows.at(-1)?.when !== undefined)
      report(entry, 'schema', ['standing', rows.length - 1], 'the last standing has a condition', 'end with a row without when')
    const early = rows.slice(0, -1).findIndex((r) => r.when === undefined || (r.when as { readonly value?: string }).value === 'true')
    if (early >= 0)
      report(
        entry,
        'schema',
        ['standing', early],
        'this standing holds for everybody, so the rows after it are never read',
        'give it a when, or put it last',
      )
    if ((v.against as readonly { when?: unknown }[]).at(-1)?.when !== undefined)
      report(
        entry,
        'schema',
        ['against', (v.against as readonly unknown[]).length - 1],
        'the last reason against has a condition',
        'end with a row without when',
      )
    const own = ((v.cites as readonly { source: string }[] | undefined) ?? []).map(({ source }) => source)
    for (const [row, { cites }] of (rows as readonly { readonly cites?: readonly string[] }[]).entries())
      for (const source of cites ?? [])
        if (!own.includes(source))
          report(
            entry,
            'dangling',
            ['standing', row, 'cites'],
            `rests on ${source}, which is not among the citations of the entry`,
            meant(source, own, 'add the citation with its place, or correct the name'),
          )
    const isDrugless = (v.regimens as readonly string[]).length === 0
    if (isDrugless && !v.procedure && !v.technique)
      report(entry, 'schema', ['regimens'], 'names neither regimen, procedure nor technique', 'add one of them')
    const text = JSON.stringify(v.when)
    if (v.review === 'unconfirmed' && rows.some((r) => r.as === 'recommended') && text.includes('untreated-advanced')) {
      report(
        entry,
        'review',
        ['review'],
        'decides a recommended first-line standing and is unconfirmed',
        'confirm it in a source, or let it stand as alternative',
      )
    }
  }

  function checkTrial(entry: CheckedEntry): void {
    const v = entry.value
    for (const [i, drug] of ((v.drugs as readonly string[] | undefined) ?? []).entries()) mustBeDrug(entry, drug, ['drugs', i])
    for (const [i, arm] of (v.arms as readonly { drugs: readonly string[] }[]).entries())
      for (const drug of arm.drugs) mustBeDrug(entry, drug, ['arms', i, 'drugs'])
    const seen = new Set<string>()
    for (const [i, c] of (v.criteria as readonly { id: string }[]).entries()) {
      if (seen.has(c.id)) report(entry, 'duplicate', ['criteria', i], `criterion ${c.id} stands twice in ${v.id}`, 'rename one of them')
      seen.add(c.id)
    }
    const regions = ids.get('facts')?.get('jurisdiction')?.value.values as { readonly [region: string]: string } | undefined
    for (const [i, region] of (v.regions as readonly string[]).entries())
      if (regions && !(region in regions))
        report(
          entry,
          'dangling',
          ['regions', i],
          `jurisdiction has no value ${region}`,
          `its values are ${Object.keys(regions).join(', ')}`,
        )
  }

  function checkShare(): void {
    const rules = entries.filter((e) => RULES.includes(e.kind))
    const open = rules.filter((e) => e.value.review === 'unconfirmed')
    if (rules.length > 0 && open.length > rules.length / 5) {
      findings.push({
        code: 'review',
        file: 'knowledge',
        line: 1,
        severity: 'warning',
        message: `${open.length} of ${rules.length} rules are unconfirmed, more than a fifth`,
        remedy: 'confirm more of them in their sources',
      })
    }
  }

  function report(entry: CheckedEntry, code: Finding['code'], at: readonly (string | number)[], message: string, remedy: string): void {
    findings.push({ code, file: entry.raw.file, line: entry.raw.lineOf(at), entry: entry.value.id, message, remedy })
  }
}
