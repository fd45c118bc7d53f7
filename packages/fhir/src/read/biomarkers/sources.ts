import type { Resource } from '../context.ts'
import { rememberConcept } from '../remember.ts'
import {
  type Concept,
  codeKeysOf,
  conceptOf,
  conceptsOf,
  dayOf,
  nameOf,
  notesOf,
  objectsOf,
  observedOn,
  referencesOf,
  stringOf,
  wordsOf,
} from '../shapes.ts'
import { each } from '../words.ts'
import { assayOf, specimenWords } from './assay.ts'
import { broad, concernsBiomarkers, readFreeText } from './free-text.ts'
import { type Assay, find, type Ledger, type Origin } from './ledger.ts'
import { isOneTest, subjectOf, withSubject } from './one-test.ts'
import { recordStatement } from './record.ts'
import { genesIn, type Tables, type TestCode } from './tables.ts'
import { isBroadTest, readCodedTest, readNamedTest, type Status } from './test-observation.ts'
import { absentReasonOf, impliedSignificance, readPhase, readRegionStudied, readVariantObservation } from './variant-observation.ts'

const join = (texts: readonly (string | undefined)[]): string => texts.filter((text) => text !== undefined && text !== '').join(' ; ')
const codesOf = (resource: Resource): readonly string[] =>
  codeKeysOf(conceptOf(resource.code)).map((key) => key.slice(key.lastIndexOf('|') + 1))

/** Whether a result is there. `undefined`: the resource says nothing (withdrawn, entered in error). */
function statusOf(resource: Resource, ledger: Ledger): Status | undefined {
  const status = stringOf(resource.status)
  if (status === 'entered-in-error') return undefined
  const reason = absentReasonOf(resource)
  if (/temp-unknown|pending/i.test(reason)) return 'pending'
  if (/not-performed|not performed|not-asked|not-applicable/i.test(reason)) return undefined
  if (reason !== '' || status === 'cancelled') return 'insufficient'
  if (status === 'registered' || status === 'preliminary') return 'pending'
  return resource.component === undefined &&
    resource.conclusion === undefined &&
    !hasValue(resource) &&
    ledger.tables.says('insufficient', specimensWords(resource, ledger))
    ? 'insufficient'
    : 'final'
}

function hasValue(resource: Resource): boolean {
  if (Array.isArray(resource.result) && resource.result.length > 0) return true
  for (const key in resource) if (key.startsWith('value')) return true
  return false
}

const specimensWords = (resource: Resource, ledger: Ledger): string =>
  referencesOf(resource.specimen)
    .map((reference) => ledger.context.chart.resolve(reference, resource))
    .map((target) => (target ? specimenWords(ledger.tables, target) : ''))
    .join(' ')

export function readObservations(ledger: Ledger): void {
  const { tables, context } = ledger
  const observations = observationsOf(ledger)
  const implied = impliedSignificance(observations, ledger)
  for (const resource of observations) {
    const { kind, test } = testNamed(tables, conceptOf(resource.code))
    if (kind === 'other') continue
    const status = statusOf(resource, ledger)
    if (status === undefined) continue
    let read = false
    if (kind === 'variant') read = readVariantObservation(resource, ledger, status, implied.get(resource))
    else if (kind === 'region') read = readRegionStudied(resource, ledger, status)
    else if (kind === 'phase') read = readPhase(resource, ledger)
    else if (test) read = readCodedTest(resource, test, ledger, status)
    else if (isLaboratory(resource)) read = readNamedTest(resource, ledger, status)
    if (read) context.understood(resource)
  }
}

type TestKind = 'variant' | 'region' | 'phase' | 'coded' | 'named' | 'other'

/** Which kind of biomarker result the code of an observation names. */
const testNamed = rememberConcept((tables: Tables, code: Concept): { readonly kind: TestKind; readonly test?: TestCode } => {
  const codes = code.codings.map((coding) => coding.code)
  const test = codes.map((one) => tables.tests.get(one)).find((found) => found !== undefined)
  const name = join(wordsOf(code))
  if (codes.some((one) => tables.codes.variant.includes(one)) || (test === undefined && tables.says('variantReport', name)))
    return { kind: 'variant' }
  if (codes.some((one) => tables.codes.regionStudied.includes(one))) return { kind: 'region' }
  if (codes.some((one) => tables.codes.phaseRelation.includes(one))) return { kind: 'phase' }
  if (test) return { kind: 'coded', test }
  const isNamed = isBroadTest(name, tables) || concernsBiomarkers(name, tables) || tables.says('bareAlteration', name)
  return { kind: isNamed ? 'named' : 'other' }
})

