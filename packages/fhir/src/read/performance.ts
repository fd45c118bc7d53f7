import type { ReadContext, ReaderKnowledge, Resource } from './context.ts'
import { comparable } from './measurements.ts'
import { currentGrades, gradesIn, namesScale } from './performance-grades.ts'
import { onceFor } from './remember.ts'
import {
  type Concept,
  conceptOf,
  conceptsOf,
  elementValue,
  nameOf,
  notesOf,
  numberOf,
  observedOn,
  quantityOf,
  stringOf,
  wordsOf,
} from './shapes.ts'

interface ScaleRow {
  readonly loinc: readonly string[]
  readonly names: readonly string[]
  readonly answers: { readonly [code: string]: number }
  readonly words: readonly string[]
}

/** `knowledge/terminology/performance.yaml`. */
interface PerformanceFile {
  readonly ecog: ScaleRow
  readonly karnofsky: ScaleRow
  readonly ecogFromKarnofsky: { readonly [karnofsky: string]: number }
}

interface Scale {
  readonly fact: 'ecog' | 'karnofsky'
  readonly answers: ReadonlyMap<string, number>
  /** The scale's name, then its grade: "ECOG 1", "ECOG PS: 2", "KPS 70%". */
  readonly pattern: RegExp
  readonly inWords: (words: string, on: string | undefined) => readonly number[] | undefined
  readonly range: readonly [number, number]
}

interface Scales {
  readonly byCode: ReadonlyMap<string, Scale>
  readonly byName: ReadonlyMap<string, Scale>
  readonly ecogFromKarnofsky: ReadonlyMap<number, number>
}

/**
 * ECOG and Karnofsky in all their shapes: integer, Quantity, coded answer (LOINC or SNOMED), text ("ECOG 1"), answer in `interpretation`.
 *
 * A grade that is not on the scale is an issue and leaves the fact `conflicting`. "1-2" is not one grade: unknown, with the words.
 * Without any ECOG, a Karnofsky value gives an approximate one where the published conversions agree, marked as such; elsewhere ECOG stays unknown.
 */
export function readPerformance(context: ReadContext): void {
  const scales = scalesOf(context.knowledge)
  const found: { readonly scale: Scale; readonly observation: Resource; readonly grade: number }[] = []
  let hasEcog = false
  for (const observation of context.chart.ofType('Observation')) {
    const scale = scaleFor(scales, conceptOf(observation.code))
    if (scale === undefined || observation.status === 'cancelled') continue
    if (notesOf(observation).length === 0) context.understood(observation)
    else context.understood(observation, 'value')
    const grade = readGrade(context, scale, observation)
    if (scale.fact === 'ecog') hasEcog = true
    if (grade !== undefined) found.push({ scale, observation, grade })
  }
  if (!hasEcog) for (const { observation, grade } of found) readApproximate(context, scales, observation, grade)
}

function readGrade(context: ReadContext, scale: Scale, observation: Resource): number | undefined {
  const on = observedOn(observation)
  const dated = on === undefined ? {} : { on }
  const answer = answerOf(scale, observation)
  const source = context.source(observation, answer?.path ?? 'value')
  if (answer === undefined) {
    const content = elementValue(observation)
    const words = content === undefined ? undefined : (stringOf(content.value) ?? wordsOf(conceptOf(content.value))[0])
    context.read(scale.fact, {
      unknown: content === undefined ? 'not-recorded' : 'unmapped',
      ...dated,
      ...(words === undefined ? {} : { words }),
      source,
    })
    if (content !== undefined) {
      context.issue({
        code: 'unread-text',
        severity: 'warning',
        path: nameOf(observation),
        message: `performance status ${words === undefined ? 'in a form that is not known' : `"${words.slice(0, 80)}"`} is not one grade: it counts as unknown`,
        remedy: 'record a single grade',
      })
    }
    return undefined
  }
  const [low, high] = scale.range
  if (
    answer.grade < low ||
    answer.grade > high ||
    !Number.isInteger(answer.grade) ||
    (scale.fact === 'karnofsky' && answer.grade % 10 !== 0)
  ) {
    context.issue({
      code: 'implausible-value',
      severity: 'warning',
      path: `${nameOf(observation)}.${answer.path}`,
      message: `${scale.fact === 'ecog' ? 'ECOG' : 'Karnofsky'} ${answer.grade} is not a grade of the scale (${low} to ${high}): it counts as unknown`,
      remedy: 'assess the performance status again',
    })
    context.read(scale.fact, { unknown: 'conflicting', ...dated, source })
    return undefined
  }
  context.read(scale.fact, {
    value: answer.grade,
    ...dated,
    ...(answer.words === undefined ? {} : { words: answer.words }),
    ...(answer.fromText ? { weight: -1 } : {}),
    source,
  })
  return answer.grade
}

interface Answer {
  readonly grade: number
  readonly path: string
  readonly words?: string
  readonly fromText?: true
}

