import { randomUUID } from 'node:crypto'
import {
  err,
  type Fact,
  type FactDefinition,
  type FactValue,
  isKnown,
  type KnowledgeBase,
  type ListItem,
  ok,
  type PatientCase,
  type Result,
} from '@secondwind/core'
import { applyOverrides, type Entered, proposalsFor, whyNotEntered } from '@secondwind/fhir'
import type { Sight } from '../api/index.ts'
import { readerFor } from '../compose.ts'
import type { FactEntered, FactEntry } from '../contract/charts.ts'
import type { Repository } from '../fhir-api/repository.ts'
import { refusal, type ServerIssue } from '../issue.ts'
import { hiddenFrom } from '../plans/withhold.ts'
import type { Write } from '../store/index.ts'
import { changedFacts } from './case-view.ts'
import { type OpenChart, readCase, withResources } from './chart-reading.ts'
import { entryProvenance } from './hand-entries.ts'
import { asWritten, inError, isMarkable } from './in-error.ts'
import { type OpenedChart, openedChart, resourcesOf } from './opened-chart.ts'
import { type AnyResource, titleOf } from './person.ts'
import { needsReason } from './reason.ts'

export interface EnterRequest {
  readonly repo: Repository
  readonly patient: string
  /** What of the chart who enters it may see. */
  readonly sight: Sight
  /** The revision of the chart that was looked at. */
  readonly revision: number
  readonly entry: FactEntry
  readonly knowledge: KnowledgeBase
  readonly today: string
  readonly now: Date
}

/** One way to say the fact, with how the chart reads with it. */
interface Tried {
  readonly fresh: readonly Entered[]
  readonly withdrawn: readonly Entered[]
  readonly fact: Fact
  readonly also: FactEntered['also']
}

/**
 * Records one fact that a person enters, as a resource of FHIR with its Provenance, in one transaction. The chart is read again with what would be written, and it
 * is kept only where the plan then knows exactly that value: words and codes that the readers take otherwise, and entries that contradict, are refused
 * with what stands against them. Nothing is removed: what was wrong gets a version that says so.
 */
export async function enterFact(request: EnterRequest): Promise<FactEntered> {
  const { repo, patient, entry, now } = request
  return repo.inTransaction(async (inside): Promise<Result<FactEntered, readonly ServerIssue[]>> => {
    const opened = await openedChart(inside, patient, request.revision)
    if (!opened.ok) return opened
    const { content } = opened.value
    await inside.session.request.seen({ interaction: 'operation', type: 'plan', patient, operation: 'enter-fact' }, content.resources)
    const tried = attempt(request, opened.value)
    if (!tried.ok) return tried
    const { fresh, withdrawn, fact, also } = tried.value
    const standing = new Map(opened.value.content.resources.map((version) => [`${version.type}/${version.id}`, version.version]))
    const changed = [...fresh, ...withdrawn]
    const before = changed.flatMap(({ resourceType, id }) => {
      const version = standing.get(`${resourceType}/${id}`)
      return version === undefined ? [] : [`${resourceType}/${id}/_history/${version}`]
    })
    const written = changed.map(({ resourceType, id }) => `${resourceType}/${id}`)
    const provenance = entryProvenance({
      id: randomUUID(),
      fact: entry.fact,
      patient,
      who: inside.session.author.who,
      at: now.toISOString(),
      ...(entry.why === undefined ? {} : { why: entry.why }),
      operation: before.length > 0 ? 'UPDATE' : 'CREATE',
      written,
      before,
    })
    await inside.writeAll([...changed, provenance].map((resource): Write => writeOf(resource as Entered, standing)))
    const { revision } = await inside.readers.chart(patient)
    // no words of a record that may be set apart: the case says them to those who may read them
    const plain = also.map(({ id, before: old, after }) => ({ id, before: wordless(old), after: wordless(after) }))
    return ok({ entry: provenance.id, revision, fact: wordless(fact), also: plain, written })
  })
}

const wordless = ({ words: _words, ...fact }: Fact): Fact => fact as Fact

const writeOf = (resource: Entered, standing: ReadonlyMap<string, number>): Write => {
  const version = standing.get(`${resource.resourceType}/${resource.id}`)
  return version === undefined
    ? { kind: 'create', resource: asWritten(resource) }
    : { kind: 'update', resource: asWritten(resource), ifMatch: version }
}

const refuse = (code: ServerIssue['code'], path: string, message: string, remedy: string): Result<never, readonly ServerIssue[]> =>
  err([refusal(code, path, message, remedy)])