/** Observations of the chart and those contained in reports. */
function observationsOf(ledger: Ledger): readonly Resource[] {
  const { chart } = ledger.context
  const own = chart.ofType('Observation')
  const contained: Resource[] = []
  for (const report of chart.ofType('DiagnosticReport')) {
    if (report.contained === undefined) continue
    for (const one of objectsOf(report.contained)) if (one.resourceType === 'Observation') contained.push(one as unknown as Resource)
  }
  if (contained.length === 0) return own
  const known = new Set(own)
  return [...own, ...contained.filter((one) => !known.has(one))]
}

const isLaboratory = (resource: Resource): boolean =>
  !conceptsOf(resource.category).some((category) =>
    category.codings.some(({ code }) => code === 'vital-signs' || code === 'social-history' || code === 'survey'),
  )

/** Observations by the report that lists them, for sample and day. */
export function reportsByResult(
  reports: readonly Resource[],
  resolve: (reference: unknown, from?: Resource) => Resource | undefined,
): ReadonlyMap<Resource, Resource> {
  const reportOf = new Map<Resource, Resource>()
  for (const report of reports) {
    const results: readonly unknown[] = Array.isArray(report.result) ? report.result : referencesOf(report.result)
    for (const reference of results) {
      const target = resolve(reference, report)
      if (target === undefined) continue
      const other = reportOf.get(target)
      // of several reports that list it, the first by name
      if (other === undefined || nameOf(report).localeCompare(nameOf(other)) < 0) reportOf.set(target, report)
    }
    if (report.contained === undefined) continue
    for (const contained of objectsOf(report.contained))
      if (contained.resourceType === 'Observation') reportOf.set(contained as unknown as Resource, report)
  }
  return reportOf
}

/** What code and category of a report say of it. */
interface ReportName {
  readonly name: string
  readonly isGenomic: boolean
  readonly concernsBiomarkers: boolean
}

function nameReport(code: Concept, categories: readonly Concept[], tables: Tables): ReportName {
  const concepts = [code, ...categories]
  const name = join(concepts.flatMap((concept) => wordsOf(concept)))
  const isGenomic =
    concepts.some(({ codings }) => codings.some((coding) => coding.code === 'GE' || tables.codes.report.includes(coding.code))) ||
    isBroadTest(name, tables)
  return { name, isGenomic, concernsBiomarkers: concernsBiomarkers(`${name} `, tables) }
}

/** Names of reports of one code by their category: most reports of a chart are laboratory panels without words of their own. */
const namesByCategory = rememberConcept((_tables: Tables, _code: Concept) => new Map<Concept | undefined, ReportName>())
const MOST_CATEGORIES = 50

function nameOfReport(report: Resource, tables: Tables): ReportName {
  const code = conceptOf(report.code)
  const categories = conceptsOf(report.category)
  if (categories.length > 1) return nameReport(code, categories, tables)
  const names = namesByCategory(tables, code)
  const known = names.get(categories[0])
  if (known !== undefined) return known
  const name = nameReport(code, categories, tables)
  if (names.size >= MOST_CATEGORIES) names.clear()
  names.set(categories[0], name)
  return name
}

export function readReports(ledger: Ledger): void {
  const { tables, context } = ledger
  for (const report of context.chart.ofType('DiagnosticReport')) {
    const named = nameOfReport(report, tables)
    const { name, isGenomic } = named
    const texts = reportTexts(report)
    if (texts.length === 0 && !isGenomic && !named.concernsBiomarkers) continue
    const all = texts.map(({ text }) => text).join('\n')
    if (!isGenomic && !concernsBiomarkers(`${name} ${all}`, tables)) continue
    const status = statusOf(report, ledger)
    if (status === undefined || isImaging(report, ledger)) continue
    const assay = assayOf(report, ledger, undefined, `${name} ${all}`)
    const subject = subjectOf(report.code)
    const single = isOneTest(subject, tables)
    const origin: Origin = {
      assay: namedMethod(assay, methodNamed(name, single, tables)),
      source: context.source(report),
      coded: false,
    }
    if (status !== 'final') {
      const isNamed = genesIn(name, tables).length > 0 || tables.says('pdl1', name)
      if (isNamed) readFreeText(ledger, `${name} ${status}`, { ...origin, words: name }, {})
      else if (isGenomic) broad(ledger, status, { ...origin, words: join([name, stringOf(report.status)]) })
      context.understood(report)
      continue
    }
    // what the name says of the test ("targeted DNA and RNA panel") holds for its text
    const isPanelName = tables.says('panel', name) || isGenomic
    let read = false
    for (const { text, path } of texts) {
      const here: Origin = { ...origin, source: context.source(report, path), words: text }
      const whole =
        isPanelName && !tables.says('panel', text) && tables.says('panel', name)
          ? `${name}\n${text}`
          : single
            ? withSubject(subject, text, tables)
            : text
      read = readFreeText(ledger, whole, here, { isGenomic }) || read
      if (read) context.understood(report, path)
    }
    if (isGenomic && (read || referencesOf(report.result).length > 0)) context.understood(report)
    const method = `${name} ${all}`
    if (isGenomic && !ledger.rna.some((entry) => entry.source.reference === origin.source.reference)) {
      if (tables.says('rna', method)) ledger.rna.push({ done: !tables.says('noRna', method), assay, source: origin.source, words: name })
      else if (tables.says('dna', name)) ledger.rna.push({ done: false, assay, source: origin.source, words: name })
    }
  }
}