/** The grade an observation states; undefined when it states none or more than one. */
function answerOf(scale: Scale, observation: Resource): Answer | undefined {
  const content = elementValue(observation)
  if (content === undefined) {
    const grade = conceptsOf(observation.interpretation)
      .map((concept) => codedGrade(scale, concept))
      .find((one) => one !== undefined)
    return grade === undefined ? undefined : { grade, path: 'interpretation' }
  }
  const path = content.name
  switch (content.name) {
    case 'valueInteger':
    case 'valueDecimal': {
      const grade = numberOf(content.value)
      return grade === undefined ? undefined : { grade, path }
    }
    case 'valueQuantity': {
      const quantity = quantityOf(content.value)
      return quantity === undefined || quantity.comparator !== undefined ? undefined : { grade: quantity.value, path }
    }
    case 'valueCodeableConcept': {
      const concept = conceptOf(content.value)
      const grade = codedGrade(scale, concept)
      if (grade !== undefined) return { grade, path }
      for (const words of wordsOf(concept)) {
        const read = gradeInText(scale, words, observedOn(observation))
        if (read !== undefined) return { grade: read, path, words, fromText: true }
      }
      return undefined
    }
    case 'valueString': {
      const words = stringOf(content.value)
      const grade = words === undefined ? undefined : gradeInText(scale, words, observedOn(observation))
      return grade === undefined || words === undefined ? undefined : { grade, path, words, fromText: true }
    }
    default:
      return undefined
  }
}

/** A coded answer, or a bare grade as code (`"1"`). Codes that disagree answer nothing. */
function codedGrade(scale: Scale, concept: Concept): number | undefined {
  const grades = new Set<number>()
  for (const { code } of concept.codings) {
    const grade = scale.answers.get(code) ?? (/^\d{1,3}$/.test(code) ? Number(code) : undefined)
    if (grade !== undefined) grades.add(grade)
  }
  return grades.size === 1 ? [...grades][0] : undefined
}

function gradeInText(scale: Scale, words: string, on: string | undefined): number | undefined {
  const told = scale.inWords(words, on)
  if (told !== undefined) return told.length === 1 ? told[0] : undefined
  const match = scale.pattern.exec(words)
  return match ? Number(match[1]) : undefined
}

function readApproximate(context: ReadContext, scales: Scales, observation: Resource, karnofsky: number): void {
  const grade = scales.ecogFromKarnofsky.get(karnofsky)
  const on = observedOn(observation)
  const source = context.source(observation, 'value')
  const dated = on === undefined ? {} : { on }
  if (grade === undefined) {
    context.read('ecog', {
      unknown: 'not-informative',
      ...dated,
      words: `Karnofsky ${karnofsky}: the published conversions to ECOG disagree`,
      source,
    })
    return
  }
  context.read('ecog', { value: grade, ...dated, weight: -2, words: `approximate, from Karnofsky ${karnofsky}`, source })
  context.issue({
    code: 'read-from-text',
    severity: 'warning',
    path: nameOf(observation),
    message: `no ECOG in the chart; taken as about ECOG ${grade} from Karnofsky ${karnofsky}`,
    remedy: 'record the ECOG performance status',
  })
}

const LONGEST_NAME = 80

function scaleFor(scales: Scales, code: Concept): Scale | undefined {
  for (const coding of code.codings) {
    const scale = scales.byCode.get(coding.code)
    if (scale !== undefined) return scale
  }
  for (const words of wordsOf(code)) {
    const scale = words.length > LONGEST_NAME ? undefined : scales.byName.get(comparable(words))
    if (scale !== undefined) return scale
  }
  return undefined
}

const scalesOf = onceFor((knowledge: ReaderKnowledge): Scales => {
  const file = knowledge.terminology<PerformanceFile>('performance')
  const byCode = new Map<string, Scale>()
  const byName = new Map<string, Scale>()
  for (const fact of ['ecog', 'karnofsky'] as const) {
    const row = file[fact]
    const scale = scaleOf(fact, row, knowledge)
    for (const code of row.loinc) byCode.set(code, scale)
    for (const name of row.names) byName.set(comparable(name), scale)
  }
  const scales: Scales = {
    byCode,
    byName,
    ecogFromKarnofsky: new Map(Object.entries(file.ecogFromKarnofsky).map(([karnofsky, grade]) => [Number(karnofsky), grade])),
  }
  return scales
})

function scaleOf(fact: Scale['fact'], row: ScaleRow, knowledge: ReaderKnowledge): Scale {
  const words = [...row.words].sort((a, b) => b.length - a.length).join('|')
  return {
    fact,
    answers: new Map(Object.entries(row.answers)),
    pattern: new RegExp(`^(?:(?:${words})[\\s:=/(]*)*(\\d{1,3})(?![\\d.]|\\s*(?:-|–|to|or|/)\\s*\\d)(?:\\s*[%):,;.].*|\\s+.*|)$`, 'i'),
    inWords: (text, on) => historyIn(knowledge, fact, text, on),
    range: knowledge.facts.get(fact)?.plausible ?? [0, 0],
  }
}

/** The grades of now, where the words tell of more than one time ("3, now 1", "1 (was 0 in May)"); undefined where they tell a grade and nothing else. */
function historyIn(knowledge: ReaderKnowledge, fact: Scale['fact'], text: string, on: string | undefined): readonly number[] | undefined {
  const named = namesScale(knowledge, fact, text) ? text : `${fact} ${text}`
  const { grades, doubt } = gradesIn(knowledge, fact, named, on)
  if (doubt) return []
  return grades.length > 1 || grades.some(({ time }) => time !== 'unsaid') ? currentGrades(grades) : undefined
}