function attempt(request: EnterRequest, { chart, content }: OpenedChart): Result<Tried, readonly ServerIssue[]> {
  const { entry, knowledge, today } = request
  const reader = readerFor(knowledge)
  const definition = reader.facts.get(entry.fact)
  if (definition === undefined)
    return refuse('unknown-fact', 'fact', `there is no fact "${entry.fact.slice(0, 80)}"`, 'take its id from /knowledge/facts')
  const fixed = whyNotEntered(definition, reader)
  if (fixed !== undefined)
    return refuse('not-supported', entry.fact, `${definition.label} cannot be entered as such: ${fixed}`, 'change what it rests on')
  const on = entry.on ?? today
  if (on > today) return refuse('future-date', 'on', `${on} is after today`, 'enter what is so by today')
  const read = readCase(chart, knowledge, today)
  if (!read.ok) return read
  const { patientCase } = read.value
  const known = patientCase.facts[entry.fact]
  const sources = known?.sources ?? []
  const isWrong = entry.because === 'wrong'
  const isTakenBack = entry.value.trim().toLowerCase() === 'unknown'
  if (isTakenBack && !isWrong)
    return refuse('invalid-request', 'value', 'a newer finding has a value', 'to take back what the chart says, mark it as wrong')
  const value = isTakenBack ? ok(undefined) : wantedValue(definition, entry.value, patientCase, knowledge, isWrong)
  if (!value.ok) return value
  if (
    entry.why === undefined &&
    needsReason({
      before: known,
      wanted: value.value,
      because: entry.because,
      isMeasured: definition.type === 'quantity',
      isAdded: isFreeList(definition),
    })
  )
    return refuse(
      'missing-input',
      'why',
      `this speaks against what the chart says of ${definition.label}, and no reason is given`,
      'say in a few words why: seen at the visit, a newer report, mistyped',
    )
  const marked = isWrong
    ? withdrawnFrom(
        chart,
        sources.map(({ reference }) => reference),
      )
    : ok([])
  if (!marked.ok) return marked
  if (isTakenBack && marked.value.length === 0)
    return refuse('not-found', entry.fact, `no entry of the chart says ${definition.label}`, 'there is nothing to take back')
  const proposals =
    value.value === undefined
      ? [{ resources: [] as readonly Entered[] }]
      : proposalsFor({
          definition,
          value: value.value,
          text: entry.value,
          on,
          patient: `Patient/${request.patient}`,
          chart: chart.parsed.chart,
          ...(!isWrong && known !== undefined && isKnown(known)
            ? { before: known }
            : isWrong && known !== undefined && isKnown(known) && REPLACES.has(definition.id)
              ? { before: known }
              : {}),
          knowledge: reader,
          who: request.repo.session.author.who,
          newId: () => randomUUID(),
        })
  const tries = proposals.flatMap(({ resources }) => {
    const replaced = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`))
    const withdrawn = marked.value.filter(({ resourceType, id }) => !replaced.has(`${resourceType}/${id}`))
    const changed = withResources(chart, [...resources, ...withdrawn], request.patient)
    const again = changed.ok ? readCase(changed.value, knowledge, today) : changed
    if (!again.ok) return []
    const fact = again.value.patientCase.facts[entry.fact] ?? { unknown: 'not-recorded' as const }
    const also = changedFacts(patientCase.facts, again.value.patientCase.facts, knowledge).filter(({ id }) => id !== entry.fact)
    return [{ fresh: resources, withdrawn, fact, also, isMeant: isMeant(definition, value.value, fact, known, also) }]
  })
  const meant = tries.filter((one) => one.isMeant).sort((a, b) => a.also.length - b.also.length)[0]
  if (meant === undefined) {
    const hidden = hiddenFrom(request.sight, content.resources)
    const shown = resourcesOf({ ...content, resources: content.resources.filter((version) => !hidden.includes(version)) })
    return notUnderstood(definition, entry, tries[0]?.fact, shown, isWrong)
  }
  const lost = isWrong ? lostFacts(meant, patientCase, reader.facts) : []
  if (lost.length > 0)
    return refuse(
      'contradictory-result',
      entry.fact,
      `the entry that says ${definition.label} also says ${lost.join(', ')}: marking it as wrong would take these back too`,
      'correct it in the system that sent it, or enter the value as a newer finding',
    )
  return ok(meant)
}

/** Facts of the Condition of the tumour: the entry itself gets the new words, and no second one beside it. */
const REPLACES: ReadonlySet<string> = new Set(['histology'])

/** Lists of words: what is entered is one more line. */
const isFreeList = ({ type, values, id }: FactDefinition): boolean => (type === 'codes' && values === undefined) || id === 'medicines'

function wantedValue(
  definition: FactDefinition,
  text: string,
  patientCase: PatientCase,
  knowledge: KnowledgeBase,
  isWrong: boolean,
): Result<FactValue, readonly ServerIssue[]> {
  if (isFreeList(definition)) {
    const line = text.trim()
    if (line === '') return refuse('missing-input', 'value', 'there are no words', 'write what is to be added')
    const known = patientCase.facts[definition.id]
    const before = !isWrong && known !== undefined && isKnown(known) && Array.isArray(known.value) ? known.value : []
    return ok(definition.type === 'list' ? [...(before as readonly ListItem[]), { name: line }] : [...(before as readonly string[]), line])
  }
  const set = applyOverrides(patientCase, [`${definition.id}=${text}`], readerFor(knowledge))
  if (!set.ok) return set
  const fact = set.value.patientCase.facts[definition.id]
  return fact !== undefined && isKnown(fact) ? ok(fact.value) : refuse('invalid-request', 'value', 'that is no value', 'write the value')
}

/** Whether the chart now says what was meant. */
function isMeant(
  definition: FactDefinition,
  wanted: FactValue | undefined,
  fact: Fact,
  before: Fact | undefined,
  also: FactEntered['also'],
): boolean {
  if (wanted === undefined) return JSON.stringify(fact) !== JSON.stringify(before)
  const isWish = definition.id === 'goals' && also.some(({ id }) => id === 'preferences' || id === 'declines' || id === 'wants-prognosis')
  if (!isKnown(fact)) return isWish
  if (typeof wanted === 'number')
    return typeof fact.value === 'number' && Math.abs(fact.value - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted))
  if (isFreeList(definition)) {
    const size = before !== undefined && isKnown(before) && Array.isArray(before.value) ? before.value.length : 0
    return isWish || (Array.isArray(fact.value) && fact.value.length > size)
  }
  return JSON.stringify(fact.value) === JSON.stringify(wanted)
}

/** The entries that say a fact, each with a version that says it was entered in error. */
function withdrawnFrom(chart: OpenChart, references: readonly string[]): Result<readonly Entered[], readonly ServerIssue[]> {
  const byKey = new Map(chart.resources.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]))
  const standing = [...new Set(references.map((reference) => reference.split('#')[0]!))].flatMap((reference) => {
    const resource = byKey.get(reference)
    return resource === undefined || resource.resourceType === 'Patient' ? [] : [resource]
  })
  const fixed = standing.find((resource) => !isMarkable(resource))
  if (fixed !== undefined)
    return refuse(
      'not-supported',
      `${fixed.resourceType}/${fixed.id}`,
      `a ${fixed.resourceType} cannot be marked as entered in error`,
      'correct it in the system that sent it',
    )
  return ok(standing.map(inError))
}

/** Labels of facts that stood on what is withdrawn, and are not the meant one. */
function lostFacts({ withdrawn, also }: Tried, before: PatientCase, definitions: ReadonlyMap<string, FactDefinition>): readonly string[] {
  const gone = new Set(withdrawn.map(({ resourceType, id }) => `${resourceType}/${id}`))
  return also.flatMap(({ id }) => {
    const definition = definitions.get(id)
    const fact = before.facts[id]
    const stoodThere = (fact?.sources ?? []).some(({ reference }) => gone.has(reference.split('#')[0]!))
    const isOwn = definition?.derivedFrom !== undefined || /-xuln$|-earlier$/.test(id)
    return definition !== undefined && stoodThere && !isOwn && fact !== undefined && isKnown(fact) ? [definition.label] : []
  })
}

function notUnderstood(
  { label, id }: FactDefinition,
  { value }: FactEntry,
  got: Fact | undefined,
  shown: readonly AnyResource[],
  isWrong: boolean,
): Result<never, readonly ServerIssue[]> {
  if (got === undefined)
    return refuse('not-supported', id, `${label} cannot be entered by hand as "${value.slice(0, 80)}"`, 'bring in the report that says it')
  const against = [...new Set((got.sources ?? []).map(({ reference }) => nameIn(shown, reference)).filter((name) => name !== undefined))]
  const said = isKnown(got) ? `it would still read as ${JSON.stringify(got.value)}` : `it would read as ${got.unknown}`
  return refuse(
    'contradictory-result',
    id,
    `${label} entered as "${value.slice(0, 80)}" would not be understood so: ${said}${against.length === 0 ? '' : `, because of ${against.slice(0, 3).join(', ')}`}`,
    isWrong
      ? 'correct it in the system that sent it'
      : 'if what the chart says is wrong, enter it as a correction; else bring in the report that says it',
  )
}

function nameIn(resources: readonly AnyResource[], reference: string): string | undefined {
  const resource = resources.find(({ resourceType, id }: AnyResource) => `${resourceType}/${id}` === reference.split('#')[0])
  return resource === undefined ? undefined : `${titleOf(resource) ?? resource.resourceType} (${reference})`
}