// what a text tells of (a stain, a panel that failed) is not what the whole report is: only its name says that
function methodNamed(name: string, single: boolean, tables: Tables): Assay['method'] {
  if (tables.says('panel', name) || /sequenc/i.test(name)) return 'sequencing'
  if (!single) return undefined
  return tables.says('ihc', name) ? 'ihc' : tables.says('fish', name) ? 'fish' : undefined
}

const namedMethod = (assay: Assay, method: Assay['method']): Assay => {
  const { method: _, ...rest } = assay
  return method === undefined ? rest : { ...rest, method }
}

function isImaging(report: Resource, ledger: Ledger): boolean {
  const categories = conceptsOf(report.category).flatMap((concept) => concept.codings.map(({ code }) => code))
  if (categories.some((code) => /^(?:RAD|IMG|CT|MR|NMR|CUS|LP29684-5|imaging)$/i.test(code))) return true
  return ledger.tables.says('radiology', join(wordsOf(conceptOf(report.code))))
}

interface Text {
  readonly text: string
  readonly path: string
}

function reportTexts(report: Resource): readonly Text[] {
  const texts: Text[] = []
  const conclusion = stringOf(report.conclusion)
  if (conclusion !== undefined) texts.push({ text: conclusion, path: 'conclusion' })
  each(conceptsOf(report.conclusionCode), (concept, index) => {
    const words = join(wordsOf(concept))
    if (words !== '') texts.push({ text: words, path: `conclusionCode[${index}]` })
  })
  each(objectsOf(report.presentedForm), (form, index) => {
    const text = attachmentText(form)
    if (text !== undefined) texts.push({ text, path: `presentedForm[${index}]` })
  })
  each(notesOf(report), (text, index) => texts.push({ text, path: `note[${index}]` }))
  return texts
}

/** The words of a plain-text attachment; undefined for any other type or for data that is not base64. */
export function attachmentText(attachment: { readonly [key: string]: unknown }): string | undefined {
  const type = stringOf(attachment.contentType)
  const data = stringOf(attachment.data)
  if (data === undefined || (type !== undefined && !type.startsWith('text/plain'))) return undefined
  return decodeBase64(data)
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** UTF-8 text from base64; undefined when it is neither. Written out because the package may use no platform's globals. */
function decodeBase64(data: string): string | undefined {
  const clean = data.replace(/[\s=]/g, '')
  let bits = 0
  let held = 0
  let escaped = ''
  for (const character of clean) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) return undefined
    bits = ((bits << 6) | value) & 0xffff
    held += 6
    if (held >= 8) {
      held -= 8
      escaped += `%${((bits >> held) & 0xff).toString(16).padStart(2, '0')}`
    }
  }
  try {
    return decodeURIComponent(escaped)
  } catch {
    return undefined
  }
}

/** Final genomic reports by day, plasma and tissue apart: an order that names no report is answered by the next one of its kind. */
function genomicResults(ledger: Ledger): readonly { readonly on: string; readonly isPlasma: boolean }[] {
  return ledger.context.chart.ofType('DiagnosticReport').flatMap((report) => {
    const name = join(wordsOf(conceptOf(report.code)))
    const isGenomic = codesOf(report).some((code) => ledger.tables.codes.report.includes(code)) || isBroadTest(name, ledger.tables)
    const on = dayOf(report.issued) ?? observedOn(report)
    if (!isGenomic || on === undefined || statusOf(report, ledger) !== 'final') return []
    return [{ on, isPlasma: assayOf(report, ledger, undefined, `${name} ${stringOf(report.conclusion) ?? ''}`).kind === 'plasma' }]
  })
}

