import type { Issue } from '@secondwind/core'
import type { ReadContext, Resource } from './context.ts'
import type { Findings } from './reading-context.ts'
import { conceptOf, conceptsOf, elementValue, labelOf, nameOf, notesOf, objectOf, stringOf } from './shapes.ts'
import { textsOf, wasSaid } from './texts.ts'
import { sentencesOf } from './words.ts'

/** Administrative resources: nothing clinical is lost when nobody reads them. */
const ADMINISTRATIVE: ReadonlySet<string> = new Set([
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'HealthcareService',
  'Endpoint',
  'Provenance',
  'AuditEvent',
  'Medication',
  'Substance',
  'Composition',
  'MessageHeader',
  'Coverage',
  'Account',
  'Claim',
  'ClaimResponse',
  'ExplanationOfBenefit',
  'Encounter',
  'Appointment',
  'AppointmentResponse',
  'Schedule',
  'Slot',
  'EpisodeOfCare',
  'CareTeam',
  'RelatedPerson',
  'Person',
  'Device',
  'Group',
  'Library',
  'Questionnaire',
  'PlanDefinition',
  'ActivityDefinition',
  'Binary',
  'Media',
  'ImagingStudy',
  'Specimen',
  'BodyStructure',
  'Subscription',
  'ValueSet',
  'CodeSystem',
  'List',
  'Task',
])

/** Kinds of unread element that are listed one by one; the rest is named together in one last issue. */
const LISTED_KINDS = 200

interface Group {
  readonly code: 'unmapped-code' | 'unread-text'
  readonly label: string
  readonly places: string[]
}

/**
 * What no reader understood: coded elements as `unmapped-code`, words as `unread-text`. Equal ones are one issue with their number; nothing is left out.
 * A resource marked as understood in part still has each of its texts listed that nobody marked: notes, conclusion, text result, summary, sections.
 */
export function unreadIssues(context: ReadContext, findings: Findings): readonly Issue[] {
  const groups = new Map<string, Group>()
  const inPart = partlyRead(context)
  for (const resource of context.chart.resources) {
    const understanding = findings.understanding(resource)
    if (inPart.read.has(resource)) continue
    if (understanding === true || ADMINISTRATIVE.has(resource.resourceType)) continue
    if (understanding === undefined && !isFolder(resource)) {
      const concept = conceptOf(resource.code ?? resource.medicationCodeableConcept ?? resource.vaccineCode ?? resource.type)
      const label = labelOf(concept) ?? labelOf(conceptsOf(resource.category)[0] ?? conceptOf(undefined))
      const code = concept.codings.length > 0 || label === undefined ? 'unmapped-code' : 'unread-text'
      add(groups, code, `${resource.resourceType}${label === undefined ? '' : ` "${shortened(label, 100)}"`}`, nameOf(resource))
    }
    for (const [path, words] of wordsIn(resource)) addText(groups, resource, path, words, understanding)
  }
  for (const { resource, path, text } of textsOf(context)) {
    // sections and attachments; the other texts have been seen above
    if (!path.startsWith('section') && !path.startsWith('content') && !path.startsWith('finding')) continue
    const understanding = findings.understanding(resource)
    if (understanding !== true) addText(groups, resource, path, text, understanding)
  }
  return [...toIssues([...groups.values()]), ...inPart.issues]
}

/** Shorter sentences of a report say nothing that could be missed. */
const SHORTEST_SENTENCE = 20

/** Imaging reports of which at least one sentence was read, with the sentences that were not: nobody takes the rest for read. */
function partlyRead(context: ReadContext): { readonly read: ReadonlySet<Resource>; readonly issues: readonly Issue[] } {
  const read = new Set<Resource>()
  const issues: Issue[] = []
  for (const { resource, path, text, kind } of textsOf(context)) {
    if (kind !== 'imaging') continue
    const sentences = sentencesOf(text)
    const rest = sentences.filter((sentence) => !wasSaid(context, sentence))
    if (rest.length === sentences.length) continue
    if (path === 'conclusion') read.add(resource)
    const long = rest.filter((sentence) => sentence.length > SHORTEST_SENTENCE)
    if (long.length === 0) continue
    issues.push({
      code: 'unread-text',
      severity: 'information',
      path: `${nameOf(resource)}.${path}`,
      message: `not read: "${shortened(long.join(' '), 300)}"`,
      remedy: 'read the report itself',
    })
  }
  return { read, issues }
}

function addText(
  groups: Map<string, Group>,
  resource: Resource,
  path: string,
  words: string,
  understanding: ReadonlySet<string> | undefined,
): void {
  if (understanding !== undefined && isMarked(understanding, path)) return
  const element = path.replace(/\[\d+\]$/, '')
  add(groups, 'unread-text', `${resource.resourceType} ${element}: "${shortened(words, 240)}"`, nameOf(resource))
}

/** Marked itself, or as part of what was marked: `note` covers `note[1]`, `value` covers `valueString`. */
function isMarked(understanding: ReadonlySet<string>, path: string): boolean {
  if (understanding.has(path)) return true
  for (const marked of understanding) if (path.startsWith(marked) && (path[marked.length] === '[' || marked === 'value')) return true
  return false
}

/** A panel or report that only lists results: they are read one by one. */
function isFolder(resource: Resource): boolean {
  if (resource.resourceType === 'DiagnosticReport') return Array.isArray(resource.result) && resource.result.length > 0
  return resource.resourceType === 'Observation' && Array.isArray(resource.hasMember) && elementValue(resource) === undefined
}

const TEXT_ELEMENTS = ['conclusion', 'valueString', 'summary', 'description'] as const

function* wordsIn(resource: Resource): Generator<readonly [path: string, words: string]> {
  let index = 0
  for (const note of notesOf(resource)) {
    yield [`note[${index}]`, note]
    index += 1
  }
  for (const element of TEXT_ELEMENTS) {
    const words = stringOf(resource[element]) ?? stringOf(objectOf(resource[element])?.text)
    if (words !== undefined) yield [element, words]
  }
}

function add(groups: Map<string, Group>, code: Group['code'], label: string, place: string): void {
  const key = `${code} ${label}`
  const group = groups.get(key)
  if (group) group.places.push(place)
  else groups.set(key, { code, label, places: [place] })
}

function toIssues(groups: readonly Group[]): readonly Issue[] {
  const sorted = [...groups].sort((a, b) => (a.code < b.code || (a.code === b.code && a.label < b.label) ? -1 : 1))
  const listed = sorted.slice(0, LISTED_KINDS)
  const rest = sorted.slice(LISTED_KINDS)
  const issues: Issue[] = listed.map(({ code, label, places }) => ({
    code,
    severity: 'information',
    path: places[0]!,
    message: `${label} was not read${places.length === 1 ? '' : ` (${places.length} times)`}`,
    remedy: code === 'unread-text' ? 'read it yourself: it may matter' : 'check whether it matters',
  }))
  if (rest.length > 0) {
    issues.push({
      code: 'unmapped-code',
      severity: 'information',
      path: 'chart',
      message: `${rest.length} more kinds of element were not read: ${rest.map(({ label }) => shortened(label, 60)).join('; ')}`,
      remedy: 'check whether they matter',
    })
  }
  return issues
}

/** Markup is shown as the plain text it is. */
const shortened = (text: string, length: number): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`
}
