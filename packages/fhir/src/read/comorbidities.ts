import type { Polarity } from './assertion.ts'
import { cancerKindOf } from './cancers.ts'
import { abatedOn, conditionsOf, foundOn, severityOf, stateOf } from './conditions-of.ts'
import type { ReadContext, Reader, Resource } from './context.ts'
import { findingsByCode, findingsInText, report } from './findings.ts'
import { gather } from './gathered.ts'
import { noteAutoimmune, reportGrades, reportText } from './graded.ts'
import { type Concept, choiceDay, conceptOf, labelOf, nameOf, notesOf, objectsOf, observedOn, stringOf, wordsOf } from './shapes.ts'
import { counts, saidInText } from './texts.ts'
import { namesNewSymptom } from './treatment/new-symptoms.ts'

/**
 * Illnesses beside the cancer: every Condition that is not a tumour, the comorbidities profile of mCODE (absent ones too) and procedures that
 * are a lasting state (a transplant). Codes first, words where no code is known; refuted ones are denials, unconfirmed ones stay unknown.
 */
export const readComorbidities: Reader = (context) => {
  for (const condition of conditionsOf(context)) {
    const kind = cancerKindOf(context, condition)
    if (kind === 'none') readCondition(context, condition)
  }
  for (const observation of context.chart.ofType('Observation')) {
    if (!counts(observation) || observation.extension === undefined) continue
    const on = observedOn(observation)
    for (const extension of objectsOf(observation.extension)) {
      const url = stringOf(extension.url) ?? ''
      const isAbsent = url.endsWith('mcode-related-condition-absent')
      if (!isAbsent && !url.endsWith('mcode-related-condition')) continue
      const concept = conceptOf(extension.valueCodeableConcept)
      if (concept.codings.length === 0 && concept.text === undefined) continue
      readConcept(context, observation, 'extension', concept, isAbsent ? 'absent' : 'present', on)
      context.understood(observation)
    }
  }
  for (const procedure of context.chart.ofType('Procedure')) {
    if (!counts(procedure)) continue
    const on = choiceDay(procedure, 'performed')
    const concept = conceptOf(procedure.code)
    for (const text of wordsOf(concept)) {
      const statements = reportText(
        context,
        text,
        { resource: procedure, path: 'code', ...(on === undefined ? {} : { on }) },
        (finding) => finding.adds?.['organ-transplant'] !== undefined || finding.id === 'menopause' || finding.id === 'malabsorption',
      )
      if (statements.length > 0) {
        context.understood(procedure, 'code')
        break
      }
    }
  }
}

function readCondition(context: ReadContext, condition: Resource): void {
  const state = stateOf(condition)
  if (state === 'error') return
  const on = foundOn(condition)
  const concept = conceptOf(condition.code)
  const polarity: Polarity = state
  const understood = readConcept(context, condition, 'code', concept, polarity, polarity === 'past' ? (on ?? abatedOn(condition)) : on)
  const label = labelOf(concept)
  if (label !== undefined && (state === 'present' || state === 'uncertain') && !understood.isSymptomOnly && !understood.isDenied)
    gather(context, 'comorbidities', label, context.source(condition, 'code'), on)
  const evidence = { resource: condition, ...(on === undefined ? {} : { on }) }
  const severity = severityOf(condition)
  const own = [...notesOf(condition), ...(severity === undefined || label === undefined ? [] : [`${label}: ${severity}`])]
  own.forEach((note, index) => {
    const path = index < notesOf(condition).length ? `note[${index}]` : 'severity'
    const stated = path === 'severity' ? [] : reportText(context, note, { ...evidence, path })
    // A grade in the note belongs to this condition even when the note does not repeat its name.
    const graded = reportGrades(context, path === 'severity' ? note : `${label ?? ''} ${note}`, { ...evidence, path })
    const isActivity = understood.findings.some((finding) => finding.kind?.includes('autoimmune'))
    if (stated.length > 0 || graded || isActivity) {
      context.understood(condition, path)
      if (path !== 'severity') saidInText(context, condition, path, note)
    }
  })
  for (const text of wordsOf(concept)) if (reportGrades(context, text, { ...evidence, path: 'code' })) break
  if (understood.findings.length > 0) context.understood(condition)
  else if (label !== undefined && state === 'present' && !namesNewSymptom(context.knowledge, concept)) {
    context.issue({
      code: 'unmapped-code',
      severity: 'information',
      path: `${nameOf(condition)}.code`,
      message: `"${label}" is listed as another illness; no rule of this product looks at it`,
      remedy: 'judge it by hand',
    })
  }
}

interface Understood {
  readonly findings: readonly ReturnType<typeof findingsByCode>[number][]
  readonly isSymptomOnly: boolean
  readonly isDenied: boolean
}

function readConcept(
  context: ReadContext,
  resource: Resource,
  path: string,
  concept: Concept,
  polarity: Polarity,
  on: string | undefined,
): Understood {
  const evidence = { resource, path, ...(on === undefined ? {} : { on }) }
  const byCode = findingsByCode(context.knowledge, concept)
  const notes = notesOf(resource).join(' ; ')
  const label = wordsOf(concept)
  if (byCode.length > 0) {
    for (const finding of byCode) {
      report(context, finding, polarity, evidence)
      noteAutoimmune(context, finding, polarity, `${label.join(' ')} ${notes}`, evidence)
    }
    return { findings: byCode, isSymptomOnly: byCode.every((finding) => finding.table !== 'conditions'), isDenied: false }
  }
  for (const text of label) {
    const statements = findingsInText(context, text)
    if (statements.length === 0) continue
    for (const statement of statements) {
      const own = combined(polarity, statement.polarity)
      report(context, statement.value, own, { ...evidence, words: text })
      noteAutoimmune(context, statement.value, own, `${text} ${notes}`, { ...evidence, words: text })
    }
    saidInText(context, resource, path, text)
    return {
      findings: statements.map(({ value }) => value),
      isSymptomOnly: statements.every(({ value }) => value.table !== 'conditions'),
      isDenied: statements.every((statement) => statement.polarity === 'absent' || statement.polarity === 'ignored'),
    }
  }
  return { findings: [], isSymptomOnly: false, isDenied: false }
}

/** Status and words together: a refuted or doubtful status weakens present words; denying or doubtful words weaken a present status. */
function combined(status: Polarity, words: Polarity): Polarity {
  if (words === 'ignored') return 'ignored'
  if (status === 'present') return words
  if (words === 'present' || words === 'past') return status
  return status === words ? status : 'uncertain'
}