/** Orders for molecular tests that have no result yet. An order that a report answers is no longer pending. */
export function readOrders(ledger: Ledger): void {
  const { tables, context } = ledger
  if (context.chart.ofType('ServiceRequest').length === 0) return
  const answered = new Set(
    [...context.chart.ofType('DiagnosticReport'), ...context.chart.ofType('Observation')]
      .filter((resource) => ['final', 'amended', 'corrected', 'appended'].includes(stringOf(resource.status) ?? ''))
      .flatMap((resource) => referencesOf(resource.basedOn).map((reference) => context.chart.resolve(reference, resource))),
  )
  const results = genomicResults(ledger)
  for (const order of context.chart.ofType('ServiceRequest')) {
    const status = stringOf(order.status)
    if ((status !== 'active' && status !== 'on-hold' && status !== 'draft') || answered.has(order)) continue
    const concept = conceptOf(order.code)
    const words = join([...wordsOf(concept), ...conceptsOf(order.orderDetail).flatMap((one) => wordsOf(one))])
    const test = codesOf(order)
      .map((code) => tables.tests.get(code))
      .find((found) => found !== undefined)
    const isReport = codesOf(order).some(
      (code) => tables.codes.report.includes(code) || tables.codes.regionStudied.includes(code) || tables.codes.variant.includes(code),
    )
    if (tables.says('germline', words)) continue
    const on = dayOf(order.authoredOn)
    const isPlasma = tables.says('plasma', words)
    if (on !== undefined && test === undefined && results.some((result) => result.isPlasma === isPlasma && result.on >= on)) {
      context.understood(order)
      continue
    }
    const origin: Origin = {
      assay: { key: nameOf(order), kind: isPlasma ? 'plasma' : 'unknown', ...(on === undefined ? {} : { on }) },
      source: context.source(order),
      coded: false,
      words: words === '' ? 'ordered' : words,
    }
    if (test?.measure === 'tps' || test?.measure === 'pd-l1' || tables.says('pdl1', words))
      ledger.numbers.push({
        fact: 'pd-l1-tps',
        unknown: 'pending',
        assay: origin.assay,
        source: origin.source,
        coded: false,
        words: origin.words ?? '',
      })
    else if (test?.genes)
      for (const gene of test.genes)
        recordStatement(
          ledger,
          { gene, about: test.covers === 'tested-list' ? 'any' : (test.covers ?? 'any'), polarity: 'pending', variants: [], words },
          origin,
        )
    else if (genesIn(words, tables).length > 0) readFreeText(ledger, `${words} pending`, origin, {})
    else if (isReport || isBroadTest(words, tables)) broad(ledger, 'pending', origin)
    else continue
    context.understood(order)
  }
}

/** A diagnosis that states a result (`ALK positive non-small cell lung cancer`), and what notes on the cancer say. */
export function readConditions(ledger: Ledger): void {
  const { tables, context } = ledger
  for (const condition of context.chart.ofType('Condition')) {
    const verification = conceptOf(condition.verificationStatus).codings.map(({ code }) => code)
    if (verification.some((code) => code === 'entered-in-error' || code === 'refuted')) continue
    const on = dayOf(condition.recordedDate) ?? dayOf(condition.onsetDateTime)
    const assay = { key: nameOf(condition), kind: 'unknown' as const, ...(on === undefined ? {} : { on }) }
    const concept = conceptOf(condition.code)
    for (const { code, display } of concept.codings) {
      const disorder = tables.codes.disorders[code]
      if (!disorder) continue
      const origin: Origin = {
        assay,
        source: context.source(condition, 'code'),
        coded: true,
        ...(display === undefined ? {} : { words: display }),
      }
      find(ledger, origin, disorder.fact, disorder.positive ? 'positive' : 'negative')
    }
    const texts: Text[] = [
      ...(concept.text ? [{ text: concept.text, path: 'code.text' }] : []),
      ...notesOf(condition).map((text, index) => ({ text, path: `note[${index}]` })),
    ]
    for (const { text, path } of texts) {
      if (!concernsBiomarkers(text, tables)) continue
      readFreeText(ledger, text, { assay, source: context.source(condition, path), coded: false, words: text }, {})
    }
  }
}
